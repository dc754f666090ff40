"""Bug hunts from the command line and in the app: opened, graded, recorded apart from the drill."""

from __future__ import annotations

import re
from pathlib import Path

from app_support import FakeGrader, Learner, Play, a_report
from click.testing import CliRunner, Result

from drills.catalog import find_drill
from drills.grading.report import Diagnosis
from drills.hunting import find, hunts
from quizbank.models import Text
from quizbank.record import Record
from tui.cli import main
from tui.screens.workbench import WorkbenchScreen
from tui.services import Services


def preptrain(*arguments: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, ["--language", language, *arguments], prog_name="preptrain")


def test_a_hunt_on_the_command_line(home: Path) -> None:
    opened = preptrain("drill", "hunt", "temperature")
    assert opened.exit_code == 0
    assert "Bug hunt." in opened.stdout
    match = re.search(r"Grade it: preptrain drill check (temperature/\w{4})", opened.stdout + opened.stderr)
    assert match is not None
    name = match.group(1)
    hunt = find(name)
    path = home / "workspace" / hunt.file_name
    assert path.read_text("utf-8") == hunt.starter

    failed = preptrain("drill", "check", name)
    assert failed.exit_code == 1
    assert hunts(find_drill("temperature"))[0].mutant.en not in failed.stdout
    path.write_text(hunt.solution, "utf-8")
    passed = preptrain("drill", "check", name)
    assert passed.exit_code == 0
    assert "The mistake that you mended: " in passed.stdout

    following = preptrain("drill", "hunt", "temperature")
    assert name not in following.stdout + following.stderr
    with Record.open(home / "record.db") as record:
        assert [entry.item for entry in record.entries()] == [hunt.item, hunt.item]
        assert record.card("d:temperature") is None


def test_an_unknown_hunt_is_told() -> None:
    result = preptrain("drill", "hunt", "temperature/none", language="zh")
    assert result.exit_code == 2
    assert "没有代号为 'none' 的找错题" in result.output


async def test_a_hunt_in_the_app_is_recorded_apart_and_names_the_mistake_after_the_pass(
    play: Play, services: Services, grader: FakeGrader
) -> None:
    named = Diagnosis(mutant="max-pool/x", text=Text(en="Padding is zero.", zh="用零填充。"))
    wrong = a_report("max-pool", passed=False).model_copy(update={"diagnosis": named})
    grader.reports = [wrong, a_report("max-pool", passed=True)]
    first = hunts(find_drill("max-pool"))[0]

    async def scenario(learner: Learner) -> None:
        await learner.press("d", "b")
        screen = learner.app.screen
        assert isinstance(screen, WorkbenchScreen)
        assert screen.drill.item == first.item
        assert screen.editor.text == first.starter
        assert "Bug hunt" in learner.text()
        await learner.press("ctrl+s")
        assert "Padding is zero." not in learner.text()
        await learner.press("ctrl+s")
        assert "The mistake that you mended" in learner.text()
        assert [entry.item for entry in learner.entries()] == [first.item, first.item]
        await learner.press("escape", "b")
        assert isinstance(learner.app.screen, WorkbenchScreen)
        assert learner.app.screen.drill.item == hunts(find_drill("max-pool"))[1].item

    await play(scenario)


async def test_hunts_are_never_due_and_use_up_no_new_item(
    play: Play, services: Services, grader: FakeGrader
) -> None:
    grader.reports = [a_report("max-pool", passed=False)]

    async def scenario(learner: Learner) -> None:
        before = (
            services.record.new_count(services.now().date()),
            services.record.due_count(services.now().date()),
        )
        await learner.press("d", "b", "ctrl+s")
        assert len(learner.entries()) == 1
        after = (
            services.record.new_count(services.now().date()),
            services.record.due_count(services.now().date()),
        )
        assert after == before

    await play(scenario)


async def test_the_list_draws_what_a_drill_builds_on(play: Play, services: Services) -> None:
    softmax = find_drill("softmax")
    services.load_drills = lambda: {"softmax": softmax, "cross-entropy": find_drill("cross-entropy")}

    async def scenario(learner: Learner) -> None:
        await learner.press("d", "down")
        assert "└╴○ " in learner.text()
        assert "Builds on:  ○ Softmax" in learner.text()
        await learner.press("slash", *"gradient")
        assert "└╴" not in learner.text()

    await play(scenario)
