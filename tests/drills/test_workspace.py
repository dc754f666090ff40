"""The learner's files: never overwritten, backed up, and clear errors."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from drills.catalog import Drill
from drills.workspace import Workspace, WorkspaceError, read_source

NOW = datetime(2026, 11, 23, 21, 0)


def test_start_never_overwrites(tmp_path: Path, attention: Drill) -> None:
    files = Workspace(tmp_path / "deep" / "er")
    path = files.start(attention)
    assert path.read_text("utf-8") == attention.starter
    path.write_text("mine", "utf-8")
    assert files.start(attention) == path
    assert files.read(attention) == "mine"


def test_reset_keeps_every_earlier_text(tmp_path: Path, attention: Drill) -> None:
    files = Workspace(tmp_path)
    assert files.reset(attention, NOW) is None
    backups = []
    for text in ("one", "two", "三"):
        files.save(attention, text)
        backup = files.reset(attention, NOW)
        assert backup is not None
        backups.append(backup)
        assert files.read(attention) == attention.starter
    assert [backup.read_text("utf-8") for backup in backups] == ["one", "two", "三"]


def test_reading_without_a_file_gives_the_starter(tmp_path: Path, attention: Drill) -> None:
    assert Workspace(tmp_path).read(attention) == attention.starter
    assert not list(tmp_path.glob("*.py"))


def test_saving_leaves_nothing_else_behind(tmp_path: Path, attention: Drill) -> None:
    files = Workspace(tmp_path / "w")
    for text in ("a", "b"):
        files.save(attention, text)
    assert [path.name for path in (tmp_path / "w").iterdir()] == ["attention.py"]


def test_a_file_where_the_folder_should_be(tmp_path: Path, attention: Drill) -> None:
    (tmp_path / "w").write_text("")
    with pytest.raises(WorkspaceError, match="--workspace") as raised:
        Workspace(tmp_path / "w").start(attention)
    assert "无法写入" in raised.value.zh


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(tmp_path: Path, attention: Drill) -> None:
    (tmp_path / "w").mkdir(mode=0o500)
    with pytest.raises(WorkspaceError, match="permission denied"):
        Workspace(tmp_path / "w").start(attention)


def test_text_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes("# 中文".encode("gbk"))
    with pytest.raises(WorkspaceError, match="not UTF-8"):
        read_source(path)
    with pytest.raises(WorkspaceError, match="no such file"):
        read_source(tmp_path / "y.py")
