"""Loading and calling the learner's code, and telling what it raised in the learner's own lines."""

from __future__ import annotations

import linecache
import sys
import traceback
import types
from typing import Any

MODULE = "submission"


class ExitCalled(Exception):
    """The learner's code called sys.exit()."""


def load(source: str, file_name: str) -> types.ModuleType:
    """Execute the file as a module; whatever it raises goes on to the caller."""
    lines = source.splitlines(keepends=True)
    linecache.cache[file_name] = (len(source), None, lines, file_name)
    module = types.ModuleType(MODULE)
    module.__file__ = file_name
    sys.modules[MODULE] = module  # dataclasses and pickling look a module up by its name
    exec(compile(source, file_name, "exec", dont_inherit=True), module.__dict__)
    return module


def stage(source: str | None) -> dict[str, Any]:
    """Execute a drill's `stage.py`: what plays the drill's side where the learner's code runs."""
    namespace: dict[str, Any] = {"__name__": "stage"}
    if source is not None:
        exec(compile(source, "stage.py", "exec", dont_inherit=True), namespace)
    return namespace


def stack_lines(frame: types.FrameType | None, file_name: str) -> str:
    """Where a running frame stands, in the learner's own lines (none when it is elsewhere)."""
    frames = [f for f in traceback.extract_stack(frame) if f.filename == file_name]
    return "".join(traceback.format_list(frames))


def describe(error: BaseException, file_name: str) -> dict[str, Any]:
    """Type, message and the frames that lie in the learner's file, as plain data."""
    if isinstance(error, SyntaxError) and error.filename == file_name:
        shown = "".join(traceback.format_exception_only(error))
    else:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file_name]
        shown = "".join(traceback.format_list(frames)) + "".join(traceback.format_exception_only(error))
    return {
        "type": type(error).__name__,
        "mro": [cls.__name__ for cls in type(error).__mro__],
        "message": str(error)[:2000],
        "traceback": shown[-6000:],
        "exit": isinstance(error, SystemExit),
    }
