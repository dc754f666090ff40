"""The log as JSON Lines: one entry a line, in order, undos and what they void included.

Each line has the fields of an entry of the `json` export, version 1, so that any part of a file can be read alone.
"""

from __future__ import annotations

from quizbank.entries import dumps
from quizbank.exporting.json_export import entry_fields
from quizbank.exporting.writing import Options, Out
from quizbank.record import Record


def write(record: Record, out: Out, options: Options) -> None:
    for entry in record.entries():
        out.write(dumps(entry_fields(entry)) + "\n")
