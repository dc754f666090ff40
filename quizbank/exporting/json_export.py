"""The record as one JSON document, an entry a line, with a format name and a version.

Version 1: `entries` is the log in order, undos and what they void included; `cards` is the state that follows
from it. Times are UTC in ISO 8601, days are the learner's, `offset_minutes` is east of UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from quizbank.entries import Entry, dumps
from quizbank.exporting.writing import Options, Out
from quizbank.record import Record
from quizbank.scheduling import Card

FORMAT = "preptrain-progress"
VERSION = 1


def write(record: Record, out: Out, options: Options) -> None:
    head = {"format": FORMAT, "version": VERSION, "exported_at": utc(options.now)}
    out.write(dumps(head)[:-1] + ',"entries":[')
    between = "\n"
    for entry in record.entries():
        out.write(between + dumps(entry_fields(entry)))
        between = ",\n"
    out.write('\n],"cards":[')
    between = "\n"
    for card in record.cards().values():
        out.write(between + dumps(card_fields(card)))
        between = ",\n"
    out.write("\n]}\n")


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def entry_fields(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "seq": entry.seq,
        "at": utc(entry.at),
        "offset_minutes": entry.offset_minutes,
        "kind": entry.kind,
        "item": entry.item,
        "rev": entry.rev,
        "score": entry.score,
        "correct": entry.correct,
        "rating": entry.rating,
        "confidence": entry.confidence,
        "seconds": entry.seconds,
        "seed": entry.seed,
        "detail": entry.detail,
        "voids": entry.voids,
    }


def card_fields(card: Card) -> dict[str, Any]:
    return {
        "item": card.item,
        "due": card.due.date().isoformat(),
        "stability": card.stability,
        "difficulty": card.difficulty,
        "reps": card.reps,
        "lapses": card.lapses,
        "correct": card.correct,
        "best": card.best,
        "rating": card.rating,
        "rev": card.rev,
        "first_review": card.first_review.date().isoformat(),
        "last_review": card.last_review.date().isoformat(),
    }
