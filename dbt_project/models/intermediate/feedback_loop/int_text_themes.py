"""Assigns texts to the themes on record; a text keeps the theme it has."""


def model(dbt, session):
    dbt.config(materialized="table")
    from feedback_texts.scoring import assignments
    from feedback_texts.tables import existing

    texts, records = dbt.ref("int_texts"), dbt.ref("int_theme_records")
    return assignments(session, texts, records, existing(session, dbt.this))
