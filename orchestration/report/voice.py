"""What reviews on app stores and posts say of a line of business.

Belongs here: wording rows of `agg_voice_drivers_weekly`. Does not belong here: which review belongs to which
line of business (`voice_driver_rules`), and what people wrote to support (`contacts`).
"""

from __future__ import annotations

from orchestration.report.content import Content, Row
from orchestration.report.markup import Safe, tag
from orchestration.report.numbers import count, percent
from orchestration.report.queries import VOICE, Page
from orchestration.report.shares import cell, number, table, words


def voice(content: Content, page: Page) -> Safe | None:
    """Return reviews and posts of the week by platform; nothing where none was told to belong here."""
    rows = content.of(VOICE.name, page)
    if not rows:
        return None
    caption = "Reviews and posts whose words name this line of business, and what they rate"
    head = ("Platform", "Items", "Mean rating", "Dissatisfied")
    return tag(
        "section",
        tag("h2", "What reviews and posts say"),
        table(caption, head, (_platform(row) for row in rows), "Reviews and posts"),
    )


def _platform(row: Row) -> Safe:
    rated = row["rated_count"]
    rating = dissatisfied = cell(None)
    if rated:
        rating = cell(number(f"{row['mean_rating']:.1f}", VOICE.name), f"of {count(rated)}")
        unhappy = row["dissatisfied_count"]
        share = number(percent(unhappy / rated), VOICE.name)
        dissatisfied = cell(share, f"{count(unhappy)} of {count(rated)}")
    return tag(
        "tr",
        tag("th", words(row["platform"]), scope="row"),
        cell(number(count(row["item_count"]), VOICE.name)),
        rating,
        dissatisfied,
    )
