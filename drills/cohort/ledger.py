"""Every verdict, filed as it comes: a crash loses none, and what has one is not graded again."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

from drills.cohort.identity import Key
from drills.grading.report import Report
from quizbank.errors import PlainError

APPLICATION_ID = 0x70726567  # "preg", in the file's header
VERSION = 1

_TABLE = """
CREATE TABLE grading (
    submission TEXT NOT NULL,   -- hashes, see identity.py
    drill TEXT NOT NULL,
    grader TEXT NOT NULL,
    drill_id TEXT NOT NULL,
    verdict TEXT NOT NULL,
    report TEXT NOT NULL,       -- JSON
    at TEXT NOT NULL,           -- UTC
    PRIMARY KEY (submission, drill, grader)
) WITHOUT ROWID
"""


class LedgerError(PlainError):
    """A ledger that cannot be opened, read or written."""


class Ledger:
    """A file of verdicts; one process writes at a time, and waits for another up to ten seconds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(path, timeout=10, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._prepare()
        except sqlite3.Error as error:
            raise self._error(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def _prepare(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (owner,) = self._db.execute("PRAGMA application_id").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not tables:
            self._db.execute("BEGIN IMMEDIATE")
            if not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                self._db.execute(_TABLE)
                self._db.execute(f"PRAGMA application_id={APPLICATION_ID}")
                self._db.execute(f"PRAGMA user_version={VERSION}")
            self._db.execute("COMMIT")
        elif owner != APPLICATION_ID or version > VERSION:
            self._db.close()
            raise LedgerError(
                f"{self.path} is no ledger of this version of preptrain; choose another folder with -o",
                f"{self.path} 不是当前版本 preptrain 的判题账本；请用 -o 指定其他文件夹",
            )

    def get(self, key: Key) -> Report | None:
        """The verdict on file, or None; one that does not read as a report counts as none."""
        query = "SELECT report FROM grading WHERE submission=? AND drill=? AND grader=?"
        try:
            row = self._db.execute(query, key).fetchone()
            return None if row is None else Report.model_validate_json(row[0])
        except sqlite3.Error as error:
            raise self._error(error) from error
        except ValidationError:
            return None

    def put(self, key: Key, report: Report) -> None:
        """File a verdict, in place of an earlier one; on the disk when this returns."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        row = (*key, report.drill, report.verdict, report.model_dump_json(), at)
        try:
            self._db.execute("INSERT OR REPLACE INTO grading VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        except sqlite3.Error as error:
            raise self._error(error) from error

    def _error(self, error: sqlite3.Error) -> LedgerError:
        return LedgerError(
            f"{self.path}: {error}. What was filed in it is as it was; move it away, or choose another folder with -o.",
            f"{self.path}：{error}。其中已有的记录未改动；请将其移走，或用 -o 指定其他文件夹。",
        )
