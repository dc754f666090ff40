"""GitHub Actions: an annotation a submission that failed, at the line of the learner's that the traceback names.

A workflow command is a line of the log, `::error file=…,line=…,title=…::message`; GitHub shows ten errors
a step, so each submission has one, and a notice where it passed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from drills.results.grading import Grading, full, plain, verdict
from quizbank.models import Language


def render(gradings: Sequence[Grading], language: Language) -> str:
    return "".join(_command(grading, language) + "\n" for grading in gradings)


def _command(grading: Grading, language: Language) -> str:
    report, drill = grading.report, grading.drill
    properties = {"file": plain(grading.file)}
    if report.passed:
        kind, message = "notice", verdict(report, language)
    else:
        kind = "error"
        message = full(report, language)
        if line := _line(grading):
            properties["line"] = str(line)
    properties["title"] = plain(f"{drill.title[language]} ({drill.id})")
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {listed}::{_data(message)}"


def _line(grading: Grading) -> int | None:
    """The innermost line of the traceback in the learner's file."""
    failure = grading.report.failure
    if failure is None or not failure.traceback:
        return None
    named = re.findall(r'(?:File "([^"]*)", )?line (\d+)', failure.traceback)
    return int(named[-1][1]) if named else None


def _data(text: str) -> str:
    """As actions/toolkit escapes a message: a line break would end the command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
