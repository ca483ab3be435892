with transitions as (
    select * from {{ ref('int_insight_transitions') }}
),

-- reports that count as shipments
shipments as (
    select
        reports.*,
        transitions.shipment_no,
        lead(reports.shipped_week_no) over (
            partition by reports.insight_key order by transitions.shipment_no
        ) as following_week_no
    from {{ ref('int_insight_shipments') }} as reports
    inner join transitions on reports.shipment_key = transitions.shipment_key and transitions.origin = 'action'
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

-- contacts where the insight is; answers and appeals are those of the whole driver
minor_weeks as (
    select
        shipments.shipment_key,
        'contacts' as measure,
        {{ week_number('drivers.week_start_date') }} as week_no,
        drivers.minor_contact_count as minor_count
    from shipments
    inner join {{ ref('int_driver_counts') }} as drivers
        on shipments.source_id = drivers.source_id
        and shipments.line_of_business is not distinct from drivers.line_of_business
        and shipments.contact_reason is not distinct from drivers.contact_reason
        and (shipments.scope_level <> 'reason_market' or drivers.market is not distinct from shipments.market)
        and (shipments.scope_level <> 'reason_language' or drivers.language is not distinct from shipments.language)
        and (shipments.scope_level <> 'reason_channel' or drivers.channel is not distinct from shipments.channel)

    union all

    select
        shipments.shipment_key,
        rate_weeks.measure,
        rate_weeks.week_no,
        rate_weeks.minor_count
    from shipments
    inner join {{ ref('int_insight_rate_weeks') }} as rate_weeks
        on shipments.source_id = rate_weeks.source_id
        and shipments.line_of_business is not distinct from rate_weeks.line_of_business
        and shipments.contact_reason is not distinct from rate_weeks.contact_reason
),

minors as (
    select
        effects.shipment_key,
        effects.measure,
        effects.after_weeks,
        sum(minor_weeks.minor_count) as minor_count
    from effects
    inner join shipments on effects.shipment_key = shipments.shipment_key
    inner join minor_weeks
        on effects.shipment_key = minor_weeks.shipment_key
        and effects.measure = minor_weeks.measure
        and minor_weeks.week_no >= shipments.before_from_week_no
        and minor_weeks.week_no <= effects.last_week_no
        and minor_weeks.week_no <> shipments.shipped_week_no
    group by 1, 2, 3
),

{#- The first number of weeks is always shown; later ones when their weeks are over, without another shipment in them. -#}
{%- set first = var('insight_effect_weeks_after') | min %}
shown as (
    select effects.*
    from effects
    inner join shipments on effects.shipment_key = shipments.shipment_key
    where effects.after_weeks = {{ first }}
        or (
            effects.after_week_count = effects.after_weeks
            and coalesce(shipments.shipped_week_no + effects.after_weeks < shipments.following_week_no, true)
        )
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
left join minors
    on shown.shipment_key = minors.shipment_key
    and shown.measure = minors.measure
    and shown.after_weeks = minors.after_weeks
left join weeks as first_weeks
    on shipments.source_id = first_weeks.source_id and shipments.before_from_week_no = first_weeks.week_no
left join weeks as last_weeks
    on shipments.source_id = last_weeks.source_id and shown.last_week_no = last_weeks.week_no
