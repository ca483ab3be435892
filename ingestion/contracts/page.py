"""The source contract as a page for people (`docs/source_contract.md`), made from the contract itself.

Belongs here: wording and layout of that page. Does not belong here: anything that is true only here.
"""

from __future__ import annotations

from ingestion.contracts import CANONICAL, REFERENCES, Column, Entity
from ingestion.contracts.model import FACTS_FROM, FACTS_UNTIL

_TYPES = {
    "ts": "time",
    "code": "code",
    "market": "ISO 3166-1 alpha-2",
    "language": "BCP 47",
    "zone": "IANA zone",
    "time": "HH:MM",
    "int": "whole number",
    "num": "number",
    "bool": "true/false",
}
_KINDS = {
    "snapshot": "Snapshot: the latest version of a key counts.",
    "event": "Event: stands as it is; a repeated id is a duplicate.",
    "reference": "Reference: replaced whole, per source, when one of its files changes.",
}
_INTRODUCTION = """\
# What a source delivers

Made by `.venv/bin/python -m ingestion contract` from `ingestion/contracts/`; do not edit it here.

One file, several files or a folder per entity (`tickets.csv`, `tickets_2026-01.csv.gz`, `tickets/…`), as CSV,
JSON lines or Parquet. Columns in any order; an optional column may be absent. Columns that are not listed are
kept in `extra` and reported; values whose name, or whose key at any depth of JSON, speaks of a person are
withheld there. Empty means null, in every format.

- **time**: ISO 8601 with an offset or `Z`, or naive in the zone that `site.yml` declares; a bare date is
  local midnight. An ambiguous local time is its first occurrence, one that does not exist the instant of the
  switch. Naive without a declared zone breaks the contract. Times of what happened are in the years {years}
  (UTC); those of reference tables may be any.
- **true/false**: `true`, `t`, `yes`, `y`, `1` or `1.0`; `false`, `f`, `no`, `n`, `0` or `0.0`; in any case.
- **code**: one of the values listed, exactly; further ones can be declared in `site.yml` (`codes:`).
- **id of a creator**: replaced by a keyed hash (HMAC-SHA256). **free text**: e-mail addresses, links, handles
  and phone numbers are replaced; for minors it is not loaded at all.

A row that breaks the contract is not loaded; `quarantine.<entity>` says which, where and why. `line` there is
the line of the file on which the record begins (Parquet: the number of the row). A file that as a whole
cannot be read, or lacks a required column, stops the load before anything is written.

Kinds of ids that `refers_to` may point to another source: """


def page() -> str:
    """Return the whole page as Markdown."""
    introduction = _INTRODUCTION.replace("{years}", f"{FACTS_FROM} to {FACTS_UNTIL}")
    parts = [introduction + ", ".join(f"`{name}`" for name in REFERENCES) + ".\n"]
    parts += [_section(entity) for entity in CANONICAL]
    return "\n".join(parts)


def _section(entity: Entity) -> str:
    lines = [f"## {entity.name}", "", f"{entity.description} {_KINDS[entity.kind]}"]
    if entity.key:
        version = f", version `{entity.version}`" if entity.version else ""
        lines.append(f"Key: {', '.join(f'`{name}`' for name in entity.key)}{version}.")
    for order in entity.orders:
        lines.append(f"`{order.later}` must not be before `{order.earlier}`.")
    for rule in entity.rules:
        lines.append(f"`{rule.column}`: {rule.reason}.")
    lines += ["", "| column | type | required | notes |", "|---|---|---|---|"]
    lines += [_row(column) for column in entity.columns]
    return "\n".join([*lines, ""])


def _row(column: Column) -> str:
    notes = []
    if column.codes:
        notes.append(" ".join(f"`{code}`" for code in column.codes))
    if column.default is not None:
        shown = str(column.default).lower() if isinstance(column.default, bool) else column.default
        notes.append(f"default `{shown}`")
    if column.default_from:
        notes.append("default: " + ", else ".join(f"`{name}`" for name in column.default_from))
    if column.at_least is not None:
        notes.append(f"{column.at_least} to {column.at_most}")
    if column.personal:
        notes.append("id of a creator")
    if column.personal_unless:
        of, staff = column.personal_unless
        notes.append(f"id of a creator, unless `{of}` is {', '.join(f'`{code}`' for code in staff)}")
    if column.free_text:
        notes.append("free text")
    if column.value_of:
        notes.append(
            f"follows the rules of the column that `{column.value_of}` names; if it names none, an id of"
            " a creator when the name speaks of a person (`creator_id`, `author`, `email`), else free text"
        )
    if column.note:
        notes.append(column.note)
    kind = _TYPES.get(column.type, column.type)
    return f"| `{column.name}` | {kind} | {'yes' if column.required else ''} | {'; '.join(notes)} |"
