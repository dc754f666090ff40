"""The learner's own editor, and what it does to a file."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from quizbank.errors import PlainError, reason
from tui.messages import EDITOR_FAILED, NO_EDITOR

Mark = tuple[int, int, int]


class EditorError(PlainError):
    """No editor is set, or it cannot be run."""


def edit(path: Path, environ: Mapping[str, str] = os.environ) -> None:
    """Open the file in $VISUAL or $EDITOR and wait until it is closed; raises EditorError."""
    editor = (environ.get("VISUAL") or environ.get("EDITOR") or "").strip()
    try:
        command = shlex.split(editor)
    except ValueError:
        command = [editor]
    if not command:
        raise EditorError(NO_EDITOR.en, NO_EDITOR.zh)
    try:
        subprocess.run([*command, str(path)], check=False)
    except OSError as error:
        en, zh = reason(error)
        raise EditorError(
            EDITOR_FAILED.en.format(editor=command[0], error=en),
            EDITOR_FAILED.zh.format(editor=command[0], error=zh),
        ) from error


def mark(path: Path) -> Mark | None:
    """What changes when the file is saved; None while it is away."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
