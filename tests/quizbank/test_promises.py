"""What the packaged bank promises: its size and mixture, both languages, and links with the drills in both directions."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from drills.catalog import load_catalog
from drills.mutants import load_mutants
from quizbank.coverage import coverage
from quizbank.guessing import guesses
from quizbank.lint import HAN, texts_of, untranslated
from quizbank.loader import load_bank
from quizbank.models import FindError, Question, Recall
from quizbank.syllabus import load_syllabus

BANK = load_bank()
QUESTIONS = list(BANK.questions.values())
CATALOG = load_catalog()
MUTANTS = {f"{drill.id}/{mutant.id}" for drill in CATALOG.values() for mutant in load_mutants(drill)}
COVERED = coverage(BANK, load_syllabus())

# What study notes say wrongly, and the question that has the learner find it.
NOTES = {
    "the shapes of A and B": "lora-shapes-of-a-and-b",
    "the scale is alpha": "lora-scale-alpha-over-r",
    "sigma is 1/sqrt(r)": "lora-initialisation-sigma",
    "an SVD of GPT-3's updates": "lora-svd-evidence",
    "a lower temperature flattens": "temperature-lower-sharpens",
    "top-p controls determinism": "top-p-still-draws-at-random",
    "max length keeps answers relevant": "max-length-cuts-and-does-not-plan",
    "the frequency penalty, loosely": "frequency-penalty-on-logits",
    "padding cuts": "padding-is-not-truncation",
    "BERT is one-hot, bag of words, TF-IDF": "bert-is-not-count-features",
    "Fudan News is a sentiment set": "fudan-news-is-topics",
    "gradients are updated": "training-loop-what-is-updated",
    "prefix tuning adds an embedding": "prefix-tuning-is-not-an-input-embedding",
    "names misspelt": "lora-names-on-a-cv",
    "replay and mixing": "replay-is-not-repeating",
}


# --- breadth


@pytest.mark.parametrize("promise", COVERED.promises, ids=lambda promise: promise.name.en)
def test_the_number_is_kept(promise) -> None:  # type: ignore[no-untyped-def]
    assert promise.kept, f"{promise.name.en}: {promise.have}, limit {promise.limit}"


def test_every_topic_has_its_questions_of_two_kinds_in_both_languages() -> None:
    short = {
        topic.topic: (topic.questions, topic.needed, topic.kinds) for topic in COVERED.topics if topic.short
    }
    assert short == {}
    for topic in COVERED.topics:
        assert set(topic.languages.values()) == {topic.questions}, topic.topic


def test_difficulties_and_roles_are_spread() -> None:
    levels = Counter(question.difficulty for question in QUESTIONS)
    assert set(levels) == {1, 2, 3, 4, 5}
    assert max(levels.values()) <= 0.6 * len(QUESTIONS)
    roles = Counter(role for question in QUESTIONS for role in question.roles)
    assert all(question.roles for question in QUESTIONS)
    assert all(count >= 0.2 * len(QUESTIONS) for count in roles.values())
    assert set(roles) == {"research", "applied", "infra"}


@pytest.mark.parametrize("question", NOTES.values(), ids=NOTES)
def test_what_notes_get_wrong_is_found_as_an_error(question: str) -> None:
    assert isinstance(BANK.questions[question], FindError)


def test_rubrics_and_what_is_asked_next() -> None:
    for question in QUESTIONS:
        if isinstance(question, Recall):
            assert 4 <= len(question.rubric) <= 8, question.id
            for point in question.rubric:
                sentences = re.findall(r"[.!?](?=\s+[A-Z])", point.point.en)
                assert len(sentences) <= 1, (question.id, point.point.en)
            assert {one.after for one in question.follow_ups} == {"good", "weak"}, question.id


# --- no tells


def test_guessing_does_not_pay() -> None:
    """Every strategy is within five points of chance over the bank."""
    found = {guess.strategy: round(100 * (guess.share - guess.chance), 1) for guess in guesses(BANK)}
    assert {name: points for name, points in found.items() if abs(points) > 5} == {}


# --- two languages


def test_no_text_is_missing_or_the_same_in_both_languages() -> None:
    assert {question.id: untranslated(question) for question in QUESTIONS if untranslated(question)} == {}


def test_chinese_texts_are_chinese_throughout() -> None:
    """No sentence of English words within a Chinese text, code and formulas aside."""
    sentence = re.compile(r"(?:\b[a-z]{2,}[,;]?\s+){5,}[a-z]{2,}\b")
    for question in QUESTIONS:
        for path, text in texts_of(question):
            if HAN.search(text.zh):
                prose = re.sub(
                    r"```.*?```|`[^`]*`|\$[^$]*\$|“[^”]*”|\"[^\"]*\"", "", text.zh, flags=re.DOTALL
                )
                assert not sentence.search(prose), (question.id, path, text.zh)


def test_syllabus_titles_have_both_languages() -> None:
    for track, topic in load_syllabus().topics():
        for title in (track.title, topic.title):
            assert title.en.strip()
            assert title.zh.strip()


# --- links


def test_every_drill_that_a_question_names_exists_and_names_it() -> None:
    wrong = [
        (question.id, drill)
        for question in QUESTIONS
        for drill in question.drills
        if drill not in CATALOG or question.id not in CATALOG[drill].questions
    ]
    assert wrong == []


def test_every_question_that_a_drill_names_exists_and_names_it() -> None:
    wrong = [
        (drill.id, name)
        for drill in CATALOG.values()
        for name in drill.questions
        if name not in BANK.questions or drill.id not in BANK.questions[name].drills
    ]
    assert wrong == []


def test_every_drill_names_two_questions_at_least() -> None:
    assert {drill.id: drill.questions for drill in CATALOG.values() if len(set(drill.questions)) < 2} == {}


def _mistakes(question: Question) -> list[str]:
    marked = [getattr(question, name, []) for name in ("options", "corrections", "rubric")]
    return [one.mutant for group in marked for one in group if one.mutant]


def test_every_mutant_that_a_question_names_exists_and_is_of_a_drill_it_names() -> None:
    named = [
        (question.id, mutant, question.drills) for question in QUESTIONS for mutant in _mistakes(question)
    ]
    assert [one for one in named if one[1] not in MUTANTS] == []
    assert [one for one in named if one[1].partition("/")[0] not in one[2]] == []
