"""From YAML files to a `Bank`: everything wrong is told at once, with file, line and column."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from quizbank import parametric, yaml_source
from quizbank.faults import field_name, problems_of
from quizbank.models import BankFile, Numeric, Question
from quizbank.problems import BankError, Problem, Severity
from quizbank.syllabus import Syllabus, load_syllabus

__all__ = ["BANK", "Bank", "BankError", "Problem", "json_schema", "load_bank"]

BANK = Path(__file__).parent / "bank"
ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True)
class Place:
    """Where a question stands: its file, and its index there."""

    path: Path
    index: int


@dataclass(frozen=True)
class Bank:
    """Questions by id, in the order of the files; the track each is of, and where it stands."""

    questions: dict[str, Question] = field(default_factory=dict)
    track_of: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def by_topic(self, topic: str) -> list[Question]:
        return [question for question in self.questions.values() if question.topic == topic]

    def by_track(self, track: str) -> list[Question]:
        return [question for question in self.questions.values() if self.track_of[question.id] == track]


def load_bank(paths: Sequence[Path] | None = None) -> Bank:
    """The packaged bank, or the one in `paths` (files and folders); raises BankError.

    The packaged bank keeps to the syllabus. A person's own files may have their own tracks and
    topics; their numeric questions are tried once, which tests do for the packaged ones.
    """
    files, problems = _files([BANK] if paths is None else paths)
    loaded: list[tuple[Path, BankFile]] = []
    with _no_garbage_collection():
        for path in files:
            try:
                loaded.append((path, _load_file(path)))
            except BankError as error:
                problems += error.problems
        bank = _collect(loaded, problems)
        home = BANK.resolve()
        packaged = [one for one in loaded if one[0].resolve().is_relative_to(home)]
        personal = [one for one in loaded if not one[0].resolve().is_relative_to(home)]
        if packaged:
            problems += _against_syllabus(packaged, load_syllabus())
        for path, bank_file in personal:
            problems += _try_numbers(path, bank_file)
    if problems:
        raise BankError(problems)
    return bank


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a bank file, for editors."""
    schema = BankFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Loading makes many objects and no garbage; collecting would take most of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _files(paths: Sequence[Path]) -> tuple[list[Path], list[Problem]]:
    """The YAML files in `paths`, each once."""
    files: dict[Path, Path] = {}
    problems: list[Problem] = []
    for path in map(Path, paths):
        if not path.is_dir():
            files.setdefault(path.resolve(), path)
            continue
        inside = _walk(path, problems)
        if not inside:
            problems.append(Problem(path, 0, 0, "", "the folder has no .yaml file"))
        for file in inside:
            files.setdefault(file.resolve(), file)
    return list(files.values()), problems


def _walk(folder: Path, problems: list[Problem]) -> list[Path]:
    def unreadable(error: OSError) -> None:
        reason = error.strerror or "unknown reason"
        problems.append(Problem(Path(error.filename or folder), 0, 0, "", f"cannot be read: {reason}"))

    return sorted(
        Path(parent, name)
        for parent, _, names in os.walk(folder, onerror=unreadable)
        for name in names
        if name.endswith(ENDINGS) and not name.startswith(".")
    )


def _load_file(path: Path) -> BankFile:
    try:
        text = yaml_source.read_text(path)
        data = yaml_source.parse(path, text).data
    except yaml_source.YamlError as error:
        raise BankError(error.problems) from None
    try:
        return BankFile.model_validate(data)
    except ValidationError as error:
        document = yaml_source.parse(path, text, marks=True)
        raise BankError(problems_of(path, document, error)) from None


def _collect(loaded: Sequence[tuple[Path, BankFile]], problems: list[Problem]) -> Bank:
    bank = Bank()
    for path, bank_file in loaded:
        for index, question in enumerate(bank_file.questions):
            here = Place(path, index)
            if first := bank.places.get(question.id):
                problems.append(problem_at(first, ("id",), _used_twice(question.id, here)))
                problems.append(problem_at(here, ("id",), _used_twice(question.id, first)))
                continue
            bank.questions[question.id] = question
            bank.track_of[question.id] = bank_file.track
            bank.places[question.id] = here
    return bank


def _used_twice(name: str, other: Place) -> str:
    line, _ = _document(other.path).locate(("questions", other.index, "id"))
    return f"the id {name!r} is also that of {other.path}:{line}"


def _against_syllabus(loaded: Sequence[tuple[Path, BankFile]], syllabus: Syllabus) -> Iterator[Problem]:
    track_of, tracks = syllabus.track_of(), syllabus.track_ids()
    for path, bank_file in loaded:
        track = bank_file.track
        if track not in tracks:
            line, column = _document(path).locate(("track",))
            message = f"no such track {track!r}{_closest(track, tracks)}"
            yield Problem(path, line, column, "track", message)
        for index, question in enumerate(bank_file.questions):
            place, topic = Place(path, index), question.topic
            if topic not in track_of:
                message = f"no such topic {topic!r}{_closest(topic, list(track_of))}"
                yield problem_at(place, ("topic",), message)
            elif track_of[topic] != track:
                message = f"{topic!r} is of track {track_of[topic]!r}, not {track!r}"
                yield problem_at(place, ("topic",), message)


def _closest(word: str, known: Sequence[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else " in quizbank/syllabus.yaml"


def _try_numbers(path: Path, bank_file: BankFile) -> Iterator[Problem]:
    for index, question in enumerate(bank_file.questions):
        if isinstance(question, Numeric):
            try:
                values = parametric.draw(question, 0).values
                for text in (question.stem, question.explanation):
                    parametric.render_text(text, values)
            except ValueError as error:
                yield problem_at(Place(path, index), ("answer",), str(error))


def _document(path: Path) -> yaml_source.Document:
    """The file once more, with places: only read when there is something to report."""
    return yaml_source.parse(path, yaml_source.read_text(path), marks=True)


def problem_at(
    place: Place,
    field_path: Sequence[str | int],
    message: str,
    severity: Severity = "error",
    document: yaml_source.Document | None = None,
) -> Problem:
    """A problem in one field of a question that has been loaded."""
    document = document or _document(place.path)
    path = ("questions", place.index, *field_path)
    line, column = document.locate(path)
    return Problem(place.path, line, column, field_name(document, path), message, severity)
