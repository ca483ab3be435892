"""Adds themes that texts are about and no record has: appended to, never rewritten, so that keys stay."""


def model(dbt, session):
    dbt.config(
        materialized="incremental", incremental_strategy="append", full_refresh=False, schema="records"
    )
    from feedback_texts.scoring import new_themes
    from feedback_texts.tables import existing

    return new_themes(session, dbt.ref("int_texts"), existing(session, dbt.this))
