"""Arithmetic written in a bank file, evaluated safely: numbers, texts to compare, and no more."""

from __future__ import annotations

import ast
import math
import operator
import re
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import simpleeval  # type: ignore[import-untyped]

Value = int | float | str
MAX_LENGTH = 500
MAX_BITS = 4096  # of an integer power: 2**4096 is far beyond any float
PLACEHOLDER = re.compile(r"<<(.+?)>>", re.DOTALL)
FORMAT = re.compile(r"\+?[,_]?(\.\d{1,2})?[defg%]?")


class ExpressionError(ValueError):
    """An expression that cannot be evaluated."""


def _power(base: Any, exponent: Any) -> Any:
    _need_numbers(base, exponent)
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * abs(exponent) > MAX_BITS:
        raise ExpressionError(f"{base} ** {exponent} is too large")
    result = base**exponent
    if isinstance(result, complex):
        raise ExpressionError(f"({base}) ** {exponent} is no real number")
    return result


def _need_numbers(*values: Any) -> None:
    """Texts are only compared: no `"a" * 10**9`, no `%` formatting."""
    if any(not isinstance(value, int | float) for value in values):
        raise ExpressionError("arithmetic needs numbers")


def _numeric(function: Callable[..., Any]) -> Callable[..., Any]:
    def checked(*values: Any) -> Any:
        _need_numbers(*values)
        return function(*values)

    return checked


def _round(value: float, digits: int = 0) -> float:
    if abs(digits) > 15:
        raise ExpressionError("round() takes at most 15 digits")
    return round(value, digits) if digits else round(value)


def _sum(*values: float) -> float:
    return sum(values)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ceil": math.ceil,
    "floor": math.floor,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "exp": math.exp,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "min": min,
    "max": max,
    "round": _round,
    "sum": _sum,
    "abs": abs,
    "int": int,
    "float": float,
}
FUNCTIONS = {name: _numeric(function) for name, function in _FUNCTIONS.items()}
CONSTANTS: dict[str, Value] = {"pi": math.pi}

_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: _numeric(operator.add),
    ast.Sub: _numeric(operator.sub),
    ast.Mult: _numeric(operator.mul),
    ast.Div: _numeric(operator.truediv),
    ast.FloorDiv: _numeric(operator.floordiv),
    ast.Mod: _numeric(operator.mod),
    ast.Pow: _power,
    ast.USub: _numeric(operator.neg),
    ast.UAdd: _numeric(operator.pos),
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}

_NODES = (
    ast.Name,
    ast.UnaryOp,
    ast.BinOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.Call,
    ast.Constant,
)


def evaluate(expression: str, values: Mapping[str, Value]) -> int | float | bool | str:
    """The expression's value; raises ExpressionError, never anything else."""
    tree = parsed(expression)
    evaluator = simpleeval.SimpleEval(
        operators=_OPERATORS, functions=FUNCTIONS, names={**CONSTANTS, **values}
    )
    evaluator.nodes = {node: evaluator.nodes[node] for node in _NODES}
    try:
        result = evaluator.eval(expression, previously_parsed=tree)
    except ExpressionError as error:
        raise ExpressionError(f"{expression}: {error}") from None
    except simpleeval.NameNotDefined as error:
        known = ", ".join(values)
        raise ExpressionError(f"{expression}: no such name {error.name!r} (there are: {known})") from None
    except simpleeval.InvalidExpression as error:
        raise ExpressionError(f"{expression}: {error}") from None
    except (ArithmeticError, ValueError, TypeError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"{expression}: {error}") from None
    if not isinstance(result, int | float | str):
        raise ExpressionError(f"{expression}: gives a {type(result).__name__}, not a number or a text")
    return result


@lru_cache(maxsize=4096)
def parsed(expression: str) -> ast.expr:
    """The expression's tree, shared: whoever changes it copies it first. Raises ExpressionError."""
    if len(expression) > MAX_LENGTH:
        raise ExpressionError(f"{expression[:40]}…: longer than {MAX_LENGTH} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(" ".join(expression.split()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise ExpressionError(f"{expression}: not an expression ({reason})") from None


def names_in(expression: str) -> set[str]:
    """The names that an expression uses."""
    return {node.id for node in ast.walk(parsed(expression)) if isinstance(node, ast.Name)}


def finite(expression: str, values: Mapping[str, Value]) -> float:
    """The expression's value as a finite number."""
    result = evaluate(expression, values)
    if isinstance(result, str | bool):
        raise ExpressionError(f"{expression}: gives {result!r}, not a number")
    try:
        number = float(result)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ExpressionError(f"{expression}: gives {number}, not a finite number")
    return number


def render(text: str, values: Mapping[str, Value]) -> str:
    """Fill in `<<expression>>` and `<<expression:format>>`."""
    return PLACEHOLDER.sub(lambda found: _shown(found.group(1), values), text)


def _shown(inside: str, values: Mapping[str, Value]) -> str:
    expression, _, form = inside.partition(":")
    expression, form = expression.strip(), form.strip()
    value = evaluate(expression, values)
    if not FORMAT.fullmatch(form):
        raise ExpressionError(
            f"<<{inside}>>: the format {form!r} is not one such as ',' '.2f' ',.1f' '.2e' '.1%'"
        )
    if isinstance(value, bool):
        raise ExpressionError(f"<<{inside}>>: gives {value}, not a number or a text")
    if isinstance(value, str):
        if form:
            raise ExpressionError(f"<<{inside}>>: a text takes no format")
        return value
    finite(expression, values)
    if not form:
        return plain(value)
    if isinstance(value, float) and value.is_integer() and form[-1:] in ("d", ",", "_", "+"):
        value = int(value)
    try:
        shown = format(value, form)
    except ValueError as error:
        raise ExpressionError(f"<<{inside}>>: {error}") from None
    return re.sub(r"e\+?(-?)0*(\d)", r"e\1\2", shown) if form.endswith("e") else shown


def plain(value: float) -> str:
    """A number without a format: whole ones as they are, others to four significant digits."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    size = math.floor(math.log10(abs(value)))
    if not -5 < size < 15:
        return re.sub(r"e\+?(-?)0*(\d)", r"e\1\2", f"{value:.4g}")
    shown = f"{value:.{max(0, 3 - size)}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
