{%- set row = ['source_id', 'tier', 'vendor', 'week_start_date'] %}
{%- set row_list = row | join(', ') %}
{%- set sla_parts = ['reported', 'restated', 'current_sla'] %}
{%- set other_parts = ['solves', 'replies', 'surveys', 'reviews', 'open_tickets'] %}
-- A final SLA row counts as reported where the publication that closed its week recorded it, and as restated where it
-- belongs by what is known now: another week, tier or vendor possibly.
with ledger as (
    select ledger.*, tickets.is_minor
    from {{ ref('fct_sla_reported') }} as ledger
    left join {{ ref('fct_tickets') }} as tickets on ledger.ticket_key = tickets.ticket_key
    where ledger.closed_week_date is not null
),

reported as (
    select
        source_id,
        recorded_tier as tier,
        recorded_vendor as vendor,
        closed_week_date as week_start_date,
        ticket_key,
        is_minor,
        recorded_status = 'met' as is_met,
        is_different
    from ledger
    where recorded_status in ('met', 'breached') and not recorded_is_excluded
),

restated as (
    select
        source_id,
        restated_tier as tier,
        restated_vendor as vendor,
        restated_week_date as week_start_date,
        ticket_key,
        is_minor,
        restated_status = 'met' as is_met
    from ledger
    where restated_status in ('met', 'breached')
        and restated_is_final
        and not restated_is_excluded
        and restated_week_date = closed_week_date
),

current_sla as (
    select * from {{ ref('int_team_sla') }}
),

solves as (
    select * from {{ ref('int_team_solves') }}
),

replies as (
    select * from {{ ref('int_team_replies') }}
),

surveys as (
    select * from {{ ref('int_team_surveys') }}
),

reviews as (
    select * from {{ ref('int_team_reviews') }}
),

open_tickets as (
    select * from {{ ref('int_open_tickets') }}
),

reported_minors as (
    {{ minors_by_row(['reported'], row) }}
),

known_sla_minors as (
    {{ minors_by_row(sla_parts, row) }}
),

-- What was reported is kept or left out by the minors in it alone: cases that come later must not change it. The values
-- it is compared with follow it, as the difference would tell of the few.
sla_minors as (
    select
        {%- for column in row %}
        known_sla_minors.{{ column }},
        {%- endfor %}
        case
            when reported_minors.minor_count < {{ var('minors_minimum_cell') }} then reported_minors.minor_count
            else known_sla_minors.minor_count
        end as minor_count
    from known_sla_minors
    left join reported_minors on {{ same_values('known_sla_minors', 'reported_minors', row) }}
),

minors as (
    {{ minors_by_row(other_parts, row) }}
),

{% for name in sla_parts -%}
counted_{{ name }} as (
    {{ without_few_minors(name, row, 'sla_minors') }}
),

{% endfor -%}
{% for name in other_parts -%}
counted_{{ name }} as (
    {{ without_few_minors(name, row) }}
),

{% endfor -%}
{% set counted_parts = [] -%}
{% for name in sla_parts + other_parts %}{% do counted_parts.append('counted_' ~ name) %}{% endfor -%}
minors_left as (
    {{ minors_by_row(counted_parts, row) }}
),

as_reported as (
    select
        {{ row_list }},
        count(case when is_met then 1 end) as reported_met_count,
        count(case when not is_met then 1 end) as reported_breached_count,
        count(case when is_different then 1 end) as reported_different_count
    from counted_reported
    group by {{ row_list }}
),

as_restated as (
    select
        {{ row_list }},
        count(case when is_met then 1 end) as restated_met_count,
        count(case when not is_met then 1 end) as restated_breached_count
    from counted_restated
    group by {{ row_list }}
),

as_current as (
    select
        {{ row_list }},
        count(case when is_met then 1 end) as sla_met_count,
        count(case when not is_met then 1 end) as sla_breached_count
    from counted_current_sla
    group by {{ row_list }}
),

solved as (
    select
        {{ row_list }},
        count(*) as solved_count,
        count(case when is_reopened then 1 end) as reopened_count
    from counted_solves
    group by {{ row_list }}
),

replied as (
    select
        {{ row_list }},
        count(*) as reply_count,
        count(case when is_first_reply then 1 end) as first_reply_count,
        {{ percentiles('reply_seconds_business', [0.5, 0.9]) }} as reply_percentiles
    from counted_replies
    group by {{ row_list }}
),

left_open as (
    select {{ row_list }}, count(*) as open_count from counted_open_tickets
    group by {{ row_list }}
),

asked as (
    select
        {{ row_list }},
        count(*) as survey_count,
        count(case when is_answered then 1 end) as answered_count,
        count(case when is_satisfied then 1 end) as satisfied_count
    from counted_surveys
    group by {{ row_list }}
),

reviewed as (
    select
        {{ row_list }},
        {{ weighted_sums('score', 'sampling_weight', 'review') }}
    from counted_reviews
    group by {{ row_list }}
),

{% set counted = ['as_reported', 'as_restated', 'as_current', 'solved', 'replied', 'left_open', 'asked', 'reviewed'] -%}
row_keys as (
    {%- for name in counted %}
    select {{ row_list }} from {{ name }}
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

-- a week is reported once a publication closed it, whoever had rows in it
closed_weeks as (
    select distinct closed_week_date from ledger where recorded_as_of is not null
),

collected as (
    select
        row_keys.*,
        closed_weeks.closed_week_date is not null as is_closed,
        {%- for name in ['reported_met', 'reported_breached', 'reported_different', 'restated_met', 'restated_breached', 'sla_met',
            'sla_breached', 'solved', 'reopened', 'reply', 'first_reply', 'open', 'survey', 'answered', 'satisfied', 'review'] %}
        coalesce({{ name }}_count, 0) as {{ name }}_count,
        {%- endfor %}
        {%- for name in weighted_sum_names('review')[1:] + weighted_range('review') | list %}
        {{ name }},
        {%- endfor %}
        reply_percentiles,
        coalesce(minor_count, 0) as minor_count
    from row_keys
    left join closed_weeks on row_keys.week_start_date = closed_weeks.closed_week_date
    {%- for name in counted + ['minors_left'] %}
    left join {{ name }}
        on row_keys.source_id = {{ name }}.source_id
        and row_keys.tier is not distinct from {{ name }}.tier
        and row_keys.vendor is not distinct from {{ name }}.vendor
        and row_keys.week_start_date = {{ name }}.week_start_date
    {%- endfor %}
),

rated as (
    select
        *,
        {%- for name, success, trials in [
            ('reported_attainment', 'reported_met_count', '(reported_met_count + reported_breached_count)'),
            ('restated_attainment', 'restated_met_count', '(restated_met_count + restated_breached_count)'),
            ('sla_attainment', 'sla_met_count', '(sla_met_count + sla_breached_count)'),
            ('reopened', 'reopened_count', 'solved_count'),
            ('csat', 'satisfied_count', 'answered_count'),
        ] %}
        {{ rate(success, trials) }} as {{ name }}_rate,
        {{ wilson_lower(success, trials) }} as {{ name }}_lower_rate,
        {{ wilson_upper(success, trials) }} as {{ name }}_upper_rate{{ ',' if not loop.last }}
        {%- endfor %}
    from collected
),

-- what a vendor of tier 1 is compared with: all of tier 2 in the same week
tier_two as (
    select
        source_id,
        week_start_date,
        {{ rate('met', 'instances') }} as attainment,
        {{ wilson_lower('met', 'instances') }} as attainment_lower,
        {{ wilson_upper('met', 'instances') }} as attainment_upper
    from (
        select
            source_id,
            week_start_date,
            sum(sla_met_count) as met,
            sum(sla_met_count + sla_breached_count) as instances
        from rated
        where tier = 'T2'
        group by source_id, week_start_date
    ) as summed
)

select
    {{ cell_key(['rated.' ~ row[0], 'rated.' ~ row[1], 'rated.' ~ row[2], 'rated.' ~ row[3]]) }} as vendor_week_key,
    rated.source_id,
    rated.tier,
    rated.vendor,
    rated.week_start_date,
    {{ is_complete('rated.week_start_date') }} as is_complete_week,
    rated.is_closed,
    {%- for name in ['reported', 'restated'] %}
    case when rated.is_closed then rated.{{ name }}_met_count end as {{ name }}_met_count,
    case when rated.is_closed then rated.{{ name }}_breached_count end as {{ name }}_breached_count,
    rated.{{ name }}_attainment_rate,
    rated.{{ name }}_attainment_lower_rate,
    rated.{{ name }}_attainment_upper_rate,
    {%- endfor %}
    rated.restated_attainment_rate - rated.reported_attainment_rate as restatement_gap,
    case when rated.is_closed then rated.reported_different_count end as reported_different_count,
    rated.sla_met_count,
    rated.sla_breached_count,
    rated.sla_attainment_rate,
    rated.sla_attainment_lower_rate,
    rated.sla_attainment_upper_rate,
    case when rated.tier = 'T1' then rated.sla_attainment_rate - tier_two.attainment end as sla_gap_to_tier_two,
    case when rated.tier = 'T1' then {{ difference_lower('rated.sla_attainment_rate', 'rated.sla_attainment_lower_rate', 'tier_two.attainment', 'tier_two.attainment_upper') }} end
        as sla_gap_to_tier_two_lower,
    case when rated.tier = 'T1' then {{ difference_upper('rated.sla_attainment_rate', 'rated.sla_attainment_upper_rate', 'tier_two.attainment', 'tier_two.attainment_lower') }} end
        as sla_gap_to_tier_two_upper,
    rated.solved_count,
    rated.reopened_count,
    rated.reopened_rate,
    rated.reopened_lower_rate,
    rated.reopened_upper_rate,
    rated.open_count,
    rated.reply_count,
    rated.first_reply_count,
    {{ percentile_of('rated.reply_percentiles', 0) }} as reply_seconds_business_p50,
    {{ percentile_of('rated.reply_percentiles', 1) }} as reply_seconds_business_p90,
    rated.survey_count,
    rated.answered_count,
    rated.satisfied_count,
    rated.csat_rate,
    rated.csat_lower_rate,
    rated.csat_upper_rate,
    rated.review_count,
    {{ weighted_mean('rated.review') }} as quality_score,
    {{ weighted_lower('rated.review') }} as quality_score_lower,
    {{ weighted_upper('rated.review') }} as quality_score_upper,
    rated.minor_count
from rated
left join tier_two on rated.source_id = tier_two.source_id and rated.week_start_date = tier_two.week_start_date
