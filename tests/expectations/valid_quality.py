"""Quality marts that are right by construction, beside those of `valid_marts`.

Belongs here: surveys and reviews of the tickets that are there, as SQL, and the aggregates made of them.
Does not belong here: what the suites say.
"""

from __future__ import annotations

# Every solved ticket is solved once as often as it counts, and asked after its last solve.
QUALITY_MARTS = """
    create table marts.fct_ticket_solves as
    select source_id, ticket_id, solve_no,
        case when solve_no = solve_count then last_solved_at else first_solved_at end as solved_at,
        case when solve_no < solve_count then last_solved_at end as reopened_at
    from marts.fct_tickets, range(1, solve_count + 1) as solves(solve_no);

    create table marts.fct_csat_responses as
    select source_id, 's-' || ticket_id as survey_id, ticket_id, last_solved_at + interval 1 hour as sent_at,
        cast(solve_count as integer) as solve_no, last_solved_at as solved_at,
        cast(hash(ticket_id) % 4 as integer) as answer_count, answer_count > 0 as is_responded,
        case when answer_count > 0 then hash(ticket_id, 1) % 5 / 4 end as score_normalised,
        score_normalised >= 0.75 as is_satisfied, score_normalised <= 0.25 as is_dissatisfied,
        answer_count > 1 as is_rerated, case when answer_count > 1 then 'up' end as rerating_direction,
        false as has_unusable_score, hash(ticket_id, 4) % 5 = 0 as is_minor,
        case when hash(ticket_id, 4) % 5 <> 0 then 'Fine' end as comment,
        null::varchar as reason, is_excluded
    from marts.fct_tickets where solve_count > 0;

    create table marts.agg_csat_weekly as
    select source_id, cast(sent_at as date) as sent_week_date, count(*) as sent_count,
        count(*) filter (where is_responded) as responded_count,
        count(*) filter (where is_satisfied) as satisfied_count,
        count(*) filter (where is_dissatisfied) as dissatisfied_count, 0 as open_count,
        satisfied_count / nullif(responded_count, 0) as csat_rate, csat_rate / 2 as csat_lower_rate,
        (1 + csat_rate) / 2 as csat_upper_rate, responded_count / sent_count as response_rate,
        response_rate / 2 as response_lower_rate, (1 + response_rate) / 2 as response_upper_rate,
        false as is_rankable
    from marts.fct_csat_responses where not is_excluded group by all;
    create table marts.agg_csat_response_weekly as from marts.agg_csat_weekly;
    create table marts.agg_csat_groups_monthly as
    select * exclude (sent_week_date), sent_week_date as sent_month_date, dimension,
        null::varchar as dimension_value
    from marts.agg_csat_weekly cross join (values ('channel'), ('vendor')) as t(dimension);

    create table marts.fct_csat_reported as
    select source_id, sent_week_date, row_number() over () % 2 = 0 as is_different,
        case when is_different then 'late_answer' end as difference_reason
    from marts.agg_csat_weekly;

    create table marts.fct_quality_reviews as
    select source_id, 'r-' || ticket_id as review_id, 'R' as rubric_id, 1 as rubric_version,
        case hash(ticket_id) % 4 when 0 then 'calibration' when 1 then 'self' else 'random' end as purpose,
        hash(ticket_id, 2) % 5 / 4 as raw_score, hash(ticket_id, 3) % 7 = 0 as is_auto_failed,
        case when is_auto_failed then 0 else raw_score end as score, null::varchar as score_null_reason,
        purpose = 'random' and not is_excluded as is_in_iqs, 0 as unusable_count, is_excluded
    from marts.fct_tickets;

    create table marts.agg_quality_weekly as
    select source_id, date '2026-01-05' as reviewed_week_date, 'ticket' as subject_type,
        count(*) filter (where is_in_iqs) as review_count,
        count(*) filter (where purpose = 'calibration') as calibration_count,
        count(*) filter (where purpose = 'self') as self_count,
        avg(score) filter (where is_in_iqs) as iqs_rate, iqs_rate / 2 as iqs_lower_rate,
        (1 + iqs_rate) / 2 as iqs_upper_rate, false as is_rankable
    from marts.fct_quality_reviews where not is_excluded group by source_id;

    create table marts.fct_reviewer_agreement as
    select 'one' as source_id, agreement_of, 'R' as rubric_id, 1 as rubric_version, 'tone' as category_id,
        20 as set_count, 0.5 as unanimous_rate, alpha as krippendorff_alpha, kappa as cohen_kappa,
        reason as null_reason, reason is null as is_reportable
    from (values ('category', 0.5, null, null), ('pair', null, 0.4, null), ('set', null, null, 'single_set'))
        as t(agreement_of, alpha, kappa, reason);

    create table marts.agg_grader_drift_monthly as
    select 'one' as source_id, date '2026-01-01' as reviewed_month_date, 'q1' as reviewer_id,
        -0.1 as calibration_bias, -0.2 as calibration_bias_lower, -0.05 as calibration_bias_upper,
        0.1 as peer_difference, 0 as peer_difference_lower, 0.2 as peer_difference_upper,
        true as is_strict, false as is_lenient;
"""
