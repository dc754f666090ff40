"""Strict comparisons of what the learner's code returned with what it must be."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from quizbank.models import Text


class Mismatch(AssertionError):
    """A property that does not hold, with what a person needs to see."""

    def __init__(
        self,
        message: Text,
        *,
        expected: Any = None,
        actual: Any = None,
        difference: str | None = None,
        name: str = "output",
    ) -> None:
        super().__init__(message.en)
        self.message = message
        self.expected = expected
        self.actual = actual
        self.difference = difference
        self.name = name

    def __str__(self) -> str:
        """All of it, for plain pytest."""
        lines = [self.message.en, self.message.zh, self.difference or ""]
        for label, value in (("expected", self.expected), ("actual", self.actual)):
            if value is not None:
                lines.append(f"{label}: {value!r}"[:2000])
        return "\n".join(line for line in lines if line)


def require(
    condition: bool,
    en: str,
    zh: str,
    *,
    expected: Any = None,
    actual: Any = None,
    name: str = "output",
) -> None:
    """Fail with a sentence in both languages unless `condition` holds."""
    if not condition:
        raise Mismatch(Text(en=en, zh=zh), expected=expected, actual=actual, name=name)


def unpack(result: Any, count: int, *names: str) -> tuple[Any, ...]:
    """The parts of a returned tuple (or list), with a clear failure when there are not `count`."""
    if not isinstance(result, (tuple, list)) or len(result) != count:
        listed = ", ".join(names)
        raise Mismatch(
            Text(
                en=f"It must return {count} values ({listed}), not {_kind(result)}.",
                zh=f"应返回 {count} 个值（{listed}），实际是 {_kind(result)}。",
            ),
            actual=result,
        )
    return tuple(result)


NOTHING = 1e-30
"""Values smaller than this are compared as if the largest of them were as large: a closed gate may leave 1e-44 or 0."""


def assert_close(
    actual: Any,
    expected: Any,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    terms: int = 1,
    dtype: Any = None,
    name: str = "output",
) -> None:
    """Exact type, shape and dtype, then values within a tolerance that fits the dtype.

    `expected` is best computed in float64; `dtype` (default: that of `expected`) is what `actual` must
    have. `terms` is the length of the longest sum behind an element: another summation order may differ by
    about `terms` roundings of the largest element. NaN is never close; infinities must agree.
    """
    torch_like = type(expected).__module__ == "torch" and hasattr(expected, "detach")
    if torch_like:
        assert_tensor(actual, expected, dtype, name)
        wanted = str(dtype if dtype is not None else expected.dtype).removeprefix("torch.")
        got64, want64 = _tensor64(actual), _tensor64(expected)
    else:
        reference = np.asarray(expected)
        _assert_array(actual, reference, dtype, name)
        wanted = np.dtype(dtype if dtype is not None else reference.dtype).name
        got64 = np.asarray(actual).astype(np.float64)
        want64 = reference.astype(np.float64)
    unit, default_rtol = _TOLERANCE.get(wanted, (0.0, 0.0))
    finite = np.abs(want64[np.isfinite(want64)])
    largest = float(finite.max()) if finite.size else 0.0
    rtol = default_rtol if rtol is None else rtol
    atol = unit * max(terms, 1) * max(largest, NOTHING) if atol is None else atol
    _compare(got64, want64, rtol, atol, actual, expected, name)


# dtype → (allowed absolute error per summed term and unit of magnitude, relative error)
_TOLERANCE = {
    "float64": (1e-13, 1e-9),
    "float32": (3e-7, 1e-5),
    "float16": (1e-3, 2e-3),
    "bfloat16": (8e-3, 1.6e-2),
}


def _compare(
    got: np.ndarray, want: np.ndarray, rtol: float, atol: float, actual: Any, expected: Any, name: str
) -> None:
    with np.errstate(invalid="ignore"):
        gap = np.abs(got - want)
        good = (got == want) | (np.isfinite(want) & (gap <= atol + rtol * np.abs(want)))
    if bool(np.all(good)):
        return
    gap = np.where(good, 0.0, np.where(np.isnan(gap), np.inf, gap))
    where = np.unravel_index(int(np.argmax(gap)), gap.shape) if gap.ndim else ()
    place = f"[{', '.join(str(int(i)) for i in where)}]" if where else ""
    difference = (
        f"{name}{place}: {got[where]:.9g} ≠ {want[where]:.9g} (|Δ| = {abs(got[where] - want[where]):.3g})"
    )
    wrong = int(np.count_nonzero(~good))
    raise Mismatch(
        Text(
            en=f"{name}: {wrong} of {good.size} values differ.",
            zh=f"{name}：{good.size} 个值中有 {wrong} 个不一致。",
        ),
        expected=expected,
        actual=actual,
        difference=difference,
        name=name,
    )


def _assert_array(actual: Any, expected: np.ndarray, dtype: Any, name: str) -> None:
    if expected.ndim == 0 and isinstance(actual, (float, int)) and not isinstance(actual, bool):
        return  # a scalar may be a Python or a NumPy number
    if type(actual) is not np.ndarray and not (expected.ndim == 0 and isinstance(actual, np.number)):
        raise _type_mismatch(name, "numpy.ndarray" if expected.ndim else "float", actual, expected)
    if actual.shape != expected.shape:
        raise _shape_mismatch(name, actual.shape, expected.shape, actual, expected)
    wanted = np.dtype(dtype if dtype is not None else expected.dtype)
    if expected.ndim and actual.dtype != wanted:
        raise _dtype_mismatch(name, actual.dtype, wanted, actual, expected)


def assert_tensor(actual: Any, expected: Any, dtype: Any, name: str) -> None:
    """A torch tensor of the expected shape, in `dtype` (default: the expected one's)."""
    if not is_tensor(actual):
        raise _type_mismatch(name, "torch.Tensor", actual, expected)
    if tuple(actual.shape) != tuple(expected.shape):
        raise _shape_mismatch(name, tuple(actual.shape), tuple(expected.shape), actual, expected)
    wanted = dtype if dtype is not None else expected.dtype
    if actual.dtype != wanted:
        raise _dtype_mismatch(name, actual.dtype, wanted, actual, expected)


def is_tensor(value: Any) -> bool:
    """A plain torch tensor or parameter: a subclass could be equal to anything."""
    torch = sys.modules.get("torch")
    return torch is not None and type(value) in (torch.Tensor, torch.nn.Parameter)


def _tensor64(value: Any) -> np.ndarray:
    values: np.ndarray = value.detach().cpu().double().numpy()
    return values


def _kind(value: Any) -> str:
    if type(value) is np.ndarray or is_tensor(value):
        return f"{type(value).__name__}{tuple(value.shape)}"
    if isinstance(value, (tuple, list)):
        return f"{type(value).__name__}[{len(value)}]"
    return type(value).__name__


def _type_mismatch(name: str, wanted: str, actual: Any, expected: Any) -> Mismatch:
    got = _kind(actual)
    return Mismatch(
        Text(en=f"{name} must be {wanted}, not {got}.", zh=f"{name} 应为 {wanted}，实际是 {got}。"),
        expected=expected,
        actual=actual,
        name=name,
    )


def _shape_mismatch(name: str, got: Any, wanted: Any, actual: Any, expected: Any) -> Mismatch:
    return Mismatch(
        Text(
            en=f"{name} has shape {got}, it must be {wanted}.",
            zh=f"{name} 的形状是 {got}，应为 {wanted}。",
        ),
        expected=expected,
        actual=actual,
        name=name,
    )


def _dtype_mismatch(name: str, got: Any, wanted: Any, actual: Any, expected: Any) -> Mismatch:
    return Mismatch(
        Text(
            en=f"{name} has dtype {got}, it must be {wanted}.",
            zh=f"{name} 的 dtype 是 {got}，应为 {wanted}。",
        ),
        expected=expected,
        actual=actual,
        name=name,
    )


def assert_equal(actual: Any, expected: Any, *, name: str = "output") -> None:
    """Exact equality of integers, strings, lists and integer or boolean arrays (shape and dtype kind too)."""
    if isinstance(expected, np.ndarray):
        if type(actual) is not np.ndarray:
            raise _type_mismatch(name, "numpy.ndarray", actual, expected)
        if actual.shape != expected.shape:
            raise _shape_mismatch(name, actual.shape, expected.shape, actual, expected)
        if actual.dtype.kind != expected.dtype.kind:
            raise _dtype_mismatch(name, actual.dtype, expected.dtype, actual, expected)
        same = bool(np.array_equal(actual, expected))
    else:
        same = _same(actual, expected)
    if not same:
        raise Mismatch(
            Text(en=f"{name} is not what it must be.", zh=f"{name} 与应有的值不一致。"),
            expected=expected,
            actual=actual,
            name=name,
        )


def _same(actual: Any, expected: Any) -> bool:
    if isinstance(expected, (list, tuple)):
        return (
            isinstance(actual, type(expected))
            and len(actual) == len(expected)
            and all(_same(a, e) for a, e in zip(actual, expected, strict=True))
        )
    if isinstance(expected, bool):
        return isinstance(actual, (bool, np.bool_)) and bool(actual) == expected
    if isinstance(expected, int):
        whole = isinstance(actual, (int, np.integer)) and not isinstance(actual, bool)
        return whole and int(actual) == expected
    return type(actual) is type(expected) and bool(actual == expected)
