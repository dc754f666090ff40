"""One entry of the log: how it is made, checked, and laid out as a row."""

from __future__ import annotations

import json
import math
import os
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any, Literal

from quizbank.scheduling import RIGHT

Kind = Literal["answer", "undo"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
COLUMNS = (
    "id, seq, at, offset_minutes, kind, item, rev, score, correct, rating, confidence, seconds, seed,"
    " detail, voids"
)

REPORT = "m:"
"""Begins the item of a report, which is kept in the log and is no answer: it has no card and counts for no day."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer to a question, a graded attempt at a drill, or the undoing of an earlier entry."""

    id: str
    at: datetime
    offset_minutes: int
    item: str
    rev: int
    score: float
    correct: bool
    rating: int
    confidence: int | None
    seconds: float
    seed: int | None
    detail: dict[str, Any]
    kind: Kind = "answer"
    voids: str | None = None
    seq: int = field(default=0, compare=False)
    """Its place in the log, given by `Record.append`: milliseconds since 1970, or one more than the last."""

    @property
    def local(self) -> datetime:
        """When it was on the learner's own clock."""
        return self.at.astimezone(_zone(self.offset_minutes))


@cache
def _zone(offset_minutes: int) -> timezone:
    return timezone(timedelta(minutes=offset_minutes))


def new_entry(
    item: str,
    *,
    rev: int,
    score: float,
    rating: int,
    seconds: float,
    now: datetime,
    correct: bool | None = None,
    confidence: int | None = None,
    seed: int | None = None,
    detail: dict[str, Any] | None = None,
) -> Entry:
    """An entry for `item` ("q:…", "d:…", "h:…" for a bug hunt, "m:…" for a mock interview) at `now`, which carries the learner's zone.

    `correct` is what the learner was told; without it, a score of at least 0.85 counts.
    Raises ValueError for values that no caller should hand in; a negative time (a clock set back while the
    question was on screen) counts as 0.
    """
    if not (item.startswith(("q:", "d:", "h:", REPORT)) and len(item) > 2):
        raise ValueError(f"an item is 'q:<id>', 'd:<id>', 'h:<drill>/<code>' or 'm:<id>', not {item!r}")
    if not 0 <= score <= 1:
        raise ValueError(f"a score lies between 0 and 1, not {score}")
    if not 1 <= rating <= 4:
        raise ValueError(f"a rating is 1 to 4, not {rating}")
    if confidence not in (None, 1, 2, 3):
        raise ValueError(f"a confidence is 1 to 3 or None, not {confidence}")
    if not math.isfinite(seconds):
        raise ValueError(f"seconds must be a number, not {seconds}")
    if seed is not None and not -(2**63) <= seed < 2**63:
        raise ValueError(f"a seed has 64 bits: {seed} does not fit")
    at, offset = moment(now)
    return Entry(
        id=uuid7(at),
        at=at,
        offset_minutes=offset,
        item=item,
        rev=rev,
        score=float(score),
        correct=score >= RIGHT if correct is None else correct,
        rating=rating,
        confidence=confidence,
        seconds=max(float(seconds), 0.0),
        seed=seed,
        detail=dict(detail or {}),
    )


def new_undo(target: Entry, now: datetime) -> Entry:
    """The entry that voids `target`."""
    at, offset = moment(now)
    return Entry(
        uuid7(at), at, offset, target.item, target.rev, 0.0, False, 0, None, 0.0, None, {}, "undo", target.id
    )


def moment(now: datetime) -> tuple[datetime, int]:
    """`now` as UTC, cut to the millisecond, and the minutes that the learner's clock is ahead of it."""
    offset = now.utcoffset()
    if offset is None:
        raise ValueError("now must carry a time zone")
    at = EPOCH + (now.astimezone(UTC) - EPOCH) // MILLISECOND * MILLISECOND
    return at, round(offset / timedelta(minutes=1))


_last: tuple[int, int] = (-1, 0)  # the millisecond and the counter of this process's last id


def uuid7(at: datetime) -> str:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, a 12-bit counter, 62 random bits.

    Ids made by one process within one millisecond ascend.
    """
    global _last
    noise = int.from_bytes(os.urandom(10), "big")
    ms = max((at - EPOCH) // MILLISECOND, 0)
    counter = _last[1] + 1 if ms == _last[0] else noise >> 69  # 11 bits leave room to count
    _last = (ms, counter)
    bits = ms << 80 | 0x7 << 76 | (counter & 0xFFF) << 64 | 0b10 << 62 | noise & (1 << 62) - 1
    digits = f"{bits:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


_readable = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_plain = json.JSONEncoder(default=repr).encode


def dumps(value: Any) -> str:
    """Compact JSON, readable Chinese; a lone surrogate, which a terminal can send, is escaped."""
    text = _readable(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text


def to_row(entry: Entry, seq: int | None = None) -> Row:
    """The entry as COLUMNS name it, and a checksum; `seq` is its place where it has none yet."""
    row = (
        entry.id,
        entry.seq if seq is None else seq,
        (entry.at - EPOCH) // MILLISECOND,
        entry.offset_minutes,
        entry.kind,
        entry.item,
        entry.rev,
        entry.score,
        int(entry.correct),
        entry.rating,
        entry.confidence,
        entry.seconds,
        entry.seed,
        dumps(entry.detail),
        entry.voids,
    )
    return (*row, _checksum(row))


def from_row(row: Row) -> Entry:
    """The entry of a row as `to_row` made it; raises ValueError where a stored byte has changed."""
    *values, checksum = row
    if _checksum(values) != checksum:
        raise ValueError(f"entry {values[0]!r} does not match its checksum")
    id_, seq, at, offset, kind, item, rev, score, correct, rating, *rest = values
    confidence, seconds, seed, detail, voids = rest
    return Entry(
        id=id_,
        at=EPOCH + at * MILLISECOND,
        offset_minutes=offset,
        item=item,
        rev=rev,
        score=score,
        correct=bool(correct),
        rating=rating,
        confidence=confidence,
        seconds=seconds,
        seed=seed,
        detail=json.loads(detail),
        kind=kind,
        voids=voids,
        seq=seq,
    )


def _checksum(values: Any) -> int:
    # Not SQLite's task: it notices a broken page, not a flipped bit in a text.
    return zlib.crc32(_plain(list(values)).encode())
