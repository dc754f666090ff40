"""Where the learner's data lies, and what is said when it cannot lie there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from record_support import run_child

from quizbank import locations
from quizbank.locations import HomeError


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "named"
    monkeypatch.setenv("PREPTRAIN_HOME", str(folder))
    return folder


def test_the_variable_moves_everything(named: Path) -> None:
    places = locations.resolve()
    assert places.home == named
    assert places.home.is_dir()
    assert places.record == named / "record.db"
    assert places.settings == named / "settings.json"
    assert places.workspace == named / "workspace"


def test_arguments_override_the_variable(named: Path, tmp_path: Path) -> None:
    places = locations.resolve(tmp_path / "given", tmp_path / "code")
    assert (places.home, places.workspace) == (tmp_path / "given", tmp_path / "code")
    assert not named.exists()


def test_without_either_the_platform_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREPTRAIN_HOME", " ")
    home = locations.home()
    assert home.is_absolute()
    assert home.name == "preptrain"


def test_paths_become_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert locations.home(Path("data")) == tmp_path / "data"
    assert locations.home(Path("~/data")) == tmp_path / "me" / "data"
    assert locations.home(Path("~nobody-of-this-name")) == tmp_path / "~nobody-of-this-name"


def test_missing_folders_are_made_and_only_when_asked(tmp_path: Path) -> None:
    home = tmp_path / "a" / "学习 记录"
    locations.resolve(home, create=False)
    assert not home.exists()
    locations.resolve(home)
    locations.resolve(home)
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("below", ["", "deeper/still"])
def test_a_file_in_the_way(tmp_path: Path, below: str) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(HomeError) as caught:
        locations.resolve(file / below)
    assert str(file / below) in caught.value.en
    assert "a file stands where a folder should be" in caught.value.en
    assert "--home" in caught.value.en
    assert str(file / below) in caught.value["zh"]
    assert "文件" in caught.value.text.zh
    assert file.read_text() == "mine"


@pytest.mark.skipif(os.name == "nt", reason="permission bits")
@pytest.mark.parametrize("below", ["", "deeper"])
def test_an_unwritable_home(tmp_path: Path, below: str) -> None:
    tmp_path.chmod(0o500)
    try:
        child = run_child(
            "import sys, pathlib; from quizbank import locations\n"
            "try: locations.resolve(pathlib.Path(sys.argv[1]))\n"
            "except locations.HomeError as error: print(error.en, error.zh)",
            tmp_path / below,
            unprivileged=True,
        )
    finally:
        tmp_path.chmod(0o700)
    assert child.stderr == ""
    assert "permission denied" in child.stdout
    assert "没有权限" in child.stdout
