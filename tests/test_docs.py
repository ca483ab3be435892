"""The written pages: links lead somewhere, the README to every page, and rules that are cited stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "tests" / "reference" / "README.md"])


def _links(page: Path) -> list[str]:
    prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", prose) if "://" not in link]


def _anchors(page: Path) -> set[str]:
    """The anchors a reader's browser knows: headings in lower case, without signs, blanks as hyphens."""
    headings = re.findall(r"(?m)^#+ (.*)$", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in _links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link)
    assert not broken


def test_the_readme_leads_to_every_page() -> None:
    linked = set(_links(ROOT / "README.md"))
    missing = {str(page.relative_to(ROOT)) for page in ROOT.glob("docs/*.md")} - linked
    assert not missing


def test_every_rule_that_is_cited_stands_in_the_semantics() -> None:
    """Rules are cited as A28 or SEMANTICS 4; in unit tests the former may be the id of an appeal."""
    page = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")
    known = {*re.findall(r"(?m)^- \*\*(A\d+)", page), *re.findall(r"(?m)^## (\d+)\.", page)}
    assert len(known) == 52 + 6
    unknown = {
        f"{file.relative_to(ROOT)}: {rule or section}"
        for folder in ("dbt_project/models", "dbt_project/macros", "dbt_project/tests", "expectations/suites")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".sql", ".yml", ".md"} and not file.stem.endswith("_unit_tests")
        for rule, section in re.findall(
            r"\b(A\d+)\b(?!/)|\bSEMANTICS\s+(\d+)", file.read_text(encoding="utf-8")
        )
        if (rule or section) not in known
    }
    assert not unknown
