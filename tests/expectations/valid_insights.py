"""Insight marts that are right by construction, beside those of `valid_marts`.

Belongs here: two insights and their course as SQL. Does not belong here: what the suites say.
"""

from __future__ import annotations

INSIGHT_MARTS = """
    create table marts.fct_insights as
    select * from (values
        ('k1', 's', 'spike', date '2026-03-09', 0.5, 0.2, 0.9, 0.001, 'shipped',
            timestamptz '2026-03-10 00:00:00+00', timestamptz '2026-03-11 00:00:00+00',
            timestamptz '2026-03-12 00:00:00+00', null::timestamptz),
        ('k2', 's', 'csat_driver', date '2026-03-16', 0.2, 0.1, 0.3, 0.004, 'raised', null, null, null, null)
    ) as insights (insight_key, source_id, kind, detected_date, effect, effect_lower, effect_upper, q_value,
        state, reviewed_at, acted_at, shipped_at, verified_at);

    create table marts.fct_insight_transitions as
    select * from (values
        ('k1', 1, 'detection', 'raised', null, 'raised', true, null, 86400.0),
        ('k1', 2, 'action', 'accepted', 'raised', 'accepted', true, null, 86400.0),
        ('k1', 3, 'action', 'shipped', 'accepted', 'shipped', false, 'skips_a_step', null),
        ('k2', 1, 'detection', 'raised', null, 'raised', true, null, null)
    ) as steps (insight_key, step_no, origin, status, from_state, to_state, is_valid, issue, seconds_to_next);

    create table marts.fct_insight_effects as
    select * from (values
        ('k1', 1, 'contact_rate', 4, 'improved', -0.3, -0.4, -0.2, true, 'verified'),
        ('k1', 1, 'csat_rate', 4, 'not enough data', null, null, null, false, null)
    ) as effects (insight_key, shipment_no, metric, after_weeks, result, effect, effect_lower, effect_upper,
        is_decisive, verdict);

    create table marts.fct_insight_evidence as
    select * from (values
        ('e1', 'k1', 'week', null, date '2026-03-02', 40, null, null, null),
        ('e2', 'k2', 'reason', 'late', null, 30, 12, 100, 20)
    ) as evidence (insight_evidence_key, insight_key, evidence_type, item, week_start_date, case_count,
        event_count, past_case_count, past_event_count);

    create table marts.agg_insight_backlog as
    select 's' as source_id, 'product' as owner_team, 'high' as priority, 2 as insight_count, 1 as open_count,
        1 as unreviewed_count, 0 as overdue_count, 1 as raised_count, 0 as accepted_count,
        0 as in_progress_count, 1 as shipped_count, 0 as verified_count, 0 as reopened_count,
        0 as declined_count, 86400e0 as oldest_open_age_seconds;
"""
