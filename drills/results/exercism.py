"""Exercism's `results.json`, version 3 of its test runner interface.

https://exercism.org/docs/building/tooling/test-runners/interface
"""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from typing import Any

from drills.grading.report import Report
from drills.results.grading import Grading, check_details, failed_check, full, plain
from quizbank.models import Language

VERSION = 3
OUTPUT_LIMIT = 500
MESSAGE_LIMIT = 65_535  # bytes, of the whole submission
_TRUNCATED = "Output was truncated. Please limit to 500 chars"


def render(gradings: Sequence[Grading], language: Language) -> str:
    (grading,) = gradings
    report = grading.report
    document: dict[str, Any] = {"version": VERSION}
    if report.passed:
        document |= {"status": "pass", "message": None, "tests": _tests(grading, language)}
    elif failed_check(report) is None:  # no check ran to its end: the file did not load, or is forbidden
        document |= {"status": "error", "message": _cut(full(report, language)), "tests": []}
    else:
        document |= {"status": "fail", "message": None, "tests": _tests(grading, language)}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _tests(grading: Grading, language: Language) -> list[dict[str, Any]]:
    bodies = _bodies((grading.drill.folder / "checks.py").read_text(encoding="utf-8"))
    tests = []
    for check in grading.report.checks:
        test: dict[str, Any] = {"name": plain(check.text[language]), "status": "pass"}
        if body := bodies.get(check.id):
            test["test_code"] = body
        said = check_details(check, grading.report, language)
        if check.state == "failed":
            test |= {"status": _status(grading.report), "message": _cut(said)}
            if grading.report.output and check is failed_check(grading.report):
                test["output"] = _output(grading.report.output)
        elif check.state == "not_run":
            test |= {"status": "error", "message": said}
        tests.append(test)
    return tests


def _status(report: Report) -> str:
    return "fail" if report.verdict == "wrong" else "error"


def _bodies(source: str) -> dict[str, str]:
    """The body of each check, by its id, as Exercism shows the code of a test."""
    lines = source.splitlines()
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            body = lines[node.body[0].lineno - 1 : node.end_lineno]
            indent = len(body[0]) - len(body[0].lstrip())
            text = "\n".join(line[indent:] for line in body)
            found[node.name] = found[node.name.removeprefix("test_")] = text
    return found


def _output(printed: str) -> str:
    text = plain(printed)
    if len(text) <= OUTPUT_LIMIT:
        return text
    return text[: OUTPUT_LIMIT - len(_TRUNCATED) - 1] + "\n" + _TRUNCATED


def _cut(message: str) -> str:
    """Within the limit, which counts bytes."""
    return message.encode()[:MESSAGE_LIMIT].decode(errors="ignore")
