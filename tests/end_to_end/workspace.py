"""Runs of the whole graph in processes of their own, each on its own data folder.

Belongs here: starting runs and reading what they published. Does not belong here: what must come out.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ingestion.paths import Paths

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-u", "-m", "orchestration.run"]

# A hung run must fail the test, not the CI's patience.
PATIENCE_SECONDS = 600


@dataclass(frozen=True)
class Outcome:
    """What a finished run left: exit code, all it printed, seconds of processor time."""

    code: int
    output: str
    processor_seconds: float


@dataclass(frozen=True)
class Workspace:
    """A site and the data folder it is built in."""

    site: Path
    paths: Paths

    def environment(self, **settings: str) -> dict[str, str]:
        """Return the environment of a run: nothing of the developer's own settings."""
        inherited = {
            name: value for name, value in os.environ.items() if name not in {"AS_OF", "FULL_REFRESH"}
        }
        return {**inherited, "SITE": str(self.site), "DATA_DIR": str(self.paths.data_dir), **settings}

    def run(self, **settings: str) -> Outcome:
        """Run the whole graph and wait for it."""
        before = _processor_seconds()
        finished = subprocess.run(
            COMMAND, cwd=REPOSITORY, env=self.environment(**settings), text=True, timeout=PATIENCE_SECONDS,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return Outcome(finished.returncode, finished.stdout, _processor_seconds() - before)

    def start(self, **settings: str) -> subprocess.Popen[str]:
        """Start a run without waiting for it; its output can be read line by line."""
        return subprocess.Popen(
            COMMAND, cwd=REPOSITORY, env=self.environment(**settings), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            # A test run in the background may have been told to ignore Ctrl-C; its children should not.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip

    def query(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the published file, in a connection of its own; `served` is its database."""
        with duckdb.connect() as connection:
            connection.execute(f"attach '{self.paths.published}' as served (read_only)")
            connection.execute("set timezone = 'UTC'")
            return connection.execute(query).fetchall()

    def content(self) -> dict[str, str]:
        """Return the content hash of every published mart."""
        return dict(self.query("select mart, content_hash from served.marts.publication"))


def _processor_seconds() -> float:
    """Return what all ended child processes have used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
