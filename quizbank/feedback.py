"""What a learner is told after an answer: what was right, what was wrong, what it should have been."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from quizbank.expressions import plain
from quizbank.models import (
    Cloze,
    FindError,
    Match,
    Multiple,
    Numeric,
    Option,
    Order,
    Question,
    Recall,
    Single,
    Snippet,
    Text,
)
from quizbank.parametric import draw

HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True)
class Part:
    """What was right or wrong in one option, blank, item or key point."""

    ok: bool
    text: Text


@dataclass(frozen=True)
class Feedback:
    """The score from 0 to 1, whether it counts as right, the details, and the right answer."""

    score: float
    correct: bool
    parts: list[Part]
    expected: Text


def say(en: str, zh: str) -> Text:
    return Text(en=en, zh=zh)


def expected(question: Question, seed: int) -> Text:
    """The right answer, in words."""
    match question:
        case Single() | Multiple():
            return listed([option.text for option in question.options if option.correct])
        case Numeric():
            shown = plain(draw(question, seed).answer) + (f" {question.unit}" if question.unit else "")
            return say(shown, shown)
        case Cloze():
            return listed(
                [
                    say(f"{name}: {accepted.en}", f"{name}：{accepted.zh}")
                    for name, blank in question.blanks.items()
                    for accepted in [accepted_spellings(blank.accept)]
                ]
            )
        case Order():
            return listed(
                [say(f"{n}. {item.en}", f"{n}. {item.zh}") for n, item in enumerate(question.items, 1)]
            )
        case Match():
            return listed(
                [
                    say(f"{pair.left.en} → {pair.right.en}", f"{pair.left.zh} → {pair.right.zh}")
                    for pair in question.pairs
                ]
            )
        case Recall():
            return question.explanation
        case Snippet():
            return say(question.output.rstrip(), question.output.rstrip())
        case FindError():
            place = segment_said(question, question.error, "the mistake", "错误")
            return listed([place, next(option.text for option in question.corrections if option.correct)])


def accepted_spellings(spellings: Sequence[str]) -> Text:
    """Of the spellings of a blank, those in the reader's language first."""
    chinese = [one for one in spellings if HAN.search(one)]
    other = [one for one in spellings if not HAN.search(one)]
    en, zh = (other or chinese)[:2], (chinese[:1] + other[:1]) or other
    return say(" / ".join(en), " / ".join(zh))


def listed(texts: Sequence[Text]) -> Text:
    return say("\n".join(text.en for text in texts), "\n".join(text.zh for text in texts))


def chosen_said(option: Option) -> Part:
    if option.correct:
        return Part(True, about(option, "right", "正确"))
    return Part(False, about(option, "", ""))


def right_said(options: Sequence[Option]) -> Part:
    right = next(option for option in options if option.correct)
    return Part(True, about(right, "this is right", "这一项才对"))


def about(option: Option, en: str, zh: str) -> Text:
    """The option, the verdict on it, and its feedback."""
    feedback = option.feedback
    ens = [option.text.en, " — ".join(part for part in (en, feedback.en if feedback else "") if part)]
    zhs = [option.text.zh, "，".join(part for part in (zh, feedback.zh if feedback else "") if part)]
    return say(" — ".join(part for part in ens if part), "——".join(part for part in zhs if part))


def segment_said(question: FindError, index: int, en: str, zh: str) -> Text:
    segment = question.segments[index]
    return say(f"{index + 1}. {segment.en} — {en}", f"{index + 1}. {segment.zh}——{zh}")
