"""True values of `fct_ticket_sla`.

Belongs here: versions of each clock by policy and target, elapsed time, breach and due instants, status
(SEMANTICS §3, A16-A26).
Does not belong here: which clocks there are (`truth_clocks.py`). Instants and durations are microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingestion.simulator.clock import NEVER
from ingestion.simulator.policies import METRICS
from ingestion.simulator.steps import DAY
from ingestion.simulator.truth_clocks import FULFILLED, SOLVED_END, SUPERSEDED, Clocks
from ingestion.simulator.truth_lookups import ON_HOLD, PENDING
from ingestion.simulator.truth_timeline import FAR, Timeline, running

STATUSES = ("active", "paused", "met", "breached", "cancelled")
ACTIVE, PAUSED, MET, BREACHED, CANCELLED = range(5)
_ALWAYS, _ALL_UNSOLVED, _NOT_PENDING, _WORK = range(4)
_RUNS_IN = {
    "first_reply": _ALWAYS,
    "next_reply": _ALWAYS,
    "periodic_update": _ALL_UNSOLVED,
    "pausable_update": _NOT_PENDING,
    "requester_wait": _NOT_PENDING,
    "agent_work": _WORK,
    "total_resolution": _ALL_UNSOLVED,
}
HORIZON = 366 * DAY


@dataclass
class SlaTruth:
    """One entry per row; FAR and NULL stand for null."""

    ticket: np.ndarray
    metric: np.ndarray
    instance: np.ndarray
    version: np.ndarray
    policy: np.ndarray  # code
    priority: np.ndarray  # code
    target: np.ndarray
    business: np.ndarray
    activated: np.ndarray
    applied: np.ndarray
    ended: np.ndarray
    reason: np.ndarray
    elapsed: np.ndarray
    unknown: np.ndarray  # elapsed is null
    due: np.ndarray
    breached_at: np.ndarray
    status: np.ndarray
    final: np.ndarray
    piece: np.ndarray  # where its attributes are read


def _policies(line: Timeline) -> np.ndarray:
    """Number of the policy that applies at each instant, -1 for none (A16, A17)."""
    at, facts = line.instant_at, line.facts
    columns = {
        name: line.state[name][line.instant_row]
        for name in ("line_of_business", "market", "language", "group_id")
    }
    columns["channel"] = facts.channel[line.instant_ticket]
    columns["requester_segment"] = facts.segment[line.instant_ticket]
    found = np.full(len(at), -1, np.int64)
    for number, start, end, tests in line.look.policies:
        fits = (found < 0) & (at >= start) & (at < end)
        for column, allowed in tests.items():
            fits &= allowed[columns[column]]
        found[fits] = number
    return found


class _Targets:
    """What is in force for each metric at each instant."""

    def __init__(self, line: Timeline) -> None:
        look = line.look
        self.policy = _policies(line)
        self.priority = line.state["priority"][line.instant_row]
        number = look.priority_number[self.priority]
        period = np.searchsorted(look.target_from, line.instant_at, side="right")
        table = look.target_table[self.policy, :, number, period]
        self.target = np.where((self.policy >= 0)[:, None], table, -1)
        new = np.ones(len(number), bool)
        new[1:] = line.instant_ticket[1:] != line.instant_ticket[:-1]
        width = max(1, len(look.target_micros))
        sign = (self.policy * (len(look.words) + 1) + self.priority + 1)[:, None] * width + self.target
        sign = np.where(self.target >= 0, sign, -1)
        self.changed = np.zeros(sign.shape, bool)
        self.changed[1:] = (sign[1:] != sign[:-1]) & ~new[1:, None]


def sla_truth(line: Timeline, clocks: Clocks) -> SlaTruth:
    """Work out every row."""
    targets = _Targets(line)
    versions = [_versions(line, clocks, targets, metric) for metric in range(len(METRICS))]
    clock, applied, stop, reason = (np.concatenate(c) for c in zip(*versions, strict=True))
    order = np.lexsort((applied, clock))
    clock, applied, stop, reason = clock[order], applied[order], stop[order], reason[order]
    target_number = targets.target[applied, clocks.metric[clock]]
    kept = target_number >= 0
    clock, applied, stop, reason, target_number = (
        c[kept] for c in (clock, applied, stop, reason, target_number)
    )
    new = np.ones(len(clock), bool)
    new[1:] = clock[1:] != clock[:-1]
    number = np.arange(len(clock)) - np.maximum.accumulate(np.where(new, np.arange(len(clock)), 0)) + 1
    look = line.look
    ticket = clocks.ticket[clock]
    still = stop == FAR
    end_piece = np.where(still, line.first_piece[ticket + 1], line.piece_of[np.where(still, 0, stop)])
    final = np.ones(len(clock), bool)
    final[:-1] = new[1:]
    truth = SlaTruth(
        ticket=ticket,
        metric=clocks.metric[clock],
        instance=clocks.instance[clock],
        version=number,
        policy=look.policy_code[targets.policy[applied]],
        priority=targets.priority[applied],
        target=look.target_micros[target_number],
        business=look.target_business[target_number],
        activated=line.instant_at[clocks.first[clock]],
        applied=line.instant_at[applied],
        ended=np.where(still, FAR, line.instant_at[np.where(still, 0, stop)]),
        reason=reason,
        elapsed=np.zeros(len(clock), np.int64),
        unknown=np.zeros(len(clock), bool),
        due=np.full(len(clock), FAR),
        breached_at=np.full(len(clock), FAR),
        status=np.full(len(clock), ACTIVE),
        final=final,
        # at the end after that instant's events, or just before it if superseded (A26)
        piece=np.where(still | (reason == SUPERSEDED), end_piece - 1, end_piece),
    )
    begin_piece = line.piece_of[clocks.first[clock]]
    for metric, runs_in in _RUNS_IN.items():
        for business in (False, True):
            mine = np.flatnonzero((truth.metric == METRICS.index(metric)) & (truth.business == business))
            if len(mine):
                _measure(line, truth, mine, begin_piece[mine], end_piece[mine], runs_in, business)
    return truth


def _versions(line: Timeline, clocks: Clocks, targets: _Targets, metric: int) -> tuple[np.ndarray, ...]:
    """(clock, instant applied, instant ended, reason) of a metric's clocks; also spells without a target
    (A18)."""
    mine = np.flatnonzero(clocks.metric == metric)
    first, last = clocks.first[mine], clocks.last[mine]
    changes = np.flatnonzero(targets.changed[:, metric])
    # an instance that ends at an instant is not re-versioned at it
    until = np.where(last == FAR, line.first_instant[clocks.ticket[mine] + 1], last)
    low = np.searchsorted(changes, first, side="right")
    many = np.maximum(np.searchsorted(changes, until, side="left") - low, 0)
    owner = np.repeat(np.arange(len(mine)), many + 1)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(many + 1) - (many + 1), many + 1)
    padded = np.append(changes, 0)
    applied = np.where(place == 0, first[owner], padded[np.minimum(low[owner] + place - 1, len(changes))])
    closing = place == many[owner]
    stop = np.where(closing, last[owner], np.append(applied[1:], 0))
    reason = np.where(closing, clocks.reason[mine][owner], SUPERSEDED)
    return mine[owner], applied, stop, reason


def _measure(
    line: Timeline,
    truth: SlaTruth,
    rows: np.ndarray,
    begin: np.ndarray,
    end: np.ndarray,
    runs_in: int,
    business: bool,
) -> None:
    """Elapsed, breach, due and status of rows of one way of running, in one kind of hours."""
    category = line.piece_category
    runs = ~line.deleted[line.piece_row]
    if runs_in == _ALL_UNSOLVED:
        runs &= category <= ON_HOLD
    elif runs_in == _NOT_PENDING:
        runs &= (category <= ON_HOLD) & (category != PENDING)
    elif runs_in == _WORK:
        runs &= category <= 1
    clock = line.look.clock
    passed = running(line.business if business else line.calendar, runs)
    target = truth.target[rows]
    elapsed = passed[end] - passed[begin]
    over = elapsed > target
    goal = passed[begin] + target
    piece = np.minimum(np.searchsorted(passed, goal, side="right") - 1, len(line.piece_at) - 1)
    rest = goal - passed[piece]
    schedule = line.schedule_number
    ticket = truth.ticket[rows]
    still = truth.ended[rows] == FAR
    last = line.first_piece[ticket + 1] - 1
    left = np.maximum(target - elapsed, 0)
    as_of = np.full(len(rows), line.as_of)
    if business:
        crossed = clock.after(schedule[piece], line.piece_at[piece], rest)
        projected = clock.after(schedule[last], as_of, left)
        projected = np.where(clock.first_missing(schedule[last], as_of) < projected, NEVER, projected)
        lacking = running(line.missing, runs)
        unknown = lacking[end] > lacking[begin]
        lack_piece = np.minimum(
            np.searchsorted(lacking, lacking[begin], side="right") - 1, len(line.piece_at) - 1
        )
        first_lack = np.maximum(
            line.piece_at[lack_piece], clock.first_missing(schedule[lack_piece], line.piece_at[lack_piece])
        )
        over &= ~unknown | (
            crossed < first_lack
        )  # a breach only before the first instant without schedule (A25)
    else:
        crossed, projected = line.piece_at[piece] + rest, as_of + left
        unknown = np.zeros(len(rows), bool)
    at = np.maximum(truth.applied[rows], crossed)
    now_runs = runs[last]
    due = np.where(still & now_runs & ~unknown & (projected <= line.as_of + HORIZON), projected, FAR)
    reason = truth.reason[rows]
    regular = ((reason == FULFILLED) | (reason == SOLVED_END)) & ~unknown
    ended = np.where(regular, MET, CANCELLED)
    truth.elapsed[rows], truth.unknown[rows] = elapsed, unknown
    truth.breached_at[rows] = np.where(over, at, FAR)
    truth.due[rows] = np.where(over, at, due)
    truth.status[rows] = np.where(over, BREACHED, np.where(~still, ended, np.where(now_runs, ACTIVE, PAUSED)))
