"""A mock interview: what is asked in which order, and the report at its end. Nothing is told before that.

Quick questions over all tracks, one topic in depth with the follow-up that the answer earns, one coding drill. The report
is kept in the log under an item of its own ("m:<id>"), so that it is merged, exported and undone like all else there.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, Self

from quizbank.models import FollowUp, Question, Recall, Text
from quizbank.scheduling import RIGHT, Card
from quizbank.sessions import Candidate, interleave

StepKind = Literal["quick", "deep", "follow_up", "drill"]
WEIGHTS: Mapping[StepKind, float] = {"quick": 0.4, "deep": 0.2, "follow_up": 0.1, "drill": 0.3}
THIN = 40  # letters of an answer in words (a Chinese one counts for three) below which it is a weak one


@dataclass(frozen=True, slots=True)
class Budget:
    """How an interview of so many minutes is spent."""

    quick: int
    deep_seconds: int
    drill_minutes: int


BUDGETS: Mapping[int, Budget] = {
    30: Budget(quick=6, deep_seconds=360, drill_minutes=12),
    45: Budget(quick=9, deep_seconds=480, drill_minutes=20),
    60: Budget(quick=12, deep_seconds=600, drill_minutes=30),
}


class AnyDrill(Protocol):
    """What is needed of `drills.catalog.Drill`, which this package may not import."""

    @property
    def id(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def track(self) -> str: ...
    @property
    def topics(self) -> Collection[str]: ...
    @property
    def minutes(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One thing asked: an item, the seed of its draw, and the seconds an interviewer would give."""

    kind: StepKind
    item: str
    seed: int
    seconds: int
    rev: int = 1
    """The question's revision; drills have none."""


def plan_interview(
    questions: Mapping[str, Question],
    items: Iterable[Candidate],
    drills: Sequence[AnyDrill],
    cards: Mapping[str, Card],
    *,
    minutes: int,
    role: str | None,
    seed: int,
) -> list[Step]:
    """The steps of an interview; the same input gives the same ones.

    What was never seen is as likely as what was: an interviewer does not know. The drill fits its minutes and was
    not solved yet, as far as there is such a one; no quick question leads to it or to the deep one's topic.
    """
    budget = BUDGETS[minutes]
    chance = random.Random(seed)
    fitting = [item for item in items if not item.roles or role is None or role in item.roles]
    pool = [item for item in fitting if item.item.removeprefix("q:") in questions]
    chance.shuffle(pool)
    drill = _drill(drills, cards, budget.drill_minutes, chance)
    deep = next((item for item in pool if isinstance(_question(item, questions), Recall)), None)
    avoided = {drill.item} if drill is not None else set()
    quick = [
        item
        for item in pool
        if not isinstance(_question(item, questions), Recall)
        and not item.kin & avoided
        and (deep is None or item.topics != deep.topics)
    ]
    steps = [
        Step("quick", item.item, chance.randrange(2**31), question.seconds, question.rev)
        for item in interleave(quick)[: budget.quick]
        for question in (_question(item, questions),)
    ]
    if deep is not None:
        rev, seconds = _question(deep, questions).rev, budget.deep_seconds
        steps.append(Step("deep", deep.item, chance.randrange(2**31), seconds, rev))
        steps.append(Step("follow_up", deep.item, chance.randrange(2**31), seconds // 3, rev))
    if drill is not None:
        steps.append(Step("drill", drill.item, chance.randrange(2**31), budget.drill_minutes * 60))
    return steps


def _question(item: Candidate, questions: Mapping[str, Question]) -> Question:
    return questions[item.item.removeprefix("q:")]


def _drill(
    drills: Sequence[AnyDrill], cards: Mapping[str, Card], minutes: int, chance: random.Random
) -> AnyDrill | None:
    """One that fits the time, the longest kind of those; one not yet solved where there is one."""
    fitting = [drill for drill in drills if minutes / 2 <= drill.minutes <= minutes]
    fitting = fitting or [drill for drill in drills if drill.minutes <= minutes]
    unsolved = [drill for drill in fitting if (card := cards.get(drill.item)) is None or card.best < 1]
    return chance.choice(unsolved or fitting) if fitting else None


def follow_up(question: Recall, answer: str) -> FollowUp:
    """What the interviewer asks next. Nothing is graded yet: a thin answer earns the question for weak ones."""
    letters = sum(3 if letter >= "⺀" else 1 for letter in answer if not letter.isspace())
    wanted = "weak" if letters < THIN else "good"
    return next(one for one in question.follow_ups if one.after == wanted)


# --- the report


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one step went."""

    kind: StepKind
    item: str
    topic: str
    seconds: float
    allotted: int
    score: float
    answer: Any
    asked: Text
    strong: list[Text] = field(default_factory=list)
    """What a strong answer has."""
    lacked: list[Text] = field(default_factory=list)
    """What this one lacked, or had wrong."""

    @property
    def right(self) -> bool:
        return self.score >= RIGHT


@dataclass(frozen=True, slots=True)
class TopicResult:
    """All steps on one topic."""

    topic: str
    score: float
    seconds: float
    allotted: int
    strong: list[Text]
    lacked: list[Text]


@dataclass(frozen=True, slots=True)
class Interview:
    """A finished interview."""

    id: str
    began: str
    ended: str
    minutes: int
    role: str | None
    outcomes: list[Outcome]

    @property
    def score(self) -> float:
        """From 0 to 1: each part's mean, weighed by WEIGHTS over the parts that there were."""
        parts: dict[StepKind, list[float]] = {}
        for outcome in self.outcomes:
            parts.setdefault(outcome.kind, []).append(outcome.score)
        whole = sum(WEIGHTS[kind] for kind in parts)
        return sum(WEIGHTS[kind] * sum(of) / len(of) for kind, of in parts.items()) / whole if whole else 0.0

    @property
    def seconds(self) -> float:
        return sum(outcome.seconds for outcome in self.outcomes)

    def part(self, *kinds: StepKind) -> float | None:
        """The mean score of some kinds of steps; None where there were none."""
        scores = [outcome.score for outcome in self.outcomes if outcome.kind in kinds]
        return sum(scores) / len(scores) if scores else None

    def topics(self) -> list[TopicResult]:
        """Per topic, the weakest first."""
        groups: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            groups.setdefault(outcome.topic, []).append(outcome)
        found = [
            TopicResult(
                topic,
                score=sum(one.score for one in group) / len(group),
                seconds=sum(one.seconds for one in group),
                allotted=sum(one.allotted for one in group),
                strong=[text for one in group for text in one.strong],
                lacked=[text for one in group for text in one.lacked],
            )
            for topic, group in groups.items()
        ]
        return sorted(found, key=lambda result: result.score)

    def to_json(self) -> dict[str, Any]:
        data = {**asdict(self), "version": 1, "score": self.score}
        for row, outcome in zip(data["outcomes"], self.outcomes, strict=True):
            row["asked"] = outcome.asked.model_dump()
            row["strong"] = [text.model_dump() for text in outcome.strong]
            row["lacked"] = [text.model_dump() for text in outcome.lacked]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError for what is no report."""
        outcomes = []
        for row in data["outcomes"]:
            texts = {name: [Text(**text) for text in row[name]] for name in ("strong", "lacked")}
            outcomes.append(Outcome(**{**row, **texts, "asked": Text(**row["asked"])}))
        names = ("id", "began", "ended", "minutes", "role")
        return cls(outcomes=outcomes, **{name: data[name] for name in names})

    @property
    def when(self) -> datetime:
        return datetime.fromisoformat(self.began)


def change(now: Interview, earlier: Sequence[Interview]) -> float | None:
    """How much better than the last one before it, in the share of the whole; None for the first."""
    before = [one for one in earlier if one.when < now.when]
    return now.score - max(before, key=lambda one: one.when).score if before else None
