"""Make the README's screenshots: the app itself, from a fixed record and fixed questions, drawn as SVG.

Run `.venv/bin/python .github/screenshots/make.py` after a change that shows; a test compares what it makes with the files.
"""

from __future__ import annotations

import asyncio
import html
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from drills.catalog import Drill, find_drill
from drills.grading.client import Grader
from drills.grading.report import Report
from quizbank.loader import load_bank
from quizbank.locations import Locations
from quizbank.record import Record, new_entry
from tui.app import PreptrainApp
from tui.messages import LANGUAGES, Language
from tui.screens.mock import MockScreen
from tui.services import Services
from tui.settings import Settings

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
SIZE = (104, 32)
CELL = 12.2  # how wide Rich draws a cell
STEP = timedelta(seconds=130)  # what the learner takes for each step of an interview
QUESTIONS = sorted((HERE / "questions").glob("*.yaml"))
DRILLS = (
    "attention",
    "softmax",
    "cross-entropy",
    "max-pool",
    "avg-pool",
    "temperature",
    "top-p",
    "lora-linear",
)
SOLUTION = find_drill("attention").solution
WRONG = SOLUTION.replace(" / np.sqrt(q.shape[-1]).astype(q.dtype)", "")
ANSWER = {
    "en": "Every query is compared with every key by a dot product, divided by the root of d; softmax turns that into "
    "weights, and the output is the weighted mean of the values.",
    "zh": "每个查询与所有键做点积，除以 √d，softmax 后得到权重，输出是值向量的加权平均。",
}


class SteadyGrader:
    """The real grader, but for what the machine has a part in: the time, and how far its kernel contains code."""

    def __init__(self) -> None:
        self._grader = Grader()
        self.warm, self.cancel, self.close = self._grader.warm, self._grader.cancel, self._grader.close

    def grade(self, drill: Drill, source: str, on_check: Callable[..., None] | None = None) -> Report:
        report = self._grader.grade(drill, source, on_check)
        return report.model_copy(update={"seconds": 0.2, "protection": "full"})


def a_home(folder: Path, language: Language) -> Services:
    """A learner of five weeks, with an interview ahead and a drill that is almost right."""
    bank = load_bank(QUESTIONS)
    drills = {id_: find_drill(id_) for id_ in DRILLS}
    # The same path on every machine: it is shown.
    os.chdir(folder)
    places = Locations(Path("preptrain"), Path("preptrain/workspace"))
    places.home.mkdir()
    services = Services(
        places,
        Record.open(places.record),
        Settings(language=language),
        now=lambda: NOW,
        new_seed=lambda: 7,
        load_bank=lambda: bank,
        load_drills=lambda: drills,
        make_grader=SteadyGrader,
    )
    services.record.change_setting("goal", {"day": "2026-12-15", "role": None}, NOW - timedelta(days=40))
    learn(services)
    services.workspace.save(drills["attention"], WRONG)
    return services


def learn(services: Services) -> None:
    """Five weeks of evenings: three answers in four are right, the surer the more often."""
    items = sorted(candidate.item for candidate in services.candidates())
    for day in range(35, 0, -1):
        for turn in range((day * 7) % 9 if day % 6 else 0):
            item = items[(day * 5 + turn * 3) % (len(items) - 4)]
            right = (day + turn) % 4 != 0
            services.record.append(
                new_entry(
                    item,
                    rev=1,
                    score=float(right),
                    rating=3 if right else 1,
                    seconds=40,
                    now=NOW - timedelta(days=day, minutes=9 - turn),
                    confidence=1 + (turn + right) % 3,
                    detail={} if right or item.startswith("q:") else {"verdict": "wrong"},
                )
            )


class Player:
    """Presses keys and waits until all is drawn."""

    def __init__(self, app: PreptrainApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def settle(self) -> None:
        for _ in range(3):
            await self.app.workers.wait_for_complete()
            await self.pilot.pause()
        for widget in self.app.screen.query("*"):
            if isinstance(widget, Input | TextArea):
                widget.cursor_blink = False


Steps = Callable[[Player, Language], Awaitable[None]]


async def today(player: Player, language: Language) -> None:
    """The first page."""


async def quiz(player: Player, language: Language) -> None:
    """A question answered wrongly, and why."""
    await player.press("b", "slash", *"dropped", "enter", "enter", "1", "enter")


async def workbench(player: Player, language: Language) -> None:
    """A counterexample, and the mistake by its name."""
    title = {"en": "dot-product", "zh": "缩放点积"}[language]
    await player.press("d", "slash", *title, "enter", "enter", "ctrl+s")


async def progress(player: Player, language: Language) -> None:
    """What is known, and the year."""
    await player.press("p", "G", "k", "k")


async def mock(player: Player, language: Language) -> None:
    """A whole interview, and its report."""
    await player.press("m", "enter")
    screen = player.app.screen
    assert isinstance(screen, MockScreen)
    number = 0
    taken = timedelta()
    player.app.services.now = lambda: NOW + taken
    while screen.stage != "report":
        step = screen.run.step if screen.run is not None else None
        taken += STEP if step is not None else timedelta()
        if screen.stage == "ticking":
            await player.press("1", "2", "enter")
        elif step is None:
            await player.settle()
        elif step.kind == "quick":
            number += 1
            await player.press(*(["1", "ctrl+s"] if number % 2 else []))
            if screen.run is not None and screen.run.step is step:
                await player.press("f8")
        else:
            field = screen.query(TextArea).first()
            field.text = WRONG if step.kind == "drill" else ANSWER[language]
            await player.press("ctrl+s")


PICTURES: tuple[Steps, ...] = (today, quiz, workbench, progress, mock)


async def picture(steps: Steps, language: Language) -> str:
    """The SVG of what the app shows after `steps` on a fresh home."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        services = a_home(Path(folder), language)
        try:
            app = PreptrainApp(services)
            async with app.run_test(size=SIZE) as pilot:
                player = Player(app, pilot)
                await player.settle()
                await steps(player, language)
                await player.settle()
                return widened(app.export_screenshot(title="preptrain"))
        finally:
            services.close()
            os.chdir(before)


def widened(svg: str) -> str:
    """Rich gives each run the length of its characters, where a Chinese one takes two cells."""

    def length(run: re.Match[str]) -> str:
        cells = cell_len(html.unescape(run["text"]))
        return f'textLength="{round(cells * CELL, 1):g}"{run["rest"]}>{run["text"]}</text>'

    return re.sub(r'textLength="[\d.]+"(?P<rest>[^>]*)>(?P<text>[^<]*)</text>', length, svg)


async def main(folder: Path = HERE) -> None:
    for steps in PICTURES:
        for language in LANGUAGES:
            (folder / f"{steps.__name__}-{language}.svg").write_text(await picture(steps, language), "utf-8")


if __name__ == "__main__":
    asyncio.run(main(*map(Path, sys.argv[1:])))
