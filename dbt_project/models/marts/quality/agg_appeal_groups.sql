{%- set dimensions = ['all', 'restriction', 'policy_category', 'automated_decision', 'decider_tier', 'decider_vendor', 'market', 'language', 'submitted_month'] %}
{%- set within = {'1d': 1, '7d': 7, '30d': 30} %}
-- Medians cannot be added up from finer rows, so each group has its own. One dimension at a time.
with appeals as (
    select
        appeals.appeal_key,
        appeals.source_id,
        appeals.is_decided,
        appeals.is_reversed,
        appeals.is_partially_reversed,
        appeals.is_omitted,
        appeals.is_pending,
        appeals.is_admissible,
        appeals.is_minor,
        appeals.seconds_to_decision,
        'all' as by_all,
        appeals.restriction as by_restriction,
        decisions.policy_category as by_policy_category,
        decisions.automated_decision as by_automated_decision,
        decisions.decider_tier as by_decider_tier,
        decisions.decider_vendor as by_decider_vendor,
        appeals.market as by_market,
        appeals.language as by_language,
        cast(days.month_start_date as {{ dbt.type_string() }}) as by_submitted_month
    from {{ ref('fct_appeals') }} as appeals
    left join {{ ref('fct_decisions') }} as decisions on appeals.decision_key = decisions.decision_key
    {{ join_site_day('days', micros('appeals.submitted_at')) }}
    where appeals.body = 'internal'
),

counted as (
    {%- for dimension in dimensions %}
    select
        source_id,
        '{{ dimension }}' as dimension,
        by_{{ dimension }} as dimension_value,
        {{ appeal_counts() }},
        count(case when not is_admissible then 1 end) as inadmissible_count,
        count(case when is_minor then 1 end) as minor_count,
        {{ percentiles('case when is_decided then seconds_to_decision end', [0.5]) }} as naive_percentiles
    from appeals
    group by 1, 2, 3
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- numbers instead of names, for what is sorted below
grouped as (
    select *, row_number() over (order by source_id, dimension, dimension_value) as group_no from counted
),

timed as (
    select
        durations.duration_us,
        durations.is_event,
        appeals.source_id
        {%- for dimension in dimensions %},
        appeals.by_{{ dimension }}
        {%- endfor %}
    from {{ ref('int_appeal_durations') }} as durations
    inner join appeals on durations.appeal_key = appeals.appeal_key
),

{%- for dimension in dimensions %}

durations_by_{{ dimension }} as (
    select grouped.group_no, timed.duration_us, timed.is_event
    from timed
    inner join grouped
        on grouped.dimension = '{{ dimension }}'
        and timed.source_id = grouped.source_id
        and timed.by_{{ dimension }} is not distinct from grouped.dimension_value
),
{%- endfor %}

survival as (
    {%- for dimension in dimensions %}
    {{ kaplan_meier('durations_by_' ~ dimension, 'group_no') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

estimated as (
    select
        group_no,
        {%- for name, days in within.items() %}
        {{ finished_within_rate(days * 86400000000) }} as decided_within_{{ name }}_rate,
        {%- endfor %}
        {{ survival_median_us() }} as median_us
    from survival
    group by 1
)

select
    {{ cell_key(['grouped.source_id', 'grouped.dimension', 'grouped.dimension_value']) }} as appeal_group_key,
    grouped.source_id,
    grouped.dimension,
    grouped.dimension_value,
    grouped.appeal_count,
    grouped.decided_count,
    grouped.reversed_count,
    grouped.partially_reversed_count,
    grouped.omitted_count,
    grouped.pending_count,
    grouped.inadmissible_count,
    {{ overturn_rates() }},
    {{ share_is_rankable('reversed_count', 'decided_count') }} as is_rankable,
    {{ percentile_of('grouped.naive_percentiles', 0) }} as naive_median_seconds,
    {{ seconds('estimated.median_us') }} as median_seconds,
    {%- for name in within %}
    estimated.decided_within_{{ name }}_rate,
    {%- endfor %}
    grouped.minor_count
from grouped
left join estimated on grouped.group_no = estimated.group_no
