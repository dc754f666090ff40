"""Helpers of the app's tests: a grader that does what it is told, and a learner who presses keys."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from textual.pilot import Pilot

from drills.catalog import Drill
from drills.grading.client import Cancelled
from drills.grading.report import CheckResult, Failure, Report, Value
from quizbank.models import Text
from tui.app import PreptrainApp


class FakeGrader:
    """Gives the reports it was told to, one check at a time; with `hold` it waits for a word."""

    def __init__(self) -> None:
        self.reports: list[Report | Exception] = []
        self.sources: list[str] = []
        self.hold = False
        self.go_on = threading.Event()
        self.cancelled = threading.Event()
        self.closed = False
        self.warmed: list[str] = []

    def warm(self, backend: str) -> None:
        self.warmed.append(backend)

    def grade(
        self, drill: Drill, source: str, on_check: Callable[[CheckResult], None] | None = None
    ) -> Report:
        self.sources.append(source)
        report = self.reports.pop(0)
        if isinstance(report, Exception):
            raise report
        for check in report.checks:
            if on_check is not None and check.state != "not_run":
                on_check(check)
        if self.hold:
            self.go_on.wait(60)
        if self.cancelled.is_set():
            raise Cancelled
        return report

    def cancel(self) -> None:
        self.cancelled.set()
        self.go_on.set()

    def close(self) -> None:
        self.closed = True


def a_report(drill: str, *, passed: bool) -> Report:
    """A pass, or a counterexample with all that one can have."""
    checks = [
        CheckResult(id="shape", text=Text(en="The shape is right.", zh="形状正确。"), state="passed"),
        CheckResult(
            id="values",
            text=Text(en="The values agree.", zh="数值一致。"),
            state="passed" if passed else "failed",
        ),
        CheckResult(
            id="pure",
            text=Text(en="No argument changes.", zh="参数不变。"),
            state="passed" if passed else "not_run",
        ),
    ]
    if passed:
        return Report(drill=drill, verdict="pass", checks=checks, seconds=0.2)
    failure = Failure(
        check="values",
        message=Text(en="One value differs.", zh="有一个值不同。"),
        inputs=[Value(name="x", shown="[[1.0, 2.0]]"), Value(name="kernel_size", shown="1")],
        expected=Value(name="expected", shown="[[1.0, 2.0]]"),
        actual=Value(name="actual", shown="[[1.0, [/b] 3.0]]"),
        difference="1.0 at (0, 1)",
    )
    output = "loaded [bold]\x1b[31mred\x1b[0m\x07\n"
    return Report(drill=drill, verdict="wrong", checks=checks, failure=failure, output=output, seconds=0.2)


class Learner:
    """What a test does with the app: presses keys, reads the screen, looks into the record."""

    def __init__(self, app: PreptrainApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        names = {" ": "space", "\n": "enter"}
        await self.press(*[names.get(char, char) for char in text])

    async def settle(self) -> None:
        """Until no worker runs and everything is drawn."""
        for _ in range(3):
            await self.app.workers.wait_for_complete()
            await self.pilot.pause()

    def text(self) -> str:
        """The characters on the screen."""
        width, height = self.app.size
        strips = self.app.screen._compositor.render_strips()
        assert len(strips) == height
        assert all(strip.cell_length <= width for strip in strips)
        return "\n".join(strip.text.rstrip() for strip in strips)

    def entries(self) -> list[Any]:
        return list(self.app.services.record.entries())


Scenario = Callable[[Learner], Awaitable[None]]


class Play(Protocol):
    """The fixture that runs a scenario."""

    async def __call__(self, scenario: Scenario, size: tuple[int, int] = (80, 24)) -> None: ...
