"""What agents do with a ticket: take it, answer, hand it on, escalate it, solve it.

Belongs here: the steps of a life that happen while the ticket is in work.
Does not belong here: waiting for others and what follows a solve (`lives.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ingestion.simulator import world
from ingestion.simulator.phases import HELD, SOLVED, WAITING, WORKING
from ingestion.simulator.steps import MINUTE, SECOND
from ingestion.simulator.vocabulary import NULL

if TYPE_CHECKING:
    from ingestion.simulator.lives import Lives


def work(lives: Lives, who: np.ndarray) -> None:
    who = lives.move(
        who,
        lives.worked(
            who,
            (
                lives.span(len(who), 40 * MINUTE, 1.3) * lives.slow[who] * np.where(lives.long[who], 60, 1)
            ).astype(np.int64),
        ),
    )
    if not len(who):
        return
    tape, rng = lives.tape, lives.rng
    unassigned = tape.state["assignee_id"][who] == NULL
    _assign(lives, who[unassigned])
    who = who[~unassigned]
    actor = tape.state["assignee_id"][who]
    u = rng.random(len(who))
    reply(lives, who[u < 0.56])
    other, u, actor = who[u >= 0.56], u[u >= 0.56], actor[u >= 0.56]
    some = (u >= 0.56) & (u < 0.68)
    tape.emit(
        other[some],
        "message",
        actor=actor[some],
        role="agent",
        public=0,
        body=lives.model.wording.notes + rng.integers(0, 60, some.sum()),
    )
    some = (u >= 0.68) & (u < 0.735)
    _hand_over(lives, other[some])
    some = (u >= 0.735) & (u < 0.82)
    _change_tier(lives, other[some])
    some = (u >= 0.82) & (u < 0.87)
    lives.ask_again(other[some])
    some = (u >= 0.87) & (u < 0.90)
    tape.change(other[some], "priority", lives.draw_priority(other[some]), actor[some])
    some = (u >= 0.90) & (u < 0.91)
    _change_line(lives, other[some])
    some = (u >= 0.91) & (u < 0.96)
    tape.change(other[some], "tags", lives.model.vocabulary.code("tagged"), actor[some])
    tape.change(
        lives.chance(other[some], 0.5), "sentiment", lives.model.vocabulary.code("negative"), NULL, "system"
    )
    some = (u >= 0.96) & (u < 0.965)  # says what already holds
    tape.emit(
        other[some],
        "field_change",
        field=tape.fields["status"],
        old=tape.state["status"][other[some]],
        new=tape.state["status"][other[some]],
        actor=actor[some],
        role="agent",
    )
    some = (u >= 0.965) & (u < 0.975)
    tape.change(other[some], "assignee_id", NULL, actor[some])
    some = (u >= 0.975) & (u < 0.98)
    tape.change(
        other[some],
        "schedule_id",
        lives.model.codes(
            "SCH-247",
            "SCH-CAIRO",
            "SCH-NIGHT",
            "SCH-MOVED",
            "SCH-PILOT",
            "SCH-KATHMANDU",
            "SCH-RETIRED",
            "SCH-PAUSED",
        )[rng.integers(0, 8, some.sum())],
        actor[some],
    )
    some = u >= 0.98
    solve(lives, other[some & ~lives.long[other]])


def _assign(lives: Lives, who: np.ndarray) -> None:
    agents = lives.agents(who, lives.tape.state["group_id"][who])
    lives.tape.change(who, "assignee_id", agents, lives.bot_router, "system")
    fresh = who[np.isin(lives.tape.state["status"][who], [lives.status["new"], lives.status["triage"]])]
    investigating = lives.rng.random(len(fresh)) < 0.12
    lives.set_status(fresh[investigating], "investigating", WORKING, lives.bot_router, "system")
    lives.set_status(fresh[~investigating], "open", WORKING, lives.bot_router, "system")


def reply(lives: Lives, who: np.ndarray) -> None:
    """An agent answers, often with a macro, and says what the ticket waits for now."""
    tape, rng = lives.tape, lives.rng
    if not len(who):
        return
    actor = tape.state["assignee_id"][who].copy()
    stand_in = rng.random(len(who)) < 0.05
    actor[stand_in] = lives.agents(who[stand_in], tape.state["group_id"][who[stand_in]])
    macro = rng.random(len(who)) < 0.45
    language = np.minimum(lives.language_position[tape.state["language"][who]], 3)
    reference = lives.macros[lives.reason_position[tape.state["contact_reason"][who]], language]
    tape.emit(who[macro], "macro", actor=actor[macro], role="agent", reference=reference[macro])
    tape.emit(who, "message", actor=actor, role="agent", public=1, body=lives.texts(who, answer=True))
    lives.replies[who] += 1
    # the status follows in the same instant, or some seconds later
    apart = rng.random(len(who)) < 0.5
    tape.advance(who[apart], tape.now[who[apart]] + rng.integers(1, 90, apart.sum()) * SECOND)
    u = rng.random(len(who)) - 0.06 * np.minimum(lives.replies[who] - 1, 4)
    solves = (u < 0.34) & ~lives.long[who]
    solve(lives, who[solves], actor[solves])
    some = ~solves & (u < 0.76)
    lives.set_status(who[some], "pending", WAITING, actor[some])
    some = (u >= 0.76) & (u < 0.80)
    lives.set_status(who[some], "waiting_creator", WAITING, actor[some])
    some = (u >= 0.80) & (u < 0.84)
    lives.set_status(who[some], "on_hold", HELD, actor[some])
    some = (u >= 0.84) & (u < 0.87)
    lives.set_status(who[some], "waiting_team", HELD, actor[some])
    some = (u >= 0.87) & (u < 0.89)
    lives.set_status(who[some], "trust_review", HELD, actor[some])


def solve(lives: Lives, who: np.ndarray, actor: np.ndarray | None = None) -> None:
    """Solve tickets; one in forty is closed at once."""
    if not len(who):
        return
    actor = lives.tape.state["assignee_id"][who] if actor is None else actor
    closes = lives.rng.random(len(who)) < 0.025
    lives.set_status(who[~closes], "solved", SOLVED, actor[~closes])
    lives.set_status(who[closes], "closed", SOLVED, actor[closes])


def _hand_over(lives: Lives, who: np.ndarray) -> None:
    """To another agent of the same group, now and then by way of the queue."""
    actor = lives.tape.state["assignee_id"][who].copy()
    queue = lives.rng.random(len(who)) < 0.25
    lives.tape.change(who[queue], "assignee_id", NULL, actor[queue])
    direct = who[~queue]
    lives.tape.change(
        direct, "assignee_id", lives.agents(direct, lives.tape.state["group_id"][direct]), actor[~queue]
    )


def _change_tier(lives: Lives, who: np.ndarray) -> None:
    """Escalate to the specialists, or send back to tier 1; group, schedule and agent follow."""
    tape = lives.tape
    for specialist in (True, False):
        some = who[lives.specialist[who] != specialist]
        if not specialist:
            some = lives.chance(some, 0.6)
        if not len(some):
            continue
        actor = tape.state["assignee_id"][some].copy()
        tape.change(some, "group_id", lives.group_for(some, specialist), actor)
        moved = lives.rng.random(len(some)) < 0.6
        tape.change(
            some[moved],
            "schedule_id",
            lives.model.group_schedule[tape.state["group_id"][some[moved]]],
            actor[moved],
        )
        direct = lives.rng.random(len(some)) < 0.4
        tape.change(some[~direct], "assignee_id", NULL, actor[~direct])
        tape.change(
            some[direct],
            "assignee_id",
            lives.agents(some[direct], tape.state["group_id"][some[direct]]),
            actor[direct],
        )
        lives.specialist[some] = specialist


def _change_line(lives: Lives, who: np.ndarray) -> None:
    """Wrong queue: another line of business and its group."""
    lines = lives.model.codes(*world.LINES)
    actor = lives.tape.state["assignee_id"][who].copy()
    lives.tape.change(who, "line_of_business", lines[lives.rng.integers(0, len(lines), len(who))], actor)
    lives.tape.change(who, "group_id", lives.group_for(who, False), actor)
    lives.tape.change(lives.chance(who, 0.5), "market", lives.model.vocabulary.code("US"), NULL, "system")
