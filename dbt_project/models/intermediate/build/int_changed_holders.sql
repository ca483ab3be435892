-- Agents and groups whose tier or vendor was, at some time up to as_of, another than the marts were built on: a new
-- version of the roster, a corrected one, one taken away. Planned changes count once as_of reaches them.
{%- set built = built_roster() %}
{%- set columns = 'holder, source_id, holder_id, tier, vendor, is_on_roster, valid_from_us, case when valid_to_us <= ' ~ as_of_us()
    ~ ' then valid_to_us end as valid_to_us' %}
{%- if built %}
with before as (
    select {{ columns }} from {{ built }} where valid_from_us <= {{ as_of_us() }}
),

present as (
    select {{ columns }} from {{ ref('int_roster') }} where valid_from_us <= {{ as_of_us() }}
),

differences as (
    (select * from present except select * from before)
    union all
    (select * from before except select * from present)
)

select distinct holder, source_id, holder_id from differences
{%- else %}
select holder, source_id, holder_id from {{ ref('int_roster') }} where false
{%- endif %}
