"""The derived tables of an open record: cards, days, tallies and settings, by SQL inside a transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from quizbank.derived import CARD_COLUMNS, Day, Derived, card_row
from quizbank.scheduling import RETENTION, Card, Schedule

STALE = "stale"  # set by a migration after which the derived tables must be made anew
_CARD_MARKS = ", ".join("?" * len(CARD_COLUMNS.split(",")))


def put_cards(db: sqlite3.Connection, cards: Iterable[Card]) -> None:
    db.executemany(
        f"INSERT OR REPLACE INTO card ({CARD_COLUMNS}) VALUES ({_CARD_MARKS})", map(card_row, cards)
    )


def drop_card(db: sqlite3.Connection, item: str) -> None:
    db.execute("DELETE FROM card WHERE item = ?", (item,))


def add_sums(db: sqlite3.Connection, derived: Derived, sign: int = 1) -> None:
    """Add (or with sign -1 take away) what some answers count for; rows that fall to nothing go."""
    db.executemany(
        "INSERT INTO daily VALUES (?, ?, ?, ?, ?) ON CONFLICT (day) DO UPDATE SET answers = answers + excluded.answers,"
        " correct = correct + excluded.correct, drills = drills + excluded.drills,"
        " milliseconds = milliseconds + excluded.milliseconds",
        [(day.day, *(sign * value for value in _sums(day))) for day in derived.days.values()],
    )
    db.executemany(
        "INSERT INTO tally VALUES (?, ?, ?, ?) ON CONFLICT (kind, key)"
        " DO UPDATE SET answers = answers + excluded.answers, right = right + excluded.right",
        [(one.kind, one.key, sign * one.answers, sign * one.right) for one in derived.tallies.values()],
    )
    if sign < 0:
        db.execute("DELETE FROM daily WHERE answers = 0")
        db.execute("DELETE FROM tally WHERE answers = 0")


def _sums(day: Day) -> tuple[int, int, int, int]:
    return day.answers, day.correct, day.drills, day.milliseconds


def replace_all(db: sqlite3.Connection, derived: Derived) -> None:
    """Make every derived row anew."""
    for table in ("card", "daily", "tally"):
        db.execute(f"DELETE FROM {table}")
    put_cards(db, derived.cards.values())
    db.executemany(
        "INSERT INTO daily VALUES (?, ?, ?, ?, ?)", ((day.day, *_sums(day)) for day in derived.days.values())
    )
    db.executemany(
        "INSERT INTO tally VALUES (?, ?, ?, ?)",
        ((one.kind, one.key, one.answers, one.right) for one in derived.tallies.values()),
    )
    db.execute("DELETE FROM setting WHERE name = ?", (STALE,))


def mark_stale(db: sqlite3.Connection) -> None:
    """Say that the derived rows do not follow from the log: should this process die, the next to open it rebuilds."""
    db.execute("INSERT OR REPLACE INTO setting VALUES (?, '1', 0)", (STALE,))


# --- settings: values are JSON, so that every type has one way of being written


def setting(db: sqlite3.Connection, name: str) -> Any:
    """The value of a setting; None where it was never set, or was taken back."""
    row = db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    return None if row is None else json.loads(row[0])


def put_setting(db: sqlite3.Connection, name: str, value: Any, at: int) -> None:
    """Keep a setting made `at` (milliseconds since 1970), unless a later one stands.

    Two made in one millisecond are told apart by their text, so that any order of merging ends alike.
    """
    db.execute(
        "INSERT INTO setting VALUES (:name, :value, :at) ON CONFLICT (name) DO UPDATE"
        " SET value = :value, at = :at WHERE (:at, :value) > (setting.at, setting.value)",
        {"name": name, "value": json.dumps(value), "at": at},
    )


def settings(db: sqlite3.Connection) -> list[tuple[str, Any, int]]:
    rows = db.execute("SELECT name, value, at FROM setting WHERE name <> ? ORDER BY name", (STALE,))
    return [(name, json.loads(value), at) for name, value, at in rows]


def schedule(db: sqlite3.Connection) -> Schedule:
    """What the learner set, and the newest parameters fitted."""
    fits = setting(db, "fits")
    parameters = fits[-1]["parameters"] if fits else None
    return Schedule(setting(db, "retention") or RETENTION, tuple(parameters) if parameters else None)
