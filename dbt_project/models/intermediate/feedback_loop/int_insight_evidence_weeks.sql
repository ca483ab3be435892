-- Contacts that belong to an insight's driver, per week and part, from eight weeks before it was raised to where it
-- was last seen: what the evidence is summed from.
with insights as (
    select * from {{ ref('int_insights') }}
),

weeks as (
    select * from {{ ref('int_driver_weeks') }} where is_complete_week
),

contacts as (
    select
        counts.*,
        weeks.week_no
    from {{ ref('int_driver_counts') }} as counts
    inner join weeks on counts.source_id = weeks.source_id and counts.week_start_date = weeks.week_start_date
)

select
    insights.insight_key,
    insights.source_id,
    insights.measure,
    contacts.week_no,
    contacts.week_start_date,
    contacts.market,
    contacts.language,
    contacts.channel,
    (insights.scope_level <> 'reason_market' or contacts.market is not distinct from insights.market)
    and (insights.scope_level <> 'reason_language' or contacts.language is not distinct from insights.language)
    and (insights.scope_level <> 'reason_channel' or contacts.channel is not distinct from insights.channel) as is_in_scope,
    contacts.week_no > insights.first_week_no - insights.window_weeks
    and contacts.week_no <= insights.first_week_no as is_in_window,
    sum(contacts.contact_count) as contact_count,
    sum(contacts.minor_contact_count) as minor_count
from insights
inner join contacts
    on insights.source_id = contacts.source_id
    and insights.line_of_business is not distinct from contacts.line_of_business
    and insights.contact_reason is not distinct from contacts.contact_reason
    and contacts.week_no >= insights.first_week_no - 8
    and contacts.week_no <= insights.last_week_no
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
