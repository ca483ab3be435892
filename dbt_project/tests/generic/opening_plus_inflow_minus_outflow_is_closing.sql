{% test opening_plus_inflow_minus_outflow_is_closing(model) %}
{{ config(description="In every cell, every day: nothing enters or leaves the backlog uncounted (A46), and a cell opens as it closed the day before.") }}
with days as (
    select calendar_date, row_number() over (order by calendar_date) as day_no from {{ ref('dim_date') }}
),

cells as (
    select
        backlog.*,
        days.day_no,
        {{ cell_key(['source_id', 'line_of_business', 'channel', 'tier', 'vendor', 'priority', 'status_category', 'age_band']) }} as cell
    from {{ model }} as backlog
    inner join days on backlog.backlog_date = days.calendar_date
),

chained as (
    select
        *,
        lag(closing_count) over (partition by cell order by day_no) as previous_closing_count,
        lag(day_no) over (partition by cell order by day_no) as previous_day_no
    from cells
)

select * from chained
where opening_count + inflow_count - outflow_count <> closing_count
    or closing_count < 0
    or opening_count <> case when previous_day_no = day_no - 1 then previous_closing_count else 0 end
    or (previous_closing_count > 0 and previous_day_no <> day_no - 1)
{% endtest %}
