"""Facts that stand in several questions: written once, in `facts.yaml`, and named where they are needed.

A fact has a name in capitals with an underscore, such as `ADAM_MIXED_BYTES`. It is a number, a formula of some
arguments, or a text in both languages. Questions use it in `where`, `let` and `answer`, and as `<<…>>` in any text.
Facts are put in when a file is loaded, so a loaded question stands for itself.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Self

from pydantic import Field, model_validator

from quizbank.expressions import (
    CONSTANTS,
    FUNCTIONS,
    PLACEHOLDER,
    ExpressionError,
    evaluate,
    names_in,
    parsed,
    render,
)
from quizbank.models import Model, Number, Source, Text

FILE_NAME = "facts.yaml"
NAME = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")

# Of a question: what holds expressions, and what is shown letter by letter.
EXPRESSIONS = ("where", "let", "answer")
VERBATIM = ("id", "kind", "topic", "roles", "drills", "sources", "parameters", "blanks", "code", "output")

FieldPath = tuple[str | int, ...]
Fault = tuple[FieldPath, str, str]  # where, the name that is wrong, and why


class Fact(Model):
    """One fact: exactly one of `number`, `formula` and `text`, what it says, and where that can be looked up."""

    says: Text
    number: Number | None = None
    formula: str | None = Field(None, description="An expression of `of`, and of other facts.")
    of: list[str] = Field([], description="The names of the formula's arguments.")
    text: Text | None = None
    sources: list[Source] = Field(min_length=1)
    never: list[str] = Field(
        [], description="Patterns that a question may not hold: the fact written out by hand."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(one is not None for one in (self.number, self.formula, self.text)) != 1:
            raise ValueError("exactly one of number, formula and text is needed")
        if self.of and self.formula is None:
            raise ValueError("only a formula has arguments (of)")
        for pattern in self.never:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"never: {pattern!r} is no regular expression: {error}") from None
        return self


class FactsFile(Model):
    """The facts of a bank or of a pack, by name."""

    facts: dict[str, Fact] = Field(min_length=1)


@dataclass
class Facts:
    """The facts that a file may use, those of its own bank before the packaged ones."""

    known: dict[str, Fact] = field(default_factory=dict)
    _folded: dict[str, ast.expr] = field(default_factory=dict, repr=False)

    def __or__(self, own: Facts) -> Facts:
        return Facts({**self.known, **own.known})

    def value(self, name: str) -> str:
        """All that a question can see of a fact, to tell whether it has changed."""
        fact = self.known.get(name)
        if fact is None:
            return ""
        if fact.text is not None:
            return fact.text.model_dump_json()
        return f"{','.join(fact.of)}: {ast.unparse(self.body(name))}"

    def fold(self, expression: str, own: Collection[str] = ()) -> tuple[str, set[str]]:
        """The expression without names of facts, and the facts used; raises UnknownFact or ExpressionError."""
        if not NAME.search(expression):
            return expression, set()
        names = {name for name in names_in(expression) if NAME.fullmatch(name) and name not in own}
        if not names:
            return expression, set()
        return ast.unparse(self._fold(deepcopy(parsed(expression)), frozenset(own), ())), names

    def _fold(self, tree: ast.expr, own: frozenset[str], within: tuple[str, ...]) -> ast.expr:
        folded = _Folding(self, own, within).visit(tree)
        assert isinstance(folded, ast.expr)
        return folded

    def body(self, name: str, within: tuple[str, ...] = ()) -> ast.expr:
        """What stands for a fact that is a number or a formula, with the facts that it uses folded in."""
        if name not in self._folded:
            if name in within:
                raise ExpressionError(f"{name} is defined by itself: {' → '.join((*within, name))}")
            fact = self.known[name]
            if fact.formula is None:
                self._folded[name] = ast.Constant(fact.number)
            else:
                tree = deepcopy(parsed(fact.formula))
                self._folded[name] = self._fold(tree, frozenset(fact.of), (*within, name))
        return deepcopy(self._folded[name])

    def unknown(self, name: str) -> UnknownFact:
        close = get_close_matches(name, self.known, n=1)
        hint = f"; did you mean {close[0]}?" if close else f"; write it into {FILE_NAME}"
        return UnknownFact(name, f"no such fact {name}{hint}")


class UnknownFact(ExpressionError):
    """A name in capitals that stands in no facts file."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class _Folding(ast.NodeTransformer):
    """Puts the values of facts in the place of their names."""

    def __init__(self, facts: Facts, own: frozenset[str], within: tuple[str, ...]) -> None:
        self.facts, self.own, self.within = facts, own, within

    def _fact(self, name: str) -> Fact | None:
        if name in self.own or not NAME.fullmatch(name):
            return None
        if name not in self.facts.known:
            raise self.facts.unknown(name)
        return self.facts.known[name]

    def visit_Name(self, node: ast.Name) -> ast.AST:
        fact = self._fact(node.id)
        if fact is None:
            return node
        if fact.text is not None:
            raise ExpressionError(f"{node.id} is a text: it stands alone, as <<{node.id}>>")
        if fact.of:
            raise ExpressionError(f"{node.id} needs its arguments: {node.id}({', '.join(fact.of)})")
        return self.facts.body(node.id, self.within)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        arguments = [self.visit(argument) for argument in node.args]
        fact = self._fact(node.func.id) if isinstance(node.func, ast.Name) else None
        if fact is None:
            return ast.Call(node.func, arguments, node.keywords)
        assert isinstance(node.func, ast.Name)
        if node.keywords or len(arguments) != len(fact.of):
            raise ExpressionError(f"{node.func.id} takes {len(fact.of)} arguments: {', '.join(fact.of)}")
        body = self.facts.body(node.func.id, self.within)
        return _Arguments(dict(zip(fact.of, arguments, strict=True))).visit(body)  # type: ignore[no-any-return]


class _Arguments(ast.NodeTransformer):
    def __init__(self, given: dict[str, ast.expr]) -> None:
        self.given = given

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return deepcopy(self.given[node.id]) if node.id in self.given else node


# --- a question's fields


@dataclass
class Filled:
    """A question's data with the facts put in, those used, and what is wrong with their names."""

    data: Any
    used: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)


def fill_in(data: Any, facts: Facts) -> Filled:
    """Put the facts into one question, as YAML gives it; what is no mapping is left for the model to refuse."""
    filled = Filled(data)
    if isinstance(data, dict):
        own = {name for key in ("parameters", "let") if isinstance(data.get(key), dict) for name in data[key]}
        numeric = data.get("kind") == "numeric"
        filler = _Filler(facts, own, filled)
        skipped = {*VERBATIM, *(("segments",) if data.get("code") is True else ())}
        filled.data = {
            key: value
            if key in skipped
            else filler.expressions(value, (key,))
            if numeric and key in EXPRESSIONS
            else filler.texts(value, (key,))
            for key, value in data.items()
        }
    return filled


@dataclass
class _Filler:
    facts: Facts
    own: set[str]
    filled: Filled

    def expressions(self, value: Any, path: FieldPath) -> Any:
        if isinstance(value, dict):
            return {key: self.expressions(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.expressions(inner, (*path, at)) for at, inner in enumerate(value)]
        if not isinstance(value, str):
            return value
        try:
            folded, used = self.facts.fold(value, self.own)
        except ExpressionError as error:
            self._fault(path, error)
            return value
        self.filled.used |= used
        return folded

    def texts(self, value: Any, path: FieldPath) -> Any:
        if isinstance(value, dict):
            return {key: self.texts(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.texts(inner, (*path, at)) for at, inner in enumerate(value)]
        if not isinstance(value, str) or "<<" not in value or not NAME.search(value):
            return value
        try:
            if path[-1] in ("en", "zh"):
                return self._text(value, str(path[-1]))
            en, zh = self._text(value, "en"), self._text(value, "zh")
            return en if en == zh else {"en": en, "zh": zh}
        except ExpressionError as error:
            self._fault(path, error)
            return value

    def _text(self, text: str, language: str) -> str:
        return PLACEHOLDER.sub(lambda found: self._shown(found.group(1), language), text)

    def _shown(self, inside: str, language: str) -> str:
        """What stands for one `<<…>>`: its value, or where drawn numbers are in it, the rest of it."""
        if not NAME.search(inside):
            return f"<<{inside}>>"
        expression, colon, form = inside.partition(":")
        name = expression.strip()
        fact = self.facts.known.get(name)
        if fact is not None and fact.text is not None and name not in self.own:
            self.filled.used.add(name)
            return fact.text.en if language == "en" else fact.text.zh
        folded, used = self.facts.fold(name, self.own)
        self.filled.used |= used
        if names_in(folded) <= {*FUNCTIONS, *CONSTANTS}:
            return render(f"<<{folded}{colon}{form}>>", {})
        return f"<<{folded}{colon}{form}>>" if used else f"<<{inside}>>"

    def _fault(self, path: FieldPath, error: ExpressionError) -> None:
        name = error.name if isinstance(error, UnknownFact) else ""
        self.filled.faults.append((path, name, str(error)))


# --- the file


def check_facts(own: Facts, scope: Facts) -> Iterator[Fault]:
    """What is wrong with the facts of one file, which may use those of `scope` too."""
    for name, fact in own.known.items():
        if not NAME.fullmatch(name):
            message = f"{name!r} is no name of a fact: capitals with an underscore, such as LORA_ALPHA"
            yield ("facts", name), "", message
        elif fact.formula is not None:
            path = ("facts", name, "formula")
            for wrong, message in _formula_faults(name, fact, scope):
                yield path, wrong, message


def _formula_faults(name: str, fact: Fact, scope: Facts) -> Iterator[tuple[str, str]]:
    try:
        used = names_in(fact.formula or "")
        known = {*fact.of, *FUNCTIONS, *CONSTANTS}
        for other in sorted(one for one in used - known if not NAME.fullmatch(one)):
            yield other, f"{other!r} is not among `of`: {', '.join(fact.of) or 'it is empty'}"
        for argument in sorted(set(fact.of) - used):
            yield "", f"the formula does not use its argument {argument!r}"
        body = ast.unparse(scope.body(name))
        if not fact.of and used <= {*known, *scope.known}:
            evaluate(body, {})
    except UnknownFact as error:
        yield error.name, str(error)
    except ExpressionError as error:
        yield "", str(error)
