"""What a question is: the nine kinds, their texts in two languages, and their sources.

Every text is a `Text` (Chinese and English). Answers are plain JSON values, described in each
kind's docstring, and refer to options by their index *in the file*, never by what the screen showed.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, field_validator, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

Language = Literal["zh", "en"]
Role = Literal["research", "applied", "infra"]

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
BLANK = re.compile(r"<<([a-z0-9_]+)>>")
# A line that ends within a Chinese sentence: the next goes on without a space.
SOFT_BREAK = re.compile("(?<=[\u3400-\u9fff，、（“])\n(?=[\u3400-\u9fff（“])")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

Slug = Annotated[str, Field(pattern=SLUG, max_length=80)]
# In a file a plain slug; once loaded, that of a pack or of a person's own has its name before it: pack/question.
QuestionId = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9]+(-[a-z0-9]+)*/)?[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=161,
        json_schema_extra={"pattern": SLUG, "maxLength": 80},
    ),
]
MutantRef = Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")]


class Model(BaseModel):
    """Base of all bank models: unknown fields are errors, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Text(Model):
    """One text in Chinese and English. A plain string in YAML (code, a formula, a name) serves as both."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _from_plain(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"en": value, "zh": value}
        if isinstance(value, dict) and isinstance(zh := value.get("zh"), str) and zh != value.get("en"):
            return {**value, "zh": SOFT_BREAK.sub("", zh)}
        return value

    @field_validator("en", "zh")
    @classmethod
    def _no_control_characters(cls, value: str) -> str:
        if found := CONTROL.search(value):
            raise ValueError(
                f"control character {found.group()!r}: a backslash in double quotes was eaten by YAML; "
                "use a block scalar (|) or single quotes"
            )
        return value.strip("\n")

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Say that a plain string will do."""
        reference = handler(core)
        schema = handler.resolve_ref_schema(reference)
        both = dict(schema)
        schema.clear()
        schema |= {"title": both.pop("title"), "anyOf": [{"type": "string", "minLength": 1}, both]}
        return reference

    def __getitem__(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


class Source(Model):
    """Where a person can look the fact up: a paper with its section, or an official page."""

    title: str = Field(min_length=3)
    where: str | None = Field(None, description="Section, equation, table or heading.")
    url: str | None = Field(None, pattern=r"^https?://")
    checked: date


class Option(Model):
    """One choice. A wrong one says why it is wrong, and may name the drill mutant that makes it."""

    text: Text
    correct: bool = False
    feedback: Text | None = None
    mutant: MutantRef | None = None

    @model_validator(mode="after")
    def _wrong_needs_feedback(self) -> Self:
        if not self.correct and self.feedback is None:
            raise ValueError("a wrong option needs a feedback that says why it is wrong")
        return self


class Base(Model):
    """What all kinds share."""

    id: QuestionId
    rev: int = Field(1, ge=1, description="Raise it when the meaning changes, not for a typo.")
    topic: Slug
    difficulty: int = Field(ge=1, le=5)
    roles: list[Role] = []
    seconds: int = Field(60, ge=5, le=1800, description="Expected time for an answer.")
    stem: Text
    explanation: Text
    sources: list[Source] = Field(min_length=1)
    drills: list[Slug] = Field([], description="Drills that make this question concrete.")


def _exactly_one(options: list[Option]) -> list[Option]:
    if sum(option.correct for option in options) != 1:
        raise ValueError("exactly one option must be correct")
    return options


class Single(Base):
    """Choose one. Answer: the option's index."""

    kind: Literal["single"]
    options: list[Option] = Field(min_length=3, max_length=6)
    shuffle: bool = True

    _one = field_validator("options")(_exactly_one)


class Multiple(Base):
    """Choose all that hold. Answer: a list of option indices."""

    kind: Literal["multiple"]
    options: list[Option] = Field(min_length=3, max_length=7)
    shuffle: bool = True

    @field_validator("options")
    @classmethod
    def _some(cls, options: list[Option]) -> list[Option]:
        if not any(option.correct for option in options):
            raise ValueError("at least one option must be correct")
        return options


class Tolerance(Model):
    """How far an answer may lie from the exact one; the wider of the two counts."""

    relative: float = Field(0.0, ge=0, lt=0.5)
    absolute: float = Field(0.0, ge=0)


Number = int | float


class Numeric(Base):
    """Compute a number. Answer: what was typed, such as "1.5 GiB".

    `parameters` lists the values each name is drawn from, `where` the conditions a draw must meet,
    `let` named intermediate results, `answer` an expression over them all. In `stem` and
    `explanation`, `<<expression>>` or `<<expression:format>>` shows a value.
    """

    kind: Literal["numeric"]
    parameters: dict[str, list[Number | str]] = {}
    where: list[str] = []
    let: dict[str, str] = {}
    answer: str
    unit: str | None = None
    tolerance: Tolerance = Tolerance(relative=0.01, absolute=0.0)


class Blank(Model):
    """One gap of a cloze: the spellings that count, compared without case, width or outer space."""

    accept: list[str] = Field(min_length=1)


class Cloze(Base):
    """Fill the gaps marked `<<name>>` in `text`. Answer: a mapping of gap name to what was typed."""

    kind: Literal["cloze"]
    text: Text
    blanks: dict[str, Blank] = Field(min_length=1)

    @model_validator(mode="after")
    def _gaps_match(self) -> Self:
        for language in ("en", "zh"):
            gaps = BLANK.findall(getattr(self.text, language))
            if sorted(gaps) != sorted(self.blanks):
                raise ValueError(
                    f"text.{language} has the gaps {sorted(gaps)}, blanks has {sorted(self.blanks)}"
                )
        return self


class Order(Base):
    """Put the items in order; the file has them right. Answer: item indices as arranged."""

    kind: Literal["order"]
    items: list[Text] = Field(min_length=3, max_length=9)


class Pair(Model):
    left: Text
    right: Text


class Match(Base):
    """Match left to right. Answer: for each left, the index into rights (pairs' rights, then `extra`)."""

    kind: Literal["match"]
    pairs: list[Pair] = Field(min_length=3, max_length=8)
    extra: list[Text] = Field([], description="Rights that belong to no left.")

    @property
    def rights(self) -> list[Text]:
        return [pair.right for pair in self.pairs] + self.extra


class KeyPoint(Model):
    """One thing a strong answer says."""

    point: Text
    weight: int = Field(1, ge=1, le=5)
    mutant: MutantRef | None = None


class FollowUp(Model):
    """What the interviewer asks next, after a good or after a weak answer."""

    after: Literal["good", "weak"]
    ask: Text
    answer: Text


class Recall(Base):
    """Answer in words, then tick the rubric. Answer: {"text": str, "ticked": [indices]}."""

    kind: Literal["recall"]
    rubric: list[KeyPoint] = Field(min_length=4, max_length=8)
    follow_ups: list[FollowUp] = Field(min_length=2)

    @field_validator("follow_ups")
    @classmethod
    def _both_sides(cls, follow_ups: list[FollowUp]) -> list[FollowUp]:
        if {follow_up.after for follow_up in follow_ups} != {"good", "weak"}:
            raise ValueError("one follow-up after a good answer and one after a weak one are needed")
        return follow_ups


class Snippet(Base):
    """Say what the code prints. Answer: the text typed; trailing white space does not count."""

    kind: Literal["snippet"]
    code: str = Field(min_length=5)
    output: str = Field(min_length=1)
    requires: list[Literal["numpy", "torch"]] = []


class FindError(Base):
    """Pick the wrong segment, then its correction.

    Segments are sentences (`Text`) or lines of code (plain strings); `error` is the index of the wrong
    one. Answer: {"segment": index, "correction": index}.
    """

    kind: Literal["find_error"]
    segments: list[Text] = Field(min_length=2, max_length=12)
    error: int = Field(ge=0)
    code: bool = Field(False, description="The segments are lines of code.")
    corrections: list[Option] = Field(min_length=3, max_length=5)

    _one = field_validator("corrections")(_exactly_one)

    @model_validator(mode="after")
    def _error_exists(self) -> Self:
        if self.error >= len(self.segments):
            raise ValueError(f"error is {self.error}, but the segments end at {len(self.segments) - 1}")
        return self


Question = Annotated[
    Single | Multiple | Numeric | Cloze | Order | Match | Recall | Snippet | FindError,
    Field(discriminator="kind"),
]


class BankFile(Model):
    """One YAML file of the bank: a track and its questions."""

    track: Slug
    questions: list[Question] = Field(min_length=1)
