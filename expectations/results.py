"""Results: what a check and a gate came to, in plain types.

Belongs here: the three outcomes and how a raw Great Expectations result is read. Does not belong here:
running checks (`gx_checks`), keeping results (`store`) or showing them (`page`, `console`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from expectations.suites import Check, Severity, Stage

Outcome = Literal["passed", "failed", "errored"]

SAMPLE_ROWS = 5
COULD_NOT_LOOK = (
    "Nothing is known about the data. Build what is missing, or correct the check, and run the gate again."
)

_INSTANT = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d+)?)(?:\+00:00)?$")
# SQLAlchemy opens its messages with the driver's class, such as "(_duckdb.CatalogException) ".
_EXCEPTION_CLASS = re.compile(r"^\([\w.]+\) ")


@dataclass(frozen=True)
class CheckResult:
    """What one check of one table came to.

    `errored` means the check could not look (a missing table, broken SQL), which says nothing about the data.
    `sample` holds up to five rows that broke the claim; `seconds` is wall time; `checked_at` is UTC.
    """

    table: str
    check: str
    expectation: str
    severity: Severity
    outcome: Outcome
    claim: str
    on_failure: str
    observed: str
    unexpected_count: int | None
    sample: tuple[Mapping[str, Any], ...]
    checked_at: datetime
    seconds: float

    @property
    def is_blocking(self) -> bool:
        """True if this keeps the data from going on: a blocking check that failed or could not look."""
        return self.severity == "blocking" and self.outcome != "passed"


@dataclass(frozen=True)
class GateResult:
    """All results of one stage of one run. `as_of` is UTC; `seconds` is wall time, imports included."""

    site: str
    stage: Stage
    run_id: str
    as_of: datetime
    results: tuple[CheckResult, ...]
    seconds: float
    import_seconds: float
    page: Path | None = None
    report: Path | None = None
    tables: tuple[str, ...] = field(default=())

    @property
    def is_open(self) -> bool:
        """True if nothing blocks: the data may go on."""
        return not self.blocking

    @property
    def blocking(self) -> tuple[CheckResult, ...]:
        """Blocking checks that failed or errored."""
        return tuple(result for result in self.results if result.is_blocking)

    @property
    def warnings(self) -> tuple[CheckResult, ...]:
        """Warning checks that failed or errored."""
        return tuple(r for r in self.results if r.outcome != "passed" and not r.is_blocking)

    def count(self, outcome: Outcome) -> int:
        """Return how many checks came to this outcome."""
        return sum(result.outcome == outcome for result in self.results)

    def to_json(self) -> str:
        """Return the gate as JSON, for callers in another process."""
        content = asdict(self) | {"is_open": self.is_open}
        return json.dumps(content, indent=1, default=str)


def read_outcome(answer: Mapping[str, Any]) -> tuple[Outcome, str]:
    """Return the outcome in a Great Expectations answer, and the message if it could not look.

    `exception_info` comes in two shapes: one flat map for the whole expectation, or one map per metric id.
    """
    if answer.get("success"):
        return "passed", ""
    info = answer.get("exception_info") or {}
    reports = [info] if "raised_exception" in info else [i for i in info.values() if isinstance(i, Mapping)]
    messages = [str(r.get("exception_message") or "no message") for r in reports if r.get("raised_exception")]
    return ("errored", messages[0]) if messages else ("failed", "")


def read_check(
    check: Check, table: str, answer: Mapping[str, Any], checked_at: datetime, seconds: float
) -> CheckResult:
    """Turn a Great Expectations answer (as a JSON dict) into a result."""
    outcome, message = read_outcome(answer)
    content = answer.get("result") or {}
    unexpected, observed, sample = _read_observation(check, content)
    on_failure = check.on_failure
    if outcome == "errored":
        observed, unexpected, sample = first_line(message), None, ()
        on_failure = COULD_NOT_LOOK
    return CheckResult(
        table=table,
        check=check.name,
        expectation=check.expectation,
        severity=check.severity,
        outcome=outcome,
        claim=check.claim,
        on_failure=on_failure,
        observed=observed,
        unexpected_count=unexpected,
        sample=sample,
        checked_at=checked_at,
        seconds=seconds,
    )


def errored(
    check: Check, table: str, error: BaseException, checked_at: datetime, seconds: float
) -> CheckResult:
    """Return the result of a check that could not even be asked."""
    answer = {"success": False, "exception_info": {"raised_exception": True, "exception_message": str(error)}}
    return read_check(check, table, answer, checked_at, seconds)


def _read_observation(
    check: Check, content: Mapping[str, Any]
) -> tuple[int | None, str, tuple[Mapping[str, Any], ...]]:
    """Return (rows that break the claim, what was seen in words, sample rows)."""
    if check.expectation == "UnexpectedRowsExpectation":
        count = int(content.get("observed_value") or 0)
        rows = (content.get("details") or {}).get("unexpected_rows") or []
        return count, f"{count:,} {plural(count, 'row')}", tuple(rows[:SAMPLE_ROWS])
    if "unexpected_count" in content:
        count, total = int(content["unexpected_count"] or 0), int(content.get("element_count") or 0)
        rows = content.get("partial_unexpected_index_list") or [
            {"value": value} for value in content.get("partial_unexpected_list") or []
        ]
        return count, f"{count:,} of {total:,} {plural(total, 'row')}", tuple(rows[:SAMPLE_ROWS])
    return None, str(content.get("observed_value", "")), ()


def plural(count: int, noun: str) -> str:
    """Return the noun as it goes with the count."""
    return noun if count == 1 else f"{noun}s"


def plain(value: Any) -> str:
    """Return a sample value for people: instants without T and zone (all are UTC), no .0 behind numbers."""
    text = str(value).removesuffix(".0") if isinstance(value, float) else str(value)
    return _INSTANT.sub(r"\1 \2", text)


def first_line(message: str) -> str:
    """Return the first line that says something; SQLAlchemy puts the whole statement into its messages."""
    lines: Iterable[str] = (line.strip() for line in message.splitlines())
    text = next((line for line in lines if line), "no message")
    return _EXCEPTION_CLASS.sub("", text)
