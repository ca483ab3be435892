-- Weekly cases of what a shipment was for, and of what it is compared with, in the weeks before and after it. Compared
-- are the other reasons of the line of business, or, for a part of a driver, its other parts (other markets). Left out
-- are those that stood out themselves, or had a shipment, in these weeks; without any left, all other reasons serve.
-- Rates are those of the whole driver.
with shipments as (
    select
        *,
        shipped_week_no + {{ var('insight_effect_weeks_after') | max }} as after_to_week_no
    from {{ ref('int_insight_shipments') }}
),

-- trials and events of every series: contacts are events of no trial
series_weeks as (
    select
        'contacts' as measure,
        driver_level,
        source_id,
        series_key,
        line_of_business,
        contact_reason,
        market,
        language,
        channel,
        cast(null as {{ dbt.type_string() }}) as theme_key,
        week_no,
        1e0 * contact_count as events,
        0e0 as trials
    from {{ ref('int_driver_levels') }}
    where is_complete_week and driver_level in ('reason', 'reason_market', 'reason_language', 'reason_channel')

    union all

    select
        measure,
        'reason' as driver_level,
        source_id,
        driver_scope_key as series_key,
        line_of_business,
        contact_reason,
        cast(null as {{ dbt.type_string() }}) as market,
        cast(null as {{ dbt.type_string() }}) as language,
        cast(null as {{ dbt.type_string() }}) as channel,
        cast(null as {{ dbt.type_string() }}) as theme_key,
        week_no,
        1e0 * sum(event_count) as events,
        1e0 * sum(trial_count) as trials
    from {{ ref('int_insight_rate_weeks') }}
    group by measure, source_id, driver_scope_key, line_of_business, contact_reason, week_no

    union all

    select
        'theme' as measure,
        'theme' as driver_level,
        source_id,
        theme_key as series_key,
        cast(null as {{ dbt.type_string() }}) as line_of_business,
        cast(null as {{ dbt.type_string() }}) as contact_reason,
        cast(null as {{ dbt.type_string() }}) as market,
        language,
        cast(null as {{ dbt.type_string() }}) as channel,
        theme_key,
        {{ week_number('week_start_date') }} as week_no,
        1e0 * sum(text_count) as events,
        0e0 as trials
    from {{ ref('fct_themes_weekly') }}
    where is_complete_week
    group by source_id, language, theme_key, week_start_date
),

series as (
    select distinct
        measure,
        driver_level,
        source_id,
        series_key,
        line_of_business,
        contact_reason,
        market,
        language,
        channel,
        theme_key
    from series_weeks
),

-- what stood out, or was shipped for, when
busy as (
    select measure, source_id, line_of_business, contact_reason, scope_level, market, language, channel, theme_key, week_no
    from {{ ref('int_insight_detections') }}
    union all
    select measure, source_id, line_of_business, contact_reason, scope_level, market, language, channel, theme_key, shipped_week_no
    from shipments
),

paired as (
    select
        shipments.shipment_key,
        series.measure,
        series.series_key,
        series.driver_level,
        series.line_of_business,
        series.contact_reason,
        series.market,
        series.language,
        series.channel,
        series.theme_key,
        shipments.source_id,
        shipments.before_from_week_no,
        shipments.shipped_week_no,
        shipments.next_shipped_week_no,
        shipments.after_to_week_no,
        series.line_of_business is not distinct from shipments.line_of_business
        and series.contact_reason is not distinct from shipments.contact_reason
        and series.theme_key is not distinct from shipments.theme_key as is_same_reason,
        series.line_of_business is not distinct from shipments.line_of_business as is_same_line,
        series.market is not distinct from shipments.market
        and series.language is not distinct from shipments.language
        and series.channel is not distinct from shipments.channel as is_same_part,
        shipments.scope_level
    from shipments
    inner join series
        on shipments.source_id = series.source_id
        and series.driver_level = case
            when series.measure = 'contacts' then shipments.scope_level
            when (series.measure = 'theme') <> (shipments.measure = 'theme') then 'none'
            when series.measure = 'theme' then 'theme'
            else 'reason'
        end
),

judged as (
    select
        paired.*,
        is_same_reason and (is_same_part or measure in ('csat', 'overturn')) as is_treated,
        case
            -- a part of a driver is compared with its other parts
            when measure = 'contacts' and scope_level <> 'reason' then is_same_reason and not is_same_part
            else is_same_line and not is_same_reason and (is_same_part or measure in ('csat', 'overturn'))
        end as is_near,
        not is_same_reason and (is_same_part or measure in ('csat', 'overturn')) as is_far,
        exists (
            select 1
            from busy
            where busy.source_id = paired.source_id
                and busy.measure = paired.measure
                and busy.line_of_business is not distinct from paired.line_of_business
                and busy.contact_reason is not distinct from paired.contact_reason
                and busy.theme_key is not distinct from paired.theme_key
                and (
                    busy.scope_level = 'reason'
                    or paired.driver_level = 'reason'
                    or (
                        busy.market is not distinct from paired.market
                        and busy.language is not distinct from paired.language
                        and busy.channel is not distinct from paired.channel
                    )
                )
                and busy.week_no >= paired.before_from_week_no
                and busy.week_no <= paired.after_to_week_no
        ) as is_busy
    from paired
),

chosen as (
    select
        *,
        max(case when is_near and not is_busy then 1 else 0 end) over (partition by shipment_key, measure) as has_near
    from judged
),

roles as (
    select
        *,
        case
            when is_treated then 'treated'
            when not is_busy and (is_near or (has_near = 0 and is_far)) then 'comparison'
        end as role
    from chosen
)

select
    roles.shipment_key,
    roles.measure,
    roles.role,
    roles.series_key,
    series_weeks.week_no,
    series_weeks.week_no - roles.shipped_week_no as weeks_from_shipment,
    series_weeks.events,
    series_weeks.trials
from roles
inner join series_weeks
    on roles.series_key = series_weeks.series_key
    and roles.measure = series_weeks.measure
    and series_weeks.week_no >= roles.before_from_week_no
    and series_weeks.week_no <= roles.after_to_week_no
    and series_weeks.week_no <> roles.shipped_week_no
    and (roles.next_shipped_week_no is null or series_weeks.week_no < roles.next_shipped_week_no)
where roles.role is not null
