"""A site: one organisation's configuration, read from `site.yml`.

Belongs here: what `site.yml` may say, and clear errors when it says something else.
Does not belong here: reading sources (connectors) or where output goes (`ingestion.paths`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from ingestion.paths import data_dir_from_env

DEFAULT_SITE = Path(__file__).resolve().parent / "sites" / "demo"

_SITE_KEYS = {
    "site", "description", "timezone", "as_of", "sources", "max_quarantine_rate",
    "shared_reference", "simulate", "codes", "allow_shrink", "minors_minimum_cell",
}  # fmt: skip
_SOURCE_KEYS = {
    "name",
    "connector",
    "path",
    "timezone",
    "refers_to",
    "codes",
    "values",
    "staff_roles",
    "options",
    "description",
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
# In DATA_DIR: DuckDB, dlt, Dagster and Great Expectations put the path into texts where these end a text, are
# filled in, name a column or stand for other paths.
_NOT_IN_DATA_DIR = frozenset("'%=[]*?$")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


class SiteError(ValueError):
    """`site.yml` is missing or says something that is not allowed; names file and key."""


@dataclass(frozen=True)
class Source:
    """One source system of a site.

    `path` is absolute or an fsspec URL; `timezone` is the source's own zone or the site's; `refers_to` maps
    a kind of id (`ticket_id`, `agent_id`, …) to the source whose ids are meant; `codes` are further allowed
    values by column (`channel` or `tickets.channel`); `values` are what columns that the files do not have
    hold in every row, by `entity.column`; `staff_roles` are roles of actors, besides the contract's, that no
    creator has; `options` belong to the connector.
    """

    name: str
    connector: str
    path: str
    timezone: str | None = None
    refers_to: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    staff_roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Site:
    """One organisation. `as_of` is UTC or None (the start of the run); rates are 0–1.

    Rows of published aggregates with fewer than `minors_minimum_cell` cases of minors (and any) are blanked.
    """

    name: str
    folder: Path
    timezone: str | None
    as_of: datetime | None
    sources: tuple[Source, ...]
    max_quarantine_rate: float = 0.01
    shared_reference: Path | None = None
    simulate: Mapping[str, Any] | None = None
    allow_shrink: bool = False
    minors_minimum_cell: int = 5
    file_name: str = "site.yml"


def site_path_from_env() -> Path:
    """Return `SITE`, by default the demo site that ships with the project."""
    configured = os.environ.get("SITE", "").strip()
    return Path(configured).expanduser() if configured else DEFAULT_SITE


def load_site(path: str | Path | None = None, *, data_dir: Path | None = None) -> Site:
    """Read a site from its folder or its `site.yml` (by default `SITE`, else the demo).

    `${DATA_DIR}` in a path stands for `data_dir` (by default the environment's). The environment's `AS_OF`
    wins over the file's `as_of`, and `ALLOW_SHRINK=1` over its `allow_shrink`.
    Raises `SiteError` naming the file and the key.
    """
    file = Path(path) if path is not None else site_path_from_env()
    if file.is_dir():
        file = file / "site.yml"
    if not file.is_file():
        raise SiteError(f"{file}: no such site; give a folder with a site.yml, or the file itself")
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=_NoKeyTwice)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: not UTF-8, or a date such as 2024-13-01
        raise SiteError(f"{file}: not readable as YAML: {error}") from error
    data_dir = (data_dir or data_dir_from_env()).resolve()
    if odd := sorted(_NOT_IN_DATA_DIR & set(str(data_dir))):
        raise SiteError(f"DATA_DIR: {data_dir} has {' and '.join(odd)} in its path; choose another folder")
    return _Reader(file.resolve(), data_dir).site(content)


class _NoKeyTwice(yaml.SafeLoader):
    """YAML in which a key that stands twice in one place is an error: the first would be lost in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                problem = f"line {key.start_mark.line + 1}: {key.value} stands there twice"
                raise yaml.constructor.ConstructorError(problem=problem)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class _Reader:
    """Checks one file's content key by key, so that every error can name file and key."""

    def __init__(self, file: Path, data_dir: Path) -> None:
        self.file = file
        self.data_dir = data_dir

    def fail(self, key: str, problem: str) -> SiteError:
        return SiteError(f"{self.file}: {key}: {problem}")

    def site(self, content: Any) -> Site:
        if not isinstance(content, dict):
            raise SiteError(f"{self.file}: expected keys such as site, timezone and sources")
        self.known(content, _SITE_KEYS, "")
        zone = self.zone(content.get("timezone"), "timezone")
        codes = self.codes(content.get("codes"), "codes")
        rate = content.get("max_quarantine_rate", 0.01)
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
            raise self.fail("max_quarantine_rate", f"expected a rate from 0 to 1, found {rate!r}")
        shared = content.get("shared_reference")
        simulate = content.get("simulate")
        if simulate is not None and not isinstance(simulate, dict):
            raise self.fail("simulate", "expected keys such as tickets, weeks and seed")
        shrink = content.get("allow_shrink", False)
        if not isinstance(shrink, bool):
            raise self.fail("allow_shrink", f"expected true or false, found {shrink!r}")
        minimum = content.get("minors_minimum_cell", 5)
        if isinstance(minimum, bool) or not isinstance(minimum, int) or minimum < 1:
            raise self.fail("minors_minimum_cell", f"expected a whole number from 1, found {minimum!r}")
        sources = content.get("sources")
        if not isinstance(sources, list) or not sources:
            raise self.fail("sources", "expected a list with at least one source")
        read = tuple(self.source(entry, index, zone, codes) for index, entry in enumerate(sources))
        self.sources_agree(read)
        return Site(
            name=self.name(content.get("site"), "site"),
            folder=self.file.parent,
            file_name=self.file.name,
            timezone=zone,
            as_of=self.as_of(content.get("as_of"), zone),
            sources=read,
            max_quarantine_rate=float(rate),
            shared_reference=None if shared is None else Path(self.path(shared, "shared_reference")),
            simulate=simulate,
            allow_shrink=shrink or os.environ.get("ALLOW_SHRINK", "") == "1",
            minors_minimum_cell=minimum,
        )

    def source(
        self, entry: Any, index: int, zone: str | None, codes: Mapping[str, tuple[str, ...]]
    ) -> Source:
        where = f"sources[{index}]"
        if not isinstance(entry, dict):
            raise self.fail(where, "expected name, connector and path")
        self.known(entry, _SOURCE_KEYS, f"{where}.")
        refers_to = entry.get("refers_to") or {}
        if not isinstance(refers_to, dict) or not all(isinstance(v, str) for v in refers_to.values()):
            raise self.fail(f"{where}.refers_to", "expected a map such as {ticket_id: helpdesk}")
        options = entry.get("options") or {}
        if not isinstance(options, dict):
            raise self.fail(f"{where}.options", "expected a map")
        values = entry.get("values") or {}
        if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
            raise self.fail(f"{where}.values", "expected a map of texts such as {reviews.market: ID}")
        staff = entry.get("staff_roles") or []
        if not isinstance(staff, list) or not all(isinstance(role, str) for role in staff):
            raise self.fail(f"{where}.staff_roles", "expected a list of roles such as [vendor]")
        connector = entry.get("connector", "canonical_files")
        if not isinstance(connector, str):
            raise self.fail(f"{where}.connector", f"expected a connector's name, found {connector!r}")
        return Source(
            name=self.name(entry.get("name"), f"{where}.name"),
            connector=connector,
            path=self.path(entry.get("path"), f"{where}.path"),
            timezone=self.zone(entry.get("timezone"), f"{where}.timezone") or zone,
            refers_to={str(key): value for key, value in refers_to.items()},
            options=options,
            codes={**codes, **self.codes(entry.get("codes"), f"{where}.codes")},
            values={str(key): value for key, value in values.items()},
            staff_roles=tuple(staff),
        )

    def sources_agree(self, sources: tuple[Source, ...]) -> None:
        names = [source.name for source in sources]
        for index, source in enumerate(sources):
            if source.name in names[:index]:
                raise self.fail(f"sources[{index}].name", f"{source.name!r} is used twice")
            for reference, target in source.refers_to.items():
                if target not in names:
                    raise self.fail(
                        f"sources[{index}].refers_to.{reference}",
                        f"no source is called {target!r}; there are {', '.join(names)}",
                    )

    def known(self, content: dict[Any, Any], allowed: set[str], prefix: str) -> None:
        for key in content:
            if key not in allowed:
                raise self.fail(f"{prefix}{key}", f"unknown key; allowed are {', '.join(sorted(allowed))}")

    def name(self, value: Any, key: str) -> str:
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            raise self.fail(key, f"expected a name of letters, digits, '_', '-' or '.', found {value!r}")
        return value

    def zone(self, value: Any, key: str) -> str | None:
        if value is None:
            return None
        try:
            ZoneInfo(value)
        except Exception as error:  # zoneinfo raises several kinds for a name that is no zone
            raise self.fail(key, f"expected an IANA zone such as Europe/London, found {value!r}") from error
        return str(value)

    def path(self, value: Any, key: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.fail(key, f"expected a folder, file or URL, found {value!r}")
        text = value.replace("${DATA_DIR}", str(self.data_dir))
        if "${" in text:
            raise self.fail(key, f"only ${{DATA_DIR}} can be used in a path, found {value!r}")
        return text if _URL.match(text) else str((self.file.parent / Path(text).expanduser()).resolve())

    def codes(self, value: Any, key: str) -> dict[str, tuple[str, ...]]:
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(v, list) for v in value.values()):
            raise self.fail(key, "expected a map of column to further values, such as {channel: [fax]}")
        return {str(column): tuple(str(v) for v in values) for column, values in value.items()}

    def as_of(self, value: Any, zone: str | None) -> datetime | None:
        override = os.environ.get("AS_OF", "").strip()
        where = "AS_OF (environment)" if override else "as_of"
        value = override or value
        if value is None:
            return None
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError as error:
                raise self.fail(where, f"expected an ISO 8601 time, found {value!r}") from error
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time())
        if not isinstance(value, datetime):
            raise self.fail(where, f"expected an ISO 8601 time, found {value!r}")
        if value.tzinfo is None:
            if zone is None:
                raise self.fail(where, f"{value} has no offset and the site declares no timezone")
            value = value.replace(tzinfo=ZoneInfo(zone))
        try:
            return value.astimezone(UTC)
        except OverflowError as error:
            raise self.fail(where, f"{value} is out of range") from error
