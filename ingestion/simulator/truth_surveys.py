"""True values of `fct_csat_responses`.

Belongs here: latest answer at as_of, normalised score, and the solve and agent a survey belongs to
(SEMANTICS §4, A49).
Does not belong here: drawing answers (`surveys.py`).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingestion.simulator.columns import coded, flags, instants
from ingestion.simulator.surveys import Surveys, survey_ids
from ingestion.simulator.truth_tables import Table, TruthTables


def survey_table(truth: TruthTables, surveys: Surveys, chunk: int) -> Table:
    """One row per survey sent by as_of."""
    line = truth.line
    as_of = line.as_of
    sent = np.flatnonzero((surveys.sent <= as_of) & line.exists[surveys.ticket])
    ticket = surveys.ticket[sent]
    # answers recorded by as_of; answers of one survey come in order
    known = np.where(surveys.scores[sent] >= 0, surveys.recorded[sent] <= as_of, False)
    many = known.cumprod(axis=1).sum(axis=1)
    answered = many > 0
    rows = np.arange(len(sent))
    latest, first = surveys.scores[sent][rows, np.maximum(many - 1, 0)], surveys.scores[sent][:, 0]
    low, width = np.where(surveys.five[sent], 1, 0), np.where(surveys.five[sent], 4, 1)
    share = (latest - low) / width
    rerated = many > 1
    solved, piece = _solve_before(truth, ticket, surveys.sent[sent])
    has = piece >= 0
    row = line.piece_row[piece]
    direction = np.where(rerated, 1 + np.sign(latest - first), -1)
    return {
        "source_id": coded(np.zeros(len(sent)), pa.array([truth.source])),
        "survey_id": survey_ids(chunk, sent),
        "ticket_id": coded(ticket, truth.ticket_ids),
        "sent_at": instants(surveys.sent[sent]),
        "responded_at": instants(surveys.responded[sent][rows, np.maximum(many - 1, 0)], ~answered),
        "score": pa.array(latest.astype(float), mask=~answered),
        "first_score": pa.array(first.astype(float), mask=~answered),
        "is_rerated": flags(rerated),
        "rerating_direction": coded(direction, pa.array(["down", "same", "up"])),
        "score_normalised": pa.array(share, mask=~answered),
        "is_satisfied": flags(answered & (share >= 0.75), ~answered),
        "is_dissatisfied": flags(answered & (share <= 0.25), ~answered),
        "solved_at": instants(solved, ~has),
        "agent_id": coded(np.where(has, line.state["assignee_id"][row], -1), truth.words),
        "tier": coded(np.where(has, line.tier[piece], -1), truth.words),
        "vendor": coded(np.where(has, line.vendor[piece], -1), truth.words),
    }


def _solve_before(truth: TruthTables, ticket: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Instant and piece of the last solve at or before instants, -1 for none."""
    line = truth.line
    rows = np.flatnonzero(line.solves)
    # rows are ordered by ticket and time: find the last solve not after (ticket, at)
    key = (line.ticket[rows].astype(np.int64) << 45) + ((line.at[rows] - line.facts.created.min()) >> 6)
    wanted = (ticket << 45) + ((at - line.facts.created.min()) >> 6)
    place = np.searchsorted(key, wanted, side="right") - 1
    # the key drops 64 microseconds, so step back where that let a later solve in
    place -= (place >= 0) & (line.at[rows[np.maximum(place, 0)]] > at) & (line.ticket[rows[place]] == ticket)
    found = (place >= 0) & (line.ticket[rows[np.maximum(place, 0)]] == ticket)
    row = rows[np.where(found, place, 0)]
    return np.where(found, line.at[row], -1), np.where(found, line.piece_of_row(row), -1)
