"""The few numbers of a run that a person wants to see at once.

Belongs here: small queries over the published marts, the load report and the quarantine. Does not belong
here: showing them.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from ingestion.paths import Paths
from orchestration.publish import bi_file

# Asked only if the published file has the table: (name, table, query for one text).
_HEADLINES = (
    ("tickets", "fct_tickets",
     "select format('{:,} ({:,} not counted: deleted, spam or merged away), {:,} still open', count(*),"
     " count(*) filter (is_excluded),"
     " count(*) filter (not is_excluded and status_category not in ('solved', 'closed')))"
     " from marts.fct_tickets"),
    ("median first reply", "fct_tickets",
     "select format('{:.1f} business hours', median(first_reply_seconds_business) / 3600)"
     " from marts.fct_tickets where not is_excluded"),
    ("solved again after a reopen", "fct_tickets",
     "select format('{:.1f} % of solved tickets', 100 * avg((reopen_count > 0)::int))"
     " from marts.fct_tickets where not is_excluded and solve_count > 0"),
    ("CSAT", "fct_csat_responses",
     "select format('{:.1f} % of {:,} answers; answered {:.1f} % of surveys',"
     " 100 * avg(is_satisfied::int) filter (is_responded), count(*) filter (is_responded),"
     " 100 * avg(is_responded::int))"
     " from marts.fct_csat_responses where not is_excluded having count(*) filter (is_responded) > 0"),
    ("internal appeals", "fct_appeals",
     "select format('{:,} decided, {:.1f} % of them reversed in whole or part; {:,} pending',"
     " count(*) filter (is_decided),"
     " 100 * avg((is_reversed or is_partially_reversed)::int) filter (is_decided),"
     " count(*) filter (is_pending))"
     " from marts.fct_appeals where body = 'internal' having count(*) filter (is_decided) > 0"),
    ("insights", "agg_insight_backlog",
     "select format('{:,} open, {:,} of them not looked at, {:,} overdue (the insight report says which)',"
     " sum(open_count), sum(unreviewed_count), sum(overdue_count))"
     " from marts.agg_insight_backlog having sum(open_count) > 0"),
)  # fmt: skip

# Of the build file: in the published one small cells of minors are blank, and sums would leave them out.
_BY_METRIC = """
    select string_agg(format('{} {:.1f} %', metric, 100 * rate), ', ' order by metric) from (
        select metric, sum(met_count) / sum(instance_count) as rate from marts.agg_sla_daily group by metric
    )
"""
_ATTAINMENT = """
    with counted as (
        select 1 as part, 'LOB ' || coalesce(line_of_business, '(none)') as who,
            metric, met_count, instance_count
        from marts.agg_sla_daily
        union all
        select 2, 'tier ' || coalesce(tier, '(none)'), metric, met_count, instance_count
        from marts.agg_sla_daily
        union all
        select 3, 'vendor ' || coalesce(vendor, '(none)'), metric, met_count, instance_count
        from marts.agg_sla_daily
    ),
    by_metric as (
        select part, who, metric, sum(met_count) as met, sum(instance_count) as instances
        from counted group by all having sum(instance_count) > 0
    )
    select who, sum(instances)::bigint, format('{:.1f} %', 100 * sum(met) / sum(instances)),
        arg_min(format('{} {:.1f} %', metric, 100 * met / instances), met / instances)
    from by_metric group by part, who order by part, who
"""


@dataclass(frozen=True)
class Facts:
    """`loads`: source, read, loaded, quarantined, duplicates. `quarantine`: entity, column, reason, rows.

    `attainment`: whose, decided SLA instances, share met, the weakest metric.
    """

    loads: tuple[tuple[str, int, int, int, int], ...]
    quarantine: tuple[tuple[str, str, str, int], ...]
    gates: tuple[tuple[str, str], ...]
    headlines: tuple[tuple[str, str], ...]
    attainment: tuple[tuple[str, int, str, str], ...] = ()


def read_facts(paths: Paths) -> Facts:
    """Return the facts of what is built and published now."""
    with duckdb.connect(str(paths.warehouse), read_only=True) as build:
        loads = _loads(build)
        quarantine = _quarantine(build)
        gates = _gates(build)
        by_metric, attainment = _attainment(build)
    with duckdb.connect(str(bi_file(paths)), read_only=True) as served:
        return Facts(loads, quarantine, gates, (*headlines(served), *by_metric), attainment)


def _loads(build: duckdb.DuckDBPyConnection) -> tuple[tuple[str, int, int, int, int], ...]:
    return tuple(
        build.execute(
            "select source_id, sum(read)::bigint, sum(loaded)::bigint, sum(quarantined)::bigint,"
            " sum(duplicates)::bigint from raw.load_report group by source_id order by source_id"
        ).fetchall()
    )


def _quarantine(build: duckdb.DuckDBPyConnection) -> tuple[tuple[str, str, str, int], ...]:
    tables = [name for (name,) in build.execute(
        "select distinct table_name from duckdb_columns() where schema_name = 'quarantine'"
        " and column_name = 'reason' order by table_name"
    ).fetchall()]  # fmt: skip
    if not tables:
        return ()
    rows = " union all by name ".join(
        f"select '{table}' as entity, column_name, reason from quarantine.\"{table}\"" for table in tables
    )
    return tuple(
        build.execute(
            f"select entity, coalesce(column_name, ''), reason, count(*) from ({rows})"
            " group by all order by 4 desc, 1, 2, 3 limit 8"
        ).fetchall()
    )


def _gates(build: duckdb.DuckDBPyConnection) -> tuple[tuple[str, str], ...]:
    try:
        return tuple(
            build.execute(
                """
                select stage, format('{} of {} checks passed', count(*) filter (outcome = 'passed'), count(*))
                from validation.expectation_results as result
                where run_id = (
                    select latest.run_id from validation.expectation_results as latest
                    where latest.stage = result.stage order by latest.checked_at desc limit 1
                )
                group by stage order by stage desc
                """
            ).fetchall()
        )
    except duckdb.CatalogException:
        return ()


def headlines(served: duckdb.DuckDBPyConnection) -> tuple[tuple[str, str], ...]:
    """Return name and text of each headline the marts of this connection have something to say on."""
    present = {name for (name,) in served.execute("select table_name from duckdb_tables()").fetchall()}
    found = []
    for name, table, query in _HEADLINES:
        if table in present:
            # no row at all where a query has nothing to count (`having`)
            for (value,) in served.execute(query).fetchall():
                if value:
                    found.append((name, value))
    return tuple(found)


def _attainment(
    build: duckdb.DuckDBPyConnection,
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, int, str, str], ...]]:
    """Return the headline by metric, and the attainment of each line of business, tier and vendor."""
    if not build.execute(
        "select 1 from duckdb_tables() where schema_name = 'marts' and table_name = 'agg_sla_daily'"
    ).fetchall():
        return (), ()
    [(rates,)] = build.execute(_BY_METRIC).fetchall()
    return ((("SLA attainment", rates),) if rates else ()), tuple(build.execute(_ATTAINMENT).fetchall())
