-- Contacts of the drivers, and of the drivers at each level, are the tickets that are not excluded.
with tickets as (
    select count(*) as ticket_count from {{ ref('fct_tickets') }} where not is_excluded
),

totals as (
    select 'driver' as driver_level, sum(contact_count) as contact_count from {{ ref('fct_contact_drivers_weekly') }}
    union all
    select driver_level, sum(contact_count) from {{ ref('agg_contact_drivers_weekly') }} group by 1
)

select totals.driver_level, totals.contact_count, tickets.ticket_count
from totals
cross join tickets
where coalesce(totals.contact_count, 0) <> tickets.ticket_count
