"""Scores texts that no score was given before, by models learned from rated texts (python/feedback_texts)."""


def model(dbt, session):
    dbt.config(materialized="table")
    from feedback_texts.scoring import sentiments
    from feedback_texts.tables import existing

    return sentiments(session, dbt.ref("int_texts"), existing(session, dbt.this))
