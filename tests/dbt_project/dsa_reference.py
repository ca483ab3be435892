"""The regulator's table worked out once more, complaint by complaint in plain Python.

Belongs here: the rules of SEMANTICS section 4 (DSA Annex I part 7) as a second reading. Does not belong here:
SQL, or anything the models use; indicators have short names, which the test knows to find in the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from tests.dbt_project.dsa_site import AS_OF, ZONE, Appeal, DsaSite

VERDICTS = ("upheld", "partially_reversed", "reversed")
_RESTRICTIONS = ("visibility", "service", "account", "monetisation")


@dataclass(frozen=True)
class Rules:
    """Variables of the filing."""

    total_includes_notices: bool = True
    counts_second_rounds: bool = True


@dataclass(frozen=True)
class Complaint:
    """What the table needs of a complaint, as of AS_OF."""

    appeal: Appeal
    restriction: str | None
    ended_at: datetime | None
    outcome: str | None
    is_timed: bool


def table(site: DsaSite, first: date, last: date, rules: Rules) -> dict[tuple[str, str], float | None]:
    """Values by (indicator, scope) of one reporting period."""
    zone = ZoneInfo(ZONE)
    begins = datetime.combine(first, time(), zone)
    ends = datetime.combine(last + timedelta(days=1), time(), zone)

    def within(at: datetime | None) -> bool:
        return at is not None and begins <= at < ends

    known = [
        c
        for c in complaints(site)
        if rules.counts_second_rounds or c.appeal.appeal_id not in second_rounds(site)
    ]
    values: dict[tuple[str, str], float | None] = {}
    for name, belongs in _indicators(rules).items():
        mine = [complaint for complaint in known if belongs(complaint)]
        ended = [complaint for complaint in mine if within(complaint.ended_at)]
        values[name, "submitted"] = sum(within(c.appeal.submitted_at) for c in mine)
        for verdict in VERDICTS:
            values[name, verdict] = sum(c.outcome == verdict for c in ended)
        values[name, "omitted"] = sum(c.outcome in ("omitted", "withdrawn") for c in ended)
        hours = [
            (c.ended_at - c.appeal.submitted_at) / timedelta(hours=1)
            for c in ended
            if c.ended_at and c.outcome in VERDICTS and c.is_timed
        ]
        values[name, "median"] = median(hours) if hours else None
        if name == "disputes":
            turned = [
                c.appeal.ods_implemented for c in ended if c.outcome in ("reversed", "partially_reversed")
            ]
            told = any(said is not None for said in turned)
            values[name, "implemented"] = sum(said is True for said in turned) / len(turned) if told else None
    internal = [c for c in known if c.appeal.body == "internal" and within(c.ended_at)]
    imposed = [c.appeal.new_restriction for c in internal]
    unknown = bool(imposed) and all(said is None for said in imposed)
    values["newly_imposed", "submitted"] = None if unknown else sum(said is True for said in imposed)
    for ground in ("illegal_content", "unfounded_notices", "unfounded_complaints"):
        values[ground, "submitted"] = sum(
            s.ground == ground and within(s.suspended_at) and s.suspended_at <= AS_OF
            for s in site.suspensions
        )
    return values


def _indicators(rules: Rules) -> dict[str, Callable[[Complaint], bool]]:
    def about(*kinds: str) -> Callable[[Complaint], bool]:
        return lambda c: c.appeal.body == "internal" and c.appeal.about in kinds

    def restricted(to: str) -> Callable[[Complaint], bool]:
        return lambda c: c.appeal.body == "internal" and c.appeal.about == "decision" and c.restriction == to

    notices = ("notice", "trusted_flagger_notice")
    return {
        "total": about("decision", *(notices if rules.total_includes_notices else ())),
        **{name: restricted(name) for name in _RESTRICTIONS},
        "notices": about(*notices),
        "trusted_flaggers": about("trusted_flagger_notice"),
        "disputes": lambda c: c.appeal.body == "ods",
    }


def complaints(site: DsaSite) -> Iterator[Complaint]:
    """Complaints submitted by AS_OF, with what is known of them then."""
    restrictions = {
        (source, decision.decision_id): decision.restriction
        for source, decisions in site.decisions.items()
        for decision in decisions
        if decision.decided_at <= AS_OF
    }
    submitted = [appeal for appeal in site.appeals if appeal.submitted_at <= AS_OF]
    telling = {a.source for a in submitted if a.notified_at is not None and a.notified_at <= AS_OF}
    for appeal in submitted:
        decided, notified = (
            at if at is not None and at <= AS_OF else None for at in (appeal.decided_at, appeal.notified_at)
        )
        happened = appeal.decided_at or appeal.notified_at or appeal.submitted_at
        outcome = appeal.outcome if happened <= AS_OF else None
        ended: datetime | None = None
        if outcome in VERDICTS and appeal.source in telling:
            ended = notified
        elif outcome is not None:
            ended = notified or decided or appeal.submitted_at
        restriction = restrictions.get((appeal.source, appeal.decision_id or ""))
        timed = decided is not None or notified is not None
        yield Complaint(appeal, restriction, ended, outcome, timed)


def second_rounds(site: DsaSite) -> set[str]:
    """Ids of complaints that are not the first about their decision before their body, or say so."""
    found = {appeal.appeal_id for appeal in site.appeals if appeal.round > 1}
    seen = set()
    for appeal in sorted(site.appeals, key=lambda a: (a.submitted_at, a.round, a.appeal_id)):
        if appeal.decision_id is None or appeal.submitted_at > AS_OF:
            continue
        place = (appeal.source, appeal.decision_id, appeal.body)
        if place in seen:
            found.add(appeal.appeal_id)
        seen.add(place)
    return found
