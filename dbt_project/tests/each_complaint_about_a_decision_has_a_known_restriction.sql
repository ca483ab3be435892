-- Complaints about a decision that no source delivered count in the total of rpt_dsa_appeals and in no part of it.
{{ config(severity='warn') }}
select reporting_period, submitted_count, ended_count
from {{ ref('int_dsa_counts') }}
where part = 'unknown'
