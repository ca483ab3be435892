"""A site with the complaints of a half-year: Parquet files of appeals and decisions, as a source sends them.

Belongs here: columns and files. Does not belong here: how many of what (`tests.bench.appeals_rows`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import yaml

from ingestion.simulator.columns import coded, counts, flags, instants, numbered, write_part
from tests.bench.appeals_rows import DAY, HOUR, MS, OUTCOMES, PENDING, Rows, draw
from tests.bench.filed import Filing

Say = Callable[[str], None]
ZONE = "Europe/Dublin"
SOURCE = "enforcement"
_PART = 1_000_000
_CREATORS = 9_000_000
_SEED = 7
_ROLES = {"decision": "recipient", "notice": "notifier", "trusted_flagger_notice": "trusted_flagger"}
_LANGUAGE_OF = {
    "DE": "de", "FR": "fr", "IT": "it", "ES": "es", "PL": "pl", "RO": "ro", "NL": "nl", "BE": "nl",
    "GR": "el", "CZ": "cs", "PT": "pt", "SE": "sv", "HU": "hu", "AT": "de", "BG": "bg", "DK": "da",
    "FI": "fi", "SK": "sk", "IE": "en", "HR": "hr", "LT": "lt", "SI": "sl", "LV": "lv", "EE": "et",
    "CY": "el", "LU": "fr", "MT": "mt",
}  # fmt: skip
_MARKETS, _LANGUAGES = list(_LANGUAGE_OF), list(_LANGUAGE_OF.values())
_POLICIES = [
    "minor_safety",
    "harassment",
    "adult",
    "regulated_goods",
    "violence",
    "integrity",
    "spam",
    "copyright",
]
_AUTOMATED = ("not", "partially", "fully")


def bounds(filing: Filing) -> tuple[int, int]:
    """The period [from, to) in microseconds since 1970: whole days of the site's zone."""
    zone = ZoneInfo(ZONE)
    days = (filing.first_day, filing.last_day + timedelta(days=1))
    first, after = (int(datetime.combine(day, time(), zone).timestamp()) * 1_000_000 for day in days)
    return first, after


def as_of(filing: Filing) -> datetime:
    """When everything that is drawn has happened."""
    return datetime.fromtimestamp(bounds(filing)[1] / 1e6 + 60 * 86_400, UTC)


def write_new(folder: Path, filing: Filing, complaints: int) -> None:
    """Add a file of pending complaints that came in after the period, about decisions that are there."""
    after = bounds(filing)[1] + 30 * DAY
    numbers = np.arange(complaints)
    write_part(
        folder / SOURCE / "appeals" / "new",
        0,
        {
            "appeal_id": numbered("N", numbers, 12),
            "decision_id": numbered("D", numbers * 50, 12),
            "about": pa.array(["decision"] * complaints),
            "submitted_at": instants(after + numbers * HOUR // complaints),
            "updated_at": instants(after + numbers * HOUR // complaints),
        },
    )
    part = folder / SOURCE / "appeals" / "new" / "part-0000.parquet"
    part.rename(folder / SOURCE / "appeals" / "new.parquet")
    part.parent.rmdir()


def write(folder: Path, filing: Filing, say: Say) -> int:
    """Write the site and return its rows of appeals and decisions."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    begins, ends = bounds(filing)
    say(f"drawing the complaints that {filing.service} filed for {filing.period}")
    rows = draw(filing, begins, ends, np.random.default_rng(_SEED))
    written = 0
    for part, first in enumerate(range(0, len(rows), _PART)):
        rng = np.random.default_rng([_SEED, part])
        of = np.arange(first, min(first + _PART, len(rows)))
        say(f"writing complaints {first:,} to {of[-1]:,}")
        written += _write_appeals(folder / SOURCE, part, rows, of, filing, rng)
        written += _write_decisions(folder / SOURCE, part, rows, of[rows.decision[of] == of], filing, rng)
    site = {
        "site": filing.service,
        "timezone": ZONE,
        "as_of": as_of(filing).isoformat(),
        "sources": [{"name": SOURCE, "connector": "canonical_files", "path": SOURCE}],
    }
    (folder / "site.yml").write_text(yaml.safe_dump(site), encoding="utf-8")
    return written


def _write_appeals(
    folder: Path, part: int, rows: Rows, of: np.ndarray, filing: Filing, rng: np.random.Generator
) -> int:
    n, kind, outcome = len(of), rows.kind[of], rows.outcome[of]
    pending = outcome == PENDING
    disputes = np.array([k.body == "ods" for k in filing.kinds])[kind]
    turned = np.isin(outcome, (OUTCOMES.index("reversed"), OUTCOMES.index("partially_reversed")))
    market = rng.integers(0, len(_MARKETS), n)
    words = pa.array([f"I do not agree with this decision, reason {number}" for number in range(2_000)])
    notified = rows.notified[of]
    about = [k.about for k in filing.kinds]
    return write_part(
        folder / "appeals",
        part,
        {
            "appeal_id": numbered("A", of, 12),
            "decision_id": numbered("D", np.abs(rows.decision[of]), 12, rows.decision[of] < 0),
            "about": coded(kind, pa.array(about)),
            "body": coded(kind, pa.array([k.body for k in filing.kinds])),
            "round": counts(rows.round[of]),
            "complainant_role": coded(kind, pa.array([_ROLES[name] for name in about])),
            "submitted_at": instants(rows.submitted[of]),
            "decided_at": instants(rows.submitted[of] + (notified - rows.submitted[of]) * 9 // 10, pending),
            "notified_at": instants(notified, pending),
            "outcome": coded(outcome, pa.array(list(OUTCOMES))),
            "new_restriction": flags(np.zeros(n, bool)),
            "ods_implemented": flags(rows.implemented[of], ~disputes | ~turned),
            "reviewer_id": coded(
                np.where(pending | (rng.random(n) < 0.6), -1, rng.integers(0, 3_000, n)),
                numbered("AG", np.arange(3_000), 5),
            ),
            "reason": coded(np.where(rng.random(n) < 0.15, rng.integers(0, len(words), n), -1), words),
            "language": coded(market, pa.array(_LANGUAGES)),
            "market": coded(market, pa.array(_MARKETS)),
            "updated_at": instants(np.where(pending, rows.submitted[of], notified)),
        },
        plain=("appeal_id", "decision_id"),
    )


def _write_decisions(
    folder: Path, part: int, rows: Rows, of: np.ndarray, filing: Filing, rng: np.random.Generator
) -> int:
    n = len(of)
    restrictions = sorted({k.restriction for k in filing.kinds if k.restriction})
    code = np.array([restrictions.index(k.restriction or restrictions[0]) for k in filing.kinds])
    notified = rows.submitted[of] - (rng.random(n) ** 4 * 150 * DAY).astype(np.int64) // MS * MS - 1_000 * MS
    restored = rows.outcome[of] == OUTCOMES.index("reversed")
    automated = rng.choice(3, n, p=(0.05, 0.1, 0.85))
    market = rng.integers(0, len(_MARKETS), n)
    creator = (rng.random(n) ** 1.5 * _CREATORS).astype(np.int64)
    return write_part(
        folder / "decisions",
        part,
        {
            "decision_id": numbered("D", of, 12),
            "decided_at": instants(notified - rng.integers(0, HOUR // MS, n) * MS),
            "notified_at": instants(notified),
            "creator_id": numbered("CR", creator, 10),
            "restriction": coded(code[rows.kind[of]], pa.array(restrictions)),
            "ground": coded((rng.random(n) < 0.9).astype(int), pa.array(["illegal", "terms"])),
            "policy_category": coded(rng.integers(0, len(_POLICIES), n), pa.array(_POLICIES)),
            "surface": coded(rng.integers(0, 3, n), pa.array(["video", "comment", "live"])),
            "automated_detection": flags(rng.random(n) < 0.9),
            "automated_decision": coded(automated, pa.array(list(_AUTOMATED))),
            "decider_id": coded(
                np.where(automated == 2, -1, rng.integers(0, 3_000, n)),
                numbered("AG", np.arange(3_000), 5),
            ),
            "decider_tier": coded(
                np.where(automated == 2, -1, rng.integers(0, 2, n)), pa.array(["T1", "T2"])
            ),
            "market": coded(market, pa.array(_MARKETS)),
            "language": coded(market, pa.array(_LANGUAGES)),
            "is_minor": flags(creator % 50 == 0),
            "restored_at": instants(rows.notified[of], ~restored),
            "restored_reason": coded(np.where(restored, 0, -1), pa.array(["appeal"])),
            "updated_at": instants(np.where(restored, rows.notified[of], notified)),
        },
        plain=("decision_id", "creator_id"),
    )
