{%- set row = ['person_no', 'week_start_date'] %}
{%- set counts = [
    'held_ticket_count', 'open_ticket_count', 'solved_count', 'reopened_count', 'reply_count', 'macro_reply_count', 'first_reply_count',
    'sla_met_count', 'sla_breached_count', 'survey_count', 'answered_count', 'satisfied_count', 'dissatisfied_count'] %}
{%- set recent = ['solved_count', 'reopened_count', 'sla_met_count', 'sla_breached_count', 'answered_count', 'satisfied_count']
    + weighted_sum_names('review') %}
with people as (
    select distinct person_no, source_id, agent_id, is_on_roster, team_id, team_name, lead_id, tier, vendor, role
    from {{ ref('int_team_roster') }}
    where coalesce(role, 'agent') <> 'bot'
),

held as (
    select * from {{ ref('int_held_tickets') }}
),

-- everybody's work, at the place they had on the roster when it was done
{%- for name, model in [('solves', 'int_team_solves'), ('replies', 'int_team_replies'), ('sla', 'int_team_sla'),
    ('surveys', 'int_team_surveys'), ('reviews', 'int_team_reviews')] %}
{{ name }} as (
    select roster.person_no, work.*
    from {{ ref(model) }} as work
    {{ join_roster('roster', 'work', 'work.at_us') }}
),
{%- endfor %}

minors as (
    {{ minors_by_row(['held', 'solves', 'replies', 'sla', 'surveys', 'reviews'], row) }}
),

{% for name in ['held', 'solves', 'replies', 'sla', 'surveys', 'reviews'] -%}
counted_{{ name }} as (
    {{ without_few_minors(name, row) }}
),

{% endfor -%}
tickets_in_hand as (
    select
        person_no,
        week_start_date,
        count(*) as held_ticket_count,
        count(case when is_open then 1 end) as open_ticket_count
    from counted_held
    group by person_no, week_start_date
),

solved as (
    select
        person_no,
        week_start_date,
        count(*) as solved_count,
        count(case when is_reopened then 1 end) as reopened_count
    from counted_solves
    group by person_no, week_start_date
),

replied as (
    select
        person_no,
        week_start_date,
        count(*) as reply_count,
        count(case when is_from_macro then 1 end) as macro_reply_count,
        count(case when is_first_reply then 1 end) as first_reply_count,
        count(reply_seconds_business) as timed_reply_count,
        {{ percentiles('reply_seconds_business', [0.5, 0.9]) }} as reply_percentiles,
        {{ percentiles('first_reply_seconds_business', [0.5]) }} as first_reply_percentiles
    from counted_replies
    group by person_no, week_start_date
),

decided as (
    select
        person_no,
        week_start_date,
        count(case when is_met then 1 end) as sla_met_count,
        count(case when not is_met then 1 end) as sla_breached_count
    from counted_sla
    group by person_no, week_start_date
),

asked as (
    select
        person_no,
        week_start_date,
        count(*) as survey_count,
        count(case when is_answered then 1 end) as answered_count,
        count(case when is_satisfied then 1 end) as satisfied_count,
        count(case when is_dissatisfied then 1 end) as dissatisfied_count
    from counted_surveys
    group by person_no, week_start_date
),

reviewed as (
    select
        person_no,
        week_start_date,
        {{ weighted_sums('score', 'sampling_weight', 'review') }}
    from counted_reviews
    group by person_no, week_start_date
),

-- a person's time, not cases: minors' tickets keep hands as full as others'
time_spent as (
    select
        person_no,
        week_start_date,
        sum(held_count * (to_us - from_us)) / nullif(sum(case when held_count > 0 then to_us - from_us end), 0e0) as tickets_in_hand_mean,
        max(held_count) as tickets_in_hand_peak_count,
        sum(case when is_on_shift then to_us - from_us else 0 end) as on_shift_us,
        sum(case when is_available then to_us - from_us else 0 end) as available_us,
        sum(case when is_handling then to_us - from_us else 0 end) as handling_us
    from {{ ref('int_agent_time') }}
    group by person_no, week_start_date
),

row_keys as (
    {%- for name in ['tickets_in_hand', 'solved', 'replied', 'decided', 'asked', 'reviewed', 'time_spent'] %}
    select person_no, week_start_date from {{ name }}
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

collected as (
    select
        people.*,
        row_keys.week_start_date,
        weeks.week_no,
        {%- for name in counts %}
        coalesce({{ name }}, 0) as {{ name }},
        {%- endfor %}
        coalesce(timed_reply_count, 0) as timed_reply_count,
        {{ percentile_of('reply_percentiles', 0) }} as reply_seconds_business_p50,
        {{ percentile_of('reply_percentiles', 1) }} as reply_seconds_business_p90,
        {{ percentile_of('first_reply_percentiles', 0) }} as first_reply_seconds_business_p50,
        {%- for name in weighted_sum_names('review') %}
        coalesce({{ name }}, 0) as {{ name }},
        {%- endfor %}
        {%- for name in weighted_range('review') %}
        {{ name }},
        {%- endfor %}
        time_spent.tickets_in_hand_mean,
        coalesce(time_spent.tickets_in_hand_peak_count, 0) as tickets_in_hand_peak_count,
        coalesce(time_spent.on_shift_us, 0) as on_shift_us,
        coalesce(time_spent.available_us, 0) as available_us,
        coalesce(time_spent.handling_us, 0) as handling_us,
        coalesce(minors.minor_count, 0) as minor_count
    from row_keys
    inner join people on row_keys.person_no = people.person_no
    inner join {{ ref('int_site_weeks') }} as weeks on row_keys.week_start_date = weeks.week_start_date
    {%- for name in ['tickets_in_hand', 'solved', 'replied', 'decided', 'asked', 'reviewed', 'time_spent', 'minors'] %}
    left join {{ name }}
        on row_keys.person_no = {{ name }}.person_no and row_keys.week_start_date = {{ name }}.week_start_date
    {%- endfor %}
),

-- one week of one person is too little to judge by: ranks and flags look back, as long as the tier stays
by_tier as (
    select
        source_id,
        agent_id,
        tier,
        week_no,
        max(case when is_on_roster then 1 else 0 end) = 1 as is_on_roster,
        {%- for name in recent %}
        sum({{ name }}) as {{ name }},
        {%- endfor %}
        {%- for name, aggregate in weighted_range('review').items() %}
        {{ aggregate }}({{ name }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from collected
    group by source_id, agent_id, tier, week_no
),

looking_back as (
    select
        source_id,
        agent_id,
        tier,
        week_no,
        is_on_roster,
        {%- for name in recent %}
        sum({{ name }}) over recent_weeks as {{ name }},
        {%- endfor %}
        {%- for name, aggregate in weighted_range('review').items() %}
        {{ aggregate }}({{ name }}) over recent_weeks as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from by_tier
    window recent_weeks as (
        partition by source_id, agent_id, tier order by week_no
        range between {{ var('team_window_weeks') - 1 }} preceding and current row
    )
),

rated as (
    select
        source_id,
        agent_id,
        tier,
        week_no,
        is_on_roster,
        cast(solved_count as bigint) as recent_solved_count,
        {{ rate('reopened_count', 'solved_count') }} as recent_reopened_rate,
        {{ wilson_lower('reopened_count', 'solved_count') }} as recent_reopened_lower_rate,
        cast(sla_met_count + sla_breached_count as bigint) as recent_sla_instance_count,
        {{ rate('sla_met_count', '(sla_met_count + sla_breached_count)') }} as recent_sla_rate,
        {{ wilson_lower('sla_met_count', '(sla_met_count + sla_breached_count)') }} as recent_sla_lower_rate,
        {{ wilson_upper('sla_met_count', '(sla_met_count + sla_breached_count)') }} as recent_sla_upper_rate,
        cast(answered_count as bigint) as recent_answered_count,
        {{ rate('satisfied_count', 'answered_count') }} as recent_csat_rate,
        {{ wilson_lower('satisfied_count', 'answered_count') }} as recent_csat_lower_rate,
        {{ wilson_upper('satisfied_count', 'answered_count') }} as recent_csat_upper_rate,
        cast(review_count as bigint) as recent_review_count,
        {{ weighted_mean('review') }} as recent_quality_score,
        {{ weighted_lower('review') }} as recent_quality_score_lower,
        {{ weighted_upper('review') }} as recent_quality_score_upper
    from looking_back
),

rankable as (
    select
        *,
        coalesce(
            is_on_roster
            and recent_sla_instance_count >= {{ var('team_minimum_sla_instances') }}
            and recent_sla_upper_rate - recent_sla_lower_rate < {{ var('csat_maximum_interval') }}, false
        ) as is_sla_rankable,
        coalesce(
            is_on_roster
            and recent_answered_count >= {{ var('csat_minimum_responses') }}
            and recent_csat_upper_rate - recent_csat_lower_rate < {{ var('csat_maximum_interval') }}, false
        ) as is_csat_rankable,
        coalesce(
            is_on_roster
            and recent_review_count >= {{ var('team_minimum_reviews') }}
            and recent_quality_score_upper - recent_quality_score_lower < {{ var('csat_maximum_interval') }}, false
        ) as is_quality_rankable
    from rated
),

ranked as (
    select
        *,
        {%- for name, value in [('sla', 'recent_sla_rate'), ('csat', 'recent_csat_rate'), ('quality', 'recent_quality_score')] %}
        case
            when is_{{ name }}_rankable
                then cast(rank() over (
                    partition by source_id, tier, week_no, is_{{ name }}_rankable order by {{ value }} desc
                ) as int)
        end as {{ name }}_rank_no{{ ',' if not loop.last }}
        {%- endfor %}
    from rankable
),

peers as (
    select
        people.source_id,
        people.tier,
        replies.week_start_date,
        {{ percentiles('replies.reply_seconds_business', [0.5]) }} as reply_percentiles
    from replies
    inner join people on replies.person_no = people.person_no
    group by people.source_id, people.tier, replies.week_start_date
),

judged as (
    select
        collected.*,
        collected.handling_us * 1e0 / nullif(collected.available_us, 0) as occupancy_rate,
        {{ seconds('collected.available_us') }} as available_seconds,
        {{ percentile_of('peers.reply_percentiles', 0) }} as peer_reply_seconds_business_p50,
        ranked.recent_solved_count,
        ranked.recent_reopened_rate,
        ranked.recent_reopened_lower_rate,
        ranked.recent_sla_instance_count,
        ranked.recent_sla_rate,
        ranked.recent_sla_lower_rate,
        ranked.recent_sla_upper_rate,
        ranked.recent_answered_count,
        ranked.recent_csat_rate,
        ranked.recent_csat_lower_rate,
        ranked.recent_csat_upper_rate,
        ranked.recent_review_count,
        ranked.recent_quality_score,
        ranked.recent_quality_score_lower,
        ranked.recent_quality_score_upper,
        ranked.is_sla_rankable,
        ranked.sla_rank_no,
        ranked.is_csat_rankable,
        ranked.csat_rank_no,
        ranked.is_quality_rankable,
        ranked.quality_rank_no
    from collected
    inner join ranked
        on collected.source_id = ranked.source_id
        and collected.agent_id = ranked.agent_id
        and collected.tier is not distinct from ranked.tier
        and collected.week_no = ranked.week_no
    left join peers
        on collected.source_id = peers.source_id
        and collected.tier is not distinct from peers.tier
        and collected.week_start_date = peers.week_start_date
)

select
    {{ cell_key(['source_id', 'agent_id', 'week_start_date', 'is_on_roster', 'team_id', 'team_name', 'lead_id', 'tier', 'vendor', 'role']) }}
        as specialist_week_key,
    source_id,
    agent_id,
    week_start_date,
    {{ is_complete('week_start_date') }} as is_complete_week,
    is_on_roster,
    team_id,
    team_name,
    lead_id,
    tier,
    vendor,
    role,
    held_ticket_count,
    open_ticket_count,
    solved_count,
    reopened_count,
    tickets_in_hand_mean,
    tickets_in_hand_peak_count,
    reply_count,
    macro_reply_count,
    first_reply_count,
    timed_reply_count,
    reply_seconds_business_p50,
    reply_seconds_business_p90,
    first_reply_seconds_business_p50,
    sla_met_count,
    sla_breached_count,
    {{ rate('sla_met_count', '(sla_met_count + sla_breached_count)') }} as sla_attainment_rate,
    {{ wilson_lower('sla_met_count', '(sla_met_count + sla_breached_count)') }} as sla_attainment_lower_rate,
    {{ wilson_upper('sla_met_count', '(sla_met_count + sla_breached_count)') }} as sla_attainment_upper_rate,
    survey_count,
    answered_count,
    satisfied_count,
    dissatisfied_count,
    {{ rate('satisfied_count', 'answered_count') }} as csat_rate,
    {{ wilson_lower('satisfied_count', 'answered_count') }} as csat_lower_rate,
    {{ wilson_upper('satisfied_count', 'answered_count') }} as csat_upper_rate,
    review_count,
    {{ weighted_mean('review') }} as quality_score,
    {{ weighted_lower('review') }} as quality_score_lower,
    {{ weighted_upper('review') }} as quality_score_upper,
    {{ seconds('on_shift_us') }} as on_shift_seconds,
    available_seconds,
    {{ seconds('handling_us') }} as handling_seconds,
    occupancy_rate,
    recent_solved_count,
    recent_reopened_rate,
    recent_sla_instance_count,
    recent_sla_rate,
    recent_sla_lower_rate,
    recent_sla_upper_rate,
    recent_answered_count,
    recent_csat_rate,
    recent_csat_lower_rate,
    recent_csat_upper_rate,
    recent_review_count,
    recent_quality_score,
    recent_quality_score_lower,
    recent_quality_score_upper,
    is_sla_rankable,
    sla_rank_no,
    is_csat_rankable,
    csat_rank_no,
    is_quality_rankable,
    quality_rank_no,
    {%- for part in ['code', 'reason'] %}
    nullif(concat_ws(
        '; ',
        {%- for flag in coaching_flags() %}
        case when {{ flag.holds }} then {{ "'" ~ flag.code ~ "'" if part == 'code' else flag.reason }} end{{ ',' if not loop.last }}
        {%- endfor %}
    ), '') as coaching_{{ 'flags' if part == 'code' else 'reasons' }},
    {%- endfor %}
    {{ counted_minors('minor_count') }} as minor_count
from judged
