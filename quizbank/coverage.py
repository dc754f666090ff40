"""What the bank covers of the syllabus, topic by topic, kind by kind and in each language, and where it is short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from quizbank.loader import Bank
from quizbank.models import Language, Numeric, Question, Text
from quizbank.parametric import combinations
from quizbank.syllabus import Syllabus

LEAST, LEAST_OF_NOTES = 3, 5
"""Questions a topic needs; the more of them where the learner's own notes name the topic."""
LEAST_KINDS = 2
LANGUAGES: tuple[Language, ...] = get_args(Language)

LEAST_IN_ALL = 450
LEAST_OF_KIND = {"numeric": 60, "recall": 70, "snippet": 30, "find_error": 35}
"""Over the whole bank; a numeric question counts where its numbers are drawn."""
MOST_SINGLE = 0.45  # of all questions


@dataclass(frozen=True, slots=True)
class TopicCoverage:
    """The questions of one topic, and what is missing."""

    track: str
    topic: str
    title: Text
    questions: int
    needed: int
    kinds: dict[str, int]
    languages: dict[str, int]
    """By kind, and by language: how many questions are wholly in it."""

    @property
    def short(self) -> int:
        """How many questions are missing; at least one where they are all of one kind."""
        return max(self.needed - self.questions, int(len(self.kinds) < LEAST_KINDS), 0)


@dataclass(frozen=True, slots=True)
class Promise:
    """A number that the whole bank keeps to; `most` tells whether it is the most or the least."""

    name: Text
    have: int
    limit: int
    most: bool = False

    @property
    def kept(self) -> bool:
        return self.have <= self.limit if self.most else self.have >= self.limit


@dataclass(frozen=True, slots=True)
class Coverage:
    """A bank against a syllabus."""

    topics: tuple[TopicCoverage, ...]
    kinds: dict[str, int]
    difficulties: dict[int, int]
    """Questions by kind, the most frequent first, and by difficulty from 1 to 5."""
    promises: tuple[Promise, ...]

    @property
    def questions(self) -> int:
        return sum(self.kinds.values())

    @property
    def short(self) -> int:
        """How many questions are missing before every topic has what it needs."""
        return sum(topic.short for topic in self.topics)

    @property
    def kept(self) -> bool:
        """Whether nothing is short, in any topic or over all."""
        return self.short == 0 and all(promise.kept for promise in self.promises)


def coverage(bank: Bank, syllabus: Syllabus) -> Coverage:
    """Count the questions of every topic, in the order of the syllabus."""
    by_topic: dict[str, list[Question]] = {}
    for question in bank.questions.values():
        by_topic.setdefault(question.topic, []).append(question)
    topics = tuple(
        TopicCoverage(
            track=track.id,
            topic=topic.id,
            title=topic.title,
            questions=len(found := by_topic.get(topic.id, [])),
            needed=LEAST_OF_NOTES if topic.notes else LEAST,
            kinds=dict(sorted(Counter(question.kind for question in found).items())),
            languages=_languages(found),
        )
        for track, topic in syllabus.topics()
    )
    kinds = Counter(question.kind for question in bank.questions.values())
    levels = Counter(question.difficulty for question in bank.questions.values())
    promises = tuple(_promises(bank, dict(kinds.items())))
    return Coverage(topics, dict(kinds.most_common()), dict(sorted(levels.items())), promises)


def _languages(questions: Sequence[Question]) -> dict[str, int]:
    from quizbank.lint import untranslated

    missing = Counter(language for question in questions for language in untranslated(question))
    return {language: len(questions) - missing[language] for language in LANGUAGES}


def _promises(bank: Bank, kinds: Mapping[str, int]) -> Iterator[Promise]:
    total = len(bank.questions)
    yield Promise(Text(en="questions", zh="题目总数"), total, LEAST_IN_ALL)
    yield Promise(
        Text(en="single choice", zh="单选题"), kinds.get("single", 0), int(MOST_SINGLE * total), most=True
    )
    drawn = sum(
        isinstance(question, Numeric) and combinations(question) > 1 for question in bank.questions.values()
    )
    names = {
        "numeric": Text(en="numeric with drawn numbers", zh="参数随机的计算题"),
        "recall": Text(en="recall with a rubric", zh="带评分要点的问答题"),
        "snippet": Text(en="output of a program", zh="程序输出题"),
        "find_error": Text(en="find the error", zh="找错题"),
    }
    for kind, least in LEAST_OF_KIND.items():
        yield Promise(names[kind], drawn if kind == "numeric" else kinds.get(kind, 0), least)
