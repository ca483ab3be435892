{%- set grain = ['source_id', 'agreement_of', 'rubric_id', 'rubric_version', 'category_id', 'reviewer_a_id', 'reviewer_b_id',
    'subject_type', 'subject_id'] %}
with ratings as (
    select * from {{ ref('int_calibration_ratings') }}
),

categories as (
    select
        rubric_category_key,
        source_id,
        rubric_id,
        rubric_version,
        category_id,
        max(category_name) as category_name
    from ratings
    group by 1, 2, 3, 4, 5
),

sets as (
    select
        rubric_category_key,
        set_key,
        subject_type,
        subject_id,
        count(*) as rating_count,
        max(rating) - min(rating) as spread,
        max(scale_width) as scale_width,
        max(case when is_minor then 1 else 0 end) as minor_count
    from ratings
    group by 1, 2, 3, 4
    having count(*) > 1
),

graders as (
    select
        ratings.rubric_category_key,
        count(distinct ratings.reviewer_id) as reviewer_count,
        count(distinct case when ratings.is_minor then ratings.set_key end) as minor_count
    from ratings
    inner join sets on ratings.rubric_category_key = sets.rubric_category_key and ratings.set_key = sets.set_key
    group by 1
),

unanimous as (
    select rubric_category_key, count(case when spread = 0 then 1 end) as unanimous_count
    from sets
    group by 1
),

of_category as (
    select
        alpha.rubric_category_key,
        'category' as agreement_of,
        cast(null as {{ dbt.type_string() }}) as reviewer_a_id,
        cast(null as {{ dbt.type_string() }}) as reviewer_b_id,
        cast(null as {{ dbt.type_string() }}) as subject_type,
        cast(null as {{ dbt.type_string() }}) as subject_id,
        alpha.set_count,
        alpha.rating_count,
        graders.reviewer_count,
        unanimous.unanimous_count,
        alpha.alpha,
        cast(null as double) as kappa,
        cast(null as double) as spread,
        case when alpha.alpha is null then 'no_variation' end as null_reason,
        graders.minor_count
    from {{ ref('int_krippendorff_alpha') }} as alpha
    inner join graders on alpha.rubric_category_key = graders.rubric_category_key
    inner join unanimous on alpha.rubric_category_key = unanimous.rubric_category_key
),

of_pair as (
    select
        rubric_category_key,
        'pair' as agreement_of,
        reviewer_a_id,
        reviewer_b_id,
        cast(null as {{ dbt.type_string() }}) as subject_type,
        cast(null as {{ dbt.type_string() }}) as subject_id,
        set_count,
        2 * set_count as rating_count,
        2 as reviewer_count,
        agreed_count as unanimous_count,
        cast(null as double) as alpha,
        kappa,
        cast(null as double) as spread,
        case when kappa is null then 'no_variation' end as null_reason,
        minor_count
    from {{ ref('int_cohen_kappa') }}
),

-- chance agreement cannot be told from one subject: its rows say how far apart the graders were
of_set as (
    select
        rubric_category_key,
        'set' as agreement_of,
        cast(null as {{ dbt.type_string() }}) as reviewer_a_id,
        cast(null as {{ dbt.type_string() }}) as reviewer_b_id,
        subject_type,
        subject_id,
        1 as set_count,
        rating_count,
        rating_count as reviewer_count,
        case when spread = 0 then 1 else 0 end as unanimous_count,
        cast(null as double) as alpha,
        cast(null as double) as kappa,
        spread / scale_width as spread,
        'single_set' as null_reason,
        minor_count
    from sets
),

all_rows as (
    select * from of_category
    union all
    select * from of_pair
    union all
    select * from of_set
),

named as (
    select categories.source_id, categories.rubric_id, categories.rubric_version, categories.category_id, categories.category_name, all_rows.*
    from all_rows
    inner join categories on all_rows.rubric_category_key = categories.rubric_category_key
)

select
    {{ cell_key(grain) }} as agreement_key,
    {{ grain | join(',\n    ') }},
    category_name,
    cast(set_count as bigint) as set_count,
    cast(rating_count as bigint) as rating_count,
    cast(reviewer_count as bigint) as reviewer_count,
    cast(unanimous_count as bigint) as unanimous_count,
    {{ rate('unanimous_count', 'set_count') }} as unanimous_rate,
    alpha as krippendorff_alpha,
    kappa as cohen_kappa,
    spread,
    null_reason,
    agreement_of <> 'set' and null_reason is null and set_count >= {{ var('agreement_minimum_sets') }} as is_reportable,
    cast(minor_count as bigint) as minor_count
from named
