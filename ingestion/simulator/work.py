"""What agents do with a ticket: take it, answer, hand it on, escalate it, solve it.

Belongs here: the steps of a life that happen while the ticket is in work.
Does not belong here: waiting for others and what follows a solve (`lives.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ingestion.simulator import world
from ingestion.simulator.arrivals import pick
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
    unassigned = lives.tape.state["assignee_id"][who] == NULL
    _assign(lives, who[unassigned])
    who = who[~unassigned]
    choice = pick(np.array([share for _, share in ACTIONS]), lives.rng.random(len(who)))
    for number, (act, _) in enumerate(ACTIONS):
        some = who[choice == number]
        if len(some):
            act(lives, some)


def _assign(lives: Lives, who: np.ndarray) -> None:
    agents = lives.agents(who, lives.tape.state["group_id"][who])
    lives.tape.change(who, "assignee_id", agents, lives.bot_router, "system")
    fresh = who[np.isin(lives.tape.state["status"][who], [lives.status["new"], lives.status["triage"]])]
    investigating = lives.rng.random(len(fresh)) < 0.12
    lives.set_status(fresh[investigating], "investigating", WORKING, lives.bot_router, "system")
    lives.set_status(fresh[~investigating], "open", WORKING, lives.bot_router, "system")
    _label(lives, lives.chance(who, 0.35))


def reply(lives: Lives, who: np.ndarray) -> None:
    """An agent answers, often with a macro, and says what the ticket waits for now."""
    tape, rng = lives.tape, lives.rng
    if not len(who):
        return
    actor = tape.state["assignee_id"][who].copy()
    stand_in = rng.random(len(who)) < 0.05
    actor[stand_in] = lives.agents(who[stand_in], tape.state["group_id"][who[stand_in]])
    macro = rng.random(len(who)) < 0.4
    language = np.minimum(lives.language_position[tape.state["language"][who]], 3)
    reference = lives.macros[lives.reason_position[tape.state["contact_reason"][who]], language]
    tape.emit(who[macro], "macro", actor=actor[macro], role="agent", reference=reference[macro])
    tape.emit(who, "message", actor=actor, role="agent", public=1, body=lives.texts(who, answer=True))
    lives.replies[who] += 1
    # the status follows in the same instant, or some seconds later
    _label(lives, lives.chance(who, 0.25))
    apart = rng.random(len(who)) < 0.5
    tape.advance(who[apart], tape.now[who[apart]] + rng.integers(1, 90, apart.sum()) * SECOND)
    u = rng.random(len(who)) - 0.06 * np.minimum(lives.replies[who] - 1, 4)
    solves = (u < 0.42) & ~lives.long[who]
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


def _note(lives: Lives, who: np.ndarray) -> None:
    body = lives.model.wording.notes + lives.rng.integers(0, 60, len(who))
    lives.tape.emit(
        who, "message", actor=lives.tape.state["assignee_id"][who], role="agent", public=0, body=body
    )


def _label(lives: Lives, who: np.ndarray) -> None:
    """Fields beside the core ones change most often: a tag by the agent, a score by the system."""
    words, state = lives.model.vocabulary, lives.tape.state
    for field, values, actor, role in (
        ("tags", ("tagged", "checked"), state["assignee_id"][who], "agent"),
        ("sentiment", ("negative", "neutral"), NULL, "system"),
    ):
        first, second = words.codes(values)
        new = np.where(state[field][who] == first, second, first)
        lives.tape.change(who, field, new, actor, role)


def _change_priority(lives: Lives, who: np.ndarray) -> None:
    lives.tape.change(who, "priority", lives.draw_priority(who), lives.tape.state["assignee_id"][who])


def _change_schedule(lives: Lives, who: np.ndarray) -> None:
    schedules = lives.model.codes(*world.ODD_SCHEDULES)
    new = schedules[lives.rng.integers(0, len(schedules), len(who))]
    lives.tape.change(who, "schedule_id", new, lives.tape.state["assignee_id"][who])


def _repeat(lives: Lives, who: np.ndarray) -> None:
    """An event that says what already holds."""
    tape, status = lives.tape, lives.tape.state["status"][who]
    actor = tape.state["assignee_id"][who]
    tape.emit(
        who, "field_change", field=tape.fields["status"], old=status, new=status, actor=actor, role="agent"
    )


def _release(lives: Lives, who: np.ndarray) -> None:
    lives.tape.change(who, "assignee_id", NULL, lives.tape.state["assignee_id"][who].copy())


def _solve_silently(lives: Lives, who: np.ndarray) -> None:
    solve(lives, who[~lives.long[who]])


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


def _ask_again(lives: Lives, who: np.ndarray) -> None:
    lives.ask_again(who)


ACTIONS: tuple[tuple[Callable[[Lives, np.ndarray], None], float], ...] = (
    (reply, 0.49),
    (_note, 0.07),
    (_hand_over, 0.075),
    (_change_tier, 0.095),
    (_ask_again, 0.035),
    (_change_priority, 0.05),
    (_change_line, 0.012),
    (_label, 0.07),
    (_repeat, 0.006),
    (_release, 0.014),
    (_change_schedule, 0.006),
    (_solve_silently, 0.022),
)
"""What an agent does next with a ticket in work, and how often."""
