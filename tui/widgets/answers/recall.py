"""Answering in words, then ticking what the answer had in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.widget import Widget

from quizbank.models import Recall
from tui.messages import IN_WORDS, KEY_POINTS, RECALL_HINT, TICK_POINTS, WEIGHT, Bilingual, Phrase
from tui.widgets.answers.base import AnswerBox, Incomplete, verdicts
from tui.widgets.document import Document
from tui.widgets.fields import Notes
from tui.widgets.rows import ChoiceList, Row

if TYPE_CHECKING:
    from quizbank.answering import Feedback
    from quizbank.asking import Asked


class RecallBox(AnswerBox):
    """First the text; the rubric shows only after it, so that it cannot be copied."""

    instruction = IN_WORDS

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        assert isinstance(asked.question, Recall)
        self.rubric = asked.question.rubric
        self.ticking = False

    def compose(self) -> ComposeResult:
        yield Notes(RECALL_HINT)
        yield Document(KEY_POINTS, classes="label")
        yield ChoiceList([Row(_weighed(point.point, point.weight)) for point in self.rubric], several=True)

    def on_mount(self) -> None:
        self._reveal(self.ticking)

    @property
    def field(self) -> Notes:
        return self.query_one(Notes)

    @property
    def listed(self) -> ChoiceList:
        return self.query_one(ChoiceList)

    def _reveal(self, shown: bool) -> None:
        self.ticking = shown
        self.query_one(".label", Document).display = shown
        self.listed.display = shown
        self.field.read_only = shown

    def answer(self) -> Any:
        if not self.field.text.strip():
            raise Incomplete(IN_WORDS)
        return {"text": self.field.text, "ticked": sorted(self.listed.chosen)}

    def state(self) -> dict[str, Any] | None:
        if not self.field.text:
            return None
        return {"text": self.field.text, "ticked": sorted(self.listed.chosen), "ticking": self.ticking}

    def restore(self, state: Any) -> None:
        self.field.text = str(state["text"])
        self.field.move_cursor(self.field.document.end)
        self.listed.choose([int(index) for index in state["ticked"]])
        self._reveal(bool(state["ticking"]))

    @property
    def first(self) -> Widget:
        return self.listed if self.ticking else self.field

    def advance(self, *, by_enter: bool) -> bool:
        if self.ticking:
            return True
        if not self.field.text.strip():
            raise Incomplete(IN_WORDS)
        self._reveal(True)
        self.instruction = TICK_POINTS
        self.listed.focus()
        self.call_after_refresh(self.listed.scroll_visible, animate=False)
        return False

    def show(self, feedback: Feedback) -> None:
        self._reveal(True)
        rows = self.listed.rows
        for row, right in zip(rows, verdicts(feedback, len(rows)), strict=True):
            row.sign = "✓" if right else "✗"
        self.listed.freeze()
        self.field.can_focus = False


def _weighed(point: Bilingual, weight: int) -> Phrase:
    """A key point that counts for more says so."""
    if weight == 1:
        return Phrase(point["en"], point["zh"])
    said = WEIGHT.format(weight=weight)
    return Phrase(f"{point['en']} ({said.en})", f"{point['zh']}（{said.zh}）")
