"""What pydantic found wrong with a bank file, as problems with a place and plain words."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from quizbank.models import BankFile, Question
from quizbank.problems import Problem
from quizbank.yaml_source import MAX_PROBLEMS, Document

UNION_TAGS = {"int", "float", "str"}

KINDS: dict[str, type[BaseModel]] = {
    get_args(member.model_fields["kind"].annotation)[0]: member for member in get_args(get_args(Question)[0])
}


def problems_of(
    path: Path, document: Document, error: ValidationError, model: type[BaseModel] = BankFile
) -> list[Problem]:
    """One problem for each faulty place, in the file's order; `model` is what the file should have been."""
    found: dict[tuple[Any, ...], Problem] = {}
    for detail in error.errors(include_url=False)[:MAX_PROBLEMS]:
        loc = _path_of(detail["loc"])
        extra = detail["type"] == "extra_forbidden"
        line, column = document.locate(loc, at_key=extra)
        if detail["loc"][-1:] and detail["loc"][-1] in UNION_TAGS and loc in found:
            message = "a number or a text is expected here"
        else:
            message = _message(detail, loc, document, model)
        found[loc] = Problem(path, line, column, field_name(document, loc), message)
    return sorted(found.values(), key=lambda problem: (problem.line, problem.column))


def _path_of(loc: Sequence[str | int]) -> tuple[str | int, ...]:
    """The path in the file: pydantic's, without the kind and the members of a union in it."""
    path = list(loc)
    if len(path) > 2 and path[0] == "questions" and path[2] in KINDS:
        del path[2]
    if len(path) > 1 and path[-1] in UNION_TAGS and isinstance(path[-2], int):
        path.pop()
    return tuple(path)


def field_name(document: Document, path: Sequence[str | int]) -> str:
    """Such as `max-pool-role.options[1].text`; a question without an id goes by its number."""
    if len(path) > 1 and path[0] == "questions" and isinstance(path[1], int):
        question = document.data["questions"][path[1]]
        name = question.get("id") if isinstance(question, dict) else None
        start, rest = name if isinstance(name, str) else f"questions[{path[1]}]", path[2:]
    else:
        start, rest = "", path
    tail = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest)
    return (start + tail).lstrip(".")


def _message(
    detail: ErrorDetails, loc: tuple[str | int, ...], document: Document, model: type[BaseModel]
) -> str:
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    name = str(loc[-1]) if loc else ""
    match kind:
        case "missing":
            return _missing(name, loc, document, model)
        case "extra_forbidden":
            return f"no such field{_did_you_mean(name, _fields_at(loc[:-1], document, model))}"
        case "string_type" | "model_type" | "dict_type" | "list_type":
            wanted = {"string_type": "a text", "list_type": "a list"}.get(kind, "a mapping")
            return f"{wanted} is expected, not {_describe(given, wanted)}"
        case "union_tag_invalid":
            return f"{context['tag']!r} is no kind of question{_did_you_mean(str(context['tag']), KINDS)}"
        case "union_tag_not_found":
            return f"the question has no kind: one of {', '.join(KINDS)}"
        case "string_pattern_mismatch" if "[a-z0-9]+(-[a-z0-9]+)*" in str(context["pattern"]):
            return f"{given!r} must be kebab-case: a-z, 0-9 and single hyphens"
        case "too_short" | "too_long":
            least = "at least" if kind == "too_short" else "at most"
            limit = context["min_length"] if kind == "too_short" else context["max_length"]
            return f"{least} {limit} entries are needed, there are {context['actual_length']}"
        case "string_too_short" if context["min_length"] == 1:
            return "the text is empty"
        case "value_error":
            return str(context["error"])
        case "literal_error":
            expected = str(context["expected"])
            close = difflib.get_close_matches(str(given), _words(expected), n=1)
            return f"{given!r} is not {expected}" + (f"; did you mean {close[0]!r}?" if close else "")
    return f"{detail['msg'][:1].lower()}{detail['msg'][1:]} (it is {str(given)[:40]!r})"


def _missing(name: str, loc: tuple[str | int, ...], document: Document, model: type[BaseModel]) -> str:
    """A missing field; says so if one beside it looks like a misspelling of it."""
    parent = _value_at(document.data, loc[:-1])
    close = difflib.get_close_matches(name, list(parent), n=1) if isinstance(parent, dict) else []
    known = set(_fields_at(loc[:-1], document, model))
    hint = f" (is {close[0]!r} meant to be it?)" if close and close[0] not in known else ""
    return f"the field is missing{hint}"


def _describe(given: Any, wanted: str) -> str:
    if given is None:
        return "nothing: write a value"
    if isinstance(given, list | dict | str):
        return {list: "a list", dict: "a mapping", str: "a text"}[type(given)]
    sort = {bool: "true/false", int: "a number", float: "a number"}.get(type(given), "a date")
    advice = "put it in quotes" if wanted == "a text" else "write {en: …, zh: …}, or put it in quotes"
    return f"{str(given)!r}, which YAML takes for {sort}: {advice}"


def _did_you_mean(word: str, known: Iterator[str] | Sequence[str] | dict[str, Any]) -> str:
    known = list(known)
    if close := difflib.get_close_matches(word, known, n=1):
        return f"; did you mean {close[0]!r}?"
    return f"; there are: {', '.join(known)}" if known else ""


def _words(expected: str) -> list[str]:
    return [word.strip(" '") for word in expected.replace(" or ", ",").split(",")]


def _value_at(data: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _fields_at(path: Sequence[str | int], document: Document, of: type[BaseModel]) -> list[str]:
    """The fields that the model at `path` has."""
    model: Any = of
    for depth, part in enumerate(path):
        if isinstance(model, type) and issubclass(model, BaseModel) and part in model.model_fields:
            model = _inner(model.model_fields[str(part)].annotation)
        if model is Question:
            question = _value_at(document.data, path[: depth + 2])
            model = KINDS.get(str(question.get("kind"))) if isinstance(question, dict) else None
    if isinstance(model, type) and issubclass(model, BaseModel):
        return list(model.model_fields)
    return []


def _inner(annotation: Any) -> Any:
    """What a list, a mapping or an optional holds: the one model inside it."""
    if annotation == Question:
        return Question
    while get_origin(annotation) is not None and get_origin(annotation) is not Annotated:
        inner = [part for part in get_args(annotation) if part is not type(None)]
        annotation = inner[-1]
        if annotation == Question:
            return Question
    return annotation
