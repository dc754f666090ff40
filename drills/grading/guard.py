"""Whether code that runs beside its checks has replaced what they are made of: a function of NumPy, PyTorch, hypothesis, ours.

It looks after the fact, from the same process. It catches a patched `torch.allclose`; it cannot catch code that patches
the look itself, which is why drills keep the learner's code in a process of its own wherever they can.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

_PACKAGES = ("drills", "hypothesis", "quizbank")
_MODULES = (
    "builtins", "copy", "functools", "itertools", "json", "math", "operator", "random", "time",
    "numpy", "numpy.linalg", "numpy.random", "numpy.testing", "numpy._core.numeric", "numpy._core.fromnumeric",
    "torch", "torch.functional", "torch.linalg", "torch.nn.functional", "torch.testing",
    "torch.testing._comparison", "torch.autograd", "torch.autograd.function", "torch.optim", "torch.optim.sgd",
    "pytest",
)  # fmt: skip
_CLASSES = (
    ("torch", "Tensor"),
    ("torch.nn", "Module"),
    ("torch.nn", "Parameter"),
    ("torch.optim", "Optimizer"),
    ("torch.optim", "SGD"),
)


class Guard:
    """What the checks are made of, as it was before the learner's code was loaded."""

    def __init__(self, *more: dict[str, Any]) -> None:
        self._more = more
        self._before = dict(_all(more))

    def changed(self) -> str | None:
        """The dotted name of the first thing that is not what it was, or None."""
        now = dict(_all(self._more))
        for name, (value, code) in self._before.items():
            there, its_code = now.get(name, (None, None))
            if there is not value or its_code is not code:
                return name
        for owner, attribute in _CLASSES:  # an inherited method can be replaced by a new one in front of it
            prefix = f"{owner}.{attribute}."
            for name in now.keys() - self._before.keys():
                if name.startswith(prefix):
                    return name
        return None


def _all(more: tuple[dict[str, Any], ...]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Every function and class by its dotted name, with the code that it runs."""
    for name, module in list(sys.modules.items()):
        if module is not None and (name in _MODULES or name.partition(".")[0] in _PACKAGES):
            yield from _callables(name, vars(module), deep=name.partition(".")[0] in _PACKAGES)
    for name, attribute in _CLASSES:
        if (owner := sys.modules.get(name)) is not None:
            yield from _callables(f"{name}.{attribute}", vars(getattr(owner, attribute)), deep=False)
    for namespace in more:
        yield from _callables("checks", namespace, deep=True)


def _callables(owner: str, namespace: Any, *, deep: bool) -> Iterator[tuple[str, tuple[Any, Any]]]:
    for name, value in list(namespace.items()):
        if isinstance(value, types.FunctionType):
            yield f"{owner}.{name}", (value, value.__code__)
        elif callable(value) or isinstance(value, (classmethod, staticmethod, property)):
            yield f"{owner}.{name}", (value, None)
            if deep and isinstance(value, type) and value.__module__ == owner:
                yield from _callables(f"{owner}.{name}", vars(value), deep=False)
