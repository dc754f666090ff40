"""Long work says how far it is: a record that must catch up before the app can start."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from quizbank.record import REPORTED, Record, new_entry
from tui.app import PreptrainApp
from tui.command_line.context import Context
from tui.services import local_now, open_services
from tui.time_left import CLEAR_LINE, catching_up


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def stale(home: Path) -> Path:
    """A record closed between a change of retention and the due days that follow it."""
    home.mkdir()
    path = home / "record.db"
    with Record.open(path) as record:
        now = local_now()
        record.merge(
            new_entry(f"q:{number % 7}", rev=1, score=1, rating=3, seconds=1, now=now)
            for number in range(2 * REPORTED)
        )

        def killed(_rows: int, _of: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            record.set_retention(0.8, now, killed)
    return path


def test_how_far_it_is_stands_in_one_line_and_goes(stale: Path) -> None:
    terminal, clock = Terminal(), iter([0.0, 10.0, 20.0])
    with catching_up("en", terminal, lambda: next(clock)) as progress:
        Record.open(stale, progress=progress).close()
    said = terminal.getvalue().split(CLEAR_LINE)
    assert said == [
        "",
        "Bringing the record up to date: 50% done, 10 s left.",
        "Bringing the record up to date: 100% done, 0 s left.",
        "",
    ]
    with catching_up("zh", again := Terminal()) as progress:
        Record.open(stale, progress=progress).close()
    assert again.getvalue() == "", "it has caught up"


def test_nothing_is_said_of_a_moment(stale: Path) -> None:
    with catching_up("zh", terminal := Terminal(), lambda: 0.0) as progress:
        Record.open(stale, progress=progress).close()
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("app", [True, False])
def test_the_app_and_the_command_line_say_it(app: bool, stale: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setattr("tui.time_left.AT_ONCE", -1.0)
    if app:
        services = open_services(language="zh")
        assert PreptrainApp(services).language == "zh"
        services.close()
    else:
        with Context(chosen_language="zh").record() as record:
            assert record.schedule.retention == 0.8
    assert "正在更新学习记录：已完成 50%" in terminal.getvalue()


def test_no_word_where_there_is_no_terminal(stale: Path) -> None:
    with catching_up("en", stream := io.StringIO()) as progress:
        assert progress is None
        Record.open(stale, progress=progress).close()
    assert stream.getvalue() == ""
