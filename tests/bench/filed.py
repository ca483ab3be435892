"""What a service filed as Annex I part 7, as the mix of complaints that `make bench-appeals` simulates.

Belongs here: reading the filed table, and a generic mix for where it is absent. Does not belong here: making
rows of it (`tests.bench.appeals_rows`). The strings of the template are written out here once more, apart
from the models: the bench would otherwise agree with a misspelt report.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "appeals" / "dsa_t7_2025h2.csv.gz"
SERVICE = "TikTok"

TOTAL = "Number of complaints submitted to the internal-complaints mechanism"
DISPUTES = "Number of disputes submitted to out-of-court dispute settlement bodies"
NOTICES = (
    "Complaint regarding a decision not to take action on a notice submitted in accordance with Article 16"
)
FLAGGERS = (
    "Complaint regarding a decision not to take action on a notice submitted by a Trusted Flagger in"
    " accordance with Article 16"
)
RESTRICTIONS = {
    "visibility": "Complaint regarding a decision to remove or disable access to or restrict visibility of"
    " information",
    "service": "Complaint regarding a decision to suspend or terminate the provision of the service",
    "account": "Complaint regarding a decision to suspend or terminate an account",
    "monetisation": "Complaint regarding a decision to restrict the ability to monetise information",
}
SUBMITTED, MEDIAN, IMPLEMENTED = "Total number", "Median time", "Percentage of outcomes implemented"
OUTCOMES = {
    "upheld": "Decisions upheld",
    "partially_reversed": "Decisions partially reversed",
    "reversed": "Decisions reversed",
    "omitted": "Decision omitted",
}


@dataclass(frozen=True)
class Kind:
    """Complaints of one kind: how many were submitted in the period, how many were decided in it by outcome,
    and the median time in hours."""

    about: str
    restriction: str | None
    body: str
    submitted: int
    outcomes: Mapping[str, int]
    median_hours: float
    implemented: int = 0

    @property
    def decided(self) -> int:
        """Decided in the period, omitted ones too."""
        return sum(self.outcomes.values())


@dataclass(frozen=True)
class Filing:
    """A filed table: `values` by (indicator, scope) as filed, and the kinds of complaints that make it up."""

    service: str
    first_day: date
    last_day: date
    values: Mapping[tuple[str, str], str]
    kinds: tuple[Kind, ...] = field(default=())
    notices_in_total: bool = True

    @property
    def period(self) -> str:
        """The reporting period as the template writes it."""
        return f"{self.first_day.isoformat()}/{self.last_day.isoformat()}"


def read(file: Path = FILE, service: str = SERVICE) -> Filing | None:
    """Return what a service filed; None where the file is absent."""
    if not file.is_file():
        return None
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["service"] == service]
    values = {(row["indicator"], row["scope"]): row["value"] for row in rows if row["value"].strip()}
    first, last = rows[0]["period"].split("/")
    return _filing(service, date.fromisoformat(first), date.fromisoformat(last), values)


def generic(complaints: int) -> Filing:
    """A mix of no service in particular: nine tenths visibility, six in ten upheld."""
    values: dict[tuple[str, str], str] = {}
    shares = {"visibility": 0.9, "service": 0.03, "account": 0.05, "monetisation": 0.02}
    counts = {name: int(complaints * share) for name, share in shares.items()}
    everything = {**{RESTRICTIONS[name]: n for name, n in counts.items()}, NOTICES: complaints // 1000 + 20}
    everything[TOTAL] = sum(everything.values())
    everything[FLAGGERS], everything[DISPUTES] = 12, complaints // 3000 + 30
    for indicator, n in everything.items():
        upheld, partly = n * 6 // 10, n // 50
        found = {"upheld": upheld, "partially_reversed": partly, "reversed": n - upheld - partly}
        if indicator == TOTAL:  # the sums of the parts, which integer division would miss
            parts = [i for i in everything if i not in (TOTAL, FLAGGERS, DISPUTES)]
            found = {o: sum(int(values[i, OUTCOMES[o]]) for i in parts) for o in found}
        values[indicator, SUBMITTED] = str(n)
        values.update({(indicator, OUTCOMES[o]): str(count) for o, count in found.items()})
    values[DISPUTES, IMPLEMENTED] = "0.5"
    return _filing("Generic", date(2025, 7, 1), date(2025, 12, 31), values)


def _filing(service: str, first: date, last: date, values: Mapping[tuple[str, str], str]) -> Filing:
    flaggers = _kind(values, FLAGGERS, "trusted_flagger_notice", None)
    notices = _kind(values, NOTICES, "notice", None, less=flaggers)
    parts = [_kind(values, text, "decision", name) for name, text in RESTRICTIONS.items()]
    disputes = _kind(values, DISPUTES, "decision", "visibility", body="ods")
    total, without = int(values[TOTAL, SUBMITTED]), sum(kind.submitted for kind in parts)
    with_notices = without + notices.submitted + flaggers.submitted
    if total not in (without, with_notices):
        raise ValueError(f"{service}: the total {total} is the sum of no set of its parts")
    kinds = tuple(kind for kind in (*parts, notices, flaggers, disputes) if kind.submitted or kind.decided)
    return Filing(service, first, last, values, kinds, notices_in_total=total == with_notices)


def _kind(
    values: Mapping[tuple[str, str], str],
    indicator: str,
    about: str,
    restriction: str | None,
    body: str = "internal",
    less: Kind | None = None,
) -> Kind:
    outcomes = {name: int(values.get((indicator, text), 0)) for name, text in OUTCOMES.items()}
    submitted = int(values.get((indicator, SUBMITTED), 0))
    if less is not None:  # trusted flaggers' complaints are a part of those about notices
        outcomes = {name: count - less.outcomes[name] for name, count in outcomes.items()}
        submitted -= less.submitted
    turned = outcomes["reversed"] + outcomes["partially_reversed"]
    implemented = round(float(values.get((indicator, IMPLEMENTED), 0)) * turned)
    median = float(values.get((indicator, MEDIAN), 24.0))
    return Kind(about, restriction, body, submitted, outcomes, median, implemented)
