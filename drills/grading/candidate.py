"""The judge's view of the learner's code: `candidate.<entry_point>(…)`, wherever it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from drills.grading import remote
from drills.grading.runner import is_rng

if TYPE_CHECKING:
    from drills.grading.evidence import Witness


class Candidate:
    """What a check is given. `show(...)` names the inputs that a failure should print."""

    def __init__(self, parameters: dict[str, list[str]]) -> None:
        self._parameters = parameters
        self._shown: dict[str, Any] = {}
        self.witness: Witness | None = None

    def show(self, **inputs: Any) -> None:
        """Print these, and not the last call's arguments, if the check fails from here on."""
        self._shown = inputs

    def inputs(self) -> dict[str, Any]:
        """The inputs to print for a failure."""
        return self._shown

    def _label(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        names = self._parameters.get(name, [])
        positional = {
            (names[i] if i < len(names) else f"argument {i + 1}"): value for i, value in enumerate(args)
        }
        return {**positional, **kwargs}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or name not in self._parameters:
            raise AttributeError(name)
        function = self._entry_point(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._seen(function(*args, **kwargs), drawn=any(map(is_rng, (*args, *kwargs.values()))))

        return call

    def _seen(self, value: Any, *, drawn: bool = False) -> Any:
        if self.witness is not None:
            self.witness.saw(remote.as_seen(value), drawn=drawn)
        return value

    def play(self, name: str, *args: Any, within: float | None = None) -> Any:
        """What a function of the drill's `stage.py` returns, called beside the learner's code with its module first.

        `within`: seconds, where it takes longer than a call may.
        """
        self._shown = self._label(name, args, {})
        return self._seen(self._play(name, args, within))

    def each(self, method: Callable[..., Any], calls: Sequence[Sequence[Any]]) -> list[Any]:
        """The results of several calls of a method of one of the learner's objects."""
        return method.each(calls) if isinstance(method, remote.Method) else [method(*args) for args in calls]

    def reseed(self, seed: int) -> None:
        """Start the generators that the learner's code may draw from anew; those of this process are the caller's."""

    def many(self, count: int, name: str, *args: Any, **kwargs: Any) -> list[Any]:
        """The results of `count` calls with the same arguments (a generator goes on)."""
        results: list[Any] = self._seen(self._repeat(count, name, args, kwargs), drawn=True)
        return results

    def peak_memory(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, int]:
        """One call's result, and the most memory it held at once: bytes that tracemalloc counted in its process."""
        value, peak = self._measure(name, args, kwargs)
        self._seen(value)
        self._seen(float(peak), drawn=True)
        return value, peak

    def _entry_point(self, name: str) -> Callable[..., Any]:
        raise NotImplementedError

    def _repeat(self, count: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        function = self._entry_point(name)
        return [function(*args, **kwargs) for _ in range(count)]

    def _measure(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, int]:
        raise NotImplementedError

    def _play(self, name: str, args: tuple[Any, ...], within: float | None) -> Any:
        raise NotImplementedError

    def timed(self) -> AbstractContextManager[None]:
        """A limit on what runs inside, for a candidate whose single calls have none."""
        return nullcontext()

    def close(self) -> None:
        """Let go of what it holds."""
