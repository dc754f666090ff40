"""From YAML files to a `Bank`: everything wrong is told at once, with file, line and column."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache as once
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from quizbank import bank_files, packs, parametric, yaml_source
from quizbank import facts as fact_files
from quizbank.bank_files import OWN, BankSource, Found, Manifest
from quizbank.collection import Bank, Place
from quizbank.facts import NAME, Facts, FactsFile
from quizbank.faults import field_name, problems_of
from quizbank.locations import Locations
from quizbank.models import BankFile, Numeric, Question
from quizbank.problems import BankError, Problem, Severity
from quizbank.syllabus import Syllabus, load_syllabus

__all__ = [
    "BANK",
    "Bank",
    "BankError",
    "Place",
    "Problem",
    "json_schema",
    "load_bank",
    "problem_at",
    "whole_bank",
]

BANK = Path(__file__).parent / "bank"
SCHEMAS: dict[str, type[BaseModel]] = {"bank": BankFile, "facts": FactsFile, "manifest": Manifest}


@dataclass
class Loaded:
    """One file: its track, its questions with their index there, the facts it uses, and what is wrong with it."""

    source: BankSource
    track: str = ""
    questions: list[tuple[int, Question]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def load_bank(
    paths: Sequence[Path] | None = None, *, own: Path | None = None, cache: Path | None = None
) -> Bank:
    """The packaged bank, or the one in `paths` (files, folders, packs); raises BankError.

    `own` is a person's folder of loose files and packs, added to it where there is one. What is wrong there is in
    the bank's `problems`, and costs the questions concerned alone. With `cache`, a file that is made where it is
    missing, only what has changed is read again; without it, or where it cannot be used, everything is.

    The packaged bank keeps to the syllabus. A person's own files may have their own tracks and topics; their
    numeric questions are tried once, which tests do for the packaged ones.
    """
    found = find(paths, own)
    if cache is not None:
        from quizbank.cache import cached_bank

        bank = cached_bank(cache, found, own)
        if bank is not None:
            return bank
    return load_found(found, own)


def whole_bank(places: Locations) -> Bank:
    """The packaged bank with the learner's own, by way of the cache in their home. Raises BankError."""
    return load_bank(own=places.bank, cache=places.cache)


def find(paths: Sequence[Path] | None, own: Path | None) -> Found:
    """The files to load; raises BankError for what is wrong with other than a person's own."""
    found = packs.find([BANK] if paths is None else paths)
    if found.problems and own is not None:
        raise BankError(found.problems)
    if own is not None and own.is_dir():
        theirs = packs.find([own], OWN, empty_is_fault=False)
        found.files += theirs.files
        found.facts |= theirs.facts
        found.packs |= theirs.packs
        found.problems += theirs.problems
    return found


def load_found(found: Found, own: Path | None = None) -> Bank:
    """All files read and collected, nothing cached."""
    with no_garbage_collection():
        scopes = Scopes(found)
        problems = list(found.problems)
        loaded = [load_file(source, scopes.of(source)) for source in found.files]
        problems += [problem for one in loaded for problem in one.problems] + scopes.problems
        bank = _collect(loaded, problems)
    return settled(bank, problems, own)


def settled(bank: Bank, problems: list[Problem], own: Path | None) -> Bank:
    """The bank with the problems of a person's own files; raises BankError if there are others."""
    if any(own is None or not problem.path.is_relative_to(own) for problem in problems):
        raise BankError(problems)
    bank.problems.extend(problems)
    return bank


def json_schema(name: str = "bank") -> dict[str, Any]:
    """The JSON Schema (2020-12) of a bank file, a facts file or a pack's manifest, for editors."""
    schema = SCHEMAS[name].model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def is_packaged(path: Path) -> bool:
    return Path(os.path.abspath(path)).is_relative_to(BANK)


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Loading makes many objects and no garbage; collecting would take most of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# --- facts


class Scopes:
    """The facts that each file may use: those of its own root, and the packaged ones. Read when first asked for."""

    def __init__(self, found: Found) -> None:
        self.problems: list[Problem] = []
        self._sources = {root: source for root, source in found.facts.items() if root != BANK}
        self._read: dict[Path, Facts] = {}
        self._packaged: Facts | None = None

    @property
    def packaged(self) -> Facts:
        if self._packaged is None:
            path = BANK / fact_files.FILE_NAME
            self._packaged = (
                self._load(BankSource(str(path), BANK, "", ""), Facts()) if path.is_file() else Facts()
            )
        return self._packaged

    def of(self, source: BankSource) -> Facts:
        own = self._sources.get(source.root)
        if own is None:
            return self.packaged
        if source.root not in self._read:
            self._read[source.root] = self._load(own, self.packaged)
        return self._read[source.root]

    def _load(self, source: BankSource, packaged: Facts) -> Facts:
        """What is sound in a facts file, with the packaged ones; the rest is told."""
        path = source.path
        try:
            text = yaml_source.decode(path, source.read())
            document = yaml_source.parse(path, text, marks=True)
        except yaml_source.YamlError as error:
            self.problems += error.problems
            return packaged
        try:
            own = Facts(FactsFile.model_validate(document.data).facts)
        except ValidationError as error:
            self.problems += problems_of(path, document, error, FactsFile)
            return packaged
        scope = packaged | own
        for where, name, message in fact_files.check_facts(own, scope):
            line, column = document.locate_word(where, name)
            self.problems.append(Problem(path, line, column, field_name(document, where), message))
        return scope


# --- one file


def load_file(source: BankSource, facts: Facts, raw: bytes | None = None) -> Loaded:
    """The questions of one file; those that something is wrong with are left out, and told."""
    loaded = Loaded(source)
    path = source.path
    try:
        text = yaml_source.decode(path, source.read() if raw is None else raw)
        data = yaml_source.parse(path, text).data
    except yaml_source.YamlError as error:
        loaded.problems += error.problems
        return loaded
    faulty: set[int] = set()
    if NAME.search(text):
        faulty |= _fill_in_facts(loaded, data, text, facts)
    try:
        bank_file = BankFile.model_validate(data)
    except ValidationError as error:
        document = yaml_source.parse(path, text, marks=True)
        loaded.problems += problems_of(path, document, error)
        indices = {
            one["loc"][1] for one in error.errors() if one["loc"][:1] == ("questions",) and one["loc"][1:]
        }
        faulty |= {index for index in indices if isinstance(index, int)}
        questions = data.get("questions") if isinstance(data, dict) else None
        if not isinstance(questions, list):
            return loaded
        sound = [one for index, one in enumerate(questions) if index not in faulty]
        try:
            bank_file = BankFile.model_validate({**data, "questions": sound})
        except ValidationError:
            return loaded
        indices_left = [index for index in range(len(questions)) if index not in faulty]
        numbered = list(zip(indices_left, bank_file.questions, strict=True))
    else:
        numbered = [one for one in enumerate(bank_file.questions) if one[0] not in faulty]
    loaded.track = bank_file.track
    _check(loaded, numbered, text)
    return loaded


def _fill_in_facts(loaded: Loaded, data: Any, text: str, facts: Facts) -> set[int]:
    """Put facts into the questions, in place; gives the indices of those where that cannot be."""
    questions = data.get("questions") if isinstance(data, dict) else None
    if not isinstance(questions, list):
        return set()
    path, document, faulty = loaded.source.path, None, set()
    for index, one in enumerate(questions):
        filled = fact_files.fill_in(one, facts)
        questions[index] = filled.data
        loaded.used |= filled.used
        for where, name, message in filled.faults:
            document = document or yaml_source.parse(path, text, marks=True)
            full = ("questions", index, *where)
            line, column = document.locate_word(full, name)
            loaded.problems.append(Problem(path, line, column, field_name(document, full), message))
            faulty.add(index)
    return faulty


def _check(loaded: Loaded, numbered: list[tuple[int, Question]], text: str) -> None:
    """Keep the questions that pass, told apart by what pydantic cannot see: the id's form, the numbers."""
    source = loaded.source
    personal = not is_packaged(source.path)
    document: yaml_source.Document | None = None
    for index, question in numbered:
        faults = list(_faults(question, personal))
        for where, name, message in faults:
            document = document or yaml_source.parse(source.path, text, marks=True)
            full = ("questions", index, *where)
            line, column = document.locate_word(full, name)
            loaded.problems.append(Problem(source.path, line, column, field_name(document, full), message))
        if not faults:
            loaded.questions.append((index, _namespaced(question, source.namespace)))


def _namespaced(question: Question, namespace: str) -> Question:
    return question.model_copy(update={"id": f"{namespace}/{question.id}"}) if namespace else question


def _faults(question: Question, personal: bool) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    if "/" in question.id:
        yield (
            ("id",),
            "",
            f"write {question.id.rpartition('/')[2]!r}: the pack's name is put before it by itself",
        )
    elif len(question.id) > 80:
        yield ("id",), "", f"an id has at most 80 letters, this one {len(question.id)}"
    if personal and isinstance(question, Numeric):
        yield from _try_numbers(question)


def _try_numbers(question: Numeric) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    wrong = list(parametric.faults(question))
    yield from wrong
    if not wrong:
        try:
            values = parametric.draw(question, 0).values
            for text in (question.stem, question.explanation):
                parametric.render_text(text, values)
        except ValueError as error:
            yield ("answer",), "", str(error)


# --- the whole


def _collect(loaded: Sequence[Loaded], problems: list[Problem]) -> Bank:
    questions: dict[str, Question] = {}
    track_of: dict[str, str] = {}
    places: dict[str, Place] = {}
    for one in loaded:
        for index, question in one.questions:
            here = Place(one.source.path, index)
            if first := places.get(question.id):
                problems += used_twice(question.id, first, here)
                continue
            questions[question.id] = question
            track_of[question.id] = one.track
            places[question.id] = here
    problems += against_syllabus(loaded)
    used = {name for one in loaded for name in one.used}
    return Bank(questions, track_of, places, facts_used=used)


def used_twice(name: str, first: Place, second: Place) -> Iterator[Problem]:
    """Both places of an id that two questions have."""
    for here, other in ((first, second), (second, first)):
        line, _ = _document(other.path).locate(("questions", other.index, "id"))
        message = f"the id {name!r} is also that of {other.path}:{line}; rename one of them"
        yield problem_at(here, ("id",), message)


def against_syllabus(loaded: Sequence[Loaded]) -> Iterator[Problem]:
    """What of the packaged bank is not in the syllabus."""
    packaged = [one for one in loaded if is_packaged(one.source.path) and one.questions]
    if not packaged:
        return
    syllabus = _syllabus()
    track_of, tracks = syllabus.track_of(), syllabus.track_ids()
    for one in packaged:
        path, track = one.source.path, one.track
        if track not in tracks:
            line, column = _document(path).locate(("track",))
            message = f"no such track {track!r}{_closest(track, tracks)}"
            yield Problem(path, line, column, "track", message)
        for index, question in one.questions:
            place, topic = Place(path, index), question.topic
            if topic not in track_of:
                message = f"no such topic {topic!r}{_closest(topic, list(track_of))}"
                yield problem_at(place, ("topic",), message)
            elif track_of[topic] != track:
                message = f"{topic!r} is of track {track_of[topic]!r}, not {track!r}"
                yield problem_at(place, ("topic",), message)


@once
def _syllabus() -> Syllabus:
    return load_syllabus()


def _closest(word: str, known: Sequence[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else " in quizbank/syllabus.yaml"


def _document(path: Path) -> yaml_source.Document:
    """The file once more, with places: only read when there is something to report."""
    return yaml_source.parse(path, bank_files.read_text(path), marks=True)


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
