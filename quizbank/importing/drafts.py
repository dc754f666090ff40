"""What an importer reads: drafts of questions, and remarks on what a file holds that a pack cannot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from quizbank.errors import PlainError
from quizbank.models import Question, Text


class ImportFailed(PlainError):
    """The file cannot be read as what it is said to be; nothing was written."""


@dataclass
class Draft:
    """One question as far as the file gives it: fields as YAML has them, or the whole question."""

    where: str
    fields: dict[str, Any] = field(default_factory=dict)
    track: str | None = None
    question: Question | None = None
    remarks: list[Text] = field(default_factory=list)
    refused: Text | None = None

    def remark(self, en: str, zh: str) -> None:
        said = Text(en=en, zh=zh)
        if said not in self.remarks:
            self.remarks.append(said)

    def refuse(self, en: str, zh: str) -> Draft:
        """No question of ours can hold this; why."""
        self.refused = Text(en=en, zh=zh)
        return self


def typed(stem: Any, accepted: list[str]) -> dict[str, Any]:
    """A question whose answer is typed: one gap."""
    return {"kind": "cloze", "stem": stem, "text": "<<answer>>", "blanks": {"answer": {"accept": accepted}}}


def both(en: dict[str, Any], zh: dict[str, Any]) -> dict[str, Any]:
    """One question of its two languages; raises ValueError where they are not built alike."""
    merged: dict[str, Any] = _merged(en, zh)
    return merged


def _merged(en: Any, zh: Any) -> Any:
    if en == zh:
        return en
    if isinstance(en, str) and isinstance(zh, str):
        return {"en": en, "zh": zh}
    if isinstance(en, dict) and isinstance(zh, dict) and en.keys() == zh.keys():
        return {key: _merged(en[key], zh[key]) for key in en}
    if isinstance(en, list) and isinstance(zh, list) and len(en) == len(zh):
        return [_merged(one, other) for one, other in zip(en, zh, strict=True)]
    raise ValueError("the two languages differ in more than their texts")
