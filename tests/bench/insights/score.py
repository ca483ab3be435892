"""Precision, recall and delay of insights on runs whose incidents are known.

Belongs here: which insight answers which incident, and the counts. Does not belong here: simulating
(`runs.py`).

An insight is true if an incident of its run has the same contact reason, harms what the insight is about, and
the insight was raised from the incident's first week on, up to four weeks after its last (answers and appeals
come late). An incident is found if an insight about what it is planted in was raised by the week after its
last one; its delay is the time from its start to `detected_at`. An incident counts for recall if it is of
30 % or more over at least 200 contacts; those of CSAT and overturns always are large (25 points and more).
The simulator also plants overturns on reasons that carry no appeal: nothing happens there that could be seen,
so they are told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from ingestion.simulator import world
from ingestion.simulator.incidents import FIX
from tests.bench.insights.runs import Incident, week_number
from tests.dbt_project import build

# What an incident is planted in. Besides, whatever hits many is answered late and costs satisfaction.
PLANTED_IN = {
    "spike": ("contacts",),
    "emerging": ("contacts", "theme"),
    "csat_drop": ("csat",),
    "overturn": ("overturn",),
}
LEAST_CONTACTS, LEAST_LIFT = 200, 0.3
LATE_WEEKS = 4


@dataclass(frozen=True)
class Insight:
    """A row of fct_insights."""

    run: str
    insight_key: str
    kind: str
    measure: str
    line_of_business: str
    contact_reason: str
    driver: str
    detected_at: datetime
    q_value: float

    @property
    def week(self) -> int:
        """Number of the week at whose end it was raised."""
        # the week ends at a midnight of the site, up to an hour before that of UTC
        return week_number((self.detected_at - timedelta(seconds=1)).date())


@dataclass
class Found:
    """What became of one incident."""

    incident: Incident
    insights: list[Insight]

    @property
    def days(self) -> float | None:
        """Days from its start to the first insight; None if it was not found."""
        start = datetime.combine(self.incident.starts_on, datetime.min.time(), UTC)
        delays = [(insight.detected_at - start).total_seconds() / 86_400 for insight in self.insights]
        return min(delays, default=None)


@dataclass
class Score:
    """The counts of all runs."""

    found: list[Found] = field(default_factory=list)
    true: list[Insight] = field(default_factory=list)
    false: list[Insight] = field(default_factory=list)
    control: list[Insight] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the insights of planted runs that are true."""
        return len(self.true) / max(1, len(self.true) + len(self.false))

    @property
    def recall(self) -> float:
        """Share of the incidents that are large enough and were found."""
        large = [f for f in self.found if is_large(f.incident)]
        return sum(f.days is not None for f in large) / max(1, len(large))

    @property
    def delay(self) -> float:
        """Median days to the insight over the large incidents that were found."""
        return median([f.days for f in self.found if is_large(f.incident) and f.days is not None] or [0.0])


def can_be_seen(incident: Incident) -> bool:
    """Whether the incident changes anything: an overturn needs appeals."""
    return incident.kind != "overturn" or incident.contact_reason in world.APPEALABLE


def is_large(incident: Incident) -> bool:
    """Whether the incident counts for recall."""
    large = incident.kind in ("csat_drop", "overturn") or incident.lift >= LEAST_LIFT
    return large and incident.contacts >= LEAST_CONTACTS and can_be_seen(incident)


def read_insights(data_dir: Path) -> list[Insight]:
    """All insights of a warehouse."""
    query = (
        "select source_id, insight_key, kind, measure, line_of_business, contact_reason, driver, detected_at,"
        " q_value from marts.fct_insights order by source_id, detected_at, insight_key"
    )
    return [Insight(*row.values()) for row in build.rows(data_dir, query)]


def is_true_of(insight: Insight, incident: Incident) -> bool:
    """Whether the insight is about something the incident caused."""
    moved = (*PLANTED_IN[incident.kind], "csat")
    return (
        insight.run == incident.run
        and insight.contact_reason == incident.contact_reason
        and insight.measure in moved
        and incident.first_week <= insight.week <= incident.last_week + LATE_WEEKS
    )


def answers(insight: Insight, incident: Incident) -> bool:
    """Whether the insight finds the incident: about what it is planted in, and in time."""
    in_time = insight.week <= incident.last_week + 1
    return is_true_of(insight, incident) and insight.measure in PLANTED_IN[incident.kind] and in_time


def score(insights: Sequence[Insight], planted: Sequence[Incident]) -> Score:
    """Compare insights with what was planted; runs named control_… have nothing planted."""
    incidents = [incident for incident in planted if incident.kind != FIX]
    result = Score([Found(i, [x for x in insights if answers(x, i)]) for i in incidents])
    for insight in insights:
        if insight.run.startswith("control_"):
            result.control.append(insight)
        elif any(is_true_of(insight, incident) for incident in incidents):
            result.true.append(insight)
        else:
            result.false.append(insight)
    return result
