"""The bank against the syllabus: what is counted, and what is called short."""

from __future__ import annotations

from quizbank.coverage import LEAST, LEAST_OF_NOTES, coverage
from quizbank.loader import Bank, load_bank
from quizbank.syllabus import load_syllabus

BANK, SYLLABUS = load_bank(), load_syllabus()


def part(*ids: str) -> Bank:
    return Bank({id_: BANK.questions[id_] for id_ in ids}, {id_: BANK.track_of[id_] for id_ in ids})


def test_every_question_is_counted_once() -> None:
    found = coverage(BANK, SYLLABUS)
    assert found.questions == len(BANK.questions) == sum(found.difficulties.values())
    assert sum(topic.questions for topic in found.topics) == len(BANK.questions)
    assert [topic.topic for topic in found.topics] == [topic.id for _, topic in SYLLABUS.topics()]


def test_an_empty_bank_lacks_everything() -> None:
    found = coverage(part(), SYLLABUS)
    needed = [LEAST_OF_NOTES if topic.notes else LEAST for _, topic in SYLLABUS.topics()]
    assert found.short == sum(needed)
    assert (found.kinds, found.difficulties) == ({}, {})


def test_questions_of_one_kind_alone_are_short_by_one() -> None:
    by_kind: dict[tuple[str, str], list[str]] = {}
    for question in BANK.questions.values():
        by_kind.setdefault((question.topic, question.kind), []).append(question.id)
    (topic, kind), ids = max(by_kind.items(), key=lambda pair: len(pair[1]))
    (row,) = [row for row in coverage(part(*ids), SYLLABUS).topics if row.topic == topic]
    assert (row.questions, row.kinds) == (len(ids), (kind,))
    assert row.short == max(row.needed - len(ids), 1)
