"""Facts that no question uses, and numbers that stand in a question though they are facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from quizbank import bank_files, packs, yaml_source
from quizbank.collection import Bank
from quizbank.facts import FILE_NAME, NAME, FactsFile
from quizbank.problems import Problem


def unused_or_bypassed(bank: Bank) -> Iterator[Problem]:
    """Of the packaged facts, where the whole packaged bank is looked at; of a pack's, where they stand."""
    paths = {place.path for place in bank.places.values()}
    for facts_path in sorted(_facts_files(paths)):
        document = yaml_source.parse(facts_path, bank_files.read_text(facts_path), marks=True)
        facts = FactsFile.model_validate(document.data).facts
        theirs = sorted(path for path in paths if path.is_relative_to(facts_path.parent))
        inner = {used for name, fact in facts.items() for used in _names(fact.formula or "") if used != name}
        for name in facts:
            if name not in bank.facts_used | inner and _whole(facts_path, paths):
                line, column = document.locate(("facts", name), at_key=True)
                message = "no question uses this fact: remove it, or use it"
                yield Problem(facts_path, line, column, f"facts.{name}", message)
        never = [(name, pattern) for name, fact in facts.items() for pattern in fact.never]
        for path in theirs if never else ():
            text = bank_files.read_text(path)
            for name, pattern in never:
                yield from _bypassed(path, text, name, pattern)


def _facts_files(paths: set[Path]) -> set[Path]:
    """The facts files of the folders (or zips) that these files are in."""
    parents = {parent for path in paths for parent in path.parents}
    inside = {parent for parent in parents if parent.suffix.lower() == ".zip" and parent.is_file()}
    found = {parent / FILE_NAME for parent in parents if (parent / FILE_NAME).is_file()}
    return found | {zip_path / FILE_NAME for zip_path in inside if _in_zip(zip_path)}


def _in_zip(path: Path) -> bool:
    try:
        bank_files.read_text(path / FILE_NAME)
    except yaml_source.YamlError:
        return False
    return True


def _whole(facts_path: Path, paths: set[Path]) -> bool:
    """Whether all files that may use the facts are looked at: else nothing can be said of what is unused."""
    if facts_path.parent.suffix.lower() == ".zip":
        return True
    found = packs.find([facts_path.parent])
    return {source.path.resolve() for source in found.files} <= {path.resolve() for path in paths}


def _names(formula: str) -> set[str]:
    return set(NAME.findall(formula))


def _bypassed(path: Path, text: str, name: str, pattern: str) -> Iterator[Problem]:
    for found in re.finditer(pattern, text):
        before = text[: found.start()]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"{found.group()!r} is a fact: write <<{name}>>, so that it stands in one place"
        yield Problem(path, line, column, "", message)
