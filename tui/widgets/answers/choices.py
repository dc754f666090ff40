"""Choosing: one option, several, or the wrong segment and its correction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.widget import Widget

from quizbank.models import FindError, Multiple, Option, Single
from tui.messages import (
    CHOOSE_ALL,
    CHOOSE_ONE,
    FOUND_IT,
    MISSED,
    MISTAKE_HERE,
    NO_MISTAKE,
    PICK_CORRECTION,
    PICK_WRONG,
    RIGHT_CHOICE,
    RIGHT_ONE,
    WRONG_CHOICE,
    Bilingual,
    join,
)
from tui.widgets.answers.base import AnswerBox, Incomplete
from tui.widgets.document import Document
from tui.widgets.rows import ChoiceList, Row

if TYPE_CHECKING:
    from quizbank.answering import Feedback
    from quizbank.asking import Asked


def mark_options(listed: ChoiceList, options: Sequence[Option], *, several: bool = False) -> None:
    """Signs and notes for options in the order shown."""
    for place, (row, option) in enumerate(zip(listed.rows, options, strict=True)):
        chosen = place in listed.chosen
        said: list[Bilingual] = []
        if option.correct:
            row.sign = "✓"
            said = [RIGHT_CHOICE if chosen else MISSED if several else RIGHT_ONE]
        elif chosen:
            row.sign = "✗"
            said = [WRONG_CHOICE]
        if option.feedback is not None:
            said.append(option.feedback)
        row.note = join(" ", *said) if said else None
    listed.freeze()


class ChoiceBox(AnswerBox):
    """Single and multiple choice."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        assert isinstance(asked.question, Single | Multiple)
        self.options = [asked.question.options[index] for index in asked.order]
        self.several = isinstance(asked.question, Multiple)
        self.instruction = CHOOSE_ALL if self.several else CHOOSE_ONE

    def compose(self) -> ComposeResult:
        yield ChoiceList([Row(option.text) for option in self.options], several=self.several)

    @property
    def listed(self) -> ChoiceList:
        return self.query_one(ChoiceList)

    def answer(self) -> Any:
        chosen = self.state()
        if chosen is None:
            raise Incomplete(self.instruction)
        return chosen if self.several else chosen[0]

    def state(self) -> list[int] | None:
        return [self.asked.order[place] for place in sorted(self.listed.chosen)] or None

    def restore(self, state: Any) -> None:
        self.listed.choose([self.asked.order.index(index) for index in state])

    @property
    def first(self) -> Widget:
        return self.listed

    def show(self, feedback: Feedback) -> None:
        mark_options(self.listed, self.options, several=self.several)


class FindErrorBox(AnswerBox):
    """The wrong segment first; then, among corrections that stay hidden until then, what is right."""

    instruction = PICK_WRONG

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        assert isinstance(asked.question, FindError)
        self.question = asked.question
        self.corrections = [asked.question.corrections[index] for index in asked.order]

    def compose(self) -> ComposeResult:
        rows = [Row(segment, code=self.question.code) for segment in self.question.segments]
        yield ChoiceList(rows, several=False, id="segments")
        yield Document(PICK_CORRECTION, classes="label")
        yield ChoiceList([Row(option.text) for option in self.corrections], several=False, id="corrections")

    def on_mount(self) -> None:
        self._reveal(False)

    @property
    def segments(self) -> ChoiceList:
        return self.query_one("#segments", ChoiceList)

    @property
    def listed(self) -> ChoiceList:
        return self.query_one("#corrections", ChoiceList)

    def _reveal(self, shown: bool) -> None:
        self.query_one(".label", Document).display = shown
        self.listed.display = shown

    def answer(self) -> Any:
        if not self.segments.chosen:
            raise Incomplete(PICK_WRONG)
        if not self.listed.chosen:
            self._to_corrections()
            raise Incomplete(PICK_CORRECTION)
        return {"segment": min(self.segments.chosen), "correction": self.asked.order[min(self.listed.chosen)]}

    def state(self) -> dict[str, int] | None:
        state = {}
        if self.segments.chosen:
            state["segment"] = min(self.segments.chosen)
        if self.listed.chosen:
            state["correction"] = self.asked.order[min(self.listed.chosen)]
        return state or None

    def restore(self, state: Any) -> None:
        if "segment" in state:
            self.segments.choose([state["segment"]])
            self._reveal(True)
        if "correction" in state:
            self.listed.choose([self.asked.order.index(state["correction"])])

    @property
    def first(self) -> Widget:
        return self.listed if self.segments.chosen else self.segments

    def advance(self, *, by_enter: bool) -> bool:
        if self.segments.has_focus and self.segments.chosen and not self.listed.chosen:
            self._to_corrections()
            self.instruction = PICK_CORRECTION
            return False
        return True

    def _to_corrections(self) -> None:
        self._reveal(True)
        self.listed.focus()
        self.listed.scroll_visible(animate=False)

    def show(self, feedback: Feedback) -> None:
        for place, row in enumerate(self.segments.rows):
            chosen = place in self.segments.chosen
            if place == self.question.error:
                row.sign, row.note = "✓", (FOUND_IT if chosen else MISTAKE_HERE)
            elif chosen:
                row.sign, row.note = "✗", NO_MISTAKE
        self.segments.freeze()
        self._reveal(True)
        mark_options(self.listed, self.corrections)
