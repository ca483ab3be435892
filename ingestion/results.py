"""What a load says when it is done, or when it cannot be done.

Belongs here: the types that callers of `ingestion.load` see. Does not belong here: how they come about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class LoadError(Exception):
    """The site cannot be loaded; nothing was written. `problems` has one text per file or source."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class FileReport:
    """Counts of one file in one load: read = loaded + quarantined + duplicates."""

    source_id: str
    entity: str
    file: str
    read: int
    loaded: int
    quarantined: int

    def __post_init__(self) -> None:
        if self.duplicates < 0:
            raise RuntimeError(
                f"{self.file}: more rows loaded than read: an error of the loader, not of the data"
            )

    @property
    def duplicates(self) -> int:
        """Rows that were valid and added no key: the same again, older, or a newer version of a known key."""
        return self.read - self.loaded - self.quarantined


@dataclass(frozen=True)
class LoadResult:
    """What a load did.

    `load_no` is None when there was nothing to do. `changed` counts rows written by raw table.
    `quarantine_rates` (0–1) by (source, entity) are over all files as they stand now, also those that an
    earlier load read. `recovered`: a load that had been interrupted was finished first.
    """

    load_no: int | None
    files: tuple[FileReport, ...] = ()
    changed: Mapping[str, int] = field(default_factory=dict)
    quarantine_rates: Mapping[tuple[str, str], float] = field(default_factory=dict)
    unknown_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignored_files: tuple[str, ...] = ()
    recovered: bool = False
