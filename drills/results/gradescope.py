"""Gradescope's `results.json`: 100 points a drill, shared out evenly among its checks.

Of several gradings (an assignment of several drills) the points add up. Where the fault is not a check's (code
that does not load, ends the process or uses what is forbidden) no check counts.
https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from drills.results.grading import Grading, ResultsError, check_details, details, failed_check, plain, verdict
from quizbank.models import Language

POINTS = 100.0


def render(gradings: Sequence[Grading], language: Language) -> str:
    if any(grading.report.verdict == "grader_fault" for grading in gradings):
        raise ResultsError(
            "the grader failed, so there is no score to report; preptrain doctor says more",
            "判题器出了故障，没有可报告的分数；preptrain doctor 可查看原因",
        )
    tests = [test for grading in gradings for test in _tests(grading, language)]
    document: dict[str, Any] = {
        "score": round(sum(test["score"] for test in tests), 2),
        "execution_time": round(sum(grading.report.seconds for grading in gradings), 3),
        "output": "\n".join(
            f"{plain(grading.file)}: {verdict(grading.report, language)}" for grading in gradings
        ),
        "output_format": "text",
        "visibility": "visible",
        # What the code prints may hold what other students must not see: staff only.
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {
            "preptrain": [{"drill": one.drill.id, "verdict": one.report.verdict} for one in gradings]
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _tests(grading: Grading, language: Language) -> list[dict[str, Any]]:
    report, title = grading.report, grading.drill.title[language]
    each = POINTS / max(len(report.checks), 1)
    tests = [
        _test(
            f"{title}: {check.text[language]}",
            check.state == "passed",
            each,
            check_details(check, report, language),
        )
        for check in report.checks
    ]
    if not tests or (not report.passed and failed_check(report) is None):
        # No check is to blame: the file as a whole fails, and takes the points of all.
        for test in tests:
            test |= {"score": 0.0, "status": "failed"}
        worth = 0.0 if tests else POINTS
        tests.append(
            _test(f"{title}: {verdict(report, language)}", report.passed, worth, details(report, language))
        )
    return tests


def _test(name: str, passed: bool, worth: float, output: str) -> dict[str, Any]:
    return {
        "name": plain(name),
        "name_format": "text",
        "status": "passed" if passed else "failed",
        "score": worth if passed else 0.0,
        "max_score": worth,
        "output": output,
        "output_format": "text",
        "visibility": "visible",
    }
