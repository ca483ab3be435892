{%- set conditions = ['line_of_business', 'channel', 'market', 'language', 'requester_segment', 'group_id'] %}
-- The target of metric appeal_decision for each complaint before an internal body: of the first policy that matches
-- it at submission, as for tickets (A16, A17). Without a known ticket only market and language are, and a condition
-- never matches a null. The target stays: later edits do not reach a complaint, whose SLA has a single instance.
with targets as (
    select
        consumer_id as source_id,
        policy_id,
        priority,
        -- the finest clock is a microsecond
        cast(round(target_minutes * 60000000) as bigint) as target_us,
        hours,
        {{ valid_from_us() }} as valid_from_us,
        {{ valid_to_us() }} as valid_to_us
    from ({{ as_seen_by_sources('stg_canonical__sla_targets', 'policy_id') }}) as target_rows
    where metric = 'appeal_decision'
),

sources as (
    select distinct source_id from targets
),

situated as (
    select
        appeals.source_id,
        appeals.appeal_id,
        epochs.epoch_no,
        epochs.from_us as epoch_from_us,
        tickets.line_of_business,
        tickets.channel,
        case when tickets.appeal_id is null then appeals.market else tickets.market end as market,
        case when tickets.appeal_id is null then appeals.language else tickets.language end as language,
        tickets.requester_segment,
        tickets.group_id,
        tickets.priority
    from {{ ref('int_appeals') }} as appeals
    -- without any target nothing is to be looked at, however many complaints there are
    inner join sources on appeals.source_id = sources.source_id
    inner join {{ ref('int_sla_epochs') }} as epochs
        on appeals.source_id = epochs.source_id
        and epochs.from_us <= appeals.submitted_us
        and appeals.submitted_us < epochs.to_us
    left join {{ ref('int_appeal_tickets') }} as tickets
        on appeals.source_id = tickets.source_id and appeals.appeal_id = tickets.appeal_id
    where appeals.body = 'internal'
),

situations as (
    select distinct source_id, epoch_no, epoch_from_us, {{ conditions | join(', ') }}, priority from situated
),

matches as (
    select
        situations.*,
        policies.policy_id,
        row_number() over (
            partition by
                situations.source_id, situations.epoch_no, situations.priority,
                {%- for column in conditions %}
                situations.{{ column }}{{ ',' if not loop.last }}
                {%- endfor %}
            order by policies.policy_position, policies.policy_id
        ) as choice_no
    from situations
    inner join {{ ref('int_sla_policy_conditions') }} as policies
        on situations.source_id = policies.source_id
        and policies.valid_from_us <= situations.epoch_from_us
        and situations.epoch_from_us < policies.valid_to_us
        {%- for column in conditions %}
        and (policies.{{ column }}_list is null
            or {{ dbt.position("';' || situations." ~ column ~ " || ';'", 'policies.' ~ column ~ '_list') }} > 0)
        {%- endfor %}
),

-- an exact priority wins over none, among valid ones the latest valid_from; the first policy without a target gives none
ranked as (
    select
        matches.*,
        targets.target_us,
        targets.hours,
        row_number() over (
            partition by
                matches.source_id, matches.epoch_no, matches.priority,
                {%- for column in conditions %}
                matches.{{ column }}{{ ',' if not loop.last }}
                {%- endfor %}
            order by
                case when targets.priority is null then 1 else 0 end,
                targets.valid_from_us desc, targets.valid_to_us desc, targets.target_us, targets.hours
        ) as target_no
    from matches
    inner join targets
        on matches.source_id = targets.source_id
        and matches.policy_id = targets.policy_id
        and targets.valid_from_us <= matches.epoch_from_us
        and matches.epoch_from_us < targets.valid_to_us
        and (targets.priority is null or targets.priority = matches.priority)
    where matches.choice_no = 1
)

select
    situated.source_id,
    situated.appeal_id,
    ranked.policy_id,
    ranked.target_us,
    ranked.hours
from situated
inner join ranked
    on ranked.target_no = 1
    and situated.source_id = ranked.source_id
    and situated.epoch_no = ranked.epoch_no
    and situated.priority is not distinct from ranked.priority
    {%- for column in conditions %}
    and situated.{{ column }} is not distinct from ranked.{{ column }}
    {%- endfor %}
