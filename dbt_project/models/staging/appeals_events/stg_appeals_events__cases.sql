{{ config(materialized='table') }}

-- The dates of each case side by side. A case has each step once, but for payments.
with events as (
    select * from {{ ref('stg_appeals_events__events') }}
),

dated as (
    select
        source_id,
        case_id,
        min(case when activity = 'Create Fine' then occurred_at end) as created_at,
        min(case when activity = 'Insert Fine Notification' then occurred_at end) as notified_at,
        min(case when activity = 'Insert Date Appeal to Prefecture' then occurred_at end) as appealed_at,
        min(case when activity = 'Receive Result Appeal from Prefecture' then occurred_at end) as result_at,
        min(case when activity = 'Notify Result Appeal to Offender' then occurred_at end) as result_notified_at,
        min(case when activity = 'Appeal to Judge' then occurred_at end) as judge_at,
        max(case when activity = 'Send for Credit Collection' then occurred_at end) as collected_at,
        max(case when activity = 'Payment' then occurred_at end) as last_paid_at,
        max(occurred_at) as last_at,
        -- NIL is the log's word for none
        nullif(max(case when activity = 'Create Fine' then dismissal end), 'NIL') as office_dismissal,
        nullif(max(case when activity = 'Send Appeal to Prefecture' then dismissal end), 'NIL') as prefecture_dismissal,
        nullif(max(case when activity = 'Appeal to Judge' then dismissal end), 'NIL') as judge_dismissal,
        max(case when activity = 'Create Fine' then resource_id end) as resource_id,
        max(case when activity = 'Create Fine' then article end) as article,
        max(case when activity = 'Create Fine' then vehicle_class end) as vehicle_class,
        max(load_no) as load_no
    from events
    group by 1, 2
),

first_payments as (
    select events.source_id, events.case_id, min(events.occurred_at) as paid_after_appeal_at
    from events
    inner join dated on events.source_id = dated.source_id and events.case_id = dated.case_id
    where events.activity = 'Payment' and events.occurred_at >= dated.appealed_at
    group by 1, 2
)

select
    dated.*,
    first_payments.paid_after_appeal_at
from dated
left join first_payments
    on dated.source_id = first_payments.source_id and dated.case_id = first_payments.case_id
