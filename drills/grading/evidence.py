"""What the checks saw of a file: each check's results up to its first failure, and how it failed.

The judge records it; a diagnosis replays the mutants against it. It travels as one plain message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from drills.comparing import NOTHING, Mismatch
from drills.grading import codec
from drills.grading.failures import IN_PLACE, CandidateError, Hang, LearnerError

MAX_BYTES = 8 << 20
"""Results kept of one grading; what comes later is not compared."""

_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")


class Halt(BaseException):
    """A witness has seen enough of a check; nothing on the way catches it."""


class Witness(Protocol):
    """Told of every result of the candidate and of a check's first failure."""

    def saw(self, value: Any, *, drawn: bool = False) -> None:
        """A call's result; `drawn` when chance decides it: the call had a generator, or it is a measurement."""

    def failed(self, error: BaseException) -> None:
        """The check's first failure."""


@dataclass
class Testimony:
    """One check: (drawn, result) for each call, and its ending: (kind, sentence without numbers, actual value)."""

    calls: list[tuple[bool, Any]] = field(default_factory=list)
    ending: tuple[str, str, Any] | None = None
    complete: bool = True


class Recorder:
    """The judge's witness."""

    def __init__(self) -> None:
        self.checks: dict[str, Testimony] = {}
        self._now = Testimony()
        self._bytes = 0

    def begin(self, check: str) -> None:
        """From here on it is this check that is told of."""
        self._now = self.checks[check] = Testimony()

    def saw(self, value: Any, *, drawn: bool = False) -> None:
        if self._now.ending is not None or not self._now.complete:
            return
        self._bytes += _size(value)
        if self._bytes > MAX_BYTES:
            self._now.complete = False
            return
        self._now.calls.append((drawn, _copy(value)))

    def failed(self, error: BaseException) -> None:
        if self._now.ending is None:
            self._now.ending = ending_of(error)

    @property
    def failed_any(self) -> bool:
        return any(seen.ending is not None for seen in self.checks.values())

    def message(self) -> bytes:
        """All of it, for `read`."""
        plain = {name: (seen.calls, seen.ending, seen.complete) for name, seen in self.checks.items()}
        return codec.Encoder().message(plain)


def read(message: bytes) -> dict[str, Testimony]:
    """What a recorder told; raises CodecError on anything else."""
    plain = codec.decode(message)
    try:
        return {name: Testimony(calls, ending, complete) for name, (calls, ending, complete) in plain.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise codec.CodecError(f"no evidence: {error}") from error


def as_sent(value: Any) -> Any:
    """A value as it is after it has travelled: what a testimony holds."""
    return codec.decode(codec.Encoder().message(value))


def ending_of(error: BaseException) -> tuple[str, str, Any]:
    """A failure in the form that is compared."""
    if isinstance(error, Mismatch):
        return "mismatch", _NUMBER.sub("#", error.message.en), _copy(error.actual)
    if isinstance(error, LearnerError):
        return "raised", error.mro[0], None
    if isinstance(error, (CandidateError, Hang)):
        return "ended", error.verdict, None
    return "unusable", type(error).__name__, None


def in_place(seen: Testimony) -> bool:
    """Whether what failed is that an argument was changed."""
    return seen.ending is not None and seen.ending[1].startswith(IN_PLACE)


def same_ending(one: tuple[str, str, Any], other: tuple[str, str, Any], *, drawn: bool) -> bool:
    """Whether two failures are the same: of one kind, with the same value or, where samples decide, sentence."""
    if one[:2] != other[:2]:
        return False
    return drawn or agree(one[2], other[2])


def agree(one: Any, other: Any) -> bool:
    """Equal up to what two sound ways of computing it differ by; NaN agrees with NaN.

    A list agrees with a tuple, a Python number with a NumPy scalar or a tensor without axes, a dict with the same keys in
    another order; array types, shapes and dtypes must match otherwise.
    """
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(agree, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(agree(one[key], other[key]) for key in one)
    if isinstance(one, codec.Opaque) and isinstance(other, codec.Opaque):
        return one.type_name == other.type_name
    if isinstance(one, codec.Remote) and isinstance(other, codec.Remote):
        return True  # a module or a function: seen by what its calls give
    mine, yours = _array(one), _array(other)
    if mine is None or yours is None:
        return type(one) is type(other) and bool(one == other)
    if mine[1].shape != yours[1].shape or not _of_a_kind(mine[0], yours[0], mine[1].shape):
        return False
    return _close(mine[1], yours[1], max(_tolerance(one), _tolerance(other)))


def _of_a_kind(one: str, other: str, shape: tuple[int, ...]) -> bool:
    """Whether two names of dtypes are the same, or those of a number and of a tensor that holds one."""
    if one == other:
        return True
    others = {one, other} - {"number"}
    return shape == () and len(others) == 1 and others.pop() not in ("bool", "tensor bool")


def same_draws(one: Any, other: Any) -> bool:
    """Whether two lists of sampled integers can come from one distribution (five standard deviations).

    Two single integers always can; two floats are amounts of memory, alike within a quarter; arrays must agree.
    """
    if isinstance(one, int) and isinstance(other, int):
        return True
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 0.25 * max(one, other)
    if not (isinstance(one, list) and isinstance(other, list) and len(one) == len(other)):
        return agree(one, other)
    if not all(isinstance(value, (int, np.integer)) for value in (*one, *other)):
        return agree(one, other)
    mine, yours = (np.asarray(values, dtype=np.int64) for values in (one, other))
    for value in np.unique(np.concatenate([mine, yours])):
        a, b = int((mine == value).sum()), int((yours == value).sum())
        if abs(a - b) > 5 * (a + b) ** 0.5:
            return False
    return True


_RELATIVE = {"float32": 3e-5, "float16": 4e-3, "bfloat16": 3e-2}


def _tolerance(value: Any) -> float:
    return _RELATIVE.get(str(getattr(value, "dtype", "")).removeprefix("torch."), 1e-9)


def _array(value: Any) -> tuple[str, np.ndarray] | None:
    """Its dtype ("number" for a scalar) and its values, or None for what is neither."""
    if isinstance(value, np.ndarray) and value.ndim:
        return value.dtype.name, value
    if isinstance(value, (bool, np.bool_)):
        return "bool", np.asarray(value)
    if isinstance(value, (int, float, complex, np.number, np.ndarray)):
        return "number", np.asarray(value)
    if hasattr(value, "detach"):
        plain = value.detach().cpu()
        name = str(plain.dtype).removeprefix("torch.")
        return f"tensor {name}", (plain.double() if plain.is_floating_point() else plain).numpy()
    return None


def _close(one: np.ndarray, other: np.ndarray, relative: float) -> bool:
    if one.size == 0:
        return True
    if one.dtype.kind not in "fc" and other.dtype.kind not in "fc":
        return bool(np.array_equal(one, other))
    with np.errstate(all="ignore"):
        a, b = one.astype(np.complex128), other.astype(np.complex128)
        finite = np.abs(a[np.isfinite(a)])
        margin = relative * max(float(finite.max()) if finite.size else 0.0, NOTHING)
        good = (a == b) | (np.abs(a - b) <= margin) | (np.isnan(a) & np.isnan(b))
    return bool(good.all())


def _copy(value: Any) -> Any:
    """As it is now: a check may change what it was given."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, (list, tuple)):
        return [_copy(item) for item in value]
    return value.detach().clone() if hasattr(value, "detach") else value


def _size(value: Any) -> int:
    if isinstance(value, (list, tuple)):
        return 16 + sum(map(_size, value))
    return int(getattr(value, "nbytes", 16))
