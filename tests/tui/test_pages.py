"""Today, the list of drills, progress, help and the palette; both languages, large and small terminals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from app_support import FakeGrader, Learner, Play
from textual import events
from textual.command import CommandPalette
from textual.widgets import OptionList

from quizbank.record import new_entry
from tui.catalogue import CATALOGUE
from tui.commands import BY_ID
from tui.messages import language_of
from tui.screens.drills import DrillsScreen
from tui.screens.help import HelpScreen
from tui.screens.progress import ProgressScreen
from tui.screens.quiz import QuizScreen
from tui.screens.today import AgendaView, TodayScreen
from tui.services import Services
from tui.settings import load


def answer(services: Services, item: str, *, days_ago: int, score: float = 1.0) -> None:
    now = services.now() - timedelta(days=days_ago)
    rating = 3 if score == 1.0 else 1
    services.record.append(new_entry(item, rev=1, score=score, rating=rating, seconds=30.0, now=now))


# --- today


async def test_a_new_learner_is_told_what_to_do(play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        shown = learner.text()
        assert "Welcome. Press Enter" in shown
        assert "9  new today" in shown
        assert "0  due" in shown
        assert "3  drills to do" in shown

    await play(scenario)


async def test_what_is_due_and_the_streak(play: Play, services: Services) -> None:
    answer(services, "q:sample-single", days_ago=2, score=0.0)
    answer(services, "q:sample-multiple", days_ago=1)
    answer(services, "d:max-pool", days_ago=1)
    answer(services, "q:gone-from-the-bank", days_ago=40, score=0.0)

    async def scenario(learner: Learner) -> None:
        shown = learner.text()
        assert "1  due" in shown  # not the question that is no longer there
        assert "7  new today" in shown
        assert "2  drills to do" in shown
        assert "2  day streak" in shown
        assert "0  answered today" in shown
        assert "last 14 days" in shown
        await learner.press("enter")
        assert isinstance(learner.app.screen, QuizScreen)
        assert learner.app.screen.run is not None
        assert learner.app.screen.run.asked is not None
        assert learner.app.screen.run.asked.question.id == "sample-single"

    await play(scenario)


async def test_the_numbers_follow_an_answer(play: Play, only: Callable[..., None]) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "1", "enter", "escape")
        shown = learner.text()
        assert "0  new today" in shown
        assert "1  answered today" in shown
        assert "Nothing is due" in shown

    only("sample-single")
    await play(scenario)


async def test_the_first_frame_needs_no_bank(play: Play, services: Services) -> None:
    answer(services, "q:sample-single", days_ago=2, score=0.0)

    def broken() -> None:
        raise OSError(5, "input/output error")

    services.load_bank = broken  # type: ignore[assignment]

    async def scenario(learner: Learner) -> None:
        assert "1  due" in learner.text()
        assert learner.app.screen.query_one(AgendaView).agenda is not None

    await play(scenario)


async def test_the_number_of_new_questions_is_a_setting(play: Play, services: Services) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.app.run_action("new_per_day(-5)")
        await learner.app.run_action("new_per_day(-5)")
        await learner.settle()
        assert "5  new today" in learner.text()
        assert load(services.places.settings).settings.new_per_day == 5
        for _ in range(3):
            await learner.app.run_action("new_per_day(-5)")
        assert services.settings.new_per_day == 0

    await play(scenario)


# --- drills


async def test_the_list_shows_tracks_and_states(play: Play, services: Services) -> None:
    answer(services, "d:max-pool", days_ago=1)
    answer(services, "d:attention", days_ago=1, score=0.0)

    async def scenario(learner: Learner) -> None:
        await learner.press("d")
        lines = learner.text().splitlines()
        assert any("✓ Max pooling" in line and "solved" in line for line in lines)
        assert any("◐ Scaled dot-product attention" in line and "tried" in line for line in lines)
        assert any("○ Temperature" in line and "new" in line for line in lines)
        assert any("Convolutional networks" in line for line in lines)
        assert "1 of 3 solved" in lines[0]
        await learner.press("f2")
        assert "✓ 最大池化" in learner.text()
        assert "卷积网络" in learner.text()

    await play(scenario)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("max", ["max-pool"]),
        ("attention", ["attention"]),
        ("tried", ["attention"]),
        ("cnn", ["max-pool"]),
        ("new temp", ["temperature"]),
        ("zzz", []),
    ],
)
async def test_search(typed: str, found: list[str], play: Play, services: Services) -> None:
    answer(services, "d:attention", days_ago=1, score=0.0)

    async def scenario(learner: Learner) -> None:
        await learner.press("d", "slash")
        await learner.type(typed)
        listed = learner.app.screen.query_one("#drills", OptionList)
        assert [option.id for option in listed.options if option.id] == found
        if found:
            await learner.press("enter", "enter")
            assert not isinstance(learner.app.screen, DrillsScreen)
        else:
            assert "No drill matches" in learner.text()
            await learner.press("escape")
            assert len([option for option in listed.options if option.id]) == 3

    await play(scenario)


async def test_pasting_searches(play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("d")
        learner.app.screen.post_message(events.Paste("scaled dot\nproduct"))
        await learner.settle()
        listed = learner.app.screen.query_one("#drills", OptionList)
        assert [option.id for option in listed.options if option.id] == ["attention"]

    await play(scenario)


# --- progress


async def test_progress_in_numbers(play: Play, services: Services) -> None:
    answer(services, "q:sample-single", days_ago=1)
    answer(services, "q:sample-multiple", days_ago=1, score=0.0)
    answer(services, "d:max-pool", days_ago=0)

    async def scenario(learner: Learner) -> None:
        await learner.press("p")
        assert isinstance(learner.app.screen, ProgressScreen)
        shown = learner.text()
        for said in (
            "3  answers",
            "67%  right",
            "1/3  drills solved",
            "2  day streak",
            "Last 30 days",
            "Tracks",
        ):
            assert said in shown
        line = next(line for line in shown.splitlines() if "Convolutional networks" in line)
        assert "3/10" in line
        assert "█" in line
        await learner.press("f2")
        assert "各方向" in learner.text()
        assert "67%  正确率" in learner.text()

    await play(scenario, size=(80, 50))


async def test_progress_names_a_question_by_its_numbers(play: Play, services: Services) -> None:
    now = services.now() - timedelta(days=1)
    entry = new_entry("q:sample-numeric", rev=1, score=0.0, rating=1, seconds=9.0, now=now, confidence=3)
    services.record.append(entry)

    async def scenario(learner: Learner) -> None:
        await learner.press("p", "G")
        shown = learner.text()
        assert "A model has 7 billion parameters" in shown
        assert "<<" not in shown

    await play(scenario, size=(80, 60))


async def test_progress_before_the_first_answer(play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("p")
        assert "Nothing answered yet." in learner.text()

    await play(scenario)


# --- help and the palette


async def test_help_lists_the_keys_of_the_page(play: Play, only: Callable[..., None]) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "f1")
        assert isinstance(learner.app.screen, HelpScreen)
        shown = learner.text()
        for id_ in ("quiz.submit", "answer.number", "quiz.skip", "app.language"):
            assert BY_ID[id_].help.en in shown
        assert BY_ID["workbench.run"].help.en not in shown
        await learner.press("f1")  # help has no help
        assert sum(isinstance(screen, HelpScreen) for screen in learner.app.screen_stack) == 1
        await learner.press("escape")
        assert isinstance(learner.app.screen, QuizScreen)

    only("sample-single")
    await play(scenario, size=(80, 40))


async def test_every_active_binding_comes_from_a_command(
    play: Play, only: Callable[..., None], grader: FakeGrader
) -> None:
    async def scenario(learner: Learner) -> None:
        for keys in ((), ("enter",), ("escape", "d"), ("enter",), ("escape", "escape", "p")):
            await learner.press(*keys)
            own = [
                active.binding
                for active in learner.app.screen.active_bindings.values()
                if type(active.node).__module__.startswith("tui.") and active.binding.action != "help_quit"
            ]
            assert own
            for binding in own:
                if binding.id is not None:
                    id_, _, key = binding.id.partition(":")
                    assert binding.key in BY_ID[id_].keys.split(",")
                    assert key in ("", binding.key)

    only("sample-single")
    await play(scenario)


async def test_the_palette_finds_commands_in_both_languages(play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("ctrl+p")
        assert CommandPalette.is_open(learner.app)  # type: ignore[arg-type]
        await learner.type("progress")
        await learner.pilot.pause()
        await learner.settle()
        await learner.press("enter")
        await learner.settle()
        assert isinstance(learner.app.screen, ProgressScreen)
        await learner.press("ctrl+p")
        await learner.type("drills")
        await learner.settle()
        await learner.press("enter")
        await learner.settle()
        assert isinstance(learner.app.screen, DrillsScreen)
        assert len(learner.app.screen_stack) == 2

    await play(scenario)


async def test_the_theme_is_kept(play: Play, services: Services) -> None:
    async def scenario(learner: Learner) -> None:
        before = learner.app.theme
        await learner.app.run_action("next_theme")
        assert learner.app.theme != before
        assert load(services.places.settings).settings.theme == learner.app.theme

    await play(scenario)


async def test_settings_that_cannot_be_kept_are_told(
    play: Play, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tui.settings.save", refuse)

    async def scenario(learner: Learner) -> None:
        await learner.press("f2")
        assert language_of(learner.app.screen) == "zh"
        assert any("磁盘已满" in note.message for note in learner.app._notifications)

    await play(scenario)


def test_commands_are_written_in_both_languages_and_named_once() -> None:
    commands = [command for area in CATALOGUE.values() for command in area]
    assert len(BY_ID) == len(commands)
    for command in commands:
        assert command.title.en
        assert command.title.zh
        assert command.help.en.endswith(".")
        assert command.help.zh.endswith("。")


# --- sizes

WAYS: dict[str, tuple[str, ...]] = {
    "today": (),
    "quiz": ("enter",),
    "graded": ("enter", "1", "enter"),
    "drills": ("d",),
    "workbench": ("d", "enter"),
    "code": ("d", "enter", "f4"),
    "dialog": ("d", "enter", "f8"),
    "progress": ("p",),
    "help": ("f1",),
}


@pytest.mark.parametrize(
    "size",
    [(80, 24), *(pytest.param(size, marks=pytest.mark.slow) for size in [(40, 10), (120, 40), (32, 8)])],
)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("way", sorted(WAYS))
async def test_every_page_at_every_size(
    way: str, language: str, size: tuple[int, int], play: Play, services: Services, only: Callable[..., None]
) -> None:
    services.settings = type(services.settings)(language=language)  # type: ignore[arg-type]

    async def scenario(learner: Learner) -> None:
        await learner.press(*WAYS[way])
        lines = learner.text().splitlines()  # checks the width of each
        assert any(line.strip() for line in lines[1:-1])
        assert lines[-1].strip()  # the keys
        last = lines[-1].split()
        assert {"Esc", "Enter", "F1", "Y", "^S"} & set(last)

    only("sample-single")
    await play(scenario, size=size)


@pytest.mark.parametrize("size", [(20, 5), (31, 24), (80, 7), (10, 2)])
async def test_too_small_a_terminal_says_so_and_recovers(size: tuple[int, int], play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("d", "enter", "f4")
        await learner.type("kept")
        await learner.pilot.resize_terminal(*size)
        await learner.settle()
        if size[0] >= 20:
            assert "too small" in learner.text()
        await learner.pilot.resize_terminal(80, 24)
        await learner.settle()
        assert "too small" not in learner.text()
        assert "kept" in learner.text()

    await play(scenario)


async def test_notices_at_the_start_are_shown(play: Play, services: Services) -> None:
    from tui.messages import Phrase

    services.notices.append(Phrase("settings.json was broken [/b]", "settings.json 已损坏"))

    async def scenario(learner: Learner) -> None:
        assert isinstance(learner.app.screen, TodayScreen)
        assert [note.message for note in learner.app._notifications] == ["settings.json was broken [/b]"]

    await play(scenario)
