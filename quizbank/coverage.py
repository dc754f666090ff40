"""What the bank covers of the syllabus, and where it is short of what it promises."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from quizbank.loader import Bank
from quizbank.models import Text
from quizbank.syllabus import Syllabus

LEAST, LEAST_OF_NOTES = 3, 5
"""Questions a topic needs; the more of them where the learner's own notes name the topic."""
LEAST_KINDS = 2


@dataclass(frozen=True, slots=True)
class TopicCoverage:
    """The questions of one topic, and what is missing."""

    track: str
    topic: str
    title: Text
    questions: int
    needed: int
    kinds: tuple[str, ...]

    @property
    def short(self) -> int:
        """How many questions are missing; at least one where they are all of one kind."""
        return max(self.needed - self.questions, int(len(self.kinds) < LEAST_KINDS), 0)


@dataclass(frozen=True, slots=True)
class Coverage:
    """A bank against a syllabus."""

    topics: tuple[TopicCoverage, ...]
    kinds: dict[str, int]
    difficulties: dict[int, int]
    """Questions by kind, the most frequent first, and by difficulty from 1 to 5."""

    @property
    def questions(self) -> int:
        return sum(self.kinds.values())

    @property
    def short(self) -> int:
        """How many questions are missing before every topic has what it needs."""
        return sum(topic.short for topic in self.topics)


def coverage(bank: Bank, syllabus: Syllabus) -> Coverage:
    """Count the questions of every topic, in the order of the syllabus."""
    by_topic: dict[str, list[str]] = {}
    for question in bank.questions.values():
        by_topic.setdefault(question.topic, []).append(question.kind)
    topics = tuple(
        TopicCoverage(
            track=track.id,
            topic=topic.id,
            title=topic.title,
            questions=len(kinds := by_topic.get(topic.id, [])),
            needed=LEAST_OF_NOTES if topic.notes else LEAST,
            kinds=tuple(sorted(set(kinds))),
        )
        for track, topic in syllabus.topics()
    )
    kinds_found = Counter(question.kind for question in bank.questions.values())
    levels = Counter(question.difficulty for question in bank.questions.values())
    return Coverage(topics, dict(kinds_found.most_common()), dict(sorted(levels.items())))
