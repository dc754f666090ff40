"""Every program of the packaged bank is run, and prints exactly what its question says."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from quizbank.loader import load_bank
from quizbank.models import Snippet

SNIPPETS = [question for question in load_bank().questions.values() if isinstance(question, Snippet)]


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "-W", "error", "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


@pytest.mark.parametrize("question", SNIPPETS, ids=lambda question: question.id)
def test_it_prints_what_the_question_says(question: Snippet, tmp_path: Path):
    for module in question.requires:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed (pip install 'preptrain[torch]')")
    folder = tmp_path / "empty"
    folder.mkdir()
    ran = run(question.code, folder)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    assert ran.stdout.rstrip("\n") == question.output.rstrip("\n")
    assert list(folder.iterdir()) == [], "a snippet leaves no files"
