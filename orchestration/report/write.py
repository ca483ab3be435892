"""Makes all pages from a published file and puts them in place together.

Belongs here: files and folders. Does not belong here: what is on a page.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from ingestion.paths import Paths
from orchestration.publish import bi_file
from orchestration.report.content import read
from orchestration.report.insights import insight_queries
from orchestration.report.pages import INDEX, file_name, render, render_index

FOLDER = "insights"
WEEKS = 6


@dataclass(frozen=True)
class Report:
    """What was made: the page to open first, and how many there are besides it."""

    index: Path
    pages: int


def index_file(paths: Paths) -> Path:
    """Return where the list of all pages is."""
    return paths.reports / FOLDER / INDEX


def write(paths: Paths, weeks: int = WEEKS) -> Report:
    """Write the pages of the last `weeks` weeks that are over, in place of all that were there.

    Earlier pages go: what was erased from the warehouse since must not live on in them. Raises `ReportError`
    if the published file can't be read; the pages are then as they were.
    """
    content = read(bi_file(paths), weeks, insight_queries)
    target = index_file(paths).parent
    fresh = target.with_name(f".{FOLDER}.fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for page in content.pages:
        (fresh / file_name(page)).write_text(render(content, page), encoding="utf-8")
    (fresh / INDEX).write_text(render_index(content), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return Report(index_file(paths), len(content.pages))
