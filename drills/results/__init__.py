"""Gradings in the formats that other programs read: JUnit XML, Gradescope, Exercism, GitHub Actions.

Each format is a pure function from gradings to text; who asks for it writes the file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from drills.results import exercism, github, gradescope, junit
from drills.results.grading import Grading, ResultsError
from quizbank.models import Language, Text

__all__ = ["RESULTS", "Grading", "ResultsError", "render"]


class ResultFormat(NamedTuple):
    """One line about the format, what writes it, and whether one file holds many submissions."""

    description: Text
    render: Callable[[Sequence[Grading], Language], str]
    many: bool


RESULTS: dict[str, ResultFormat] = {
    "junit": ResultFormat(
        Text(en="JUnit XML, for continuous integration", zh="JUnit XML，供持续集成读取"), junit.render, True
    ),
    "gradescope": ResultFormat(
        Text(en="results.json of a Gradescope autograder", zh="Gradescope 自动评分的 results.json"),
        gradescope.render,
        True,
    ),
    "exercism": ResultFormat(
        Text(en="results.json of an Exercism test runner, version 3", zh="Exercism 测试结果（第 3 版）"),
        exercism.render,
        False,
    ),
    "github": ResultFormat(
        Text(en="Annotations in the log of a GitHub Action", zh="GitHub Actions 日志中的标注"),
        github.render,
        True,
    ),
}


def render(format: str, gradings: Sequence[Grading], language: Language) -> str:
    """The text of the file; raises ResultsError for an unknown format, or one that holds a single grading."""
    if format not in RESULTS:
        known = ", ".join(RESULTS)
        raise ResultsError(
            f"no results format {format!r}; there are: {known}", f"没有结果格式 {format!r}；可用的有：{known}"
        )
    if len(gradings) != 1 and not RESULTS[format].many:
        raise ResultsError(
            f"{format} holds one submission a file, here are {len(gradings)}",
            f"{format} 每个文件只能放一份提交，这里有 {len(gradings)} 份",
        )
    return RESULTS[format].render(gradings, language)
