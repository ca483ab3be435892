"""Rubrics that quality reviews are graded by.

Belongs here: categories, weights and versions. Does not belong here: the reviews (`quality.py`).
"""

from __future__ import annotations

from ingestion.simulator.organisation import Organisation

# category: (name, weight, scale maximum, critical), the scale begins at 0
_TICKET = {
    "tone": ("Tone and empathy", 1, 4, False),
    "accuracy": ("Accuracy", 3, 4, False),
    "process": ("Process followed", 2, 4, False),
    "privacy": ("Privacy and safety", 2, 1, True),
}
_APPEAL = {
    "policy": ("Right policy", 3, 4, True),
    "evidence": ("Evidence weighed", 2, 4, False),
    "reasoning": ("Reasons given", 1, 4, False),
    "language": ("Language", 1, 2, False),
}
RUBRICS: list[tuple[str, int, dict[str, tuple[str, int, int, bool]]]] = [
    ("RUB-TICKET", 1, _TICKET),
    (
        "RUB-TICKET",
        2,
        {**_TICKET, "tone": ("Tone and empathy", 2, 5, False), "resolution": ("Problem solved", 3, 5, False)},
    ),
    ("RUB-APPEAL", 1, _APPEAL),
]


def build_rubrics(org: Organisation) -> None:
    """Fill `rubrics`; the ticket rubric was edited in mid-period."""
    switch = org.at(0.5)
    org.rows["rubrics"] = [
        {
            "rubric_id": rubric,
            "version": version,
            "category_id": category,
            "category_name": name,
            "weight": weight,
            "scale_min": 0,
            "scale_max": top,
            "is_critical": critical,
            "valid_from": switch if version == 2 else None,
            "valid_to": switch if (rubric, version) == ("RUB-TICKET", 1) else None,
        }
        for rubric, version, categories in RUBRICS
        for category, (name, weight, top, critical) in categories.items()
    ]
