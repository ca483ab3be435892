{#- ServiceNow's codes in the words of the contract. A code that is not listed gives null (channel: other), and
    the test of accepted values on stg_servicenow__incidents warns of it. -#}
{% macro servicenow_priority(column) -%}
    case {{ column }} when '1' then 'urgent' when '2' then 'high' when '3' then 'normal' when '4' then 'low' when '5' then 'low' end
{%- endmacro %}

{% macro servicenow_channel(column) -%}
    case {{ column }}
        when 'Phone' then 'phone'
        when 'IVR' then 'phone'
        when 'Self service' then 'webform'
        when 'Email' then 'email'
        when 'Direct opening' then 'internal_form'
        else 'other'
    end
{%- endmacro %}

{#- category/subcategory; null only where both are missing. -#}
{% macro servicenow_contact_reason(category, subcategory) -%}
    case
        when {{ subcategory }} is null then {{ category }}
        else {{ dbt.concat(["coalesce(" ~ category ~ ", '?')", "'/'", subcategory]) }}
    end
{%- endmacro %}
