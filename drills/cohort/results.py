"""The results of a class as files: JSON, CSV, the teacher's page, and JUnit and Gradescope a person.

Every file is written whole and then moved into place; people are read from the ledger one at a time.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from drills.catalog import Drill
from drills.cohort import teacher
from drills.cohort.identity import Identity
from drills.cohort.ledger import Ledger
from drills.cohort.outcomes import DrillTally, Outcome, Person, Tallies, people
from drills.cohort.similarity import Alike
from drills.cohort.submissions import Found
from drills.results import RESULTS, Grading, render
from drills.results.grading import failed_check, plain
from quizbank.exporting.csv_export import safe
from quizbank.exporting.writing import Out, to_file
from quizbank.extras import MissingPackage
from quizbank.models import Language

VERSION = 1
SUFFIX = {"junit": "xml", "gradescope": "json", "exercism": "json", "github": "txt"}
COLUMNS = (
    "person", "drill", "verdict", "solved", "checks_passed", "checks", "first_failed", "diagnosis", "mistake",
    "seconds", "file",
)  # fmt: skip


@dataclass(frozen=True)
class Summary:
    """What was written, in short."""

    tallies: list[DrillTally]
    groups: list[Alike]
    missing: MissingPackage | None = None
    """Why nothing was compared."""


@dataclass(frozen=True)
class Results:
    """The folder of results, in which language texts in its files are, and what they are of."""

    folder: Path
    language: Language
    found: Found
    drills: Mapping[str, Drill]
    identities: Mapping[str, Identity]
    ledger: Ledger
    formats: Sequence[str] = ("junit", "gradescope")
    """Of drills.results.RESULTS."""

    def people(self) -> Iterator[Person]:
        return people(self.found.submissions, self.identities, self.ledger)

    def write(self, now: datetime) -> Summary:
        """`results.json`, `results.csv`, `report.html`, and a folder a format; raises ExportError."""
        self._file("results.json", lambda out: _json(self.people(), list(self.drills), self.language, out))
        self._file("results.csv", lambda out: _csv(self.people(), self.language, out))
        tallies = Tallies(self.drills.values())
        for person in self.people():
            tallies.add(person)
        summary = self._summary(tallies)
        page = teacher.page(summary.tallies, self.people(), summary.groups, self.found.problems, now)
        self._text("report.html", page)
        self._for_programs()
        return summary

    def _summary(self, tallies: Tallies) -> Summary:
        try:
            groups = teacher.near_identical(self.found.submissions, self.drills.values())
        except MissingPackage as error:
            return Summary(tallies.handed_in(), [], error)
        return Summary(tallies.handed_in(), groups)

    def _for_programs(self) -> None:
        """A file a person in the folder of each format; of a format that holds one grading, a file a drill."""
        for name in self.formats:
            (self.folder / name).mkdir(exist_ok=True)
        for stem, person in _stems(self.people()):
            gradings = [
                Grading(self.drills[one.submission.drill], one.submission.shown, one.report)
                for one in person.outcomes
                if one.report is not None
            ]
            for name in self.formats if gradings else ():
                if RESULTS[name].many:
                    self._text(f"{name}/{stem}.{SUFFIX[name]}", render(name, gradings, self.language))
                    continue
                for one in gradings:
                    place = f"{name}/{stem}.{one.drill.id}.{SUFFIX[name]}"
                    self._text(place, render(name, [one], self.language))

    def _text(self, name: str, text: str) -> None:
        def write(out: Out) -> None:
            out.write(text)

        self._file(name, write)

    def _file(self, name: str, write: Callable[[Out], None]) -> None:
        to_file(self.folder / name, write, force=True)


def _json(everyone: Iterable[Person], drills: list[str], language: Language, out: Out) -> None:
    """Version 1: `people` in order of name, of each the drills handed in."""
    head = {"format": "preptrain-class", "version": VERSION, "drills": drills}
    out.write(json.dumps(head)[:-1] + ', "people": [')
    between = "\n"
    for person in everyone:
        row = {
            "person": person.name,
            "solved": person.solved,
            "drills": {one.submission.drill: _facts(one, language) for one in person.outcomes},
        }
        out.write(between + json.dumps(row, ensure_ascii=False))
        between = ",\n"
    out.write("\n]}\n")


def _csv(everyone: Iterable[Person], language: Language, out: Out) -> None:
    rows = csv.DictWriter(out, COLUMNS, extrasaction="ignore")
    rows.writeheader()
    for person in everyone:
        for one in person.outcomes:
            facts = {"person": person.name, "drill": one.submission.drill, **_facts(one, language)}
            rows.writerow({name: safe(value) for name, value in facts.items()})


def _facts(outcome: Outcome, language: Language) -> dict[str, Any]:
    facts: dict[str, Any] = {"verdict": outcome.verdict, "file": plain(outcome.submission.shown)}
    report = outcome.report
    if report is None:
        return facts
    failed = failed_check(report)
    diagnosis = report.diagnosis
    return facts | {
        "solved": int(report.passed),
        "checks_passed": sum(check.state == "passed" for check in report.checks),
        "checks": len(report.checks),
        "first_failed": failed.text[language] if failed else None,
        "diagnosis": diagnosis.mutant if diagnosis else None,
        "mistake": diagnosis.text[language] if diagnosis else None,
        "seconds": round(report.seconds, 3),
    }


def _stems(everyone: Iterable[Person]) -> Iterator[tuple[str, Person]]:
    """A file name for each person: theirs where it can be one, made different where two are alike."""
    taken: set[str] = set()
    for person in everyone:
        stem = stem_of = re.sub(r"[^\w.-]+", "_", person.name).strip("._")[:80] or "unnamed"
        number = 1
        while stem.casefold() in taken:
            number += 1
            stem = f"{stem_of}-{number}"
        taken.add(stem.casefold())
        yield stem, person
