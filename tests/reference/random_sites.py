"""Writes hostile random sites: a folder of canonical CSV files and a `site.yml`.

Belongs here: what a whole site consists of, the files, the command line. Does not belong here: the rows
themselves (`random_reference`, `random_tickets`). The same seed gives the same site; a `random.Random` from
hypothesis works too.

    python -m tests.reference.random_sites --out DIR --seed 1 --tickets 500
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import yaml

from .business_time import Calendar
from .instants import DAY, HOUR, SECOND, instant_of, show
from .random_policies import reference_tables
from .random_reference import Period, Tables, TextRow
from .random_tickets import World, add_ticket, anchors
from .site_files import Holiday, ScheduleRow, SourceData, read_reference

# A day in each period and how long a site around it may last: clock changes of many zones, Ramadan in
# Casablanca, the day Apia skipped, midnight switches of Sao Paulo, a year's end.
ERAS = (
    ("2026-03-05", 60),
    ("2025-10-01", 50),
    ("2025-04-10", 40),
    ("2025-02-15", 60),
    ("2018-10-20", 130),
    ("2011-12-10", 40),
    ("2025-12-01", 400),
)
SHAREABLE = ("schedules", "holidays", "agents", "groups", "status_map", "sla_policies", "sla_targets")
REFERABLE = ("agent_id", "group_id", "schedule_id", "policy_id")


@dataclass
class RandomSite:
    """A generated site: its `site.yml` and the tables per folder and entity."""

    config: dict[str, Any]
    folders: dict[str, Tables] = field(default_factory=dict)


def generate(rng: Random, tickets: int, sources: int | None = None) -> RandomSite:
    """A site with about this many tickets over one, two or `sources` sources, each with rules of its own."""
    day, days = rng.choice(ERAS)
    start = instant_of(datetime.fromisoformat(day).replace(tzinfo=UTC))
    as_of = start + rng.randrange(10, days) * DAY + rng.choice((0, 9 * HOUR, rng.randrange(DAY)))
    period = Period(start, as_of)
    count = rng.choice((1, 2, 2)) if sources is None else sources
    names = ["one", "two", *(f"source{i}" for i in range(3, count + 1))][:count]
    site = RandomSite(
        {"site": "random", "timezone": rng.choice(("UTC", "America/New_York")), "as_of": show(as_of)}
    )
    site.config["sources"] = [
        {"name": n, "connector": "canonical_files", "path": f"data/{n}", "timezone": z}
        for n in names
        for z in [rng.choice(("America/New_York", "Europe/London", "UTC"))]
    ]
    shared = rng.random() < 0.3
    if shared:
        site.config["shared_reference"] = "data/shared"
        site.folders["data/shared"] = {}
    for entry in site.config["sources"]:
        # Reference data go on after as_of: projections look at what is known of the future.
        site.folders[entry["path"]] = reference_tables(rng, Period(start, as_of + 30 * DAY))
    if shared:
        _share(rng, site, [entry["path"] for entry in site.config["sources"]])
    for entry in site.config["sources"][1:]:
        if rng.random() < 0.35:
            kinds = rng.sample(REFERABLE, rng.randint(1, 2))
            entry["refers_to"] = dict.fromkeys(kinds, "one")
    for entry, count in zip(site.config["sources"], _shares(rng, tickets, len(names)), strict=True):
        _tickets(rng, site, entry, period, count)
    return site


def _share(rng: Random, site: RandomSite, paths: list[str]) -> None:
    """Move some reference tables out of the sources into the shared folder."""
    for entity in SHAREABLE:
        if rng.random() < 0.5:
            site.folders["data/shared"][entity] = site.folders[paths[0]][entity]
            if entity in ("schedules", "holidays") and rng.random() < 0.3:
                continue  # rows of both places count, also for the same schedule
            for path in paths:
                site.folders[path][entity] = []


def _shares(rng: Random, tickets: int, sources: int) -> list[int]:
    """How many tickets each source has; every source at least one while there are enough."""
    parts = [rng.uniform(0.5, 1.5) for _ in range(sources)]
    found = [int(tickets * part / sum(parts)) for part in parts]
    found[0] += tickets - sum(found)
    return found


def _tickets(rng: Random, site: RandomSite, entry: dict[str, Any], period: Period, count: int) -> None:
    tables = site.folders[entry["path"]]
    is_naive = entry["name"] == "two"
    schedules, holidays = _calendar_rows(site, entry)
    calendar = Calendar(schedules, holidays, period.start, period.as_of + 40 * DAY)
    everything = [tables, site.folders.get("data/shared", {})]
    reference = [row for place in everything for rows in place.values() for row in rows]
    zones = {row.zone for row in schedules} | {"America/New_York"}
    world = World(
        period,
        entry["timezone"] if is_naive else None,
        calendar,
        anchors(calendar, zones, period, reference, entry["timezone"]),
        [int(row["target_minutes"]) for row in reference if "target_minutes" in row] or [60],
    )
    ids = [f"t{i}" for i in range(1, count + 1)]  # both sources use the same ids
    merged_into: dict[str, str] = {}
    for ticket_id in ids:
        if rng.random() < 0.06:
            merged_into[ticket_id] = rng.choice((*ids[:50], "t_unknown"))
    if count > 4:  # a chain and a cycle
        merged_into |= {"t1": "t2", "t2": "t3", "t4": "t5", "t5": "t4"}
    for ticket_id in ids:
        add_ticket(rng, world, ticket_id, ids, merged_into.get(ticket_id))
    world.events.append(
        {
            "event_id": "stray",
            "ticket_id": "t_nobody",
            "occurred_at": show(period.start + SECOND),
            "event_type": "message",
        }
    )
    rng.shuffle(world.tickets)
    rng.shuffle(world.events)
    tables["tickets"], tables["ticket_events"] = world.tickets, world.events


def _calendar_rows(site: RandomSite, entry: dict[str, Any]) -> tuple[list[ScheduleRow], list[Holiday]]:
    """The schedules and holidays the source uses, parsed the way the reference parses files."""
    source = SourceData(entry["name"], {})
    owner = (entry.get("refers_to") or {}).get("schedule_id", entry["name"])
    for path in [f"data/{owner}", "data/shared"]:
        tables = site.folders.get(path, {})
        read_reference(source, partial(_table, tables), entry["timezone"])
    return source.schedules, source.holidays


def slices(rng: Random, site: RandomSite, count: int) -> list[RandomSite]:
    """The site cut into deliveries: reference data in each, every fact row in one of them, in any order."""
    parts = [RandomSite(site.config, {p: dict(t) for p, t in site.folders.items()}) for _ in range(count)]
    for path, tables in site.folders.items():
        for entity in ("tickets", "ticket_events"):
            if entity not in tables:
                continue
            placed = [(rng.randrange(count), row) for row in tables[entity]]
            for number, part in enumerate(parts):
                part.folders[path][entity] = [row for where, row in placed if where == number]
    return parts


def _table(tables: Tables, entity: str) -> list[TextRow]:
    return tables.get(entity, [])


def write(site: RandomSite, folder: Path) -> Path:
    """Write the site; big fact tables go into two files. Returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.yml").write_text(yaml.safe_dump(site.config, sort_keys=False), encoding="utf-8")
    for path, tables in site.folders.items():
        place = folder / path
        place.mkdir(parents=True, exist_ok=True)
        for old in place.glob("*.csv"):
            old.unlink()
        for entity, rows in tables.items():
            half = len(rows) // 2 if entity in ("tickets", "ticket_events") and len(rows) > 20 else len(rows)
            _write_csv(place / f"{entity}.csv", rows[:half])
            if rows[half:]:
                _write_csv(place / f"{entity}_2.csv", rows[half:])
    return folder


def _write_csv(file: Path, rows: list[dict[str, str]]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    if not columns:
        return
    with file.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Write a random site for the reference.")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tickets", type=int, default=500)
    parser.add_argument("--sources", type=int, help="how many sources; default one or two")
    parser.add_argument("--slices", type=int, default=0, help="also write N deliveries as OUT/slice_1 ...")
    given = parser.parse_args()
    rng = Random(given.seed)
    site = generate(rng, given.tickets, given.sources)
    print(f"wrote {write(site, given.out)}")
    deliveries = slices(rng, site, given.slices) if given.slices else []
    for number, part in enumerate(deliveries, start=1):
        print(f"wrote {write(part, given.out / f'slice_{number}')}")


if __name__ == "__main__":
    main()
