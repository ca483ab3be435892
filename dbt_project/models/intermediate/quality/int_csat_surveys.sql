-- Surveys sent by as_of, each with its first and its latest answer recorded by as_of (A49). A version without a
-- score is the sending, or a reminder, and never takes an answer back. Most surveys have one version: only the others
-- are sorted, told by a number, since common expressions this wide are dear.
{%- set sending = ['ticket_id', 'language', 'survey_channel', 'channel', 'line_of_business', 'contact_reason', 'agent_id',
    'lead_id', 'tenure_band', 'first_response_seconds', 'first_response_null_reason', 'is_standalone'] %}
{%- set latest = ['score', 'score_normalised', 'comment', 'reason', 'responded_us', 'recorded_us', 'load_no'] %}
{%- set versions %}
    select
        *,
        {{ row_hash(['source_id', 'survey_id']) }} as survey_hash,
        {{ micros('sent_at') }} as sent_us,
        {{ micros('recorded_at') }} as recorded_us,
        {{ micros('responded_at') }} as responded_us,
        score is not null and {{ micros('recorded_at') }} <= {{ as_of_us() }} as is_answer,
        case
            when scale_min < scale_max and score between scale_min and scale_max
                then (score - scale_min) / (scale_max - scale_min)
        end as score_normalised
    from {{ ref('int_csat_responses__unioned') }}
    where {{ micros('sent_at') }} <= {{ as_of_us() }}
{%- endset %}
with repeated as (
    select survey_hash
    from (
        select {{ row_hash(['source_id', 'survey_id']) }} as survey_hash
        from {{ ref('int_csat_responses__unioned') }}
        where {{ micros('sent_at') }} <= {{ as_of_us() }}
    ) as hashes
    group by 1
    having count(*) > 1
),

single as (
    select
        source_id,
        survey_id,
        sent_us,
        {%- for column in sending %}
        {{ column }},
        {%- endfor %}
        case when is_answer then score end as first_score,
        case when is_answer then score_normalised end as first_score_normalised,
        case when is_answer then recorded_us end as first_recorded_us,
        case when is_answer then load_no end as first_load_no,
        {%- for column in latest %}
        case when is_answer then {{ column }} end as {{ column }},
        {%- endfor %}
        scale_min,
        scale_max,
        case when is_answer then 1 else 0 end as answer_count,
        load_no as first_seen_load_no
    from ({{ versions }}
    ) as versions
    where survey_hash not in (select survey_hash from repeated)
),

ordered as (
    select
        *,
        row_number() over (
            partition by source_id, survey_id order by recorded_us, responded_us, load_no
        ) as version_no,
        row_number() over (
            partition by source_id, survey_id, is_answer order by recorded_us, responded_us, load_no
        ) as answer_no,
        count(*) over (partition by source_id, survey_id, is_answer) as answer_count
    from ({{ versions }}
    ) as versions
    where survey_hash in (select survey_hash from repeated)
),

several as (
    select
        source_id,
        survey_id,
        max(case when version_no = 1 then sent_us end) as sent_us,
        {%- for column in sending %}
        {%- if column == 'is_standalone' %}
        max(case when version_no = 1 and is_standalone then 1 else 0 end) = 1 as is_standalone,
        {%- else %}
        max(case when version_no = 1 then {{ column }} end) as {{ column }},
        {%- endif %}
        {%- endfor %}
        max(case when is_answer and answer_no = 1 then score end) as first_score,
        max(case when is_answer and answer_no = 1 then score_normalised end) as first_score_normalised,
        max(case when is_answer and answer_no = 1 then recorded_us end) as first_recorded_us,
        max(case when is_answer and answer_no = 1 then load_no end) as first_load_no,
        {%- for column in latest %}
        max(case when is_answer and answer_no = answer_count then {{ column }} end) as {{ column }},
        {%- endfor %}
        -- the scale of the answer, else the one the survey was sent with
        coalesce(
            max(case when is_answer and answer_no = answer_count then scale_min end),
            max(case when version_no = 1 then scale_min end)
        ) as scale_min,
        coalesce(
            max(case when is_answer and answer_no = answer_count then scale_max end),
            max(case when version_no = 1 then scale_max end)
        ) as scale_max,
        count(case when is_answer then 1 end) as answer_count,
        min(load_no) as first_seen_load_no
    from ordered
    group by source_id, survey_id
),

surveys as (
    select * from single
    union all
    select * from several
)

select
    *,
    case
        when answer_count < 2 then null
        when coalesce(score_normalised > first_score_normalised, score > first_score) then 'up'
        when coalesce(score_normalised < first_score_normalised, score < first_score) then 'down'
        else 'same'
    end as rerating_direction
from surveys
