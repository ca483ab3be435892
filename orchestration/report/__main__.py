"""`python -m orchestration.report`: make the pages from the published file as it is.

Belongs here: arguments and what is printed. Does not belong here: making pages.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ingestion.paths import Paths
from orchestration.report.content import ReportError
from orchestration.report.write import WEEKS, write


def main(arguments: list[str] | None = None) -> int:
    """Write the pages; returns 0, or 1 if the published file can't be read."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.report", description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="data folder (default: DATA_DIR, else data/)")
    parser.add_argument(
        "--weeks", type=int, default=WEEKS, help="weeks that get a page (default: %(default)s)"
    )
    chosen = parser.parse_args(arguments)
    if chosen.weeks < 1:
        parser.error("--weeks: at least 1")
    paths = Paths(chosen.data_dir.resolve()) if chosen.data_dir else Paths.from_env()
    if not paths.published.exists():
        print(f"nothing is published yet: {paths.published}", file=sys.stderr)
        return 1
    try:
        report = write(paths, chosen.weeks)
    except ReportError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{report.pages} pages: {report.index}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
