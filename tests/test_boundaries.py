"""What each part may import, proved from `sys.modules` in a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {"torch", "pytest", "hypothesis"}


def imported_by(code: str) -> set[str]:
    """The top-level modules that are loaded after running `code`."""
    script = (
        f"{code}\nimport sys, json\nprint(json.dumps(sorted({{n.partition('.')[0] for n in sys.modules}})))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "code",
    [
        "import tui.app, tui.services, tui.screens",
        "import tui.cli, tui.command_line.drill, tui.command_line.bank, tui.command_line.record",
        "import tui.screens.quiz, tui.screens.workbench, tui.screens.drills, tui.screens.progress",
        "import drills.grading.client, drills.verify, drills.workspace, drills.catalog",
        "import quizbank.loader, quizbank.lint, quizbank.answering, quizbank.record, quizbank.exporting",
        # the whole job in one process: a quiz question, a grading, the statistics
        "from drills.catalog import find_drill\n"
        "from drills.grading.client import Grader\n"
        "drill = find_drill('attention')\n"
        "with Grader() as grader: assert grader.grade(drill, drill.solution).passed\n"
        "from quizbank.loader import load_bank\n"
        "load_bank()",
    ],
)
def test_nothing_heavy_in_the_apps_process(code: str) -> None:
    assert not HEAVY & imported_by(code)


@pytest.mark.parametrize(
    "code",
    [
        "import quizbank.loader, quizbank.lint, quizbank.answering, quizbank.record, quizbank.exporting",
        "import drills.grading.client, drills.verify, drills.grading.server, drills.checking",
    ],
)
def test_the_core_knows_no_terminal(code: str) -> None:
    assert "textual" not in imported_by(code)


def test_numpy_drills_never_import_torch() -> None:
    loaded = imported_by("from drills.grading.server import warm\nwarm('numpy')\nimport drills.grading.judge")
    assert "torch" not in loaded


def test_the_first_frame_needs_little() -> None:
    """What the home screen draws with comes from the settings and the record; the rest is imported after it."""
    loaded = imported_by("import tui.app, tui.services")
    assert not {"pydantic", "yaml", "fsrs", "numpy", "markdown_it"} & loaded
