"""A step in a process of its own, with the time and memory it took.

Belongs here: running and measuring one command. Does not belong here: which commands.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter


@dataclass(frozen=True)
class Step:
    """Seconds by the clock and of all cores together, and the peak memory of the process in bytes."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def run(command: Sequence[str], output: Path, environment: Mapping[str, str]) -> Step:
    """Run a command with its output in a file; raises RuntimeError with that output if it fails."""
    output.parent.mkdir(parents=True, exist_ok=True)
    started = perf_counter()
    with output.open("w") as lines:
        process = subprocess.Popen(
            list(command), stdout=lines, stderr=subprocess.STDOUT, env={**os.environ, **environment}
        )
        # wait4 gives the usage of this child alone; Popen's own wait would not.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[:4])} failed:\n{output.read_text()}")
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Step(seconds, usage.ru_utime + usage.ru_stime, peak)
