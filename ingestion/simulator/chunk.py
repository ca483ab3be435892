"""One chunk of tickets from the first to the last file.

Belongs here: the order of steps, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from ingestion.simulator import mishaps, world
from ingestion.simulator.arrivals import Arrivals
from ingestion.simulator.columns import write_part
from ingestion.simulator.decisions import draw_appeals, write_decisions
from ingestion.simulator.export import write_events, write_tickets
from ingestion.simulator.lives import Lives
from ingestion.simulator.model import Model
from ingestion.simulator.quality import write_quality
from ingestion.simulator.steps import DAY
from ingestion.simulator.surroundings import write_voice
from ingestion.simulator.surveys import draw_surveys, write_surveys
from ingestion.simulator.truth import write_truth
from ingestion.simulator.truth_appeals import appeal_table
from ingestion.simulator.truth_lookups import Lookups
from ingestion.simulator.truth_surveys import survey_table


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
    surveys = draw_surveys(lives, events, spam, plan.rng(13, chunk))
    appeals = draw_appeals(lives, plan.rng(14, chunk))
    rows: Counter[str] = Counter()
    rows["tickets"] = write_tickets(data, chunk, lives, shown, rng)
    rows["ticket_events"] = write_events(data, chunk, lives, events, sent)
    rows["csat_responses"] = write_surveys(data, chunk, lives, surveys, plan.rng(15, chunk))
    rows.update(write_decisions(data, chunk, lives, appeals, plan.rng(16, chunk)))
    rows.update(write_quality(data, truth, chunk, lives, events, appeals, plan.rng(17, chunk)))
    rows["voice_items"] = write_voice(data, chunk, model, tickets, plan.rng(18, chunk))
    if truth is not None:
        counted, worked_out = write_truth(truth, chunk, lives, events, shown, look)
        rows.update(counted)
        rows["truth/fct_csat_responses"] = write_part(
            truth / "fct_csat_responses", chunk, survey_table(worked_out, surveys, chunk)
        )
        rows["truth/fct_appeals"] = write_part(
            truth / "fct_appeals", chunk, appeal_table(appeals, chunk, model.as_of, world.SOURCE)
        )
    for position in np.unique(tickets.incident[tickets.incident >= 0]):
        rows[f"incident:{position}"] = int((tickets.incident == position).sum())
    return rows
