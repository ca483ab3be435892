with counts as (
    select * from {{ ref('int_driver_counts') }}
),

weeks as (
    select * from {{ ref('int_driver_weeks') }}
),

baselines as (
    select * from {{ ref('int_driver_baselines') }} where driver_level = 'driver'
),

-- reference rows of one market and line of business; a file may split them further
active_creators as (
    select
        consumer_id as source_id,
        week_start as week_start_date,
        market,
        line_of_business,
        cast(sum(creators) as bigint) as creators
    from (
        {{ as_seen_by_sources('stg_canonical__active_creators', 'line_of_business') }}
    ) as seen
    group by 1, 2, 3, 4
)

select
    {{ cell_key(['counts.driver_key', 'counts.week_start_date']) }} as contact_driver_week_key,
    counts.driver_key,
    counts.source_id,
    counts.week_start_date,
    counts.line_of_business,
    counts.contact_reason,
    counts.market,
    counts.language,
    counts.channel,
    weeks.is_complete_week,
    counts.contact_count,
    counts.minor_count,
    active_creators.creators as active_creator_count,
    1000 * {{ rate('counts.contact_count', 'active_creators.creators') }} as contacts_per_1000_creators,
    {%- for count in driver_counts() if count != 'contact_count' %}
    counts.{{ count }},
    {%- endfor %}
    {{ rate('counts.satisfied_count', 'counts.survey_responded_count') }} as csat_rate,
    {{ rate('counts.dissatisfied_count', 'counts.survey_responded_count') }} as dsat_rate,
    {{ rate('counts.appeal_overturned_count', 'counts.appeal_decided_count') }} as overturn_rate,
    baselines.expected_count,
    baselines.dispersion,
    baselines.spike_score,
    baselines.spike_p_value
from counts
inner join weeks
    on counts.source_id = weeks.source_id and counts.week_start_date = weeks.week_start_date
left join active_creators
    on counts.source_id = active_creators.source_id
    and counts.week_start_date = active_creators.week_start_date
    and counts.market = active_creators.market
    and counts.line_of_business = active_creators.line_of_business
left join baselines
    on counts.driver_key = baselines.series_key
    and counts.week_start_date = baselines.week_start_date
