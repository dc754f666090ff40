"""The quiz: question after question, each answer recorded before its feedback is painted."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.timer import Timer

from quizbank.errors import PlainError, RecordError
from tui import heap, markup
from tui.commands import bindings
from tui.feedback_text import Explained, verdict
from tui.messages import (
    ANSWER_NOT_SAVED,
    ANSWER_REDONE,
    ANSWER_UNDONE,
    CANNOT_START,
    DRAFT_RESTORED,
    DRILL_NOW_KEYS,
    LEFT,
    LOADING,
    NOT_SAVED,
    QUIZ,
    RATED,
    RETURNS,
    RETURNS_IN,
    RETURNS_TOMORROW,
    join,
    same,
)
from tui.quiz_session import QuizRun, Result, days_until, planned
from tui.quiz_text import farewell, offer, title_line
from tui.screens.page import Page
from tui.text_layout import clean
from tui.widgets.answers.base import AnswerBox, Incomplete
from tui.widgets.document import Document
from tui.widgets.sheets import Sheet, Sheets
from tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.containers import VerticalScroll

    from drills.catalog import Drill
    from quizbank.asking import Asked

DRAFT_AFTER = 0.4  # seconds without a key

Stage = Literal["loading", "asking", "graded", "drill", "over"]


class QuizScreen(Page):
    """Asks, takes the answer, explains."""

    HEADING = QUIZ
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("quiz")]

    def __init__(self, only: str | None = None) -> None:
        """`only` asks this one question, "q:<id>", instead of a planned sitting."""
        super().__init__()
        self.only = only
        self.stage: Stage = "loading"
        self.run: QuizRun | None = None
        self.confidence: int | None = None
        self.explained: Explained | None = None
        self._draft_timer: Timer | None = None
        self._left_for_drill = False
        self._unseen = False  # the question is not painted yet: the key was meant for the one before

    def body(self) -> ComposeResult:
        yield Sheets(id="quiz", classes="body")
        yield StatusLine()

    @property
    def sheets(self) -> Sheets:
        return self.query_one(Sheets)

    @property
    def page(self) -> Sheet:
        return self.sheets.front

    @property
    def line(self) -> StatusLine:
        return self.query_one(StatusLine)

    @property
    def box(self) -> AnswerBox | None:
        return self.page.box

    def on_mount(self) -> None:
        self.start()

    def start(self) -> None:
        """Plan a sitting and ask its first question."""
        self._enter("loading")
        self.line.say(LOADING)
        services, only = self.services, self.only
        self.in_background(lambda: planned(services, only), self._planned, self._cannot_start)

    def _planned(self, items: list[str]) -> None:
        heap.loaded("quiz")
        self.run = QuizRun(self.services, items)
        self.call_next(self.ask)

    def _cannot_start(self, error: Exception) -> None:
        """A bank or a record that cannot be read: every problem is listed, and the app goes on."""
        self.line.say(CANNOT_START, "warning")
        problems = Content(clean(str(error)))
        self.page.mount(Document(lambda _: (markup.Paragraph(problems),)))
        self.page.focus()

    def _enter(self, stage: Stage) -> None:
        self.stage = stage
        self.refresh_bindings()

    # --- asking

    async def ask(self) -> None:
        """Show the next question, or the end of the sitting."""
        assert self.run is not None
        self._enter("loading")  # a key pressed meanwhile does nothing
        try:
            asked = self.run.ask()
        except RecordError as error:
            self._enter("over")
            self.preptrain.report(error)
            return
        self.confidence = None
        self.explained = None
        with self.app.batch_update():  # one picture, not the old question's line under the new question
            if asked is not None:
                await self._put(asked)
                return
            await self.page.clear()
            if self.run.drill is not None:
                await self._offer(self.run.drill)
            else:
                await self._over()

    async def _put(self, asked: Asked) -> None:
        assert self.run is not None
        await self.sheets.show(asked, self.run.draft and self.run.draft.state)
        box = self.page.box
        assert box is not None
        title, status = title_line(asked, self.run, self.services.syllabus)
        self.title_bar.show(title=title, status=status)
        box.begin(in_view=self.page.fits)
        self._enter("asking")
        self.line.say(DRAFT_RESTORED if self.page.restored else box.instruction)
        self.line.ask_confidence(None)
        self._unseen = True
        self.call_after_refresh(self._prepare)

    def _prepare(self) -> None:
        """Have the next question ready, once this one is seen."""
        self._unseen = False
        if self.run is None or self.stage not in ("asking", "graded"):
            return
        with suppress(PlainError):  # told when its turn comes
            ahead = self.run.ahead(answered=self.stage == "graded")
            asked, draft = (ahead.asked, ahead.draft and ahead.draft.state) if ahead else (None, None)
            self.run_worker(self.sheets.prepare(asked, draft), exit_on_error=False)

    async def _offer(self, drill: Drill) -> None:
        """A drill among the questions: it is done at the workbench."""
        self._enter("drill")
        self.line.ask_confidence(None, ask=False)
        self.title_bar.show(title=join(" · ", QUIZ, drill.title), status=same("●" * drill.difficulty))
        await self.page.mount(Document(offer(drill)))
        self.line.say(DRILL_NOW_KEYS)
        self.page.focus()

    def on_screen_resume(self) -> None:
        if self.stage == "drill" and self._left_for_drill:
            self._left_for_drill = False
            self.call_next(self.ask)

    async def _over(self) -> None:
        assert self.run is not None
        self._enter("over")
        self.line.ask_confidence(None, ask=False)
        self.title_bar.show(title=QUIZ, status=same(""))
        text, said = farewell(self.run)
        await self.page.mount(Document(text))
        self.line.say(said)
        self.page.focus()

    # --- answering

    @on(AnswerBox.Changed)
    def _typed(self, event: AnswerBox.Changed) -> None:
        if self.stage != "asking" or self.run is None or event.box is not self.box:
            return
        if self.box is not None and self.box.state() is not None and self.run.can_redo:
            self.run.answer_anew()
            self.refresh_bindings()
        if self.line.tone == "warning" and self.box is not None:
            self.line.say(self.box.instruction)
        if self._draft_timer is not None:
            self._draft_timer.stop()
        self._draft_timer = self.set_timer(DRAFT_AFTER, self.keep_draft)

    def keep_draft(self) -> None:
        """Keep what stands in the widget, so that neither escape nor a crash loses it."""
        if self._draft_timer is not None:
            self._draft_timer.stop()
            self._draft_timer = None
        if self.stage == "asking" and self.run is not None and self.box is not None:
            try:
                self.run.keep(self.box.state())
            except RecordError as error:
                self.preptrain.report(error, NOT_SAVED)

    @on(AnswerBox.Submitted)
    async def _handed_in(self) -> None:
        await self._submit(by_enter=True)

    async def action_submit(self) -> None:
        await self._submit(by_enter=False)

    async def _submit(self, *, by_enter: bool) -> None:
        box = self.box
        if self.stage != "asking" or self._unseen or box is None:
            return
        try:
            if not box.advance(by_enter=by_enter):
                self.line.say(box.instruction)
                return
            answer = box.answer()
        except Incomplete as error:
            self.line.say(error.phrase, "warning")
            return
        await self._grade(answer)

    async def action_dont_know(self) -> None:
        await self._grade(None)

    async def _grade(self, answer: Any) -> None:
        from quizbank.answering import AnswerError

        if self.stage != "asking" or self._unseen or self.run is None or self.run.asked is None:
            return
        asked = self.run.asked
        self._enter("loading")  # Enter pressed twice is one answer
        try:
            result = self.run.submit(answer, self.confidence)
        except AnswerError as error:
            self._enter("asking")
            self.line.say(error, "warning")
            return
        except RecordError as error:
            self._enter("asking")
            self.line.say(ANSWER_NOT_SAVED.format(error=error), "warning")
            return
        if self._draft_timer is not None:
            self._draft_timer.stop()
        await self._explain(asked, result, answer)

    # --- feedback

    async def _explain(self, asked: Asked, result: Result, answer: Any) -> None:
        assert self.box is not None
        assert self.run is not None
        drills = [
            self.services.drills[drill] for drill in asked.question.drills if drill in self.services.drills
        ]
        unanswered = answer is None
        shows_parts = unanswered or not self.box.marks_itself
        self.explained = Explained(asked, result.feedback, drills, shows_parts, unanswered)
        days = days_until(result.card, self.services.now())
        text, tone = verdict(result.feedback, days, result.asked_again)
        with self.app.batch_update():
            self.box.show(result.feedback)
            await self.page.mount(Document(self.explained.blocks, id="explained"))
            self._enter("graded")
            self.line.ask_confidence(self.confidence, ask=False)
            self.line.say(text, tone)
            self.title_bar.show(status=LEFT.format(count=self.run.remaining))
            self.page.focus()
        self.call_after_refresh(self._prepare)

    async def action_next(self) -> None:
        if self.stage == "over" and self.only is not None:
            self.action_back()
        elif self.stage == "over":
            self.start()
        elif self.stage == "graded":
            await self.ask()
        elif self.stage == "drill" and self.run is not None and self.run.drill is not None:
            drill = self.run.drill
            self.run.skip()
            self._left_for_drill = True
            self.preptrain.open_drill(drill)

    def action_rate(self, rating: int) -> None:
        """Overrule the rating of the answer just graded."""
        if self.stage != "graded" or self.run is None:
            return
        try:
            card = self.run.rerate(rating)
        except RecordError as error:
            self.preptrain.report(error)
            return
        days = days_until(card, self.services.now())
        when = RETURNS_TOMORROW if days <= 1 else RETURNS_IN.format(days=days)
        self.line.say(join("  ·  ", RATED[rating - 1], RETURNS.format(when=when)))

    async def action_undo(self) -> None:
        """Take the answer back and ask its question again."""
        if self.run is None or self.stage not in ("graded", "over"):
            return
        try:
            undone = self.run.undo()
        except RecordError as error:
            self.preptrain.report(error)
            return
        if undone:
            await self.ask()
            self.line.say(ANSWER_UNDONE)

    async def action_redo(self) -> None:
        """Bring back the answer that was taken back, and go on to the next question."""
        if self.run is None or self.stage not in ("asking", "drill"):
            return
        try:
            brought = self.run.redo()
        except RecordError as error:
            self.preptrain.report(error)
            return
        if brought:
            await self.ask()
            self.line.say(ANSWER_REDONE)

    def action_follow_up(self) -> None:
        if self.explained is not None:
            self.explained.shows_follow_ups = True
            self.page.query_one("#explained", Document).language_changed()
            self.refresh_bindings()

    def action_build(self) -> None:
        if self.explained is not None and self.explained.drills:
            self.preptrain.open_drill(self.explained.drills[0])

    def action_sure(self, level: int) -> None:
        self.confidence = None if self.confidence == level else level
        self.line.ask_confidence(self.confidence)

    async def action_skip(self) -> None:
        if self.run is not None and self.stage in ("asking", "drill") and not self._unseen:
            self.keep_draft()
            self.run.skip()
            await self.ask()

    def _scrolled(self) -> VerticalScroll | None:
        return self.page if self.page.max_scroll_y > 0 else None

    def action_scroll(self, pages: int) -> None:
        self.page.scroll_relative(y=pages * (self.page.size.height - 2), animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        explained = self.explained
        if action == "next":
            return self.stage in ("graded", "over", "drill")
        if action == "rate":
            return self.stage == "graded"
        if action == "skip":
            return self.stage in ("asking", "drill")
        if action in ("submit", "sure", "dont_know"):
            return self.stage == "asking"
        if action == "undo":
            return self.stage in ("graded", "over") and self.run is not None and self.run.answered > 0
        if action == "redo":
            return self.stage in ("asking", "drill") and self.run is not None and self.run.can_redo
        if action == "build":
            return self.stage == "graded" and explained is not None and bool(explained.drills)
        if action == "follow_up":
            return self.stage == "graded" and explained is not None and explained.hides_follow_ups
        return True

    def leave(self) -> None:
        self.keep_draft()
