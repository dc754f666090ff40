"""A bank in memory: questions by id, the track each is of, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from quizbank.models import Question
from quizbank.problems import Problem


@dataclass(frozen=True)
class Place:
    """Where a question stands: its file (`pack.zip/file.yaml` within a zip), and its index there."""

    path: Path
    index: int


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a question before its texts are read."""

    id: str
    track: str
    topic: str
    kind: str
    difficulty: int
    rev: int
    roles: tuple[str, ...]
    drills: tuple[str, ...]
    mutants: tuple[str, ...]


def head_of(question: Question, track: str) -> Head:
    marked = [*getattr(question, "options", ()), *getattr(question, "corrections", ())]
    return Head(
        question.id,
        track,
        question.topic,
        question.kind,
        question.difficulty,
        question.rev,
        tuple(question.roles),
        tuple(question.drills),
        tuple(one.mutant for one in marked if one.mutant),
    )


@dataclass(frozen=True)
class Bank:
    """Questions by id, in the order of the files; the track each is of, and where it stands.

    `problems` are those of a person's own files, whose sound questions are here all the same.
    """

    questions: Mapping[str, Question] = field(default_factory=dict)
    track_of: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    facts_used: set[str] = field(default_factory=set)
    cached_heads: Mapping[str, Head] | None = None

    @property
    def heads(self) -> Mapping[str, Head]:
        """What is known of each question without its texts: from a cache at once, else read off them."""
        if self.cached_heads is not None:
            return self.cached_heads
        return {id_: head_of(one, self.track_of[id_]) for id_, one in self.questions.items()}

    def by_topic(self, topic: str) -> list[Question]:
        return [self.questions[id_] for id_, head in self.heads.items() if head.topic == topic]

    def by_track(self, track: str) -> list[Question]:
        return [self.questions[id_] for id_, of in self.track_of.items() if of == track]
