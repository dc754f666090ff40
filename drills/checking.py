"""What a drill's `checks.py` is written with: the `check` decorator and strict comparisons.

A check is a function `test_<property>(candidate, …)`. `candidate.<entry_point>(…)` calls the learner's
code, wherever that runs; a mutated argument, an exception and a crash are failures without further ado.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import numpy as np
from hypothesis import Phase
from hypothesis.strategies import SearchStrategy

from quizbank.models import Text

SEED = int(os.environ.get("PREPTRAIN_CHECK_SEED", "0"))
"""Added to the seed of every draw; `drill verify --seeds N` varies it."""

Body = Callable[..., None]


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


@dataclass(frozen=True)
class CheckSpec:
    """One check: its name, its property in words, its body and the inputs to draw."""

    id: str
    text: Text
    body: Body
    strategies: dict[str, SearchStrategy[Any]] = field(default_factory=dict)
    examples: int = 60

    @property
    def is_property(self) -> bool:
        return bool(self.strategies)

    def bind(self, body: Body | None = None, *, shrink: bool = True) -> Body:
        """The check as a function of `candidate`, with hypothesis drawing the rest."""
        body = body or self.body
        if not self.strategies:
            return body
        phases = [Phase.explicit, Phase.generate] + ([Phase.shrink] if shrink else [])
        options = hypothesis.settings(
            max_examples=self.examples,
            phases=phases,
            database=None,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
            backend="hypothesis",
        )
        drawn = hypothesis.given(**self.strategies)(body)
        return hypothesis.seed(SEED)(options(drawn))


def check(
    en: str, zh: str, *, examples: int = 60, **strategies: SearchStrategy[Any]
) -> Callable[[Body], Body]:
    """Declare a check. Without strategies it is an edge case with a known answer, and runs first."""

    def declare(body: Body) -> Body:
        if not body.__name__.startswith("test_"):
            raise TypeError(f"a check's name starts with test_: {body.__name__}")
        spec = CheckSpec(body.__name__.removeprefix("test_"), Text(en=en, zh=zh), body, strategies, examples)
        bound = spec.bind()
        bound.__preptrain_check__ = spec  # type: ignore[attr-defined]
        return bound

    return declare


def checks_in(namespace: dict[str, Any]) -> list[CheckSpec]:
    """The checks a module declares: edge cases first, then properties, each in the order written."""
    specs = [
        value.__preptrain_check__ for value in namespace.values() if hasattr(value, "__preptrain_check__")
    ]
    return sorted(specs, key=lambda spec: spec.is_property)


def fresh_rng(*key: int) -> np.random.Generator:
    """A generator for an edge case: the same numbers for the same key and SEED."""
    return np.random.default_rng([SEED, *key])


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


def expect_error(call: Callable[..., Any], error: str, *args: Any, **kwargs: Any) -> None:
    """Fail unless the call raises the named exception (or a subclass of it)."""
    from drills.grading.candidate import LearnerError

    try:
        result = call(*args, **kwargs)
    except LearnerError as raised:
        if error in raised.mro:
            return
        raise
    raise Mismatch(
        Text(
            en=f"These arguments must raise {error}, but a value came back.",
            zh=f"这些参数应抛出 {error}，却返回了值。",
        ),
        actual=result,
    )


@contextmanager
def unchanged(**values: Any) -> Iterator[None]:
    """Fail when the body changes one of these in place: arrays, tensors, containers, a module's parameters.

    For checks that hold the learner's object; an argument of `candidate.f(…)` is watched without it.
    """
    before = {name: _snapshot(value) for name, value in values.items()}
    yield
    changed = [name for name, value in values.items() if _snapshot(value) != before[name]]
    require(
        not changed,
        f"Your code changed {', '.join(changed)} in place.",
        f"你的代码原地修改了 {'、'.join(changed)}。",
    )


def _snapshot(value: Any) -> bytes:
    from drills.grading import codec

    return codec.Encoder().message(dict(value.state_dict()) if hasattr(value, "state_dict") else value)


def gradients(output: Any, grad_out: Any, **inputs: Any) -> dict[str, Any]:
    """The gradient of (output · grad_out).sum() for each of `inputs`, zeros for one that plays no part.

    Fails with a sentence when the output is no tensor of grad_out's shape, or has no graph behind it.
    """
    import torch

    _assert_tensor(output, grad_out, None, "output")
    require(
        output.requires_grad,
        "No gradient flows through the result: it is cut off from the graph.",
        "结果与计算图断开，梯度无法回传。",
        actual=output,
    )
    found = torch.autograd.grad(output, list(inputs.values()), grad_out, allow_unused=True)
    return {
        name: torch.zeros_like(value) if grad is None else grad
        for (name, value), grad in zip(inputs.items(), found, strict=True)
    }


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
        _assert_tensor(actual, expected, dtype, name)
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
    atol = unit * max(terms, 1) * max(largest, 1e-30) if atol is None else atol
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
    gap = np.where(np.isnan(gap), np.inf, np.where(good, 0.0, gap))
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
    if not isinstance(actual, np.ndarray) and not (expected.ndim == 0 and isinstance(actual, np.number)):
        raise _type_mismatch(name, "numpy.ndarray" if expected.ndim else "float", actual, expected)
    if actual.shape != expected.shape:
        raise _shape_mismatch(name, actual.shape, expected.shape, actual, expected)
    wanted = np.dtype(dtype if dtype is not None else expected.dtype)
    if expected.ndim and actual.dtype != wanted:
        raise _dtype_mismatch(name, actual.dtype, wanted, actual, expected)


def _assert_tensor(actual: Any, expected: Any, dtype: Any, name: str) -> None:
    if not (type(actual).__module__.startswith("torch") and hasattr(actual, "detach")):
        raise _type_mismatch(name, "torch.Tensor", actual, expected)
    if tuple(actual.shape) != tuple(expected.shape):
        raise _shape_mismatch(name, tuple(actual.shape), tuple(expected.shape), actual, expected)
    wanted = dtype if dtype is not None else expected.dtype
    if actual.dtype != wanted:
        raise _dtype_mismatch(name, actual.dtype, wanted, actual, expected)


def _tensor64(value: Any) -> np.ndarray:
    values: np.ndarray = value.detach().cpu().double().numpy()
    return values


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray) or hasattr(value, "detach"):
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
        if not isinstance(actual, np.ndarray):
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


def binomial_tail(successes: int, trials: int, probability: float) -> float:
    """The exact probability of a count at least as far out on its side as `successes`, one-sided."""
    if probability <= 0.0:
        return 1.0 if successes == 0 else 0.0
    if probability >= 1.0:
        return 1.0 if successes == trials else 0.0
    lower = successes <= trials * probability
    counts = np.arange(0, successes + 1) if lower else np.arange(successes, trials + 1)
    log_choose = math.lgamma(trials + 1) - np.array(
        [math.lgamma(k + 1) + math.lgamma(trials - k + 1) for k in counts.tolist()]
    )
    logs = log_choose + counts * math.log(probability) + (trials - counts) * math.log1p(-probability)
    top = float(logs.max())
    return min(1.0, math.exp(top) * float(np.exp(logs - top).sum()))


def assert_distribution(
    draw: Callable[[int], Sequence[int]],
    probabilities: np.ndarray,
    *,
    stages: Sequence[int] = (500, 2_000, 8_000),
    false_reject: float = 1e-10,
    name: str = "token",
) -> None:
    """Fail when draws do not follow `probabilities`; a right sampler fails with at most `false_reject`.

    `draw(n)` returns n outcomes in [0, len(probabilities)). Counts are tested exactly (binomial tails, both
    sides, Bonferroni over tokens and stages). With the last stage at 8,000 draws a token whose probability
    is off by 0.04 or more is found with probability above 0.99. An outcome of probability zero fails at once.
    """
    counts = np.zeros(len(probabilities), dtype=np.int64)
    support = probabilities > 0
    budget = false_reject / (2 * len(stages) * max(int(support.sum()), 1))
    done = 0
    for stage in stages:
        for outcome in draw(stage - done):
            value = int(outcome)
            legal = 0 <= value < len(counts) and bool(support[value])
            require(
                legal,
                f"{name} {value} was drawn, which has probability 0.",
                f"抽到了概率为 0 的 {name} {value}。",
                expected=probabilities,
            )
            counts[value] += 1
        done = stage
        for index in np.flatnonzero(support):
            probability = float(probabilities[index])
            if binomial_tail(int(counts[index]), done, probability) < budget:
                share = counts[index] / done
                raise Mismatch(
                    Text(
                        en=f"{name} {index} came in {share:.3f} of {done} draws; its probability is {probability:.3f}.",
                        zh=f"{done} 次抽样中 {name} {index} 出现的频率为 {share:.3f}，应有概率 {probability:.3f}。",
                    ),
                    expected=probabilities,
                    actual=counts / done,
                    name=name,
                )
