"""The build file's lock: one process at a time, a clear message for the second, none left by the dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ingestion.lock import BuildFileHeldError, DataDirError, build_lock
from ingestion.paths import Paths

_HOLDER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from ingestion.lock import build_lock
    from ingestion.paths import Paths
    with build_lock(Paths(Path(sys.argv[1])), "make run"):
        print("held", flush=True)
        sys.stdin.readline()
    """
)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A data folder of the test's own."""
    return Paths(tmp_path / "data")


def _hold_elsewhere(paths: Paths) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(paths.data_dir)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_told_who_holds_the_build_file(paths: Paths) -> None:
    other = _hold_elsewhere(paths)
    try:
        expected = rf"make run, pid {other.pid}, since 20"
        with pytest.raises(BuildFileHeldError, match=expected), build_lock(paths, "me"):
            pass
    finally:
        other.communicate("end\n", timeout=20)
    with build_lock(paths, "me"):
        pass


def test_a_killed_holder_is_in_nobodys_way(paths: Paths) -> None:
    other = _hold_elsewhere(paths)
    other.send_signal(signal.SIGKILL)
    other.wait(20)
    with build_lock(paths, "me"):
        pass


def test_steps_of_one_process_share_the_lock_and_the_outermost_lets_go(paths: Paths) -> None:
    with build_lock(paths, "run"):
        with build_lock(paths, "step"):
            pass
        waiting = subprocess.run(
            [sys.executable, "-c", _HOLDER, str(paths.data_dir)], capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert f"run, pid {os.getpid()}" in waiting.stderr
    _hold_elsewhere(paths).communicate("end\n", timeout=20)


def test_a_data_folder_that_cannot_be_made_is_told(paths: Paths) -> None:
    paths.data_dir.write_text("a file", encoding="utf-8")
    told = f"DATA_DIR {paths.data_dir} cannot be written to .*choose another folder"
    with pytest.raises(DataDirError, match=told), build_lock(paths, "me"):
        pass
