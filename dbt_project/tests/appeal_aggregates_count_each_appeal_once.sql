{%- set counts = ['appeal_count', 'decided_count', 'reversed_count', 'partially_reversed_count', 'omitted_count', 'pending_count'] %}
-- Parts sum to totals: each dimension of agg_appeal_groups to all internal complaints, the cohorts to those on a known
-- decision, the funnel and the cohorts to all decisions; and each complaint is decided, omitted or pending.
with appeals as (
    select decision_key is not null as has_decision, source_id, {{ appeal_counts() }}
    from {{ ref('fct_appeals') }}
    where body = 'internal'
    group by 1, 2
),

decisions as (
    select count(*) as decision_count, count(case when is_appealed then 1 end) as appealed_count from {{ ref('fct_decisions') }}
),

totals as (
    select source_id, {% for column in counts %}sum({{ column }}) as {{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from appeals
    group by 1
),

groups_summed as (
    select
        source_id, dimension,
        {% for column in counts %}sum({{ column }}) as {{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from {{ ref('agg_appeal_groups') }}
    group by 1, 2
),

cohorts_summed as (
    select
        sum(decision_count) as decision_count,
        sum(appealed_count) as appealed_count,
        {% for column in counts %}sum({{ column }}) as {{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from {{ ref('agg_appeal_cohorts') }}
),

known as (
    select {% for column in counts %}coalesce(sum({{ column }}), 0) as {{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from appeals
    where has_decision
),

funnel_summed as (
    select sum(decision_count) as decision_count, sum(appealed_count) as appealed_count from {{ ref('agg_appeal_funnel_monthly') }}
)

select 'a dimension does not add up: ' || coalesce(groups_summed.dimension, 'none') as problem
from totals
left join groups_summed on totals.source_id = groups_summed.source_id
where groups_summed.source_id is null
    {%- for column in counts %}
    or totals.{{ column }} <> groups_summed.{{ column }}
    {%- endfor %}
union all
select 'cohorts do not add up to the complaints'
from cohorts_summed
cross join known
where {% for column in counts %}coalesce(cohorts_summed.{{ column }}, 0) <> known.{{ column }}{{ ' or ' if not loop.last }}{% endfor %}
union all
select 'cohorts or funnel do not add up to the decisions'
from decisions
cross join cohorts_summed
cross join funnel_summed
where decisions.decision_count <> coalesce(cohorts_summed.decision_count, 0)
    or decisions.decision_count <> coalesce(funnel_summed.decision_count, 0)
    or decisions.appealed_count <> coalesce(cohorts_summed.appealed_count, 0)
    or decisions.appealed_count <> coalesce(funnel_summed.appealed_count, 0)
union all
select 'decided, omitted and pending are not all complaints'
from totals
where appeal_count <> decided_count + omitted_count + pending_count
