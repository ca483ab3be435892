"""When the graph runs by itself: every day, and when a source delivered something.

Belongs here: job, schedule and sensor, and how new files are noticed. Does not belong here: what a run does.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

import dagster as dg

from ingestion.files import FileError
from ingestion.planning import connector_of, list_deliveries
from ingestion.site import Site, load_site

JOB_NAME = "build_and_publish"

# Only runs whose process died are tried again (`orchestration.settings`): bad files stay bad.
_TRY_AGAIN = {"dagster/max_retries": "1", "dagster/retry_strategy": "ALL_STEPS"}

# One process for all steps: the next step needs what the last has already imported.
job = dg.define_asset_job(
    JOB_NAME,
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Sources to published marts: load, check, build, check, publish. `make run` runs this too.",
)


def daily_schedule(site: Site) -> dg.ScheduleDefinition:
    """Return the daily run, early in the morning of the site."""
    return dg.ScheduleDefinition(
        name="daily",
        job=job,
        cron_schedule="0 5 * * *",
        execution_timezone=site.timezone or "UTC",
        description="Every day at 05:00 in the site's zone.",
    )


@dg.sensor(
    name="new_files",
    job=job,
    minimum_interval_seconds=120,
    description="Runs the job when a source's files differ from those it last ran for: names, sizes, times."
    " Waits until two looks in a row see the same, so that nothing is read while it is still being copied.",
)
def new_files(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    try:
        delivered = look_at_files(load_site())
    except FileError as error:
        return dg.SkipReason(str(error))
    before = _Cursor.read(context.cursor)
    context.update_cursor(_Cursor(delivered.fingerprint, before.ran_for).text)
    if delivered.fingerprint == before.ran_for:
        return dg.SkipReason(f"nothing new: {delivered}")
    if not delivered.files:
        return dg.SkipReason(f"nothing delivered yet: {delivered}")
    if delivered.fingerprint != before.seen:
        return dg.SkipReason(
            f"new files, perhaps still being copied: {delivered}; runs if the next look sees the same"
        )
    context.update_cursor(_Cursor(delivered.fingerprint, delivered.fingerprint).text)
    # No run key: files put back as they once were need a run again.
    return dg.SensorResult(
        run_requests=[dg.RunRequest(tags={"warehouse/reason": str(delivered), **_TRY_AGAIN})]
    )


@dataclass(frozen=True)
class _Cursor:
    """Fingerprints of the files at the last look, and of those a run was last asked for."""

    seen: str | None = None
    ran_for: str | None = None

    @classmethod
    def read(cls, text: str | None) -> _Cursor:
        """Read the cursor that the last look left; a bare fingerprint is one a run was asked for."""
        if not text:
            return cls()
        return cls(**json.loads(text)) if text.startswith("{") else cls(text, text)

    @property
    def text(self) -> str:
        """The cursor as Dagster keeps it."""
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Delivered:
    """What lies ready at a site's sources, told by names, sizes and times of change alone."""

    files: int
    bytes: int
    fingerprint: str

    def __str__(self) -> str:
        return f"{self.files} files, {self.bytes / 1e6:.1f} MB"


def look_at_files(site: Site) -> Delivered:
    """Look at the files a load of the site would read, and at its site.yml, without opening any.

    Raises `FileError` if a folder or URL cannot be listed.
    """
    seen = [
        (*file.key, file.size, file.modified)
        for source in site.sources
        for listing in list_deliveries(site, source, connector_of(source))
        for file in listing.files
    ]
    settings = (site.folder / site.file_name).stat()
    known = [sorted(seen), settings.st_size, settings.st_mtime_ns]
    return Delivered(
        files=len(seen),
        bytes=sum(size for *_, size, _ in seen),
        fingerprint=hashlib.sha256(json.dumps(known).encode()).hexdigest(),
    )
