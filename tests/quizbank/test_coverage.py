"""The bank against the syllabus: what is counted, and what is called short."""

from __future__ import annotations

import json

from click.testing import CliRunner, Result
from right_answers import make

from quizbank.coverage import LEAST, LEAST_OF_NOTES, coverage
from quizbank.loader import Bank, load_bank
from quizbank.syllabus import load_syllabus
from tui.cli import main

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
    assert (row.questions, row.kinds) == (len(ids), {kind: len(ids)})
    assert row.short == max(row.needed - len(ids), 1)


def test_what_the_whole_bank_promises() -> None:
    kept = {promise.name.en: promise.kept for promise in coverage(BANK, SYLLABUS).promises}
    assert len(kept) == 6
    none = {promise.name.en: (promise.have, promise.kept) for promise in coverage(part(), SYLLABUS).promises}
    assert none.pop("single choice") == (0, True)
    assert set(none.values()) == {(0, False)}
    singles = [id_ for id_, question in BANK.questions.items() if question.kind == "single"]
    found = coverage(part(*singles), SYLLABUS)
    (single,) = [promise for promise in found.promises if promise.most]
    assert (single.have, single.limit, single.kept) == (len(singles), int(0.45 * len(singles)), False)
    assert not found.kept


def test_a_question_in_one_language_alone_is_not_counted_for_the_other() -> None:
    question = make("single", topic="lora", stem="why does the loss of a network fall so slowly")
    (row,) = [
        row
        for row in coverage(Bank({"a": question}, {"a": "finetuning"}), SYLLABUS).topics
        if row.topic == "lora"
    ]
    assert row.languages == {"zh": 0, "en": 1}


def test_the_table_and_its_exit_code() -> None:
    def run(language: str, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["--language", language, "bank", "coverage", *arguments])

    for language, words in (("en", ("track", "find error", "at least")), ("zh", ("方向", "找错", "至少"))):
        output = run(language, "--all").output
        assert all(word in output for word in words)
        rows = [line for line in output.splitlines() if line[:1] in "✓!" and line[2:3].isalpha()]
        assert len(rows) >= len(SYLLABUS.track_of())
    data = json.loads(run("en", "--json").output)
    assert len(data["topics"]) == len(SYLLABUS.track_of())
    assert all(sum(topic["kinds"].values()) == topic["questions"] for topic in data["topics"])
    assert all(set(topic["languages"]) == {"en", "zh"} for topic in data["topics"])
    assert run("en", "--strict").exit_code == (0 if coverage(BANK, SYLLABUS).kept else 1)
