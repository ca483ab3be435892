"""The whole reference: from a site folder to the rows the marts should hold.

Belongs here: putting the pieces together, chunks of tickets on several processes. Does not belong here: any
rule. Rows are dicts of column -> value, keyed like the mart. Instants are microseconds since the epoch (int),
durations (`*_seconds*`) are float seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from .instants import SECOND
from .life import Life, replay
from .lookups import Lookups
from .merges import earliest_merged, followed_up
from .replies import replies
from .segments import segments, ticket_time
from .site_files import SiteData, read_site
from .sla_rows import sla_rows
from .ticket_facts import ticket_row

Row = dict[str, Any]
Marts = dict[str, dict[tuple, Row]]

KEYS = {
    "fct_tickets": ("source_id", "ticket_id"),
    "fct_ticket_segments": ("source_id", "ticket_id", "valid_from", "segment_no"),
    "fct_replies": ("source_id", "ticket_id", "event_id"),
    "fct_ticket_sla": ("source_id", "ticket_id", "metric", "instance_no", "version_no"),
}


class Oracle:
    """Works out the rows of any ticket of a site."""

    def __init__(self, site: SiteData) -> None:
        self.site = site
        self.lookups = {name: Lookups(site, source) for name, source in site.sources.items()}
        self.followed_up = {name: followed_up(source, site.as_of) for name, source in site.sources.items()}

    def life(self, source_id: str, ticket_id: str) -> Life | None:
        """The replayed ticket; None if it does not exist by as_of."""
        source = self.site.sources[source_id]
        history = source.events.get(ticket_id, [])
        return replay(source.tickets[ticket_id], history, self.lookups[source_id], self.site.as_of)

    def ticket(self, source_id: str, ticket_id: str) -> tuple[dict[str, list[Row]], str | None]:
        """The rows of one ticket by mart, and what it was merged into by as_of."""
        life = self.life(source_id, ticket_id)
        if life is None:
            return {}, None
        lookups = self.lookups[source_id]
        time = ticket_time(life, lookups)
        pieces = segments(life, lookups, time)
        has_follow_up = ticket_id in self.followed_up[source_id]
        found = {
            "fct_tickets": [ticket_row(life, lookups, time, pieces, has_follow_up)],
            "fct_ticket_segments": pieces,
            "fct_replies": replies(life, lookups, time),
            "fct_ticket_sla": sla_rows(life, lookups, time),
        }
        for rows in found.values():
            for row in rows:
                row |= {"source_id": source_id, "ticket_id": ticket_id}
                row |= {c: v / SECOND for c, v in row.items() if "_seconds" in c and v is not None}
                row |= {c: v / SECOND for c, v in row.items() if c.startswith("seconds_") and v is not None}
        return found, life.merge_target()


def work_out(site: SiteData, processes: int = 1) -> Marts:
    """All marts of a site. With several processes the tickets are worked out in chunks."""
    tickets = [(s.name, t) for s in site.sources.values() for t in s.tickets]
    size = 1_000
    chunks = [tickets[i : i + size] for i in range(0, len(tickets), size)]
    marts: Marts = {mart: {} for mart in KEYS}
    targets: dict[str, dict[str, str | None]] = {name: {} for name in site.sources}
    for done, (part, merged) in enumerate(_results(site, chunks, processes), start=1):
        for mart, rows in part.items():
            for row in rows:
                marts[mart][tuple(row[k] for k in KEYS[mart])] = row
        for source_id, ticket_id, target in merged:
            targets[source_id][ticket_id] = target
        if len(chunks) > 5:
            print(f"reference: {done} of {len(chunks)} chunks", file=sys.stderr)
    for name, source in site.sources.items():
        created = {i: t.created_at for i, t in source.tickets.items() if t.created_at <= site.as_of}
        earliest = earliest_merged(created, targets[name])
        for ticket_id, instant in earliest.items():
            marts["fct_tickets"][name, ticket_id]["earliest_merged_created_at"] = instant
    return marts


def work_out_folder(folder: Path, as_of: int | None = None, processes: int = 1) -> tuple[SiteData, Marts]:
    """Read a site folder and work out its marts."""
    site = read_site(folder, as_of)
    return site, work_out(site, processes)


Chunk = list[tuple[str, str]]
Result = tuple[dict[str, list[Row]], list[tuple[str, str, str | None]]]

_worker: Oracle | None = None  # the forked child's own copy


def _chunk(chunk: Chunk) -> Result:
    assert _worker is not None
    rows: dict[str, list[Row]] = {mart: [] for mart in KEYS}
    merged = []
    for source_id, ticket_id in chunk:
        found, target = _worker.ticket(source_id, ticket_id)
        for mart, more in found.items():
            rows[mart] += more
        if found:
            merged.append((source_id, ticket_id, target))
    return rows, merged


def _results(site: SiteData, chunks: list[Chunk], processes: int) -> Iterable[Result]:
    """Results chunk by chunk; children are forked after the site is read, so nothing is read twice."""
    global _worker
    _worker = Oracle(site)
    if processes == 1 or len(chunks) == 1:
        yield from map(_chunk, chunks)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        yield from pool.map(_chunk, chunks)
