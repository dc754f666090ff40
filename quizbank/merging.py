"""Reading another record, a database or a JSON export, to merge it into one's own."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from quizbank.entries import Entry
from quizbank.errors import RecordError, reason
from quizbank.migrations import backup_folder
from quizbank.record import Record
from quizbank.tables import Draft

SQLITE = b"SQLite format 3\0"


def merge(record: Record, other: Path) -> int:
    """Take the log (and from a database the settings and drafts) of `other` into `record`; returns the new entries.

    `other` is not touched. Raises RecordError, and changes nothing, where it cannot be read.
    """
    try:
        with other.open("rb") as file:
            head = file.read(len(SQLITE))
    except OSError as error:
        en, zh = reason(error)
        raise RecordError(f"cannot read {other}: {en}", f"无法读取 {other}：{zh}") from error
    if head == SQLITE:
        return _merge_database(record, other)
    return record.merge(list(_from_json(other)))


def set_aside(record: Record, before: Iterable[Draft], now: datetime) -> Path | None:
    """Write into a file those drafts of `before` that gave way in a merge; None where none did.

    An older text of the learner's own is no longer in the record then, and still theirs. Raises RecordError.
    """
    held = {item: text for item, text, _ in record.drafts()}
    gone = {item: text for item, text, _ in before if text and held.get(item) != text}
    if not gone:
        return None
    path = backup_folder(record.path) / f"drafts-{now:%Y%m%d-%H%M%S}.json"
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            json.dump(gone, file, ensure_ascii=False, indent=1)
    except OSError as error:
        en, zh = reason(error)
        raise RecordError(f"cannot write {path}: {en}", f"无法写入 {path}：{zh}") from error
    return path


def _merge_database(record: Record, other: Path) -> int:
    if other.resolve() == record.path.resolve():
        raise RecordError(f"{other} is this record itself", f"{other} 就是当前的记录本身")
    # A copy: an older version is upgraded on opening, and that file belongs to someone else.
    with tempfile.TemporaryDirectory(prefix="preptrain-merge-") as folder:
        copy = Path(folder) / "record.db"
        try:
            with (
                closing(sqlite3.connect(f"{other.absolute().as_uri()}?mode=ro", uri=True)) as source,
                closing(sqlite3.connect(copy)) as target,
            ):
                source.backup(target)
        except sqlite3.Error as error:
            raise RecordError(f"cannot read {other}: {error}", f"无法读取 {other}：{error}") from error
        with Record.open(copy) as theirs:
            return record.merge(theirs.entries(), theirs.settings(), theirs.drafts())


def _from_json(path: Path) -> Iterator[Entry]:
    try:
        text = path.read_text("utf-8")
        if text.startswith('{"id":'):  # JSON Lines: an entry a line
            rows = [json.loads(line) for line in text.split("\n") if line]
        else:
            data = json.loads(text)
            if data["format"] != "preptrain-progress":
                raise ValueError(f"the format is {data['format']!r}")
            rows = data["entries"]
    except OSError as error:
        en, zh = reason(error)
        raise RecordError(f"cannot read {path}: {en}", f"无法读取 {path}：{zh}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RecordError(
            f"{path} is neither a record nor a JSON export of one ({error})",
            f"{path} 既不是学习记录，也不是它的 JSON 导出（{error}）",
        ) from error
    for number, row in enumerate(rows):
        try:
            yield entry_of(row)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RecordError(
                f"{path}: entries[{number}] is no entry of a log ({error})",
                f"{path}：entries[{number}] 不是有效的记录条目（{error}）",
            ) from error


def entry_of(fields: dict[str, Any]) -> Entry:
    """The entry of an exported row; raises ValueError, KeyError or TypeError for what is none."""
    values = dict(fields)
    at = datetime.fromisoformat(values.pop("at"))
    if at.tzinfo is None:
        raise ValueError("at has no time zone")
    if values.get("kind") not in ("answer", "undo"):
        raise ValueError(f"kind is {values.get('kind')!r}")
    return Entry(at=at, **values)
