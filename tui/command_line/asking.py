"""Asking one question in plain lines: for a pipe, a screen reader, or who wants no full screen.

Everything is read from standard input line by line: choices by their numbers, an answer in words ended by a line with
a single dot. "?" is "I do not know", an end of input (Ctrl+D) ends the sitting.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from quizbank.asking import Asked
from quizbank.models import (
    BLANK,
    Cloze,
    FindError,
    Language,
    Match,
    Multiple,
    Numeric,
    Order,
    Recall,
    Single,
    Snippet,
    Text,
)
from tui.formulas import to_unicode

FORMULA = re.compile(r"\$([^$\n]+)\$")
LETTERS = "abcdefghijklmnop"


class Ended(Exception):
    """The input has come to its end."""


class Again(Exception):
    """What was typed is no answer; says what would be one."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.text = Text(en=en, zh=zh)


class Plain:
    """Prints and reads, in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def say(self, en: str, zh: str) -> None:
        click.echo(zh if self.language == "zh" else en)

    def text(self, text: Text) -> None:
        click.echo(self.plain(text))

    def plain(self, text: Text) -> str:
        """The text with its formulas in letters and signs, as a terminal can show them."""
        return FORMULA.sub(lambda found: to_unicode(found[1]), text[self.language])

    def rows(self, texts: Sequence[Text], letters: bool = False) -> None:
        for index, text in enumerate(texts):
            mark = LETTERS[index] if letters else str(index + 1)
            click.echo(f"  {mark}. " + self.plain(text).rstrip().replace("\n", "\n     "))

    def line(self, en: str, zh: str) -> str:
        """One line typed; raises Ended."""
        click.echo((zh if self.language == "zh" else en) + " ", nl=False)
        typed = sys.stdin.readline()
        if not typed:
            click.echo()
            raise Ended
        return typed.rstrip("\r\n")

    def lines(self, en: str, zh: str) -> str:
        """Lines up to a single dot."""
        self.say(en, zh)
        typed: list[str] = []
        for line in iter(sys.stdin.readline, ""):
            if not typed and line.strip() in ("?", "？"):
                raise DontKnow
            if line.strip() == ".":
                return "\n".join(typed)
            typed.append(line.rstrip("\r\n"))
        raise Ended

    def numbers(self, en: str, zh: str, most: int, *, least: int = 1, once: bool = False) -> list[int]:
        """Row numbers typed, as indices from 0; asks again for what is none. "?" raises DontKnow."""
        while True:
            typed = self.line(en, zh).strip()
            if typed in ("?", "？"):
                raise DontKnow
            found = [int(number) - 1 for number in re.findall(r"\d+", typed)]
            fits = all(0 <= number < most for number in found) and len(found) == len(set(found))
            if (
                fits
                and len(found) >= least
                and not (once and len(found) > 1)
                and not re.search(r"[^\d\s,，、]", typed)
            ):
                return found
            self.say(f"Numbers from 1 to {most}.", f"请输入 1 到 {most} 的编号。")


class DontKnow(Exception):
    """The learner has no answer."""


def put(asked: Asked, plain: Plain) -> None:
    """Print the question."""
    question = asked.question
    click.echo()
    plain.text(asked.stem)
    match question:
        case Single() | Multiple():
            plain.rows([question.options[index].text for index in asked.order])
        case Cloze():
            numbers = {name: f"({place})____" for place, name in enumerate(question.blanks, 1)}
            click.echo(BLANK.sub(lambda gap: numbers[gap[1]], question.text[plain.language]))
        case Order():
            plain.rows([question.items[index] for index in asked.order])
        case Match():
            plain.rows([pair.left for pair in question.pairs])
            plain.rows([question.rights[index] for index in asked.order], letters=True)
        case Snippet():
            click.echo("\n".join("    " + line for line in question.code.rstrip().split("\n")))
        case FindError():
            plain.rows(question.segments)


def read(asked: Asked, plain: Plain) -> Any:
    """The answer as `quizbank.answering.grade` takes it; None for "I do not know". Raises Ended."""
    try:
        return _READERS[type(asked.question)](asked, plain)
    except DontKnow:
        return None


def tick(points: Sequence[Text], plain: Plain) -> list[int]:
    """Which of the points the answer had."""
    plain.say("What a strong answer has:", "好的回答包含：")
    plain.rows(points)
    try:
        return plain.numbers(
            "Which did yours have? (numbers, Enter for none)",
            "你说到了哪几点？（编号，没有则直接回车）",
            len(points),
            least=0,
        )
    except DontKnow:
        return []


def _single(asked: Asked, plain: Plain) -> Any:
    (chosen,) = plain.numbers(
        "Your choice (? if you do not know):", "你的选择（不会填 ?）：", len(asked.order), once=True
    )
    return asked.order[chosen]


def _multiple(asked: Asked, plain: Plain) -> Any:
    chosen = plain.numbers(
        "All that hold, such as 1 3 (?):", "所有正确项，如 1 3（不会填 ?）：", len(asked.order)
    )
    return [asked.order[place] for place in chosen]


def _numeric(asked: Asked, plain: Plain) -> Any:
    assert isinstance(asked.question, Numeric)
    unit = f" [{asked.question.unit}]" if asked.question.unit else ""
    return _known(plain.line(f"A number{unit} (?):", f"数值{unit}（不会填 ?）："))


def _cloze(asked: Asked, plain: Plain) -> Any:
    assert isinstance(asked.question, Cloze)
    return {
        name: _known(plain.line(f"({place}) (?):", f"({place})（不会填 ?）："))
        for place, name in enumerate(asked.question.blanks, 1)
    }


def _order(asked: Asked, plain: Plain) -> Any:
    count = len(asked.order)
    arranged = plain.numbers(
        f"The right order, all {count} numbers (?):",
        f"正确顺序，共 {count} 个编号（不会填 ?）：",
        count,
        least=count,
    )
    return [asked.order[place] for place in arranged]


def _match(asked: Asked, plain: Plain) -> Any:
    assert isinstance(asked.question, Match)
    count, letters = len(asked.question.pairs), LETTERS[: len(asked.order)]
    while True:
        typed = _known(
            plain.line(f"{count} letters, such as 1b 2a (?):", f"{count} 个字母，如 1b 2a（不会填 ?）：")
        ).lower()
        pairs = dict(re.findall(rf"(\d+)\s*([{letters}])", typed))
        if sorted(pairs, key=int) == [str(number + 1) for number in range(count)]:
            return [asked.order[letters.index(pairs[str(number + 1)])] for number in range(count)]
        plain.say(f"A letter for each of 1 to {count}.", f"请为 1 到 {count} 各选一个字母。")


def _recall(asked: Asked, plain: Plain) -> Any:
    assert isinstance(asked.question, Recall)
    text = in_words(plain)
    return {"text": text, "ticked": tick([point.point for point in asked.question.rubric], plain)}


def in_words(plain: Plain) -> str:
    """A text; raises DontKnow for "?"."""
    text = plain.lines(
        "Answer in words; end with a line that is a single dot.", "用自己的话回答，最后单独输入一行 . 结束。"
    )
    if text.strip() in ("", "?", "？"):
        raise DontKnow
    return text


def _snippet(asked: Asked, plain: Plain) -> Any:
    return _known(
        plain.lines("What does it print? End with a single dot.", "会打印什么？最后单独输入一行 . 结束。")
    )


def _find_error(asked: Asked, plain: Plain) -> Any:
    question = asked.question
    assert isinstance(question, FindError)
    (segment,) = plain.numbers(
        "Which is wrong? (?)", "哪一处有错？（不会填 ?）", len(question.segments), once=True
    )
    plain.rows([question.corrections[index].text for index in asked.order])
    (chosen,) = plain.numbers(
        "What is right instead? (?)", "应改为？（不会填 ?）", len(asked.order), once=True
    )
    return {"segment": segment, "correction": asked.order[chosen]}


def _known(typed: str) -> str:
    if typed.strip() in ("", "?", "？"):
        raise DontKnow
    return typed


_READERS: dict[type, Callable[[Asked, Plain], Any]] = {
    Single: _single,
    Multiple: _multiple,
    Numeric: _numeric,
    Cloze: _cloze,
    Order: _order,
    Match: _match,
    Recall: _recall,
    Snippet: _snippet,
    FindError: _find_error,
}
