"""A record that is broken, foreign, locked or on a full disk: a plain error, and nothing is overwritten."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from record_support import ENVIRONMENT, answer, run_child, state

import quizbank.record
from quizbank import tables
from quizbank.record import Entry, Record, RecordError

ANSWERS = 40


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A record of some answers, closed properly."""
    path = tmp_path / "record.db"
    with Record.open(path) as record:
        for number in range(ANSWERS):
            record.append(answer(f"q:{number % 7}", day=number, detail={"answer": "x" * 300}))
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def refused(path: Path) -> RecordError:
    before = contents(path.parent)
    with pytest.raises(RecordError) as caught:
        Record.open(path)
    assert contents(path.parent) == before, "a refused record is left as it is"
    assert str(path) in caught.value.en
    assert str(path) in caught.value.zh
    return caught.value


@pytest.mark.parametrize("data", [b"my shopping list\n" * 100, b"SQLite format 3\0" + b"\xff" * 5000, b"x"])
def test_not_a_database(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "record.db"
    path.write_bytes(data)
    error = refused(path)
    assert "damaged or not a preptrain record" in error.en
    assert "Move it away" in error.en


def test_a_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE log (mine)")
    assert "not a preptrain record" in refused(path).en


def test_a_record_of_a_newer_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 99")
    error = refused(path)
    assert "newer preptrain (record version 99" in error.en
    assert "pip install --upgrade" in error.zh


def test_a_newer_version_that_still_lies_in_the_write_ahead_log(path: Path) -> None:
    # Killed before its log was folded into the file, whose own header still shows the old version.
    newer = sqlite3.connect(path, isolation_level=None)
    newer.execute("PRAGMA user_version = 99")
    copy = path.parent / "copy"
    copy.mkdir()
    for name in ("record.db", "record.db-wal"):
        shutil.copy(path.with_name(name), copy)
    newer.close()
    database = (copy / "record.db").read_bytes()
    log = (copy / "record.db-wal").read_bytes()
    assert log
    with pytest.raises(RecordError, match="record version 99"):
        Record.open(copy / "record.db")
    assert (copy / "record.db").read_bytes() == database
    assert (copy / "record.db-wal").read_bytes() == log


def test_a_folder_where_the_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "record.db").mkdir()
    with pytest.raises(RecordError, match="is a folder"):
        Record.open(tmp_path / "record.db")


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"folder .* does not exist"):
        Record.open(tmp_path / "none" / "record.db")


def test_truncated_anywhere(path: Path) -> None:
    whole = path.read_bytes()
    cuts = sorted({1, 15, 16, 99, 100, 511, 4095, 4096, 8192, len(whole) // 2, len(whole) - 1})
    for cut in cuts:
        path.write_bytes(whole[:cut])
        assert "damaged" in refused(path).en, cut


def test_an_emptied_file_is_no_new_record_where_there_are_backups(path: Path) -> None:
    backups = path.parent / "backups"
    backups.mkdir()
    shutil.copy(path, backups / "record-0001-v1.db")
    path.write_bytes(b"")
    with pytest.raises(RecordError) as caught:
        Record.open(path)
    assert "the file is empty" in caught.value.en
    assert f"copy {backups / 'record-0001-v1.db'} over it" in caught.value.en
    assert path.read_bytes() == b""


def test_a_file_without_content_begins_a_record(tmp_path: Path) -> None:
    # What a process leaves that was killed between creating the file and writing to it.
    path = tmp_path / "record.db"
    path.touch()
    with Record.open(path) as record:
        record.append(answer())
    with Record.open(path) as record:
        assert len(list(record.entries())) == 1


def test_flipped_bytes_are_noticed_or_harmless(path: Path) -> None:
    """Wherever a byte changes, the log is read as it was written or not at all."""
    whole = path.read_bytes()
    with Record.open(path) as record:
        entries = list(record.entries())
    chance = random.Random(6)
    noticed = 0
    for trial in range(150):
        broken = bytearray(whole)
        for _ in range(1 + trial % 3):
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        path.write_bytes(broken)
        try:
            with Record.open(path) as record:
                assert list(record.entries()) == entries
                record.cards()
                record.days()
        except RecordError:
            noticed += 1
        assert path.read_bytes() == broken or noticed == 0, "reading changes nothing"
        path.with_name("record.db-wal").unlink(missing_ok=True)
        path.with_name("record.db-shm").unlink(missing_ok=True)
    assert noticed > 30


def test_a_broken_page_stops_an_answer_and_keeps_the_rest(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'card'").fetchone()
    broken = bytearray(path.read_bytes())
    broken[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    path.write_bytes(broken)
    with Record.open(path) as record:
        for broken_call in (record.cards, record.rebuild, lambda: record.append(answer("q:1", day=99))):
            with pytest.raises(RecordError, match="damaged"):
                broken_call()
        assert len(list(record.entries())) == ANSWERS
    assert path.read_bytes() == broken


def test_a_changed_answer_is_noticed(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER log_is_fixed")
        connection.execute("UPDATE log SET score = 0.5 WHERE item = 'q:3'")
    with Record.open(path) as record:
        before = state(record)
        with pytest.raises(RecordError, match="does not match its checksum"):
            list(record.entries())
        with pytest.raises(RecordError, match="does not match its checksum"):
            record.rebuild()
        assert state(record) == before


@pytest.mark.parametrize("column", ["due", "earlier_review"])
def test_a_card_that_is_no_card(path: Path, column: str) -> None:
    with Record.open(path) as record:
        record._db.execute(f"UPDATE card SET {column} = 'someday'")
        with pytest.raises(RecordError, match="card 'q:0'"):
            record.cards()
        record.rebuild()
        assert len(record.cards()) == 7


def test_text_that_is_no_text(path: Path) -> None:
    with Record.open(path) as record:
        record._db.execute("INSERT INTO draft VALUES ('q:a', CAST(x'ff' AS TEXT), 0)")
        with pytest.raises(RecordError, match="not UTF-8"):
            record.draft("q:a")


def test_no_room_in_the_file(path: Path) -> None:
    with Record.open(path) as record:
        (pages,) = record._db.execute("PRAGMA page_count").fetchone()
        record._db.execute(f"PRAGMA max_page_count = {pages}")
        kept: list[Entry] = []

        def fill() -> None:
            for number in range(1000):
                kept.append(answer("q:1", day=50 + number, detail={"code": "x" * 500}))
                record.append(kept[-1])

        with pytest.raises(RecordError, match=r"disk that holds .* is full"):
            fill()
        record._db.execute("PRAGMA max_page_count = 1000000")
        assert len(list(record.entries())) == ANSWERS + len(kept) - 1
        before = state(record)
        record.rebuild()
        assert state(record) == before
        record.append(kept[-1])


FULL_DISK = """
import os, sys
from pathlib import Path
from record_support import answer, state
from quizbank.record import Record, RecordError
path = Path(sys.argv[1]) / "record.db"
kept = 0
with Record.open(path) as record:
    try:
        while True:
            record.append(answer("q:a", day=kept, detail={"code": os.urandom(500).hex()}))
            kept += 1
    except RecordError as error:
        assert "is full" in error.en and "磁盘已满" in error.zh, error
    assert len(list(record.entries())) == kept > 10
try:
    with Record.open(path) as record:
        assert len(list(record.entries())) == kept
except RecordError as error:
    assert "is full" in error.en, error
(Path(sys.argv[1]) / "ballast").unlink()
with Record.open(path) as record:
    assert len(list(record.entries())) == kept
    before = state(record)
    record.rebuild()
    assert state(record) == before
    record.append(answer("q:a", day=kept))
print("all", kept, "kept")
"""


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """A file system of 1 MB, in a mount namespace of its own."""
    mount = "mount -t tmpfs -o size=1m tmpfs $0 && head -c 300000 /dev/zero > $0/ballast"
    namespace = ["unshare", "--map-root-user", "--mount", "sh", "-ec"]
    try:
        subprocess.run([*namespace, mount, str(tmp_path)], check=True, capture_output=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("no mount namespaces here")
    here = {**ENVIRONMENT, "PYTHONPATH": f"{ENVIRONMENT['PYTHONPATH']}{os.pathsep}{Path(__file__).parent}"}
    child = subprocess.run(
        [*namespace, f'{mount} && exec "$@"', str(tmp_path), sys.executable, "-c", FULL_DISK, str(tmp_path)],
        env=here,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    assert "kept" in child.stdout


WRITE = """
import sys
from pathlib import Path
from quizbank.record import Record, RecordError
try:
    with Record.open(Path(sys.argv[1])) as record:
        record.save_draft("q:a", "x")
        print("written")
except RecordError as error:
    print(error.en, error.zh)
"""


@pytest.mark.skipif(os.name == "nt", reason="permission bits")
@pytest.mark.parametrize("what", ["file", "folder", "new"])
def test_what_may_not_be_written_to(path: Path, what: str) -> None:
    before = path.read_bytes()
    locked = path if what == "file" else path.parent
    locked.chmod(0o400 if what == "file" else 0o500)
    try:
        child = run_child(WRITE, path if what != "new" else path.with_name("new.db"), unprivileged=True)
    finally:
        locked.chmod(0o700)
    assert "cannot be written to" in child.stdout, child
    assert "不可写" in child.stdout
    assert path.read_bytes() == before


def test_a_writer_waits_for_another(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.5, other.execute, ["ROLLBACK"])
        with Record.open(path) as record:
            release.start()
            record.append(answer("q:1", day=99))
            assert len(list(record.entries())) == ANSWERS + 1
        release.join()


def test_a_writer_does_not_wait_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quizbank.record, "BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other, Record.open(path) as record:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordError, match="in use"):
            record.append(answer("q:1", day=99))
        other.execute("ROLLBACK")
        record.append(answer("q:1", day=99))


def test_an_interrupted_answer_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with Record.open(path) as record:
        before = state(record)
        with monkeypatch.context() as patch:
            patch.setattr(tables, "add_sums", interrupt)
            with pytest.raises(KeyboardInterrupt):
                record.append(answer("q:1", day=99))
        assert state(record) == before
        assert len(list(record.entries())) == ANSWERS
        record.append(answer("q:1", day=99))
