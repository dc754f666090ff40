"""Every screen as it is drawn: at 80×24 and 120×40, in both languages, with clock, cursor and theme frozen."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from app_support import FakeGrader, Learner, a_report
from conftest import MORNING
from snapshots import FOLDER, Pictures, compare, still

from drills.catalog import Drill
from quizbank.loader import Bank
from quizbank.locations import Locations
from quizbank.record import Record, new_entry
from tui.app import PreptrainApp
from tui.messages import LANGUAGES
from tui.screens.mock import MockScreen
from tui.screens.quiz import QuizScreen
from tui.services import Services
from tui.settings import Settings

SIZES = ((80, 24), (120, 40))
Steps = Callable[[Learner], Awaitable[None]]


def keys(*pressed: str) -> Steps:
    async def steps(learner: Learner) -> None:
        await learner.press(*pressed)

    return steps


async def _in_the_palette(learner: Learner) -> None:
    await learner.press("ctrl+p")
    await learner.type("pro")


async def _to_the_drill_of_an_interview(learner: Learner) -> None:
    screen = await _interview(learner)
    while screen.run is None or screen.run.step is None or screen.run.step.kind != "drill":
        await _one_step(learner, screen)


async def _to_the_rubric(learner: Learner) -> None:
    screen = await _interview(learner)
    while screen.stage != "ticking":
        await _one_step(learner, screen)


async def _to_the_report(learner: Learner) -> None:
    screen = await _interview(learner)
    while screen.stage != "report":
        await _one_step(learner, screen)


async def _interview(learner: Learner) -> MockScreen:
    await learner.press("m", "enter")
    screen = learner.app.screen
    assert isinstance(screen, MockScreen)
    return screen


async def _one_step(learner: Learner, screen: MockScreen) -> None:
    if screen.stage == "ticking":
        await learner.press("1", "enter")
    elif screen.run is None or screen.run.step is None:
        await learner.settle()
    elif screen.run.step.kind == "quick":
        await learner.press("f8")
    else:
        await learner.press("x", "y", "ctrl+s")


QUIZ: dict[str, Steps] = {
    "sample-single": keys("2"),
    "sample-multiple": keys("space", "down", "space"),
    "sample-numeric": keys("1", "4"),
    "sample-cloze": keys("B", "enter"),
    "sample-order": keys("down", "J"),
    "sample-match": keys("b", "a"),
    "sample-recall": keys("q", "k"),
    "sample-snippet": keys("[", "3"),
    "sample-find-error": keys("2"),
}
"""One question of each kind, half answered."""
REST: dict[str, tuple[str, ...]] = {
    "sample-cloze": ("A",),
    "sample-match": ("d",),
    "sample-recall": ("ctrl+s", "1"),
    "sample-snippet": (",", "space", "4"),
    "sample-find-error": ("ctrl+s", "3"),
}
"""What is wanting before the answer can be handed in."""

WAYS: dict[str, Steps] = {
    "today": keys(),
    "today-new": keys(),
    "quiz-over": keys("q", "1", "enter", "enter"),
    "drills": keys("d", "down"),
    "drills-searched": keys("d", "slash", "a", "t"),
    "workbench-prompt": keys("d", "enter", "f3", "f7"),
    "workbench-code": keys("d", "enter", "f4"),
    "workbench-failed": keys("d", "enter", "ctrl+s"),
    "workbench-passed": keys("d", "enter", "ctrl+s", "ctrl+s"),
    "workbench-give-up": keys("d", "enter", "f8"),
    "solution": keys("d", "enter", "f8", "y"),
    "solution-compared": keys("d", "enter", "f8", "y", "d"),
    "mock-start": keys("m"),
    "mock-drill": _to_the_drill_of_an_interview,
    "mock-rubric": _to_the_rubric,
    "mock-report": _to_the_report,
    "progress": keys("p"),
    "bank": keys("b"),
    "bank-searched": keys("b", "slash", *"lora"),
    "settings": keys("s", "down"),
    "help": keys("f1"),
    "palette": _in_the_palette,
}
LEARNT = {name for name in WAYS if name not in ("quiz-over", "today-new", "workbench-give-up")}
"""Those that show more with a record."""

QUICK = {"today", "sample-single-answered", "workbench-failed", "mock-report", "progress"}
"""Taken in a plain run too; the others are marked slow."""


Make = Callable[[], Services]


@pytest.fixture
def make(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample_bank: Bank, sample_drills: dict[str, Drill]
) -> Make:
    """Services as for the other tests, on a new home at each call, with paths that are the same everywhere."""

    def new() -> Services:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        monkeypatch.chdir(folder)
        home = Path("home")
        home.mkdir()
        places = Locations(home, home / "workspace")
        grader = FakeGrader()
        grader.reports = [a_report("max-pool", passed=False), a_report("max-pool", passed=True)]
        return Services(
            places,
            Record.open(places.record),
            Settings(),
            now=lambda: MORNING,
            new_seed=lambda: 7,
            load_bank=lambda: sample_bank,
            load_drills=lambda: sample_drills,
            make_grader=lambda: grader,
        )

    return new


def with_only(make: Make, question: str, bank: Bank) -> Make:
    """The same, where the bank has this question alone."""

    def new() -> Services:
        services = make()
        one = Bank({question: bank.questions[question]}, {question: bank.track_of[question]})
        services.load_bank = lambda: one
        return services

    return new


def learnt(make: Make) -> Make:
    """The same, where three weeks have been learnt."""

    def new() -> Services:
        services = make()
        learn(services)
        return services

    return new


def learn(services: Services) -> None:
    """Three weeks: some right, some wrong, a drill solved, an interview ahead."""
    record = services.record
    record.change_setting("goal", {"day": "2026-12-15", "role": "applied"}, MORNING - timedelta(days=22))
    items = ("q:sample-single", "q:sample-multiple", "q:sample-order", "q:sample-match", "d:max-pool")
    for day in range(21, 0, -1):
        for turn in range(day % 4):
            right = (day + turn) % 3 != 0
            record.append(
                new_entry(
                    items[(day + turn) % len(items)],
                    rev=1,
                    score=float(right),
                    rating=3 if right else 1,
                    seconds=40.0,
                    now=MORNING - timedelta(days=day, minutes=9 - turn),
                    confidence=1 + (day + turn) % 3,
                )
            )


async def pictures(make: Make, steps: Steps) -> str:
    """Go there in each language, and take the screen at both sizes."""
    taken = Pictures()
    for language in LANGUAGES:
        services = make()
        services.settings = Settings(language=language)
        app = PreptrainApp(services)
        async with app.run_test(size=SIZES[0]) as pilot:
            learner = Learner(app, pilot)
            await learner.settle()
            await steps(learner)
            for size in SIZES:
                await pilot.resize_terminal(*size)
                still(app)
                await learner.settle()
                taken.take(app, language)
        services.close()
    return taken.text()


def marked(names: list[str]) -> list[object]:
    return [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-snapshots"))


@pytest.mark.parametrize("name", marked([*QUIZ, *(f"{name}-answered" for name in QUIZ)]))
async def test_questions(name: str, make: Make, sample_bank: Bank, update: bool) -> None:
    kind = name.removesuffix("-answered")

    async def steps(learner: Learner) -> None:
        await learner.press("enter")
        await QUIZ[kind](learner)
        if name != kind:
            await learner.press(*REST.get(kind, ()), "ctrl+s")
            assert isinstance(learner.app.screen, QuizScreen)
            assert learner.app.screen.stage == "graded"

    found = await pictures(with_only(make, kind, sample_bank), steps)
    compare(name, found, update=update)


@pytest.mark.parametrize("name", marked(sorted(WAYS)))
async def test_pages(name: str, make: Make, sample_bank: Bank, update: bool) -> None:
    made = learnt(make) if name in LEARNT else with_only(make, "sample-single", sample_bank)
    compare(name, await pictures(made, WAYS[name]), update=update)


def test_no_picture_is_left_over() -> None:
    kept = {path.stem for path in FOLDER.glob("*.txt")}
    assert kept == {*WAYS, *QUIZ, *(f"{name}-answered" for name in QUIZ)}
