"""On which line of a CSV a record begins, for people who have to find a bad row.

Belongs here: counting lines of files whose records may span several. Does not belong here: parsing fields.

Only files with bad rows are counted, a chunk of bytes at a time. A line feed ends a record unless it stands
inside quotes, that is after an odd number of quote signs. If the records found that way are not as many as
DuckDB saw (a stray quote inside an unquoted value), `line` falls back to the record's number plus the
header.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from ingestion.files import SourceFile

_CHUNK = 1 << 24
_QUOTE, _FEED, _RETURN = ord('"'), ord("\n"), ord("\r")


def opened(file: SourceFile) -> BinaryIO:
    """Return the unpacked bytes of a local file; the caller closes them."""
    if file.zipped:
        return cast(BinaryIO, gzip.open(file.location, "rb"))
    return Path(file.location).open("rb")


def line_at(file: SourceFile, offset: int) -> int:
    """Return the line (from 1) on which the byte at `offset` stands."""
    line = 1
    with opened(file) as stream:
        while offset > 0 and (chunk := stream.read(min(_CHUNK, offset))):
            line += chunk.count(b"\n")
            offset -= len(chunk)
    return line


def read_at(file: SourceFile, offset: int, size: int) -> bytes:
    """Return up to `size` bytes from `offset` on."""
    with opened(file) as stream:
        stream.seek(offset)
        return stream.read(size)


def blank_lines(file: SourceFile) -> int:
    """Return how many lines hold nothing, or a carriage return alone, also inside quotes."""
    with opened(file) as stream:
        return sum(not line.strip(b"\r\n") for line in stream)


def record_starts(file: SourceFile) -> tuple[np.ndarray, np.ndarray]:
    """Return byte offset and line (from 1) at which each record after the header begins; blank lines are
    none.
    """
    offsets: list[np.ndarray] = []
    lines: list[np.ndarray] = []
    position = line = quotes = 0
    begin_offset = begin_line = 0
    rest = b""
    with opened(file) as stream:
        while True:
            chunk = stream.read(_CHUNK)
            block = np.frombuffer(chunk, dtype=np.uint8)
            feeds = np.flatnonzero(block == _FEED)
            inside = (np.cumsum(block == _QUOTE) + quotes) % 2
            ends = feeds[inside[feeds] == 0]
            # Number of line feeds before and at each record's end, over the whole file.
            count = line + np.searchsorted(feeds, ends, side="right")
            starts = np.concatenate([[begin_offset], ends + 1 + position])
            start_lines = np.concatenate([[begin_line], count])
            final = not chunk
            stops = ends + position if not final else np.array([position])
            kept = starts[: len(stops)]
            length = stops - kept
            # A line with nothing but a carriage return is blank, too.
            lone = np.zeros(len(stops), dtype=bool)
            for index in np.flatnonzero(length == 1):
                at = int(kept[index]) - position
                byte = block[at] if 0 <= at < len(block) else (rest[-1] if rest else 0)
                lone[index] = byte == _RETURN
            real = (length > 0) & ~lone
            offsets.append(kept[real])
            lines.append(start_lines[: len(stops)][real])
            if final:
                break
            begin_offset, begin_line = int(starts[-1]), int(start_lines[-1])
            line += len(feeds)
            quotes = (quotes + int(np.count_nonzero(block == _QUOTE))) % 2
            position += len(block)
            rest = chunk[-1:]
    return np.concatenate(offsets)[1:], np.concatenate(lines)[1:] + 1


def lines_of(
    file: SourceFile, records: Sequence[int], rejected: Sequence[int], accepted: int, header_lines: int
) -> tuple[list[int], list[int]]:
    """Return the lines of accepted records (numbered from 1) and of rejected ones (given by byte offset)."""
    offsets, lines = record_starts(file)
    if not len(offsets):
        return [], [header_lines + 1] * len(rejected)
    gone = np.minimum(np.searchsorted(offsets, np.asarray(rejected, dtype=np.int64)), len(offsets) - 1)
    left = np.ones(len(offsets), dtype=bool)
    left[gone] = False
    good = lines[left]
    # An unclosed quote takes the rest of the file with it, so more records may be left here than were read.
    if len(good) < accepted or (len(good) > accepted and not len(rejected)):
        return [header_lines + number for number in records], lines[gone].tolist()
    return [int(good[number - 1]) for number in records], lines[gone].tolist()
