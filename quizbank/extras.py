"""Packages that only some uses need: imported when they are used, told how to add where they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from quizbank.errors import PlainError


class MissingPackage(PlainError):
    """A package of one of the extras of `pyproject.toml` is not installed."""


def load(package: str, extra: str, use: tuple[str, str]) -> Any:
    """The imported package; raises MissingPackage, which names in English and Chinese what needs it, and the command that adds it."""
    try:
        return import_module(package)
    except ImportError as error:
        name = package.partition(".")[0].replace("_", "-")
        command = f"pip install 'preptrain[{extra}]'"
        raise MissingPackage(
            f"{use[0]} needs the package {name}. Add it with: {command}",
            f"{use[1]}需要 {name} 包。请安装：{command}",
        ) from error
