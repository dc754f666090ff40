"""Every program of the packaged bank is run, and prints exactly what its question says."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from quizbank.loader import load_bank
from quizbank.models import Snippet

SNIPPETS = [question for question in load_bank().questions.values() if isinstance(question, Snippet)]
RUNS = Path(__file__).with_name("snippet_runs.py")


@pytest.fixture(scope="module")
def runs() -> Iterator[subprocess.Popen[str]]:
    """The process that forks one for each program."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-I", "-X", "utf8", "-W", "error", str(RUNS)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as process:
        yield process


@pytest.mark.parametrize("question", SNIPPETS, ids=lambda question: question.id)
def test_it_prints_what_the_question_says(
    question: Snippet, runs: subprocess.Popen[str], tmp_path: Path
) -> None:
    for module in question.requires:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed (pip install 'preptrain[torch]')")
    folder = tmp_path / "empty"
    folder.mkdir()
    assert runs.stdin is not None
    assert runs.stdout is not None
    runs.stdin.write(json.dumps([question.code, str(folder)]) + "\n")
    runs.stdin.flush()
    status = runs.stdout.readline()
    printed, errors = (Path(f"{folder}.{name}").read_text(encoding="utf-8") for name in ("out", "err"))
    assert status == "0\n", errors
    assert errors == ""
    assert printed.rstrip("\n") == question.output.rstrip("\n")
    assert list(folder.iterdir()) == [], "a snippet leaves no files"
