"""The learner's record: every answer and graded attempt in one SQLite file, committed as it happens.

The log is the truth and only grows; cards, days and drafts lie beside it and change in the same transaction,
so that a killed process leaves either the whole answer or nothing of it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from quizbank import tables
from quizbank.derived import Day, Derived, Tally, derive, void_ids
from quizbank.entries import COLUMNS, EPOCH, MILLISECOND, REPORT, Entry, Row, new_entry, new_undo, to_row
from quizbank.errors import RecordError
from quizbank.migrations import MIGRATIONS, Migration, back_up, inspect, list_backups, migrate
from quizbank.reading import START, Reader
from quizbank.record_faults import explain, refuse_unusable
from quizbank.scheduling import Card

__all__ = ["Day", "Entry", "Record", "RecordError", "Tally", "new_entry"]

BUSY_SECONDS = 5.0
ROWS = 5_000
"""Rows that a merge writes while it holds the lock."""
_INSERT = f"INSERT INTO log ({COLUMNS}, checksum) VALUES ({', '.join('?' * 16)})"
REPORTED = 500
"""Rows between two words on how far a pass over the log is."""
TRIES = 3
"""Passes over the log without the lock, before one that holds it."""


Progress = Callable[[int, int], None]
"""Told how many rows of the log are done, and of how many; what it raises ends the work."""


class Record(Reader):
    """An open record. It belongs to the thread that opened it: give another thread a Record of its own.

    Several processes may have the same file open; a writer waits up to 5 s for another. Every method
    raises RecordError, and changes nothing, when the file cannot be read or written.
    """

    @classmethod
    def open(
        cls, path: Path, migrations: Sequence[Migration] = MIGRATIONS, progress: Progress | None = None
    ) -> Self:
        """Open the record at `path`, creating or upgrading it (after a backup) where needed.

        `progress` is told how far it is where the state must follow the log anew: a long record takes a minute.
        """
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
            # Pages, some 25 answers: a log that is written over is synced a quarter faster than one that grows.
            connection.execute("PRAGMA wal_autocheckpoint = 200")
            connection.execute("PRAGMA fullfsync = ON")
            connection.execute("PRAGMA cell_size_check = ON")
            migrate(connection, path, migrations)
        except sqlite3.Error as error:
            connection.close()
            raise explain(error, path) from error
        except BaseException:
            connection.close()
            raise
        record = cls(path, connection)
        if len(migrations) > 1 and record.setting(tables.STALE) is not None:
            record.rebuild(progress)
        return record

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
        if entry.kind != "answer" or entry.item.startswith(REPORT):
            raise ValueError("only answers are appended; undo() takes one back")
        with self._writing():
            self._insert(entry)
            schedule = self._schedule()
            before = self._card(entry.item, schedule.decay)
            derived = derive([entry], schedule, before)
            card = derived.cards[entry.item]
            tables.put_card(self._db, card, before)
            tables.add_sums(self._db, derived)
            if entry.item.startswith("q:"):
                self._db.execute("DELETE FROM draft WHERE item = ?", (entry.item,))
        return card

    def keep_report(self, entry: Entry) -> None:
        """Keep a report ("m:…") in the log; nothing is derived from it."""
        if not entry.item.startswith(REPORT):
            raise ValueError(f"a report's item begins with {REPORT!r}, not {entry.item!r}")
        with self._writing():
            self._insert(entry)

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
            schedule = self._schedule()
            tables.add_sums(self._db, derive(self._standing(target.item), schedule), -1)
            undo = new_undo(target, now)
            undo = replace(undo, seq=self._insert(undo))
            derived = derive(self._standing(target.item), schedule)
            tables.drop_card(self._db, target.item)
            tables.insert_cards(self._db, derived.cards.values())
            tables.add_sums(self._db, derived)
        return undo

    def redo(self, now: datetime) -> Entry | None:
        """Bring back what the last undo took away; None where an answer has been given since, or nothing undone."""
        with self._told():
            (newest,) = self._db.execute("SELECT max(seq) FROM log WHERE kind = 'answer'").fetchone()
            undos = self._undos(after=newest or 0)
        void = void_ids(undos)
        standing = [id_ for id_, target in undos.items() if id_ not in void and target not in undos]
        return self.undo(now, standing[-1]) if standing else None

    def rebuild(self, progress: Progress | None = None) -> None:
        """Make cards, days and tallies anew from the log; where nothing was wrong, nothing changes.

        The log is gone through without the write lock, which a million reviews would hold for a minute and more.
        """
        for _ in range(TRIES):
            derived = self._derived(progress)
            with self._writing():
                if self._catch_up(derived):
                    tables.replace_all(self._db, derived.state)
                    return
        with self._writing():
            tables.replace_all(self._db, self._derived(progress).state)

    def merge(
        self,
        log: Iterable[Entry],
        settings: Iterable[tuple[str, Any, int]] = (),
        drafts: Iterable[tables.Draft] = (),
    ) -> int:
        """Take in another log, its settings and its drafts; returns how many entries were new.

        The union by id: in whatever order logs are merged, and however often, the state is the same. Of two drafts
        the later one holds; a question's goes where the question was answered later on either machine. Raises
        RecordError where an id stands for another entry here than there; nothing is changed then. A long log is
        written in parts, so that other processes get their turn; killed in between, the record is whole, and
        merging again takes in the rest.
        """
        with self._told():
            new = [row for row in map(to_row, log) if not self._holds(row)]
        taken = 0
        for start in range(0, len(new), ROWS):
            with self._writing():
                tables.mark_stale(self._db)
                for row in new[start : start + ROWS]:
                    if not self._holds(row):
                        self._put(row)
                        taken += 1
        with self._writing():
            for name, value, at in settings:
                tables.put_setting(self._db, name, value, at)
            for draft in drafts:
                tables.merge_draft(self._db, *draft)
            tables.drop_answered_drafts(self._db)
        self.rebuild()
        return taken

    def set_retention(
        self, retention: float, now: datetime | None = None, progress: Progress | None = None
    ) -> None:
        """The chance of recall at which an item comes back; every due day follows it, and `progress` is told how far.

        What `progress` raises leaves the new value in place, and the due days to the next opening.
        """
        if not 0.7 <= retention <= 0.97:
            raise ValueError(f"retention lies between 0.7 and 0.97, not {retention}")
        self.change_setting("retention", retention, now, progress)

    def change_setting(
        self, name: str, value: Any, now: datetime | None = None, progress: Progress | None = None
    ) -> None:
        """Keep a setting (JSON; None takes it back); the state follows those that the schedule depends on."""
        followed = name in ("retention", "fits")
        with self._writing():
            at = _milliseconds(now)
            (last,) = self._db.execute("SELECT max(at) FROM setting WHERE name = ?", (name,)).fetchone()
            tables.put_setting(self._db, name, value, at if last is None else max(at, last + 1))
            if followed:
                tables.mark_stale(self._db)
        if followed:
            self.rebuild(progress)

    def back_up_daily(self, today: date) -> Path | None:
        """Copy the record to its folder of backups, once a day at most; None where today's exists."""
        label = today.isoformat()
        if any(old.stem.endswith(label) for old in list_backups(self.path)):
            return None
        with self._told():
            return back_up(self._db, self.path, label)

    def save_draft(self, item: str, text: str, now: datetime | None = None) -> None:
        """Keep what has been typed so far; an empty text forgets it."""
        clean = text.encode("utf-8", "replace").decode()  # a terminal can send lone surrogates
        with self._writing():
            tables.save_draft(self._db, item, clean, _milliseconds(now))

    # --- inside a transaction

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

    def _insert(self, entry: Entry) -> int:
        """Put an entry at the end of the log; returns its place there."""
        # Later than all before it, even under a clock that was set back: replaying gives the same cards.
        (last,) = self._db.execute("SELECT max(seq) FROM log").fetchone()
        ms = _milliseconds(entry.at)
        seq = ms if last is None else max(ms, int(last) + 1)
        self._put(to_row(entry, seq))
        return seq

    def _put(self, row: Row) -> None:
        self._db.execute(_INSERT, row)

    def _holds(self, row: Row) -> bool:
        """Whether the log has this entry; raises RecordError where it has another under its id."""
        own = self._db.execute(f"SELECT {COLUMNS}, checksum FROM log WHERE id = ?", row[:1]).fetchone()
        if own is not None and own != row:
            raise RecordError(
                f"entry {row[0]} differs between the two records. Nothing was merged.",
                f"两份记录中的条目 {row[0]} 内容不同。未合并任何内容。",
            )
        return own is not None

    def _derived(self, progress: Progress | None = None) -> _Replay:
        """What follows from the log as it is now."""
        with self._told():
            undos = self._undos()
            void = void_ids(undos)
            replay = _Replay(Derived(self._schedule()), len(undos))
            (rows,) = self._db.execute("SELECT count(*) FROM log").fetchone()
        for entry in self.entries():
            replay.take(entry, void)
            if progress is not None and replay.rows % REPORTED == 0:
                progress(replay.rows, max(rows, replay.rows))
        return replay

    def _catch_up(self, replay: _Replay) -> bool:
        """Take in what was appended since; False where more than that has changed."""
        (earlier,) = self._db.execute(
            "SELECT count(*) FROM log WHERE (seq, id) <= (?, ?)", replay.last
        ).fetchone()
        undos = self._undos()
        if (earlier, len(undos), self._schedule()) != (replay.rows, replay.undos, replay.state.schedule):
            return False
        void = void_ids(undos)
        for entry in list(self.entries(after=replay.last)):
            replay.take(entry, void)
        return True

    def _entry(self, entry_id: str) -> Entry:
        row = self._db.execute(f"SELECT {COLUMNS}, checksum FROM log WHERE id = ?", (entry_id,)).fetchone()
        if row is None:
            raise RecordError(f"{self.path} has no entry {entry_id}", f"{self.path} 中没有记录 {entry_id}")
        return self._decode(row)

    def _last_standing(self, void: set[str]) -> Entry | None:
        with closing(
            self._db.execute(
                f"SELECT {COLUMNS}, checksum FROM log WHERE kind = 'answer' AND item NOT GLOB '{REPORT}*' ORDER BY seq DESC, id DESC"
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


@dataclass
class _Replay:
    """A pass over the log: what follows from it, and how far it went."""

    state: Derived
    undos: int
    rows: int = 0
    last: tuple[int, str] = START

    def take(self, entry: Entry, void: set[str]) -> None:
        self.rows += 1
        self.last = (entry.seq, entry.id)
        if entry.kind == "answer" and entry.id not in void:
            self.state.take(entry)


def _milliseconds(now: datetime | None) -> int:
    """Since 1970; None is this moment."""
    return ((now or datetime.now(UTC)) - EPOCH) // MILLISECOND


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
