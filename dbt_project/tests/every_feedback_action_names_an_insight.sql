{{ config(severity='warn') }}
-- An action whose insight is unknown is kept in staging and counts nowhere: a key was mistyped, or its insight is of
-- another site. Later actions are left out: as of a past instant, their insights may not have been raised yet.
select
    actions.source_id,
    actions.action_id,
    actions.insight_key,
    actions.status
from {{ ref('stg_canonical__feedback_actions') }} as actions
left join {{ ref('int_insights') }} as insights on actions.insight_key = insights.insight_key
where insights.insight_key is null and {{ micros('actions.occurred_at') }} <= {{ as_of_us() }}
