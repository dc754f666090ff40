"""The questions as CSV (UTF-8), one row a question, to be read and mended in a spreadsheet and imported again.

Texts stand in columns by language. `more` holds as JSON what has no column of its own: gaps, code, parameters.
"""

from __future__ import annotations

import csv
import json
from typing import Any, Protocol

from quizbank.exporting.csv_export import safe
from quizbank.loader import Bank
from quizbank.models import Question

OPTIONS = 9  # the longest list: the items to put in order
HEAD = ("id", "rev", "track", "topic", "kind", "difficulty", "roles", "seconds")
TEXTS = ("stem", "explanation")
COLUMNS = (
    *HEAD,
    "stem_en",
    "stem_zh",
    "correct",
    *(f"{name}_{n}_{language}" for n in range(1, OPTIONS + 1) for name in ("option", "feedback") for language in ("en", "zh")),
    "explanation_en",
    "explanation_zh",
    "drills",
    "sources",
    "more",
)  # fmt: skip


class TextOut(Protocol):
    def write(self, text: str, /) -> object: ...


def write(bank: Bank, out: TextOut, excel: bool = False) -> None:
    """`excel` begins with the mark by which Excel knows UTF-8."""
    if excel:
        out.write("\ufeff")
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for question in bank.questions.values():
        row = cells(question, bank.track_of[question.id])
        rows.writerow(_guarded(row.get(column)) for column in COLUMNS)


def cells(question: Question, track: str) -> dict[str, Any]:
    """By column; what is left of the question is in `more`."""
    left = question.model_dump(mode="json", exclude_defaults=True)
    row: dict[str, Any] = {"track": track, "kind": question.kind, "rev": question.rev}
    left.pop("kind", None)
    left.pop("rev", None)
    for name in ("id", "topic", "difficulty"):
        row[name] = left.pop(name)
    left.pop("seconds", None)
    row["seconds"] = question.seconds
    for name in ("roles", "drills"):
        row[name] = " ".join(left.pop(name, []))
    for name in TEXTS:
        text = left.pop(name)
        row |= {f"{name}_{language}": text[language] for language in ("en", "zh")}
    row["sources"] = "\n".join(
        " | ".join(source.get(name) or "" for name in ("title", "where", "url", "checked"))
        for source in left.pop("sources")
    )
    _options(row, left, question.kind)
    if left:
        row["more"] = json.dumps(left, ensure_ascii=False)
    return row


def _options(row: dict[str, Any], left: dict[str, Any], kind: str) -> None:
    """Options with their feedback, items in the right order, or pairs (the right side as feedback)."""
    if kind in ("single", "multiple"):
        options = left.pop("options")
        row["correct"] = " ".join(str(n) for n, one in enumerate(options, 1) if one.pop("correct", False))
        rows = [(one.pop("text"), one.pop("feedback", None)) for one in options]
        if any(options):
            left["options"] = options  # the mutants
    elif kind == "order":
        rows = [(item, None) for item in left.pop("items")]
    elif kind == "match":
        rows = [(pair["left"], pair["right"]) for pair in left.pop("pairs")]
    else:
        return
    for number, texts in enumerate(rows, 1):
        for name, text in zip(("option", "feedback"), texts, strict=True):
            for language in ("en", "zh"):
                row[f"{name}_{number}_{language}"] = text and text[language]


def _guarded(cell: Any) -> Any:
    """As `safe`; a text that has an apostrophe there by itself gets one more, so that reading takes one away."""
    if isinstance(cell, str) and cell.startswith("'"):
        return f"'{cell}"
    return safe(cell)
