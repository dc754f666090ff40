"""The drills that ship with the package: what each is, and where its files lie."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from quizbank.errors import PlainError, reason
from quizbank.models import SLUG, Language, Model, Slug, Source, Text

PROBLEMS = Path(__file__).parent / "problems"

Backend = Literal["numpy", "torch"]


class DrillError(PlainError):
    """A drill that does not exist, or whose files are not what they should be."""


class Drill(Model):
    """One coding exercise, as `drill.yaml` describes it."""

    id: Slug
    title: Text
    track: Slug
    difficulty: int = Field(ge=1, le=5)
    minutes: int = Field(ge=3, le=90, description="What an interviewer would give.")
    backend: Backend
    entry_point: list[str] = Field(min_length=1, description="Functions or classes the file must define.")
    isolation: Literal["separate", "together"] = Field(
        "separate", description="`together` where checks must hold the learner's object (a class, a module)."
    )
    network: Literal["none", "loopback"] = Field(
        "none", description="`loopback` where the checks start processes that talk to each other."
    )
    topics: list[Slug] = Field(min_length=1)
    prerequisites: list[Slug] = Field([], description="Drills to do first; nothing is locked.")
    questions: list[Slug] = Field([], description="Questions of the bank that explain this drill.")
    allowed_imports: list[str] = Field(min_length=1)
    forbidden: list[str] = Field([], description="Dotted names of APIs that would give the answer away.")
    hints: list[Text] = Field(min_length=3, max_length=3)
    sources: list[Source] = Field(min_length=1)

    @property
    def folder(self) -> Path:
        return PROBLEMS / self.track / self.id

    @property
    def item(self) -> str:
        """Its key in the record."""
        return f"d:{self.id}"

    @property
    def file_name(self) -> str:
        """The learner's file in the workspace."""
        return f"{self.id.replace('-', '_')}.py"

    @property
    def starter(self) -> str:
        return self._read("starter.py")

    @property
    def solution(self) -> str:
        return self._read("solution.py")

    @property
    def alternatives(self) -> dict[str, str]:
        return {
            path.stem: path.read_text(encoding="utf-8")
            for path in sorted((self.folder / "alternatives").glob("*.py"))
        }

    def prompt(self, language: Language) -> str:
        return self._read(f"prompt.{language}.md")

    def _read(self, name: str) -> str:
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except OSError as error:
            en, zh = reason(error)
            raise DrillError(
                f"drill {self.id}: cannot read {name}: {en}", f"题目 {self.id}：无法读取 {name}：{zh}"
            ) from error


def load_drill(folder: Path) -> Drill:
    """Read one drill from its folder; raises DrillError naming the file and the field."""
    path = folder / "drill.yaml"
    try:
        drill = Drill.model_validate(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise file_error(path, error) from error
    if (drill.track, drill.id) != (folder.parent.name, folder.name):
        raise DrillError(
            f"{path}: id {drill.id} and track {drill.track} do not match the folder's place",
            f"{path}：id {drill.id} 和 track {drill.track} 与所在文件夹不符",
        )
    return drill


def file_error(path: Path, error: Exception) -> DrillError:
    """A drill's file that cannot be read or is not as it should be, with the field."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        return DrillError(f"{path}: {field}: {first['msg']}", f"{path}：{field}：{first['msg']}")
    return DrillError(f"{path}: {error}", f"{path}：{error}")


def load_catalog(root: Path = PROBLEMS) -> dict[str, Drill]:
    """All drills by id, in the order of track and difficulty."""
    drills = [load_drill(path.parent) for path in root.glob("*/*/drill.yaml")]
    drills.sort(key=lambda drill: (drill.track, drill.difficulty, drill.id))
    return {drill.id: drill for drill in drills}


def find_drill(drill_id: str) -> Drill:
    """One drill by id, without reading the others."""
    if re.fullmatch(SLUG, drill_id):
        for path in PROBLEMS.glob(f"*/{drill_id}/drill.yaml"):
            return load_drill(path.parent)
    names = [path.parent.name for path in PROBLEMS.glob("*/*/drill.yaml")]
    close = difflib.get_close_matches(drill_id, names, 1)
    raise DrillError(
        f"no drill {drill_id!r}"
        + (f"; did you mean {close[0]}?" if close else "; `preptrain drill list` shows them"),
        f"没有题目 {drill_id!r}"
        + (f"，是不是 {close[0]}？" if close else "，`preptrain drill list` 列出全部"),
    )
