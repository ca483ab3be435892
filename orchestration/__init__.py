"""Orchestration: one Dagster asset graph over ingestion, dbt, the gates and the publication.

Belongs here: order, schedules, checks as Dagster shows them, locking, publishing, the run's summary.
Does not belong here: reading sources (`ingestion/`), meaning (`dbt_project/`), checks of data
(`expectations/`). Nothing imports this package but itself and its tests; only this package imports Dagster.
"""
