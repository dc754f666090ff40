"""What a drill's `checks.py` is written with: the `check` decorator, and all that a check asserts with.

A check is a function `test_<property>(candidate, …)`. `candidate.<entry_point>(…)` calls the learner's
code, wherever that runs; a mutated argument, an exception and a crash are failures without further ado.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import numpy as np
from hypothesis import Phase
from hypothesis.strategies import SearchStrategy

from drills.comparing import Mismatch, assert_close, assert_equal, assert_tensor, require, unpack
from drills.distributions import assert_distribution
from quizbank.models import Text

__all__ = [
    "CheckSpec",
    "Mismatch",
    "assert_close",
    "assert_distribution",
    "assert_equal",
    "check",
    "checks_in",
    "error_name",
    "expect_error",
    "fresh_rng",
    "gradients",
    "require",
    "unchanged",
    "unpack",
]

SEED = int(os.environ.get("PREPTRAIN_CHECK_SEED", "0"))
"""Added to the seed of every draw; `drill verify --seeds N` varies it."""

Body = Callable[..., None]


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

    def bind(
        self, body: Body | None = None, *, shrink: bool = True, again: tuple[str, bytes] | None = None
    ) -> Body:
        """The check as a function of `candidate`, with hypothesis drawing the rest.

        `again`: only the example that an earlier run noted, as (version of hypothesis, its code of the example).
        """
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
            print_blob=shrink,  # the note that `again` is taken from
            backend="hypothesis",
        )
        drawn = hypothesis.given(**self.strategies)(body)
        if again is not None:
            return options(hypothesis.reproduce_failure(*again)(drawn))
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


def expect_error(call: Callable[..., Any], error: str, *args: Any, **kwargs: Any) -> None:
    """Fail unless the call raises the named exception (or a subclass of it)."""
    from drills.grading.failures import LearnerError

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


def error_name(error: Exception | None) -> str:
    """The name of what a call of the learner's code raised; an ended process is raised on, for it is no exception."""
    from drills.grading.failures import CandidateError, LearnerError

    if isinstance(error, LearnerError):
        return error.mro[0]
    if isinstance(error, CandidateError):
        raise error
    return type(error).__name__


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

    assert_tensor(output, grad_out, None, "output")
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
