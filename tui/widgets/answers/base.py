"""What every kind of answer has in common: given, kept as a draft, restored, and marked after grading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui.messages import EMPTY_ANSWER, Phrase
from tui.widgets.rows import RowList

if TYPE_CHECKING:
    from quizbank.answering import Feedback
    from quizbank.asking import Asked


MISFIT = (ValueError, TypeError, KeyError, IndexError, AttributeError)
"""What a widget raises for a state that is not its own, of another version of the app or of the question say."""


class Incomplete(Exception):
    """There is no answer to grade yet; says what is missing."""

    def __init__(self, phrase: Phrase = EMPTY_ANSWER) -> None:
        super().__init__(phrase.en)
        self.phrase = phrase


def verdicts(feedback: Feedback, count: int) -> list[bool]:
    """Whether each of `count` parts was right; for "I do not know", which has no parts, none was."""
    found = [part.ok for part in feedback.parts]
    return found if len(found) == count else [False] * count


class AnswerBox(Vertical):
    """The part of the quiz page in which one kind of question is answered."""

    DEFAULT_CSS = """
    AnswerBox { height: auto; }
    """

    class Changed(Message):
        """Something was typed or chosen: the draft wants keeping."""

        def __init__(self, box: AnswerBox) -> None:
            super().__init__()
            self.box = box

    class Submitted(Message):
        """The learner hands in by the widget's own key."""

    instruction: Phrase
    marks_itself = True
    """Whether right and wrong can be read from the widget, so that the details need no list of their own."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.asked = asked

    def answer(self) -> Any:
        """The answer as `quizbank.answering.grade` takes it; raises Incomplete."""
        raise NotImplementedError

    def state(self) -> Any:
        """What a draft keeps; None while nothing has been done."""
        raise NotImplementedError

    def restore(self, state: Any) -> None:
        """Take up a draft; raises one of MISFIT for one that does not fit."""
        raise NotImplementedError

    def take_up(self, state: Any) -> bool:
        """Take up a draft; False where there is none, or it does not fit."""
        if state is None:
            return False
        try:
            self.restore(state)
        except MISFIT:
            return False
        return True

    @property
    def first(self) -> Widget:
        """Where the answer starts."""
        raise NotImplementedError

    def begin(self, *, in_view: bool = False) -> None:
        """Give the focus to where the answer starts, and bring a field that is typed into in view; rows can wait until
        the question above them is read. `in_view` is whether it is seen for sure: to find out, Textual lays the page
        out once more."""
        self.first.focus(scroll_visible=not in_view and not isinstance(self.first, RowList))

    def show(self, feedback: Feedback) -> None:
        """Take no more input and show what was right and wrong."""
        raise NotImplementedError

    def advance(self, *, by_enter: bool) -> bool:
        """Go on to the next stage of answering; True when there is none and grading may begin.

        `by_enter` is the widget's own key, which may only mean this field and not the whole answer.
        """
        return True

    @on(RowList.Changed)
    @on(Input.Changed)
    @on(TextArea.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Changed(self))

    @on(RowList.Entered)
    def _entered(self, event: RowList.Entered) -> None:
        event.stop()
        self.post_message(self.Submitted())
