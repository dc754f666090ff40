"""What can be wrong with a record's file, told in plain words; nothing here writes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from quizbank.errors import RecordError, reason
from quizbank.migrations import APPLICATION_ID, inspect, list_backups, refuse_foreign

_LITTLE_SPACE = 256 * 1024  # SQLite's shared-memory and log files need about this much
_SMALLEST = 512  # the smallest page, and so the smallest database, there is


def refuse_unusable(path: Path, latest: int) -> None:
    """Raise RecordError for a record that could only be opened by harming it, or not at all."""
    folder = path.parent
    if not folder.is_dir():
        raise RecordError(f"the folder {folder} does not exist", f"文件夹 {folder} 不存在")
    if path.is_dir():
        raise RecordError(
            f"{path} is a folder, but the record should be a file there. Move it away.",
            f"{path} 是文件夹，而记录应是这里的一个文件。请把它移走。",
        )
    if not os.access(folder, os.W_OK | os.X_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise _read_only(path)
    if not path.exists():
        return
    log = path.with_name(path.name + "-wal")
    pending = log.exists() and log.stat().st_size > 0
    if path.stat().st_size == 0:
        if pending or list_backups(path):  # else it is a record about to be made
            raise damaged(path, "the file is empty")
        return
    _refuse_header(path, latest)
    if not pending and _is_short(path):
        time.sleep(0.2)  # another process may be folding its log into the file, the first page first
        if _is_short(path):
            raise damaged(path, "its end is missing")
    if pending:
        # A read-only look first: closing a writable connection would fold the log into the file.
        try:
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                inspect(connection, path, latest)
        except sqlite3.OperationalError:
            return  # a crash while the file was made: opening it for writing mends that
        except sqlite3.DatabaseError as error:
            raise explain(error, path) from error


def _refuse_header(path: Path, latest: int) -> None:
    """SQLite takes a very short file for a new database: look at the header without it."""
    header = _header(path)
    if len(header) < _SMALLEST or not header.startswith(b"SQLite format 3\0"):
        raise damaged(path, "file is not a database")
    if _number(header, 68) == APPLICATION_ID:  # else `inspect` decides
        refuse_foreign(path, APPLICATION_ID, _number(header, 60), latest, empty=False)


def _is_short(path: Path) -> bool:
    """Whether pages are missing that the header counts. SQLite itself forgives half a page."""
    header = _header(path)
    page = int.from_bytes(header[16:18], "big")
    counted = _number(header, 24) == _number(header, 92)  # else the count is not to be trusted
    return counted and path.stat().st_size < (65536 if page == 1 else page) * _number(header, 28)


def _header(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_SMALLEST)
    except OSError as error:
        en, zh = reason(error)
        raise RecordError(f"cannot read {path}: {en}", f"无法读取 {path}：{zh}") from error


def _number(header: bytes, at: int) -> int:
    return int.from_bytes(header[at : at + 4], "big")


def explain(error: sqlite3.Error, path: Path) -> RecordError:
    """The error of SQLite as a person can act on it."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    match code:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(path, str(error))
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return RecordError(
                f"{path} is in use: another program has been writing to it for more than 5 seconds. "
                "Nothing was recorded; try again.",
                f"{path} 正被占用：另一个程序写入已超过 5 秒。本次未记录，请重试。",
            )
        case sqlite3.SQLITE_FULL:
            return _full(path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return _read_only(path)
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_IOERR if _space(path) < _LITTLE_SPACE:
            return _full(path)
        case sqlite3.SQLITE_CONSTRAINT:
            return RecordError(f"{path} does not take this entry: {error}", f"{path} 拒绝了这条记录：{error}")
    if "decode to UTF-8" in str(error):  # raised by Python's module, without a code
        return damaged(path, "a text is not UTF-8")
    return RecordError(f"cannot use the record {path}: {error}", f"无法使用记录 {path}：{error}")


def damaged(path: Path, what: str) -> RecordError:
    """The file is not what was written; it is left as it is."""
    backups = list_backups(path)
    if backups:
        en = f"To go back to the newest backup, copy {backups[-1]} over it and delete {path.name}-wal."
        zh = f"要恢复到最近的备份，请用 {backups[-1]} 覆盖它，并删除 {path.name}-wal。"
    else:
        en = "Move it away to begin a new record, and keep it: parts of it may be rescued."
        zh = "把它移走即可开始新的记录；请保留原文件，其中的数据或许还能抢救。"
    return RecordError(
        f"{path} is damaged or not a preptrain record ({what}). It was left as it is. {en}",
        f"{path} 已损坏，或者不是 preptrain 的记录（{what}）。文件未被改动。{zh}",
    )


def _full(path: Path) -> RecordError:
    return RecordError(
        f"the disk that holds {path} is full. Nothing was recorded; what was there before is safe. "
        "Free some space and try again.",
        f"{path} 所在的磁盘已满。本次未记录，此前的数据完好。请清理出一些空间后重试。",
    )


def _read_only(path: Path) -> RecordError:
    return RecordError(
        f"{path} cannot be written to. Give yourself write permission to it and to its folder, "
        "or choose another folder with --home.",
        f"{path} 不可写。请为该文件及其所在文件夹加上写权限，或用 --home 指定其他目录。",
    )


def _space(path: Path) -> int:
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return _LITTLE_SPACE
