"""Upgrading a record: a backup first, each step whole or not at all, never twice."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from record_support import answer, run_child, state

from quizbank import migrations
from quizbank.migrations import APPLICATION_ID, MIGRATIONS, Migration, list_backups
from quizbank.record import Record, RecordError

NOTE = Migration("a note beside a card", ("ALTER TABLE card ADD COLUMN note TEXT", "CREATE TABLE extra (x)"))
BROKEN = Migration("broken", ("CREATE TABLE begun (x)", "CREATE TABLE card (again)"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "record.db"
    with Record.open(path) as record:
        record.append(answer())
    return path


def names(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM migration ORDER BY rowid")]


def test_a_new_record_says_what_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert names(path) == [step.name for step in MIGRATIONS]
    assert path.read_bytes()[68:72] == b"prep"
    assert list_backups(path) == [], "nothing was there to back up"


def test_names_are_unique_for_ever() -> None:
    assert len({step.name for step in MIGRATIONS}) == len(MIGRATIONS)


def test_an_upgrade_keeps_the_answers_and_a_backup(path: Path) -> None:
    before = path.read_bytes()
    with Record.open(path, (*MIGRATIONS, NOTE)) as record:
        assert len(list(record.entries())) == 1
        assert record._db.execute("SELECT note FROM card").fetchall() == [(None,)]
    (backup,) = list_backups(path)
    assert backup.parent == path.parent / "backups"
    with Record.open(backup) as old:  # a whole record of the old version
        assert len(list(old.entries())) == 1
        assert old._db.execute("SELECT count(*) FROM pragma_table_info('card')").fetchone() == (20,)
    assert before != path.read_bytes()
    assert names(path)[-1] == NOTE.name
    with Record.open(path, (*MIGRATIONS, NOTE)):
        assert list_backups(path) == [backup], "done once"
    with pytest.raises(RecordError, match="newer preptrain"):
        Record.open(path)


def test_a_step_that_fails_is_undone_as_a_whole(path: Path) -> None:
    with pytest.raises(RecordError, match="already exists"):
        Record.open(path, (*MIGRATIONS, NOTE, BROKEN))
    assert names(path)[-1] == NOTE.name
    with Record.open(path, (*MIGRATIONS, NOTE)) as record:
        tables = {name for (name,) in record._db.execute("SELECT name FROM sqlite_master")}
        assert "begun" not in tables
        assert len(list(record.entries())) == 1


def test_no_backup_no_upgrade(path: Path) -> None:
    (path.parent / "backups").write_text("in the way")
    with pytest.raises(RecordError) as caught:
        Record.open(path, (*MIGRATIONS, NOTE))
    assert "cannot back up" in caught.value.en
    assert "无法把" in caught.value.zh
    with Record.open(path) as record:
        assert len(list(record.entries())) == 1
    assert (path.parent / "backups").read_text() == "in the way"


def test_the_last_backups_are_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "BACKUPS_KEPT", 3)
    with Record.open(path) as record:
        for number in range(5):
            migrations.back_up(record._db, path, f"v{number}")
        kept = state(record)
    assert [backup.name for backup in list_backups(path)] == [
        "record-0003-v2.db",
        "record-0004-v3.db",
        "record-0005-v4.db",
    ]
    assert not list((path.parent / "backups").glob("*.part"))
    with Record.open(list_backups(path)[-1]) as copy:
        assert state(copy) == kept


def test_two_processes_upgrade_at_once(path: Path) -> None:
    with Record.open(path) as record:
        version = len(MIGRATIONS)
        step = (*MIGRATIONS, NOTE)
        # The other process finishes between this one's look at the version and its lock.
        look = iter([version])
        real = migrations.inspect

        def late(connection: sqlite3.Connection, file: Path, latest: int) -> int:
            seen = real(connection, file, latest)
            if next(look, None) is not None:
                assert run_child(UPGRADE, path).stdout == "upgraded\n"
            return seen

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(migrations, "inspect", late)
            migrations.migrate(record._db, path, step)
    assert names(path) == [*(s.name for s in MIGRATIONS), NOTE.name]


UPGRADE = f"""
import sys
from pathlib import Path
from quizbank.migrations import MIGRATIONS, Migration
from quizbank.record import Record
with Record.open(Path(sys.argv[1]), (*MIGRATIONS, Migration{tuple(NOTE)!r})):
    print("upgraded")
"""
