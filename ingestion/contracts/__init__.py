"""The source contract: what a source may deliver. The single place; everything else is made from it.

Belongs here: entities, columns, types, codes, defaults, keys. `activity` and `reference` hold the canonical
contract, `model` the words it is written in, `page` the docs page made from it.
Does not belong here: how any of it is read, checked or stored.
"""

from __future__ import annotations

from ingestion.contracts.activity import ACTIVITY
from ingestion.contracts.model import About, Column, Entity, Order
from ingestion.contracts.reference import REFERENCE

# Raised whenever the contract changes what is loaded from an unchanged file: all files are then read again.
CONTRACT_VERSION = "3"

CANONICAL: tuple[Entity, ...] = (*ACTIVITY, *REFERENCE)

# Kinds of ids that `refers_to` in a site's source can point elsewhere.
REFERENCES: tuple[str, ...] = (
    "ticket_id",
    "agent_id",
    "group_id",
    "schedule_id",
    "policy_id",
    "macro_id",
    "decision_id",
    "appeal_id",
    "review_id",
    "rubric_id",
    "status",
    "line_of_business",
)

__all__ = ["CANONICAL", "CONTRACT_VERSION", "REFERENCES", "About", "Column", "Entity", "Order", "entity"]


def entity(name: str) -> Entity:
    """Return a canonical entity by name; KeyError naming it if there is none."""
    for found in CANONICAL:
        if found.name == name:
            return found
    raise KeyError(f"no entity is called {name!r}")
