{#- The last segment of a ticket is measured to as_of, also of tickets this build did not compute (A27), unless the
    clock stands still. Measured anew from its start, never added to: a run killed and repeated gives the same. -#}
{% macro remeasure_last_segments() %}
  {%- do [ref('int_build_scope'), ref('int_clocks'), ref('int_clock_days'), ref('int_tickets')] %}
  {%- if execute and is_incremental() and not build_is_full() and as_of_moved() %}
  update {{ this }} as segments
  set seconds_calendar = measured.seconds_calendar, seconds_business = measured.seconds_business
  from (
      select
          last_segments.segment_key,
          {{ seconds(as_of_us() ~ ' - last_segments.from_us') }} as seconds_calendar,
          case when {{ uncovered_us('until_clock', as_of_us()) }} = {{ uncovered_us('from_clock', 'last_segments.from_us') }}
              then {{ seconds(open_us('until_clock', as_of_us()) ~ ' - ' ~ open_us('from_clock', 'last_segments.from_us')) }}
          end as seconds_business
      from (
          select
              open_ended.segment_key,
              {{ micros('open_ended.valid_from') }} as from_us,
              case when open_ended.schedule_id is null then 0 else coalesce(clocks.clock_id, 0) end as clock_id
          from {{ this }} as open_ended
          left join {{ ref('int_clocks') }} as clocks
              on open_ended.source_id = clocks.source_id and open_ended.schedule_id = clocks.schedule_id
          where open_ended.valid_to is null
              and open_ended.ticket_key not in (select ticket_key from {{ ref('int_tickets') }})
      ) as last_segments
      {{ join_clock('from_clock', 'last_segments.clock_id', 'last_segments.from_us') }}
      {{ join_clock('until_clock', 'last_segments.clock_id', as_of_us() | string) }}
  ) as measured
  where segments.segment_key = measured.segment_key
  {%- endif %}
{% endmacro %}
