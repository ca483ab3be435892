"""What a run works on: site, data folder, instant, and where Dagster keeps its records.

Belongs here: where a run's tags and their counterparts in the environment are read. Does not belong here:
what is done with them. No Dagster import, so that the shell and the tests can use it cheaply.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ingestion.paths import Paths
from ingestion.site import Site, load_site

# A run's tags may say these; in the UI they can be set when a run is launched.
AS_OF_TAG = "warehouse/as_of"
FULL_REFRESH_TAG = "warehouse/full_refresh"

_DAGSTER_YAML = """\
# Written by every run; changes made here are lost.
telemetry: {enabled: false}
nux: {enabled: false}
freshness: {enabled: true}
concurrency:
  # A run at a time: two that took turns would publish what the other built, past their own gates.
  pools: {default_limit: 1, granularity: run}
# A run that is a day old is dead, and keeps others waiting.
run_monitoring: {enabled: true, free_slots_after_run_end_seconds: 60, max_runtime_seconds: 86400}
# Of runs that ask for it; a step that failed would fail again.
run_retries: {enabled: true, max_retries: 0, retry_on_asset_or_op_failure: false}
python_logs: {managed_python_loggers: [orchestration], python_log_level: INFO}
"""


@dataclass(frozen=True)
class RunSettings:
    """One run's inputs. `site.as_of` is set: an aware UTC instant, the same for every stage of the run."""

    site: Site
    paths: Paths
    full_refresh: bool = False

    @property
    def as_of(self) -> datetime:
        """The instant the marts describe."""
        if self.site.as_of is None:
            raise ValueError("a run's as_of is always resolved")
        return self.site.as_of

    @property
    def dbt_variables(self) -> dict[str, str]:
        """What dbt is told: the instant as a naive UTC text, the site's zone, name and minimum cell."""
        return {
            "as_of": self.as_of.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
            "site_timezone": self.site.timezone or "UTC",
            "site_name": self.site.name,
            "minors_minimum_cell": str(self.site.minors_minimum_cell),
        }


def run_settings(started_at: datetime, tags: Mapping[str, str]) -> RunSettings:
    """Return the settings of a run that started at `started_at` (aware).

    `as_of` is the run's tag, else `AS_OF` or the site's own (`ingestion.site`), else the start of the run.
    Raises `ValueError` for a tag that is not an ISO 8601 instant with offset, and what `load_site` raises.
    """
    site = load_site()
    as_of = instant(tags[AS_OF_TAG]) if AS_OF_TAG in tags else site.as_of or started_at
    full_refresh = is_set(tags.get(FULL_REFRESH_TAG, os.environ.get("FULL_REFRESH", "")))
    return RunSettings(replace(site, as_of=as_of.astimezone(UTC)), Paths.from_env(), full_refresh)


def instant(text: str) -> datetime:
    """Parse an ISO 8601 instant with an offset; raises `ValueError` otherwise."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"{text!r} has no offset; write for instance {text}Z")
    return value


def is_set(flag: str) -> bool:
    """True for a flag that is switched on: anything but empty, `0`, `false` and `no`."""
    return flag.strip().lower() not in {"", "0", "false", "no"}


def prepare_dagster_home(paths: Paths) -> None:
    """Write Dagster's instance settings and make this process and its children use them."""
    paths.dagster_home.mkdir(parents=True, exist_ok=True)
    file = paths.dagster_home / "dagster.yaml"
    if not file.exists() or file.read_text(encoding="utf-8") != _DAGSTER_YAML:
        file.write_text(_DAGSTER_YAML, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(paths.dagster_home)
    os.environ["DATA_DIR"] = str(paths.data_dir)
