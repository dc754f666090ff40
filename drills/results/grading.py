"""One submission's grading, and its parts in words, as every format of results needs them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from drills.catalog import Drill
from drills.grading.report import VERDICT_TEXT, CheckResult, Report
from quizbank.errors import PlainError
from quizbank.models import Language

# What is left out everywhere: escape sequences of terminals, then what XML 1.0 (section 2.2) does not allow.
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_WORDS: dict[str, dict[Language, str]] = {
    "inputs": {"en": "inputs:", "zh": "输入："},
    "expected": {"en": "expected:", "zh": "应为："},
    "actual": {"en": "actual:", "zh": "实际："},
    "looks": {"en": "this looks like:", "zh": "可能的原因："},
    "fails": {"en": "does not hold; the first counterexample is at: ", "zh": "不成立；首个反例见："},
    "not_run": {"en": "not run", "zh": "未运行"},
}


class ResultsError(PlainError):
    """Results cannot be written in this format."""


@dataclass(frozen=True)
class Grading:
    """A drill, the file that was graded as a person names it, and the report."""

    drill: Drill
    file: str
    report: Report


def plain(text: str) -> str:
    """Printable everywhere: no terminal sequences and no characters that XML forbids."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", _ANSI.sub("", text))


def verdict(report: Report, language: Language) -> str:
    """In a line: what came out, and of the first failure what it says."""
    said = VERDICT_TEXT[report.verdict][language]
    if report.failure is None:
        return said
    colon = "：" if language == "zh" else ": "
    return plain(f"{said}{colon}{report.failure.message[language]}")


def details(report: Report, language: Language) -> str:
    """The counterexample, the traceback and the likely mistake, as lines of text."""
    lines: list[str] = []
    if (failure := report.failure) is not None:
        lines.append(failure.message[language])
        if failure.inputs:
            lines.append(_WORDS["inputs"][language])
            lines += [f"  {value.name} = {value.shown}" for value in failure.inputs]
        for name in ("expected", "actual"):
            value = getattr(failure, name)
            if value is not None:
                lines += [f"{_WORDS[name][language]} {value.shown}"]
        if failure.difference:
            lines.append(failure.difference)
        if failure.traceback:
            lines.append(failure.traceback.rstrip())
    if report.diagnosis is not None:
        lines.append(f"{_WORDS['looks'][language]} {report.diagnosis.text[language]}")
    return plain("\n".join(lines))


def full(report: Report, language: Language) -> str:
    """The verdict's name, and below it the details."""
    said = details(report, language)
    return VERDICT_TEXT[report.verdict][language] + (f"\n{said}" if said else "")


def check_details(check: CheckResult, report: Report, language: Language) -> str:
    """What is to be said of one check: the counterexample is told once, at the check that it belongs to."""
    if check.state == "passed":
        return ""
    if check.state == "not_run":
        return _WORDS["not_run"][language]
    first = failed_check(report)
    if check is first or report.failure is None or first is None:
        return details(report, language)
    return plain(_WORDS["fails"][language] + first.text[language])


def failed_check(report: Report) -> CheckResult | None:
    """The failed check that the counterexample belongs to, else the first that failed."""
    failed = [check for check in report.checks if check.state == "failed"]
    told = report.failure.check if report.failure else None
    return next((check for check in failed if check.id == told), failed[0] if failed else None)
