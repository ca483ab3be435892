-- Policies with their lists normalised for matching: ';value;value;', null = any.
with policies as (
    {{ as_seen_by_sources('stg_canonical__sla_policies', 'policy_id') }}
)

select
    consumer_id as source_id,
    policy_id,
    {{ adapter.quote('position') }} as policy_position,
    {%- for column in ['line_of_business', 'channel', 'market', 'language', 'requester_segment', 'group_id'] %}
    ';' || {{ without_spaces_around(column, ';') }} || ';' as {{ column }}_list,
    {%- endfor %}
    {{ valid_from_us() }} as valid_from_us,
    {{ valid_to_us() }} as valid_to_us
from policies
