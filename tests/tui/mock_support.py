"""What the tests of an unfinished mock interview share: an app that is killed, and steps through an interview."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import Any

from app_support import Learner, Scenario

from quizbank.collection import Bank
from quizbank.record import Record
from tui import mock_saved
from tui.app import PreptrainApp
from tui.mock_session import MockRun
from tui.screens.mock import MockScreen
from tui.services import Services
from tui.widgets import mock_step

TYPED = {
    "single": ("2",),
    "multiple": ("space",),
    "numeric": ("1", "4"),
    "cloze": ("B",),
    "order": ("down", "J"),
    "match": ("b",),
    "snippet": ("left_square_bracket", "3"),
    "find_error": ("2",),
    "recall": ("q", "k", "enter", "s"),
}
"""Something done in the widget of each kind of question."""


def all_asked(services: Services, bank: Bank) -> None:
    """Let the question in words be of another topic than the others, and none lead to a drill: then all are asked."""
    questions = {
        name: question.model_copy(update={"drills": []}) for name, question in bank.questions.items()
    }
    questions["sample-recall"] = questions["sample-recall"].model_copy(update={"topic": "attention"})
    services._bank = Bank(questions, dict(bank.track_of))


async def killed(services: Services, scenario: Scenario) -> Services:
    """Run a scenario and kill the app at its end: the home is then as it was at that moment, whatever closing wrote."""
    home = services.places.home
    image = home.with_name("at-the-moment")
    app = PreptrainApp(services)
    async with app.run_test(size=(80, 24)) as pilot:
        learner = Learner(app, pilot)
        await learner.settle()
        await scenario(learner)
        shutil.copytree(home, image)
    services.close()
    shutil.rmtree(home)
    image.rename(home)
    return replace(services, record=Record.open(services.places.record), _started_grader=None)


def page(learner: Learner) -> MockScreen:
    screen = learner.app.screen
    assert isinstance(screen, MockScreen)
    return screen


def run_of(learner: Learner) -> MockRun:
    run = page(learner).run
    assert run is not None
    return run


def saved(services: Services) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(mock_saved.stored(services.record) or "null")
    return found


def in_the_field(learner: Learner) -> Any:
    field = mock_step.field_of(page(learner).page.children)
    assert field is not None
    return mock_step.state(field, run_of(learner))


async def begun(learner: Learner) -> None:
    await learner.press("m", "enter")


async def go_on(learner: Learner) -> None:
    await learner.press("m")
    assert page(learner).stage == "offering"
    await learner.press("enter")


async def type_something(learner: Learner) -> None:
    run = run_of(learner)
    if run.step is None:
        await learner.press("1")
    elif run.step.kind == "drill":
        await learner.press("x", "y")
    else:
        await learner.press(*TYPED[run.asked(run.step).question.kind])


async def to(kind: str, learner: Learner) -> None:
    """To the first step of a kind; the others get the shortest answer."""
    while (step := run_of(learner).step) is None or step.kind != kind:
        assert step is not None
        await learner.press("f8") if step.kind == "quick" else await learner.press("x", "ctrl+s")
