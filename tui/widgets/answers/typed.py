"""Typing: a number, the gaps of a text, the output of a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from quizbank.models import BLANK, Cloze, Numeric, Snippet
from tui import markup
from tui.messages import (
    FILL_GAPS,
    GAP,
    NUMBER_HINT,
    OUTPUT_HINT,
    TYPE_NUMBER,
    WHAT_PRINTS,
    Language,
    same,
)
from tui.widgets.answers.base import AnswerBox, Incomplete, verdicts
from tui.widgets.document import Document
from tui.widgets.fields import Field, Notes

if TYPE_CHECKING:
    from quizbank.answering import Feedback
    from quizbank.asking import Asked


class NumericBox(AnswerBox):
    """A number, with its unit beside."""

    instruction = TYPE_NUMBER
    marks_itself = False

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        assert isinstance(asked.question, Numeric)
        self.unit = asked.question.unit

    def compose(self) -> ComposeResult:
        with Horizontal(classes="field-row"):
            yield Field(NUMBER_HINT)
            if self.unit:
                yield Document(same(self.unit), inline=True, classes="unit")

    @property
    def field(self) -> Field:
        return self.query_one(Field)

    def answer(self) -> Any:
        if not self.field.value.strip():
            raise Incomplete(TYPE_NUMBER)
        return self.field.value

    def state(self) -> str | None:
        return self.field.value or None

    def restore(self, state: Any) -> None:
        self.field.value = str(state)

    @property
    def first(self) -> Widget:
        return self.field

    def show(self, feedback: Feedback) -> None:
        self.field.disabled = True

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Submitted())


class ClozeBox(AnswerBox):
    """The text with its gaps numbered in place, and a field for each number."""

    instruction = FILL_GAPS
    marks_itself = False

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        assert isinstance(asked.question, Cloze)
        self.question = asked.question
        # By name: the two languages may have the gaps in different places.
        self.names = list(asked.question.blanks)

    def compose(self) -> ComposeResult:
        yield Document(self._text, classes="passage")
        for number, _ in enumerate(self.names, 1):
            with Horizontal(classes="field-row"):
                yield Document(same(f"({number})"), inline=True, classes="gap-number")
                yield Field(GAP.format(number=number), id=f"gap-{number}")

    def _text(self, language: Language) -> tuple[markup.Block, ...]:
        numbered = BLANK.sub(lambda gap: f"⟦{self.names.index(gap[1]) + 1}⟧", self.question.text[language])
        return tuple(
            markup.Paragraph(
                part.content.highlight_regex(r"⟦\d+⟧", style="bold $text-accent"), part.marker, part.gap
            )
            if isinstance(part, markup.Paragraph)
            else part
            for part in markup.blocks(numbered, markup.SHORT_LINE)
        )

    @property
    def fields(self) -> list[Field]:
        return list(self.query(Field))

    def answer(self) -> Any:
        for field in self.fields:
            if not field.value.strip():
                field.focus()
                raise Incomplete(FILL_GAPS)
        return self.state()

    def state(self) -> dict[str, str] | None:
        typed = {name: field.value for name, field in zip(self.names, self.fields, strict=True)}
        return typed if any(typed.values()) else None

    def restore(self, state: Any) -> None:
        for name, field in zip(self.names, self.fields, strict=True):
            field.value = str(state.get(name, ""))

    @property
    def first(self) -> Widget:
        empty = [field for field in self.fields if not field.value]
        return (empty or self.fields)[0]

    def advance(self, *, by_enter: bool) -> bool:
        """Enter goes to the next gap, and hands in from the last one."""
        if not by_enter:
            return True
        fields = self.fields
        focused = next((index for index, field in enumerate(fields) if field.has_focus), None)
        if focused is not None and focused + 1 < len(fields) and not fields[focused + 1].value:
            fields[focused + 1].focus()
            return False
        return True

    def show(self, feedback: Feedback) -> None:
        rights = verdicts(feedback, len(self.fields))
        for field, right, row in zip(
            self.fields, rights, self.query(".gap-number").results(Document), strict=True
        ):
            field.disabled = True
            sign = ("✓", "$text-success") if right else ("✗", "$text-error")
            number = field.id.removeprefix("gap-") if field.id else ""
            marked = Content.assemble(f"({number}) ", sign)
            row.update(lambda _, marked=marked: (markup.Paragraph(marked),))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Submitted())


class SnippetBox(AnswerBox):
    """A program, and a field for what it prints."""

    instruction = WHAT_PRINTS
    marks_itself = False

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        assert isinstance(asked.question, Snippet)
        self.code = asked.question.code

    def compose(self) -> ComposeResult:
        yield Document(lambda _: (markup.Code(self.code, "python"),), classes="passage")
        yield Notes(OUTPUT_HINT)

    @property
    def field(self) -> Notes:
        return self.query_one(Notes)

    def answer(self) -> Any:
        if not self.field.text.strip():
            raise Incomplete(WHAT_PRINTS)
        return self.field.text

    def state(self) -> str | None:
        return self.field.text or None

    def restore(self, state: Any) -> None:
        self.field.text = str(state)
        self.field.move_cursor(self.field.document.end)

    @property
    def first(self) -> Widget:
        return self.field

    def show(self, feedback: Feedback) -> None:
        self.field.read_only = True
        self.field.can_focus = False
