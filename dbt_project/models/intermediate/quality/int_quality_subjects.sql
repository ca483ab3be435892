-- What each review was about, at the moment of the work: the last solve of the ticket at or before the review, the
-- decision of the appeal, else the review itself.
with homes as (
    {{ agent_homes() }}
),

reviews as (
    select
        {{ surrogate_key(['reviews.source_id', 'reviews.review_id']) }} as review_key,
        reviews.source_id,
        reviews.agent_id,
        reviews.subject_type,
        {{ micros('reviews.reviewed_at') }} as reviewed_us,
        case when reviews.subject_type = 'ticket'
            then {{ surrogate_key(['coalesce(ticket_sources.refers_to_source_id, reviews.source_id)', 'reviews.subject_id']) }}
        end as ticket_key,
        case when reviews.subject_type = 'appeal'
            then {{ surrogate_key(['coalesce(appeal_sources.refers_to_source_id, reviews.source_id)', 'reviews.subject_id']) }}
        end as appeal_key
    from {{ ref('stg_canonical__quality_reviews') }} as reviews
    left join {{ ref('stg_site__source_references') }} as ticket_sources
        on reviews.source_id = ticket_sources.source_id and ticket_sources.reference = 'ticket_id'
    left join {{ ref('stg_site__source_references') }} as appeal_sources
        on reviews.source_id = appeal_sources.source_id and appeal_sources.reference = 'appeal_id'
    where {{ micros('reviews.reviewed_at') }} <= {{ as_of_us() }}
),

tickets as (
    select * from {{ ref('fct_tickets') }}
),

appeals as (
    select * from {{ ref('fct_appeals') }}
),

solves as (
    select *, {{ micros('solved_at') }} as solved_us from {{ ref('fct_ticket_solves') }}
),

last_solves as (
    select reviews.review_key, max(solves.solve_no) as solve_no
    from reviews
    inner join solves on reviews.ticket_key = solves.ticket_key and solves.solved_us <= reviews.reviewed_us
    group by 1
),

located as (
    select
        reviews.*,
        coalesce(
            solves.solved_us,
            case when appeals.decided_at <= {{ instant('reviews.reviewed_us') }} then {{ micros('appeals.decided_at') }} end,
            reviews.reviewed_us
        ) as worked_us,
        tickets.ticket_key as known_ticket_key,
        appeals.appeal_key as known_appeal_key,
        -- ids of agents are one person's where they belong to one roster (A41)
        case
            when solves.assignee_id = reviews.agent_id and solver_homes.agent_source_id = reviewed_homes.agent_source_id then solves.solve_key
        end as own_solve_key,
        solves.tier as solve_tier,
        solves.vendor as solve_vendor,
        case when solves.solve_key is not null then solves.line_of_business else tickets.line_of_business end as line_of_business,
        case when solves.solve_key is not null then solves.market else coalesce(tickets.market, appeals.market) end as market,
        case when solves.solve_key is not null then solves.language else coalesce(tickets.language, appeals.language) end as language,
        coalesce(tickets.is_minor, appeals.is_minor, false) as is_minor,
        coalesce(tickets.is_excluded, false) as is_excluded
    from reviews
    left join tickets on reviews.ticket_key = tickets.ticket_key
    left join appeals on reviews.appeal_key = appeals.appeal_key
    left join last_solves on reviews.review_key = last_solves.review_key
    left join solves on reviews.ticket_key = solves.ticket_key and last_solves.solve_no = solves.solve_no
    left join homes as reviewed_homes on reviews.source_id = reviewed_homes.source_id
    left join homes as solver_homes on solves.source_id = solver_homes.source_id
)

select
    located.review_key,
    located.known_ticket_key as ticket_key,
    located.known_appeal_key as appeal_key,
    located.worked_us,
    located.line_of_business,
    located.market,
    located.language,
    located.is_minor,
    located.is_excluded,
    -- whom no roster knew then has what the solve they are reviewed for has: the group's (A28)
    case
        when versions.is_on_roster then versions.tier
        when located.own_solve_key is not null then located.solve_tier
    end as tier,
    case
        when versions.is_on_roster then versions.vendor
        when located.own_solve_key is not null then located.solve_vendor
    end as vendor,
    staffing.lead_id
from located
left join {{ ref('int_agent_versions') }} as versions
    on located.source_id = versions.source_id
    and located.agent_id = versions.agent_id
    and versions.valid_from_us <= located.worked_us
    and located.worked_us < versions.valid_to_us
left join {{ ref('int_agent_staffing') }} as staffing
    on located.source_id = staffing.source_id
    and located.agent_id = staffing.agent_id
    and staffing.valid_from_us <= located.worked_us
    and located.worked_us < staffing.valid_to_us
