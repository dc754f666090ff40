"""The workbench: the prompt beside the editor, the checks as they are made, and what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from textual import events, on
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import TextArea

from quizbank.errors import PlainError, RecordError
from tui import attempts, markup, outside, report_text
from tui.commands import bindings
from tui.drill_desk import Desk, Opened
from tui.messages import (
    ANSWER_NOT_SAVED,
    CHECKING,
    DRILLS,
    GIVE_UP_ASK,
    HINT,
    HUNT,
    NO_EXPLANATION,
    NO_MORE_HINTS,
    NO_SUSPEND,
    NOT_RUN,
    NOT_SAVED,
    NOT_WATCHING,
    RESET_ASK,
    RESET_DONE,
    RESET_NOTHING,
    SAVED_AT,
    STOPPED,
    STOPPING,
    WATCHING,
    Language,
    join,
    same,
)
from tui.screens.dialog import Dialog
from tui.screens.page import Page
from tui.widgets.code_editor import CodeEditor
from tui.widgets.document import Document
from tui.widgets.pane_tabs import Pane, PaneTabs

if TYPE_CHECKING:
    from drills.grading.report import CheckResult, Report
    from quizbank.models import Question

WIDE = 100
WATCH_EVERY = 0.3
DRAFT_AFTER = 0.6  # seconds without a key

State = Literal["idle", "running", "stopping"]


class WorkbenchScreen(Page):
    """One drill: read, write, run."""

    HEADING = DRILLS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("workbench")]
    AUTO_FOCUS = ""

    class Checked(Message):
        """One check has been made; sent from the grading thread."""

        def __init__(self, number: int, result: CheckResult) -> None:
            super().__init__()
            self.number = number
            self.result = result

    def __init__(self, desk: Desk, opened: Opened) -> None:
        super().__init__()
        self.desk = desk
        self.drill = desk.drill
        self.opened = opened
        self.state: State = "idle"
        self.report: Report | None = None
        self.pane: Pane = "prompt"
        self.left: Pane = "prompt"
        self._checks: list[CheckResult] = []
        self._number = 0  # of the run under way: results of an earlier one are dropped
        self._draft_timer: Timer | None = None
        self._watching: Timer | None = None
        self._seen: outside.Mark | None = None

    def body(self) -> ComposeResult:
        yield PaneTabs()
        with Horizontal(id="bench"):
            with VerticalScroll(id="prompt", classes="body pane"):
                yield Document(self._prompt, id="prompt-text")
            with VerticalScroll(id="result", classes="body pane"):
                yield Document(self._result, id="result-text")
            yield CodeEditor(id="code")

    @property
    def editor(self) -> CodeEditor:
        return self.query_one(CodeEditor)

    def on_mount(self) -> None:
        kind = HUNT if self.drill.item.startswith("h:") else DRILLS
        self.title_bar.show(title=join(" · ", kind, self.drill.title))
        self.editor.load_text(self.opened.text)
        if self.opened.notice is not None:
            self.preptrain.say(self.opened.notice)
        if self.size.width >= WIDE:
            self.pane = "code"
        self._arrange()
        backend = self.drill.backend
        self.in_background(lambda: self.services.grader.warm(backend), lambda _: None)

    # --- panes

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(focus=False)

    def action_pane(self, pane: Pane) -> None:
        self.pane = pane
        if pane != "code":
            self.left = pane
        self._arrange()

    def _arrange(self, *, focus: bool = True) -> None:
        """Side by side where there is room, else one pane at a time."""
        wide = self.size.width >= WIDE
        panes: dict[Pane, Widget] = {
            "prompt": self.query_one("#prompt"),
            "result": self.query_one("#result"),
            "code": self.editor,
        }
        for name, widget in panes.items():
            widget.display = name in (self.left, "code") if wide else name == self.pane
        self.query_one(PaneTabs).show(self.pane, wide, self.left)
        if focus:
            panes[self.pane].focus()

    # --- texts

    def _prompt(self, language: Language) -> tuple[markup.Block, ...]:
        parts = list(markup.blocks(self.drill.prompt(language)))
        total = len(self.drill.hints)
        for number, hint in enumerate(self.drill.hints[: self.desk.hints_shown], 1):
            title = HINT.format(number=number, total=total)[language]
            parts += markup.blocks(f"### {title}")
            parts += markup.blocks(hint[language])
        said = SAVED_AT.format(path=str(self.desk.path))[language]
        parts.append(markup.Paragraph(Content.styled(said, markup.MUTED)))
        return tuple(parts)

    def _result(self, language: Language) -> tuple[markup.Block, ...]:
        if self.state != "idle":
            return report_text.running(self._checks, language)
        if self.report is None:
            return markup.paragraph(NOT_RUN[language])
        return report_text.result(self.report, language)

    def _redraw_result(self) -> None:
        self.query_one("#result-text", Document).language_changed()

    # --- the learner's text

    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self._draft_timer is not None:
            self._draft_timer.stop()
        self._draft_timer = self.set_timer(DRAFT_AFTER, self.keep_draft)

    def keep_draft(self) -> None:
        if self._draft_timer is not None:
            self._draft_timer.stop()
            self._draft_timer = None
        try:
            self.desk.keep_draft(self.editor.text)
        except Exception as error:
            self.preptrain.report(error, NOT_SAVED)

    # --- running

    def action_run(self) -> None:
        """Save and grade; says so at once."""
        if self.state != "idle":
            return
        source = self.editor.text
        try:
            self.desk.save(source)
        except Exception as error:
            self.preptrain.report(error, NOT_SAVED)
            return
        self._number += 1
        self._checks = []
        self.state = "running"
        self.left = "result"
        if self.size.width < WIDE:
            self.pane = "result"
        self._arrange()
        self._redraw_result()
        self.title_bar.show(status=CHECKING)
        self.refresh_bindings()
        drill, number, grader = self.drill, self._number, self.services.grader

        def grade() -> Report | None:
            from drills.grading.client import Cancelled
            from drills.hunting import reveal

            try:
                report = grader.grade(drill, source, lambda check: self._from_thread(number, check))
                return reveal(drill, report)
            except Cancelled:
                return None

        self.in_background(grade, lambda report: self._graded(report, source), self._failed)

    def _from_thread(self, number: int, check: CheckResult) -> None:
        self.post_message(self.Checked(number, check))

    @on(Checked)
    def _show_check(self, event: Checked) -> None:
        event.stop()
        if event.number == self._number and self.state == "running":
            self._checks.append(event.result)
            self._redraw_result()

    def _graded(self, report: Report | None, source: str) -> None:
        self.state = "idle"
        self.refresh_bindings()
        if report is None:
            self.title_bar.show(status=STOPPED)
            self.preptrain.say(STOPPED)
            self._redraw_result()
            return
        try:
            self.desk.record_attempt(report, source)
        except RecordError as error:
            self.preptrain.report(error, ANSWER_NOT_SAVED)
        self.report = report
        self.refresh_bindings()
        self.title_bar.show(status=report_text.verdict_line(report))
        self._redraw_result()
        self.query_one("#result", VerticalScroll).scroll_home(animate=False)

    def _failed(self, error: Exception) -> None:
        """The grader ended in a way it should not."""
        self.state = "idle"
        self.title_bar.show(status=same(""))
        self._redraw_result()
        self.refresh_bindings()
        self.preptrain.report(error)

    def _stop(self) -> None:
        self.state = "stopping"
        self.title_bar.show(status=STOPPING)
        self.in_background(self.services.grader.cancel, lambda _: None)

    def action_explain(self) -> None:
        """Ask the question that explains the failure."""
        report, services = self.report, self.services
        if report is None:
            return

        def find() -> Question | None:
            return attempts.explaining(services.bank, self.drill, report)

        self.in_background(find, self._ask, self.preptrain.report)

    def _ask(self, question: Question | None) -> None:
        from tui.screens.quiz import QuizScreen

        if question is None:
            self.preptrain.say(NO_EXPLANATION)
        elif self.is_current:
            self.app.push_screen(QuizScreen(f"q:{question.id}"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "explain":
            return self.report is not None and not self.report.passed
        return super().check_action(action, parameters)

    # --- other editors

    def action_editor(self) -> None:
        """Suspend the app for the learner's own editor; check what came of it."""
        self.keep_draft()
        try:
            self.desk.save(self.editor.text)
            with self.app.suspend():
                outside.edit(self.desk.path)
        except PlainError as error:
            self.preptrain.report(error)
            return
        except SuspendNotSupported:
            self.preptrain.say(NO_SUSPEND.format(path=str(self.desk.path)), severity="warning")
            return
        if self._take_in():
            self.action_run()

    def action_watch(self) -> None:
        """Look at the file from now on, or no longer."""
        if self._watching is not None:
            self._watching.stop()
            self._watching = None
            self.preptrain.say(NOT_WATCHING)
            return
        self._seen = outside.mark(self.desk.path)
        self._watching = self.set_interval(WATCH_EVERY, self._look)
        self.preptrain.say(WATCHING)

    def _look(self) -> None:
        now = outside.mark(self.desk.path)
        if now is None or now == self._seen or self.state != "idle":
            return
        self._seen = now
        if self._take_in():
            self.action_run()
            self._seen = outside.mark(self.desk.path)  # running saves

    def _take_in(self) -> bool:
        """Put the file's text into the editor; False where that is what stands there already."""
        try:
            text = self.services.workspace.read(self.drill)
        except PlainError as error:
            self.preptrain.report(error)
            return False
        if text == self.editor.text:
            return False
        self.editor.load_text(text)
        return True

    # --- hints, solution, starting over

    def action_hint(self) -> None:
        try:
            more = self.desk.show_hint()
        except PlainError as error:
            self.preptrain.report(error)
            return
        if not more:
            self.preptrain.say(NO_MORE_HINTS)
        self.query_one("#prompt-text", Document).language_changed()
        self.left = "prompt"
        if self.size.width < WIDE:
            self.pane = "prompt"
        self._arrange()
        pane = self.query_one("#prompt", VerticalScroll)
        self.call_after_refresh(pane.scroll_end, animate=False)

    def action_solution(self) -> None:
        if self.desk.may_see_solution:
            self._show_solution()
        else:
            self.app.push_screen(Dialog(GIVE_UP_ASK), self._give_up)

    def _give_up(self, sure: bool | None) -> None:
        if not sure:
            return
        try:
            self.desk.give_up(self.editor.text)
        except PlainError as error:
            self.preptrain.report(error)
            return
        self._show_solution()

    def _show_solution(self) -> None:
        from tui.screens.solution import SolutionScreen

        self.app.push_screen(SolutionScreen(self.drill, self.editor.text))

    def action_reset(self) -> None:
        self.app.push_screen(Dialog(RESET_ASK), self._reset)

    def _reset(self, sure: bool | None) -> None:
        if not sure:
            return
        try:
            # What is on the screen and not yet saved belongs into the backup.
            self.desk.save(self.editor.text)
            backup = self.desk.reset()
        except Exception as error:
            self.preptrain.report(error)
            return
        self.editor.load_text(self.drill.starter)
        self.preptrain.say(RESET_DONE.format(path=str(backup)) if backup else RESET_NOTHING)

    # --- leaving

    def action_back(self) -> None:
        if self.state == "running":
            self._stop()
        elif self.state == "idle":
            super().action_back()

    def leave(self) -> None:
        self.keep_draft()
        if self.state != "idle":
            self.services.grader.cancel()
