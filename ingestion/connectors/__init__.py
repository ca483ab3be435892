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


CONNECTORS: dict[str, Connector] = {
    "canonical_files": Connector("canonical_files", CANONICAL),
    "servicenow_audit": Connector(
        "servicenow_audit",
        (servicenow_audit.INCIDENTS,),
        file_names=((servicenow_audit.FILE_NAME, servicenow_audit.INCIDENTS.name),),
        null="?",
    ),
    "csat_survey_files": Connector(
        "csat_survey_files",
        (csat_survey_files.CONTACTS,),
        file_names=tuple((name, csat_survey_files.CONTACTS.name) for name in csat_survey_files.FILE_NAMES),
    ),
    "appeals_events": Connector(
        "appeals_events",
        (appeals_events.EVENTS,),
        file_names=tuple((name, appeals_events.EVENTS.name) for name in appeals_events.FILE_NAMES),
    ),
    "google_play_reviews": Connector(
        "google_play_reviews",
        (google_play_reviews.REVIEWS,),
        file_names=tuple((name, google_play_reviews.REVIEWS.name) for name in google_play_reviews.FILE_NAMES),
    ),
    "app_store_reviews": Connector(
        "app_store_reviews",
        (app_store_reviews.REVIEWS,),
        file_names=tuple((name, app_store_reviews.REVIEWS.name) for name in app_store_reviews.FILE_NAMES),
    ),
    "review_list": Connector(
        "review_list",
        (review_list.REVIEWS,),
        file_names=tuple((name, review_list.REVIEWS.name) for name in review_list.FILE_NAMES),
    ),
}


def all_entities() -> tuple[Entity, ...]:
    """Return the entities of all connectors: each has a raw table, in every warehouse."""
    return tuple(entity for connector in CONNECTORS.values() for entity in connector.entities)
