"""Simulated runs, each a source of one warehouse, so that one build of the insight models serves them all.

Belongs here: simulating a run, and putting its true tickets, answers and appeals into the marts that insights
are found in. Does not belong here: scoring (`score.py`), planted fixes (`fixes.py`). Only what rests on these
marts is built by dbt then: the path from raw files to them has tests of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from tests.dbt_project import build

Say = Callable[[str], None]
WEEKS = 26
MARTS = ("fct_tickets", "fct_csat_responses", "fct_appeals")
_WEEK_ZERO = date(1969, 12, 29)

# What is true of a run, as rows of the marts. The first answer to a survey is what was known in its week.
TRUTH = {
    "fct_tickets": """
        select * replace (getvariable('run') as source_id), run_key(ticket_id) as ticket_key from tickets
    """,
    "fct_csat_responses": """
        with firsts as (
            select
                survey_id,
                min(recorded_at) as first_recorded_at,
                arg_min((score - scale_min) / (scale_max - scale_min), recorded_at) as first_score_normalised
            from answers
            where score is not null and recorded_at <= getvariable('as_of')
            group by 1
        )
        select
            surveys.* replace (getvariable('run') as source_id),
            firsts.* exclude (survey_id),
            run_key(survey_id) as survey_key,
            run_key(ticket_id) as ticket_key,
            tickets.line_of_business, tickets.contact_reason, tickets.market, tickets.language,
            tickets.channel, tickets.is_minor, tickets.is_excluded,
            surveys.responded_at is not null as is_responded
        from surveys
        join tickets using (ticket_id)
        left join firsts using (survey_id)
    """,
    "fct_appeals": """
        select
            getvariable('run') as source_id, appeal_id, ticket_id, about, body, submitted_at,
            appeals.decided_at, appeals.notified_at, outcome, decisions.restriction,
            run_key(ticket_id) as ticket_key,
            run_key(appeal_id) as appeal_key,
            outcome in ('upheld', 'reversed', 'partially_reversed') as is_decided,
            outcome in ('reversed', 'partially_reversed') as is_reversed
        from appeals
        left join decisions using (decision_id)
    """,
}


@dataclass(frozen=True)
class Incident:
    """One row of a run's incidents.csv; weeks count from that of 1969-12-29, as `week_no` does."""

    run: str
    incident_id: str
    kind: str
    line_of_business: str
    contact_reason: str
    market: str | None
    starts_on: date
    days: int
    lift: float
    harm: float
    contacts: int

    @property
    def first_week(self) -> int:
        """Number of the week it begins in."""
        return week_number(self.starts_on)

    @property
    def last_week(self) -> int:
        """Number of the week of its last day."""
        return (self.starts_on - _WEEK_ZERO).days // 7 + (self.starts_on.weekday() + self.days - 1) // 7


def week_number(day: date) -> int:
    """Weeks between the Monday of a day's week and 1969-12-29."""
    return (day - _WEEK_ZERO).days // 7


def empty_warehouse(root: Path) -> tuple[Path, Path]:
    """Build a tiny site whole, so that every table is there; return the site and its data folder."""
    from ingestion.simulator import write_site

    site, data_dir = root / "site", root / "data"
    shutil.rmtree(root, ignore_errors=True)
    write_site(site, tickets=300, weeks=WEEKS, seed=1, truth=False)
    build.load(site, data_dir)
    build.build(site, data_dir, data_tests=False, exclude=())
    with duckdb.connect(str(data_dir / "warehouse.duckdb")) as connection:
        for mart in MARTS:  # without constraints: the truth knows only some of the columns
            connection.execute(f"create or replace table marts.{mart} as from marts.{mart} limit 0")
        connection.execute("delete from records.int_insight_records")
    return site, data_dir


def add_run(data_dir: Path, folder: Path, run: str) -> list[Incident]:
    """Put the truth of a simulated site into the marts as source `run`; return what was planted."""
    truth, raw = folder / "truth", folder / "helpdesk"
    with duckdb.connect(str(data_dir / "warehouse.duckdb")) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, files in {
            "tickets": truth / "fct_tickets",
            "surveys": truth / "fct_csat_responses",
            "answers": raw / "csat_responses",
            "appeals": raw / "appeals",
            "decisions": raw / "decisions",
        }.items():
            connection.execute(f"create temp view {name} as from '{files}/*.parquet'")
        connection.execute("create temp macro run_key(id) as md5(concat_ws('|', getvariable('run'), id))")
        connection.execute("set variable run = $run", {"run": run})
        connection.execute(f"set variable as_of = timestamptz '{as_of(folder)}'")
        for mart, query in TRUTH.items():
            _insert(connection, mart, query)
        found = connection.execute(
            "select incident_id, kind, line_of_business, contact_reason, market, cast(starts_at as date),"
            " days, lift, harm, contacts"
            f" from read_csv('{truth}/incidents.csv', types={{'starts_at': 'timestamp'}})"
        ).fetchall()
    return [Incident(run, *row) for row in found]


def as_of(site: Path) -> datetime:
    """The instant a simulated site stands at."""
    from ingestion.site import load_site

    instant = load_site(site).as_of
    assert instant is not None
    return instant.astimezone(UTC)


def simulate(data_dir: Path, scratch: Path, seeds: Sequence[int], tickets: int, say: Say) -> list[Incident]:
    """Simulate each seed with incidents (source `planted_<seed>`) and without (`control_<seed>`)."""
    from ingestion.simulator import write_site

    planted: list[Incident] = []
    for seed in seeds:
        for kind in ("planted", "control"):
            shutil.rmtree(scratch, ignore_errors=True)
            write_site(scratch, tickets=tickets, weeks=WEEKS, seed=seed, incidents=kind == "planted")
            planted += add_run(data_dir, scratch, f"{kind}_{seed}")
        say(f"simulated seed {seed}, {tickets:,} tickets with incidents and without")
    shutil.rmtree(scratch, ignore_errors=True)
    return planted


def _insert(connection: duckdb.DuckDBPyConnection, mart: str, query: str) -> None:
    """Insert the columns of a query that the mart has, the others stay null."""
    has = {row[0] for row in connection.execute(f"describe marts.{mart}").fetchall()}
    columns = [row[0] for row in connection.execute(f"describe {query}").fetchall() if row[0] in has]
    names = ", ".join(f'"{column}"' for column in columns)
    connection.execute(f"insert into marts.{mart} ({names}) select {names} from ({query})")
