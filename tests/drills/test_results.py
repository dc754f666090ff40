"""Results for other programs: each format read back by one that is not ours."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from gradings import ALL, BROKEN, CRASHED, DRILL, FAULT, PASSED, RAISED, WRONG, check, grading

from drills.grading.report import Failure, Report
from drills.results import RESULTS, Grading, ResultsError, render
from quizbank.models import Text
from tui.command_line.results import RESULT_NAMES

junitparser = pytest.importorskip("junitparser")


def test_junit_is_read_by_a_public_parser() -> None:
    document = junitparser.JUnitXml.fromstring(render("junit", ALL, "en").encode())
    suites = list(document)
    assert [(one.tests, one.failures, one.errors, one.skipped) for one in suites] == [
        (2, 0, 0, 0),
        (4, 2, 0, 1),
        (2, 0, 2, 0),
        (1, 0, 1, 0),
        (3, 0, 1, 1),
        (1, 0, 1, 0),
    ]
    assert (document.tests, document.failures, document.errors, document.skipped) == (13, 2, 5, 2)
    assert document.time == pytest.approx(9.0)
    assert suites[0].name == "attention (a,b:c.py)"
    wrong = list(suites[1])
    assert [case.name for case in wrong] == [f"check_{n} holds, 100%" for n in range(4)]
    assert wrong[0].is_passed
    assert wrong[0].time == 0.25
    (told,) = wrong[2].result
    assert isinstance(told, junitparser.Failure)
    for words in ("q = [[1.]]", "expected: [[2.]]", "actual: [[nan]] red � ]]> & <b> � 最大", "1/√d"):
        assert words in told.text
    (other,) = wrong[1].result
    assert other.text == "does not hold; the first counterexample is at: check_2 holds, 100%"
    (printed,) = suites[1]._elem.iter("system-out")
    assert printed.text.startswith("red � ]]> & <b>")


def test_junit_in_chinese() -> None:
    (suite,) = junitparser.JUnitXml.fromstring(render("junit", [WRONG], "zh").encode())
    case = list(suite)[2]
    assert case.name == "check_2 成立"
    assert case.result[0].message.startswith("有 3 个值不同")
    assert "可能的原因： 缺少 1/√d" in case.result[0].text


GRADESCOPE: dict[str, Any] = {  # from the documented fields of results.json
    "type": "object",
    "additionalProperties": False,
    "required": ["score", "tests"],
    "properties": {
        "score": {"type": "number", "minimum": 0},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": {"enum": ["text", "html", "simple_format", "md", "ansi"]},
        "visibility": {"enum": ["hidden", "after_due_date", "after_published", "visible"]},
        "stdout_visibility": {"enum": ["hidden", "after_due_date", "after_published", "visible"]},
        "extra_data": {"type": "object"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": {"type": "number", "minimum": 0},
                    "max_score": {"type": "number", "minimum": 0},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": {"const": "text"},
                    "output": {"type": "string"},
                    "output_format": {"const": "text"},
                    "visibility": {"const": "visible"},
                },
            },
        },
    },
}


@pytest.mark.parametrize(
    ("gradings", "score", "worth"),
    [
        ([PASSED], 100, 100),
        ([WRONG], 25, 100),
        ([RAISED], 0, 100),
        ([BROKEN], 0, 100),
        ([CRASHED], 0, 100),
        ([PASSED, WRONG], 125, 200),
    ],
)
def test_gradescope_scores(gradings: list[Grading], score: float, worth: float) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    text = render("gradescope", gradings, "en")
    document = json.loads(text)
    jsonschema.validate(document, GRADESCOPE)
    assert document["score"] == pytest.approx(score)
    assert sum(test["max_score"] for test in document["tests"]) == pytest.approx(worth)
    assert sum(test["score"] for test in document["tests"]) == pytest.approx(score)
    failed = any(test["status"] == "failed" for test in document["tests"])
    assert failed == any(not one.report.passed for one in gradings)
    assert "\x1b" not in text
    assert "\\u0000" not in text


def test_gradescope_gives_no_zero_for_a_fault_of_the_grader() -> None:
    with pytest.raises(ResultsError, match="no score") as caught:
        render("gradescope", [PASSED, FAULT], "en")
    assert "没有可报告的分数" in caught.value.zh


def exercism(one: Grading) -> Any:
    return json.loads(render("exercism", [one], "en"))


def test_exercism_follows_its_specification() -> None:
    passed = exercism(PASSED)
    assert (passed["version"], passed["status"], passed["message"]) == (3, "pass", None)
    assert [test["status"] for test in passed["tests"]] == ["pass", "pass"]
    wrong = exercism(WRONG)
    assert (wrong["status"], wrong["message"]) == ("fail", None)
    assert [test["status"] for test in wrong["tests"]] == ["pass", "fail", "fail", "error"]
    assert "expected: [[2.]]" in wrong["tests"][2]["message"]
    assert "output" not in wrong["tests"][1], "what was printed belongs to the failure that is told"
    assert [test["status"] for test in exercism(RAISED)["tests"]] == ["error", "error"]
    for one in (BROKEN, CRASHED, FAULT):
        document = exercism(one)
        assert document["status"] == "error"
        assert document["message"]
        assert document["tests"] == []


def test_exercism_limits() -> None:
    long = Failure(check="check_0", message=Text(en="最" * 40_000, zh="最"))
    document = exercism(grading("wrong", "failed", output="x" * 501, failure=long))
    (test,) = document["tests"]
    assert len(test["output"]) == 500
    assert test["output"].endswith("\nOutput was truncated. Please limit to 500 chars")
    assert 65_530 < len(test["message"].encode()) <= 65_535
    (test,) = exercism(grading("wrong", "failed", output="x" * 500, failure=long))["tests"]
    assert test["output"] == "x" * 500


def test_exercism_shows_the_code_of_a_check() -> None:
    name = re.search(r"def test_(\w+)", (DRILL.folder / "checks.py").read_text())
    assert name
    known = check("x", "passed").model_copy(update={"id": name[1]})
    (test,) = exercism(Grading(DRILL, "a.py", Report(drill="attention", verdict="pass", checks=[known])))[
        "tests"
    ]
    assert not test["test_code"].startswith((" ", "def "))
    compile(test["test_code"], "checks", "exec")


def test_exercism_holds_one_submission() -> None:
    with pytest.raises(ResultsError, match="one submission a file, here are 2"):
        render("exercism", [PASSED, WRONG], "en")


def parse_command(line: str) -> tuple[str, dict[str, str], str]:
    """As the runner reads a command (actions/runner, ActionCommand.TryParseV2)."""

    def unescape(text: str, *more: tuple[str, str]) -> str:
        for escaped, sign in (*more, ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            text = text.replace(escaped, sign)
        return text

    head, message = line.removeprefix("::").split("::", 1)
    name, _, rest = head.partition(" ")
    pairs = [pair.split("=", 1) for pair in rest.split(",")]
    return name, {key: unescape(value, ("%3A", ":"), ("%2C", ",")) for key, value in pairs}, unescape(message)


def test_github_annotations() -> None:
    lines = render("github", ALL, "en").splitlines()
    assert len(lines) == len(ALL), "one command a submission, whatever a message holds"
    commands = [parse_command(line) for line in lines]
    assert [name for name, _, _ in commands] == ["notice", *["error"] * 5]
    for _, properties, message in commands:
        assert properties["file"] == "a,b:c.py"
        assert properties["title"] == f"{DRILL.title.en} (attention)"
        assert message
    assert commands[2][1]["line"] == "7", "the innermost line of the traceback"
    assert "line" not in commands[1][1]
    assert "100%" not in commands[0][2]
    assert "\n::error::forged" in commands[1][2], "within the message, no command of its own"


def test_every_format_says_what_it_is_for() -> None:
    assert tuple(RESULTS) == RESULT_NAMES
    for form in RESULTS.values():
        assert any("\u4e00" <= sign <= "\u9fff" for sign in form.description.zh)
    with pytest.raises(ResultsError, match="no results format 'tap'; there are: junit, gradescope"):
        render("tap", [PASSED], "en")
