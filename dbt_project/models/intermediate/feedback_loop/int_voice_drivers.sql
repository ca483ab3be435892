-- What reviews and posts are about, by the words in them: the first of the rules that fits (voice_driver_rules).
with items as (
    select
        {{ voice_item_key() }} as voice_item_key,
        lower({{ dbt.split_part('language', "'-'", 1) }}) as language,
        {{ as_words("concat_ws(' ', title, text)") }} as words
    from {{ ref('int_voice_items__unioned') }}
),

-- blanks are put around the terms here, once, not for each item they are looked for in
rules as (
    select
        rule_id,
        position,
        language,
        ' ' || term || ' ' as term,
        ' ' || also_term || ' ' as also_term,
        line_of_business,
        contact_reason
    from {{ ref('voice_driver_rules') }}
),

fitting as (
    select
        items.voice_item_key,
        rules.rule_id,
        rules.line_of_business,
        rules.contact_reason,
        row_number() over (partition by items.voice_item_key order by rules.position) as place
    from items
    inner join rules
        on items.language = rules.language
        and {{ has_words('items.words', 'rules.term') }}
        and (rules.also_term is null or {{ has_words('items.words', 'rules.also_term') }})
)

select
    voice_item_key,
    rule_id as driver_rule_id,
    line_of_business,
    contact_reason
from fitting
where place = 1
