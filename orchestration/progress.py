"""Progress of a run: what the steps log, as lines on the terminal.

Belongs here: how it looks. Does not belong here: what is reported. Dagster keeps the steps' records in the
run's event log, so the UI shows them too.
"""

from __future__ import annotations

import logging
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_ROOT = logging.getLogger("orchestration")

# For what changes too fast to be worth a line: files read, tables checked. Not below `orchestration`,
# whose records Dagster keeps: hundreds of these a run would cost more than they tell.
detail = logging.getLogger("orchestration-detail")

_QUIET_SECONDS = 15


@contextmanager
def shown_on_terminal(started: float) -> Iterator[None]:
    """Show the steps' records until left; `started` is the run's start on `time.perf_counter`'s clock."""
    handler = _Lines(started)
    # Libraries may warn; without a handler of ours, the first one that logs would set one up that shows all.
    libraries = logging.StreamHandler()
    libraries.setLevel(logging.WARNING)
    logging.getLogger().addHandler(libraries)
    for logger in (_ROOT, detail):
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    try:
        yield
    finally:
        handler.clear()
        logging.getLogger().removeHandler(libraries)
        for logger in (_ROOT, detail):
            logger.removeHandler(handler)


class _Lines(logging.Handler):
    """A line per record; details overwrite each other, or show now and then without a terminal."""

    def __init__(self, started: float) -> None:
        super().__init__()
        self._started = started
        self._last = started
        self._is_terminal = sys.stdout.isatty()
        self._has_detail = False

    def emit(self, record: logging.LogRecord) -> None:
        now = time.perf_counter()
        line = f"{now - self._started:6.1f} s  {record.getMessage()}"
        if record.name != detail.name:
            self.clear()
            print(line, flush=True)
        elif self._is_terminal:
            self.clear()
            print(line[: shutil.get_terminal_size().columns - 1], end="", flush=True)
            self._has_detail = True
        elif now - self._last < _QUIET_SECONDS:
            return
        else:
            print(line, flush=True)
        self._last = now

    def clear(self) -> None:
        """Take away a detail that is still shown."""
        if self._has_detail:
            print("\r\033[K", end="", flush=True)
            self._has_detail = False
