"""Wall-clock time of an IANA zone to UTC, exactly and for whole columns at once.

Belongs here: the one rule for local times (SEMANTICS A38, A42): an ambiguous time is its first occurrence,
a time that does not exist is the instant of the switch. Does not belong here: reading timestamps from text
(`ingestion.typing_sql`).

DuckDB's own `AT TIME ZONE` is not used: its ICU takes the second occurrence of an ambiguous time and moves
a nonexistent one by the length of the gap. The switches come from `zoneinfo`, found by asking for the
offset of every day and bisecting where it differs. The Gregorian calendar repeats after 400 years, so years
beyond the table are folded into its last 400.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    import duckdb

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = 1840, 2500
_OFFSET_YEARS = (1970, 2150)
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_CYCLE = 146_097 * _DAY
_PLANNED = int((datetime(2040, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
_END = int((datetime(_LAST_YEAR, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()) * _SECOND


def _offset(zone: ZoneInfo, second: int) -> int:
    """UTC offset in seconds at an instant given in seconds since 1970."""
    delta = (_EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()
    assert delta is not None
    return int(delta.total_seconds())


def _steps(first: int, last: int, width: int) -> Iterator[tuple[int, int]]:
    return ((at, min(at + width, last)) for at in range(first, last, width))


def _switches(
    zone: ZoneInfo, first_year: int = _FIRST_YEAR, last_year: int = _LAST_YEAR
) -> tuple[int, list[tuple[int, int, int]]]:
    """Return the first offset, and (instant, offset before, offset after) of every switch, in seconds."""
    first = int((datetime(first_year, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
    last = int((datetime(last_year, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
    before = start = _offset(zone, first)
    found = []
    # History has switches days apart; what is only planned follows rules with weeks between switches.
    planned = min(max(first, _PLANNED), last)
    for low, high in chain(_steps(first, planned, 86_400), _steps(planned, last, 5 * 86_400)):
        after = _offset(zone, high)
        if after == before:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if _offset(zone, middle) == before:
                low = middle
            else:
                high = middle
        found.append((high, before, after))
        before = after
    return start, found


@lru_cache(maxsize=64)
def _table(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pieces of the wall clock in microseconds: where each begins, its offset, and its fixed instant if in
    a gap.
    """
    start, switches = _switches(ZoneInfo(name))
    begins, offsets, instants = [np.iinfo(np.int64).min], [start * _SECOND], [np.iinfo(np.int64).min]
    for instant, before, after in switches:
        if after > before:
            begins.append((instant + before) * _SECOND)
            offsets.append(0)
            instants.append(instant * _SECOND)
        # Also where an hour is repeated: up to its end the first occurrence counts.
        begins.append((instant + max(before, after)) * _SECOND)
        offsets.append(after * _SECOND)
        instants.append(np.iinfo(np.int64).min)
    return np.array(begins), np.array(offsets), np.array(instants)


def offsets(name: str) -> list[tuple[str, datetime, datetime, int]]:
    """Return the stretches of one UTC offset of a zone: (zone, from, to, seconds), naive UTC, to exclusive.

    The business clock of the warehouse turns the windows of schedules into UTC with these rows.
    """
    first, switches = _switches(ZoneInfo(name), *_OFFSET_YEARS)
    naive = _EPOCH.replace(tzinfo=None)
    begins = [datetime(_OFFSET_YEARS[0], 1, 1)] + [naive + timedelta(seconds=at) for at, _, _ in switches]
    ends = [*begins[1:], datetime(_OFFSET_YEARS[1], 1, 1)]
    seconds = [first] + [after for _, _, after in switches]
    return [(name, *row) for row in zip(begins, ends, seconds, strict=True)]


def wall_to_utc(wall: np.ndarray, zone: str) -> np.ndarray:
    """Return UTC instants of wall times of `zone`; both are microseconds since 1970 as int64."""
    begins, offsets, instants = _table(zone)
    cycles = np.maximum(0, (wall - _END + _CYCLE) // _CYCLE)
    shift = np.where(wall >= _END, cycles, 0) * _CYCLE
    folded = wall - shift
    piece = np.searchsorted(begins, folded, side="right") - 1
    fixed = instants[piece]
    utc = np.where(fixed == np.iinfo(np.int64).min, folded - offsets[piece], fixed)
    return utc + shift


def register(connection: duckdb.DuckDBPyConnection, zone: str) -> str:
    """Make `wall_to_utc` for one zone known to a DuckDB connection and return the function's name.

    The SQL function takes and returns TIMESTAMP, a batch at a time, and keeps nulls.
    """
    import duckdb as engine
    from duckdb.func import PythonUDFType

    name = "wall_to_utc_" + "".join(c if c.isalnum() else f"_{ord(c):x}_" for c in zone).lower()

    def convert(wall: pa.ChunkedArray) -> pa.Array:
        array = wall.combine_chunks() if isinstance(wall, pa.ChunkedArray) else wall
        valid = array.is_valid().to_numpy(zero_copy_only=False)
        micros = array.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
        return pa.array(wall_to_utc(micros, zone), mask=~valid).cast(pa.timestamp("us"))

    # A function that the connection knows already may not be made again.
    with suppress(engine.NotImplementedException, engine.CatalogException):
        connection.create_function(name, convert, ["TIMESTAMP"], "TIMESTAMP", type=PythonUDFType.ARROW)
    return name
