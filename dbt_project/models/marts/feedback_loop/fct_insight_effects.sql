with shipments as (
    select * from {{ ref('int_insight_shipments') }}
),

effects as (
    select * from {{ ref('int_insight_effects') }}
),

verdicts as (
    select * from {{ ref('int_insight_verdicts') }}
),

weeks as (
    select * from {{ ref('int_driver_weeks') }}
),

minors as (
    select
        shipments.shipment_key,
        effects.after_weeks,
        sum(least(drivers.minor_count, drivers.contact_count)) as minor_count
    from shipments
    inner join (select distinct shipment_key, after_weeks, last_week_no from effects) as effects
        on shipments.shipment_key = effects.shipment_key
    inner join {{ ref('fct_contact_drivers_weekly') }} as drivers
        on shipments.source_id = drivers.source_id
        and shipments.line_of_business is not distinct from drivers.line_of_business
        and shipments.contact_reason is not distinct from drivers.contact_reason
        and {{ week_number('drivers.week_start_date') }} >= shipments.before_from_week_no
        and {{ week_number('drivers.week_start_date') }} <= effects.last_week_no
    group by 1, 2
),

{#- The first number of weeks is always shown; later ones when their weeks are over. -#}
{%- set first = var('insight_effect_weeks_after') | min %}
shown as (
    select * from effects where after_week_count = after_weeks or after_weeks = {{ first }}
)

select
    {{ cell_key(['shown.shipment_key', 'shown.measure', 'shown.after_weeks']) }} as insight_effect_key,
    shipments.insight_key,
    shipments.source_id,
    shipments.shipment_no,
    shipments.action_id,
    {{ instant('shipments.shipped_us') }} as shipped_at,
    case shown.measure
        when 'contacts' then 'contact_rate' when 'csat' then 'csat_rate' when 'theme' then 'theme_rate' else 'overturn_rate'
    end as metric,
    shown.measure = shipments.measure as is_primary,
    cast(shown.after_weeks as int) as after_weeks,
    first_weeks.week_start_date as before_from_date,
    last_weeks.week_start_date as after_to_week_date,
    cast(shown.before_week_count as bigint) as before_week_count,
    cast(shown.after_week_count as bigint) as after_week_count,
    {%- for role, name in [('treated', 'driver'), ('compared', 'comparison')] %}{% for period in ['before', 'after'] %}
    cast(case when shown.measure in ('contacts', 'theme') then shown.{{ role }}_{{ period }}_events else shown.{{ role }}_{{ period }}_trials end as bigint)
        as {{ name }}_{{ period }}_count,
    case
        when shown.measure in ('contacts', 'theme') then null
        when shown.measure = 'csat' then 1 - shown.{{ role }}_{{ period }}_events / nullif(shown.{{ role }}_{{ period }}_trials, 0)
        else shown.{{ role }}_{{ period }}_events / nullif(shown.{{ role }}_{{ period }}_trials, 0)
    end as {{ name }}_{{ period }}_rate,
    {%- endfor %}{% endfor %}
    cast(coalesce(minors.minor_count, 0) as bigint) as minor_count,
    shown.result,
    case when shown.has_enough then shown.effect end as effect,
    case when shown.has_enough then shown.effect_lower end as effect_lower,
    case when shown.has_enough then shown.effect_upper end as effect_upper,
    shown.trend_score,
    shown.is_parallel,
    coalesce(verdicts.after_weeks = shown.after_weeks and shown.measure = shipments.measure, false) as is_decisive,
    case when verdicts.after_weeks = shown.after_weeks and shown.measure = shipments.measure then verdicts.verdict end as verdict
from shown
inner join shipments on shown.shipment_key = shipments.shipment_key
left join verdicts on shown.shipment_key = verdicts.shipment_key
left join minors on shown.shipment_key = minors.shipment_key and shown.after_weeks = minors.after_weeks
left join weeks as first_weeks
    on shipments.source_id = first_weeks.source_id and shipments.before_from_week_no = first_weeks.week_no
left join weeks as last_weeks
    on shipments.source_id = last_weeks.source_id and shown.last_week_no = last_weeks.week_no
