"""Packages that only some formats need: imported when they are used, told how to add where they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from quizbank.errors import PlainError

INSTALL = "pip install 'preptrain[export]'"


class MissingPackage(PlainError):
    """A format needs a package that is not installed."""


def load(package: str, use: str) -> Any:
    """The imported package; raises MissingPackage with the command that adds it."""
    try:
        return import_module(package)
    except ImportError as error:
        name = package.partition(".")[0]
        raise MissingPackage(
            f"{use} needs the package {name}. Add it with: {INSTALL}",
            f"{use} 需要 {name} 包。请安装：{INSTALL}",
        ) from error
