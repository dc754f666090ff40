"""The reference solution of a drill, to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from tui import markup
from tui.messages import SOLUTION, join
from tui.screens.page import Page
from tui.widgets.document import Document

if TYPE_CHECKING:
    from drills.catalog import Drill


class SolutionScreen(Page):
    """Shown after a pass, or after giving up."""

    HEADING = SOLUTION

    def __init__(self, drill: Drill) -> None:
        super().__init__()
        self.drill = drill

    def body(self) -> ComposeResult:
        with VerticalScroll(classes="body"):
            yield Document(lambda _: (markup.Code(self.drill.solution, "python", ground=""),))

    def on_mount(self) -> None:
        self.title_bar.show(title=join(" · ", SOLUTION, self.drill.title))
