"""Tickets that point to tickets: `earliest_merged_created_at` (A50) and follow-ups (A11).

Belongs here: what needs more than one ticket. Does not belong here: anything of a single ticket.
"""

from __future__ import annotations

from .site_files import SourceData


def earliest_merged(created: dict[str, int], merged_into: dict[str, str | None]) -> dict[str, int | None]:
    """For each ticket the earliest creation among all tickets merged into it, directly or through others.

    A ticket itself does not count, also inside a cycle of merges.
    """
    sources: dict[str, list[str]] = {}
    for ticket, target in merged_into.items():
        if target is not None:
            sources.setdefault(target, []).append(ticket)
    found: dict[str, int | None] = {}
    for ticket in created:
        seen = {ticket}
        waiting = [ticket]
        while waiting:
            for source in sources.get(waiting.pop(), []):
                if source not in seen:
                    seen.add(source)
                    waiting.append(source)
        found[ticket] = min((created[t] for t in seen - {ticket}), default=None)
    return found


def followed_up(source: SourceData, as_of: int) -> set[str]:
    """Tickets that a ticket of the same source, created by as_of, follows up."""
    return {t.follow_up_of for t in source.tickets.values() if t.follow_up_of and t.created_at <= as_of}
