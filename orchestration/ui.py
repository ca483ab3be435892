"""`make ui`: Dagster's web server and daemon on loopback, on the same records that `make run` writes.

Belongs here: starting them. Does not belong here: what they show.
"""

from __future__ import annotations

import argparse
import http.client
import os
import sys
import time
import urllib.request
from pathlib import Path

from ingestion.lock import BuildFileHeldError, build_lock
from ingestion.paths import Paths
from orchestration.settings import prepare_dagster_home

REPOSITORY = Path(__file__).resolve().parents[1]


def main() -> None:
    """Replace this process by `dagster dev`; a child tells the URL once it answers."""
    parser = argparse.ArgumentParser(prog="make ui", description="Dagster's UI for this checkout.")
    parser.add_argument("--port", default="3000")
    arguments = parser.parse_args()
    paths = Paths.from_env()
    prepare_dagster_home(paths)
    _end_dead_runs(paths)
    url = f"http://127.0.0.1:{arguments.port}"
    print("Dagster is starting: half a minute, more on a slow machine (Ctrl-C ends it)", flush=True)
    server = os.getpid()
    if os.fork() == 0:
        _tell_once_it_answers(url, server)
    # Its first words would be that another command, which is not installed, supersedes it.
    command = [sys.executable, "-W", "ignore", "-m", "dagster", "dev", "--workspace", "workspace.yaml"]
    command += ["--host", "127.0.0.1", "--port", arguments.port]
    os.chdir(REPOSITORY)
    os.execv(sys.executable, command)


def _tell_once_it_answers(url: str, server: int) -> None:
    """Print the URL once it can be opened, and end this process; `server` is its parent."""
    try:
        while os.getppid() == server and not answers(url):
            time.sleep(0.5)
        if os.getppid() == server:
            print(f"Dagster: {url}", flush=True)
    except KeyboardInterrupt:
        pass
    finally:
        os._exit(0)  # what the parent has opened is the parent's


def answers(url: str) -> bool:
    """Whether Dagster's web server answers there."""
    try:
        with urllib.request.urlopen(f"{url}/server_info", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def _end_dead_runs(paths: Paths) -> None:
    """End runs that died with an earlier server, which would keep every later one waiting.

    Whoever holds the build's lock knows that no step is at work; nothing is done where somebody else does.
    """
    import dagster as dg

    from orchestration.dead_runs import end_dead_runs

    try:
        with build_lock(paths, "make ui"), dg.DagsterInstance.get() as instance:
            if ended := end_dead_runs(instance):
                print(f"runs that had died with their server, failed now: {ended}", flush=True)
    except BuildFileHeldError:
        return


if __name__ == "__main__":
    main()
