"""The learner's files: started from the starters, never overwritten, backed up before a reset."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path

from drills.catalog import Drill
from quizbank.errors import PlainError, reason


class WorkspaceError(PlainError):
    """A file of the learner's that cannot be read or written; says which, why, and what to do."""


class Workspace:
    """A folder of the learner's, one file per drill; upgrades of preptrain never touch it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, drill: Drill) -> Path:
        """Where the learner's file for `drill` lies, or would lie."""
        return self.root / drill.file_name

    def start(self, drill: Drill) -> Path:
        """Write the starter, unless the learner has a file already."""
        path = self.path(drill)
        if not path.exists():
            self.save(drill, drill.starter)
        return path

    def read(self, drill: Drill) -> str:
        """The learner's text; the starter's where there is none yet."""
        path = self.path(drill)
        if not path.exists():
            return drill.starter
        return read_source(path)

    def save(self, drill: Drill, text: str) -> Path:
        """Replace the learner's file in one step: a crash leaves the old text or the new."""
        path = self.path(drill)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, path)
            except BaseException:
                os.unlink(name)
                raise
        except OSError as error:
            en, zh = reason(error)
            raise WorkspaceError(
                f"cannot write {path}: {en}. Choose another folder with --workspace.",
                f"无法写入 {path}：{zh}。请用 --workspace 指定其他文件夹。",
            ) from error
        return path

    def reset(self, drill: Drill, now: datetime) -> Path | None:
        """Put the starter back; returns where the learner's text was saved, None if there was none."""
        path = self.path(drill)
        backup = None
        if path.exists():
            text = read_source(path)
            backup = self._free(path.with_name(f"{path.stem}.{now:%Y%m%d-%H%M%S}.bak.py"))
            try:
                backup.write_text(text, encoding="utf-8")
            except OSError as error:
                en, zh = reason(error)
                raise WorkspaceError(
                    f"cannot write {backup}: {en}. Nothing was reset.",
                    f"无法写入 {backup}：{zh}。未做任何重置。",
                ) from error
        self.save(drill, drill.starter)
        return backup

    @staticmethod
    def _free(path: Path) -> Path:
        candidate, number = path, 1
        while candidate.exists():
            number += 1
            candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
        return candidate


def read_source(path: Path) -> str:
    """A Python file's text; WorkspaceError when it cannot be read or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise WorkspaceError(
            f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.",
            f"{path} 不是 UTF-8 文本（第 {error.start} 字节）。请存为 UTF-8。",
        ) from error
    except OSError as error:
        en, zh = reason(error)
        raise WorkspaceError(f"cannot read {path}: {en}", f"无法读取 {path}：{zh}") from error
