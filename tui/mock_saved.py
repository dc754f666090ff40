"""Where an unfinished mock interview is kept: one draft in the record, which a single transaction replaces."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from quizbank.errors import RecordError

if TYPE_CHECKING:
    from quizbank.record import Record

DRAFT = "mock"
VERSION = 1


def stored(record: Record) -> str | None:
    """What was kept; None where no interview is unfinished."""
    return record.draft(DRAFT)


def is_waiting(record: Record) -> bool:
    """Whether there is one to go on with, as far as the record can be read."""
    with suppress(RecordError):
        return stored(record) is not None
    return False


def keep(record: Record, text: str) -> None:
    record.save_draft(DRAFT, text)


def forget(record: Record) -> None:
    record.save_draft(DRAFT, "")


def put_aside(home: Path, text: str, now: datetime) -> Path:
    """Write a copy to a file of its own, whole or not at all; raises OSError."""
    stem = f"mock-{now:%Y%m%d-%H%M%S}"
    names = (f"{stem}{'' if again == 1 else f'-{again}'}.json" for again in range(1, 1000))
    path = next(home / name for name in names if not (home / name).exists())
    part = path.with_suffix(".part")
    try:
        with part.open("w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
