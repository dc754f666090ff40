"""A drill's mutants: named ways to get it wrong, as whole files made from the solution."""

from __future__ import annotations

from typing import Self

import yaml
from pydantic import TypeAdapter, ValidationError, model_validator

from drills.catalog import Drill, DrillError, file_error
from quizbank.models import Model, Slug, Text


class Mutant(Model):
    """One mistake: a replacement in `solution.py`, or a file of its own, and a sentence that names it."""

    id: Slug
    replace: str | None = None
    with_: str | None = None
    file: str | None = None
    en: str
    zh: str

    @model_validator(mode="before")
    @classmethod
    def _with_is_a_keyword(cls, value: object) -> object:
        if isinstance(value, dict) and "with" in value:
            value = {**value, "with_": value["with"]}
            del value["with"]
        return value

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.file is None) == (self.replace is None or self.with_ is None):
            raise ValueError("a mutant has either replace and with, or file")
        return self

    @property
    def text(self) -> Text:
        return Text(en=self.en, zh=self.zh)


_MUTANTS = TypeAdapter(list[Mutant])


def load_mutants(drill: Drill) -> list[Mutant]:
    """What `mutants.yaml` declares; raises DrillError naming the file and the field."""
    path = drill.folder / "mutants.yaml"
    try:
        mutants = _MUTANTS.validate_python(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise file_error(path, error) from error
    names = [mutant.id for mutant in mutants]
    if len(set(names)) != len(names):
        raise DrillError(f"{path}: two mutants share an id", f"{path}：两个 mutant 的 id 相同")
    return mutants


def source_of(drill: Drill, mutant: Mutant) -> str:
    """The mutant as a whole file; raises DrillError when its text is not in the solution exactly once."""
    if mutant.file is not None:
        return (drill.folder / mutant.file).read_text(encoding="utf-8")
    assert mutant.replace is not None
    assert mutant.with_ is not None
    solution = drill.solution
    if (count := solution.count(mutant.replace)) != 1:
        place = f"{drill.folder / 'mutants.yaml'}: {mutant.id}"
        raise DrillError(
            f"{place}: replace occurs {count} times in solution.py, not once",
            f"{place}：replace 在 solution.py 中出现 {count} 次，应恰好一次",
        )
    return solution.replace(mutant.replace, mutant.with_)
