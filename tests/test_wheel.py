"""The built wheel, installed elsewhere and not editable, answers a question and grades a drill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

ANSWER = """
from datetime import datetime
import quizbank, drills, tui
from quizbank.loader import load_bank
from quizbank.asking import ask
from quizbank.answering import grade
assert "elsewhere" in quizbank.__file__, quizbank.__file__
bank = load_bank()
question = next(question for question in bank.questions.values() if question.kind == "single")
right = next(index for index, option in enumerate(question.options) if option.correct)
asked = ask(question, 1)
assert asked.stem.zh and asked.stem.en
print(grade(question, right, 1).correct, grade(question, (right + 1) % 3, 1).correct)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what git would hand over, by the project's own back end."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = out.glob("preptrain-*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with the wheel; its dependencies are borrowed from this one."""
    folder = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(wheel)],
        check=True,
        capture_output=True,
    )
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return folder


def run(elsewhere: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PREPTRAIN_HOME": str(elsewhere / "home")}
    return subprocess.run(
        [str(elsewhere / "venv" / "bin" / command[0]), *command[1:]],
        cwd=elsewhere,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_wheel_holds_the_three_packages_with_their_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if "dist-info" not in name} == {
        "quizbank",
        "drills",
        "tui",
    }
    tracked = subprocess.run(
        ["git", "ls-files", "quizbank", "drills", "tui"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert set(tracked) <= set(names)
    for suffix in (".yaml", ".md", ".tcss", "py.typed"):
        assert any(name.endswith(suffix) for name in names)


@pytest.mark.slow
def test_a_question_is_answered_from_it(elsewhere: Path) -> None:
    done = run(elsewhere, "python", "-c", ANSWER)
    assert done.stdout.split() == ["True", "False"], done.stderr


@pytest.mark.slow
def test_its_command_grades_a_drill(elsewhere: Path) -> None:
    assert run(elsewhere, "preptrain", "drill", "start", "attention").returncode == 0
    done = run(elsewhere, "preptrain", "drill", "check", "attention", "--json")
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["verdict"] == "error"
    no_terminal = run(elsewhere, "preptrain")
    assert no_terminal.returncode == 2
    assert "needs a terminal" in no_terminal.stderr
