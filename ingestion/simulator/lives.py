"""The life of a ticket as a process in stages, all tickets of a chunk at once.

Belongs here: what happens next in each state, and how long it takes; work is done in the working hours of the group.
Does not belong here: recording (`tape.py`), mishaps laid over a finished life (`mishaps.py`).
"""

from __future__ import annotations

import numpy as np

from ingestion.simulator import world
from ingestion.simulator.arrivals import Tickets, pick
from ingestion.simulator.clock import NEVER
from ingestion.simulator.model import Model
from ingestion.simulator.opening import Beginning, open_tickets
from ingestion.simulator.organisation import group_id
from ingestion.simulator.steps import DAY, HOUR, MINUTE, SECOND
from ingestion.simulator.tape import REQUESTER, Tape
from ingestion.simulator.vocabulary import NULL

ROUNDS = 45
WORKING, WAITING, HELD, SOLVED, DONE = range(5)


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
        self.slow = np.where(tickets.incident >= 0, 1.8, 1.0) * rng.gamma(4, 0.25, n)
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

    # -- drawing ---------------------------------------------------------------------------------------------------

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
        state = self.tape.state
        return self.model.wording.number(
            answer,
            self.language_position[state["language"][who]],
            self.reason_position[state["contact_reason"][who]],
            self.rng.integers(0, 6, len(who)),
        )

    def group_for(self, who: np.ndarray, specialist: bool) -> np.ndarray:
        """The group that takes tickets of these lines, at a vendor or in house."""
        line = self.line_position[self.tape.state["line_of_business"][who]]
        if specialist:
            return self.groups[line, -1]
        shares = np.array([share for share, *_ in world.VENDORS.values()])
        return self.groups[line, pick(shares, self.rng.random(len(who)))]

    # -- running ---------------------------------------------------------------------------------------------------

    def run(self) -> Tape:
        """All lives, from creation to the last event before the limit."""
        open_tickets(self)
        for _ in range(ROUNDS):
            alive = np.flatnonzero(self.phase != DONE)
            if not len(alive):
                break
            phase = self.phase[alive]
            self._work(alive[phase == WORKING])
            self._wait(alive[phase == WAITING])
            self._hold(alive[phase == HELD])
            self._after_solve(alive[phase == SOLVED])
        return self.tape

    def move(self, who: np.ndarray, instants: np.ndarray) -> np.ndarray:
        """Advance tickets; those whose next event lies beyond their limit rest for good. Returns who goes on."""
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

    def _work(self, who: np.ndarray) -> None:
        who = self.move(
            who,
            self.worked(
                who,
                (
                    self.span(len(who), 40 * MINUTE, 1.3) * self.slow[who] * np.where(self.long[who], 60, 1)
                ).astype(np.int64),
            ),
        )
        if not len(who):
            return
        tape, rng = self.tape, self.rng
        unassigned = tape.state["assignee_id"][who] == NULL
        self._assign(who[unassigned])
        who = who[~unassigned]
        actor = tape.state["assignee_id"][who]
        u = rng.random(len(who))
        self.reply(who[u < 0.56])
        other, u, actor = who[u >= 0.56], u[u >= 0.56], actor[u >= 0.56]
        some = (u >= 0.56) & (u < 0.68)
        tape.emit(
            other[some],
            "message",
            actor=actor[some],
            role="agent",
            public=0,
            body=self.model.wording.notes + rng.integers(0, 60, some.sum()),
        )
        some = (u >= 0.68) & (u < 0.735)
        self._hand_over(other[some])
        some = (u >= 0.735) & (u < 0.82)
        self._change_tier(other[some])
        some = (u >= 0.82) & (u < 0.87)
        self._ask_again(other[some])
        some = (u >= 0.87) & (u < 0.90)
        tape.change(other[some], "priority", self.draw_priority(other[some]), actor[some])
        some = (u >= 0.90) & (u < 0.91)
        self._change_line(other[some])
        some = (u >= 0.91) & (u < 0.96)
        tape.change(other[some], "tags", self.model.vocabulary.code("tagged"), actor[some])
        tape.change(
            self.chance(other[some], 0.5), "sentiment", self.model.vocabulary.code("negative"), NULL, "system"
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
            self.model.codes(
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
        self.solve(other[some & ~self.long[other]])

    def _assign(self, who: np.ndarray) -> None:
        agents = self.agents(who, self.tape.state["group_id"][who])
        self.tape.change(who, "assignee_id", agents, self.bot_router, "system")
        fresh = who[np.isin(self.tape.state["status"][who], [self.status["new"], self.status["triage"]])]
        investigating = self.rng.random(len(fresh)) < 0.12
        self.set_status(fresh[investigating], "investigating", WORKING, self.bot_router, "system")
        self.set_status(fresh[~investigating], "open", WORKING, self.bot_router, "system")

    def reply(self, who: np.ndarray) -> None:
        """An agent answers, often with a macro, and says what the ticket waits for now."""
        tape, rng = self.tape, self.rng
        if not len(who):
            return
        actor = tape.state["assignee_id"][who].copy()
        stand_in = rng.random(len(who)) < 0.05
        actor[stand_in] = self.agents(who[stand_in], tape.state["group_id"][who[stand_in]])
        macro = rng.random(len(who)) < 0.45
        language = np.minimum(self.language_position[tape.state["language"][who]], 3)
        reference = self.macros[self.reason_position[tape.state["contact_reason"][who]], language]
        tape.emit(who[macro], "macro", actor=actor[macro], role="agent", reference=reference[macro])
        tape.emit(who, "message", actor=actor, role="agent", public=1, body=self.texts(who, answer=True))
        self.replies[who] += 1
        # the status follows in the same instant, or some seconds later
        apart = rng.random(len(who)) < 0.5
        tape.advance(who[apart], tape.now[who[apart]] + rng.integers(1, 90, apart.sum()) * SECOND)
        u = rng.random(len(who)) - 0.06 * np.minimum(self.replies[who] - 1, 4)
        solves = (u < 0.34) & ~self.long[who]
        self.solve(who[solves], actor[solves])
        some = ~solves & (u < 0.76)
        self.set_status(who[some], "pending", WAITING, actor[some])
        some = (u >= 0.76) & (u < 0.80)
        self.set_status(who[some], "waiting_creator", WAITING, actor[some])
        some = (u >= 0.80) & (u < 0.84)
        self.set_status(who[some], "on_hold", HELD, actor[some])
        some = (u >= 0.84) & (u < 0.87)
        self.set_status(who[some], "waiting_team", HELD, actor[some])
        some = (u >= 0.87) & (u < 0.89)
        self.set_status(who[some], "trust_review", HELD, actor[some])

    def solve(self, who: np.ndarray, actor: np.ndarray | None = None) -> None:
        """Solve tickets; one in forty is closed at once."""
        if not len(who):
            return
        actor = self.tape.state["assignee_id"][who] if actor is None else actor
        closes = self.rng.random(len(who)) < 0.025
        self.set_status(who[~closes], "solved", SOLVED, actor[~closes])
        self.set_status(who[closes], "closed", SOLVED, actor[closes])

    def draw_priority(self, who: np.ndarray) -> np.ndarray:
        """A priority for each ticket."""
        return self.model.codes(*world.PRIORITIES)[
            pick(np.array([0.2, 0.5, 0.22, 0.08]), self.rng.random(len(who)))
        ]

    def _hand_over(self, who: np.ndarray) -> None:
        """To another agent of the same group, now and then by way of the queue."""
        actor = self.tape.state["assignee_id"][who].copy()
        queue = self.rng.random(len(who)) < 0.25
        self.tape.change(who[queue], "assignee_id", NULL, actor[queue])
        direct = who[~queue]
        self.tape.change(
            direct, "assignee_id", self.agents(direct, self.tape.state["group_id"][direct]), actor[~queue]
        )

    def _change_tier(self, who: np.ndarray) -> None:
        """Escalate to the specialists, or send back to tier 1; group, schedule and agent follow."""
        tape = self.tape
        for specialist in (True, False):
            some = who[self.specialist[who] != specialist]
            if not specialist:
                some = self.chance(some, 0.6)
            if not len(some):
                continue
            actor = tape.state["assignee_id"][some].copy()
            tape.change(some, "group_id", self.group_for(some, specialist), actor)
            moved = self.rng.random(len(some)) < 0.6
            tape.change(
                some[moved],
                "schedule_id",
                self.model.group_schedule[tape.state["group_id"][some[moved]]],
                actor[moved],
            )
            direct = self.rng.random(len(some)) < 0.4
            tape.change(some[~direct], "assignee_id", NULL, actor[~direct])
            tape.change(
                some[direct],
                "assignee_id",
                self.agents(some[direct], tape.state["group_id"][some[direct]]),
                actor[direct],
            )
            self.specialist[some] = specialist

    def _change_line(self, who: np.ndarray) -> None:
        """Wrong queue: another line of business and its group."""
        lines = self.model.codes(*world.LINES)
        actor = self.tape.state["assignee_id"][who].copy()
        self.tape.change(who, "line_of_business", lines[self.rng.integers(0, len(lines), len(who))], actor)
        self.tape.change(who, "group_id", self.group_for(who, False), actor)
        self.tape.change(self.chance(who, 0.5), "market", self.model.vocabulary.code("US"), NULL, "system")

    def _ask_again(self, who: np.ndarray) -> None:
        """The requester writes while it is the agent's turn."""
        self.tape.emit(
            who, "message", actor=REQUESTER, role="requester", public=1, body=self.texts(who, answer=False)
        )

    def _wait(self, who: np.ndarray) -> None:
        """Waiting for the requester: an answer, silence until the system solves it, or the agent asks again."""
        u = self.rng.random(len(who))
        silent = u >= 0.76
        spans = np.where(silent, 5 * DAY, self.span(len(who), 7 * HOUR, 1.3))
        on = self.move(who, self.tape.now[who] + spans)
        u = u[self.phase[who] != DONE]
        answers = on[u < 0.76]
        self._ask_again(answers)
        later = self.rng.random(len(answers)) < 0.1
        self.tape.advance(
            answers[later], self.tape.now[answers[later]] + self.rng.integers(1, 20, later.sum()) * SECOND
        )
        self.set_status(answers, "open", WORKING, NULL, "system")
        some = (u >= 0.76) & (u < 0.93) & ~self.long[on]
        self.set_status(on[some], "solved", SOLVED, NULL, "system")
        self.reply(on[u >= 0.93])

    def _hold(self, who: np.ndarray) -> None:
        """Waiting for another team: back to work, perhaps with an update in between."""
        spans = (self.span(len(who), 20 * HOUR) * np.where(self.long[who], 25, 1)).astype(np.int64)
        who = self.move(who, self.tape.now[who] + spans)
        u = self.rng.random(len(who))
        self.reply(who[u < 0.3])
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
        self._ask_again(back)
        self.set_status(back, "open", WORKING, NULL, "system")
        self._ask_again(on[(u >= 0.11) & (u < 0.19)])  # thanks
        silent = on[(u >= 0.19) & (u < 0.2)]  # reopened by an agent without a word
        self.set_status(silent, "open", WORKING, self.tape.state["assignee_id"][silent])
        self.set_status(on[u >= 0.2], "closed", DONE, NULL, "system")
