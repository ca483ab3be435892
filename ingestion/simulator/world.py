"""The fixed facts of the simulated organisation: names, mixes, zones.

Belongs here: plain tables a reader may want to change.
Does not belong here: anything drawn at random (see `organisation.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "helpdesk"
SITE_TIMEZONE = "Europe/Dublin"
STATUS_CATEGORIES = ("new", "open", "pending", "on_hold", "solved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")
CHANNELS = {
    "in_app": 0.46,
    "webform": 0.24,
    "email": 0.12,
    "chat": 0.07,
    "internal_form": 0.05,
    "phone": 0.02,
    "app_store": 0.015,
    "social": 0.02,
    "other": 0.005,
}
SEGMENTS = {"standard": 0.72, "rising": 0.16, "partner": 0.09, "managed": 0.03}

# line of business: (name, owner team, share of contacts, share of minors, reasons with their shares)
LINES: dict[str, tuple[str, str, float, float, dict[str, float]]] = {
    "creator_rewards": (
        "Creator rewards",
        "product",
        0.27,
        0.01,
        {
            "payout_delayed": 0.34,
            "payout_amount": 0.24,
            "eligibility": 0.22,
            "tax_form": 0.11,
            "bonus_missing": 0.09,
        },
    ),
    "verification": (
        "Verification",
        "product",
        0.12,
        0.02,
        {"badge_rejected": 0.45, "badge_lost": 0.2, "documents_unreadable": 0.22, "name_change": 0.13},
    ),
    "account_access": (
        "Account access",
        "engineering",
        0.24,
        0.05,
        {"cannot_log_in": 0.42, "two_factor_lost": 0.24, "account_hacked": 0.22, "email_changed": 0.12},
    ),
    "account_safety": (
        "Account-level safety",
        "safety",
        0.17,
        0.04,
        {"account_banned": 0.38, "feature_restricted": 0.27, "impersonation": 0.19, "harassment": 0.16},
    ),
    "minor_protection": (
        "Minor protection",
        "safety",
        0.06,
        0.82,
        {"age_appeal": 0.52, "guardian_request": 0.24, "unsafe_contact": 0.16, "data_removal": 0.08},
    ),
    "platform_verification": (
        "Platform verification",
        "policy",
        0.08,
        0.01,
        {"business_account": 0.48, "government_account": 0.14, "documents_missing": 0.38},
    ),
    "emerging_products": (
        "Emerging products",
        "product",
        0.06,
        0.03,
        {"live_shop": 0.41, "subscriptions": 0.33, "ai_effects": 0.26},
    ),
}


@dataclass(frozen=True)
class Market:
    """A country with its share of creators, main language, share speaking it, and time zone."""

    share: float
    language: str
    main: float
    zone: str


MARKETS = {
    "US": Market(0.19, "en", 0.9, "America/New_York"),
    "GB": Market(0.08, "en", 0.97, "Europe/London"),
    "BR": Market(0.12, "pt-BR", 0.96, "America/Sao_Paulo"),
    "ID": Market(0.12, "id", 0.93, "Asia/Jakarta"),
    "MX": Market(0.08, "es", 0.96, "America/Mexico_City"),
    "DE": Market(0.07, "de", 0.88, "Europe/Berlin"),
    "FR": Market(0.06, "fr", 0.92, "Europe/Paris"),
    "JP": Market(0.07, "ja", 0.97, "Asia/Tokyo"),
    "PH": Market(0.06, "en", 0.7, "Asia/Manila"),
    "EG": Market(0.05, "ar", 0.93, "Africa/Cairo"),
    "PT": Market(0.02, "pt-PT", 0.94, "Europe/Lisbon"),
    "NP": Market(0.02, "ne", 0.8, "Asia/Kathmandu"),
    "AU": Market(0.04, "en", 0.95, "Australia/Sydney"),
    "NG": Market(0.02, "en", 0.9, "Africa/Lagos"),
}
LANGUAGES = ("en", "pt-BR", "pt-PT", "id", "es", "de", "fr", "ja", "ar", "ne")

IN_HOUSE = "In house"
# vendor: (share of tier 1, sites with their zones, schedule of its groups)
VENDORS: dict[str, tuple[float, dict[str, str], str]] = {
    "Nordvale": (0.4, {"Krakow": "Europe/Warsaw", "Lisbon": "Europe/Lisbon"}, "SCH-KRAKOW"),
    "Brightdesk": (0.35, {"Manila": "Asia/Manila", "Kathmandu": "Asia/Kathmandu"}, "SCH-MANILA"),
    "Concora": (0.25, {"Bogota": "America/Bogota", "Cairo": "Africa/Cairo"}, "SCH-BOGOTA"),
}
HOUSE_SITES = {
    "Dublin": "Europe/Dublin",
    "Singapore": "Asia/Singapore",
    "Los Angeles": "America/Los_Angeles",
    "Sao Paulo": "America/Sao_Paulo",
}
HOUSE_SCHEDULES = {
    "creator_rewards": "SCH-DUBLIN",
    "verification": "SCH-DUBLIN",
    "account_access": "SCH-247",
    "account_safety": "SCH-247",
    "minor_protection": "SCH-247",
    "platform_verification": "SCH-LA",
    "emerging_products": "SCH-LA",
}
UNKNOWN_SCHEDULE = "SCH-LEGACY"
"""A schedule id tickets carry and no reference file knows (A44)."""
ODD_SCHEDULES = (
    "SCH-247",
    "SCH-CAIRO",
    "SCH-NIGHT",
    "SCH-MOVED",
    "SCH-PILOT",
    "SCH-KATHMANDU",
    "SCH-RETIRED",
    "SCH-PAUSED",
)
"""Where a ticket is moved now and then."""

CUSTOM_STATUSES = (
    "triage",
    "investigating",
    "waiting_creator",
    "waiting_team",
    "trust_review",
    "resolved_auto",
)
BOTS = ("BOT-ACK", "BOT-ROUTER")
FIRST_NAMES = (
    "Ana",
    "Bela",
    "Chidi",
    "Dana",
    "Emre",
    "Farah",
    "Goran",
    "Hana",
    "Ines",
    "Jun",
    "Kofi",
    "Lena",
    "Mika",
    "Nadia",
    "Omar",
    "Pia",
    "Quyen",
    "Rosa",
    "Sami",
    "Tara",
    "Uma",
    "Vera",
    "Wen",
    "Yara",
    "Zoe",
)
LAST_NAMES = (
    "Almeida",
    "Banda",
    "Cruz",
    "Dias",
    "Ekman",
    "Farouk",
    "Gurung",
    "Haas",
    "Ito",
    "Jansen",
    "Kaya",
    "Lim",
    "Moreau",
    "Novak",
    "Okafor",
    "Perez",
    "Quispe",
    "Reyes",
    "Santos",
    "Tamang",
    "Ueda",
    "Vance",
)

APPEALABLE = (
    "account_banned",
    "feature_restricted",
    "impersonation",
    "badge_rejected",
    "badge_lost",
    "eligibility",
    "age_appeal",
    "unsafe_contact",
)
"""Contact reasons that mean: I disagree with a decision."""
POLICY_CATEGORIES = (
    "spam",
    "impersonation",
    "hate",
    "dangerous_acts",
    "copyright",
    "minor_safety",
    "fraud",
    "adult",
)
SURFACES = ("video", "live", "comment", "profile", "shop")
