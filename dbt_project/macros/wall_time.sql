{#- UTC instant of a wall time, given the offsets of its zone near it (alias `offsets`): take min() of the
    first and max() of the second over those offsets. The first is the earliest offset still to end after
    the wall time, the second the latest begun at or before it; they differ only where the time is ambiguous. -#}
{% macro first_occurrence(wall_us) -%}
    case
        when offsets.utc_to_us + offsets.offset_us > {{ wall_us }}
            then greatest(offsets.utc_from_us, {{ wall_us }} - offsets.offset_us)
    end
{%- endmacro %}

{% macro second_occurrence(wall_us) -%}
    case
        when offsets.utc_from_us + offsets.offset_us <= {{ wall_us }}
            then least(offsets.utc_to_us, {{ wall_us }} - offsets.offset_us)
    end
{%- endmacro %}
