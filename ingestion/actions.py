"""Appending to `feedback_actions`: what a team did about an insight.

Belongs here: one more row in a site's file, checked against the source contract before it is written.
Does not belong here: what an action means for an insight (dbt, `int_insight_transitions`), loading it
(`ingestion.load`). The file is append-only: a mistake is corrected by a further action, never by editing.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from ingestion.contracts import entity
from ingestion.files import FileError
from ingestion.paths import Paths
from ingestion.site import Site, Source

ENTITY = "feedback_actions"
FILE = f"{ENTITY}.csv"


class ActionError(ValueError):
    """The action breaks the contract, or the site has no file it can go to; says what to change."""


def append_action(
    site: Site,
    insight_key: str,
    status: str,
    *,
    occurred_at: datetime | None = None,
    owner_team: str | None = None,
    owner_id: str | None = None,
    due_on: date | None = None,
    note: str | None = None,
    reference_url: str | None = None,
    source: str | None = None,
) -> tuple[Path, Mapping[str, str]]:
    """Append one action to the site's `feedback_actions.csv`; return the file and the row.

    `occurred_at` needs an offset and is now by default. `source` names the source whose folder holds the
    file, which is only needed where the site has several. Raises ActionError, and then writes nothing.
    """
    at = occurred_at or datetime.now(UTC)
    if at.tzinfo is None:
        raise ActionError(f"occurred_at: {at.isoformat()} has no offset from UTC, such as +01:00")
    given = {
        "action_id": f"A-{uuid.uuid4().hex}",
        "insight_key": insight_key.strip(),
        "occurred_at": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "status": status,
        "owner_team": owner_team,
        "owner_id": owner_id,
        "due_on": due_on.isoformat() if due_on else None,
        "note": note,
        "reference_url": reference_url,
    }
    row = {name: value for name, value in given.items() if value}
    _check(row)
    file = _folder(site, source) / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    _append(file, row)
    return file, row


def published_state(paths: Paths, insight_key: str) -> str | None:
    """Return the state of an insight in the publication, None where one of both is missing.

    Raises `duckdb.Error` if the published file cannot be read.
    """
    import duckdb

    if not paths.published.is_file():
        return None
    with duckdb.connect() as connection:
        # Under a name of its own: opened directly, marts.duckdb is called like its schema.
        file = str(paths.published).replace("'", "''")
        connection.execute(f"attach '{file}' as served (read_only)")
        try:
            found = connection.execute(
                "select state from served.marts.fct_insights where insight_key = ?", [insight_key]
            ).fetchone()
        except duckdb.CatalogException:  # published before there were insights
            return None
    return str(found[0]) if found else None


def _check(row: Mapping[str, str]) -> None:
    contract = entity(ENTITY)
    if missing := sorted(set(contract.required) - set(row)):
        raise ActionError(f"{', '.join(missing)}: required by the contract of {ENTITY}")
    for name, value in row.items():
        codes = contract.column(name).codes
        if codes and value not in codes:
            raise ActionError(f"{name}: {value!r} is none of {', '.join(codes)}")


def _folder(site: Site, name: str | None) -> Path:
    sources = [s for s in site.sources if s.connector == "canonical_files"]
    if name is not None:
        sources = [s for s in sources if s.name == name]
    local = [s for s in sources if _is_local_folder(s)]
    if len(local) == 1:
        return Path(local[0].path)
    if not local:
        called = f" called {name}" if name else ""
        raise ActionError(f"{site.name} has no source of canonical_files in a local folder{called}")
    raise ActionError(f"several sources could hold it, name one: {', '.join(s.name for s in local)}")


def _is_local_folder(source: Source) -> bool:
    return "://" not in source.path and not Path(source.path).is_file()


def _append(file: Path, row: Mapping[str, str]) -> None:
    """Add a line in one write, with a header where the file is new or empty."""
    columns = [column.name for column in entity(ENTITY).columns]
    text = file.read_text(encoding="utf-8-sig") if file.exists() else ""
    out = io.StringIO()
    if text.strip():
        columns = next(csv.reader(io.StringIO(text)))
        if unknown := sorted(set(row) - set(columns)):
            raise ActionError(f"{file}: its header has no column {', '.join(unknown)}; add it to the header")
        out.write("" if text.endswith(("\n", "\r")) else "\n")
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    if not text.strip():
        writer.writeheader()
    writer.writerow(row)
    try:
        with file.open("a", encoding="utf-8", newline="") as stream:
            stream.write(out.getvalue())
    except OSError as error:
        raise FileError(f"{file}: cannot be written: {error}") from error
