"""Reviews of an app in the App Store, as review scrapers write them.

Belongs here: the shape of that export. Does not belong here: what it means as a voice item, which is
`dbt_project/models/staging/app_store_reviews`.

The export names no review; time and title together are the key. The developer's response is a Python dict
written as text (`{'id': 1, 'body': "…", 'modified': '2023-07-09T15:35:57Z'}`): its time is taken out by a
pattern, nothing is evaluated, and a cell of another shape goes to quarantine. The response may have been
modified long after it was first given, so it tells when a creator was answered at the latest.
"""

from __future__ import annotations

from ingestion.contracts.model import Column, Entity

FILE_NAMES = ("app_store_us", "app_store_reviews")
# A text in Python's quotes, either kind, with backslash escapes.
_QUOTED = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_RESPONSE = rf"(?s)\s*\{{\s*'id': \d+, 'body': {_QUOTED}, 'modified': '([^'\\]*)'\s*\}}\s*"

REVIEWS = Entity(
    name="app_reviews",
    kind="snapshot",
    description="One row per review, as last edited, with the time of the developer's response.",
    key=("posted_at", "title"),
    version="posted_at",
    columns=(
        Column("posted_at", "ts", required=True, header="date"),
        Column("title", "text", required=True, free_text=True),
        Column("text", "text", free_text=True, header="review"),
        Column("rating", "num"),
        Column("is_edited", "bool", header="isEdited"),
        Column("replied_at", "ts", header="developerResponse", inside=_RESPONSE),
        Column("market", "market"),
        Column("language", "language"),
    ),
    connector="app_store_reviews",
)
