"""Questions whose numbers are drawn: the values for a seed, the answer, and the texts filled in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from quizbank import seeded
from quizbank.expressions import (
    CONSTANTS,
    FUNCTIONS,
    PLACEHOLDER,
    ExpressionError,
    Value,
    evaluate,
    finite,
    names_in,
    render,
)
from quizbank.models import Numeric, Text
from quizbank.units import QuantityError, parse_quantity

__all__ = [
    "Draw",
    "ExpressionError",
    "QuantityError",
    "all_draws",
    "draw",
    "faults",
    "parse_quantity",
    "render",
    "render_text",
]

TRIES = 100
MAX_COMBINATIONS = 200_000


@dataclass(frozen=True)
class Draw:
    """Values of the parameters and of the named steps, and the answer in the question's unit."""

    values: dict[str, Value]
    answer: float


def draw(question: Numeric, seed: int) -> Draw:
    """The numbers of this seed; raises ValueError if no values meet the conditions.

    Values are drawn until `where` holds. If that is rare, all combinations are gone through.
    """
    random = seeded.source(question.id, seed)
    total = combinations(question)
    for _ in range(TRIES if question.where else 1):
        values = _combination(question, seeded.index(random, total))
        if _holds(question, values):
            return _finished(question, values)
    if total > MAX_COMBINATIONS:
        raise ExpressionError(f"{question.id}: {TRIES} draws of {total} met no `where`; loosen it")
    meeting = [n for n in range(total) if _holds(question, _combination(question, n))]
    if not meeting:
        raise ExpressionError(f"{question.id}: no values of the parameters meet `where`")
    return _finished(question, _combination(question, meeting[seeded.index(random, len(meeting))]))


def all_draws(question: Numeric, limit: int = 10_000) -> Iterator[Draw]:
    """Every draw there is; of more than `limit` combinations, that many draws by seed."""
    total = combinations(question)
    if total > limit:
        yield from (draw(question, seed) for seed in range(limit))
        return
    for number in range(total):
        values = _combination(question, number)
        if _holds(question, values):
            yield _finished(question, values)


def combinations(question: Numeric) -> int:
    return math.prod(len(options) for options in question.parameters.values())


def faults(question: Numeric) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Expressions that cannot work whatever is drawn: where each is, the name that is wrong, and why."""
    known = {*question.parameters, *FUNCTIONS, *CONSTANTS}
    steps = known | question.let.keys()
    for name, expression in question.let.items():
        if name in known:
            yield ("let", name), name, f"{name!r} is the name of something else: rename the step"
        yield from _wrong_names(("let", name), expression, known)
        known = known | {name}
    for index, condition in enumerate(question.where):
        yield from _wrong_names(("where", index), condition, steps)
    yield from _wrong_names(("answer",), question.answer, steps)
    for field in ("stem", "explanation"):
        text: Text = getattr(question, field)
        for language in ("en", "zh"):
            for inside in PLACEHOLDER.findall(getattr(text, language)):
                yield from _wrong_names((field, language), inside.partition(":")[0].strip(), steps)


def _wrong_names(
    path: tuple[str | int, ...], expression: str, known: set[str]
) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    try:
        unknown = sorted(names_in(expression) - known)
    except ExpressionError as error:
        yield path, "", str(error)
        return
    for name in unknown:
        close = get_close_matches(name, known, n=1)
        there = ", ".join(sorted(known - FUNCTIONS.keys() - CONSTANTS.keys()))
        hint = f"; did you mean {close[0]!r}?" if close else f" (there are: {there})"
        yield path, name, f"no such name {name!r}{hint}"


def render_text(text: Text, values: Mapping[str, Value]) -> Text:
    return Text(en=render(text.en, values), zh=render(text.zh, values))


def _combination(question: Numeric, number: int) -> dict[str, Value]:
    """The combination of that number, counted with the last parameter turning fastest."""
    values: dict[str, Value] = {}
    for name, options in reversed(question.parameters.items()):
        if not options:
            raise ExpressionError(f"{question.id}: the parameter {name!r} has no values")
        number, place = divmod(number, len(options))
        values[name] = options[place]
    return {name: values[name] for name in question.parameters}


def _holds(question: Numeric, values: Mapping[str, Value]) -> bool:
    """Whether all conditions are met; those that use named steps come last, as steps may divide."""
    of_steps = [condition for condition in question.where if names_in(condition) & question.let.keys()]
    direct = [condition for condition in question.where if condition not in of_steps]
    if not all(evaluate(condition, values) for condition in direct):
        return False
    known = _with_steps(question, values) if of_steps else {}
    return all(evaluate(condition, known) for condition in of_steps)


def _with_steps(question: Numeric, values: Mapping[str, Value]) -> dict[str, Value]:
    known = dict(values)
    for name, expression in question.let.items():
        if name in {**question.parameters, **FUNCTIONS, **CONSTANTS}:
            raise ExpressionError(f"{question.id}: let.{name} is the name of something else")
        known[name] = evaluate(expression, known)
    return known


def _finished(question: Numeric, values: Mapping[str, Value]) -> Draw:
    known = _with_steps(question, values)
    return Draw(known, finite(question.answer, known))
