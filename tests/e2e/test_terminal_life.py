"""What a terminal does to an app: makes room for an editor, is resized, goes away; and Chinese in all of it."""

from __future__ import annotations

import stat
from pathlib import Path

from rich.cells import cell_len
from terminal import Terminal
from test_terminal import exported

from drills.catalog import find_drill
from quizbank.record import Record

EDITOR = """#!/bin/sh
clear
echo "编辑器：$(basename "$1") $(stty size)"
read answer
printf '%s\\n' "# $answer" >> "$1"
"""


def editor(folder: Path) -> Path:
    """An editor that shows the file's name, and appends the line that is typed as a comment."""
    path = folder / "my-editor"
    path.write_text(EDITOR, "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def open_drill(terminal: Terminal, title: str, shown: str) -> None:
    """From Today into the first drill that a search for its name finds."""
    terminal.press("d")
    terminal.wait_for("○")
    terminal.press("/")
    terminal.paste(title)
    terminal.wait_for(f"○ {title}")
    terminal.press("Enter")
    for _ in range(100):
        terminal.press("Enter")
        if shown in terminal.screen():
            return
    terminal.wait_for(shown)


def test_suspended_for_an_editor_and_back(home: Path, tmp_path: Path) -> None:
    with Terminal(home, "--language", "zh", environment={"EDITOR": str(editor(tmp_path))}) as terminal:
        terminal.wait_for("开始")
        open_drill(terminal, "温度", "面试官会问")
        terminal.press("C-o")
        screen = terminal.wait_for("编辑器：temperature.py")
        assert "24 80" in screen
        assert "^S" not in screen  # the app has made room
        terminal.press("中文注释", "Enter")
        terminal.wait_for(" 秒")  # back, and checked at once
        terminal.press("F4")
        terminal.wait_for("import numpy")
        terminal.press("C-End")
        terminal.wait_for("# 中文注释")
        terminal.press("C-q")
        assert terminal.wait_for_end() == 0
    assert (home / "workspace" / "temperature.py").read_text("utf-8") == (
        find_drill("temperature").starter + "# 中文注释\n"
    )
    assert [entry["item"] for entry in exported(home)] == ["d:temperature"]


def test_what_was_typed_outlives_the_terminal(home: Path) -> None:
    with Terminal(home, "--language", "en") as terminal:
        terminal.wait_for("Begin")
        open_drill(terminal, "Temperature", "interviewer asks")
        terminal.press("F4")
        terminal.wait_for("import numpy")
        terminal.paste("# 我的想法 typed last\n")
        terminal.wait_for("typed last")
        pid = terminal.pid()
        terminal.close()
        terminal.wait_until_gone(pid)
    with Terminal(home, "--language", "en") as terminal:
        terminal.wait_for("Begin")
        open_drill(terminal, "Temperature", "interviewer asks")
        terminal.press("F4")
        assert "# 我的想法 typed last" in terminal.wait_for("typed last")
    with Record.open(home / "record.db") as record:
        assert list(record.entries()) == []


def test_chinese_keeps_its_columns_at_every_width(home: Path) -> None:
    with Terminal(home, "--language", "zh") as terminal:
        terminal.wait_for("开始")
        terminal.press("d")
        terminal.wait_for("卷积网络")
        for width in (120, 70, 80):
            terminal.resize(width, 24)
            terminal.press("F1")
            terminal.wait_for("本页")
            terminal.press("Escape")
            screen = terminal.wait_for("卷积网络")
            rows = [line for line in screen.split("\n") if "●" in line]
            assert len(rows) > 5
            assert len({cell_len(line[: line.index("●")]) for line in rows}) == 1
        terminal.press("C-q")
        assert terminal.wait_for_end() == 0
