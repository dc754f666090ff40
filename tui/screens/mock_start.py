"""How a mock interview begins: an unfinished one is offered first, else its length and role are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll

from quizbank.errors import RecordError
from tui import mock_saved
from tui.commands import bindings
from tui.messages import LOADING, ROLE_NAMES, Phrase
from tui.messages import MINUTES as LASTING
from tui.mock_messages import (
    DISCARD,
    DISCARD_ASK,
    GO_ON,
    MOCK,
    MOCK_BEGIN,
    MOCK_CHOOSE,
    MOCK_EMPTY,
    MOCK_LENGTH,
    MOCK_ROLE,
    NOT_READ_NOW,
    OFFER_KEYS,
    UNREADABLE,
)
from tui.mock_offer import earlier, unfinished
from tui.mock_session import MockRun, interviews
from tui.screens.dialog import Dialog
from tui.screens.page import Page
from tui.widgets.document import Document
from tui.widgets.rows import ChoiceList, Row, RowList
from tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from tui.mock_resuming import Found

MINUTES = (30, 45, 60)
ROLES = (None, "research", "applied", "infra")

Stage = Literal["offering", "choosing", "loading", "asking", "ticking", "report"]


class MockStart(Page):
    """The page up to the first question; `start` goes on from there."""

    HEADING = MOCK
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("mock")]
    DEFAULT_CSS = """
    MockStart #offer { margin-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.stage: Stage = "loading"
        self.run: MockRun | None = None

    def start(self, run: MockRun) -> None:
        """Ask its step; the clock runs."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        yield VerticalScroll(id="mock", classes="body")
        yield StatusLine()

    @property
    def page(self) -> VerticalScroll:
        return self.query_one("#mock", VerticalScroll)

    @property
    def line(self) -> StatusLine:
        return self.query_one(StatusLine)

    def _enter(self, stage: Stage) -> None:
        self.stage = stage
        self.refresh_bindings()

    async def on_mount(self) -> None:
        try:
            text = mock_saved.stored(self.services.record)
        except RecordError as error:
            self.line.say(error, "warning")
            return
        if text is None:
            await self._choose()
            return
        self.line.say(LOADING)
        services, kept = self.services, text

        def take_up() -> Found:
            import tui.widgets.answers  # noqa: F401
            from tui.mock_resuming import take_up

            return take_up(services, kept)

        self.in_background(take_up, self._taken_up, self._not_taken_up)

    def _taken_up(self, found: Found) -> None:
        from tui.mock_resuming import settle

        try:
            settle(self.services.record, found)
        except RecordError as error:
            self.line.say(error, "warning")
            return
        if found.run is not None:
            self.call_next(self._offer, found, found.run)
        else:
            self.call_next(self._choose, found.aside and UNREADABLE.format(path=str(found.aside)))

    def _not_taken_up(self, error: Exception) -> None:
        """What was kept stays where it is, and no other interview is begun over it."""
        self.preptrain.report(error)
        self.line.say(NOT_READ_NOW, "warning")

    async def _offer(self, found: Found, run: MockRun) -> None:
        self.run = run
        await self.page.mount(
            Document(unfinished(found, run)),
            ChoiceList([Row(GO_ON), Row(DISCARD)], several=False, id="offer"),
        )
        self.query_one("#offer", ChoiceList).choose([0])
        self.query_one("#offer").focus()
        self._enter("offering")
        self.line.say(OFFER_KEYS)

    def _offered(self) -> None:
        if self.query_one("#offer", ChoiceList).chosen == {1}:
            self.app.push_screen(Dialog(DISCARD_ASK), self._discard)
        elif self.run is not None:
            self._enter("loading")
            self.run.go_on()
            self.start(self.run)

    async def _discard(self, sure: bool | None) -> None:
        if not sure:
            return
        try:
            mock_saved.forget(self.services.record)
        except RecordError as error:
            self.preptrain.report(error)
            return
        self.run = None
        await self._choose()

    async def _choose(self, notice: Phrase | None = None) -> None:
        others = interviews(self.services.record)
        await self.page.remove_children()
        await self.page.mount(
            Document(MOCK_CHOOSE),
            Document(MOCK_LENGTH, classes="label"),
            ChoiceList(
                [Row(LASTING.format(minutes=minutes)) for minutes in MINUTES], several=False, id="minutes"
            ),
            Document(MOCK_ROLE, classes="label"),
            ChoiceList([Row(ROLE_NAMES[role]) for role in ROLES], several=False, id="role"),
            Document(lambda language: earlier(others, language), id="earlier"),
        )
        self.query_one("#minutes", ChoiceList).choose([1])
        self.query_one("#role", ChoiceList).choose([0])
        self.query_one("#minutes").focus()
        self._enter("choosing")
        self.line.say(notice or MOCK_BEGIN, "warning" if notice else "quiet")

    # --- a new one

    @on(RowList.Entered)
    def _chosen(self, event: RowList.Entered) -> None:
        if self.stage == "offering":
            event.stop()
            self._offered()
        elif self.stage == "choosing":
            event.stop()
            self.begin()

    def begin(self) -> None:
        """Plan the interview for what is chosen, and ask its first question."""
        (minutes,) = self.query_one("#minutes", ChoiceList).chosen or {1}
        (role,) = self.query_one("#role", ChoiceList).chosen or {0}
        self._enter("loading")
        self.line.say(LOADING)
        services = self.services

        def plan() -> MockRun:
            import quizbank.answering  # noqa: F401
            import tui.widgets.answers  # noqa: F401

            return MockRun.planned(services, minutes=MINUTES[minutes], role=ROLES[role])

        self.in_background(plan, self._planned)

    def _planned(self, run: MockRun) -> None:
        if not run.steps:
            self._enter("choosing")
            self.line.say(MOCK_EMPTY, "warning")
            return
        self.start(run)
