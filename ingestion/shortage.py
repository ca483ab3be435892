"""When a load runs out of memory or disk, that is said as such: no file is to blame.

Belongs here: telling these errors from others, in the words of DuckDB, dlt and the system, and what to do.
Does not belong here: how much memory may be taken (`ingestion.memory`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ingestion import memory
from ingestion.paths import Paths
from ingestion.results import LoadError

_DISK = ("No space left on device", "Disk quota exceeded", "failed to offload data block")
_MEMORY = ("Out of Memory Error", "Cannot allocate memory")


def is_shortage(error: BaseException) -> bool:
    """Whether an error says that memory or disk ran out."""
    return _lacks(error, _DISK) or _lacks(error, _MEMORY) or isinstance(error, MemoryError)


@contextmanager
def told(paths: Paths) -> Iterator[None]:
    """Turn running out of memory or disk into a `LoadError` that says what to do."""
    try:
        yield
    except LoadError:
        raise
    except Exception as error:
        if not is_shortage(error):
            raise
        raise LoadError([_remedy(error, paths)]) from error


def _remedy(error: BaseException, paths: Paths) -> str:
    # The load's own package is complete or absent: the next run finishes what this one began, or begins anew.
    # DuckDB says of a full disk that it is out of memory, too.
    if _lacks(error, _DISK):
        return (
            f"no space is left in DATA_DIR {paths.data_dir}; free some, or move the folder to a larger disk,"
            " and run again"
        )
    return (
        f"out of memory: reading may take {memory.reading_limit()}; allow more with"
        f" {memory.READING_VARIABLE} (such as {memory.READING_VARIABLE}=6GB), or end other programs, and run"
        " again"
    )


def _lacks(error: BaseException, words: tuple[str, ...]) -> bool:
    """Also looks at what led to the error: dlt wraps what its jobs raise."""
    seen: BaseException | None = error
    while seen is not None:
        if any(word in str(seen) for word in words):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
