"""When the graph runs by itself: every day, and when a source delivered something.

Belongs here: job, schedule and sensor, and how new files are noticed. Does not belong here: what a run does.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from ingestion.site import Site, load_site

JOB_NAME = "build_and_publish"

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
    minimum_interval_seconds=300,
    description="Runs the job when a source's files differ from the last look: names, sizes, times.",
)
def new_files(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    delivered = look_at_files(load_site())
    if context.cursor == delivered.fingerprint:
        return dg.SkipReason(f"nothing new: {delivered}")
    if not delivered.files:
        return dg.SkipReason(f"nothing delivered yet: {delivered}")
    return dg.SensorResult(
        run_requests=[
            dg.RunRequest(run_key=delivered.fingerprint, tags={"warehouse/reason": str(delivered)})
        ],
        cursor=delivered.fingerprint,
    )


@dataclass(frozen=True)
class Delivered:
    """What lies ready at a site's sources, told by names, sizes and times of change alone."""

    files: int
    bytes: int
    newest: datetime | None
    fingerprint: str

    def __str__(self) -> str:
        newest = f", newest {self.newest:%Y-%m-%d %H:%M} UTC" if self.newest else ""
        return f"{self.files} files, {self.bytes / 1e6:.1f} MB{newest}"


def look_at_files(site: Site) -> Delivered:
    """Look at the site's sources without reading any file."""
    places = [source.path for source in site.sources]
    if site.shared_reference is not None:
        places.append(str(site.shared_reference))
    seen = sorted(entry for place in places for entry in _entries(place))
    stamps = [changed for _, _, changed in seen if changed is not None]
    return Delivered(
        files=len(seen),
        bytes=sum(size for _, size, _ in seen),
        newest=datetime.fromtimestamp(max(stamps), UTC) if stamps else None,
        fingerprint=hashlib.sha256(json.dumps(seen).encode()).hexdigest(),
    )


def _entries(place: str) -> Iterator[tuple[str, int, float | None]]:
    """Yield (name, bytes, time of change in seconds if known) of each file at a folder, a file or a URL."""
    if "://" in place:
        import fsspec

        system, root = fsspec.core.url_to_fs(place)
        for name, entry in system.find(root, detail=True).items():
            changed = entry.get("mtime") or entry.get("LastModified")
            seconds = changed.timestamp() if isinstance(changed, datetime) else changed
            yield name, int(entry.get("size") or 0), seconds
        return
    path = Path(place)
    for file in [path] if path.is_file() else path.rglob("*"):
        if file.is_file():
            status = file.stat()
            yield str(file), status.st_size, status.st_mtime
