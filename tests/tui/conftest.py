"""An app on a small bank of every kind, three drills and a grader that does what a test tells it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from app_support import FakeGrader, Learner, Play, Scenario
from textual._context import active_app

from drills.catalog import Drill, find_drill
from quizbank.loader import Bank, load_bank
from quizbank.locations import Locations
from quizbank.record import Record
from tui.app import PreptrainApp
from tui.services import Services
from tui.settings import Settings

SAMPLES = Path(__file__).parent / "bank.yaml"
MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=8)))


SOON = 0.035  # s: two frames of the screen's own timer
LONGEST = 1.0
PATIENCE = 0.2
"""Seconds for a worker that is at work, in a thread say; a grader may be made to wait, so not for ever."""


async def quiet(min_sleep: float = 0.0, max_sleep: float = LONGEST) -> None:
    """Wait until nothing in the event loop can go on, no timer is about to, and no worker works: then all is drawn.

    Stands for Textual's `wait_for_idle`, which waits at least 20 ms each time, five times a key, until the process
    uses little CPU: slow, and for a process with threads or on a busy machine no proof of anything.
    """
    loop = asyncio.get_running_loop()
    until, patient = loop.time() + max_sleep, loop.time() + PATIENCE
    while loop.time() < until:
        await asyncio.sleep(0)
        if loop._ready:  # type: ignore[attr-defined]
            continue
        due = [timer.when() for timer in loop._scheduled if not timer.cancelled()]  # type: ignore[attr-defined]
        soonest = min(due, default=until) - loop.time()
        if soonest <= SOON:
            await asyncio.sleep(max(soonest, 0))
        elif _working() and loop.time() < patient:
            await asyncio.sleep(0.002)
        else:
            return


def _working() -> bool:
    app = active_app.get(None)
    return app is not None and any(not worker.is_finished for worker in app.workers)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{module}.wait_for_idle", quiet)
    # Whatever a test leaves shall be collected, so that a resource left open is told.
    monkeypatch.setattr("tui.heap.loaded", lambda what: None)


@pytest.fixture(scope="session")
def sample_bank() -> Bank:
    return load_bank([SAMPLES])


@pytest.fixture(scope="session")
def sample_drills() -> dict[str, Drill]:
    return {id_: find_drill(id_) for id_ in ("max-pool", "attention", "temperature")}


@pytest.fixture
def grader() -> FakeGrader:
    return FakeGrader()


@pytest.fixture
def services(
    tmp_path: Path, sample_bank: Bank, sample_drills: dict[str, Drill], grader: FakeGrader
) -> Iterator[Services]:
    """Services on an empty home, at a fixed time, with one seed."""
    home = tmp_path / "app-home"
    home.mkdir()
    places = Locations(home, home / "workspace")
    parts = Services(
        places,
        Record.open(places.record),
        Settings(language="en"),
        now=lambda: MORNING,
        new_seed=lambda: 7,
        load_bank=lambda: sample_bank,
        load_drills=lambda: sample_drills,
        make_grader=lambda: grader,
    )
    yield parts
    parts.close()


@pytest.fixture
def only(services: Services, sample_bank: Bank) -> Callable[..., None]:
    """Let the bank have these questions alone."""

    def choose(*ids: str) -> None:
        questions = {id_: sample_bank.questions[id_] for id_ in ids}
        bank = Bank(questions, {id_: sample_bank.track_of[id_] for id_ in ids})
        services.load_bank = lambda: bank

    return choose


@pytest.fixture
def play(services: Services) -> Play:
    """Run a scenario: `await play(scenario, size=(80, 24))`, where the scenario takes a Learner."""

    async def run(scenario: Scenario, size: tuple[int, int] = (80, 24)) -> None:
        app = PreptrainApp(services)
        async with app.run_test(size=size) as pilot:
            learner = Learner(app, pilot)
            await learner.settle()
            await scenario(learner)

    return run
