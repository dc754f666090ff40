"""`preptrain quiz --plain` and `preptrain mock --plain`: every kind of question in lines, through a pipe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from right_answers import right_answer

from drills.catalog import find_drill
from quizbank.answering import grade
from quizbank.asking import ask
from quizbank.loader import load_bank
from quizbank.models import Text
from quizbank.record import Record
from tui.cli import main
from tui.command_line import asking
from tui.command_line.asking import LETTERS, Plain, read

BANK = load_bank()
KINDS = ("single", "multiple", "numeric", "cloze", "order", "match", "recall", "snippet", "find_error")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PREPTRAIN_HOME", str(tmp_path))
    return tmp_path


def preptrain(*arguments: str, typed: str = "", language: str = "en") -> Result:
    return CliRunner().invoke(main, ["--language", language, *arguments], input=typed, prog_name="preptrain")


def as_typed(question: Any, answer: Any, order: list[int]) -> str:
    """The lines by which a person gives this answer."""
    match question.kind:
        case "single":
            return f"{order.index(answer) + 1}\n"
        case "multiple" | "order":
            return " ".join(str(order.index(index) + 1) for index in answer) + "\n"
        case "match":
            return (
                " ".join(f"{left}{LETTERS[order.index(right)]}" for left, right in enumerate(answer, 1))
                + "\n"
            )
        case "cloze":
            return "".join(f"{text}\n" for text in answer.values())
        case "recall":
            return answer["text"] + "\n.\n" + " ".join(str(index + 1) for index in answer["ticked"]) + "\n"
        case "snippet":
            return answer + "\n.\n"
        case "find_error":
            return f"{answer['segment'] + 1}\n{order.index(answer['correction']) + 1}\n"
        case _:
            return f"{answer}\n"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_typed_is_the_answer(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    questions = [question for question in BANK.questions.values() if question.kind == kind][:8]
    assert questions
    for seed, question in enumerate(questions):
        asked = ask(question, seed)
        answer = right_answer(question, seed)
        monkeypatch.setattr(asking.sys, "stdin", io.StringIO(as_typed(question, answer, asked.order)))
        assert grade(question, read(asked, Plain("en")), seed).correct, question.id
        monkeypatch.setattr(asking.sys, "stdin", io.StringIO("?\n"))
        assert read(asked, Plain("zh")) is None


def test_a_sitting_is_recorded(home: Path) -> None:
    result = preptrain("quiz", "--plain", "--topic", "lora", "-n", "1", typed="?\n" * 30)
    assert result.exit_code == 0, result.output
    assert "Not right" in result.output
    assert "1 answered, 0 right at the first try." in result.output
    with Record.open(home / "record.db") as record:
        (item,) = record.cards()
        assert BANK.questions[item.removeprefix("q:")].topic == "lora"


def test_an_input_that_ends_ends_the_sitting(home: Path) -> None:
    result = preptrain("quiz", "--plain", language="zh")
    assert result.exit_code == 0
    assert "答了 0 题" in result.output


def test_what_is_no_row_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    monkeypatch.setattr(asking.sys, "stdin", io.StringIO("9\nx\n\n1 2\n2\n"))
    assert Plain("en").numbers("?", "?", 3, once=True) == [1]
    assert capsys.readouterr().out.count("Numbers from 1 to 3.") == 4


@pytest.mark.parametrize("option", [["--topic", "none"], ["--track", "none"]])
def test_an_unknown_topic_or_track(option: list[str]) -> None:
    result = preptrain("quiz", "--plain", *option)
    assert result.exit_code == 2
    assert "none" in result.output


def test_formulas_are_written_in_letters() -> None:
    said = Plain("en").plain(Text(en="scale by $\\alpha$ and $r^2$", zh="无"))
    assert said == "scale by α and r²"


@pytest.mark.slow
def test_an_interview_through_a_pipe(home: Path, tmp_path: Path) -> None:
    early = preptrain("mock", "--plain", "--minutes", "30", typed="?\n?\n")
    assert early.exit_code == 1
    assert "Left early" in early.output
    assert json.loads(preptrain("mock", "list", "--json").output)["interviews"] == []
    code = tmp_path / "mine.py"
    code.write_text(find_drill("softmax").solution, "utf-8")
    typed = (
        "n\n"
        + "?\n" * 6
        + "We freeze the base and train two low-rank matrices.\n.\n" * 2
        + f"{code}\n"
        + "1\n1\n"
    )
    done = preptrain("mock", "--plain", "--minutes", "30", typed=typed)
    assert done.exit_code == 0, done.output
    assert "# Mock interview" in done.output
    assert "A strong answer has" in done.output
    shown = preptrain("mock", "show", language="zh")
    assert shown.output.startswith("# 模拟面试")
    (kept,) = json.loads(preptrain("mock", "list", "--json").output)["interviews"]
    assert kept["version"] == 1
    assert kept["score"] == pytest.approx(json.loads(preptrain("mock", "show", "--json").output)["score"])
    assert preptrain("mock", "show", "other").exit_code == 1


def test_drills_come_among_the_questions(home: Path) -> None:
    (home / "settings.json").write_text('{"drill_share": 50}', "utf-8")
    told = preptrain("quiz", "--plain", "-n", "6", typed="?\ns\n" * 40)
    assert told.exit_code == 0, told.output
    files = [
        Path(line.split(": ", 1)[1]) for line in told.output.splitlines() if line.startswith("Your file")
    ]
    assert len(files) >= 2
    for file in files:
        drill = find_drill(file.stem.replace("_", "-"))
        assert file.read_text("utf-8") == drill.starter
        assert f"Now build it: {drill.title.en} (about" in told.output
    with Record.open(home / "record.db") as record:
        assert all(entry.item.startswith("q:") for entry in record.entries())


def test_no_drill_where_a_topic_is_asked_for(home: Path) -> None:
    (home / "settings.json").write_text('{"drill_share": 50}', "utf-8")
    told = preptrain("quiz", "--plain", "--topic", "attention", "-n", "4", typed="?\n" * 40)
    assert "Your file" not in told.output
