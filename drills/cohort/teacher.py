"""The teacher's page: per drill what was solved, what failed and which mistakes were made; who is where; what is alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from drills.catalog import Drill
from drills.cohort.outcomes import DrillTally, Person
from drills.cohort.similarity import Alike, alike
from drills.cohort.submissions import Submission, SubmissionError
from drills.grading.report import VERDICT_TEXT
from quizbank.exporting import pages
from quizbank.models import Text

TEMPLATE = Path(__file__).with_name("class.html")
LISTED = 8
"""Checks and mistakes of a drill that the page lists."""
NOT_GRADED = Text(en="Not graded yet", zh="尚未判题")


def page(
    tallies: Sequence[DrillTally],
    people: Iterable[Person],
    groups: Sequence[Alike],
    problems: Sequence[Text],
    now: datetime,
) -> str:
    """The page as HTML; `groups` and `problems` may be empty."""
    return pages.render(
        TEMPLATE,
        tallies=tallies,
        people=list(people),
        groups=groups,
        problems=problems,
        now=now,
        listed=LISTED,
        verdicts={**VERDICT_TEXT, "not_graded": NOT_GRADED},
    )


def near_identical(submissions: Iterable[Submission], drills: Iterable[Drill]) -> list[Alike]:
    """The groups of each drill; raises MissingPackage where the library is missing."""
    by_drill: dict[str, list[Submission]] = {}
    for one in submissions:
        by_drill.setdefault(one.drill, []).append(one)
    found = []
    for drill in drills:
        published = [drill.solution, *drill.alternatives.values()]
        found += alike(drill.id, _programs(by_drill.get(drill.id, [])), published)
    return found


def _programs(submissions: Iterable[Submission]) -> Iterator[tuple[str, str]]:
    for one in submissions:
        with suppress(SubmissionError):
            yield one.person, one.read()
