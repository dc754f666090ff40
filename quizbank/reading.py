"""Reading a record: its log in pages, and the tables that follow from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any, Literal

from quizbank import tables
from quizbank.derived import CARD_COLUMNS, Day, Tally, card_of, void_ids
from quizbank.entries import COLUMNS, REPORT, Entry, from_row
from quizbank.record_faults import damaged, explain
from quizbank.scheduling import ONE_DAY, Card, Schedule

PAGE = 500  # entries read at a time
START = (-(2**63), "")
"""Before every place in a log."""


class Reader:
    """What can be asked of an open record; `quizbank.record.Record` adds the writing."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection

    def entries(self, after: tuple[int, str] = START) -> Iterator[Entry]:
        """The log in order from a place (seq, id) on, undone answers and undos included; read in pages, never held whole."""
        last = after
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
            decay = self._schedule().decay
            rows = self._db.execute(f"SELECT {CARD_COLUMNS} FROM card ORDER BY item")
            return {row[0]: self._to_card(row, decay) for row in rows}

    def card(self, item: str) -> Card | None:
        with self._told():
            return self._card(item, self._schedule().decay)

    def due_count(self, today: date) -> int:
        """How many items are due (`scheduling.is_due`), without reading them; bug hunts never are."""
        tomorrow = (today + ONE_DAY).isoformat()
        with self._told():
            (last,) = self._db.execute("SELECT max(day) FROM daily").fetchone()
            wrong_clock = "OR last_review > :tomorrow" if last is not None and last > tomorrow else ""
            row = self._db.execute(
                f"SELECT count(*) FROM card WHERE (due <= :today {wrong_clock}) AND item NOT LIKE 'h:%'",
                {"today": today.isoformat(), "tomorrow": tomorrow},
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

    def tallies(self, kind: Literal["age", "sure"]) -> list[Tally]:
        """The tallies of a kind, by key."""
        with self._told():
            rows = self._db.execute(
                "SELECT kind, key, answers, right FROM tally WHERE kind = ? ORDER BY key", (kind,)
            ).fetchall()
        return [Tally(*row) for row in rows]

    def mistakes(self) -> dict[str, int]:
        """How often each mistake (a mutant's id, as in "drill/mutant") was diagnosed, the most frequent first."""
        with self._told():
            rows = self._db.execute(
                "SELECT json_extract(detail, '$.diagnosis') AS mistake, count(*) FROM log"
                " WHERE json_extract(detail, '$.diagnosis') IS NOT NULL GROUP BY mistake ORDER BY 2 DESC, 1"
            ).fetchall()
        return dict(rows)

    def reports(self) -> list[Entry]:
        """The reports of mock interviews that stand, oldest first."""
        with self._told():
            void = void_ids(self._undos())
            rows = self._db.execute(
                f"SELECT {COLUMNS}, checksum FROM log WHERE item >= ? AND item < ? AND kind = 'answer' ORDER BY seq, id",
                (REPORT, REPORT + "\uffff"),
            ).fetchall()
        return [self._decode(row) for row in rows if row[0] not in void]

    def setting(self, name: str) -> Any:
        """A setting's value; None where there is none."""
        with self._told():
            return tables.setting(self._db, name)

    def settings(self) -> list[tuple[str, Any, int]]:
        """Every setting: its name, its value, and when it was made (milliseconds since 1970)."""
        with self._told():
            return tables.settings(self._db)

    def draft(self, item: str) -> str | None:
        with self._told():
            row = self._db.execute("SELECT text FROM draft WHERE item = ?", (item,)).fetchone()
        return str(row[0]) if row and row[0] else None

    def drafts(self) -> list[tables.Draft]:
        """Every draft, by item; the text is empty where it was taken away."""
        with self._told():
            return self._db.execute("SELECT item, text, at FROM draft ORDER BY item").fetchall()

    @property
    def schedule(self) -> Schedule:
        """The retention aimed at, and the parameters of the memory model."""
        with self._told():
            return self._schedule()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads within see one state, whatever other processes append meanwhile. Not for writing.

        Within another snapshot it is part of that.
        """
        if self._db.in_transaction:
            yield
            return
        with self._told():
            self._db.execute("BEGIN")
        try:
            yield
        finally:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")

    # --- shared with the writing

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

    def _schedule(self) -> Schedule:
        return tables.schedule(self._db)

    def _undos(self, after: int = -(2**63)) -> dict[str, str]:
        return dict(
            self._db.execute(
                "SELECT id, voids FROM log WHERE kind = 'undo' AND seq > ? ORDER BY seq, id", (after,)
            )
        )

    def _card(self, item: str, decay: float) -> Card | None:
        row = self._db.execute(f"SELECT {CARD_COLUMNS} FROM card WHERE item = ?", (item,)).fetchone()
        return None if row is None else self._to_card(row, decay)

    def _to_card(self, row: tuple[Any, ...], decay: float) -> Card:
        try:
            return card_of(row, decay)
        except (TypeError, ValueError) as error:
            raise damaged(self.path, f"card {row[0]!r}") from error

    def _decode(self, row: tuple[Any, ...]) -> Entry:
        try:
            return from_row(row)
        except (TypeError, ValueError) as error:
            raise damaged(self.path, str(error)) from error
