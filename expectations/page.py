"""The page: one HTML file that says in plain words what the gates found, failures first.

Belongs here: the page's text and structure; it needs no network and no script. Its look is `page.css`. Does
not belong here: deciding anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from expectations.results import plain, plural

_STYLE = Path(__file__).resolve().with_name("page.css")
_STAGES = {
    "raw": ("What the sources delivered", "raw tables, checked before models are built"),
    "marts": ("What is about to be published", "marts, checked before BI sees them"),
}
_LABELS = {
    "failed": "Blocks publishing",
    "errored": "Could not be checked",
    "warning": "Warning",
    "passed": "Passed",
}
_ORDER = ("failed", "errored", "warning", "passed")

_CODE = re.compile("`([^`]+)`")

Row = Mapping[str, Any]


def write(file: Path, rows: Sequence[Row]) -> None:
    """Write the page of these results: rows of `validation.expectation_results`, the latest gates."""
    file.write_text(render(rows), encoding="utf-8")


def render(rows: Sequence[Row]) -> str:
    """Return the whole page."""
    newest = max(rows, key=lambda row: row["checked_at"], default=None)
    site = str(newest["site"]) if newest else "no site"
    verdict = _verdict(rows)
    body = [
        f"<h1>{escape(verdict)}</h1>",
        f'<p class="quiet">Checks of the support warehouse, site <strong>{escape(site)}</strong></p>',
        '<div class="gates">',
        *(_gate(stage, group, newest) for stage, group in _by_stage(rows)),
        "</div>",
        *_findings(rows),
        *(_suites(stage, group) for stage, group in _by_stage(rows)),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(site)}: {escape(verdict)}</title>\n"
        f"<style>\n{_STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def kind(row: Row) -> str:
    """Return how a result is shown: passed, warning, failed or errored (the last two block)."""
    if row["outcome"] == "passed":
        return "passed"
    return "warning" if row["severity"] == "warning" else str(row["outcome"])


def _verdict(rows: Sequence[Row]) -> str:
    if not rows:
        return "Nothing has been checked yet"
    blocking = sum(kind(row) in {"failed", "errored"} for row in rows)
    warnings = sum(kind(row) == "warning" for row in rows)
    if blocking:
        return "1 check blocks publishing" if blocking == 1 else f"{blocking} checks block publishing"
    if warnings:
        return f"Nothing blocks; {warnings} {plural(warnings, 'warning')} to look at"
    return f"All {len(rows)} checks passed"


def _by_stage(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    return [(stage, found) for stage in _STAGES if (found := [row for row in rows if row["stage"] == stage])]


def _gate(stage: str, rows: Sequence[Row], newest: Row | None) -> str:
    counts = {name: sum(kind(row) == name for row in rows) for name in _ORDER}
    closed = counts["failed"] + counts["errored"] > 0
    first = rows[0]
    earlier = newest is not None and first["run_id"] != newest["run_id"]
    parts = [
        f"{counts['passed']} passed",
        f"{counts['failed']} failed" if counts["failed"] else "",
        f"{counts['errored']} could not be checked" if counts["errored"] else "",
        f"{counts['warning']} {plural(counts['warning'], 'warning')}" if counts["warning"] else "",
    ]
    return (
        f'<section class="gate{" closed" if closed else ""}"><strong>{_STAGES[stage][0]}: '
        f"{'closed' if closed else 'open'}</strong><p>{', '.join(part for part in parts if part)}</p>"
        f"{_bar(rows)}"
        f'<p class="quiet">Checked {_instant(rows[-1]["checked_at"])}, as of {_instant(first["as_of"])}'
        f"{', in an earlier run' if earlier else ''}<br>"
        f"Run <code>{escape(str(first['run_id']))}</code></p></section>"
    )


def _findings(rows: Sequence[Row]) -> Iterable[str]:
    found = sorted(_merged(row for row in rows if kind(row) != "passed"), key=lambda r: _ORDER.index(kind(r)))
    for title, kinds in (("What blocks", {"failed", "errored"}), ("Warnings", {"warning"})):
        chosen = [row for row in found if kind(row) in kinds]
        if chosen:
            yield f"<h2>{title}</h2>"
            yield from map(_finding, chosen)


def _merged(rows: Iterable[Row]) -> list[Row]:
    """Show checks of a table that could not look for the same reason as one."""
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        reason = row["observed"] if row["outcome"] == "errored" else row["check"]
        known = merged.setdefault((row["table"], kind(row), row["outcome"], reason), {**row, "checks": []})
        known["checks"].append(row["check"])
    for row in merged.values():
        if len(row["checks"]) > 1:
            row["description"] = f"{len(row['checks'])} checks of this table."
            row["check"] = ", ".join(row["checks"])
    return list(merged.values())


def _finding(row: Row) -> str:
    could_not = ", could not be checked" if kind(row) == "warning" and row["outcome"] == "errored" else ""
    label = (
        f"{_LABELS[kind(row)]}{could_not}"
        if row["outcome"] == "errored"
        else f"{_LABELS[kind(row)]}: not true"
    )
    return (
        f'<article class="finding {kind(row)}"><p class="label">{label}</p>'
        f"<h3>{_prose(row['description'])}</h3>"
        f'<p class="quiet"><code>{escape(row["table"])}</code> · <code>{escape(row["check"])}</code> · '
        f"found: {escape(row['observed'] or 'nothing')}</p>"
        f"{_sample(json.loads(row['sample'] or '[]'))}"
        f"<p><strong>What to do:</strong> {_prose(row['what_to_do'])}</p></article>"
    )


def _sample(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    head = "".join(f"<th>{escape(str(column))}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{_value(row.get(column))}</td>" for column in columns) + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _value(value: Any) -> str:
    if value is None:
        return '<span class="quiet">empty</span>'
    return escape(plain(value))


def _prose(text: str) -> str:
    """Return a sentence of a suite file as HTML; words in backticks are code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


def _suites(stage: str, rows: Sequence[Row]) -> str:
    title, what = _STAGES[stage]
    tables = {
        name: list(group)
        for name, group in groupby(sorted(rows, key=lambda r: str(r["table"])), lambda r: str(r["table"]))
    }
    worst = sorted(tables, key=lambda name: min(_ORDER.index(kind(row)) for row in tables[name]))
    return f'<h2>{title}</h2><p class="quiet">{what}</p>' + "".join(_suite(n, tables[n]) for n in worst)


def _suite(table: str, rows: Sequence[Row]) -> str:
    passed = sum(row["outcome"] == "passed" for row in rows)
    checks = "".join(
        f'<li><span class="label {kind(row)}">{_LABELS[kind(row)].split(" ")[0]}</span>'
        f"<span>{_prose(row['description'])} <small>{escape(row['severity'])}, "
        f"<code>{escape(row['check'])}</code>, {row['seconds'] * 1000:.0f} ms</small></span></li>"
        for row in sorted(rows, key=lambda row: _ORDER.index(kind(row)))
    )
    return (
        f"<details><summary><span><code>{escape(table)}</code></span>{_bar(rows)}"
        f'<span class="tally">{passed} of {len(rows)} passed</span></summary>'
        f'<ul class="checks">{checks}</ul></details>'
    )


def _bar(rows: Sequence[Row]) -> str:
    parts = [(name, sum(kind(row) == name for row in rows)) for name in reversed(_ORDER)]
    label = ", ".join(f"{count} {name}" for name, count in parts if count)
    drawn = "".join(f'<i class="{name}" style="flex:{count}"></i>' for name, count in parts if count)
    return f'<div class="bar" role="img" aria-label="{label}">{drawn}</div>'


def _instant(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC"
