-- Rows in = rows out, for complaints and decisions: no join doubles or loses any.
with counted as (
    select
        'fct_appeals' as mart,
        (select count(*) from {{ ref('int_appeals__unioned') }} where {{ micros('submitted_at') }} <= {{ as_of_us() }}) as delivered,
        (select count(*) from {{ ref('fct_appeals') }}) as built
    union all
    select
        'fct_decisions',
        (select count(*) from {{ ref('int_decisions__unioned') }} where {{ micros('decided_at') }} <= {{ as_of_us() }}),
        (select count(*) from {{ ref('fct_decisions') }})
)

select * from counted where delivered <> built
