"""Hostile random SLA policies and targets, and all reference tables of a source together.

Belongs here: conditions, lists, ties in position, validity, priorities, hours. Does not belong here: tickets.
"""

from __future__ import annotations

from random import Random

from .random_reference import (
    CHANNELS,
    GROUPS,
    LANGUAGES,
    LOBS,
    MARKETS,
    PRIORITIES,
    SEGMENTS,
    Period,
    Tables,
    TextRow,
    agents,
    groups,
    holidays,
    schedules,
    status_map,
    validities,
)

METRICS = (
    "first_reply",
    "next_reply",
    "periodic_update",
    "pausable_update",
    "requester_wait",
    "agent_work",
    "total_resolution",
)
TARGET_MINUTES = (1, 15, 30, 60, 90, 240, 480, 600, 1440, 2880, 10080)


def policies(rng: Random, period: Period) -> list[TextRow]:
    """Policies with every kind of condition, lists, ties in position, validity and edited conditions."""
    conditions = {
        "line_of_business": LOBS,
        "channel": CHANNELS,
        "market": MARKETS,
        "language": LANGUAGES,
        "requester_segment": SEGMENTS,
        "group_id": GROUPS,
    }
    rows = []
    count = rng.randint(2, 8)
    for number in range(count):
        for valid_from, valid_to in validities(rng, period, rng.choice((1, 1, 1, 2))):
            row = {"policy_id": f"p{number}", "name": f"p{number}", "position": str(rng.randint(1, count))}
            for name, values in conditions.items():
                few = rng.random() < 0.25 and number < count - 1
                row[name] = ";".join(rng.sample(values, rng.randint(1, 3))) if few else ""
            if number == count - 1:
                row["position"] = str(count + 1)
            rows.append({**row, "valid_from": valid_from, "valid_to": valid_to})
    return rows


def targets(rng: Random, period: Period, policy_rows: list[TextRow]) -> list[TextRow]:
    """Targets per policy and metric, by priority or for any, edited over time, business or calendar."""
    rows = []
    minutes = rng.sample(TARGET_MINUTES, 3)  # few, so that an exact hit of one is a hit of many
    for policy_id in sorted({row["policy_id"] for row in policy_rows}):
        usual = rng.choice(("business", "calendar"))
        for metric in METRICS:
            if rng.random() < 0.2:
                continue
            for priority in ("", *PRIORITIES):
                if rng.random() < (0.2 if priority == "" else 0.6):
                    continue
                for valid_from, valid_to in validities(rng, period, rng.choice((1, 1, 1, 2, 3))):
                    rows.append(
                        {
                            "policy_id": policy_id,
                            "metric": metric,
                            "priority": priority,
                            "target_minutes": str(rng.choice(minutes)),
                            "hours": usual if rng.random() < 0.7 else rng.choice(("business", "calendar")),
                            "valid_from": valid_from,
                            "valid_to": valid_to,
                        }
                    )
    return rows


def reference_tables(rng: Random, period: Period) -> Tables:
    """All reference tables of one source."""
    policy_rows = policies(rng, period)
    return {
        "schedules": schedules(rng, period),
        "holidays": holidays(rng, period),
        "agents": agents(rng, period),
        "groups": groups(rng),
        "status_map": status_map(rng, period),
        "sla_policies": policy_rows,
        "sla_targets": targets(rng, period, policy_rows),
        "lines_of_business": [{"line_of_business": lob, "name": lob} for lob in LOBS],
    }
