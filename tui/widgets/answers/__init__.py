"""One widget for each kind of question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.widgets.answers.arranging import MatchBox, OrderBox
from tui.widgets.answers.base import AnswerBox, Incomplete
from tui.widgets.answers.choices import ChoiceBox, FindErrorBox
from tui.widgets.answers.recall import RecallBox
from tui.widgets.answers.typed import ClozeBox, NumericBox, SnippetBox

if TYPE_CHECKING:
    from quizbank.asking import Asked

__all__ = ["BOXES", "AnswerBox", "Incomplete", "answer_box"]

BOXES: dict[str, type[AnswerBox]] = {
    "single": ChoiceBox,
    "multiple": ChoiceBox,
    "numeric": NumericBox,
    "cloze": ClozeBox,
    "order": OrderBox,
    "match": MatchBox,
    "recall": RecallBox,
    "snippet": SnippetBox,
    "find_error": FindErrorBox,
}


def answer_box(asked: Asked) -> AnswerBox:
    return BOXES[asked.question.kind](asked)
