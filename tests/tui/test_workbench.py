"""The workbench: the learner's file and its draft, runs that stream, stop and fail, hints and the solution."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_support import FakeGrader, Learner, Play, a_report
from textual import events

from drills.catalog import Drill
from drills.grading.client import Grader
from drills.grading.report import Diagnosis, Failure, Report
from quizbank.errors import RecordError
from quizbank.models import Text
from quizbank.record import Entry
from quizbank.scheduling import Card
from tui.screens.quiz import QuizScreen
from tui.screens.workbench import WorkbenchScreen
from tui.services import Services
from tui.widgets.code_editor import CodeEditor

DRILL = "max-pool"


async def open_drill(learner: Learner) -> WorkbenchScreen:
    await learner.press("d", "enter")
    screen = learner.app.screen
    assert isinstance(screen, WorkbenchScreen)
    return screen


def file_of(services: Services) -> Path:
    return services.places.workspace / "max_pool.py"


async def test_opening_writes_the_starter_and_warms_the_grader(
    play: Play, services: Services, grader: FakeGrader, sample_drills: dict[str, Drill]
) -> None:
    async def scenario(learner: Learner) -> None:
        screen = await open_drill(learner)
        assert file_of(services).read_text("utf-8") == sample_drills[DRILL].starter
        assert screen.editor.text == sample_drills[DRILL].starter
        assert grader.warmed == ["numpy"]
        assert "Max pooling" in learner.text()

    await play(scenario)


async def test_enter_pressed_twice_opens_one_workbench(play: Play, sample_drills: dict[str, Drill]) -> None:
    async def scenario(learner: Learner) -> None:
        await learner.press("d")
        learner.app.open_drill(sample_drills[DRILL])
        learner.app.open_drill(sample_drills[DRILL])
        await learner.settle()
        assert sum(isinstance(screen, WorkbenchScreen) for screen in learner.app.screen_stack) == 1

    await play(scenario)


async def test_a_failing_run_is_recorded_and_shown_in_full(
    play: Play, services: Services, grader: FakeGrader
) -> None:
    grader.reports = [a_report(DRILL, passed=False)]

    async def scenario(learner: Learner) -> None:
        screen = await open_drill(learner)
        await learner.press("f4", "#", "x", "ctrl+s")
        (entry,) = learner.entries()
        assert (entry.item, entry.score, entry.rating) == ("d:max-pool", 0.0, 1)
        assert entry.detail["verdict"] == "wrong"
        assert entry.detail["checks"] == {"shape": "passed", "values": "failed", "pure": "not_run"}
        assert entry.detail["code"].startswith("#x")
        assert file_of(services).read_text("utf-8").startswith("#x")
        assert grader.sources == [screen.editor.text]
        shown = learner.text()
        for said in (
            "✗ Wrong answer",
            "One value differs.",
            "Smallest inputs that fail",
            "x = [[1.0, 2.0]]",
            "kernel_size = 1",
            "expected",
            "actual",
            "[/b] 3.0",  # never parsed as markup
            "difference",
        ):
            assert said in shown
        await learner.press("end")
        shown = learner.text()
        for said in (
            "✓ The shape is right.",
            "✗ The values agree. (failed)",
            "· No argument changes. (not run)",
        ):
            assert said in shown
        assert "loaded [bold]red" in shown  # without the escape sequences
        await learner.press("f2")
        assert "✗ 答案错误" in learner.text()

    await play(scenario, size=(80, 40))


async def test_a_pass_after_a_failure_with_a_hint(play: Play, grader: FakeGrader, services: Services) -> None:
    grader.reports = [a_report(DRILL, passed=False), a_report(DRILL, passed=True)]

    async def scenario(learner: Learner) -> None:
        await open_drill(learner)
        await learner.press("f5", "f7", "f5")
        assert "✓ Passed" in learner.text()
        first, second = learner.entries()
        assert (first.detail["hints"], second.detail["hints"]) == (0, 1)
        assert (second.score, second.rating) == (1.0, 3)
        await learner.press("escape")
        assert "solved" in learner.text()

    await play(scenario)


async def test_hints_come_one_at_a_time(play: Play, sample_drills: dict[str, Drill]) -> None:
    async def scenario(learner: Learner) -> None:
        screen = await open_drill(learner)
        for number in (1, 2, 3):
            await learner.press("f7")
            assert f"Hint {number} of 3" in learner.text()
        await learner.press("f7")
        assert screen.desk.hints_shown == 3

    await play(scenario, size=(80, 60))


async def test_checking_is_said_at_once_and_checks_stream_in(play: Play, grader: FakeGrader) -> None:
    grader.hold = True
    grader.reports = [a_report(DRILL, passed=False)]

    async def scenario(learner: Learner) -> None:
        screen = await open_drill(learner)
        await learner.pilot.press("ctrl+s")
        await wait_until(learner, lambda: "✗ The values agree." in learner.text())
        assert screen.state == "running"
        assert "checking…" in learner.text()
        assert learner.entries() == []
        await learner.pilot.press("ctrl+s")  # a second run while one is under way is not begun
        grader.go_on.set()
        await learner.settle()
        assert len(grader.sources) == 1
        assert len(learner.entries()) == 1

    await play(scenario)


async def test_escape_stops_a_run_and_records_nothing(play: Play, grader: FakeGrader) -> None:
    grader.hold = True
    grader.reports = [a_report(DRILL, passed=True)]

    async def scenario(learner: Learner) -> None:
        screen = await open_drill(learner)
        await learner.pilot.press("ctrl+s")
        await wait_until(learner, lambda: screen.state == "running")
        await learner.press("escape")
        assert screen.state == "idle"
        assert learner.app.screen is screen
        assert learner.entries() == []
        assert "Stopped." in learner.text()

    await play(scenario)


async def test_quitting_during_a_run_ends_it(play: Play, grader: FakeGrader) -> None:
    grader.hold = True
    grader.reports = [a_report(DRILL, passed=True)]

    async def scenario(learner: Learner) -> None:
        screen = await open_drill(learner)
        await learner.pilot.press("ctrl+s")
        await wait_until(learner, lambda: screen.state == "running")
        await learner.pilot.press("ctrl+q")
        assert grader.cancelled.is_set()

    await play(scenario)


async def wait_until(learner: Learner, holds: object) -> None:
    """Give the app time until something holds."""
    assert callable(holds)
    for _ in range(200):
        await learner.pilot.pause()
        if holds():
            return
    raise AssertionError(learner.text())


async def test_the_graders_own_fault_is_told_and_not_recorded(play: Play, grader: FakeGrader) -> None:
    missing = Text(en="Install it with: pip install 'preptrain[torch]'", zh="请运行：pip install")
    grader.reports = [
        Report(drill=DRILL, verdict="grader_fault", failure=Failure(message=missing)),
        RuntimeError("the pipe [/x] broke"),
        a_report(DRILL, passed=True),
    ]

    async def scenario(learner: Learner) -> None:
        screen = await open_drill(learner)
        await learner.press("ctrl+s")
        assert "pip install 'preptrain[torch]'" in learner.text()
        await learner.press("ctrl+s")
        assert screen.state == "idle"
        assert learner.entries() == []
        await learner.press("ctrl+s")
        assert len(learner.entries()) == 1

    await play(scenario)


async def test_an_attempt_that_cannot_be_recorded_still_shows(
    play: Play, grader: FakeGrader, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    grader.reports = [a_report(DRILL, passed=True)]

    def refuse(entry: Entry) -> Card:
        raise RecordError("the disk is full", "磁盘已满")

    monkeypatch.setattr(services.record, "append", refuse)

    async def scenario(learner: Learner) -> None:
        await open_drill(learner)
        await learner.press("ctrl+s")
        assert "✓ Passed" in learner.text()

    await play(scenario)


async def test_the_solution_only_after_a_pass_or_giving_up(
    play: Play, services: Services, sample_drills: dict[str, Drill]
) -> None:
    solution = sample_drills[DRILL].solution
    line = next(line for line in solution.splitlines() if "return" in line).strip()

    async def scenario(learner: Learner) -> None:
        screen = await open_drill(learner)
        await learner.press("f8")
        assert "Give up and see the solution?" in learner.text()
        await learner.press("n")
        assert learner.app.screen is screen
        assert learner.entries() == []
        await learner.press("f8", "y")
        assert line[:30] in learner.text()
        (entry,) = learner.entries()
        assert (entry.detail["verdict"], entry.rating) == ("gave_up", 1)
        await learner.press("escape", "f8")  # given up already: it does not ask again
        assert line[:30] in learner.text()
        assert len(learner.entries()) == 1

    await play(scenario, size=(80, 60))


async def test_starting_over_backs_up_first(
    play: Play, services: Services, sample_drills: dict[str, Drill]
) -> None:
    async def scenario(learner: Learner) -> None:
        screen = await open_drill(learner)
        await learner.press("f4")
        await learner.type("# mine")
        await learner.press("f9", "n")
        assert screen.editor.text.startswith("# mine")
        await learner.press("f9", "y")
        assert screen.editor.text == sample_drills[DRILL].starter
        (backup,) = services.places.workspace.glob("*.bak.py")
        assert backup.read_text("utf-8").startswith("# mine")

    await play(scenario)


async def test_what_comes_in_one_read_keeps_its_order(play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        screen = await open_drill(learner)
        await learner.press("f4")
        before = screen.editor.text
        for key in (*["pagedown"] * 3, "end"):
            learner.app.post_message(events.Key(key, None))
        learner.app.post_message(events.Paste("# the end"))
        await learner.settle()
        assert screen.editor.text == before + "# the end"

    await play(scenario)


# --- drafts


async def test_what_was_typed_and_not_run_is_back(play: Play, services: Services) -> None:
    async def scenario(learner: Learner) -> None:
        await open_drill(learner)
        await learner.press("f4")
        await learner.type("# half")
        await learner.press("escape")
        assert not file_of(services).read_text("utf-8").startswith("# half")
        await learner.press("enter")
        assert learner.app.screen.query_one(CodeEditor).text.startswith("# half")

    await play(scenario)


async def test_a_file_changed_outside_wins_and_the_draft_is_kept_beside(
    play: Play, services: Services
) -> None:
    async def scenario(learner: Learner) -> None:
        await open_drill(learner)
        await learner.press("f4")
        await learner.type("# half")
        await learner.press("escape")
        file_of(services).write_text("# from another editor\n", "utf-8")
        await learner.press("enter")
        assert learner.app.screen.query_one(CodeEditor).text == "# from another editor\n"
        (kept,) = services.places.workspace.glob("*.draft.py")
        assert kept.read_text("utf-8").startswith("# half")

    await play(scenario)


async def test_a_file_that_is_no_text_is_told(play: Play, services: Services) -> None:
    services.places.workspace.mkdir()
    file_of(services).write_bytes(b"\xff\xfe\x00")

    async def scenario(learner: Learner) -> None:
        await learner.press("d", "enter")
        assert not isinstance(learner.app.screen, WorkbenchScreen)
        assert file_of(services).read_bytes() == b"\xff\xfe\x00"

    await play(scenario)


async def test_a_workspace_that_cannot_be_written_is_told(play: Play, services: Services) -> None:
    services.places.workspace.write_text("a file where a folder should be", "utf-8")

    async def scenario(learner: Learner) -> None:
        await learner.press("d", "enter")
        assert "Drills" in learner.text()

    await play(scenario)


# --- layout


@pytest.mark.parametrize(("size", "panes"), [((80, 24), 1), ((99, 30), 1), ((100, 30), 2), ((160, 50), 2)])
async def test_side_by_side_only_where_there_is_room(play: Play, size: tuple[int, int], panes: int) -> None:
    async def scenario(learner: Learner) -> None:
        screen = await open_drill(learner)

        def displayed() -> list[str | None]:
            return [w.id for w in screen.query("#prompt, #result, #code") if w.display]

        assert len(displayed()) == panes
        for key, pane in (("f6", "result"), ("f4", "code"), ("f3", "prompt")):
            await learner.press(key)
            assert pane in displayed()
            assert len(displayed()) == panes
            focused = learner.app.focused
            assert focused is not None
            assert focused.id == pane

    await play(scenario, size=size)


async def test_resizing_keeps_the_text_and_the_pane(play: Play) -> None:
    async def scenario(learner: Learner) -> None:
        screen = await open_drill(learner)
        await learner.press("f4")
        await learner.type("abc")
        await learner.pilot.resize_terminal(130, 40)
        await learner.settle()
        assert screen.query_one("#prompt").display
        await learner.pilot.resize_terminal(80, 24)
        await learner.settle()
        assert screen.editor.display
        assert not screen.query_one("#prompt").display
        assert screen.editor.text.startswith("abc")

    await play(scenario)


async def test_the_real_grader(play: Play, services: Services, sample_drills: dict[str, Drill]) -> None:
    services.make_grader = Grader

    async def scenario(learner: Learner) -> None:
        screen = await open_drill(learner)
        await learner.press("ctrl+s")
        assert "✗ Your code raised an error" in learner.text()
        screen.editor.load_text(sample_drills[DRILL].solution)
        await learner.press("ctrl+s")
        assert "✓ Passed" in learner.text()
        assert [entry.score for entry in learner.entries()] == [0.0, 1.0]

    await play(scenario, size=(120, 40))


async def test_the_question_on_a_failure_is_one_key_away(
    play: Play, services: Services, grader: FakeGrader
) -> None:
    failed = a_report(DRILL, passed=False)
    named = Diagnosis(mutant="max-pool/padding-wins", text=Text(en="The padding wins.", zh="填充值会胜出。"))
    grader.reports = [failed.model_copy(update={"diagnosis": named})]

    async def scenario(learner: Learner) -> None:
        await open_drill(learner)
        await learner.press("ctrl+e")  # nothing has failed yet
        assert isinstance(learner.app.screen, WorkbenchScreen)
        await learner.press("f4", "#", "ctrl+s")
        assert "The padding wins." in learner.text()
        await learner.press("ctrl+e")
        screen = learner.app.screen
        assert isinstance(screen, QuizScreen)
        assert screen.run is not None
        assert screen.run.asked is not None
        assert screen.run.asked.question.id == "sample-single"
        await learner.press("escape")
        assert isinstance(learner.app.screen, WorkbenchScreen)
        assert learner.entries()[0].detail["diagnosis"] == "max-pool/padding-wins"

    await play(scenario)
