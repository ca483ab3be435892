"""A small site with one ticket per way in which a reported SLA value can change later.

Belongs here: the files of its two deliveries, before and after the week of 2 March 2026 was reported. Does
not belong here: what is expected of the marts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SITE = """\
site: invoice
timezone: Europe/London
sources:
  - {name: desk, connector: canonical_files, path: data, timezone: UTC}
"""

# Every LOB has a policy of its own: one hour in business hours to the first reply.
LOBS = ("late", "policy", "schedule", "spam", "roster", "same", "whole", "gone")
SCHEDULES = ("s1", "s2")


@dataclass(frozen=True)
class Change:
    """What the second delivery holds beyond the first."""

    events: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    policy_minutes: int = 60
    holiday: bool = False
    vendor: str = "V1"
    without_target: str = ""


def ticket(ticket_id: str, created: str, schedule: str = "s1", updated: str = "") -> str:
    """A row of tickets.csv; its LOB is its id."""
    updated = updated or created
    return f"{ticket_id},{created},{updated},webform,{ticket_id},agent_{ticket_id},solved,{schedule}"


def solved(ticket_id: str, replied: str, closed: str) -> tuple[str, str]:
    """A reply, and the solve that follows it."""
    return reply(ticket_id, replied), status(ticket_id, closed, "new", "solved")


def reply(ticket_id: str, at: str) -> str:
    """A row of ticket_events.csv: a public reply of the ticket's agent."""
    return f"{ticket_id}_reply_{at},{ticket_id},{at},message,,,,agent,true,agent_{ticket_id}"


def status(ticket_id: str, at: str, old: str, new: str) -> str:
    """A row of ticket_events.csv: a change of status."""
    return (
        f"{ticket_id}_status_{at},{ticket_id},{at},field_change,status,{old},{new},agent,,agent_{ticket_id}"
    )


def spam(ticket_id: str, at: str) -> str:
    """A row of ticket_events.csv: the ticket turns out to be spam."""
    return f"{ticket_id}_spam,{ticket_id},{at},spam,,,,system,,"


def write(folder: Path, tickets: tuple[str, ...], events: tuple[str, ...], change: Change) -> None:
    """Write the site as it is delivered: facts grow, reference tables are as they are said to be now."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "site.yml").write_text(SITE, encoding="utf-8")

    def table(name: str, header: str, rows: tuple[str, ...]) -> None:
        (folder / "data" / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")

    table(
        "tickets",
        "ticket_id,created_at,updated_at,channel,line_of_business,assignee_id,status,schedule_id",
        tickets + change.tickets,
    )
    table(
        "ticket_events",
        "event_id,ticket_id,occurred_at,event_type,field,old_value,new_value,actor_role,is_public,actor_id",
        events + change.events,
    )
    table(
        "schedules",
        "schedule_id,name,timezone,weekday,opens_at,closes_at,is_default",
        tuple(f"{s},{s},Europe/London,{day},09:00,17:00," for s in SCHEDULES for day in range(1, 6)),
    )
    # The first delivery knows of a holiday that no ticket meets.
    strike = ("s2,strike,2026-03-04,2026-03-04",) if change.holiday else ()
    table("holidays", "schedule_id,name,starts_on,ends_on", ("s2,new year,2026-01-01,2026-01-01", *strike))
    table(
        "agents",
        "agent_id,name,tier,vendor,role,valid_from",
        tuple(
            f"agent_{lob},{lob},T1,{change.vendor if lob == 'roster' else 'V1'},agent,2020-01-01T00:00:00Z"
            for lob in LOBS
        ),
    )
    table(
        "sla_policies",
        "policy_id,name,position,line_of_business",
        tuple(f"p_{lob},{lob},{number},{lob}" for number, lob in enumerate(LOBS, start=1)),
    )
    table(
        "sla_targets",
        "policy_id,metric,target_minutes,hours",
        tuple(
            f"p_{lob},first_reply,{change.policy_minutes if lob == 'policy' else 60},business"
            for lob in LOBS
            if lob != change.without_target
        ),
    )
