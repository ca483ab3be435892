"""A regulator's table that is right by construction, and one violation per check of it.

Belongs here: rows for `valid_marts`, statements for `planted`. Does not belong here: running checks.
"""

from __future__ import annotations

DSA_MART = """
    create table marts.rpt_dsa_appeals as
    select period as reporting_period, version_no, row_no, 'indicator' as indicator,
        case row_no when 5 then 'Median time' when 44 then 'Percentage of outcomes implemented'
            else 'Total number' end as scope,
        case row_no when 5 then 12.25 when 44 then 0.5 else row_no end as value,
        is_closed, version_no = versions as is_current, period_end_date,
        case when is_closed then timestamptz '2026-01-02 06:00:00+00' end as recorded_as_of
    from (values ('2025-07-01/2025-12-31', 2, true, date '2025-12-31'),
                 ('2026-01-01/2026-06-30', 1, false, date '2026-06-30'))
        as p(period, versions, is_closed, period_end_date)
    cross join lateral (select unnest(range(1, versions + 1)) as version_no)
    cross join (select range as row_no from range(1, 48));
"""

DSA: dict[str, dict[str, str]] = {
    "rpt_dsa_appeals": {
        "every_version_has_all_rows_of_the_template": "delete from {table} where row_no = 7",
        "each_period_has_one_current_version": "update {table} set is_current = true",
        "values_are_in_their_range": "update {table} set value = 1.5 where row_no = 44",
        "closed_periods_were_reported_after_their_end": "update {table} set recorded_as_of = null",
    },
}
