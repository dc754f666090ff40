"""The learner's own editor, watching a file, and one's own code beside the solution."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from app_support import FakeGrader, Learner, Play, a_report
from click.testing import CliRunner

from drills.catalog import Drill, find_drill
from quizbank.record import Record
from tui import outside
from tui.cli import main
from tui.diff_text import Difference
from tui.messages import SOLUTION, YOURS
from tui.screens.solution import SolutionScreen
from tui.screens.workbench import WorkbenchScreen
from tui.services import Services


def script(folder: Path, text: str) -> Path:
    path = folder / "my editor"
    path.write_text("#!/bin/sh\n" + text, "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_the_editor_is_run_with_its_options_on_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("a", "utf-8")
    editor = script(tmp_path, 'echo "$1" > "$2"\n')
    outside.edit(file, {"EDITOR": f"'{editor}' --wait"})
    assert file.read_text("utf-8") == "--wait\n"
    outside.edit(file, {"EDITOR": "false", "VISUAL": f"'{editor}' x"})
    assert file.read_text("utf-8") == "x\n"


@pytest.mark.parametrize("editor", ["", "   ", "no-such-editor-anywhere", "'unbalanced"])
def test_no_editor_to_run(tmp_path: Path, editor: str) -> None:
    with pytest.raises(outside.EditorError):
        outside.edit(tmp_path / "mine.py", {"EDITOR": editor})


async def test_saving_outside_is_checked_while_watched(
    play: Play, services: Services, grader: FakeGrader, sample_drills: dict[str, Drill]
) -> None:
    grader.reports = [a_report("max-pool", passed=False)]
    file = services.places.workspace / "max_pool.py"

    async def scenario(learner: Learner) -> None:
        await learner.press("d", "enter", "ctrl+r")
        screen = learner.app.screen
        assert isinstance(screen, WorkbenchScreen)
        file.write_text("def max_pool2d(x): return 1\n", "utf-8")
        screen._look()
        await learner.settle()
        assert screen.editor.text == "def max_pool2d(x): return 1\n"
        assert grader.sources == ["def max_pool2d(x): return 1\n"]
        screen._look()
        assert len(grader.sources) == 1, "its own saving is no news"
        await learner.press("ctrl+r")
        assert screen._watching is None

    await play(scenario)


def test_watching_from_the_command_line(home: Path) -> None:
    home.mkdir()
    drill = find_drill("softmax")
    path = home / "workspace" / drill.file_name

    graded = threading.Event()

    def save() -> None:
        """As an editor does, again and again: the first saves may come before the command looks."""
        while not graded.wait(0.1):
            if path.exists():
                new = path.with_suffix(".new")
                new.write_text(drill.solution, "utf-8")
                new.replace(path)

    saving = threading.Thread(target=save)
    saving.start()
    try:
        result = CliRunner().invoke(main, ["--language", "en", "drill", "watch", "softmax", "--once"])
    finally:
        graded.set()
        saving.join()
    assert result.exit_code == 0, result.output
    assert "Passed" in result.output
    with Record.open(home / "record.db") as record:
        (entry,) = record.entries()
    assert entry.item == "d:softmax"
    assert entry.correct


def test_two_programs_beside_each_other() -> None:
    own, other = "import numpy as np\nx = 1\ny = 2\n", "import numpy as np\nx = 2\n"
    wide = [line.plain for line in Difference(own, other, (YOURS, SOLUTION), "en").lines(100)]
    assert wide[0].split("│")[1].strip() == "Solution"
    assert [part.strip() for part in wide[1].split("│")] == ["import numpy as np"] * 2
    assert [part.strip() for part in wide[2].split("│")] == ["x = 1", "x = 2"]
    assert [part.strip() for part in wide[3].split("│")] == ["y = 2", ""]
    narrow = [line.plain for line in Difference(own, other, (YOURS, SOLUTION), "en").lines(60)]
    assert narrow[1:] == ["  import numpy as np", "- x = 1", "- y = 2", "+ x = 2"]
    nested = Difference("def f():\n    return 1\n", own, (YOURS, SOLUTION), "en").lines(60)
    assert nested[2].plain == "-     return 1", "the indentation stays"
    same = Difference(own, own, (YOURS, SOLUTION), "zh").lines(60)
    assert not any(line.plain.startswith(("-", "+")) for line in same[1:])


async def test_the_solution_is_compared_with_what_stands_in_the_editor(
    play: Play, services: Services, grader: FakeGrader
) -> None:
    grader.reports = [a_report("max-pool", passed=True)]

    async def scenario(learner: Learner) -> None:
        await learner.press("d", "enter", "ctrl+s")
        await learner.press("f8")
        assert isinstance(learner.app.screen, SolutionScreen)
        assert "Yours" not in learner.text()
        await learner.press("d")
        assert "Yours" in learner.text()
        await learner.press("d")
        assert "Yours" not in learner.text()

    await play(scenario)
