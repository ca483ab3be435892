"""The life of a ticket as a process in stages, all tickets of a chunk at once.

Belongs here: what happens next in each state, and how long it takes; work is done in the working hours of
the group.
Does not belong here: recording (`tape.py`), mishaps laid over a finished life (`mishaps.py`).
"""

from __future__ import annotations

import numpy as np

from ingestion.simulator import world
from ingestion.simulator.arrivals import Tickets, pick
from ingestion.simulator.clock import NEVER
from ingestion.simulator.incidents import FIX
from ingestion.simulator.model import Model
from ingestion.simulator.opening import Beginning, open_tickets
from ingestion.simulator.organisation import group_id
from ingestion.simulator.phases import DONE, HELD, SOLVED, WAITING, WORKING
from ingestion.simulator.steps import DAY, HOUR, SECOND
from ingestion.simulator.tape import REQUESTER, Tape
from ingestion.simulator.vocabulary import NULL
from ingestion.simulator.wording import MINOR_TEXTS
from ingestion.simulator.work import reply, work

ROUNDS = 45


class Lives:
    """Runs the lives of one chunk."""

    def __init__(self, model: Model, tickets: Tickets, rng: np.random.Generator) -> None:
        self.model, self.tickets, self.rng = model, tickets, rng
        self.tape = Tape(model, tickets)
        n, words = len(tickets), model.vocabulary
        self.phase = np.full(n, WORKING, np.int8)
        self.replies = np.zeros(n, np.int16)
        self.specialist = np.zeros(n, bool)
        self.whole = tickets.created % SECOND == 0
        # most lives end with the data; a few exports run past as_of
        self.limit = np.where(rng.random(n) < 0.01, model.as_of + 2 * DAY, model.as_of)
        self.limit[tickets.created > model.as_of] += 2 * DAY
        self.long = rng.random(n) < 0.002
        # whatever hits many at once is answered late
        delays = np.array([*(1.0 if i.kind == FIX else 1.8 for i in model.incidents), 1.0])
        self.slow = delays[tickets.incident] * rng.gamma(4, 0.25, n)
        self.status = {s: words.code(s) for s in (*world.STATUS_CATEGORIES, *world.CUSTOM_STATUSES)}
        lines = list(world.LINES)
        self.line_position = np.full(len(words) + 1, 0, np.int32)
        self.line_position[words.codes(lines)] = np.arange(len(lines))
        vendors = [*world.VENDORS, world.IN_HOUSE]
        self.groups = np.array([[words.code(group_id(line, v)) for v in vendors] for line in lines], np.int32)
        self.reason_position = np.zeros(len(words) + 1, np.int32)
        self.reason_position[words.codes(model.wording.reasons)] = np.arange(len(model.wording.reasons))
        self.language_position = np.zeros(len(words) + 1, np.int32)
        self.language_position[words.codes(list(world.LANGUAGES))] = np.arange(len(world.LANGUAGES))
        macros = [r["macro_id"] for r in model.organisation.rows["response_frameworks"]]
        self.macros = words.codes(list(dict.fromkeys(macros))).reshape(-1, 4)
        self.beginning: Beginning
        self.bot_ack, self.bot_router = words.code("BOT-ACK"), words.code("BOT-ROUTER")

    def chance(self, who: np.ndarray, share: float) -> np.ndarray:
        """Those of `who` to whom something of this probability happens."""
        return who[self.rng.random(len(who)) < share]

    def span(self, size: int, median: float, sigma: float = 1.1) -> np.ndarray:
        """Log-normal durations around a median, in microseconds."""
        return np.exp(self.rng.standard_normal(size) * sigma + np.log(median)).astype(np.int64)

    def whole_seconds(self, who: np.ndarray, instants: np.ndarray) -> np.ndarray:
        """Drop fractions of a second, but for the few tickets whose system keeps them."""
        return np.where(self.whole[who], instants - instants % SECOND, instants)

    def worked(self, who: np.ndarray, spans: np.ndarray) -> np.ndarray:
        """When work of these spans is done by the tickets' groups, in their working hours."""
        group = self.tape.state["group_id"][who]
        schedule = self.model.schedule_number[self.model.group_schedule[group]]
        done = self.model.clock.after(schedule, self.tape.now[who], spans)
        late = self.rng.random(len(who)) < 0.04  # someone works late
        return np.where((done >= NEVER) | late, self.tape.now[who] + spans, done)

    def agents(self, who: np.ndarray, group: np.ndarray) -> np.ndarray:
        """An agent of each ticket's group who is employed now (nearly always)."""
        model, now = self.model, self.tape.now[who]
        offset, size = model.pool_offset[group], np.maximum(model.pool_size[group], 1)
        bad = np.ones(len(who), bool)
        chosen = np.zeros(len(who), np.int32)
        for _ in range(4):
            drawn = model.pool_agents[offset + (self.rng.random(len(who)) ** 1.3 * size).astype(np.int64)]
            chosen = np.where(bad, drawn, chosen)
            bad = (now < model.employed_from[chosen]) | (now >= model.employed_to[chosen])
            if not bad.any():
                break
        return chosen

    def texts(self, who: np.ndarray, *, answer: bool) -> np.ndarray:
        """A text for a message on each ticket, in its language and on its reason."""
        state, wording = self.tape.state, self.model.wording
        texts = wording.number(
            answer,
            self.language_position[state["language"][who]],
            self.reason_position[state["contact_reason"][who]],
            self.rng.integers(0, 6, len(who)),
        )
        if not answer:
            child = self.tickets.minor[who] & (self.rng.random(len(who)) < 0.2)
            texts[child] = wording.minors + who[child] % MINOR_TEXTS
        return texts

    def group_for(self, who: np.ndarray, specialist: bool) -> np.ndarray:
        """The group that takes tickets of these lines, at a vendor or in house."""
        line = self.line_position[self.tape.state["line_of_business"][who]]
        if specialist:
            return self.groups[line, -1]
        shares = np.array([share for share, *_ in world.VENDORS.values()])
        return self.groups[line, pick(shares, self.rng.random(len(who)))]

    def run(self) -> Tape:
        """All lives, from creation to the last event before the limit."""
        open_tickets(self)
        for _ in range(ROUNDS):
            alive = np.flatnonzero(self.phase != DONE)
            if not len(alive):
                break
            phase = self.phase[alive]
            work(self, alive[phase == WORKING])
            self._wait(alive[phase == WAITING])
            self._hold(alive[phase == HELD])
            self._after_solve(alive[phase == SOLVED])
        return self.tape

    def move(self, who: np.ndarray, instants: np.ndarray) -> np.ndarray:
        """Advance tickets; those whose next event lies beyond their limit rest for good. Returns who goes
        on."""
        instants = self.whole_seconds(who, instants)
        on = instants <= self.limit[who]
        self.phase[who[~on]] = DONE
        self.tape.advance(who[on], instants[on])
        return who[on]

    def set_status(
        self, who: np.ndarray, status: str, phase: int, actor: np.ndarray | int, role: str = "agent"
    ) -> None:
        """Change the status and with it the phase."""
        self.tape.change(who, "status", self.status[status], actor, role)
        self.phase[who] = phase

    def draw_priority(self, who: np.ndarray) -> np.ndarray:
        """A priority for each ticket."""
        return self.model.codes(*world.PRIORITIES)[
            pick(np.array([0.2, 0.5, 0.22, 0.08]), self.rng.random(len(who)))
        ]

    def ask_again(self, who: np.ndarray) -> None:
        """The requester writes while it is the agent's turn."""
        self.tape.emit(
            who, "message", actor=REQUESTER, role="requester", public=1, body=self.texts(who, answer=False)
        )

    def _wait(self, who: np.ndarray) -> None:
        """Waiting for the requester: an answer, silence until the system solves it, or the agent asks
        again."""
        u = self.rng.random(len(who))
        silent = u >= 0.76
        spans = np.where(silent, 5 * DAY, self.span(len(who), 7 * HOUR, 1.3))
        on = self.move(who, self.tape.now[who] + spans)
        u = u[self.phase[who] != DONE]
        answers = on[u < 0.76]
        self.ask_again(answers)
        later = self.rng.random(len(answers)) < 0.1
        self.tape.advance(
            answers[later], self.tape.now[answers[later]] + self.rng.integers(1, 20, later.sum()) * SECOND
        )
        self.set_status(answers, "open", WORKING, NULL, "system")
        some = (u >= 0.76) & (u < 0.93) & ~self.long[on]
        self.set_status(on[some], "solved", SOLVED, NULL, "system")
        reply(self, on[u >= 0.93])

    def _hold(self, who: np.ndarray) -> None:
        """Waiting for another team: back to work, perhaps with an update in between."""
        spans = (self.span(len(who), 20 * HOUR) * np.where(self.long[who], 25, 1)).astype(np.int64)
        who = self.move(who, self.tape.now[who] + spans)
        u = self.rng.random(len(who))
        reply(self, who[u < 0.3])
        back = who[u >= 0.3]
        self.set_status(back, "open", WORKING, NULL, "system")

    def _after_solve(self, who: np.ndarray) -> None:
        """Closed after four quiet days, unless the requester comes back."""
        u = self.rng.random(len(who))
        quiet = u >= 0.2
        closed = self.tape.state["status"][who] == self.status["closed"]
        spans = np.where(
            quiet, 4 * DAY + self.rng.integers(0, 3_600, len(who)) * SECOND, self.span(len(who), 10 * HOUR)
        )
        rest = closed & (u >= 0.02)
        self.phase[who[rest]] = DONE
        who, u, spans = who[~rest], u[~rest], spans[~rest]
        on = self.move(who, self.tape.now[who] + spans)
        u = u[self.phase[who] != DONE]
        back = on[u < 0.11]
        self.ask_again(back)
        self.set_status(back, "open", WORKING, NULL, "system")
        self.ask_again(on[(u >= 0.11) & (u < 0.19)])  # thanks
        silent = on[(u >= 0.19) & (u < 0.2)]  # reopened by an agent without a word
        self.set_status(silent, "open", WORKING, self.tape.state["assignee_id"][silent])
        self.set_status(on[u >= 0.2], "closed", DONE, NULL, "system")
