"""Sentences about one insight.

Belongs here: wording rows of the marts of the feedback loop. Does not belong here: which insights a page
shows and in what order (`insights`). Effects are as in `fct_insights` and `fct_insight_effects`: shares of
the expected number for contacts, differences of rates otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.report.content import Row
from orchestration.report.markup import Part, Safe, join, tag
from orchestration.report.numbers import count, percent, points, some

_BLANKED = "Its numbers are not shown: few cases of minors are among them."
_STATES = {
    "raised": "nobody has answered yet",
    "accepted": "accepted",
    "declined": "declined",
    "in_progress": "in progress",
    "shipped": "shipped",
    "verified": "verified: it helped",
    "reopened": "reopened: it did not help",
}
_RATES = {"csat_driver": "unsatisfied answers", "overturn": "decisions overturned"}
_CASES = {"csat_driver": "answer", "overturn": "decided appeal"}


def state(row: Row) -> str:
    """Return the state in words."""
    return _STATES.get(row["state"], str(row["state"]))


def change(row: Row) -> str:
    """Say what is different, by how much, with the interval."""
    if row["is_suppressed"] or row["effect"] is None:
        return (
            _BLANKED
            if row["is_suppressed"]
            else f"{some(row['size'] or 0, 'case')} that were not there before."
        )
    lower, upper = row["effect_lower"], row["effect_upper"]
    if row["kind"] in ("spike", "emerging"):
        reach = "" if lower is None else f" (interval {_times(lower)} to {_times(upper)})"
        cases = some(row["size"], "mention" if row["kind"] == "emerging" else "contact")
        return (
            f"{cases} where {count(row['expected_value'])} were to be expected,"
            f" {_times(row['effect'])} times as many{reach}."
        )
    rate = row["expected_value"] + row["effect"]
    reach = "" if lower is None else f", interval {100 * lower:.0f} to {100 * upper:.0f}"
    cases = some(row["size"], _CASES.get(row["kind"], "case"))
    return (
        f"{percent(rate)} {_RATES.get(row['kind'], '')} of {cases}"
        f" where {percent(row['expected_value'])} were to be expected:"
        f" {points(row['effect'])} more{reach}."
    )


def why(row: Row) -> str:
    """Say how sure it is, and what it rests on."""
    window = f"{row['window_from_date']:%-d %b} to {row['window_to_date']:%-d %b %Y}"
    if row["is_suppressed"] or row["q_value"] is None:
        return f"It stood out in {window}."
    chance = row["q_value"]
    false = "fewer than one in a thousand" if chance < 0.001 else f"{1000 * chance:.0f} in a thousand"
    seen = f"last seen in the week of {row['last_seen_week_date']:%-d %B}"
    return (
        f"It stood out in {window} among {some(row['pattern_count'], 'pattern')} looked at; of findings this"
        f" clear {false} are expected to be false. {some(row['evidence_count'], 'row')} of evidence, {seen}."
    )


def done(row: Row, steps: Sequence[Row]) -> Safe:
    """List what teams reported; `steps` are in order."""
    reported = [step for step in steps if step["origin"] == "action"]
    if not reported:
        return join("Nothing has been reported yet.")
    return tag("ul", *(tag("li", _step(step)) for step in reported), class_="steps")


def _step(step: Row) -> Safe:
    team = f" by {step['owner_team']}" if step["owner_team"] else ""
    note = f": {step['note']}" if step["note"] else ""
    url = step["reference_url"] or ""
    # only links that lead somewhere in a browser; anything else stays text
    link: Part = (
        tag("a", "reference", href=url, rel="noreferrer") if url.startswith(("https://", "http://")) else url
    )
    return join(
        f"{step['occurred_date']:%-d %b}, {step['status'].replace('_', ' ')}{team}{note}",
        " \N{MIDDLE DOT} " if url else None,
        link,
    )


def helped(row: Row, effects: Sequence[Row]) -> str:
    """Say what the measured effect is; of several rows the decisive one of the latest shipment counts."""
    if not effects:
        return "Declined." if row["state"] == "declined" else "Nothing has been shipped yet."
    latest = max(effect["shipment_no"] for effect in effects)
    last = [effect for effect in effects if effect["shipment_no"] == latest][-1]
    if last["is_suppressed"]:
        return _BLANKED
    if last["effect"] is None:
        return "Not enough data yet to say."
    after = f"over {some(last['after_weeks'], 'week')} after, against comparable drivers"
    bounds = f"{_amount(last, 'effect_lower')} to {_amount(last, 'effect_upper')}"
    reach = f"{_amount(last, 'effect')} ({bounds}) {after}"
    if last["is_parallel"] is False:
        return f"Not to be told: the drivers compared did not run in parallel before. {reach}."
    answers = {"improved": "Yes", "worse": "No, it became worse", "no clear change": "No clear change"}
    return f"{answers.get(last['result'], last['result'])}: {reach}."


def _amount(effect: Row, column: str) -> str:
    value = effect[column]
    if value is None:
        return "?"
    if effect["metric"] == "contact_rate":
        return f"{_signed(value)} contacts" if column == "effect" else _signed(value)
    text = f"{_sign(value)}{abs(100 * value):.0f}"
    kinds = {"csat_rate": "points of CSAT", "overturn_rate": "points of decisions overturned"}
    return f"{text} {kinds.get(effect['metric'], 'points')}" if column == "effect" else text


def _times(effect: float) -> str:
    """Return a share of the expected number that came on top as a multiple of it: 0.5 is `1.5`."""
    return f"{1 + effect:.1f}"


def _signed(value: float) -> str:
    return f"{_sign(value)}{percent(abs(value))}"


def _sign(value: float) -> str:
    return "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else ""
