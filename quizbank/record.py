"""The learner's record: every answer and graded attempt in one SQLite file, committed as it happens.

The log is the truth and only grows; cards, days and drafts lie beside it and change in the same transaction,
so that a killed process leaves either the whole answer or nothing of it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple, replace
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from quizbank.derived import CARD_COLUMNS, Day, advance, card_of, card_row, day_of, replay, void_ids
from quizbank.entries import COLUMNS, EPOCH, MILLISECOND, Entry, from_row, new_entry, new_undo, to_row
from quizbank.errors import RecordError
from quizbank.migrations import MIGRATIONS, Migration, inspect, migrate
from quizbank.record_faults import damaged, explain, refuse_unusable
from quizbank.scheduling import ONE_DAY, RETENTION, Card

__all__ = ["Day", "Entry", "Record", "RecordError", "new_entry"]

BUSY_SECONDS = 5.0
PAGE = 500  # entries read at a time


class Record:
    """An open record. It belongs to the thread that opened it: give another thread a Record of its own.

    Several processes may have the same file open; a writer waits up to 5 s for another. Every method
    raises RecordError, and changes nothing, when the file cannot be read or written.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection

    @classmethod
    def open(cls, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> Self:
        """Open the record at `path`, creating or upgrading it (after a backup) where needed."""
        refuse_unusable(path, len(migrations))
        try:
            connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        except sqlite3.Error as error:
            raise explain(error, path) from error
        try:
            inspect(connection, path, len(migrations))
            _use_wal(connection)
            # NORMAL would lose answers at a power cut; fullfsync says the same to macOS.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA fullfsync = ON")
            connection.execute("PRAGMA cell_size_check = ON")
            migrate(connection, path, migrations)
        except sqlite3.Error as error:
            connection.close()
            raise explain(error, path) from error
        except BaseException:
            connection.close()
            raise
        return cls(path, connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        with self._told():
            self._db.close()

    # --- writing

    def append(self, entry: Entry) -> Card:
        """Record an answer and return its item's new card; a question's draft goes in the same commit."""
        if entry.kind != "answer":
            raise ValueError("only answers are appended; undo() takes one back")
        with self._writing():
            entry = self._insert(entry)
            card = advance(self._card(entry.item), entry, self._retention())
            self._put(card)
            self._add(day_of(entry))
            if entry.item.startswith("q:"):
                self._db.execute("DELETE FROM draft WHERE item = ?", (entry.item,))
        return card

    def undo(self, now: datetime, entry_id: str | None = None) -> Entry | None:
        """Void an entry (without an id: the last answer that stands) by appending an undo, and return that.

        Undoing an undo brings the answer back. None where there is nothing to undo.
        """
        with self._writing():
            void = void_ids(self._undos())
            target = self._last_standing(void) if entry_id is None else self._entry(entry_id)
            if target is None:
                return None
            if target.id in void:
                raise RecordError(f"{target.id} is already undone", f"{target.id} 已经撤销过了")
            before = {entry.id: entry for entry in self._standing(target.item)}
            undo = self._insert(new_undo(target, now))
            after = {entry.id: entry for entry in self._standing(target.item)}
            for id_ in before.keys() - after.keys():
                self._add(day_of(before[id_]), -1)
            for id_ in after.keys() - before.keys():
                self._add(day_of(after[id_]))
            self._db.execute("DELETE FROM card WHERE item = ?", (target.item,))
            if card := replay(after.values(), self._retention()):
                self._put(card)
        return undo

    def rebuild(self) -> None:
        """Make cards and days anew from the log; where nothing was wrong, nothing changes."""
        with self._writing():
            self._rebuild()

    def set_retention(self, retention: float) -> None:
        """The chance of recall at which an item comes back; every due day follows it."""
        if not 0.7 <= retention <= 0.97:
            raise ValueError(f"retention lies between 0.7 and 0.97, not {retention}")
        with self._writing():
            self._db.execute("INSERT OR REPLACE INTO setting VALUES ('retention', ?)", (repr(retention),))
            self._rebuild()

    def save_draft(self, item: str, text: str) -> None:
        """Keep what has been typed so far; an empty text forgets it."""
        with self._writing():
            if text:
                clean = text.encode("utf-8", "replace").decode()  # a terminal can send lone surrogates
                self._db.execute("INSERT OR REPLACE INTO draft VALUES (?, ?)", (item, clean))
            else:
                self._db.execute("DELETE FROM draft WHERE item = ?", (item,))

    # --- reading

    def entries(self) -> Iterator[Entry]:
        """The whole log in order, undone answers and undos included; read in pages, never held whole."""
        last: tuple[int, str] = (-(2**63), "")
        while True:
            with self._told():
                rows = self._db.execute(
                    f"SELECT {COLUMNS}, checksum FROM log WHERE (seq, id) > (?, ?) ORDER BY seq, id LIMIT ?",
                    (*last, PAGE),
                ).fetchall()
            page = [self._decode(row) for row in rows]
            yield from page
            if len(page) < PAGE:
                return
            last = (page[-1].seq, page[-1].id)

    def void(self) -> set[str]:
        """The ids of entries that have been undone."""
        with self._told():
            return void_ids(self._undos())

    def cards(self) -> dict[str, Card]:
        """All cards by item, in the order of the items' names."""
        with self._told():
            rows = self._db.execute(f"SELECT {CARD_COLUMNS} FROM card ORDER BY item").fetchall()
        return {row[0]: self._to_card(row) for row in rows}

    def card(self, item: str) -> Card | None:
        with self._told():
            return self._card(item)

    def due_count(self, today: date) -> int:
        """How many items are due (`scheduling.is_due`), without reading them; bug hunts never are."""
        with self._told():
            row = self._db.execute(
                "SELECT count(*) FROM card WHERE (due <= ? OR last_review > ?) AND item NOT LIKE 'h:%'",
                (today.isoformat(), (today + ONE_DAY).isoformat()),
            ).fetchone()
        return int(row[0])

    def new_count(self, today: date) -> int:
        """How many items were answered for the first time today: what a daily limit of new items has used."""
        with self._told():
            row = self._db.execute(
                "SELECT count(*) FROM card WHERE first_review = ? AND item NOT LIKE 'h:%'",
                (today.isoformat(),),
            ).fetchone()
        return int(row[0])

    def days(self) -> list[Day]:
        """The sums of every day with an answer, oldest first."""
        with self._told():
            rows = self._db.execute(
                "SELECT day, answers, correct, drills, milliseconds FROM daily ORDER BY day"
            ).fetchall()
        return [Day(*row) for row in rows]

    def draft(self, item: str) -> str | None:
        with self._told():
            row = self._db.execute("SELECT text FROM draft WHERE item = ?", (item,)).fetchone()
        return None if row is None else str(row[0])

    @property
    def retention(self) -> float:
        with self._told():
            return self._retention()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads within see one state, whatever other processes append meanwhile. Not for writing."""
        with self._told():
            self._db.execute("BEGIN")
        try:
            yield
        finally:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")

    # --- inside a transaction

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction that holds the write lock from its start: a deferred one fails between writers."""
        with self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # SQLite has rolled back by itself after a full disk
                    self._db.execute("ROLLBACK")
                raise

    def _insert(self, entry: Entry) -> Entry:
        # Later than all before it, even under a clock that was set back: replaying gives the same cards.
        (last,) = self._db.execute("SELECT max(seq) FROM log").fetchone()
        ms = (entry.at - EPOCH) // MILLISECOND
        entry = replace(entry, seq=ms if last is None else max(ms, last + 1))
        row = to_row(entry)
        marks = ", ".join("?" * len(row))
        self._db.execute(f"INSERT INTO log ({COLUMNS}, checksum) VALUES ({marks})", row)
        return entry

    def _rebuild(self) -> None:
        void = void_ids(self._undos())
        retention = self._retention()
        cards: dict[str, Card] = {}
        days: dict[str, Day] = {}
        for entry in self.entries():
            if entry.kind == "answer" and entry.id not in void:
                cards[entry.item] = advance(cards.get(entry.item), entry, retention)
                day = day_of(entry)
                days[day.day] = days.get(day.day, Day(day.day)).plus(day)
        self._db.execute("DELETE FROM card")
        self._db.execute("DELETE FROM daily")
        for card in cards.values():
            self._put(card)
        self._db.executemany("INSERT INTO daily VALUES (?, ?, ?, ?, ?)", map(astuple, days.values()))

    def _retention(self) -> float:
        row = self._db.execute("SELECT value FROM setting WHERE name = 'retention'").fetchone()
        return RETENTION if row is None else float(row[0])

    def _undos(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT id, voids FROM log WHERE kind = 'undo' ORDER BY seq, id"))

    def _entry(self, entry_id: str) -> Entry:
        row = self._db.execute(f"SELECT {COLUMNS}, checksum FROM log WHERE id = ?", (entry_id,)).fetchone()
        if row is None:
            raise RecordError(f"{self.path} has no entry {entry_id}", f"{self.path} 中没有记录 {entry_id}")
        return self._decode(row)

    def _last_standing(self, void: set[str]) -> Entry | None:
        with closing(
            self._db.execute(
                f"SELECT {COLUMNS}, checksum FROM log WHERE kind = 'answer' ORDER BY seq DESC, id DESC"
            )
        ) as rows:
            return next((self._decode(row) for row in rows if row[0] not in void), None)

    def _standing(self, item: str) -> list[Entry]:
        void = void_ids(self._undos())
        rows = self._db.execute(
            f"SELECT {COLUMNS}, checksum FROM log WHERE item = ? AND kind = 'answer' ORDER BY seq, id",
            (item,),
        ).fetchall()
        return [self._decode(row) for row in rows if row[0] not in void]

    def _add(self, day: Day, sign: int = 1) -> None:
        row = self._db.execute(
            "SELECT day, answers, correct, drills, milliseconds FROM daily WHERE day = ?", (day.day,)
        ).fetchone()
        sums = (Day(*row) if row else Day(day.day)).plus(day, sign)
        if sums.answers:
            self._db.execute("INSERT OR REPLACE INTO daily VALUES (?, ?, ?, ?, ?)", astuple(sums))
        else:
            self._db.execute("DELETE FROM daily WHERE day = ?", (day.day,))

    def _card(self, item: str) -> Card | None:
        row = self._db.execute(f"SELECT {CARD_COLUMNS} FROM card WHERE item = ?", (item,)).fetchone()
        return None if row is None else self._to_card(row)

    def _put(self, card: Card) -> None:
        row = card_row(card)
        marks = ", ".join("?" * len(row))
        self._db.execute(f"INSERT OR REPLACE INTO card ({CARD_COLUMNS}) VALUES ({marks})", row)

    def _to_card(self, row: tuple[Any, ...]) -> Card:
        try:
            return card_of(row)
        except (TypeError, ValueError) as error:
            raise damaged(self.path, f"card {row[0]!r}") from error

    def _decode(self, row: tuple[Any, ...]) -> Entry:
        try:
            return from_row(row)
        except (TypeError, ValueError) as error:
            raise damaged(self.path, str(error)) from error


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL; unlike all else this does not wait for another process by itself."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
