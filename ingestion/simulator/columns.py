"""From code arrays to Arrow columns and Parquet parts.

Belongs here: making ids, timestamps and dictionary columns cheaply, and writing files that are the same byte
for byte.
Does not belong here: which columns an entity has.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

INSTANT = pa.timestamp("us", tz="UTC")


def numbered(prefix: str, numbers: np.ndarray, width: int, missing: np.ndarray | None = None) -> pa.Array:
    """Texts `prefix` + zero-padded number, built as bytes without a loop over rows; `missing` rows are
    null."""
    head = np.frombuffer(prefix.encode(), np.uint8)
    size = len(head) + width
    letters = np.empty((len(numbers), size), np.uint8)
    letters[:, : len(head)] = head
    rest = np.abs(numbers).astype(np.int64)
    for place in range(size - 1, len(head) - 1, -1):
        rest, digit = np.divmod(rest, 10)
        letters[:, place] = digit + ord("0")
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * np.int32(size)
    valid = None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little").tobytes())
    return pa.StringArray.from_buffers(
        len(numbers), pa.py_buffer(offsets), pa.py_buffer(letters.tobytes()), valid
    )


def coded(codes: np.ndarray, texts: pa.Array) -> pa.DictionaryArray:
    """A dictionary column; negative codes are null."""
    unique = texts.dictionary_encode()
    if len(unique.dictionary) < len(texts):
        # Parquet files of a dictionary with repeated texts differ from run to run
        codes = np.where(codes < 0, -1, unique.indices.to_numpy()[codes])
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=codes < 0), unique.dictionary)


def instants(values: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Microseconds since 1970 as UTC timestamps."""
    return pa.array(np.asarray(values, np.int64), pa.int64(), mask=missing).cast(INSTANT)


def seconds(values: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Microseconds as seconds, exact to the microsecond."""
    return pa.array(np.asarray(values, np.int64) / 1_000_000, pa.float64(), mask=missing)


def flags(values: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Booleans."""
    return pa.array(np.asarray(values, bool), pa.bool_(), mask=missing)


def counts(values: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Whole numbers."""
    return pa.array(np.asarray(values, np.int64), pa.int64(), mask=missing)


def write_part(folder: Path, part: int, columns: Mapping[str, pa.Array], plain: Sequence[str] = ()) -> int:
    """Write one Parquet part of an entity; `plain` columns are all different and get no dictionary. Returns
    rows."""
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.table(dict(columns))
    with pq.ParquetWriter(
        folder / f"part-{part:04d}.parquet",
        table.schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in table.column_names if name not in plain],
        write_statistics=True,
        # without the Arrow schema readers see plain strings, as in any other export
        store_schema=False,
    ) as writer:
        writer.write_table(table, row_group_size=250_000)
    return table.num_rows


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> int:
    """Write reference rows; absent and null values are empty. Returns rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_text(row.get(name)) for name in columns] for row in rows)
    return len(rows)
