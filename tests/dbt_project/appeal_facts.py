"""What the marts of decisions and complaints must say, worked out row by row in plain Python.

Belongs here: the rules of SEMANTICS 4 and A52 told a second time, without SQL, sharing nothing with the
models.
Does not belong here: drawing rows (`appeal_site`), comparing (`test_appeals_match_reference`).
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.dbt_project.appeal_site import AS_OF, Row

VERDICTS = ("upheld", "reversed", "partially_reversed")
REVERSED = VERDICTS[1:]
Rows = dict[str, dict[str, list[Row]]]


def six_months_after(instant: datetime) -> datetime:
    """The same day six calendar months later, the end of the month clamped."""
    year, month = divmod(instant.year * 12 + instant.month - 1 + 6, 12)
    day = min(instant.day, calendar.monthrange(year, month + 1)[1])
    return instant.replace(year=year, month=month + 1, day=day)


def state(rows: Rows) -> tuple[dict[str, Row], list[Row]]:
    """Decisions by id and complaints of all sources, as at AS_OF; `covers` are a complaint's decisions.

    Decisions about minors, and those a minor's complaint covers, have neither policy nor surface.
    """
    decisions = {d["decision_id"]: d for d in rows["desk"]["decisions"] if d["decided_at"] <= AS_OF}
    every = {d["decision_id"]: d for d in rows["desk"]["decisions"]}
    complaints = []
    for source, entities in rows.items():
        listed = defaultdict(set)
        for pair in entities["appeal_decisions"]:
            listed[pair["appeal_id"]].add(pair["decision_id"])
        for given in entities["appeals"]:
            if given["submitted_at"] > AS_OF:
                continue
            also = listed[given["appeal_id"]]
            primary = given["decision_id"] or min(also, default=None)
            covers = also | ({primary} if primary else set())
            first = given["decided_at"] or given["notified_at"] or given["submitted_at"]
            outcome = given["outcome"] if first <= AS_OF else None
            times = [t for t in (given["notified_at"], given["decided_at"]) if t and t <= AS_OF]
            minors = {every[d]["is_minor"] for d in covers if d in every} if also else set()
            own = decisions[primary]["is_minor"] if primary in decisions else None
            complaints.append(
                given
                | {
                    "source_id": source,
                    "decision_id": primary,
                    "covers": covers,
                    "outcome": outcome,
                    "ended_at": times[0] if times and outcome else None,
                    "is_minor": True in minors or own is True,
                }
            )
    withheld = {
        decision for complaint in complaints if complaint["is_minor"] for decision in complaint["covers"]
    }
    for decision_id, decision in decisions.items():
        if decision["is_minor"] or decision_id in withheld:
            decisions[decision_id] = decision | {"policy_category": None, "surface": None}
    return decisions, complaints


def appeal_facts(rows: Rows) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows of fct_appeals by source and id, the columns that say something new."""
    decisions, complaints = state(rows)
    chains = defaultdict(list)
    for complaint in complaints:
        if complaint["decision_id"]:
            chains[complaint["decision_id"], complaint["body"]].append(complaint)
    place = {}
    for chain in chains.values():
        chain.sort(key=lambda c: (c["submitted_at"], c["round"], c["source_id"], c["appeal_id"]))
        for number, complaint in enumerate(chain, 1):
            place[complaint["source_id"], complaint["appeal_id"]] = (number, len(chain))
    facts = {}
    for complaint in complaints:
        key = complaint["source_id"], complaint["appeal_id"]
        decision = decisions.get(complaint["decision_id"], {})
        told, ended, outcome = decision.get("notified_at"), complaint["ended_at"], complaint["outcome"]
        number, last = place.get(key, (1, 1))
        facts[key] = {
            "decision_id": complaint["decision_id"],
            "decision_count": len(complaint["covers"]),
            "restriction": decision.get("restriction"),
            "outcome": outcome,
            "is_reversed": outcome in REVERSED,
            "is_omitted": outcome in ("omitted", "withdrawn"),
            "seconds_to_decision": ended and (ended - complaint["submitted_at"]) / timedelta(seconds=1),
            "is_admissible": told is None or complaint["submitted_at"] <= six_months_after(told),
            "round_no": number,
            "is_latest_round": number == last,
            "is_minor": complaint["is_minor"],
            **sla_facts(complaint),
        }
    return facts


def decision_facts(rows: Rows) -> dict[str, dict[str, Any]]:
    """Rows of fct_decisions by id."""
    decisions, complaints = state(rows)
    facts = {}
    for decision_id, decision in decisions.items():
        about = [c for c in complaints if decision_id in c["covers"]]
        internal = [c for c in about if c["body"] == "internal"]
        disputes = [c for c in about if c["body"] == "ods" and c["decision_id"] == decision_id]
        verdicts = [c for c in internal if c["outcome"] in VERDICTS]
        # the later one, then the later round, then the one more in the creator's favour
        favour = {"upheld": 0, "partially_reversed": 1, "reversed": 2}
        latest = max(verdicts, key=lambda c: (_given_at(c), c["round"], favour[c["outcome"]]), default={})
        minor = decision["is_minor"] or False
        restored = decision["restored_at"] and decision["restored_at"] <= AS_OF
        facts[decision_id] = {
            "appeal_count": len(internal),
            "pending_appeal_count": sum(c["outcome"] is None for c in internal),
            "outcome": latest.get("outcome"),
            "is_overturned": latest.get("outcome") in REVERSED,
            "policy_category": decision["policy_category"],
            "surface": decision["surface"],
            "route": "minor" if minor else "standard",
            "restored_reason": decision["restored_reason"] if restored else None,
            "ods_dispute_count": len(disputes),
            "ods_reversed_count": sum(c["outcome"] in REVERSED for c in disputes),
            "ods_implemented_count": sum(
                bool(c["outcome"] in REVERSED and c["ods_implemented"]) for c in disputes
            ),
        }
    return facts


def _given_at(complaint: Row) -> datetime:
    times = [complaint["decided_at"], complaint["notified_at"], complaint["submitted_at"]]
    return next(instant for instant in times if instant and instant <= AS_OF)


def sla_facts(complaint: Row) -> dict[str, Any]:
    """The SLA columns by the policies of `appeal_site`; complaints know market and language only."""
    nothing = dict.fromkeys(("sla_policy_id", "sla_elapsed_seconds", "sla_due_at", "sla_status"))
    if complaint["body"] == "ods":
        return nothing
    submitted = complaint["submitted_at"]
    if complaint["market"] in ("DE", "FR"):
        policy, minutes, hours = "p1", 960, "business"
    elif complaint["language"] == "pt-BR" and submitted >= datetime(2026, 2, 1, tzinfo=UTC):
        policy, hours = "p2", "calendar"
        minutes = 600 if submitted < datetime(2026, 5, 1, tzinfo=UTC) else 300
    elif complaint["language"] == "pt-BR":
        return nothing  # p3 matches first, and has no target
    else:
        policy, minutes, hours = "p4", 1440, "calendar"
    pending = complaint["outcome"] is None
    until = AS_OF if pending else complaint["ended_at"]
    if until is None:
        return nothing | {"sla_policy_id": policy, "sla_status": "cancelled"}
    target = timedelta(minutes=minutes)
    elapsed = _open_time(submitted, until) if hours == "business" else until - submitted
    passed = _passed_at(submitted, target) if hours == "business" else submitted + target
    breached = elapsed > target
    status = "breached" if breached else "active" if pending else "met"
    return {
        "sla_policy_id": policy,
        "sla_elapsed_seconds": elapsed / timedelta(seconds=1),
        "sla_due_at": passed if breached or pending else None,
        "sla_status": status if breached or pending or complaint["outcome"] in VERDICTS else "cancelled",
    }


def _windows(first: datetime) -> Iterator[tuple[datetime, datetime]]:
    zone, day = ZoneInfo("Europe/Berlin"), first.date() - timedelta(days=1)
    while True:
        if day.isoweekday() <= 5:
            yield _utc(day, 9, zone), _utc(day, 17, zone)
        day += timedelta(days=1)


def _utc(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def _open_time(start: datetime, end: datetime) -> timedelta:
    total = timedelta()
    for opens, closes in _windows(start):
        if opens >= end:
            return total
        total += max(timedelta(), min(closes, end) - max(opens, start))
    raise AssertionError("windows never end")


def _passed_at(start: datetime, target: timedelta) -> datetime:
    """The last instant within the target; used up exactly at closing, the next opening (A21)."""
    left = target
    for opens, closes in _windows(start):
        usable = max(timedelta(), closes - max(opens, start))
        if left < usable:
            return max(opens, start) + left
        left -= usable
    raise AssertionError("windows never end")
