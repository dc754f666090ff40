"""The record as Parquet (pyarrow), one row an entry, in typed columns: for DuckDB, pandas, Spark and the like.

Version 1, told in the file's metadata under `preptrain`. `at` is UTC to the millisecond; `detail` is JSON.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from quizbank.entries import Entry, dumps
from quizbank.exporting.json_export import entry_fields
from quizbank.exporting.writing import Options, Out
from quizbank.extras import load
from quizbank.record import Record

VERSION = 1
ROWS = 1_000  # held at a time, and in a row group


class _Sink:
    """As much of a binary file as pyarrow asks of one that it only writes."""

    closed = False

    def __init__(self, out: Out) -> None:
        self._out = out

    def write(self, data: Any) -> int:
        self._out.write_bytes(bytes(data))
        return len(data)

    def flush(self) -> None: ...

    def close(self) -> None:
        self.closed = True


def write(record: Record, out: Out, options: Options) -> None:
    """Undone entries stay in, marked in `voided`."""
    arrow, parquet = (
        load(name, "export", ("parquet", "parquet ")) for name in ("pyarrow", "pyarrow.parquet")
    )
    schema = _schema(arrow)
    void = record.void()
    with parquet.ParquetWriter(arrow.PythonFile(_Sink(out), mode="w"), schema, compression="zstd") as writer:
        entries = record.entries()
        while rows := [_row(entry, entry.id in void) for entry in islice(entries, ROWS)]:
            writer.write_table(arrow.Table.from_pylist(rows, schema=schema))


def _schema(arrow: Any) -> Any:
    text, small, number = arrow.string(), arrow.int16(), arrow.float64()
    columns = {
        "id": text, "seq": arrow.int64(), "at": arrow.timestamp("ms", tz="UTC"), "offset_minutes": small,
        "kind": text, "item": text, "rev": arrow.int32(), "score": number, "correct": arrow.bool_(),
        "rating": small, "confidence": small, "seconds": number, "seed": arrow.int64(), "detail": text,
        "voids": text, "voided": arrow.bool_(),
    }  # fmt: skip
    return arrow.schema(list(columns.items()), metadata={"preptrain": f"progress {VERSION}"})


def _row(entry: Entry, voided: bool) -> dict[str, Any]:
    return entry_fields(entry) | {"at": entry.at, "detail": dumps(entry.detail), "voided": voided}
