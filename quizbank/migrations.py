"""The record's schema as a list of named steps, each applied once, in order, after a backup."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from quizbank.errors import RecordError, reason

APPLICATION_ID = 0x70726570  # "prep", in the file's header
BACKUPS_KEPT = 10


class Migration(NamedTuple):
    """One step: its name, for ever, and its SQL statements."""

    name: str
    statements: tuple[str, ...]


_LOG = """
CREATE TABLE log (
    id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,             -- the order of the log
    at INTEGER NOT NULL,              -- milliseconds since 1970, UTC
    offset_minutes INTEGER NOT NULL,  -- of the learner's clock, east of UTC
    kind TEXT NOT NULL CHECK (kind IN ('answer', 'undo')),
    item TEXT NOT NULL,
    rev INTEGER NOT NULL,
    score REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
    correct INTEGER NOT NULL CHECK (correct IN (0, 1)),
    rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 4 OR kind = 'undo'),
    confidence INTEGER CHECK (confidence BETWEEN 1 AND 3),
    seconds REAL NOT NULL CHECK (seconds >= 0),
    seed INTEGER,
    detail TEXT NOT NULL,             -- JSON
    voids TEXT CHECK ((voids IS NOT NULL) = (kind = 'undo')),
    checksum INTEGER NOT NULL
)
"""

_CARD = """
CREATE TABLE card (
    item TEXT PRIMARY KEY,
    due TEXT NOT NULL,                -- days are learner days, YYYY-MM-DD
    stability REAL NOT NULL,
    difficulty REAL NOT NULL,
    state INTEGER NOT NULL,
    reps INTEGER NOT NULL,
    lapses INTEGER NOT NULL,
    last_review TEXT NOT NULL,
    first_review TEXT NOT NULL,
    rating INTEGER NOT NULL,
    earlier_stability REAL,
    earlier_difficulty REAL,
    earlier_review TEXT,
    rev INTEGER NOT NULL,
    correct INTEGER NOT NULL,
    best REAL NOT NULL
) WITHOUT ROWID
"""

_DAILY = """
CREATE TABLE daily (
    day TEXT PRIMARY KEY,
    answers INTEGER NOT NULL,
    correct INTEGER NOT NULL,
    drills INTEGER NOT NULL,
    milliseconds INTEGER NOT NULL
) WITHOUT ROWID
"""

MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        "log, cards, days, drafts",
        (
            _LOG,
            "CREATE INDEX log_order ON log (seq, id)",
            "CREATE INDEX log_item ON log (item, seq, id)",
            "CREATE INDEX log_undo ON log (seq, id) WHERE kind = 'undo'",
            "CREATE TRIGGER log_is_kept BEFORE DELETE ON log"
            " BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
            "CREATE TRIGGER log_is_fixed BEFORE UPDATE ON log"
            " BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
            _CARD,
            "CREATE INDEX card_due ON card (due)",
            "CREATE INDEX card_last ON card (last_review)",
            "CREATE INDEX card_first ON card (first_review)",
            _DAILY,
            "CREATE TABLE draft (item TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID",
            "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        ),
    ),
    Migration(
        "tallies, what was solved and missed, dated settings",
        (
            "ALTER TABLE card ADD COLUMN recalls INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE card ADD COLUMN recalled INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE card ADD COLUMN solved_after INTEGER",
            "ALTER TABLE card ADD COLUMN sure_wrong INTEGER NOT NULL DEFAULT 0",
            "DROP INDEX card_last",  # a tenth of the time of an answer, and the days tell what it told
            "CREATE TABLE tally (kind TEXT, key INTEGER, answers INTEGER NOT NULL, right INTEGER NOT NULL,"
            " PRIMARY KEY (kind, key)) WITHOUT ROWID",
            # Milliseconds since 1970: of two machines' settings the later one holds.
            "ALTER TABLE setting ADD COLUMN at INTEGER NOT NULL DEFAULT 0",
            "CREATE INDEX log_mistake ON log (json_extract(detail, '$.diagnosis'))"
            " WHERE json_extract(detail, '$.diagnosis') IS NOT NULL",
            # The record rebuilds itself when it finds this, and takes it away.
            "INSERT OR REPLACE INTO setting VALUES ('stale', '1', 0)",
        ),
    ),
    Migration(
        "dated drafts",
        (
            # Milliseconds since 1970: of two machines' drafts the later one holds. A question's answer takes its
            # draft away, so that one that is there was made after the last answer.
            "ALTER TABLE draft ADD COLUMN at INTEGER NOT NULL DEFAULT 0",
            "UPDATE draft SET at = 1 + (SELECT coalesce(max(seq), 0) FROM log)",
        ),
    ),
)


def inspect(connection: sqlite3.Connection, path: Path, latest: int = len(MIGRATIONS)) -> int:
    """The version of a record, 0 where it is empty; raises RecordError for what is not ours to change."""
    # One statement: between two, another process may finish making the record.
    application, version, tables = connection.execute(
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)"
        " FROM pragma_application_id, pragma_user_version"
    ).fetchone()
    refuse_foreign(path, application, version, latest, empty=not tables)
    return int(version)


def refuse_foreign(path: Path, application: int, version: int, latest: int, empty: bool) -> None:
    """Raise RecordError for a database of another program or of a newer version of this one."""
    if application != APPLICATION_ID and (application or version or not empty):
        raise RecordError(
            f"{path} is a SQLite database, but not a preptrain record. It was left as it is. "
            "Move it away, or choose another folder with --home.",
            f"{path} 是 SQLite 数据库，但不是 preptrain 的记录。文件未被改动。"
            "请把它移走，或用 --home 指定其他目录。",
        )
    if version > latest:
        raise RecordError(
            f"{path} was written by a newer preptrain (record version {version}, this one knows {latest}). "
            "It was left as it is. Upgrade with: pip install --upgrade preptrain",
            f"{path} 由更新版本的 preptrain 写入（记录版本 {version}，当前程序只支持到 {latest}）。"
            "文件未被改动。请升级：pip install --upgrade preptrain",
        )


def migrate(
    connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration] = MIGRATIONS
) -> list[Path]:
    """Bring the record to the latest version; returns the backups made on the way.

    The connection is in autocommit mode. Another process may do the same at once: the version is read
    again under the write lock, and each step commits with its name or not at all.
    """
    backups = []
    begun = inspect(connection, path, len(migrations)) > 0  # a file just made has nothing to lose
    while (version := inspect(connection, path, len(migrations))) < len(migrations):
        step = migrations[version]
        if begun:
            backups.append(back_up(connection, path, f"v{version}"))
        connection.execute("BEGIN IMMEDIATE")
        try:
            if inspect(connection, path, len(migrations)) == version:
                _apply(connection, step, version + 1)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    return backups


def _apply(connection: sqlite3.Connection, step: Migration, version: int) -> None:
    if version == 1:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("CREATE TABLE migration (name TEXT PRIMARY KEY, at TEXT NOT NULL)")
    for statement in step.statements:
        connection.execute(statement)
    connection.execute(
        "INSERT INTO migration VALUES (?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))", (step.name,)
    )
    connection.execute(f"PRAGMA user_version = {version}")


def backup_folder(path: Path) -> Path:
    return path.with_name("backups")


def back_up(connection: sqlite3.Connection, path: Path, label: str) -> Path:
    """Copy the record into `backups/`, whole and on the disk before its name appears; keeps the last ten."""
    folder = backup_folder(path)
    taken = {int(old.stem.split("-")[1]) for old in list_backups(path)}
    target = folder / f"{path.stem}-{max(taken, default=0) + 1:04}-{label}.db"
    partial = target.with_suffix(f".{os.getpid()}.part")
    try:
        folder.mkdir(exist_ok=True)
        with closing(sqlite3.connect(partial)) as copy:
            connection.backup(copy)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(target)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            partial.unlink()
        en, zh = reason(error) if isinstance(error, OSError) else (str(error), str(error))
        raise RecordError(
            f"cannot back up {path} to {folder} before upgrading it: {en}. The record was left as it is.",
            f"升级前无法把 {path} 备份到 {folder}：{zh}。记录未被改动。",
        ) from error
    for old in list_backups(path)[:-BACKUPS_KEPT]:
        old.unlink(missing_ok=True)
    return target


def list_backups(path: Path) -> list[Path]:
    """The backups of a record, oldest first."""
    folder = backup_folder(path)
    return sorted(folder.glob(f"{path.stem}-[0-9][0-9][0-9][0-9]-*.db")) if folder.is_dir() else []
