"""The mock interview: chosen, asked against a clock, compared with the rubric, and only then reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import TextArea

from quizbank.errors import PlainError, RecordError
from tui import markup
from tui.messages import DRAFT_RESTORED, IN_WORDS, NOT_SAVED, TICK_POINTS
from tui.mock_messages import (
    MOCK_CLOCK,
    MOCK_CODE,
    MOCK_GRADING,
    MOCK_LEAVE_ASK,
    MOCK_OVER,
    MOCK_REPORT,
    MOCK_YOUR_ANSWER,
)
from tui.mock_offer import clock
from tui.mock_session import MockRun, interviews
from tui.screens.dialog import Dialog
from tui.screens.mock_start import MockStart
from tui.text_layout import clean
from tui.widgets import mock_step
from tui.widgets.answers.base import AnswerBox, Incomplete
from tui.widgets.document import Document
from tui.widgets.rows import ChoiceList, RowList

if TYPE_CHECKING:
    from drills.grading.report import Report
    from quizbank.interviews import Interview

KEEP_AFTER = 0.4  # seconds without a key
CLOCK_KEPT = 10.0
"""Seconds that the clock is behind, at most, when the app is killed and nothing was typed."""


class MockScreen(MockStart):
    """One interview from its first question to its report."""

    def __init__(self) -> None:
        super().__init__()
        self.done: Interview | None = None
        self._clock: Timer | None = None
        self._keep_timer: Timer | None = None
        self._kept_at = 0.0
        self._failed = False
        self._ticks: list[int] = []

    # --- the clock

    def start(self, run: MockRun) -> None:
        self.run = run
        self.keep()
        self._clock = self.set_interval(1, self._tick_clock)
        self.call_next(self._ask)

    def _tick_clock(self) -> None:
        self._show_clock()
        if self.run is not None and self.run.elapsed - self._kept_at >= CLOCK_KEPT:
            self.keep()

    def _show_clock(self) -> None:
        if self.run is None or self.stage not in ("asking", "ticking"):
            return
        steps = len(self.run.steps)
        place = min(self.run.place + 1, steps)
        left = clock(self.run.seconds_left)
        self.title_bar.show(status=MOCK_CLOCK.format(clock=left, place=place, steps=steps))

    # --- keeping it

    @on(AnswerBox.Changed)
    @on(RowList.Changed)
    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self.stage in ("asking", "ticking"):
            self._forget_timer()
            self._keep_timer = self.set_timer(KEEP_AFTER, self.keep)

    def _forget_timer(self) -> None:
        if self._keep_timer is not None:
            self._keep_timer.stop()
            self._keep_timer = None

    def keep(self) -> None:
        """Keep the interview, with what stands in the widget, so that neither escape nor a crash loses it."""
        self._forget_timer()
        if self.run is None or self.done is not None or self.stage in ("offering", "choosing"):
            return
        if self.stage in ("asking", "ticking") and (field := self._field) is not None:
            self.run.typed = mock_step.state(field, self.run)
        self._kept_at = self.run.elapsed
        try:
            self.run.keep(self.services.record)
        except RecordError as error:
            if not self._failed:  # once, not every ten seconds
                self.preptrain.report(error, NOT_SAVED)
            self._failed = True
        else:
            self._failed = False

    # --- asking

    @property
    def _field(self) -> Widget | None:
        return mock_step.field_of(self.page.children)

    async def _ask(self) -> None:
        assert self.run is not None
        step = self.run.step
        self._enter("loading")
        with self.app.batch_update():
            await self.page.remove_children()
            if step is None:
                self._ticks = self.run.to_tick()
                await self._tick()
                return
            question, field = mock_step.question_and_field(self.run, step)
            await self.page.mount(question, field)
            restored = mock_step.restore(field, self.run.typed)
        self.page.scroll_home(animate=False)
        self.run.start_clock()
        self._enter("asking")
        self._show_clock()
        mock_step.begin(field)
        if restored:
            self.line.say(DRAFT_RESTORED)
        elif step.kind == "drill":
            self.line.say(MOCK_CODE)
        else:
            self.line.say(field.instruction if isinstance(field, AnswerBox) else IN_WORDS)

    @on(RowList.Entered)
    def _entered(self, event: RowList.Entered) -> None:
        if self.stage == "ticking":
            event.stop()
            self.call_next(self._ticked)

    @on(AnswerBox.Submitted)
    async def _handed_in(self) -> None:
        await self._submit(by_enter=True)

    async def action_submit(self) -> None:
        if self.stage == "ticking":
            await self._ticked()
        else:
            await self._submit(by_enter=False)

    async def _submit(self, *, by_enter: bool) -> None:
        if self.stage != "asking":
            return
        field = self._field
        assert field is not None
        try:
            if not isinstance(field, AnswerBox):
                answer: Any = mock_step.answer(field)
            elif field.advance(by_enter=by_enter):
                answer = field.answer()
            else:
                self.line.say(field.instruction)
                return
        except Incomplete as error:
            self.line.say(error.phrase, "warning")
            return
        await self._answer(answer)

    async def action_dont_know(self) -> None:
        if self.stage == "asking":
            await self._answer(None)

    async def _answer(self, answer: Any) -> None:
        assert self.run is not None
        self._enter("loading")
        try:
            self.run.answer(answer)
        except PlainError as error:
            self._enter("asking")
            self.line.say(error, "warning")
            return
        self.keep()
        await self._ask()

    # --- settling

    async def _tick(self) -> None:
        """Compare the next answer in words with its rubric; after the last, grade the drill."""
        assert self.run is not None
        if not self._ticks:
            await self.page.remove_children()
            self._grade()
            return
        index = self._ticks[0]
        step, given = self.run.steps[index], self.run.given[index]
        text, points = clean(given.answer), mock_step.points(self.run, index)
        await self.page.remove_children()
        await self.page.mount(
            Document(mock_step.words_asked(self.run, step), short=markup.SHORT_LINE, id="stem"),
            Document(MOCK_YOUR_ANSWER, classes="label"),
            Document(lambda _: (markup.Paragraph(Content(text)),)),
            Document(TICK_POINTS, classes="label"),
            points,
        )
        mock_step.restore(points, self.run.typed)
        self._enter("ticking")
        self.line.say(TICK_POINTS)
        points.focus()

    async def _ticked(self) -> None:
        assert self.run is not None
        self.run.tick(self._ticks.pop(0), sorted(self.query_one(ChoiceList).chosen))
        self._enter("loading")
        self.keep()
        await self._tick()

    def _grade(self) -> None:
        assert self.run is not None
        coding = self.run.coding()
        if coding is None:
            self._finish()
            return
        index, drill, source = coding
        self.line.say(MOCK_GRADING)
        grader, run = self.services.grader, self.run

        def graded(report: Report) -> None:
            run.settle(index, report)
            self._finish()

        self.in_background(lambda: grader.grade(drill, source), graded, self._not_graded)

    def _not_graded(self, error: Exception) -> None:
        """The interview counts without its drill, which is told."""
        self.preptrain.report(error)
        self._finish()

    def _finish(self) -> None:
        assert self.run is not None
        if self._clock is not None:
            self._clock.stop()
        try:
            self.done = self.run.finish(self.services.record)
        except PlainError as error:
            self.preptrain.report(error)
            self.line.say(error, "warning")
            return
        self.call_next(self._report)

    async def _report(self) -> None:
        from tui.mock_text import lines

        done = self.done
        assert done is not None
        others = interviews(self.services.record)
        await self.page.remove_children()
        await self.page.mount(
            Document(lambda language: markup.blocks("\n".join(lines(done, others, language))), id="report")
        )
        self._enter("report")
        self.title_bar.show(status=MOCK_OVER)
        self.line.say(MOCK_REPORT.format(id=done.id))
        self.page.focus()

    # --- leaving

    def action_scroll(self, pages: int) -> None:
        self.page.scroll_relative(y=pages * (self.page.size.height - 2), animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "submit":
            return self.stage in ("asking", "ticking")
        if action == "dont_know":
            return self.stage == "asking"
        return True

    def action_back(self) -> None:
        if self.stage in ("asking", "ticking"):
            self.app.push_screen(Dialog(MOCK_LEAVE_ASK), self._leave)
        else:
            super().action_back()

    def leave(self) -> None:
        self.keep()

    def _leave(self, sure: bool | None) -> None:
        if sure:
            super().action_back()
