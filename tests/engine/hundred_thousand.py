"""100,000 random tickets against the reference in one run; exit code 1 if a single value differs.

Belongs here: the command line. Does not belong here: the comparison (`tests.engine.against_reference`).

    python -m tests.engine.hundred_thousand [--tickets N] [--sources N] [--seed S] [--keep DIR]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.engine.against_reference import check


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description="Compare the marts of many tickets with the reference.")
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--sources", type=int, default=40, help="each has rules of its own")
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--processes", type=int, default=2, help="processes that work out the reference")
    parser.add_argument("--keep", type=Path, help="folder to keep site and warehouse in")
    given = parser.parse_args()
    with TemporaryDirectory() as scratch:
        report = check(
            given.keep or Path(scratch),
            given.seed,
            given.tickets,
            given.sources,
            processes=given.processes,
            say=lambda message: print(message, flush=True),
        )
    print(report.text())
    return 1 if report.counts else 0


if __name__ == "__main__":
    sys.exit(main())
