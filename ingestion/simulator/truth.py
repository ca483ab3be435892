"""The truth folder: what the marts must say about a simulated site.

Belongs here: handing a chunk to the truth engine and writing its answer.
Does not belong here: the working out (`truth_*.py`).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from ingestion.simulator import world
from ingestion.simulator.columns import write_part
from ingestion.simulator.export import event_ids, snapshot_columns, ticket_ids
from ingestion.simulator.lives import Lives
from ingestion.simulator.mishaps import Snapshot
from ingestion.simulator.model import STATE_FIELDS
from ingestion.simulator.opening import SUBMITTERS
from ingestion.simulator.tape import Events
from ingestion.simulator.truth_lookups import Lookups
from ingestion.simulator.truth_tables import TruthTables
from ingestion.simulator.truth_timeline import Facts

_PLAIN = {"event_id", "valid_from", "replied_at", "created_at", "activated_at", "applied_at"}


def facts_of(lives: Lives, events: Events, shown: Snapshot) -> Facts:
    """A chunk as the truth engine takes it."""
    tickets = lives.tickets
    roles = lives.model.vocabulary.codes(list(SUBMITTERS))
    return Facts(
        created=tickets.created,
        updated=shown.updated,
        channel=tickets.channel,
        segment=tickets.segment,
        submitter=roles[lives.beginning.submitter],
        public=lives.beginning.public,
        follow_up_of=shown.follow_up_of,
        merged_into=shown.merged_into,
        deleted=shown.deleted,
        spam=shown.spam,
        state={name: lives.tape.state[name] for name in STATE_FIELDS},
        events=events,
        as_of=lives.model.as_of,
    )


def write_truth(
    folder: Path, chunk: int, lives: Lives, events: Events, shown: Snapshot, look: Lookups
) -> tuple[Counter[str], TruthTables]:
    """Work out and write the truth of a chunk; rows by table, and the truth for what builds on it."""
    truth = TruthTables(
        facts_of(lives, events, shown),
        look,
        world.SOURCE,
        ticket_ids(lives.tickets.number),
        event_ids(chunk, np.arange(len(events))),
    )
    rows: Counter[str] = Counter()
    for mart, columns in truth.tables(snapshot_columns(lives, shown)).items():
        plain = tuple(_PLAIN & set(columns))
        rows[f"truth/{mart}"] = write_part(folder / mart, chunk, columns, plain=plain)
    return rows, truth
