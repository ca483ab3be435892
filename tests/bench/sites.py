"""The sites that are measured: simulated ones, kept from run to run, and tickets that are open for long.

Belongs here: files and loaded warehouses under `DATA_DIR/bench`. Does not belong here: measuring.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

import duckdb

from ingestion.paths import Paths
from ingestion.site import load_site

SEED, WEEKS = 1, 26
CHANGED = "ticket_events_changed.csv"
_CODE = Path(__file__).resolve().parents[2] / "ingestion"
# What tickets of hand-made sites are judged by.
_REFERENCE = (
    "schedules", "holidays", "sla_policies", "sla_targets", "status_map", "groups", "agents",
    "lines_of_business",
)  # fmt: skip

Say = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    """A site's folder and the data folder its warehouse is in."""

    folder: Path
    data_dir: Path

    @property
    def as_of(self) -> datetime:
        """The site's as_of, aware."""
        found = load_site(self.folder).as_of
        assert found is not None, "bench sites have an as_of"
        return found

    @property
    def timezone(self) -> str:
        """The site's zone."""
        return load_site(self.folder).timezone or "UTC"


def simulated(root: Path, tickets: int, say: Say) -> Path:
    """The folder of a simulated site of so many tickets, written now if it is not there yet."""
    from ingestion.simulator import write_site

    folder = root / f"site_{tickets}"
    _once(
        folder,
        lambda: write_site(folder, tickets=tickets, seed=SEED, weeks=WEEKS, truth=False),
        f"simulating {tickets:,} tickets",
        say,
    )
    for left in folder.rglob(CHANGED):  # of a run that was broken off
        left.unlink()
    return folder


def loaded(folder: Path, say: Say) -> Measured:
    """A fresh warehouse with the site's raw tables only; loaded once for each state of `ingestion/`."""
    kept, work = (folder.with_name(f"{folder.name}_{name}") for name in ("loaded", "work"))
    _once(kept, lambda: load(Measured(folder, kept)), f"loading {folder.name}", say)
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(kept, work)
    return Measured(folder, work)


def load(site: Measured) -> float:
    """Load what is new of a site and return the seconds it took."""
    from ingestion.load import load as load_site_files

    started = perf_counter()
    load_site_files(load_site(site.folder), Paths(site.data_dir))
    return perf_counter() - started


def change_one_percent(site: Measured) -> int:
    """Deliver one more requester message for every hundredth ticket; return how many."""
    (events,) = {file.parent for file in site.folder.rglob("ticket_events*")}
    file = events / CHANGED
    connection = duckdb.connect(str(site.data_dir / "warehouse.duckdb"), read_only=True)
    try:
        connection.execute(f"""
            copy (
                select
                    'changed ' || ticket_id as event_id, ticket_id, 'message' as event_type,
                    '{(site.as_of - timedelta(hours=1)).isoformat()}' as occurred_at,
                    'requester' as actor_role, 'true' as is_public
                from raw.canonical__tickets
                where created_at < '{(site.as_of - timedelta(hours=1)).replace(tzinfo=None)}'
                qualify row_number() over (order by hash(ticket_id), ticket_id) % 100 = 0
            ) to '{file}' (header)
        """)
        row = connection.execute(f"select count(*) from read_csv('{file}')").fetchone()
        return int(row[0]) if row else 0
    finally:
        connection.close()


def undo_change(site: Measured) -> None:
    """Take the extra delivery away again, so that the site can be measured another time."""
    for file in site.folder.rglob(CHANGED):
        file.unlink()


def open_since(root: Path, tickets: int, days: int, horizon_days: int, like: Path, say: Say) -> Path:
    """A site of tickets opened `days` before as_of and still open, all with the same five events.

    One more ticket is `horizon_days` old, so that the calendar is as long whatever `days` is. The reference
    tables are those of the simulated site `like`.
    """
    folder = root / f"open_{tickets}_{days}_{horizon_days}"
    _once(
        folder, lambda: _write_open(folder, tickets, days, horizon_days, like), f"writing {folder.name}", say
    )
    return folder


def _write_open(folder: Path, tickets: int, days: int, horizon_days: int, like: Path) -> None:
    (place,) = {file.parent for file in like.rglob("ticket_events*")}
    data = folder / "desk"
    data.mkdir(parents=True)
    for file in place.iterdir():
        if file.name.split(".")[0] in _REFERENCE:
            shutil.copyfile(file, data / file.name)
    as_of = Measured(like, like).as_of
    (folder / "site.yml").write_text(
        f'site: open\ntimezone: UTC\nas_of: "{as_of.isoformat()}"\n'
        "sources:\n  - {name: desk, connector: canonical_files, path: desk}\n"
    )
    text = "strftime({}, '%Y-%m-%dT%H:%M:%SZ')"
    created = text.format("created_at")
    connection = duckdb.connect()
    try:
        connection.execute(f"""
            create temp table opened as
            select
                number, 't' || number as ticket_id,
                timestamp '{as_of.replace(tzinfo=None)}'
                    - to_days(case when number = 0 then {horizon_days} else {days} end)
                    - to_seconds(number % 3600) as created_at
            from range({tickets} + 1) as numbers(number)
        """)
        connection.execute(f"""
            copy (
                select
                    ticket_id, {created} as created_at, {created} as updated_at,
                    'email' as channel, 'open' as status, 'requester' as submitter_role,
                    ['low', 'normal', 'high', 'urgent'][number % 4 + 1] as priority
                from opened
            ) to '{data / "tickets.csv"}' (header)
        """)
        connection.execute(f"""
            copy (
                select
                    ticket_id || '-' || place as event_id, ticket_id,
                    {text.format("created_at + to_minutes(place * 100)")} as occurred_at,
                    place as sequence_no,
                    case when place in (2, 3) then 'field_change' else 'message' end as event_type,
                    case when place in (0, 3, 4) then 'requester' else 'agent' end as actor_role,
                    case when place in (2, 3) then 'status' end as field,
                    case place when 2 then 'open' when 3 then 'pending' end as old_value,
                    case place when 2 then 'pending' when 3 then 'open' end as new_value,
                    case when place in (2, 3) then null else 'true' end as is_public
                from opened cross join range(5) as places(place)
            ) to '{data / "ticket_events.csv"}' (header)
        """)
    finally:
        connection.close()


def _once(folder: Path, make: Callable[[], object], what: str, say: Say) -> None:
    """Make a folder unless it is there, complete, and made by the same code."""
    stamp, code = folder.with_name(f"{folder.name}.made"), _code()
    if folder.is_dir() and stamp.exists() and stamp.read_text() == code:
        return
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    started = perf_counter()
    say(f"{what} …")
    make()
    say(f"{what}: {perf_counter() - started:.0f} s")
    stamp.write_text(code)


def _code() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for file in sorted(_CODE.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
