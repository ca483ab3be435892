-- Difference in differences per shipment, measure and number of weeks after it: the change of what was shipped for,
-- minus that of what it is compared with. docs/insights.md gives the formulas.
{%- set least = var('insight_effect_least_cases') %}
with weeks as (
    select * from {{ ref('int_insight_effect_weeks') }}
),

horizons as (
    {%- for horizon in var('insight_effect_weeks_after') %}
    select {{ horizon }} as after_weeks
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- one row per shipment, measure, horizon, week: treated and compared side by side
side_by_side as (
    select
        weeks.shipment_key,
        weeks.measure,
        horizons.after_weeks,
        weeks.week_no,
        min(weeks.weeks_from_shipment) as weeks_from_shipment,
        sum(case when weeks.role = 'treated' then weeks.events else 0 end) as treated_events,
        sum(case when weeks.role = 'treated' then weeks.trials else 0 end) as treated_trials,
        sum(case when weeks.role = 'comparison' then weeks.events else 0 end) as compared_events,
        sum(case when weeks.role = 'comparison' then weeks.trials else 0 end) as compared_trials
    from weeks
    inner join horizons on weeks.weeks_from_shipment <= horizons.after_weeks
    group by 1, 2, 3, 4
),

periods as (
    select
        shipment_key,
        measure,
        after_weeks,
        {%- for period, condition in [('before', 'weeks_from_shipment < 0'), ('after', 'weeks_from_shipment > 0')] %}
        count(case when {{ condition }} then 1 end) as {{ period }}_week_count,
        {%- for role in ['treated', 'compared'] %}
        coalesce(sum(case when {{ condition }} then {{ role }}_events end), 0) as {{ role }}_{{ period }}_events,
        coalesce(sum(case when {{ condition }} then {{ role }}_trials end), 0) as {{ role }}_{{ period }}_trials,
        {%- endfor %}
        {%- endfor %}
        max(week_no) as last_week_no
    from side_by_side
    group by 1, 2, 3
),

-- weekly scatter of contacts beyond chance: given both counts of a week, the treated share is that of the period
share_weeks as (
    select
        side_by_side.shipment_key,
        side_by_side.measure,
        side_by_side.after_weeks,
        side_by_side.weeks_from_shipment,
        side_by_side.treated_events,
        side_by_side.treated_events + side_by_side.compared_events as both_events,
        case
            when side_by_side.weeks_from_shipment < 0
                then periods.treated_before_events / nullif(periods.treated_before_events + periods.compared_before_events, 0)
            else periods.treated_after_events / nullif(periods.treated_after_events + periods.compared_after_events, 0)
        end as share
    from side_by_side
    inner join periods
        on side_by_side.shipment_key = periods.shipment_key
        and side_by_side.measure = periods.measure
        and side_by_side.after_weeks = periods.after_weeks
    where side_by_side.measure in ('contacts', 'theme')
),

scatter as (
    select
        shipment_key,
        measure,
        after_weeks,
        greatest(1e0, sum(
            (treated_events - both_events * share) * (treated_events - both_events * share)
            / nullif(both_events * share * (1 - share), 0)
        ) / nullif(count(*) - 2, 0)) as dispersion
    from share_weeks
    group by 1, 2, 3
),

-- how differently the compared series moved among themselves, beyond chance: variance between them (DerSimonian and
-- Laird 1986), which the treated one would have moved by as well
series_changes as (
    select
        weeks.shipment_key,
        weeks.measure,
        horizons.after_weeks,
        weeks.series_key,
        sum(case when weeks.weeks_from_shipment < 0 then weeks.events end) as before_events,
        sum(case when weeks.weeks_from_shipment > 0 then weeks.events end) as after_events
    from weeks
    inner join horizons on weeks.weeks_from_shipment <= horizons.after_weeks
    where weeks.role = 'comparison' and weeks.measure in ('contacts', 'theme')
    group by 1, 2, 3, 4
    having sum(case when weeks.weeks_from_shipment < 0 then weeks.events end) >= 10
        and sum(case when weeks.weeks_from_shipment > 0 then weeks.events end) >= 10
),

weighted_changes as (
    select
        *,
        ln(after_events / before_events) as change,
        1 / (1 / before_events + 1 / after_events) as weight
    from series_changes
),

centred_changes as (
    select
        *,
        sum(weight * change) over (partition by shipment_key, measure, after_weeks)
        / sum(weight) over (partition by shipment_key, measure, after_weeks) as mean_change
    from weighted_changes
),

drift as (
    select
        shipment_key,
        measure,
        after_weeks,
        count(*) as comparison_count,
        greatest(0e0, (sum(weight * (change - mean_change) * (change - mean_change)) - (count(*) - 1))
            / nullif(sum(weight) - sum(weight * weight) / sum(weight), 0)) as drift_variance
    from centred_changes
    group by 1, 2, 3
),

-- slope of the treated share of contacts, or of the difference of rates, over the weeks before
trends as (
    select
        shipment_key,
        measure,
        after_weeks,
        count(*) as week_count,
        sum(both_events * weeks_from_shipment) / nullif(sum(both_events), 0) as mean_week,
        sum(treated_events * weeks_from_shipment) as treated_moment,
        sum(both_events * share * weeks_from_shipment) as share_moment,
        min(share) as share,
        sum(both_events * weeks_from_shipment * weeks_from_shipment) as square_moment,
        sum(both_events) as both_events
    from share_weeks
    where weeks_from_shipment < 0
    group by 1, 2, 3
),

rate_trends as (
    select
        shipment_key,
        measure,
        after_weeks,
        count(*) as week_count,
        {%- for role in ['treated', 'compared'] %}
        sum({{ role }}_trials) as {{ role }}_trials,
        sum({{ role }}_events) as {{ role }}_events,
        sum({{ role }}_trials * weeks_from_shipment) as {{ role }}_trial_moment,
        sum({{ role }}_events * weeks_from_shipment) as {{ role }}_event_moment,
        sum({{ role }}_trials * weeks_from_shipment * weeks_from_shipment) as {{ role }}_square_moment{{ ',' if not loop.last }}
        {%- endfor %}
    from side_by_side
    where measure in ('csat', 'overturn') and weeks_from_shipment < 0
    group by 1, 2, 3
),

slopes as (
    select
        shipment_key,
        measure,
        after_weeks,
        week_count,
        {%- for role in ['treated', 'compared'] %}
        ({{ role }}_event_moment - {{ role }}_events * {{ role }}_trial_moment / nullif({{ role }}_trials, 0))
        / nullif({{ role }}_square_moment - {{ role }}_trial_moment * {{ role }}_trial_moment / nullif({{ role }}_trials, 0), 0)
            as {{ role }}_slope,
        ({{ role }}_events / nullif({{ role }}_trials, 0)) * (1 - {{ role }}_events / nullif({{ role }}_trials, 0))
        / nullif({{ role }}_square_moment - {{ role }}_trial_moment * {{ role }}_trial_moment / nullif({{ role }}_trials, 0), 0)
            as {{ role }}_slope_variance{{ ',' if not loop.last }}
        {%- endfor %}
    from rate_trends
),

trend_scores as (
    select
        trends.shipment_key,
        trends.measure,
        trends.after_weeks,
        case
            when trends.week_count >= 3
                then (trends.treated_moment - trends.share_moment) / nullif(sqrt(greatest(0e0,
                    scatter.dispersion * trends.share * (1 - trends.share)
                    * (trends.square_moment - trends.both_events * trends.mean_week * trends.mean_week)
                )), 0)
        end as trend_score
    from trends
    inner join scatter
        on trends.shipment_key = scatter.shipment_key
        and trends.measure = scatter.measure
        and trends.after_weeks = scatter.after_weeks

    union all

    select
        shipment_key,
        measure,
        after_weeks,
        case
            when week_count >= 3
                then (treated_slope - compared_slope) / nullif(sqrt(treated_slope_variance + compared_slope_variance), 0)
        end as trend_score
    from slopes
),

joined as (
    select
        periods.*,
        coalesce(scatter.dispersion, 1e0) as dispersion,
        coalesce(drift.drift_variance, 0e0) as drift_variance,
        coalesce(drift.comparison_count, 0) as drift_series_count,
        trend_scores.trend_score,
        case
            when periods.after_week_count < periods.after_weeks then false
            when periods.measure in ('contacts', 'theme') then
                periods.treated_before_events >= {{ least }}
                and periods.compared_before_events >= {{ least }}
                and periods.compared_after_events >= {{ least }}
                -- contacts to be expected after, had nothing been shipped
                and periods.treated_before_events * periods.compared_after_events
                    >= {{ least }} * periods.compared_before_events
            else
                periods.treated_before_trials >= {{ least }}
                and periods.treated_after_trials >= {{ least }}
                and periods.compared_before_trials >= {{ least }}
                and periods.compared_after_trials >= {{ least }}
        end as has_enough
    from periods
    left join scatter
        on periods.shipment_key = scatter.shipment_key
        and periods.measure = scatter.measure
        and periods.after_weeks = scatter.after_weeks
    left join drift
        on periods.shipment_key = drift.shipment_key
        and periods.measure = drift.measure
        and periods.after_weeks = drift.after_weeks
    left join trend_scores
        on periods.shipment_key = trend_scores.shipment_key
        and periods.measure = trend_scores.measure
        and periods.after_weeks = trend_scores.after_weeks
),

estimated as (
    select
        *,
        case when measure in ('contacts', 'theme')
            then ln((treated_after_events + 0.5e0) / (treated_before_events + 0.5e0))
                - ln((compared_after_events + 0.5e0) / (compared_before_events + 0.5e0))
            else {{ insight_added_rate('treated', 'after') }} - {{ insight_added_rate('treated', 'before') }}
                - {{ insight_added_rate('compared', 'after') }} + {{ insight_added_rate('compared', 'before') }}
        end as difference,
        case when measure in ('contacts', 'theme')
            then sqrt(
                dispersion * (
                    1 / (treated_after_events + 0.5e0) + 1 / (treated_before_events + 0.5e0)
                    + 1 / (compared_after_events + 0.5e0) + 1 / (compared_before_events + 0.5e0)
                )
                + drift_variance * (1 + 1e0 / greatest(drift_series_count, 1))
            )
            else sqrt(
                {%- for role in ['treated', 'compared'] %}{% for period in ['before', 'after'] %}
                {{ '+ ' if not (loop.first and role == 'treated') }}{{ insight_added_rate(role, period) }} * (1 - {{ insight_added_rate(role, period) }}) / ({{ role }}_{{ period }}_trials + 2)
                {%- endfor %}{% endfor %}
            )
        end as error
    from joined
)

select
    *,
    case measure when 'csat' then -difference when 'overturn' then difference else exp(difference) - 1 end as effect,
    case
        when measure in ('contacts', 'theme') then exp(difference - {{ normal_quantile() }} * error) - 1
        when measure = 'csat' then -difference - {{ normal_quantile() }} * error
        else difference - {{ normal_quantile() }} * error
    end as effect_lower,
    case
        when measure in ('contacts', 'theme') then exp(difference + {{ normal_quantile() }} * error) - 1
        when measure = 'csat' then -difference + {{ normal_quantile() }} * error
        else difference + {{ normal_quantile() }} * error
    end as effect_upper,
    case
        when not has_enough then 'not enough data'
        when difference + {{ normal_quantile() }} * error < 0 then 'improved'
        when difference - {{ normal_quantile() }} * error > 0 then 'worse'
        else 'no clear change'
    end as result,
    case when trend_score is not null then abs(trend_score) <= {{ var('insight_effect_trend_score') }} end as is_parallel
from estimated
