"""The one place that knows where the learner's files lie."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from quizbank.errors import PlainError, reason

HOME_VARIABLE = "PREPTRAIN_HOME"


class HomeError(PlainError):
    """The folder for the learner's data cannot be used."""


@dataclass(frozen=True, slots=True)
class Locations:
    """Everything a learner owns lies in `home`; drills are written in `workspace`."""

    home: Path
    workspace: Path

    @property
    def record(self) -> Path:
        return self.home / "record.db"

    @property
    def settings(self) -> Path:
        return self.home / "settings.json"

    @property
    def bank(self) -> Path:
        """The learner's own questions: YAML files and packs. Not made before it is needed."""
        return self.home / "bank"

    @property
    def cache(self) -> Path:
        """What was read from bank files; it may be deleted at any time."""
        return self.home / "cache" / "bank.db"


def home(override: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """The learner's folder: `override`, else PREPTRAIN_HOME, else the platform's place for user data."""
    return _absolute(override or _named(environ) or _platform())


def _named(environ: Mapping[str, str]) -> Path | None:
    named = environ.get(HOME_VARIABLE, "").strip()
    return Path(named) if named else None


def _platform() -> Path:
    from platformdirs import user_data_dir

    return Path(user_data_dir("preptrain", appauthor=False))


def resolve(home: Path | None = None, workspace: Path | None = None, *, create: bool = True) -> Locations:
    """Where this run keeps its files.

    With `create` the home exists and can be written to afterwards; raises HomeError where it cannot be.
    """
    place = _absolute(home or _named(os.environ) or _platform())
    locations = Locations(place, place / "workspace" if workspace is None else _absolute(workspace))
    if create:
        _make_usable(place)
    return locations


def _absolute(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError:  # "~nobody" without such a user: taken as it stands
        return path.absolute()


def _make_usable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # The permission bits do not tell of read-only mounts or full disks; writing does.
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"preptrain")
    except OSError as error:
        en, zh = reason(error)
        raise HomeError(
            f"cannot use {folder} for your data: {en}. "
            f"Choose another folder with --home FOLDER or the variable {HOME_VARIABLE}.",
            f"无法把 {folder} 用作数据目录：{zh}。"
            f"请用 --home 目录 或环境变量 {HOME_VARIABLE} 指定另一个目录。",
        ) from error
