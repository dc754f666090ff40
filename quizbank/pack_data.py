"""A question as plain data with its track, as exports carry it so that nothing is lost on the way back."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from quizbank.models import Question

_QUESTION: TypeAdapter[Question] = TypeAdapter(Question)

VERSION = 1


class Carried(NamedTuple):
    """What an export carried: the question, its track, and whether what is shown beside it is as it was."""

    question: Question
    track: str
    unchanged: bool


def question_data(question: Question, track: str, shown: Iterable[str]) -> dict[str, Any]:
    """What `read_question_data` takes; fields at their default are left out. `shown` are the texts beside it."""
    fields = question.model_dump(mode="json", exclude_defaults=True)
    return {
        "preptrain": VERSION,
        "track": track,
        "shown": fingerprint(shown),
        "question": {**fields, "kind": question.kind},
    }


def read_question_data(data: Any, shown: Iterable[str]) -> Carried:
    """Raises ValueError for anything that is no such data."""
    if not isinstance(data, dict) or not isinstance(data.get("track"), str) or "question" not in data:
        raise ValueError("no question of preptrain's")
    if data.get("preptrain") != VERSION:
        raise ValueError(f"version {data.get('preptrain')!r} of the format; this preptrain reads {VERSION}")
    question = validated(data["question"])
    return Carried(question, data["track"], data.get("shown") == fingerprint(shown))


def fingerprint(shown: Iterable[str]) -> str:
    """Of texts, without regard to what programs change by themselves: white space and Unicode's normal form."""
    texts = (" ".join(unicodedata.normalize("NFC", text).split()) for text in shown)
    return hashlib.sha256("\0".join(text for text in texts if text).encode()).hexdigest()[:16]


def validated(fields: Any) -> Question:
    """The question of these fields; raises pydantic's ValidationError, which is a ValueError."""
    return _QUESTION.validate_python(fields)
