"""The truth in the columns of the marts.

Belongs here: names, types and nulls as the published marts have them, without keys made by hashing, personal
ids and free text.
Does not belong here: working anything out.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingestion.simulator import world
from ingestion.simulator.columns import coded, counts, flags, instants, seconds
from ingestion.simulator.policies import METRICS
from ingestion.simulator.truth_clocks import REASONS, find_clocks
from ingestion.simulator.truth_history import ReplyTruth, SegmentTruth, reply_truth, segment_truth
from ingestion.simulator.truth_lookups import Lookups
from ingestion.simulator.truth_sla import STATUSES, SlaTruth, sla_truth
from ingestion.simulator.truth_tickets import Messages, TicketTruth, ticket_truth
from ingestion.simulator.truth_timeline import FAR, Facts, Timeline

Table = dict[str, pa.Array]
_STATE = (
    "status",
    "priority",
    "line_of_business",
    "group_id",
    "assignee_id",
    "schedule_id",
    "market",
    "language",
)


class TruthTables:
    """The truth about a set of tickets of one source."""

    def __init__(
        self, facts: Facts, look: Lookups, source: str, ticket_ids: pa.Array, event_ids: pa.Array
    ) -> None:
        self.source, self.ticket_ids, self.event_ids = source, ticket_ids, event_ids
        self.words = pa.array(look.words.texts)
        self.line = Timeline(facts, look)
        self.messages = Messages(self.line)

    def tables(self, snapshot: Table | None = None) -> dict[str, Table]:
        """Columns by mart; `snapshot` holds further ticket columns, one value per delivered ticket."""
        line = self.line
        self.tickets = ticket_truth(line, self.messages)
        return {
            "fct_tickets": {
                **self._tickets(self.tickets),
                **{
                    name: values.take(pa.array(self.tickets.ticket))
                    for name, values in (snapshot or {}).items()
                },
            },
            "fct_ticket_segments": self._segments(segment_truth(line)),
            "fct_replies": self._replies(reply_truth(line, self.messages)),
            "fct_ticket_sla": self._sla(sla_truth(line, find_clocks(line, self.messages))),
        }

    def _head(self, ticket: np.ndarray) -> Table:
        return {
            "source_id": coded(np.zeros(len(ticket)), pa.array([self.source])),
            "ticket_id": coded(ticket, self.ticket_ids),
        }

    def _text(self, codes: np.ndarray) -> pa.Array:
        return coded(codes, self.words)

    def _tickets(self, truth: TicketTruth) -> Table:
        categories = pa.array(list(world.STATUS_CATEGORIES))
        reason = np.select(
            [truth.flags["is_deleted"], truth.flags["is_spam"], truth.flags["is_merged"]], [0, 1, 2], -1
        )
        return {
            **self._head(truth.ticket),
            **{name: instants(values, values >= FAR) for name, values in truth.instants.items()},
            **{name: self._text(truth.state[name]) for name in _STATE},
            "status_category": coded(truth.state["status_category"], categories),
            **{name: counts(values) for name, values in truth.counts.items()},
            **{
                name: flags(values)
                for name, values in truth.flags.items()
                if name not in ("is_deleted", "is_spam", "is_merged")
            },
            "exclusion_reason": coded(reason, pa.array(["deleted", "spam", "merged"])),
            **{name: seconds(values, null) for name, (values, null) in truth.durations.items()},
            "business_null_reason": coded(np.where(truth.no_schedule, 0, -1), pa.array(["no_schedule"])),
        }

    def _segments(self, truth: SegmentTruth) -> Table:
        return {
            **self._head(truth.ticket),
            "segment_no": counts(truth.number),
            "valid_from": instants(truth.start),
            "valid_to": instants(truth.to, truth.to >= FAR),
            "status_category": coded(truth.category, pa.array(list(world.STATUS_CATEGORIES))),
            **{name: self._text(values) for name, values in truth.codes.items()},
            "is_deleted": flags(truth.deleted),
            "seconds_calendar": seconds(truth.calendar),
            "seconds_business": seconds(truth.business, truth.unknown),
        }

    def _replies(self, truth: ReplyTruth) -> Table:
        unanswered = truth.responds_to >= FAR
        return {
            **self._head(truth.ticket),
            "event_id": self.event_ids.take(pa.array(truth.event)),
            "replied_at": instants(truth.at),
            "reply_no": counts(truth.number),
            "agent_id": self._text(truth.agent),
            "tier": self._text(truth.tier),
            "vendor": self._text(truth.vendor),
            "responds_to_at": instants(truth.responds_to, unanswered),
            "reply_seconds_calendar": seconds(truth.calendar, unanswered),
            "reply_seconds_business": seconds(truth.business, unanswered | truth.unknown),
            "is_first_reply": flags(truth.first),
            "macro_id": self._text(truth.macro),
        }

    def _sla(self, truth: SlaTruth) -> Table:
        line, row = self.line, self.line.piece_row[truth.piece]
        return {
            **self._head(truth.ticket),
            "metric": coded(truth.metric, pa.array(list(METRICS))),
            "instance_no": counts(truth.instance),
            "version_no": counts(truth.version),
            "policy_id": self._text(truth.policy),
            "priority": self._text(truth.priority),
            "target_seconds": seconds(truth.target),
            "hours": coded(truth.business, pa.array(["calendar", "business"])),
            "activated_at": instants(truth.activated),
            "applied_at": instants(truth.applied),
            "ended_at": instants(truth.ended, truth.ended >= FAR),
            "end_reason": coded(truth.reason, pa.array(list(REASONS))),
            "elapsed_seconds": seconds(truth.elapsed, truth.unknown),
            "due_at": instants(truth.due, truth.due >= FAR),
            "breached_at": instants(truth.breached_at, truth.breached_at >= FAR),
            "status": coded(truth.status, pa.array(list(STATUSES))),
            "is_breached": flags(truth.status == STATUSES.index("breached")),
            "is_final": flags(truth.final),
            "tier": self._text(line.tier[truth.piece]),
            "vendor": self._text(line.vendor[truth.piece]),
            **{
                name: self._text(line.state[name][row])
                for name in ("line_of_business", "market", "language", "assignee_id")
            },
        }
