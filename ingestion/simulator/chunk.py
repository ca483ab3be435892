"""One chunk of tickets from the first to the last file.

Belongs here: the order of steps, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from ingestion.simulator import mishaps
from ingestion.simulator.arrivals import Arrivals
from ingestion.simulator.export import write_events, write_tickets
from ingestion.simulator.lives import Lives
from ingestion.simulator.model import Model
from ingestion.simulator.steps import DAY
from ingestion.simulator.truth import write_truth
from ingestion.simulator.truth_lookups import Lookups


def write_chunk(
    model: Model, arrivals: Arrivals, look: Lookups, chunk: int, data: Path, truth: Path | None
) -> Counter[str]:
    """Draw and write one chunk; rows by entity."""
    plan = model.plan
    tickets = arrivals.draw(chunk)
    lives = Lives(model, tickets, plan.rng(11, chunk))
    rng = plan.rng(12, chunk)
    end = model.as_of + 2 * DAY
    into, when = mishaps.plan_merges(lives, rng)
    lives.run()
    mishaps.merge(lives, into, when, end)
    deleted, spam = mishaps.remove(lives, rng, model.as_of)
    events = mishaps.skew(lives.tape.cut(), tickets.created, 0.003, rng)
    links = mishaps.follow_ups(lives, events, rng)
    shown, events = mishaps.snapshot(lives, events, into, deleted, spam, links, rng)
    # some systems number nothing: then the id alone orders the events of one instant
    unnumbered = rng.random(len(tickets)) < 0.1
    events.sequence[unnumbered[events.ticket]] = 0
    sent = mishaps.resend(events, rng)
    rows: Counter[str] = Counter()
    rows["tickets"] = write_tickets(data, chunk, lives, shown, rng)
    rows["ticket_events"] = write_events(data, chunk, lives, events, sent)
    if truth is not None:
        counted, _ = write_truth(truth, chunk, lives, events, shown, look)
        rows += counted
    for position in np.unique(tickets.incident[tickets.incident >= 0]):
        rows[f"incident:{position}"] = int((tickets.incident == position).sum())
    return rows
