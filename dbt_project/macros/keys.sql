{#- Text hash of the parts, the form of every <thing>_key. -#}
{% macro surrogate_key(parts) %}md5(concat_ws('|', {{ parts | join(', ') }})){% endmacro %}
