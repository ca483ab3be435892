"""Bare lists of reviews: rating, text and time, and nothing that names a review.

Belongs here: the shape of that export. Does not belong here: what it means as a voice item, which is
`dbt_project/models/staging/review_list`.

Time, rating and text together are the key, the text as redacted: a review edited between two exports is two
reviews here, and one without text cannot be told from another, so it goes to quarantine. Platform, market and
language are the site's to say (`values`); times are naive, so the source must declare a zone.
"""

from __future__ import annotations

from ingestion.contracts.model import Column, Entity

FILE_NAMES = ("google_play_en", "review_list")

REVIEWS = Entity(
    name="list_items",
    kind="event",
    description="One row per review.",
    key=("posted_at", "rating", "text"),
    version="posted_at",
    columns=(
        Column("posted_at", "ts", required=True, header="Timestamp"),
        Column("rating", "num", required=True, header="Rating"),
        Column("text", "text", required=True, free_text=True, header="Review"),
        Column(
            "platform",
            "code",
            required=True,
            codes=("app_store", "google_play", "x", "reddit", "forum", "other"),
        ),
        Column("market", "market"),
        Column("language", "language"),
    ),
    connector="review_list",
)
