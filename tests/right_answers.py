"""Helpers of these tests: small questions of every kind, and the answers that are right."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from quizbank.models import (
    Cloze,
    FindError,
    Match,
    Multiple,
    Numeric,
    Order,
    Question,
    Recall,
    Single,
    Snippet,
)
from quizbank.parametric import draw

SOURCE = {"title": "Goodfellow et al., Deep Learning", "where": "§9.3", "checked": "2026-11-23"}


def text(en: str, zh: str | None = None) -> dict[str, str]:
    return {"en": en, "zh": zh or f"中文：{en}"}


def option(name: str, correct: bool = False) -> dict[str, Any]:
    if correct:
        return {"text": text(name), "correct": True}
    return {"text": text(name), "feedback": text(f"{name} forgets the scale")}


SPECIAL: dict[str, dict[str, Any]] = {
    "single": {"options": [option("a"), option("b", True), option("c")]},
    "multiple": {"options": [option("a", True), option("b"), option("c", True), option("d")]},
    "numeric": {
        "stem": text("A weight matrix has <<n>> rows and <<m>> columns in fp16. Bytes?"),
        "explanation": text("<<n>> × <<m>> × 2 = <<size:,>> B"),
        "parameters": {"n": [1024, 2048], "m": [1024, 4096]},
        "where": ["n <= m"],
        "let": {"size": "n * m * 2"},
        "answer": "size / 2 ** 20",
        "unit": "MiB",
    },
    "cloze": {
        "text": {"en": "LoRA starts B at <<b>> and A <<a>>.", "zh": "LoRA 将 B 初始化为 <<b>>，A 为 <<a>>。"},
        "blanks": {"b": {"accept": ["0", "zero", "零"]}, "a": {"accept": ["random", "at random", "随机"]}},
    },
    "order": {"items": [text(name) for name in ("forward", "loss", "backward", "step")]},
    "match": {
        "pairs": [{"left": text(a), "right": text(b)} for a, b in ("qQ", "kK", "vV")],
        "extra": [text("O")],
    },
    "recall": {
        "rubric": [{"point": text(f"point {n}"), "weight": n} for n in (1, 2, 3, 4)],
        "follow_ups": [
            {"after": after, "ask": text("And then?"), "answer": text("This.")} for after in ("good", "weak")
        ],
    },
    "snippet": {"code": "print([1, 2])\nprint('x  y')\n", "output": "[1, 2]\nx  y\n"},
    "find_error": {
        "segments": [text("Softmax is shift invariant."), text("So is sigmoid.")],
        "error": 1,
        "corrections": [option("a"), option("b", True), option("c")],
    },
}


def raw_question(kind: str, **changes: Any) -> dict[str, Any]:
    """A question as YAML would give it."""
    return {
        "id": f"a-{kind.replace('_', '-')}",
        "kind": kind,
        "topic": "lora",
        "difficulty": 2,
        "stem": text("What holds?", "下面哪个成立？"),
        "explanation": text("Because."),
        "sources": [SOURCE],
        **SPECIAL[kind],
        **changes,
    }


def make(kind: str, **changes: Any) -> Question:
    question: Question = TypeAdapter(Question).validate_python(raw_question(kind, **changes))
    return question


def right_answer(question: Question, seed: int) -> Any:
    """The answer that deserves the full score."""
    match question:
        case Single():
            return next(index for index, one in enumerate(question.options) if one.correct)
        case Multiple():
            return [index for index, one in enumerate(question.options) if one.correct]
        case Numeric():
            return repr(draw(question, seed).answer)
        case Cloze():
            return {name: blank.accept[-1] for name, blank in question.blanks.items()}
        case Order():
            return list(range(len(question.items)))
        case Match():
            return list(range(len(question.pairs)))
        case Recall():
            return {"text": "all of it", "ticked": list(range(len(question.rubric)))}
        case Snippet():
            return question.output
        case FindError():
            right = next(index for index, one in enumerate(question.corrections) if one.correct)
            return {"segment": question.error, "correction": right}
