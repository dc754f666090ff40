"""What came of it, person by person, and what of it a teacher wants to know, drill by drill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from drills.catalog import Drill
from drills.cohort.identity import Identity, key_of
from drills.cohort.ledger import Ledger
from drills.cohort.submissions import Submission, SubmissionError
from drills.grading.report import Failure, Report
from quizbank.models import Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """A submission and its report; None where it has not been graded yet."""

    submission: Submission
    report: Report | None

    @property
    def verdict(self) -> str:
        return "not_graded" if self.report is None else self.report.verdict


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    outcomes: tuple[Outcome, ...]

    @property
    def solved(self) -> int:
        return sum(one.verdict == "pass" for one in self.outcomes)


def people(
    submissions: Iterable[Submission], identities: Mapping[str, Identity], ledger: Ledger
) -> Iterator[Person]:
    """One person at a time, from the ledger; `submissions` is sorted by person."""
    for name, own in groupby(submissions, key=lambda one: one.person):
        yield Person(name, tuple(Outcome(one, _report(one, identities, ledger)) for one in own))


def _report(submission: Submission, identities: Mapping[str, Identity], ledger: Ledger) -> Report | None:
    try:
        source = submission.read()
    except SubmissionError as error:
        return Report(drill=submission.drill, verdict="error", failure=Failure(message=error.text))
    return ledger.get(key_of(source, identities[submission.drill]))


@dataclass
class DrillTally:
    """Of one drill: how many handed in, verdicts, checks that failed, mistakes that were named."""

    drill: Drill
    verdicts: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    mistakes: Counter[str] = field(default_factory=Counter)
    checks: dict[str, Text] = field(default_factory=dict)
    sentences: dict[str, Text] = field(default_factory=dict)

    @property
    def submitted(self) -> int:
        return self.verdicts.total()

    @property
    def solved(self) -> int:
        return self.verdicts["pass"]

    @property
    def share(self) -> float | None:
        """Of those that have a verdict."""
        graded = self.submitted - self.verdicts["not_graded"]
        return self.solved / graded if graded else None

    def add(self, outcome: Outcome) -> None:
        self.verdicts[outcome.verdict] += 1
        report = outcome.report
        if report is None:
            return
        for check in report.checks:
            self.checks[check.id] = check.text
            self.failed[check.id] += check.state == "failed"
        if report.diagnosis is not None:
            self.mistakes[report.diagnosis.mutant] += 1
            self.sentences[report.diagnosis.mutant] = report.diagnosis.text

    def checks_failed(self) -> list[tuple[Text, int]]:
        """The most often failed first; those that nobody failed are left out."""
        return [(self.checks[name], count) for name, count in self.failed.most_common() if count]

    def mistakes_made(self) -> list[tuple[Text, int]]:
        return [(self.sentences[name], count) for name, count in self.mistakes.most_common()]


class Tallies(dict[str, DrillTally]):
    """A tally a drill, in the order of the drills given."""

    def __init__(self, drills: Iterable[Drill]) -> None:
        super().__init__((drill.id, DrillTally(drill)) for drill in drills)

    def add(self, person: Person) -> None:
        for outcome in person.outcomes:
            self[outcome.submission.drill].add(outcome)

    def handed_in(self) -> list[DrillTally]:
        return [tally for tally in self.values() if tally.submitted]
