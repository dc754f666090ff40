"""What a step of a mock interview is answered in: its widgets, what stands in them, and how that is put back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from textual.widget import Widget
from textual.widgets import TextArea

from tui import markup
from tui.messages import IN_WORDS, RECALL_HINT
from tui.widgets.answers.base import MISFIT, AnswerBox, Incomplete
from tui.widgets.code_editor import CodeEditor
from tui.widgets.document import Document
from tui.widgets.fields import Notes
from tui.widgets.rows import ChoiceList, Row

if TYPE_CHECKING:
    from quizbank.interviews import Step
    from quizbank.models import Text
    from tui.mock_session import MockRun


def question_and_field(run: MockRun, step: Step) -> tuple[Document, Widget]:
    """What is asked, and what it is answered in."""
    from tui.widgets.answers import answer_box

    if step.kind == "quick":
        asked = run.asked(step)
        return Document(asked.stem, short=markup.SHORT_LINE, id="stem"), answer_box(asked)
    if step.kind == "drill":
        drill = run.drill(step)
        editor = CodeEditor(id="code")
        editor.load_text(drill.starter)
        return Document(lambda language: markup.blocks(drill.prompt(language)), id="stem"), editor
    return Document(words_asked(run, step), short=markup.SHORT_LINE, id="stem"), Notes(RECALL_HINT)


def words_asked(run: MockRun, step: Step) -> Text:
    """The question of a step that is answered in words."""
    return run.asked(step).stem if step.kind == "deep" else run.follow_up(step).ask


def points(run: MockRun, index: int) -> ChoiceList:
    """What a strong answer to the step has, to be ticked."""
    return ChoiceList([Row(point) for point in run.points(index)], several=True)


def begin(field: Widget) -> None:
    """Give the focus to where the answer starts."""
    if isinstance(field, AnswerBox):
        field.begin()
    else:
        field.focus(scroll_visible=False)


def answer(field: Widget) -> str:
    """The text of a field in which one types freely; raises Incomplete."""
    if not isinstance(field, TextArea) or not field.text.strip():
        raise Incomplete(IN_WORDS)
    return field.text


def state(field: Widget, run: MockRun) -> Any:
    """What is worth keeping of it; None while nothing has been done."""
    if isinstance(field, AnswerBox):
        return field.state()
    if isinstance(field, ChoiceList):
        return sorted(field.chosen) or None
    if isinstance(field, TextArea):
        step = run.step
        untouched = run.drill(step).starter if step is not None and step.kind == "drill" else ""
        return None if field.text == untouched else field.text
    return None


def restore(field: Widget, kept: Any) -> bool:
    """Put back what `state` gave; False where there is nothing, or it does not fit."""
    if isinstance(field, AnswerBox):
        return field.take_up(kept)
    if kept is None:
        return False
    try:
        if isinstance(field, ChoiceList):
            field.choose(kept)
        elif isinstance(field, TextArea):
            field.load_text(kept)
            field.move_cursor(field.document.end)
    except MISFIT:
        return False
    return True


def field_of(widgets: Iterable[Widget]) -> Widget | None:
    """The one that is answered in, among those on the page."""
    return next((one for one in widgets if isinstance(one, AnswerBox | TextArea | ChoiceList)), None)
