"""Marts that are right by construction: the reference's answers for a random site, as DuckDB tables.

Belongs here: turning rows of `tests.reference` into marts, and deriving the aggregates from them. Tests
copy the file and break one thing. Does not belong here: what the suites say, or what is right
(`tests.reference`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import duckdb
import pyarrow as pa

from tests.expectations.dsa import DSA_MART
from tests.expectations.valid_appeals import APPEAL_MARTS
from tests.expectations.valid_feedback import FEEDBACK_MARTS
from tests.expectations.valid_insights import INSIGHT_MARTS
from tests.expectations.valid_quality import QUALITY_MARTS
from tests.expectations.valid_team import TEAM_MARTS
from tests.reference.oracle import KEYS, Row, chunks
from tests.reference.random_sites import generate, write
from tests.reference.site_files import read_site


def build_marts(file: Path, scratch: Path, *, seed: int, tickets: int = 120) -> datetime:
    """Write the core and SLA marts of a random site into a warehouse; return its as_of (UTC)."""
    site = read_site(write(generate(Random(seed), tickets), scratch))
    rows: dict[str, list[Row]] = {mart: [] for mart in KEYS}
    for _, found in chunks(site):
        for mart, more in found.items():
            rows[mart] += more
    with duckdb.connect(str(file), config={"threads": 1}) as connection:
        connection.execute("set TimeZone = 'UTC'; create schema if not exists marts")
        for mart, facts in rows.items():
            connection.register("facts", _table(facts))
            connection.execute(f"create table marts.{mart} as from facts")
            connection.unregister("facts")
        connection.execute(_DERIVED.replace("$as_of", f"make_timestamptz({site.as_of})"))
        connection.execute(QUALITY_MARTS)
        connection.execute(FEEDBACK_MARTS)
        connection.execute(APPEAL_MARTS)
        connection.execute(DSA_MART)
        connection.execute(TEAM_MARTS)
        connection.execute(INSIGHT_MARTS)
    return datetime.fromtimestamp(site.as_of / 1e6, UTC)


def empty_marts(file: Path) -> None:
    """Take all rows out of the marts, as for a site without tickets."""
    with duckdb.connect(str(file), config={"threads": 1}) as connection:
        for (table,) in connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts'"
        ).fetchall():
            connection.execute(f"delete from marts.{table}")


def _table(rows: list[Row]) -> pa.Table:
    return pa.table({name: pa.array([row[name] for row in rows], _type(name)) for name in rows[0]})


def _type(column: str) -> pa.DataType:
    if column.endswith("_at") or column in {"valid_from", "valid_to"}:
        return pa.timestamp("us", "UTC")
    if "_seconds" in column or column.startswith("seconds_"):
        return pa.float64()
    if column.startswith(("is_", "has_")):
        return pa.bool_()
    if column.endswith(("_count", "_no")):
        return pa.int64()
    return pa.string()


# The columns the reference leaves to ingestion, and clocks that agree: skew is judged by a check of its own.
_DERIVED = """
    alter table marts.fct_tickets add column subject varchar;
    alter table marts.fct_tickets add column requester_id varchar;
    update marts.fct_tickets set requester_id = sha256('creator');
    update marts.fct_tickets set has_clock_skew = false;
    update marts.fct_tickets set subject = 'My payout' where is_minor is null;
    create table marts.load_report as
    select source_id, 'tickets' as entity, count(*) as read, count(*) as loaded, 0 as quarantined,
        0 as duplicates
    from marts.fct_tickets group by source_id;

    create table marts.dim_metric (mart varchar, column_name varchar, column_no integer, is_grain boolean);
    insert into marts.dim_metric
    values ('agg_sla_daily', 'source_id', 1, true), ('agg_sla_daily', 'ended_date', 2, true),
        ('agg_sla_daily', 'metric', 3, true), ('agg_sla_daily', 'met_count', 4, false);

    create table marts.agg_sla_daily as
    select s.source_id, cast(coalesce(s.ended_at, s.breached_at) as date) as ended_date, s.metric,
        count(*) as instance_count, count(*) filter (where s.status = 'met') as met_count,
        count(*) filter (where s.status = 'breached') as breached_count,
        count(*) filter (where s.ended_at is null) as open_breached_count,
        met_count / instance_count as attainment_rate, attainment_rate / 2 as attainment_lower_rate,
        (1 + attainment_rate) / 2 as attainment_upper_rate, median(s.elapsed_seconds) as elapsed_seconds_p50,
        quantile_cont(s.elapsed_seconds, 0.9) as elapsed_seconds_p90,
        count(*) filter (where t.is_minor) as minor_count
    from marts.fct_ticket_sla as s
    join marts.fct_tickets as t using (source_id, ticket_id)
    where s.is_final and s.status in ('met', 'breached') and not t.is_excluded
    group by all;

    -- One cell per source; a ticket that is excluded now counts on no day.
    create table marts.fct_backlog_daily as
    with days as (
        select source_id,
            cast(unnest(range(min(valid_from), $as_of + interval 1 day, interval 1 day)) as date) as day
        from marts.fct_ticket_segments
        group by source_id
    ),
    ends as (
        select source_id, day,
            least(cast(day + 1 as timestamptz) - interval 1 microsecond, $as_of) as ends_at
        from days
        where day <= cast($as_of as date)
    ),
    closings as (
        select d.source_id, d.day, count(t.ticket_id) as closing,
            count(distinct t.ticket_id) filter (where t.is_minor) as minor_count
        from ends as d
        left join marts.fct_ticket_segments as s
            on s.source_id = d.source_id and s.status_category not in ('solved', 'closed')
            and s.valid_from <= d.ends_at and coalesce(s.valid_to > d.ends_at, true)
        left join marts.fct_tickets as t
            on t.source_id = s.source_id and t.ticket_id = s.ticket_id and not t.is_excluded
        group by all
    )
    select day as backlog_date, source_id, null::varchar as line_of_business, null::varchar as channel,
        null::varchar as tier, null::varchar as vendor, null::varchar as priority,
        null::varchar as status_category, 0 as age_band_no,
        coalesce(lag(closing) over (partition by source_id order by day), 0) as opening_count,
        greatest(closing - opening_count, 0) as inflow_count,
        greatest(opening_count - closing, 0) as outflow_count, closing as closing_count, minor_count
    from closings;

    create table marts.fct_queue_status as
    select t.source_id, t.ticket_id, min(s.due_at) filter (where s.status = 'active') as due_at,
        (epoch_us(min(s.due_at) filter (where s.status = 'active')) - epoch_us($as_of)) / 1e6
            as seconds_to_breach,
        count(*) filter (where s.status = 'active') as active_clock_count,
        count(*) filter (where s.status = 'paused') as paused_clock_count,
        count(*) filter (where s.status = 'breached') as breached_clock_count,
        case when breached_clock_count > 0 then 'breached' else 'on_track' end as risk_band
    from marts.fct_tickets as t
    left join marts.fct_ticket_sla as s
        on s.source_id = t.source_id and s.ticket_id = t.ticket_id and s.ended_at is null
    where t.status_category not in ('solved', 'closed') and not t.is_excluded
    group by all;

    create table marts.fct_sla_reported as
    select source_id, ticket_id, metric, instance_no, $as_of as recorded_as_of,
        ended_at as recorded_ended_at, version_no > 1 as is_different,
        case when version_no > 1 then 'late_event' end as difference_reason
    from marts.fct_ticket_sla
    where is_final and ended_at is not null;
"""
