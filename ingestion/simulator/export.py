"""Tickets and events as a ticketing system would export them.

Belongs here: the columns of `tickets` and `ticket_events`.
Does not belong here: drawing them, or what they truly mean (`truth_*`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from ingestion.simulator.columns import coded, counts, flags, instants, numbered, write_part
from ingestion.simulator.lives import Lives
from ingestion.simulator.mishaps import UNKNOWN_TICKET, Resent, Snapshot
from ingestion.simulator.opening import BY_REQUESTER, SUBMITTERS
from ingestion.simulator.steps import DAY, HOUR
from ingestion.simulator.tape import REQUESTER, Events
from ingestion.simulator.vocabulary import NULL


def ticket_ids(numbers: np.ndarray) -> pa.Array:
    """Ids of tickets by their number in the site."""
    return numbered("T", numbers, 8)


def requester_ids(numbers: np.ndarray) -> pa.Array:
    """Ids of creators by their number."""
    return numbered("CR", numbers, 8)


def event_ids(chunk: int, positions: np.ndarray) -> pa.Array:
    """Ids of events by chunk and position: of fixed width, so their order as bytes is the order in the
    chunk."""
    return numbered("E", chunk * 10_000_000 + positions, 11)


def _links(lives: Lives, position: np.ndarray) -> pa.Array:
    ids = pa.concat_arrays([ticket_ids(lives.tickets.number), pa.array(["T-GONE"])])
    code = np.where(position == UNKNOWN_TICKET, len(lives.tickets), position)
    return coded(code, ids).dictionary_decode()


def snapshot_columns(lives: Lives, shown: Snapshot) -> dict[str, pa.Array]:
    """The columns whose value is the snapshot's also in the marts (A4), with the contract's defaults filled
    in."""
    tickets, words = lives.tickets, pa.array(lives.model.vocabulary.texts)
    return {
        "updated_at": instants(shown.updated),
        "channel": coded(tickets.channel, words),
        "contact_reason": coded(lives.tape.state["contact_reason"], words),
        "requester_segment": coded(tickets.segment, words),
        "submitter_role": coded(lives.beginning.submitter, pa.array(list(SUBMITTERS))),
        "is_public": flags(lives.beginning.public),
        "follow_up_of": _links(lives, shown.follow_up_of),
        "merged_into": _links(lives, shown.merged_into),
        "is_deleted": flags(shown.deleted),
        "is_spam": flags(shown.spam),
        "is_minor": flags(tickets.minor),
    }


def write_tickets(folder: Path, chunk: int, lives: Lives, shown: Snapshot, rng: np.random.Generator) -> int:
    """Write the chunk's tickets, and for a few of them an older snapshot as well. Returns rows."""
    tickets, model, state = lives.tickets, lives.model, lives.tape.state
    words = pa.array(model.vocabulary.texts)
    n = len(tickets)

    def now(field: str) -> pa.Array:
        return coded(state[field], words)

    role = lives.beginning.submitter
    subjects = pa.array(model.wording.texts)
    columns = {
        "ticket_id": ticket_ids(tickets.number),
        "created_at": instants(tickets.created),
        "updated_at": instants(shown.updated),
        "channel": coded(tickets.channel, words),
        "line_of_business": now("line_of_business"),
        "contact_reason": now("contact_reason"),
        "requester_id": requester_ids(tickets.requester),
        "requester_segment": coded(tickets.segment, words),
        "submitter_role": coded(
            np.where((role == BY_REQUESTER) & (tickets.number % 2 == 0), NULL, role),
            pa.array(list(SUBMITTERS)),
        ),
        "is_public": flags(lives.beginning.public, lives.beginning.public & (tickets.number % 3 == 0)),
        "market": now("market"),
        "language": now("language"),
        "status": now("status"),
        "priority": now("priority"),
        "group_id": now("group_id"),
        "assignee_id": now("assignee_id"),
        "schedule_id": now("schedule_id"),
        "follow_up_of": _links(lives, shown.follow_up_of),
        "merged_into": _links(lives, shown.merged_into),
        "is_deleted": flags(shown.deleted),
        "is_spam": flags(shown.spam),
        "is_minor": flags(tickets.minor),
        "tags": coded(
            rng.integers(-1, 3, n), pa.array(["creator", "creator;priority", "app;bug;known issue"])
        ),
        "subject": coded(lives.texts(np.arange(n), answer=False), subjects),
    }
    rows = write_part(folder / "tickets", chunk, columns, plain=("ticket_id", "created_at", "updated_at"))
    older = np.flatnonzero((rng.random(n) < 0.004) & (shown.updated > tickets.created + HOUR))
    if len(older):
        old = {name: column.take(pa.array(older)) for name, column in columns.items()}
        old["updated_at"] = instants(tickets.created[older])
        old["status"] = pa.array(["new"] * len(older))
        rows += write_part(folder / "tickets", 10_000 + chunk, old)
    return rows


def write_events(folder: Path, chunk: int, lives: Lives, events: Events, sent: Resent) -> int:
    """Write the chunk's events and the repeated ones. Returns rows."""
    everything = np.arange(len(events))
    rows = _write(folder, chunk, lives, events, everything, events.at, events.at + sent.late)
    again = np.concatenate([sent.copies, sent.wrong])
    if len(again):
        # a wrong first version was recorded a day before its correction
        at = np.concatenate([events.at[sent.copies], sent.wrong_at])
        recorded = events.at[again] + sent.late[again]
        recorded[len(sent.copies) :] -= DAY
        rows += _write(folder, 10_000 + chunk, lives, events.take(again), again, at, recorded)
    return rows


def _write(
    folder: Path,
    part: int,
    lives: Lives,
    events: Events,
    positions: np.ndarray,
    at: np.ndarray,
    recorded: np.ndarray,
) -> int:
    model = lives.model
    vocabulary = pa.array(model.vocabulary.texts)
    size = len(vocabulary)
    ids = ticket_ids(lives.tickets.number)
    people = pa.concat_arrays([vocabulary, requester_ids(lives.tickets.requester)])
    targets = pa.concat_arrays([vocabulary, ids, pa.array(["T-GONE"])])
    merges = events.type == lives.tape.types["merge"]
    target = np.where(events.reference == UNKNOWN_TICKET, len(ids), events.reference)
    columns = {
        "event_id": event_ids(part % 10_000, positions),
        "ticket_id": coded(events.ticket, ids),
        "occurred_at": instants(at),
        "sequence_no": counts(events.sequence),
        "recorded_at": instants(recorded),
        "event_type": coded(events.type, vocabulary),
        "field": coded(events.field, vocabulary),
        "old_value": coded(events.old, vocabulary),
        "new_value": coded(events.new, vocabulary),
        "actor_id": coded(np.where(events.actor == REQUESTER, size + events.ticket, events.actor), people),
        "actor_role": coded(events.role, vocabulary),
        "is_public": flags(events.public == 1, events.public < 0),
        "reference": coded(np.where(merges, size + target, events.reference), targets),
        "body": coded(events.body, pa.array(model.wording.texts)),
    }
    return write_part(
        folder / "ticket_events", part, columns, plain=("event_id", "occurred_at", "recorded_at")
    )
