"""The learner's own keys: they work, and the footer, the help, the palette and every sentence say them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from app_support import FakeGrader, Learner, Play, a_report
from click.testing import CliRunner
from textual.widgets import OptionList

from tui import commands, keys
from tui.catalogue import CATALOGUE
from tui.cli import main
from tui.commands import BY_ID, remap
from tui.messages import BEGIN, IN_WORDS
from tui.screens.quiz import QuizScreen
from tui.services import Services
from tui.settings import Settings, load, save


@pytest.fixture(autouse=True)
def _usual_keys() -> Iterator[None]:
    yield
    remap({})


def test_names_of_keys() -> None:
    named = {
        "ctrl+s": "^S",
        "f5": "F5",
        "q": "Q",
        "G": "⇧G",
        "shift+up": "⇧↑",
        "escape": "Esc",
        "alt+x": "alt+x",
    }
    assert {key: keys.key_name(key) for key in named} == named
    for key in ("ctrl+s", "f12", "j", "G", "1", "question_mark", "ctrl+shift+left"):
        assert keys.is_key(key), key
    for key in ("", "ctrl+", "?", "strg+s", "a b", "+"):
        assert not keys.is_key(key), key


def test_what_is_wrong_with_a_key_is_told_and_left_out() -> None:
    keymap, problems = remap(
        {
            "quiz.submit": "ctrl+j, f12",
            "quiz.nothing": "x",
            "quiz.undo": "?",
            "quiz.rate": "1,2",
            "quiz.build": "f",
        }
    )
    assert keymap == {"quiz.submit": "ctrl+j,f12", "quiz.build": "f"}
    assert [problem.en.split(":", 1)[1].strip() for problem in problems] == [
        "no command is called quiz.nothing; `preptrain keys` lists them.",
        "quiz.undo: ? is no key; write such as ctrl+j, f12 or question_mark.",
        "quiz.rate wants 4 keys, with commas between them.",
        "f stands for both quiz.build and quiz.follow_up.",
    ]
    assert all("settings.json：" in problem.zh for problem in problems)


def test_nothing_stands_for_two_things_from_the_start() -> None:
    for area in CATALOGUE.values():
        for command in area:
            commands.OWN_KEYS[command.id] = command.keys
        assert list(commands._twice(area)) == []


def test_every_key_in_a_sentence_is_that_of_a_command() -> None:
    import tui.messages
    import tui.mock_messages

    for name, phrase in (*vars(tui.messages).items(), *vars(tui.mock_messages).items()):
        if isinstance(phrase, tui.messages.Phrase):
            for text in (phrase.en, phrase.zh):
                for marked in keys._MARK.findall(text):
                    assert marked in BY_ID, name


async def test_own_keys_work_and_are_said(play: Play, services: Services, only: Callable[..., None]) -> None:
    services.settings = Settings(
        language="en",
        keys={
            "today.begin": "x",
            "quiz.submit": "f12",
            "quiz.sure_3": "f9",
            "app.theme": "f10",
            "quiz.rate": "6,7,8,9",
        },
    )
    only("sample-recall")

    async def scenario(learner: Learner) -> None:
        assert "Press X to begin" in learner.text() or "Press X for" in learner.text()
        assert "X Begin" in learner.text()
        await learner.press("enter")
        assert not isinstance(learner.app.screen, QuizScreen)
        theme = learner.app.theme
        await learner.press("f10")
        assert learner.app.theme != theme
        await learner.press("x")
        assert isinstance(learner.app.screen, QuizScreen)
        shown = learner.text()
        assert "F12 shows the rubric" in shown
        assert "F12 Submit" in shown
        assert "^S" not in shown
        await learner.press("a", "ctrl+s")
        assert learner.app.screen.stage == "asking"
        await learner.press("f9")
        assert learner.app.screen.confidence == 3
        await learner.press("f1")
        assert "F12" in learner.text()
        await learner.press("escape", "f12", "1", "f12")
        assert learner.app.screen.stage == "graded"
        await learner.press("1")
        assert len(learner.entries()) == 1
        await learner.press("9")
        (_, _, own) = learner.entries()
        assert own.rating == 4

    await play(scenario, size=(110, 30))
    assert IN_WORDS["zh"].endswith("按 F12 看评分要点。")


async def test_the_key_in_a_diagnosis(play: Play, services: Services, grader: FakeGrader) -> None:
    from drills.grading.report import Diagnosis
    from quizbank.models import Text

    services.settings = Settings(language="en", keys={"workbench.explain": "f12"})
    said = Diagnosis(mutant="max-pool/x", text=Text(en="It is so.", zh="如此。"))
    grader.reports = [a_report("max-pool", passed=False).model_copy(update={"diagnosis": said})]

    async def scenario(learner: Learner) -> None:
        await learner.press("d", "enter", "ctrl+s")
        assert "F12 explains" in learner.text()

    await play(scenario)


async def test_faults_are_told_at_the_start(play: Play, services: Services) -> None:
    services.settings = Settings(language="zh", keys={"no.such": "x"})

    async def scenario(learner: Learner) -> None:
        assert [note.message for note in learner.app._notifications] == [
            "settings.json：没有名为 no.such 的命令，用 `preptrain keys` 查看。"
        ]

    await play(scenario)


async def test_the_letters_of_vim_move(play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("d")
        listed = learner.app.screen.query_one("#drills", OptionList)
        at = [listed.highlighted]
        for key in ("j", "j", "k", "G", "g"):
            await learner.press(key)
            at.append(listed.highlighted)
        first, second, third = at[0], at[1], at[2]
        assert at == [first, second, third, second, third, first]
        assert len({first, second, third}) == 3
        await learner.press("escape", "f1")
        body = learner.app.screen._scrolled()
        assert body is not None
        await learner.press("j")
        assert body.scroll_y > 0
        await learner.press("G")
        assert body.scroll_y == body.max_scroll_y
        await learner.press("k")
        assert body.scroll_y < body.max_scroll_y
        await learner.press("g")
        assert body.scroll_y == 0

    await play(scenario, size=(60, 14))


def test_keys_are_kept_with_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    save(path, Settings(keys={"quiz.submit": "ctrl+j"}))
    assert load(path).settings.keys == {"quiz.submit": "ctrl+j"}
    path.write_text('{"keys": ["ctrl+j"]}', "utf-8")
    assert load(path).settings.keys == {}
    path.write_text('{"keys": {"quiz.submit": 3, "quiz.undo": "z"}}', "utf-8")
    assert load(path).settings.keys == {"quiz.undo": "z"}


def test_the_list_of_keys(home: Path) -> None:
    home.mkdir()
    (home / "settings.json").write_text('{"keys": {"quiz.submit": "ctrl+j", "x.y": "z"}}', "utf-8")
    result = CliRunner().invoke(main, ["--language", "zh", "keys"])
    assert result.exit_code == 0
    assert any(line.split()[:2] == ["quiz.submit", "^J"] for line in result.output.splitlines())
    assert "没有名为 x.y 的命令" in result.output
    rows = json.loads(CliRunner().invoke(main, ["keys", "--json"]).output)["commands"]
    assert {row["id"] for row in rows} == set(BY_ID)
    assert next(row for row in rows if row["id"] == "quiz.submit")["keys"] == ["ctrl+j"]
    assert BEGIN["en"] == "Press Enter to begin."
