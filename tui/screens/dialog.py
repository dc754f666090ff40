"""A question that wants a yes or a no before something is done."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.commands import bindings
from tui.messages import Bilingual
from tui.widgets.document import Document
from tui.widgets.frame import KeyHints


class Dialog(ModalScreen[bool]):
    """Asks; the answer is what the screen returns."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog")]
    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > Vertical {
        width: 64; max-width: 90%; height: auto; padding: 1 3; background: $panel;
    }
    """

    def __init__(self, question: Bilingual) -> None:
        super().__init__()
        self.question = question

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Document(self.question, inline=True)
        yield KeyHints()

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)
