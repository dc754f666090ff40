"""Numeric answers computed a second time, another way: one module a track, one function a question.

A function takes the drawn parameters by name and returns the answer in the question's unit. It counts, builds or
simulates rather than writing the question's own formula again.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import TypeVar

Function = TypeVar("Function", bound=Callable[..., float])
SECOND: dict[str, Callable[..., float]] = {}


def recomputes(question: str) -> Callable[[Function], Function]:
    """Register the second computation of the question with this id."""

    def register(function: Function) -> Function:
        assert question not in SECOND, f"{question} is recomputed twice"
        SECOND[question] = function
        return function

    return register


def load_all() -> dict[str, Callable[..., float]]:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return SECOND
