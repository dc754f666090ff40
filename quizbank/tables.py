"""The derived tables of an open record: cards, days, tallies and settings, by SQL inside a transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from quizbank.derived import CARD_COLUMNS, Day, Derived, card_row
from quizbank.scheduling import RETENTION, Card, Schedule

STALE = "stale"  # set by a migration after which the derived tables must be made anew
_NAMES = CARD_COLUMNS.split(", ")
_INSERT_CARD = f"INSERT INTO card ({CARD_COLUMNS}) VALUES ({', '.join('?' * len(_NAMES))})"
# A column that is named here has its index written, whether or not it changes: of an answer's pages that is one less.
_CHANGED = ", ".join(f"{name} = excluded.{name}" for name in _NAMES if name not in ("item", "first_review"))
_PUT_CARD = f"{_INSERT_CARD} ON CONFLICT (item) DO UPDATE SET {_CHANGED}"


def put_card(db: sqlite3.Connection, card: Card, before: Card | None) -> None:
    """The item's card after an answer; `before` is the one that stands there."""
    db.execute(_PUT_CARD, card_row(card))
    if before is not None and before.first_review != card.first_review:  # a clock set back
        first = card.first_review.date().isoformat()
        db.execute("UPDATE card SET first_review = ? WHERE item = ?", (first, card.item))


def insert_cards(db: sqlite3.Connection, cards: Iterable[Card]) -> None:
    """Cards of items that have none."""
    db.executemany(_INSERT_CARD, map(card_row, cards))


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
    insert_cards(db, derived.cards.values())
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
    return _schedule(
        *db.execute(
            "SELECT (SELECT value FROM setting WHERE name = 'retention'),"
            " (SELECT value FROM setting WHERE name = 'fits')"
        ).fetchone()
    )


@lru_cache(maxsize=8)
def _schedule(retention: str | None, fits: str | None) -> Schedule:
    """Of the settings as they are stored: every answer asks, and they hardly ever change."""
    found = json.loads(fits or "null")
    parameters = found[-1]["parameters"] if found else None
    return Schedule(json.loads(retention or "null") or RETENTION, tuple(parameters) if parameters else None)


# --- drafts: an empty text stays as a row, so that a merge does not bring back what was taken away


Draft = tuple[str, str, int]
"""An item, what was typed for it, and when (milliseconds since 1970)."""


def save_draft(db: sqlite3.Connection, item: str, text: str, at: int) -> None:
    """Keep a draft made `at` (milliseconds since 1970); its time is later than that of the one before."""
    row = {"item": item, "text": text, "at": at}
    change = "UPDATE SET text = :text, at = max(:at, draft.at + 1)"
    if text:
        db.execute(f"INSERT INTO draft VALUES (:item, :text, :at) ON CONFLICT (item) DO {change}", row)
    else:
        db.execute(f"{change.replace('SET', 'draft SET')} WHERE item = :item AND text <> ''", row)


def merge_draft(db: sqlite3.Connection, item: str, text: str, at: int) -> None:
    """Take in a draft, unless a later one stands; two of one millisecond are told apart by their text."""
    db.execute(
        "INSERT INTO draft VALUES (:item, :text, :at) ON CONFLICT (item) DO UPDATE"
        " SET text = :text, at = :at WHERE (:at, :text) > (draft.at, draft.text)",
        {"item": item, "text": text, "at": at},
    )


def drop_answered_drafts(db: sqlite3.Connection) -> None:
    """Forget drafts of questions that were answered since, perhaps on another machine."""
    db.execute(
        "DELETE FROM draft WHERE item GLOB 'q:*' AND EXISTS"
        " (SELECT 1 FROM log WHERE log.item = draft.item AND kind = 'answer' AND log.at >= draft.at)"
    )
