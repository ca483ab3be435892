"""SLA policies and targets of the simulated organisation.

Belongs here: policies that exercise every rule of matching: conditions on each column, ties in position,
validity, an edited policy, targets by priority, both kinds of hours, metrics without a target.
Does not belong here: applying them (`truth_policy.py`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ingestion.simulator import world
from ingestion.simulator.organisation import Organisation, group_id

Row = dict[str, Any]
METRICS = (
    "first_reply",
    "next_reply",
    "periodic_update",
    "pausable_update",
    "requester_wait",
    "agent_work",
    "total_resolution",
)


def _policy(
    policy: str,
    position: int,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    **conditions: str,
) -> Row:
    return {
        "policy_id": policy,
        "name": policy.removeprefix("SLA-").replace("-", " ").title(),
        "position": position,
        **conditions,
        "valid_from": start,
        "valid_to": end,
    }


def _targets(
    policy: str,
    hours: str,
    start: datetime | None = None,
    end: datetime | None = None,
    **minutes: int | dict[str, int],
) -> list[Row]:
    """Targets of a policy: per metric one number for any priority, or one per priority (`any` = null)."""
    found: list[Row] = []
    for metric, value in minutes.items():
        for priority, target in (value if isinstance(value, dict) else {"any": value}).items():
            found.append(
                {
                    "policy_id": policy,
                    "metric": metric,
                    "priority": None if priority == "any" else priority,
                    "target_minutes": target,
                    "hours": hours,
                    "valid_from": start,
                    "valid_to": end,
                }
            )
    return found


def build_policies(org: Organisation) -> None:
    """Fill `sla_policies` and `sla_targets`."""
    early, middle, late = org.at(0.35), org.at(0.55), org.at(0.75)
    house = [group_id(line, world.IN_HOUSE) for line in ("verification", "platform_verification")]
    org.rows["sla_policies"] = [
        _policy("SLA-MINORS", 1, line_of_business="minor_protection"),
        _policy("SLA-MANAGED", 2, requester_segment="managed"),
        _policy(
            "SLA-PARTNERS", 3, requester_segment="partner", line_of_business="creator_rewards;account_access"
        ),
        # two at one position: the lower id wins (A17)
        _policy("SLA-JAPAN-B", 4, language="ja"),
        _policy("SLA-JAPAN-A", 4, market="JP", channel="in_app;webform"),
        _policy("SLA-SPECIALISTS", 5, group_id=";".join(house)),
        _policy("SLA-ACCESS", 6, line_of_business="account_access", channel="in_app;webform;chat;phone"),
        _policy("SLA-REWARDS", 7, line_of_business="creator_rewards", end=middle),
        _policy(
            "SLA-REWARDS", 7, line_of_business="creator_rewards", channel="in_app;webform;email", start=middle
        ),
        _policy("SLA-EMERGING", 8, line_of_business="emerging_products", start=early),
        _policy("SLA-SAFETY", 9, line_of_business="account_safety"),
        _policy("SLA-STANDARD", 10, channel="in_app;webform;email;chat;phone;app_store;social"),
    ]
    org.rows["sla_targets"] = [
        *_targets(
            "SLA-MINORS",
            "calendar",
            first_reply={"urgent": 30, "any": 120},
            next_reply=240,
            periodic_update=2_880,
            requester_wait=4_320,
            total_resolution={"urgent": 1_440, "any": 7_200},
        ),
        *_targets(
            "SLA-MANAGED", "calendar", first_reply=60, next_reply=120, pausable_update=1_440, agent_work=1_440
        ),
        *_targets(
            "SLA-PARTNERS",
            "business",
            first_reply=180,
            next_reply=360,
            requester_wait=1_920,
            total_resolution=4_800,
        ),
        *_targets("SLA-JAPAN-A", "business", first_reply=240, next_reply=480, agent_work=960),
        *_targets("SLA-JAPAN-B", "calendar", first_reply=1_440, total_resolution=14_400),
        *_targets("SLA-SPECIALISTS", "business", next_reply=480, periodic_update=2_400, agent_work=1_920),
        *_targets(
            "SLA-ACCESS",
            "calendar",
            first_reply={"urgent": 30, "high": 90, "normal": 360, "any": 720},
            next_reply={"urgent": 60, "any": 480},
            total_resolution={"urgent": 720, "any": 5_760},
        ),
        *_targets("SLA-ACCESS", "business", requester_wait={"urgent": 480, "high": 960, "any": 1_920}),
        *_targets(
            "SLA-REWARDS",
            "business",
            first_reply={"urgent": 60, "any": 480},
            end=late,
            next_reply=480,
            requester_wait=2_400,
        ),
        *_targets(
            "SLA-REWARDS",
            "business",
            first_reply={"urgent": 60, "any": 240},
            start=late,
            next_reply=480,
            agent_work=1_440,
        ),
        *_targets("SLA-EMERGING", "business", first_reply=960, pausable_update=2_880, agent_work=2_880),
        # priority decides the hours too, so a change of priority re-measures the clock
        *_targets(
            "SLA-SAFETY", "calendar", first_reply={"urgent": 60, "high": 240}, next_reply={"urgent": 120}
        ),
        *_targets(
            "SLA-SAFETY",
            "business",
            first_reply={"any": 480},
            next_reply={"any": 720},
            pausable_update={"any": 1_920},
            total_resolution={"any": 4_800},
        ),
        *_targets(
            "SLA-STANDARD",
            "business",
            first_reply={"urgent": 120, "high": 240, "normal": 480, "low": 960},
            next_reply=720,
            requester_wait=2_880,
            agent_work={"urgent": 480, "high": 960, "any": 2_400},
            periodic_update=4_800,
        ),
    ]
