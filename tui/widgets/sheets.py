"""Two sheets for questions: the one before the learner, and the next one, out of sight but laid out and drawn.

To make the widgets of a question, style, lay out and draw them takes most of the time from the key to the question.
All of it can be done while the learner is busy with the question before; `turn` only changes places.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.geometry import Offset, Region, Size
from textual.widget import Widget

from tui.markup import SHORT_LINE
from tui.widgets.answers.base import AnswerBox
from tui.widgets.document import Document

if TYPE_CHECKING:
    from quizbank.asking import Asked

ASIDE = Offset(10_000, 0)
"""Beyond the edge of any screen."""


class Sheet(VerticalScroll):
    """A question with its answer, or whatever else stands on the page."""

    def __init__(self, classes: str) -> None:
        super().__init__(classes=classes)
        self.in_front = False
        self.asked: Asked | None = None
        self.laid_out = False
        self.restored = False
        """Whether an answer begun earlier stands on it."""

    @property
    def box(self) -> AnswerBox | None:
        return next(iter(self.query(AnswerBox)), None)

    @property
    def fits(self) -> bool:
        """Whether it was laid out and is seen as a whole."""
        return self.laid_out and self.max_scroll_y == 0

    async def clear(self) -> None:
        self.asked = None
        self.laid_out = False
        await self.remove_children()
        self.scroll_home(animate=False)

    async def put(self, asked: Asked, draft: Any = None) -> None:
        """Put a question on the empty sheet, with the answer that was begun."""
        from tui.widgets.answers import answer_box

        box = answer_box(asked)
        await self.mount(Document(asked.stem, short=SHORT_LINE, classes="stem"), box)
        self.restored = box.take_up(draft)
        self.asked = asked

    def draw(self) -> None:
        """Draw all that stands on it, once laid out: the lines are kept, and so need not be drawn when it is shown."""
        for widget in self.walk_children(Widget):
            widget.render_lines(Region(0, 0, *widget.outer_size))

    def watch_has_focus(self, _has_focus: bool) -> None:
        """No style here asks for the focus; Textual would style all that stands on the sheet anew."""

    def allow_focus(self) -> bool:
        return self.in_front

    def allow_focus_children(self) -> bool:
        return self.in_front


class Sheets(Container):
    """A sheet in front and one behind it."""

    DEFAULT_CSS = """
    Sheets { height: 1fr; layers: one other; }
    """

    def __init__(self, *, id: str, classes: str) -> None:
        super().__init__(id=id)
        self._lock = asyncio.Lock()
        self.front, self.back = Sheet(classes), Sheet(classes)
        self.front.in_front = True
        self.front.styles.layer = "one"
        self.back.styles.layer = "other"
        self.back.styles.offset = ASIDE

    def compose(self) -> ComposeResult:
        yield self.front
        yield self.back

    async def show(self, asked: Asked, draft: Any) -> None:
        """Show a question, the one behind where that is it."""
        async with self._lock:
            if self.back.asked is asked:
                self.turn()
            else:
                await self.front.clear()
                await self.front.put(asked, draft)

    def turn(self) -> None:
        """Bring what is behind to the front."""
        self.front, self.back = self.back, self.front
        for sheet, offset in ((self.front, Offset(0, 0)), (self.back, ASIDE)):
            sheet.in_front = sheet is self.front
            sheet.styles.offset = offset

    async def prepare(self, asked: Asked | None, draft: Any) -> None:
        """Have a question ready behind, or nothing. It may be shown before it is laid out: nobody waits for that."""
        async with self._lock:
            sheet = self.back
            if asked is not None and sheet.asked is asked:
                return
            await sheet.clear()
            if asked is None:
                return
            await sheet.put(asked, draft)
        before: list[Size] = []
        while sheet.asked is asked:
            await self.wait_for_refresh()
            now = [widget.outer_size for widget in sheet.walk_children(Widget)]
            if now == before:  # for good: a scrollbar that comes or goes asks for a second time
                sheet.laid_out = any(now)
                sheet.draw()
                return
            before = now
