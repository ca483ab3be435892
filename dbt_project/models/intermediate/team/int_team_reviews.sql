{{ config(materialized='view') }}
select
    cast(null as {{ dbt.type_string() }}) as source_id,
    cast(null as {{ dbt.type_string() }}) as ticket_key,
    cast(null as bigint) as at_us,
    cast(null as date) as week_start_date,
    cast(null as {{ dbt.type_string() }}) as line_of_business,
    cast(null as {{ dbt.type_string() }}) as language,
    cast(null as {{ dbt.type_string() }}) as tier,
    cast(null as {{ dbt.type_string() }}) as vendor,
    cast(null as {{ dbt.type_string() }}) as agent_source_id,
    cast(null as {{ dbt.type_string() }}) as agent_id,
    cast(null as boolean) as is_minor,
    cast(null as double) as score,
    cast(null as double) as sampling_weight
where 1 = 0
