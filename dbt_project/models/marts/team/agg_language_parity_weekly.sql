{%- set row = ['source_id', 'scope', 'line_of_business', 'language', 'week_start_date'] %}
{%- set row_list = row | join(', ') %}
{%- set parts = ['sla', 'first_replies', 'surveys'] %}
{%- set measures = [
    {'name': 'sla_attainment', 'success': 'sla_met_count', 'trials': 'sla_instance_count'},
    {'name': 'response', 'success': 'answered_count', 'trials': 'survey_count'},
    {'name': 'csat', 'success': 'satisfied_count', 'trials': 'answered_count'}] %}
-- Every language against one reference language of the source, per line of business and over all of them.
with languages as (
    select
        source_id,
        language,
        row_number() over (partition by source_id order by count(*) desc, language) as size_no
    from {{ ref('int_team_tickets') }}
    where language is not null
    group by source_id, language
),

reference_languages as (
    {%- if var('parity_reference_language') %}
    select distinct source_id, '{{ var("parity_reference_language") }}' as reference_language from languages
    {%- else %}
    select source_id, language as reference_language from languages where size_no = 1
    {%- endif %}
),

{% for name, model, condition, columns in [
    ('sla', 'int_team_sla', 'true', ['is_met']),
    ('first_replies', 'int_team_replies', 'is_first_reply', ['first_reply_seconds_calendar']),
    ('surveys', 'int_team_surveys', 'true', ['is_answered', 'is_satisfied'])] -%}
{{ name }} as (
    select
        source_id,
        'line_of_business' as scope,
        line_of_business,
        language,
        week_start_date,
        ticket_key,
        is_minor,
        {{ columns | join(', ') }}
    from {{ ref(model) }}
    where language is not null and {{ condition }}
    union all
    select source_id, 'all', null, language, week_start_date, ticket_key, is_minor, {{ columns | join(', ') }}
    from {{ ref(model) }}
    where language is not null and {{ condition }}
),

{% endfor -%}
minors as (
    {{ minors_by_row(parts, row) }}
),

{% for name in parts -%}
counted_{{ name }} as (
    {{ without_few_minors(name, row) }}
),

{% endfor -%}
decided as (
    select
        {{ row_list }},
        count(*) as sla_instance_count,
        count(case when is_met then 1 end) as sla_met_count
    from counted_sla
    group by {{ row_list }}
),

asked as (
    select
        {{ row_list }},
        count(*) as survey_count,
        count(case when is_answered then 1 end) as answered_count,
        count(case when is_satisfied then 1 end) as satisfied_count
    from counted_surveys
    group by {{ row_list }}
),

ordered_replies as (
    select
        {{ row_list }},
        first_reply_seconds_calendar,
        row_number() over (partition by {{ row_list }} order by first_reply_seconds_calendar) as rank_no,
        count(*) over (partition by {{ row_list }}) as first_reply_count
    from counted_first_replies
),

replied as (
    select
        {{ row_list }},
        count(*) as first_reply_count,
        {{ percentiles('first_reply_seconds_calendar', [0.5]) }} as first_reply_percentiles,
        max(case when rank_no = {{ median_lower_rank('first_reply_count') }} then first_reply_seconds_calendar end) as first_reply_lower,
        max(case when rank_no = {{ median_upper_rank('first_reply_count') }} then first_reply_seconds_calendar end) as first_reply_upper
    from ordered_replies
    group by {{ row_list }}
),

row_keys as (
    select {{ row_list }} from decided
    union
    select {{ row_list }} from asked
    union
    select {{ row_list }} from replied
),

measured as (
    select
        row_keys.*,
        coalesce(sla_instance_count, 0) as sla_instance_count,
        coalesce(sla_met_count, 0) as sla_met_count,
        coalesce(survey_count, 0) as survey_count,
        coalesce(answered_count, 0) as answered_count,
        coalesce(satisfied_count, 0) as satisfied_count,
        coalesce(first_reply_count, 0) as first_reply_count,
        {{ percentile_of('first_reply_percentiles', 0) }} as first_reply_p50,
        first_reply_lower,
        first_reply_upper,
        coalesce(minor_count, 0) as minor_count
    from row_keys
    {%- for name in ['decided', 'asked', 'replied', 'minors'] %}
    left join {{ name }}
        on row_keys.source_id = {{ name }}.source_id
        and row_keys.scope = {{ name }}.scope
        and row_keys.line_of_business is not distinct from {{ name }}.line_of_business
        and row_keys.language = {{ name }}.language
        and row_keys.week_start_date = {{ name }}.week_start_date
    {%- endfor %}
),

rated as (
    select
        *
        {%- for measure in measures %},
        {{ rate(measure.success, measure.trials) }} as {{ measure.name }}_rate,
        {{ wilson_lower(measure.success, measure.trials) }} as {{ measure.name }}_lower_rate,
        {{ wilson_upper(measure.success, measure.trials) }} as {{ measure.name }}_upper_rate
        {%- endfor %}
    from measured
),

paired as (
    select
        rated.*,
        reference_languages.reference_language,
        rated.language = reference_languages.reference_language as is_reference,
        {%- for measure in measures %}
        other.{{ measure.trials }} as other_{{ measure.trials }},
        other.{{ measure.name }}_rate as other_{{ measure.name }}_rate,
        other.{{ measure.name }}_lower_rate as other_{{ measure.name }}_lower_rate,
        other.{{ measure.name }}_upper_rate as other_{{ measure.name }}_upper_rate,
        {%- endfor %}
        other.first_reply_count as other_first_reply_count,
        other.first_reply_p50 as other_first_reply_p50,
        other.first_reply_lower as other_first_reply_lower,
        other.first_reply_upper as other_first_reply_upper
    from rated
    inner join reference_languages on rated.source_id = reference_languages.source_id
    left join rated as other
        on rated.source_id = other.source_id
        and rated.scope = other.scope
        and rated.line_of_business is not distinct from other.line_of_business
        and rated.week_start_date = other.week_start_date
        and reference_languages.reference_language = other.language
        and rated.language <> reference_languages.reference_language
)

select
    {{ cell_key(row) }} as language_week_key,
    {{ row_list }},
    {{ is_complete('week_start_date') }} as is_complete_week,
    reference_language,
    is_reference,
    sla_instance_count,
    sla_met_count,
    survey_count,
    answered_count,
    satisfied_count,
    {%- for measure in measures %}
    {{ measure.name }}_rate,
    {{ measure.name }}_lower_rate,
    {{ measure.name }}_upper_rate,
    {%- endfor %}
    first_reply_count,
    first_reply_p50 as first_reply_seconds_calendar_p50,
    first_reply_lower as first_reply_seconds_calendar_p50_lower,
    first_reply_upper as first_reply_seconds_calendar_p50_upper,
    {%- for measure in measures %}
    {%- set enough = 'least(' ~ measure.trials ~ ', other_' ~ measure.trials ~ ') >= ' ~ var('parity_minimum_cases') ~ ' and not is_reference' %}
    case when {{ enough }} then {{ measure.name }}_rate - other_{{ measure.name }}_rate end as {{ measure.name }}_gap,
    case
        when {{ enough }}
            then {{ difference_lower(
                measure.name ~ '_rate', measure.name ~ '_lower_rate', 'other_' ~ measure.name ~ '_rate', 'other_' ~ measure.name ~ '_upper_rate'
            ) }}
    end as {{ measure.name }}_gap_lower,
    case
        when {{ enough }}
            then {{ difference_upper(
                measure.name ~ '_rate', measure.name ~ '_upper_rate', 'other_' ~ measure.name ~ '_rate', 'other_' ~ measure.name ~ '_lower_rate'
            ) }}
    end as {{ measure.name }}_gap_upper,
    {%- endfor %}
    {%- set enough = 'least(first_reply_count, other_first_reply_count) >= ' ~ var('parity_minimum_cases') ~ ' and not is_reference' %}
    case when {{ enough }} then first_reply_p50 - other_first_reply_p50 end as first_reply_gap,
    case
        when {{ enough }}
            then {{ difference_lower('first_reply_p50', 'first_reply_lower', 'other_first_reply_p50', 'other_first_reply_upper') }}
    end as first_reply_gap_lower,
    case
        when {{ enough }}
            then {{ difference_upper('first_reply_p50', 'first_reply_upper', 'other_first_reply_p50', 'other_first_reply_lower') }}
    end as first_reply_gap_upper,
    {{ counted_minors('minor_count') }} as minor_count
from paired
