"""The mock interview: chosen, asked against a clock, compared with the rubric, and only then reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.timer import Timer

from quizbank.errors import PlainError
from tui import markup
from tui.commands import bindings
from tui.messages import (
    IN_WORDS,
    LOADING,
    MOCK,
    MOCK_BEGIN,
    MOCK_CHOOSE,
    MOCK_CLOCK,
    MOCK_CODE,
    MOCK_EARLIER,
    MOCK_EMPTY,
    MOCK_GRADING,
    MOCK_LEAVE_ASK,
    MOCK_LENGTH,
    MOCK_OVER,
    MOCK_REPORT,
    MOCK_ROLE,
    MOCK_YOUR_ANSWER,
    RECALL_HINT,
    ROLE_NAMES,
    TICK_POINTS,
    Language,
    same,
)
from tui.messages import (
    MINUTES as LASTING,
)
from tui.mock_session import MockRun, interviews
from tui.screens.dialog import Dialog
from tui.screens.page import Page
from tui.text_layout import clean
from tui.widgets.answers.base import AnswerBox, Incomplete
from tui.widgets.code_editor import CodeEditor
from tui.widgets.document import Document
from tui.widgets.fields import Notes
from tui.widgets.rows import ChoiceList, Row, RowList
from tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from drills.grading.report import Report
    from quizbank.interviews import Interview, Step

MINUTES = (30, 45, 60)
ROLES = (None, "research", "applied", "infra")

Stage = Literal["choosing", "loading", "asking", "ticking", "report"]


class MockScreen(Page):
    """One interview from its choice to its report."""

    HEADING = MOCK
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("mock")]

    def __init__(self) -> None:
        super().__init__()
        self.stage: Stage = "choosing"
        self.run: MockRun | None = None
        self.done: Interview | None = None
        self._clock: Timer | None = None
        self._ticks: list[int] = []

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
        await self.page.mount(
            Document(MOCK_CHOOSE),
            Document(MOCK_LENGTH, classes="label"),
            ChoiceList(
                [Row(LASTING.format(minutes=minutes)) for minutes in MINUTES], several=False, id="minutes"
            ),
            Document(MOCK_ROLE, classes="label"),
            ChoiceList([Row(ROLE_NAMES[role]) for role in ROLES], several=False, id="role"),
            Document(self._earlier, id="earlier"),
        )
        self.query_one("#minutes", ChoiceList).choose([1])
        self.query_one("#role", ChoiceList).choose([0])
        self.query_one("#minutes").focus()
        self.line.say(MOCK_BEGIN)

    def _earlier(self, language: Language) -> tuple[markup.Block, ...]:
        from quizbank.interviews import change

        found = interviews(self.services.record)
        if not found:
            return ()
        rows = [markup.Paragraph(Content.styled(MOCK_EARLIER[language], "bold $text-primary"))]
        for one in reversed(found[-8:]):
            moved = change(one, found)
            said = "" if moved is None else f"  {moved * 100:+.0f}"
            role = ROLE_NAMES.get(one.role, same(""))[language]
            minutes = LASTING.format(minutes=one.minutes)[language]
            text = f"{one.began[:16].replace('T', ' ')}  {minutes}  {role}"
            rows.append(
                markup.Paragraph(
                    Content.assemble(text, (f"  {one.score:.0%}", "bold"), (said, markup.MUTED)), gap=False
                )
            )
        return tuple(rows)

    # --- beginning

    @on(RowList.Entered)
    def _chosen(self, event: RowList.Entered) -> None:
        if self.stage == "choosing":
            event.stop()
            self.begin()
        elif self.stage == "ticking":
            event.stop()
            self.call_next(self._ticked)

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
        self.run = run
        self._clock = self.set_interval(1, self._show_clock)
        self.call_next(self._ask)

    def _show_clock(self) -> None:
        if self.run is None or self.stage not in ("asking", "ticking"):
            return
        seconds = round(self.run.seconds_left)
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        place = min(self.run.place + 1, len(self.run.steps))
        clock = f"{sign}{seconds // 60}:{seconds % 60:02}"
        self.title_bar.show(status=MOCK_CLOCK.format(clock=clock, place=place, steps=len(self.run.steps)))

    # --- asking

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
            await self.page.mount(*self._widgets(step))
        self.page.scroll_home(animate=False)
        self.run.start_clock()
        self._enter("asking")
        self._show_clock()
        for kind in (AnswerBox, Notes, CodeEditor):
            for widget in self.query(kind):
                widget.begin() if isinstance(widget, AnswerBox) else widget.focus(scroll_visible=False)
                self.line.say(widget.instruction if isinstance(widget, AnswerBox) else IN_WORDS)
                if step.kind == "drill":
                    self.line.say(MOCK_CODE)
                return

    def _widgets(self, step: Step) -> list[Any]:
        from tui.widgets.answers import answer_box

        assert self.run is not None
        if step.kind == "quick":
            asked = self.run.asked(step)
            return [Document(asked.stem, short=markup.SHORT_LINE, id="stem"), answer_box(asked)]
        if step.kind == "drill":
            drill = self.run.drill(step)
            editor = CodeEditor(id="code")
            editor.load_text(drill.starter)
            return [Document(lambda language: markup.blocks(drill.prompt(language)), id="stem"), editor]
        stem = self.run.asked(step).stem if step.kind == "deep" else self.run.follow_up(step).ask
        return [Document(stem, short=markup.SHORT_LINE, id="stem"), Notes(RECALL_HINT)]

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
        box = next(iter(self.query(AnswerBox)), None)
        try:
            if box is None:
                answer: Any = self._typed()
            elif box.advance(by_enter=by_enter):
                answer = box.answer()
            else:
                self.line.say(box.instruction)
                return
        except Incomplete as error:
            self.line.say(error.phrase, "warning")
            return
        await self._answer(answer)

    def _typed(self) -> str:
        for field in (*self.query(Notes), *self.query(CodeEditor)):
            if not field.text.strip():
                raise Incomplete(IN_WORDS)
            return str(field.text)
        raise Incomplete

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
        asked = self.run.asked(step).stem if step.kind == "deep" else self.run.follow_up(step).ask
        text = clean(given.answer)
        await self.page.remove_children()
        await self.page.mount(
            Document(asked, short=markup.SHORT_LINE, id="stem"),
            Document(MOCK_YOUR_ANSWER, classes="label"),
            Document(lambda _: (markup.Paragraph(Content(text)),)),
            Document(TICK_POINTS, classes="label"),
            ChoiceList([Row(point) for point in self.run.points(index)], several=True),
        )
        self._enter("ticking")
        self.line.say(TICK_POINTS)
        self.query_one(ChoiceList).focus()

    async def _ticked(self) -> None:
        assert self.run is not None
        self.run.tick(self._ticks.pop(0), sorted(self.query_one(ChoiceList).chosen))
        self._enter("loading")
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

    def _leave(self, sure: bool | None) -> None:
        if sure:
            super().action_back()
