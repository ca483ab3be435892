"""How a ticket begins: its first message, the automatic answer, triage.

Belongs here: the first minute of a life. Does not belong here: everything after it (`lives.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ingestion.simulator import world
from ingestion.simulator.phases import SOLVED
from ingestion.simulator.steps import SECOND
from ingestion.simulator.tape import REQUESTER
from ingestion.simulator.vocabulary import NULL

if TYPE_CHECKING:
    from ingestion.simulator.lives import Lives

SUBMITTERS = ("requester", "agent", "system", "bot")
BY_REQUESTER, BY_AGENT, BY_SYSTEM, BY_BOT = range(4)


@dataclass
class Beginning:
    """How each ticket of a chunk came about."""

    submitter: np.ndarray
    public: np.ndarray


def open_tickets(lives: Lives) -> None:
    """Creation and triage of all tickets of a chunk."""
    tape, rng, model = lives.tape, lives.rng, lives.model
    n = len(lives.tickets)
    everyone = np.arange(n)
    submitter = np.searchsorted(np.cumsum([0.955, 0.02, 0.01]), rng.random(n), side="right")
    public = rng.random(n) >= 0.015
    lives.beginning = Beginning(submitter, public)
    group = lives.group_for(everyone, False)
    specialist = rng.random(n) < 0.08
    group[specialist] = lives.group_for(everyone[specialist], True)
    lives.specialist[specialist] = True
    u = rng.random(n)
    schedule = np.where(u < 0.68, model.group_schedule[group], NULL)
    rare = model.codes(*world.ODD_SCHEDULES, world.UNKNOWN_SCHEDULE)
    schedule = np.where(u >= 0.93, rare[rng.integers(0, len(rare), n)], schedule)
    tape.state["schedule_id"][:] = schedule
    known = rng.random(n) < 0.35
    tape.state["priority"][:] = np.where(known, lives.draw_priority(everyone), NULL)
    at_once = rng.random(n) < 0.3
    tape.state["group_id"][at_once] = group[at_once]
    triage = ~at_once & (rng.random(n) < 0.15)
    tape.state["status"][triage] = lives.status["triage"]

    with_message = rng.random(n) < 0.97
    for who_submits, actor, role, shown in (
        (BY_REQUESTER, REQUESTER, "requester", 1),
        (BY_AGENT, None, "agent", 1),
        (BY_SYSTEM, NULL, "system", 1),
        (BY_BOT, lives.bot_router, "bot", 1),
    ):
        who = everyone[with_message & (submitter == who_submits)]
        writer = lives.agents(who, group[who]) if actor is None else actor
        tape.emit(
            who,
            "message",
            actor=writer,
            role=role,
            public=np.where(public[who], shown, 0),
            body=lives.texts(who, answer=False),
        )
    # a few are born solved, or assigned at once
    born_assigned = everyone[rng.random(n) < 0.02]
    tape.state["group_id"][born_assigned] = group[born_assigned]
    tape.state["assignee_id"][born_assigned] = lives.agents(born_assigned, group[born_assigned])
    born_solved = everyone[(rng.random(n) < 0.003) & ~triage]
    tape.state["status"][born_solved] = lives.status["resolved_auto"]

    acknowledged = lives.chance(everyone[(submitter == BY_REQUESTER) & public], 0.35)
    tape.advance(acknowledged, tape.now[acknowledged] + rng.integers(0, 6, len(acknowledged)) * SECOND)
    tape.emit(acknowledged, "message", actor=lives.bot_ack, role="bot", public=1, body=model.wording.ack)
    later = everyone[~at_once]
    tape.advance(later, tape.now[later] + rng.integers(1, 60, len(later)) * SECOND)
    tape.change(later, "group_id", group[later], lives.bot_router, "system")
    unset = lives.chance(everyone[~known], 0.92)
    tape.change(unset, "priority", lives.draw_priority(unset), lives.bot_router, "system")
    lives.phase[born_solved] = SOLVED
    # a bot answers some questions for good
    deflected = lives.chance(np.setdiff1d(everyone[submitter == BY_REQUESTER], born_solved), 0.025)
    tape.emit(deflected, "message", actor=lives.bot_ack, role="bot", public=1, body=model.wording.ack)
    lives.set_status(deflected, "resolved_auto", SOLVED, lives.bot_ack, "bot")
