"""`python -m ingestion`: load a site, simulate one, append an action, or print the source contract.

Belongs here: the command line and what it prints. Does not belong here: any of the work.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from ingestion.paths import Paths
from ingestion.site import SiteError, load_site


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingestion", description="Load a site's files into the raw tables."
    )
    parser.add_argument("--site", help="folder with a site.yml, or the file (default: $SITE, else the demo)")
    parser.add_argument("--data-dir", help="where everything is written (default: $DATA_DIR, else data/)")
    commands = parser.add_subparsers(dest="command", metavar="command")
    simulate = commands.add_parser("simulate", help="write a simulated site")
    simulate.add_argument("--out", required=True, type=Path, help="folder to write")
    simulate.add_argument("--tickets", type=int, default=20_000)
    simulate.add_argument("--seed", type=int, default=1)
    simulate.add_argument("--weeks", type=int, default=26)
    simulate.add_argument("--no-truth", action="store_true", help="leave the true values out")
    simulate.add_argument("--no-incidents", action="store_true", help="plant no incidents (for control runs)")
    commands.add_parser("contract", help="print the source contract as Markdown")
    action = commands.add_parser("action", help="append what a team did about an insight to the site's files")
    action.add_argument("--insight", required=True, metavar="KEY", help="insight_key of fct_insights")
    action.add_argument("--status", required=True, choices=_codes("status"))
    action.add_argument("--at", type=datetime.fromisoformat, metavar="INSTANT", help="default: now")
    action.add_argument("--owner-team", choices=_codes("owner_team"), help="who owns it from now on")
    action.add_argument("--owner-id", help="the person who does")
    action.add_argument("--due-on", type=date.fromisoformat, metavar="DATE", help="new due date")
    action.add_argument("--note", help="what was done, in words; redacted when loaded")
    action.add_argument("--reference-url", help="where the work is tracked")
    action.add_argument("--source", help="source whose folder holds the file, if the site has several")
    action.add_argument("--force", action="store_true", help="write it though no such insight is published")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code: 0, or with the problems on standard error 1, or 2 if the data
    folder is another run's or another site's.
    """
    options = _parser().parse_args(arguments)
    if options.command == "contract":
        from ingestion.contracts.page import page

        sys.stdout.write(page())
        return 0
    if options.command == "simulate":
        from ingestion.simulator import write_site

        size = {"tickets": options.tickets, "seed": options.seed, "weeks": options.weeks}
        parts = {"truth": not options.no_truth, "incidents": not options.no_incidents}
        try:
            written = write_site(options.out, **size, **parts, progress=print)
        except (ValueError, FileExistsError) as problem:
            print(problem, file=sys.stderr)
            return 1
        print(f"{written.folder}: {sum(written.rows.values()):,} rows in {written.seconds:.0f} s")
        return 0
    if options.command == "action":
        return _action(options)
    return _load(options)


def _codes(column: str) -> tuple[str, ...]:
    from ingestion.contracts import entity

    return entity("feedback_actions").column(column).codes or ()


def _action(options: argparse.Namespace) -> int:
    import duckdb

    from ingestion.actions import ActionError, append_action, published_state
    from ingestion.files import FileError

    if options.data_dir:
        os.environ["DATA_DIR"] = options.data_dir
    paths = Paths.from_env()
    now = datetime.now(UTC)
    state, unknown = None, None
    try:
        state = published_state(paths, options.insight.strip())
        if state is None:
            unknown = f"{options.insight} is no insight of the publication in {paths.data_dir}"
    except duckdb.Error as error:
        unknown = f"insights of the publication cannot be looked up: {error}"
    if unknown and not options.force:
        # Before anything is written: the file is append-only, and a row about no insight would stay.
        print(f"nothing was written: {unknown}", file=sys.stderr)
        print(
            "keys stand in marts.fct_insights; --force writes one that is not published yet", file=sys.stderr
        )
        return 1
    try:
        site = load_site(options.site, data_dir=paths.data_dir)
        file, row = append_action(
            site,
            options.insight,
            options.status,
            occurred_at=options.at or now,
            owner_team=options.owner_team,
            owner_id=options.owner_id,
            due_on=options.due_on,
            note=options.note,
            reference_url=options.reference_url,
            source=options.source,
        )
    except (ActionError, SiteError, FileError) as error:
        print(f"nothing was written: {error}", file=sys.stderr)
        return 1
    print(f"{file}: {row['action_id']}, {row['insight_key']} {row['status']} at {row['occurred_at']}")
    if unknown:
        print(unknown, file=sys.stderr)
    else:
        print(f"published state: {state}; {_when_it_shows(options.at or now, site.as_of, now)}")
    return 0


def _when_it_shows(occurred_at: datetime, site_as_of: datetime | None, now: datetime) -> str:
    """Say when an action counts: a run knows what happened by its as_of, which is its start or the site's."""
    if occurred_at <= (site_as_of or now):
        return "it changes with the next run"
    if site_as_of is None:
        return "it changes with the first run after that"
    return (
        f"the action shows once as_of, {site_as_of:%Y-%m-%d %H:%M:%S} UTC at this site, passes that instant;"
        " --at names an earlier one"
    )


def _load(options: argparse.Namespace) -> int:
    from rich.console import Console

    from ingestion.files import FileError
    from ingestion.load import LoadError, load
    from ingestion.lock import (
        BuildFileHeldError,
        DataDirError,
        OtherSiteError,
        build_lock,
        record_site,
        require_site,
    )
    from ingestion.privacy import PseudonymKeyError
    from ingestion.summary import summary

    if options.data_dir:
        os.environ["DATA_DIR"] = options.data_dir
    paths = Paths.from_env()
    console = Console()
    try:
        site = load_site(options.site, data_dir=paths.data_dir)
        with (
            build_lock(paths, "python -m ingestion"),
            console.status(f"loading {site.name}") as status,
        ):
            require_site(paths, site.name)
            record_site(paths, site.name)

            def say(message: str) -> None:
                status.update(message)
                if not console.is_terminal:
                    console.print(message, highlight=False)

            result = load(site, paths, progress=say)
    except LoadError as error:
        print(f"nothing was loaded: {len(error.problems)} problem(s)", file=sys.stderr)
        for problem in error.problems:
            print(f"- {problem}", file=sys.stderr)
        return 1
    except (BuildFileHeldError, OtherSiteError) as error:
        print(f"nothing was loaded: {error}", file=sys.stderr)
        return 2
    except (SiteError, FileError, PseudonymKeyError, DataDirError) as error:
        print(f"nothing was loaded: {error}", file=sys.stderr)
        return 1
    console.print(summary(site, paths, result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
