"""Write a whole simulated site.

Belongs here: `write_site`, the parallel run over chunks, `site.yml`.
Does not belong here: anything about one chunk (`chunk.py`).
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingestion.simulator import world
from ingestion.simulator.arrivals import Arrivals
from ingestion.simulator.chunk import write_chunk
from ingestion.simulator.columns import write_csv
from ingestion.simulator.incidents import Incident
from ingestion.simulator.model import AS_OF, Model, Plan, build_model
from ingestion.simulator.reference import write_reference
from ingestion.simulator.surroundings import write_site_wide
from ingestion.simulator.truth_lookups import Lookups

Progress = Callable[[str], None]
_OWNED = ("site.yml", world.SOURCE, "truth")
# What a site.yml written here begins with: it tells a simulated site from one of real deliveries.
_MARK = "# Simulated: "


@dataclass(frozen=True)
class SimulationSummary:
    """What was written: the site's folder, its as_of, rows by entity (truth as `truth/<name>`), seconds
    taken."""

    folder: Path
    as_of: datetime
    rows: dict[str, int]
    seconds: float


def write_site(
    out: Path,
    *,
    tickets: int,
    seed: int,
    weeks: int,
    progress: Progress | None = None,
    truth: bool = True,
    incidents: bool = True,
    workers: int | None = None,
) -> SimulationSummary:
    """Write a simulated site into the folder `out`: `site.yml`, `helpdesk/<entity>…`, and `truth/`.

    The same `tickets` (at least 1), `seed` and `weeks` (at least 2) give the same bytes, whatever `workers`
    (processes; by default one per core, at most 4) is. `truth=False` leaves the truth folder out,
    `incidents=False` plants none. Raises ValueError for sizes that make no sense, and FileExistsError if
    `out` holds anything that was not simulated.
    """
    if tickets < 1 or weeks < 2:
        raise ValueError(f"a site needs at least 1 ticket and 2 weeks, not {tickets} and {weeks}")
    started = time.monotonic()
    say = progress or (lambda _: None)
    out = Path(out)
    plan = Plan(tickets=tickets, seed=seed, weeks=weeks, incidents=incidents)
    _make_room(out, plan)
    model = build_model(plan)
    data, facts = out / world.SOURCE, out / "truth" if truth else None
    rows: Counter[str] = Counter(write_reference(data, model.organisation))
    rows.update(write_site_wide(data, model))
    say(f"organisation: {rows['agents']} roster rows, {rows['sla_policies']} policies")
    number = workers or min(4, os.cpu_count() or 1, plan.chunks)
    for done, counted in enumerate(_run(model, data, facts, number), 1):
        rows.update(counted)
        say(
            f"tickets: {rows['tickets']:,} of {tickets:,}, {rows['ticket_events']:,} events "
            f"({done} of {plan.chunks} parts, {time.monotonic() - started:.0f} s)"
        )
    if facts is not None:
        rows.update(_write_plants(facts, model, rows))
    (out / "site.yml").write_text(_site_yml(plan), encoding="utf-8")
    return SimulationSummary(
        out, AS_OF, {k: v for k, v in sorted(rows.items()) if ":" not in k}, time.monotonic() - started
    )


def _write_plants(folder: Path, model: Model, rows: Counter[str]) -> Counter[str]:
    """What was planted on purpose: incidents with their true size, and personal data that must not come
    through."""
    incidents = [
        {
            **asdict(event),
            "starts_at": datetime.fromtimestamp(event.starts_at / 1e6, UTC),
            "contacts": rows[f"incident:{position}"],
        }
        for position, event in enumerate(model.incidents)
    ]
    columns = [*Incident.__dataclass_fields__, "contacts"]
    canaries = [{"kind": kind, "value": value} for kind, value in model.wording.canaries]
    return Counter(
        {
            "truth/incidents": write_csv(folder / "incidents.csv", columns, incidents),
            "truth/canaries": write_csv(folder / "canaries.csv", ["kind", "value"], canaries),
        }
    )


def _make_room(out: Path, plan: Plan) -> None:
    """Remove an earlier simulated site from the folder, and nothing else.

    The folder is marked as simulated throughout: also what a killed simulation left can be removed.
    """
    out.mkdir(parents=True, exist_ok=True)
    there = sorted(p.name for p in out.iterdir())
    mark = out / "site.yml"
    ours = mark.is_file() and mark.read_bytes().startswith(_MARK.encode())
    strangers = [name for name in there if name not in _OWNED or not ours]
    if strangers:
        raise FileExistsError(
            f"{out} holds {', '.join(strangers[:3])}, which the simulator did not write: simulate into an"
            " empty folder"
        )
    for name in (world.SOURCE, "truth"):
        if (out / name).exists():
            shutil.rmtree(out / name)
    mark.write_text(_header(plan), encoding="utf-8")


def _header(plan: Plan) -> str:
    return f"{_MARK}{plan.tickets} tickets over {plan.weeks} weeks, seed {plan.seed}.\n"


def _site_yml(plan: Plan) -> str:
    return _header(plan) + (
        f"site: simulated\n"
        f"timezone: {world.SITE_TIMEZONE}\n"
        f'as_of: "{AS_OF.astimezone(UTC).isoformat().replace("+00:00", "Z")}"\n'
        f"sources:\n"
        f"  - {{name: {world.SOURCE}, connector: canonical_files, path: {world.SOURCE}}}\n"
    )


_WORKER: dict[str, Callable[[int], Counter[str]]] = {}


def _prepare(plan: Plan, data: Path, truth: Path | None) -> None:
    _WORKER["write"] = _writer(build_model(plan), data, truth)


def _writer(model: Model, data: Path, truth: Path | None) -> Callable[[int], Counter[str]]:
    arrivals = Arrivals(model)
    look = Lookups(model.vocabulary, model.organisation.rows, model.clock)
    return lambda chunk: write_chunk(model, arrivals, look, chunk, data, truth)


def _work(chunk: int) -> Counter[str]:
    return _WORKER["write"](chunk)


def _run(model: Model, data: Path, truth: Path | None, workers: int) -> Iterator[Counter[str]]:
    """Rows of each chunk as it is done; a process pool is worth its start only for several chunks."""
    chunks = range(model.plan.chunks)
    if workers <= 1 or len(chunks) == 1:
        yield from map(_writer(model, data, truth), chunks)
        return
    with ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), _prepare, (model.plan, data, truth)
    ) as pool:
        for done in as_completed([pool.submit(_work, chunk) for chunk in chunks]):
            yield done.result()
