"""Satisfaction surveys: who is asked, who answers, what they say, and what they say later.

Belongs here: drawing `csat_responses`. Does not belong here: the solve and agent a survey truly belongs to
(`truth_surveys.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from ingestion.simulator import world
from ingestion.simulator.columns import coded, instants, numbered, write_part
from ingestion.simulator.export import ticket_ids
from ingestion.simulator.lives import Lives
from ingestion.simulator.steps import DAY, HOUR, MINUTE, SECOND
from ingestion.simulator.tape import Events

# share of those asked who answer, by language
_ANSWERS = {
    "en": 0.34,
    "pt-BR": 0.29,
    "pt-PT": 0.3,
    "id": 0.22,
    "es": 0.28,
    "de": 0.31,
    "fr": 0.27,
    "ja": 0.14,
    "ar": 0.19,
    "ne": 0.2,
}
# satisfaction lost against English: some languages are served worse
_WORSE = {"pt-BR": 0.05, "id": 0.08, "ar": 0.1, "ne": 0.12, "ja": 0.04}
_LINE_LOSS = {"account_safety": 0.12, "verification": 0.06, "minor_protection": 0.05, "account_access": 0.02}


@dataclass
class Surveys:
    """One entry per survey of a chunk; `versions` counts its answers (0 = silent)."""

    ticket: np.ndarray
    sent: np.ndarray
    five: np.ndarray  # asked on 1-5, else good/bad
    versions: np.ndarray
    scores: np.ndarray  # (surveys, 3), -1 where there is no such answer
    responded: np.ndarray  # (surveys, 3) microseconds
    recorded: np.ndarray  # (surveys, 3)

    def __len__(self) -> int:
        return len(self.sent)


def solves(lives: Lives, events: Events) -> np.ndarray:
    """Positions of the events that solve their ticket, as the process drew them."""
    resolved = lives.model.codes("solved", "closed", "resolved_auto")
    turns = events.field == lives.tape.fields["status"]
    return np.flatnonzero(turns & np.isin(events.new, resolved) & ~np.isin(events.old, resolved))


def draw_surveys(lives: Lives, events: Events, spam: np.ndarray, rng: np.random.Generator) -> Surveys:
    """Six in ten solves are followed by a survey; the good/bad scale gave way to 1-5 in mid-period."""
    model, tickets, words = lives.model, lives.tickets, lives.model.vocabulary
    solve = solves(lives, events)
    ticket = events.ticket[solve].astype(np.int64)
    internal = tickets.channel[ticket] == words.code("internal_form")
    asked = (rng.random(len(solve)) < 0.6) & ~internal & ~spam[ticket]
    solve, ticket = solve[asked], ticket[asked]
    n = len(solve)
    delay = np.where(rng.random(n) < 0.3, 5 * MINUTE, rng.integers(1, 24 * 3_600, n) * SECOND)
    sent = events.at[solve] + delay
    language = lives.language_position[lives.tape.state["language"][ticket]]
    line = lives.line_position[lives.tape.state["line_of_business"][ticket]]
    wait = np.maximum(events.at[solve] - tickets.created[ticket], HOUR)
    harm = np.array([*(i.harm for i in model.incidents), 0.0])[tickets.incident[ticket]]
    mood = (
        0.84
        - 0.055 * np.log2(wait / (8 * HOUR))
        - harm
        - np.array([_WORSE.get(name, 0.0) for name in world.LANGUAGES])[language]
        - np.array([_LINE_LOSS.get(name, 0.0) for name in world.LINES])[line]
    )
    happy = rng.random((3, n)) < np.clip(mood, 0.04, 0.97)
    u = rng.random((3, n))
    one_to_five = np.where(happy, np.where(u < 0.62, 5, 4), np.where(u < 0.24, 3, np.where(u < 0.5, 2, 1)))
    five = sent >= model.start + (model.as_of - model.start) * 2 // 5
    scores = np.where(five, one_to_five, happy.astype(np.int64)).T
    # the unhappy and the very happy answer more often than those in between
    keen = np.array([_ANSWERS[name] for name in world.LANGUAGES])[language] * np.where(happy[0], 1.0, 1.15)
    answers = rng.random(n) < keen
    versions = answers * (1 + (rng.random(n) < 0.07) + (rng.random(n) < 0.004))
    first = sent + lives.span(n, 9 * HOUR, 1.4) // SECOND * SECOND
    late = rng.random(n) < 0.01  # weeks later, after the week was reported
    first = np.where(late, sent + rng.integers(10, 40, n) * DAY, first)
    steps = rng.integers(60, 4 * 86_400, (n, 2)) * SECOND
    responded = np.cumsum(np.column_stack([first, steps]), axis=1)
    recorded = responded + rng.integers(0, 600, (n, 3)) * SECOND
    scores = np.where(np.arange(3) < versions[:, None], scores, -1)
    return Surveys(ticket, sent, five, versions, scores, responded, recorded)


def survey_ids(chunk: int, positions: np.ndarray) -> pa.Array:
    """Ids of surveys by chunk and position."""
    return numbered("S", chunk * 10_000_000 + positions, 11)


def write_surveys(folder: Path, chunk: int, lives: Lives, surveys: Surveys, rng: np.random.Generator) -> int:
    """Write one row per answer, one for each silent survey, and for some the silence before the answer as
    well."""
    answered = surveys.versions > 0
    silent = np.flatnonzero(~answered | (rng.random(len(surveys)) < 0.15))
    survey, version = np.nonzero(np.arange(3) < surveys.versions[:, None])
    row = np.concatenate([silent, survey])
    empty = np.concatenate([np.ones(len(silent), bool), np.zeros(len(survey), bool)])
    place = np.concatenate([np.zeros(len(silent), np.int64), version])
    order = np.lexsort((place, ~empty, row))
    row, empty, place = row[order], empty[order], place[order]
    ticket, n = surveys.ticket[row], len(row)
    score = surveys.scores[row, place]
    texts = pa.array(lives.model.wording.texts)
    comments = np.where(empty | (rng.random(n) < 0.55), -1, lives.texts(ticket, answer=False))
    reasons = np.where(empty | (rng.random(n) < 0.6), -1, rng.integers(0, 4, n))
    columns = {
        "survey_id": survey_ids(chunk, row),
        "ticket_id": coded(ticket, ticket_ids(lives.tickets.number)),
        "sent_at": instants(surveys.sent[row]),
        "recorded_at": instants(np.where(empty, surveys.sent[row], surveys.recorded[row, place])),
        "responded_at": instants(surveys.responded[row, place], empty),
        "score": pa.array(score.astype(float), mask=empty),
        "scale_min": pa.array(np.where(surveys.five[row], 1.0, 0.0)),
        "scale_max": pa.array(np.where(surveys.five[row], 5.0, 1.0)),
        "comment": coded(comments, texts),
        "reason": coded(reasons, pa.array(["slow", "unclear", "not solved", "friendly"])),
        "language": coded(lives.tape.state["language"][ticket], pa.array(lives.model.vocabulary.texts)),
        "channel": coded(lives.tickets.channel[ticket], pa.array(lives.model.vocabulary.texts)),
    }
    return write_part(folder / "csat_responses", chunk, columns, plain=("sent_at", "recorded_at"))
