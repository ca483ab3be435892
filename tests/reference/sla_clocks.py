"""The SLA clocks of one ticket: which instance of which metric starts and ends when (SEMANTICS 3, A12-A15,
A24).

Belongs here: an explicit list of running clocks, stepped through the ticket's events in order.
Does not belong here: policies, targets, elapsed time and breaches (`sla_rows`).
"""

from __future__ import annotations

from dataclasses import dataclass

from .life import Life, Step

CYCLE_METRICS = ("requester_wait", "agent_work", "total_resolution")
UPDATE_METRICS = ("periodic_update", "pausable_update")


@dataclass
class Clock:
    """One instance of a metric. `ended_at` and `end_reason` are None while it is open."""

    metric: str
    instance_no: int
    activated_at: int
    ended_at: int | None = None
    end_reason: str | None = None


class Clocks:
    """The state machine. `all` collects every clock that ever started."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.all: list[Clock] = []
        # The first-reply clock: not activated -> waiting (activated while resolved) -> running -> ended.
        self.first_reply = "not activated"
        self.next_reply_waits = False

    def run(self) -> list[Clock]:
        """Step through the whole life; returns every clock."""
        life = self.life
        if not life.initial.is_resolved:
            self._start_cycle(life.created_at)
        if life.ticket.submitter_role != "agent" and life.ticket.is_public:
            self._activate_first_reply(life.created_at, life.initial.is_resolved)
        final_delete = life.final_delete()
        for position, step in enumerate(life.steps):
            if step.kind == "merge":
                self._end_everything(step.at, "merged")
                break  # later nothing starts (A24)
            if position == final_delete:
                self._end_everything(step.at, "deleted")
                break  # later events act on no clock (A24)
            self._step(step)
        return self.all

    def _step(self, step: Step) -> None:
        if step.is_solve:
            self._solve(step.at)
        elif step.is_reopen:
            self._reopen(step.at)
        elif step.is_reply:
            self._reply(step)
        elif step.is_requester_message:
            self._requester_message(step)

    def _solve(self, at: int) -> None:
        self._end_everything(at, "solved")
        if self.first_reply == "running":
            self.first_reply = "ended"

    def _reopen(self, at: int) -> None:
        self._start_cycle(at)
        if self.first_reply == "waiting":
            self._start("first_reply", at)
            self.first_reply = "running"
        if self.next_reply_waits:
            self._start("next_reply", at)
            self.next_reply_waits = False

    def _reply(self, step: Step) -> None:
        # A reply before the activation is no first reply; one while the clock waits ends it without a row
        # (A12).
        if self.first_reply in ("running", "waiting"):
            self._end("first_reply", step.at, "fulfilled")
            self.first_reply = "ended"
        self._end("next_reply", step.at, "fulfilled")
        self.next_reply_waits = False
        for metric in UPDATE_METRICS:
            self._end(metric, step.at, "fulfilled")
            if not self.life.state_at(step.at).is_resolved:  # after the instant's last event (A14)
                self._start(metric, step.at)

    def _requester_message(self, step: Step) -> None:
        is_resolved = step.after.is_resolved
        if self.first_reply == "not activated":
            self._activate_first_reply(step.at, is_resolved)
        elif self.first_reply == "ended":
            if is_resolved:
                self.next_reply_waits = True
            elif self._open("next_reply") is None:
                self._start("next_reply", step.at)

    def _activate_first_reply(self, at: int, is_resolved: bool) -> None:
        if is_resolved:
            self.first_reply = "waiting"
        else:
            self._start("first_reply", at)
            self.first_reply = "running"

    def _start_cycle(self, at: int) -> None:
        for metric in CYCLE_METRICS:
            self._start(metric, at)

    def _open(self, metric: str) -> Clock | None:
        return next((c for c in self.all if c.metric == metric and c.ended_at is None), None)

    def _start(self, metric: str, at: int) -> None:
        assert self._open(metric) is None, f"two {metric} clocks at once"
        number = sum(1 for c in self.all if c.metric == metric) + 1
        self.all.append(Clock(metric, number, at))

    def _end(self, metric: str, at: int, reason: str) -> None:
        clock = self._open(metric)
        if clock is not None:
            clock.ended_at, clock.end_reason = at, reason

    def _end_everything(self, at: int, reason: str) -> None:
        for clock in self.all:
            if clock.ended_at is None:
                clock.ended_at, clock.end_reason = at, reason
