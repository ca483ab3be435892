{#- The regulator's table of appeals: Annex I part 7 of the transparency report (Implementing Regulation (EU) 2024/2835;
    instructions in its Annex II, 1.5). Strings are those of the filed tables, to the letter. -#}

{#- The rows of the template in order: section, indicator and scope as filed, and the codes the models use. -#}
{% macro dsa_template() %}
  {%- set internal = 'Internal complaints mechanism' -%}
  {%- set disputes = 'Out-of-court dispute settlement bodies' -%}
  {%- set repeated = 'Suspensions imposed on repeated offenders' -%}
  {%- set verdicts = [('submitted', 'Total number'), ('upheld', 'Decisions upheld'),
      ('partially_reversed', 'Decisions partially reversed'), ('reversed', 'Decisions reversed'),
      ('median', 'Median time')] -%}
  {%- set omitted = [('omitted', 'Decision omitted')] -%}
  {%- set implemented = [('implemented', 'Percentage of outcomes implemented')] -%}
  {%- set number = [('submitted', 'Total number')] -%}
  {%- set indicators = [
      (internal, 'total', 'Number of complaints submitted to the internal-complaints mechanism', verdicts + omitted),
      (internal, 'newly_imposed', 'Number of restrictions newly imposed as a result of an internal complaint', number),
      (internal, 'visibility', 'Complaint regarding a decision to remove or disable access to or restrict visibility of information', verdicts),
      (internal, 'service', 'Complaint regarding a decision to suspend or terminate the provision of the service', verdicts),
      (internal, 'account', 'Complaint regarding a decision to suspend or terminate an account', verdicts),
      (internal, 'monetisation', 'Complaint regarding a decision to restrict the ability to monetise information', verdicts),
      (internal, 'notices', 'Complaint regarding a decision not to take action on a notice submitted in accordance with Article 16', verdicts),
      (internal, 'trusted_flaggers', 'Complaint regarding a decision not to take action on a notice submitted by a Trusted Flagger in accordance with Article 16', verdicts),
      (disputes, 'disputes', 'Number of disputes submitted to out-of-court dispute settlement bodies', verdicts + omitted + implemented),
      (repeated, 'illegal_content', 'Number of suspensions enacted for the provision of manifestly illegal content', number),
      (repeated, 'unfounded_notices', 'Number of suspensions enacted for the provision of manifestly unfounded notices', number),
      (repeated, 'unfounded_complaints', 'Number of suspensions enacted for the provision of manifestly unfounded complaints', number),
  ] -%}
  {%- set rows = [] -%}
  {%- for section, indicator_code, indicator, scopes in indicators -%}
    {%- for scope_code, scope in scopes -%}
      {%- do rows.append({'row_no': rows | length + 1, 'section': section, 'indicator_code': indicator_code,
          'indicator': indicator, 'scope_code': scope_code, 'scope': scope}) -%}
    {%- endfor -%}
  {%- endfor -%}
  {{- return(rows) -}}
{% endmacro %}

{#- Which rows of the table a kind of complaints counts in: pairs of part and indicator. Complaints of trusted
    flaggers are a subset of those about notices; those about a decision that nobody knows count in the total only. -#}
{% macro dsa_parts() %}
  {%- set pairs = [('unknown', 'total'), ('notice', 'notices'), ('trusted_flagger_notice', 'notices'),
      ('trusted_flagger_notice', 'trusted_flaggers'), ('disputes', 'disputes')] -%}
  {%- for restriction in ['visibility', 'service', 'account', 'monetisation'] -%}
    {%- do pairs.append((restriction, restriction)) -%}
    {%- do pairs.append((restriction, 'total')) -%}
  {%- endfor -%}
  {%- if var('dsa_total_includes_notices') -%}
    {%- do pairs.append(('notice', 'total')) -%}
    {%- do pairs.append(('trusted_flagger_notice', 'total')) -%}
  {%- endif -%}
  {{- return(pairs) -}}
{% endmacro %}

{#- Complaints as the table counts them, narrow, to be read in the place where it stands: a common expression read
    twice would be kept. `sources` says whether a source tells notifications: where it does, a verdict counts from
    its notification on and is pending before; where it never does, from the decision. What ended without a verdict
    counts when it ended. -#}
{% macro dsa_complaints() -%}
    (
        select
            case
                when appeals.body = 'ods' then 'disputes'
                when appeals.about = 'decision' then coalesce(appeals.restriction, 'unknown')
                else appeals.about
            end as part,
            {{ micros('appeals.submitted_at') }} as submitted_us,
            {{ micros(dsa_ended_at()) }} as ended_us,
            appeals.is_decided,
            appeals.outcome,
            appeals.new_restriction,
            appeals.ods_implemented,
            appeals.decided_at is not null or appeals.notified_at is not null as is_timed
        from {{ ref('fct_appeals') }} as appeals
        inner join {{ ref('int_dsa_sources') }} as sources on appeals.source_id = sources.source_id
        {%- if not var('dsa_counts_second_rounds') %}
        where greatest(appeals.{{ adapter.quote('round') }}, appeals.round_no) = 1
        {%- endif %}
    )
{%- endmacro %}

{% macro dsa_ended_at() -%}
    case
        when appeals.is_decided and sources.has_notifications then appeals.notified_at
        when not appeals.is_pending then coalesce(appeals.notified_at, appeals.decided_at, appeals.submitted_at)
    end
{%- endmacro %}

{#- The reporting periods an instant lies in. -#}
{% macro join_dsa_period(alias, at_us) -%}
    inner join {{ ref('int_dsa_period_days') }} as {{ alias }}
        on {{ alias }}.utc_day_no = {{ day_number(at_us) }}
        and {{ alias }}.from_us <= {{ at_us }}
        and {{ at_us }} < {{ alias }}.to_us
{%- endmacro %}
