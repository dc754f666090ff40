"""How far one gets without knowing anything: strategies that a good bank gives no more than chance."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from quizbank.loader import Bank
from quizbank.models import FindError, Language, Option, Single, Text

ABSOLUTE = {
    "en": re.compile(
        r"\b(always|never|only|all|every|none|must|cannot|completely|entirely|impossible|guarantee[sd]?)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile("总是|从不|只有|只能|一定|必须|必然|完全|所有|任何|绝对|永远|不可能"),
}
STOP_WORDS = set(
    re.findall(
        r"\w+",
        "a an and are as at be by do does each for from has how if in into is it its of on one or "
        "than that the their them then there these they this to was what when where which why with",
    )
)

POINTS = 0.05  # what a large bank keeps to, either way: "never the longest" is a tell as well
ENOUGH = 100  # questions

Ranking = Callable[[Text, Sequence[Option]], list[float]]


@dataclass(frozen=True)
class Guess:
    """How a strategy did over `count` questions, against blind chance."""

    strategy: str
    share: float
    chance: float
    count: int

    @property
    def margin(self) -> float:
        """What may be luck: five points, or three standard errors where questions are few."""
        if self.count >= ENOUGH:
            return POINTS
        return max(POINTS, 3 * math.sqrt(self.chance * (1 - self.chance) / self.count))

    @property
    def suspicious(self) -> bool:
        return abs(self.share - self.chance) > self.margin


def guesses(bank: Bank) -> list[Guess]:
    """Every strategy over all questions where one option of several is right."""
    choices = list(_choices(bank))
    found = []
    for name, ranking in _strategies():
        shares = [_expected_score(ranking(stem, options), options) for stem, options in choices]
        if shares:
            chance = sum(1 / len(options) for _, options in choices) / len(choices)
            found.append(Guess(name, sum(shares) / len(shares), chance, len(shares)))
    return found


def _choices(bank: Bank) -> Iterator[tuple[Text, list[Option]]]:
    for question in bank.questions.values():
        if isinstance(question, Single):
            yield question.stem, question.options
        elif isinstance(question, FindError):
            yield question.stem, question.corrections


def _expected_score(ranks: list[float], options: Sequence[Option]) -> float:
    """The chance to be right when picking blindly among the options ranked highest."""
    best = [option for rank, option in zip(ranks, options, strict=True) if rank == max(ranks)]
    return sum(option.correct for option in best) / len(best)


def _strategies() -> Iterator[tuple[str, Ranking]]:
    yield "the first in the file", lambda stem, options: [-float(n) for n in range(len(options))]
    yield "the last in the file", lambda stem, options: [float(n) for n in range(len(options))]
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        yield f"the longest ({language})", _by_length(language, 1)
        yield f"the shortest ({language})", _by_length(language, -1)
        yield f"the one that echoes the stem ({language})", _by_echo(language)
        yield f"one without absolute words ({language})", _by_modesty(language)


def _by_length(language: Language, sign: int) -> Ranking:
    return lambda stem, options: [sign * float(len(option.text[language])) for option in options]


def _by_echo(language: Language) -> Ranking:
    def rank(stem: Text, options: Sequence[Option]) -> list[float]:
        asked = words(stem[language])
        return [float(len(asked & words(option.text[language]))) for option in options]

    return rank


def _by_modesty(language: Language) -> Ranking:
    return lambda stem, options: [
        -float(bool(ABSOLUTE[language].search(option.text[language]))) for option in options
    ]


def words(text: str) -> set[str]:
    """Content words: English words, and pairs of neighbouring Chinese characters."""
    english = set(re.findall(r"[a-z]{2,}", text.casefold())) - STOP_WORDS
    runs = re.findall("[\u4e00-\u9fff]{2,}", text)
    return english | {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
