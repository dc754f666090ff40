"""Power cuts: what was answered before the lights went out is there when they come back.

A VFS of APSW keeps, beside each file, the image that a disk is sure to hold: only what was synced. At a cut
every write since then survives or not by the toss of a coin, as blocks do that a drive had in its cache.
"""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path
from typing import Any

import apsw
import pytest
from record_support import answer, state

from quizbank import record as record_module
from quizbank.record import Record

CUTS = 200
Write = tuple[int, bytes] | int  # at an offset, or a new length


class Disk:
    """What is safe of each file, and the writes that are not yet."""

    def __init__(self) -> None:
        self.safe: dict[str, bytearray] = {}
        self.pending: dict[str, list[Write]] = {}

    def sync(self, name: str) -> None:
        for write in self.pending[name]:
            _apply(self.safe[name], write)
        self.pending[name].clear()

    def cut(self, chance: random.Random, folder: Path) -> None:
        """Write into `folder` what is found when the power is back."""
        folder.mkdir()
        for name, safe in self.safe.items():
            image = bytearray(safe)
            for write in self.pending[name]:
                if chance.random() < 0.5:
                    _apply(image, write)
            if not name.endswith("-shm"):  # memory
                (folder / Path(name).name).write_bytes(image)


def _apply(image: bytearray, write: Write) -> None:
    if isinstance(write, int):
        del image[write:]
        return
    offset, data = write
    image.extend(bytes(max(0, offset - len(image))))
    image[offset : offset + len(data)] = data


class CachedFile(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self.disk, self.name = disk, name.filename() if hasattr(name, "filename") else name
        disk.safe.setdefault(self.name, bytearray())
        disk.pending.setdefault(self.name, [])

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self.disk.pending[self.name].append((offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        self.disk.pending[self.name].append(size)

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self.disk.sync(self.name)


class CachingVFS(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        super().__init__("cached", "")
        self.disk = disk

    def xOpen(self, name: Any, flags: list[int]) -> CachedFile:
        return CachedFile(self.disk, name, flags)

    def xDelete(self, name: str, sync_directory: bool) -> None:
        super().xDelete(name, sync_directory)
        self.disk.safe.pop(name, None)
        self.disk.pending.pop(name, None)


class SqliteByApsw:
    """As much of the module `sqlite3` as a record uses, on connections through the VFS."""

    Error, OperationalError, SQLITE_BUSY = apsw.Error, apsw.BusyError, sqlite3.SQLITE_BUSY

    @staticmethod
    def connect(path: Path, **_: object) -> apsw.Connection:
        connection = apsw.Connection(str(path), vfs="cached")
        # Shared memory is not the VFS's to give; one process needs none.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        return connection


@pytest.mark.slow
@pytest.mark.parametrize("synchronous", ["FULL", "OFF"])
def test_no_answer_told_of_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, synchronous: str) -> None:
    """With the durability that a record sets none is lost in any cut; with none at all the test notices."""
    disk = Disk()
    vfs = CachingVFS(disk)
    lost = broken = 0
    for number in range(CUTS):
        chance = random.Random(number)
        disk.safe.clear()
        disk.pending.clear()
        folder = tmp_path / str(number)
        folder.mkdir()
        with monkeypatch.context() as patch:
            patch.setattr(record_module, "sqlite3", SqliteByApsw)
            record = Record.open(folder / "record.db")
            if synchronous == "OFF":
                record._db.execute("PRAGMA synchronous = OFF")
            record._db.execute("PRAGMA wal_autocheckpoint = 20")  # cuts between checkpoints, too
            told = []
            for step in range(chance.randrange(1, 60)):
                entry = answer(
                    f"q:{chance.randrange(8)}", step / 10, chance.randrange(1, 5), seconds=chance.random()
                )
                record.append(entry)
                told.append(entry.id)
            disk.cut(chance, tmp_path / f"{number}-after")
            record._db.close()
        try:
            with Record.open(tmp_path / f"{number}-after" / "record.db") as after:
                found = [entry.id for entry in after.entries()]
                kept = state(after)
                after.rebuild()
                broken += kept != state(after) or found != told[: len(found)]
                lost += len(found) < len(told)
        except (record_module.RecordError, sqlite3.DatabaseError):
            broken += 1
    vfs.unregister()
    if synchronous == "FULL":
        assert (lost, broken) == (0, 0)
    else:
        assert lost + broken > 0
