"""The reference solution of a drill, to read alone or beside one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll

from tui import markup
from tui.commands import bindings
from tui.diff_text import Difference
from tui.messages import SOLUTION, YOURS, Language, join
from tui.screens.page import Page
from tui.widgets.document import Document

if TYPE_CHECKING:
    from drills.catalog import Drill


class SolutionScreen(Page):
    """Shown after a pass, or after giving up."""

    HEADING = SOLUTION
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("solution")]

    def __init__(self, drill: Drill, own: str) -> None:
        super().__init__()
        self.drill = drill
        self.own = own
        self.compares = False

    def body(self) -> ComposeResult:
        with VerticalScroll(classes="body"):
            yield Document(self._text, id="solution")

    def on_mount(self) -> None:
        self.title_bar.show(title=join(" · ", SOLUTION, self.drill.title))

    def _text(self, language: Language) -> tuple[markup.Block, ...]:
        if self.compares:
            return (Difference(self.own, self.drill.solution, (YOURS, SOLUTION), language),)
        return (markup.Code(self.drill.solution, "python", ground=""),)

    def action_compare(self) -> None:
        """One's own beside it, or the solution alone again."""
        self.compares = not self.compares
        self.query_one("#solution", Document).language_changed()
