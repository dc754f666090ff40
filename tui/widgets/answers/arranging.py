"""Arranging: rows put in order, and left sides given their right sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget

from quizbank.models import Match, Order, Text
from tui import markup
from tui.messages import BELONGS, IT_IS, MATCH_ALL, PUT_IN_ORDER, Language
from tui.text_layout import clean, join_lines
from tui.widgets.answers.base import AnswerBox, Incomplete, verdicts
from tui.widgets.document import Document
from tui.widgets.rows import MatchList, OrderList, Row, letter_name

if TYPE_CHECKING:
    from quizbank.answering import Feedback
    from quizbank.asking import Asked


class OrderBox(AnswerBox):
    """Rows moved into their order."""

    instruction = PUT_IN_ORDER

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        assert isinstance(asked.question, Order)
        self.items = [asked.question.items[index] for index in asked.order]

    def compose(self) -> ComposeResult:
        yield OrderList([Row(item) for item in self.items])

    @property
    def listed(self) -> OrderList:
        return self.query_one(OrderList)

    def answer(self) -> Any:
        return [self.asked.order[origin] for origin in self.listed.arrangement]

    def state(self) -> list[int] | None:
        arranged: list[int] = self.answer()
        return None if arranged == self.asked.order else arranged

    def restore(self, state: Any) -> None:
        self.listed.put_in_order([self.asked.order.index(index) for index in state])

    @property
    def first(self) -> Widget:
        return self.listed

    def show(self, feedback: Feedback) -> None:
        rows = self.listed.rows
        for row, right, index in zip(rows, verdicts(feedback, len(rows)), self.answer(), strict=True):
            row.sign = "✓" if right else "✗"
            row.note = None if right else BELONGS.format(place=index + 1)
        self.listed.freeze()


class MatchBox(AnswerBox):
    """A letter for every number; the lettered right sides stand below."""

    instruction = MATCH_ALL

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        assert isinstance(asked.question, Match)
        self.question = asked.question
        self.rights: list[Text] = [asked.question.rights[index] for index in asked.order]

    def compose(self) -> ComposeResult:
        yield MatchList([Row(pair.left) for pair in self.question.pairs], len(self.rights))
        yield Document(self._lettered, classes="label")

    def _lettered(self, language: Language) -> tuple[markup.Block, ...]:
        return tuple(
            _Lettered(index, markup.inline(join_lines(clean(right[language]))))
            for index, right in enumerate(self.rights)
        )

    @property
    def listed(self) -> MatchList:
        return self.query_one(MatchList)

    def answer(self) -> Any:
        if any(letter is None for letter in self.listed.given):
            raise Incomplete(MATCH_ALL)
        return self.state()

    def state(self) -> list[int | None] | None:
        given = [None if letter is None else self.asked.order[letter] for letter in self.listed.given]
        return None if all(one is None for one in given) else given

    def restore(self, state: Any) -> None:
        self.listed.give([None if index is None else self.asked.order.index(index) for index in state])

    @property
    def first(self) -> Widget:
        return self.listed

    def show(self, feedback: Feedback) -> None:
        rows = self.listed.rows
        for row, right, pair in zip(rows, verdicts(feedback, len(rows)), self.question.pairs, strict=True):
            row.sign = "✓" if right else "✗"
            row.note = None if right else IT_IS.format(answer=pair.right)
        self.listed.freeze()


class _Lettered:
    """A right side behind its letter."""

    gap = False

    def __init__(self, index: int, content: Content) -> None:
        self.lead = Content.assemble("    ", (letter_name(index), "bold $text-accent"), "  ")
        self.content = content

    def lines(self, width: int) -> list[Content]:
        indent = self.lead.cell_length
        wrapped = markup.wrap(self.content, max(width - indent, 6))
        return [
            Content.assemble(self.lead if index == 0 else " " * indent, line)
            for index, line in enumerate(wrapped)
        ]
