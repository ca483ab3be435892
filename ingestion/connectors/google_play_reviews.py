"""Reviews of an app on Google Play, as review scrapers write them: one row per review with its reply.

Belongs here: the shape of that export. Does not belong here: what it means as a voice item, which is
`dbt_project/models/staging/google_play_reviews`.

Times are naive, so the source must declare a zone. The export does not say market and language, which are
those it was taken for: the site gives them as `values`. A review that its writer edits keeps its id and gets
the time of the edit; the earlier text is then gone at the source, and in the warehouse as well.
"""

from __future__ import annotations

from ingestion.contracts.model import Column, Entity

FILE_NAMES = ("google_play_id", "google_play_reviews")

REVIEWS = Entity(
    name="reviews",
    kind="snapshot",
    description="One row per review, as last edited, with the developer's reply.",
    key=("review_id",),
    version="posted_at",
    columns=(
        Column("review_id", "id", required=True, header="reviewId"),
        Column("text", "text", free_text=True, header="content"),
        Column("rating", "num", header="score"),
        Column("likes", "int", header="thumbsUpCount"),
        Column("app_version", "text", header="reviewCreatedVersion"),
        Column("posted_at", "ts", required=True, header="at"),
        Column("reply_text", "text", free_text=True, header="replyContent"),
        Column("replied_at", "ts", header="repliedAt"),
        Column("market", "market"),
        Column("language", "language"),
    ),
    connector="google_play_reviews",
)
