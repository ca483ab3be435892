"""Connectors: what each kind of source system delivers, as a contract for its files.

Belongs here: one module per system whose files have their own shape, and the list of all connectors.
Does not belong here: reading and loading, which are the same for all (`ingestion.staging`, `ingestion.load`).
"""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.connectors import (
    app_store_reviews,
    appeals_events,
    csat_survey_files,
    google_play_reviews,
    review_list,
    servicenow_audit,
)
from ingestion.contracts import CANONICAL, Entity


@dataclass(frozen=True)
class Connector:
    """A kind of source: its entities, which of its files belong to which, and a text that means null."""

    name: str
    entities: tuple[Entity, ...]
    # Beginning of a file's name → entity, where files are not called after their entity.
    file_names: tuple[tuple[str, str], ...] = ()
    null: str = ""


def _of_one_entity(entity: Entity, file_names: tuple[str, ...], null: str = "") -> Connector:
    """The connector of a system that exports one kind of rows, in files named so."""
    return Connector(entity.connector, (entity,), tuple((name, entity.name) for name in file_names), null)


CONNECTORS: dict[str, Connector] = {
    connector.name: connector
    for connector in (
        Connector("canonical_files", CANONICAL),
        _of_one_entity(servicenow_audit.INCIDENTS, servicenow_audit.FILE_NAMES, null="?"),
        _of_one_entity(csat_survey_files.CONTACTS, csat_survey_files.FILE_NAMES),
        _of_one_entity(appeals_events.EVENTS, appeals_events.FILE_NAMES),
        _of_one_entity(google_play_reviews.REVIEWS, google_play_reviews.FILE_NAMES),
        _of_one_entity(app_store_reviews.REVIEWS, app_store_reviews.FILE_NAMES),
        _of_one_entity(review_list.REVIEWS, review_list.FILE_NAMES),
    )
}


def all_entities() -> tuple[Entity, ...]:
    """Return the entities of all connectors: each has a raw table, in every warehouse."""
    return tuple(entity for connector in CONNECTORS.values() for entity in connector.entities)
