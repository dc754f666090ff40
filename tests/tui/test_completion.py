"""Completion in bash, zsh and fish: what each shell is told, and that bash takes it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


def ask(shell: str, line: str) -> list[str]:
    """What the shell's own script would be told for a command line, the last word unfinished."""
    words = line.split(" ")
    variables = {"COMP_WORDS": line, "COMP_CWORD": words[-1] if shell == "fish" else str(len(words) - 1)}
    if shell == "fish":
        variables["COMP_WORDS"] = " ".join(words[:-1])
    done = subprocess.run(
        [sys.executable, "-m", "tui.start"],
        env=os.environ | variables | {"_PREPTRAIN_COMPLETE": f"{shell}_complete"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split("\n")


@pytest.mark.parametrize(
    "shell", ["bash", *(pytest.param(name, marks=pytest.mark.slow) for name in ("zsh", "fish"))]
)
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("preptrain qu", ["quiz"]),
        ("preptrain drill wa", ["watch"]),
        ("preptrain drill check atten", ["attention", "attention-backward"]),
        ("preptrain quiz --topic max-pool-b", ["max-pool-backward"]),
        ("preptrain quiz --track quant", ["quantization"]),
        ("preptrain mock --minutes 3", ["30"]),
    ],
)
def test_what_is_offered(shell: str, line: str, offered: list[str]) -> None:
    told = ask(shell, line)
    for one in offered:
        assert any(one in word.replace("\t", ",").split(",") for word in told), told


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_readme_tells_the_line(shell: str) -> None:
    assert f"_PREPTRAIN_COMPLETE={shell}_source preptrain" in README.read_text("utf-8")


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_takes_the_script(tmp_path: Path) -> None:
    command = tmp_path / "preptrain"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tui.start "$@"\n', "utf-8")
    command.chmod(0o755)
    script = """
    eval "$(_PREPTRAIN_COMPLETE=bash_source preptrain)"
    complete -p preptrain
    COMP_WORDS=(preptrain drill check soft) COMP_CWORD=3
    _preptrain_completion preptrain
    echo "${COMPREPLY[@]}"
    """
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], env=os.environ | {"PATH": path}, capture_output=True, text=True, check=True
    )
    registered, offered = done.stdout.strip().split("\n")
    assert registered.endswith("-F _preptrain_completion preptrain")
    assert "softmax" in offered.split()
