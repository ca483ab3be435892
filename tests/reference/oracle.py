"""The whole reference: from a site folder to the rows the marts should hold.

Belongs here: putting the pieces together, chunks of tickets on several processes. Does not belong here: any
rule. Rows are dicts of column -> value, keyed like the mart. Instants are microseconds since the epoch (int),
durations (`*_seconds*`) are float seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
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
from .site_files import SiteData, SourceData, read_site
from .sla_rows import sla_rows
from .ticket_facts import ticket_row

Row = dict[str, Any]
Marts = dict[str, dict[tuple, Row]]
TicketId = tuple[str, str]  # source_id, ticket_id

KEYS = {
    "fct_tickets": ("source_id", "ticket_id"),
    "fct_ticket_segments": ("source_id", "ticket_id", "valid_from", "segment_no"),
    "fct_replies": ("source_id", "ticket_id", "event_id"),
    "fct_ticket_sla": ("source_id", "ticket_id", "metric", "instance_no", "version_no"),
}
CHUNK = 2_000  # tickets worked out at a time by one process


class Oracle:
    """Works out the rows of any ticket of a site."""

    def __init__(self, site: SiteData) -> None:
        self.site = site
        self.lookups = {name: Lookups(site, source) for name, source in site.sources.items()}
        self.followed_up = {name: followed_up(source, site.as_of) for name, source in site.sources.items()}
        self.earliest_merged = {name: self._earliest_merged(source) for name, source in site.sources.items()}

    def life(self, source_id: str, ticket_id: str) -> Life | None:
        """The replayed ticket; None if it does not exist by as_of."""
        source = self.site.sources[source_id]
        history = source.events.get(ticket_id, [])
        return replay(source.tickets[ticket_id], history, self.lookups[source_id], self.site.as_of)

    def ticket(self, source_id: str, ticket_id: str) -> dict[str, list[Row]]:
        """The rows of one ticket by mart; empty if it does not exist by as_of."""
        life = self.life(source_id, ticket_id)
        if life is None:
            return {}
        lookups = self.lookups[source_id]
        time = ticket_time(life, lookups)
        pieces = segments(life, lookups, time)
        facts = ticket_row(life, lookups, time, pieces, ticket_id in self.followed_up[source_id])
        facts["earliest_merged_created_at"] = self.earliest_merged[source_id][ticket_id]
        found = {
            "fct_tickets": [facts],
            "fct_ticket_segments": pieces,
            "fct_replies": replies(life, lookups, time),
            "fct_ticket_sla": sla_rows(life, lookups, time),
        }
        for rows in found.values():
            for row in rows:
                row |= {"source_id": source_id, "ticket_id": ticket_id}
                row |= {c: v / SECOND for c, v in row.items() if is_duration(c) and v is not None}
        return found

    def _earliest_merged(self, source: SourceData) -> dict[str, int | None]:
        created = {i: t.created_at for i, t in source.tickets.items() if t.created_at <= self.site.as_of}
        targets = {}
        for ticket_id in created:
            life = self.life(source.name, ticket_id)
            targets[ticket_id] = life.merge_target() if life else None
        return earliest_merged(created, targets)


def is_duration(column: str) -> bool:
    """Whether a column holds seconds."""
    return "_seconds" in column or column.startswith("seconds_")


def chunks(site: SiteData, processes: int = 1) -> Iterator[tuple[list[TicketId], dict[str, list[Row]]]]:
    """The rows of the site, chunk of tickets by chunk; one or several processes work ahead."""
    tickets = [(s.name, t) for s in site.sources.values() for t in sorted(s.tickets)]
    parts = [tickets[i : i + CHUNK] for i in range(0, len(tickets), CHUNK)]
    global _oracle
    _oracle = Oracle(site)
    if processes == 1 or len(parts) == 1:
        yield from ((part, _work_out(part)) for part in parts)
        return
    # Children are forked after the site is read, so nothing is read or sent twice.
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        yield from zip(parts, pool.map(_work_out, parts), strict=True)


_oracle: Oracle | None = None  # what a forked child finds in its copy of the memory


def _work_out(part: list[TicketId]) -> dict[str, list[Row]]:
    assert _oracle is not None
    rows: dict[str, list[Row]] = {mart: [] for mart in KEYS}
    for source_id, ticket_id in part:
        for mart, more in _oracle.ticket(source_id, ticket_id).items():
            rows[mart] += more
    return rows


def key_of(mart: str, row: Row) -> tuple:
    """The natural key of a mart's row."""
    return tuple(row[column] for column in KEYS[mart])


def work_out(site: SiteData, processes: int = 1) -> Marts:
    """All marts of a site at once, by natural key."""
    marts: Marts = {mart: {} for mart in KEYS}
    for _, found in chunks(site, processes):
        for mart, rows in found.items():
            marts[mart] |= {key_of(mart, row): row for row in rows}
    return marts


def work_out_folder(folder: Path, as_of: int | None = None, processes: int = 1) -> tuple[SiteData, Marts]:
    """Read a site folder and work out its marts."""
    site = read_site(folder, as_of)
    return site, work_out(site, processes)
