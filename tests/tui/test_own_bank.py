"""A person's own questions and packs in the app: asked, listed, counted; what is wrong with them is told, and no more."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from app_support import Learner, Play
from click.testing import CliRunner, Result

from quizbank.loader import whole_bank
from quizbank.record import Record
from quizbank.starting import start_file, start_pack
from tui.cli import main
from tui.screens.bank import BankScreen
from tui.screens.quiz import QuizScreen
from tui.services import Services, open_services

TODAY = date(2026, 11, 30)


def fill(folder: Path) -> None:
    start_file(folder / "notes.yaml", "notes", TODAY)
    start_pack(folder / "friend", "friend", TODAY)


@pytest.fixture
def own(services: Services) -> Services:
    """The app with the packaged bank and the learner's own, from the cache."""
    fill(services.places.bank)
    services.load_bank = lambda: whole_bank(services.places)
    return services


async def test_they_are_listed_and_answered(play: Play, own: Services) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("b")
        screen = learner.app.screen
        assert isinstance(screen, BankScreen)
        screen.search.value = "friend/softmax"
        await learner.settle()
        assert screen.current() == "friend/softmax-shift"
        await learner.press("enter", "enter")
        quiz = learner.app.screen
        assert isinstance(quiz, QuizScreen)
        assert "constant is added to all logits" in learner.text()
        await learner.press("f8", "escape")
        (entry,) = [entry for entry in screen.entries if entry.question.id == "friend/softmax-shift"]
        assert entry.state == "missed"

    await play(scenario)
    assert list(own.record.cards()) == ["q:friend/softmax-shift"]


async def test_they_are_part_of_the_sitting_and_of_the_numbers(play: Play, own: Services) -> None:
    items = {one.item for one in own.candidates()}
    assert {"q:own/softmax-shift", "q:own/why-warm-up", "q:friend/weights-in-half-precision"} <= items

    async def scenario(learner: Learner) -> None:
        learner.app.push_screen(QuizScreen("q:own/weights-in-half-precision"))
        await learner.settle()
        assert "billion parameters in bf16" in learner.text()
        await learner.press("f8", "escape", "p")
        assert "Progress" in learner.text()

    await play(scenario)
    assert list(own.record.cards()) == ["q:own/weights-in-half-precision"]


async def test_faults_are_told_once_and_the_rest_is_there(play: Play, own: Services) -> None:
    (own.places.bank / "bad.yaml").write_text("track: x\nquestions: [{id: x}]\n", encoding="utf-8")

    async def scenario(learner: Learner) -> None:
        await learner.settle()
        notices = [one.message for one in learner.app._notifications]
        assert sum("in your own questions" in one for one in notices) == 1
        await learner.press("b")
        screen = learner.app.screen
        assert isinstance(screen, BankScreen)
        assert "own/softmax-shift" in {entry.question.id for entry in screen.entries}

    await play(scenario)


def test_the_app_starts_from_the_cache(tmp_path: Path) -> None:
    fill(tmp_path / "bank")
    for _ in range(2):
        services = open_services(tmp_path)
        try:
            assert services.bank.questions["own/why-warm-up"].kind == "recall"
            assert "friend/why-warm-up" in services.bank.questions
            assert len({one.item for one in services.candidates()}) > 400
        finally:
            services.close()
    assert (tmp_path / "cache" / "bank.db").exists()


def run(home: Path, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["--home", str(home), "--language", "en", *arguments], input=typed)


def test_the_commands_know_them(tmp_path: Path) -> None:
    before = json.loads(run(tmp_path, "stats", "--json").output)
    fill(tmp_path / "bank")
    done = run(tmp_path, "quiz", "--plain", "--track", "friend", "-n", "1", typed="?\n" * 40)
    assert "1 answered" in done.output, done.output
    done = run(tmp_path, "quiz", "--plain", "--topic", "softmax", "-n", "1", typed="?\n" * 40)
    assert done.exit_code == 0, done.output
    with Record.open(tmp_path / "record.db") as record:
        assert any(item.startswith("q:friend/") for item in record.cards())
    after = json.loads(run(tmp_path, "stats", "--json").output)
    assert set(after["tracks"]) - set(before["tracks"]) == {"notes", "friend"}
    exported = run(tmp_path, "export", "questions-csv").output
    assert "friend/softmax-shift" in exported
    done = run(tmp_path, "doctor")
    assert "Your own bank: 6 questions, 0 problems" in done.output
