"""What all pages share: the frame around the body, errors as notices, and work in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen

from tui.commands import bindings
from tui.messages import Bilingual, Language
from tui.services import Services
from tui.widgets.frame import SMALLEST, KeyHints, TitleBar, TooSmall

if TYPE_CHECKING:
    from tui.app import PreptrainApp

T = TypeVar("T")


class Page(Screen[None]):
    """A screen with a title line, a body and key hints."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("page")]
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 (an instance attribute in Textual)
        (0, "-tiny"),
        (SMALLEST[0], "-narrow"),
        (100, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-flat"),
        (SMALLEST[1], "-short"),
        (20, "-tall"),
    ]
    HEADING: ClassVar[Bilingual]

    def compose(self) -> ComposeResult:
        yield TitleBar(self.HEADING)
        yield from self.body()
        yield KeyHints()
        yield TooSmall()

    def body(self) -> ComposeResult:
        raise NotImplementedError

    @property
    def preptrain(self) -> PreptrainApp:
        return cast("PreptrainApp", self.app)

    @property
    def services(self) -> Services:
        return self.preptrain.services

    @property
    def language(self) -> Language:
        return self.preptrain.language

    @property
    def title_bar(self) -> TitleBar:
        return self.query_one(TitleBar)

    def language_changed(self) -> None:
        """Called after the language was switched, before the widgets are told."""

    def action_back(self) -> None:
        self.leave()
        self.app.pop_screen()

    def _scrolled(self) -> VerticalScroll | None:
        """The body that can be scrolled."""
        bodies = self.query(VerticalScroll)
        return next((body for body in bodies if body.display and body.max_scroll_y > 0), None)

    def action_scroll_lines(self, lines: int) -> None:
        if (body := self._scrolled()) is not None:
            body.scroll_relative(y=lines, animate=False)

    def action_scroll_to_top(self) -> None:
        if (body := self._scrolled()) is not None:
            body.scroll_home(animate=False)

    def action_scroll_to_bottom(self) -> None:
        if (body := self._scrolled()) is not None:
            body.scroll_end(animate=False)

    def leave(self) -> None:
        """Keep what is half written; called before the page goes, and when the app does."""

    def in_background(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run `work` in a thread, then `done` here with what it returned; an error becomes a notice."""

        async def follow() -> None:
            try:
                result = await asyncio.to_thread(work)
                if self.is_attached:
                    done(result)
            except Exception as error:
                (failed or self.preptrain.report)(error)

        self.run_worker(follow(), exit_on_error=False)
