"""What makes a valid question a bad one: tells, sloppy Chinese, numbers that do not work, dead links."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import BaseModel

from quizbank import bank_files, fact_lint, parametric, yaml_source
from quizbank.expressions import PLACEHOLDER, names_in
from quizbank.guessing import guesses
from quizbank.loader import Bank, problem_at
from quizbank.models import (
    FindError,
    Language,
    Match,
    Multiple,
    Numeric,
    Option,
    Order,
    Question,
    Single,
    Snippet,
    Text,
)
from quizbank.problems import Problem, Severity

TELL_LENGTH = 1.3  # the right option against the median of the others
ENOUGH_CHOICES = 60  # below, guessing strategies say nothing
SEEDS = 50

FieldPath = tuple[str | int, ...]
Finding = tuple[FieldPath, Severity, str]

HAN = re.compile("[\u3400-\u9fff]")
NOT_PROSE = re.compile(r"```.*?```|`[^`]*`|\$[^$]*\$", re.DOTALL)  # code and formulas in a text
ASCII_IN_CHINESE = re.compile("[\u3400-\u9fff][,;:!?][ ]?[\u3400-\u9fff]")
CATCH_ALL = re.compile(r"\b(all|none|both|neither) of the (above|options|other)|以上(都|皆|全|均|选项)", re.I)
NEGATED = re.compile(
    r"\b[Ww]hich\b[^?.]*\b(NOT|not true|not correct|incorrect|false|untrue|except)\b"
    r"|\b[Ww]hich (of|one|statement|option)[^?.]*\b(is|are|does|do|can) not\b"
)
NEGATED_ZH = re.compile(
    "(不正确|错误|不成立|不属于|不符合|不对|有误)的(一项|一个|说法|选项)?(是|为)|哪.{0,8}(不正确|不属于|不成立|是错)"
)
LIST_ITEM = re.compile(r"\d+[.)] ")
LATIN = re.compile("[A-Za-z]")
NAME_WORDS = {"bit", "gpt", "oss", "top", "softmax", "tanh", "sigmoid"}  # in lower case, and yet names
EMPTY_FEEDBACK = re.compile(r"(this is )?(in)?correct\.?|wrong\.?|no\.?|(不正确|错误|不对|错)。?", re.I)
SCALED = re.compile(r"\bin (million|billion|thousand)s\b|\bhow many (million|billion)s?\b", re.I)
SCALED_ZH = re.compile("以(百万|十亿|亿|万)为单位|多少(万|亿|百万|十亿)")
IMPORT = re.compile(r"^\s*(?:import|from) (numpy|torch)\b", re.MULTILINE)


def lint(
    bank: Bank, *, drills: Collection[str] | None = None, mutants: Collection[str] | None = None
) -> list[Problem]:
    """What is wrong with each question, then with the bank as a whole.

    References to drills and mutants are checked when the ids that exist are passed.
    """
    problems: list[Problem] = []
    documents: dict[Path, yaml_source.Document] = {}
    for question in bank.questions.values():
        place = bank.places[question.id]
        findings = [finding for rule in RULES for finding in rule(question)]
        findings += _references(question, drills, mutants)
        for path, severity, message in findings:
            if place.path not in documents:
                text = bank_files.read_text(place.path)
                documents[place.path] = yaml_source.parse(place.path, text, marks=True)
            problems.append(problem_at(place, path, message, severity, documents[place.path]))
    return [*problems, *fact_lint.unused_or_bypassed(bank), *_guessable(bank)]


def texts_of(value: Any, path: FieldPath = ()) -> Iterator[tuple[FieldPath, Text]]:
    """Every text of a question, with its place."""
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from texts_of(getattr(value, name), (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts_of(inner, (*path, index))


def _languages(question: Question) -> Iterator[Finding]:
    for path, text in texts_of(question):
        if _is_line_of_code(question, path, text):
            continue
        prose, prose_zh = NOT_PROSE.sub("", text.en), NOT_PROSE.sub("", text.zh)
        if text.en == text.zh:
            if _is_english_prose(prose):
                yield path, "error", "the same English text serves as Chinese"
        elif not HAN.search(text.zh) and _is_english_prose(prose_zh):
            yield path, "warning", "the Chinese text is English"
        if any(LIST_ITEM.match(written) and "\n" not in written for written in (text.en, text.zh)):
            yield path, "error", "a number and a full stop at the start are shown as a list: say it in words"
        if found := ASCII_IN_CHINESE.search(prose_zh):
            yield path, "error", f"{found.group()!r}: full-width punctuation between Chinese characters"
        for language, written in (("en", text.en), ("zh", text.zh)):
            if re.sub(r"`[^`]*`|\\\$", "", written).count("$") % 2:
                yield path, "error", f"{language}: an odd number of $, a formula is not closed"
                break


def untranslated(question: Question) -> set[Language]:
    """The languages that some text of the question is not in: names, code and formulas are in both."""
    lacking: set[Language] = set()
    for path, text in texts_of(question):
        if _is_line_of_code(question, path, text):
            continue
        if text.en == text.zh and not HAN.search(text.en):
            if not is_name_or_code(text.en):
                lacking.add("zh")
        elif not HAN.search(text.zh) and not is_name_or_code(text.zh):
            lacking.add("zh")
        elif text.en == text.zh or (HAN.search(text.en) and not LATIN.search(text.en)):
            lacking.add("en")
    return lacking


def _is_line_of_code(question: Question, path: FieldPath, text: Text) -> bool:
    """Of a program in which an error is to be found."""
    code = isinstance(question, FindError) and question.code
    return code and path[0] in ("segments", "corrections") and text.en == text.zh


def is_name_or_code(text: str) -> bool:
    """Whether a text needs no translation: a name, a number, a formula or code, not words of a sentence."""
    prose = NOT_PROSE.sub("", text)
    if re.search(r"[=(){}\[\]_\\|/]|(^|\s)-\w|^\S+[-.]\S+$", prose):
        return not _is_english_prose(prose)
    words = {word for word in re.findall(r"[A-Za-z]+", prose) if word.islower() and len(word) > 2}
    return words <= NAME_WORDS and len(prose) < 60


def _is_english_prose(text: str) -> bool:
    """Four or more words in lower case in a row, and nothing that looks like code."""
    return not re.search(r"[=(){}\[\]_\\|]", text) and bool(
        re.search(r"(?:\b[a-z]{2,}[,;:]?\s+){3,}[a-z]{2,}\b", text)
    )


def _stem(question: Question) -> Iterator[Finding]:
    if isinstance(question, Single | Multiple) and (
        NEGATED.search(question.stem.en) or NEGATED_ZH.search(question.stem.zh)
    ):
        yield ("stem",), "warning", "a negated stem: ask for what holds"
    if not isinstance(question, Numeric):
        for name in ("stem", "explanation"):
            if PLACEHOLDER.search(getattr(question, name).en + getattr(question, name).zh):
                yield (name,), "error", "<<…>> is filled in only for numeric questions"


def _options(question: Question) -> Iterator[Finding]:
    match question:
        case Single() | Multiple():
            name, options = "options", question.options
        case FindError():
            name, options = "corrections", question.corrections
        case _:
            return
    for index, option in enumerate(options):
        if CATCH_ALL.search(option.text.en) or CATCH_ALL.search(option.text.zh):
            yield (name, index, "text"), "error", "“all/none of the above” can be guessed"
        if option.feedback and any(
            EMPTY_FEEDBACK.fullmatch(said.strip()) for said in (option.feedback.en, option.feedback.zh)
        ):
            yield (name, index, "feedback"), "error", "say what is wrong with it, not merely that it is"
    yield from _repeated(name, [option.text for option in options])
    said = [(index, option.feedback) for index, option in enumerate(options) if option.feedback]
    for place, (index, feedback) in enumerate(said):
        if any(feedback.en == other.en or feedback.zh == other.zh for _, other in said[:place]):
            yield (
                (name, index, "feedback"),
                "error",
                "the same feedback as another option: each is wrong in its own way",
            )
    if isinstance(question, Single):
        yield from _longest_is_right(options)
    if isinstance(question, Multiple) and all(option.correct for option in options):
        yield (name,), "warning", "all options are correct: nothing to tell apart"


def _repeated(name: str, texts: list[Text]) -> Iterator[Finding]:
    for index, text in enumerate(texts):
        if any(text.en == earlier.en or text.zh == earlier.zh for earlier in texts[:index]):
            yield (name, index), "error", "the same text stands there twice, in one language at least"


def _longest_is_right(options: list[Option]) -> Iterator[Finding]:
    right = next(index for index, option in enumerate(options) if option.correct)
    for language in ("en", "zh"):
        lengths = [len(getattr(option.text, language)) for option in options]
        longest, others = lengths[right], lengths[:right] + lengths[right + 1 :]
        if longest > max(12, *others) and longest > TELL_LENGTH * median(others):
            message = f"{language}: the right option is the longest ({longest} against {others}), a tell"
            yield ("options", right, "text"), "warning", message
            return


def _sequences(question: Question) -> Iterator[Finding]:
    if isinstance(question, Order):
        yield from _repeated("items", question.items)
    if isinstance(question, Match):
        yield from _repeated("pairs", [pair.left for pair in question.pairs])
        for index, extra in enumerate(question.extra):
            if any(extra.en == pair.right.en or extra.zh == pair.right.zh for pair in question.pairs):
                yield ("extra", index), "error", "this right side fits a left one"


def _numbers(question: Question) -> Iterator[Finding]:
    if not isinstance(question, Numeric):
        return
    explained = [PLACEHOLDER.findall(text) for text in (question.explanation.en, question.explanation.zh)]
    if question.parameters and not all(explained):
        yield ("explanation",), "error", "an explanation of drawn numbers must show them, with <<…>>"
    if question.unit is None and (SCALED.search(question.stem.en) or SCALED_ZH.search(question.stem.zh)):
        yield ("unit",), "warning", "the stem asks for a multiple: say so (unit: million), or 7B is misread"
    if wrong := list(parametric.faults(question)):
        yield from ((path, "error", message) for path, _, message in wrong)
        return
    try:
        yield from _unused(question)
        drawn = [parametric.draw(question, seed) for seed in range(SEEDS)]
        for one in drawn:
            for name in ("stem", "explanation"):
                parametric.render_text(getattr(question, name), one.values)
    except ValueError as error:
        yield ("answer",), "error", str(error)
        return
    if any(one.answer <= 0 for one in drawn):
        example = next(one for one in drawn if one.answer <= 0)
        yield ("answer",), "warning", f"the answer can be {example.answer:g}, with {example.values}"


def _unused(question: Numeric) -> Iterator[Finding]:
    """Parameters that the stem does not show, directly or within something it shows."""
    for language in ("en", "zh"):
        shown: set[str] = set()
        for inside in PLACEHOLDER.findall(getattr(question.stem, language)):
            shown |= names_in(inside.partition(":")[0].strip())
        for name, expression in reversed(question.let.items()):
            if name in shown:
                shown |= names_in(expression)
        if missing := sorted(question.parameters.keys() - shown):
            yield ("stem",), "error", f"{language}: does not show the drawn {', '.join(missing)}"


def _imports(question: Question) -> Iterator[Finding]:
    if isinstance(question, Snippet):
        used, said = sorted(set(IMPORT.findall(question.code))), sorted(question.requires)
        if used != said:
            yield ("requires",), "error", f"the code imports {used}, requires says {said}"


def _sources(question: Question) -> Iterator[Finding]:
    for index, source in enumerate(question.sources):
        if source.where is None and source.url is None:
            message = "nobody can look this up: give the section (where) or the page (url)"
            yield ("sources", index), "error", message
        if source.checked > date.today():
            yield ("sources", index, "checked"), "error", f"{source.checked} has not come yet"


RULES: list[Callable[[Question], Iterator[Finding]]] = [
    _languages,
    _stem,
    _options,
    _sequences,
    _numbers,
    _imports,
    _sources,
]


def _references(
    question: Question, drills: Collection[str] | None, mutants: Collection[str] | None
) -> Iterator[Finding]:
    if drills is not None:
        for index, drill in enumerate(question.drills):
            if drill not in drills:
                yield ("drills", index), "error", f"no such drill {drill!r}"
    if mutants is None:
        return
    for name in ("options", "corrections", "rubric"):
        for index, one in enumerate(getattr(question, name, [])):
            if one.mutant is not None and one.mutant not in mutants:
                yield (name, index, "mutant"), "error", f"no such mutant {one.mutant!r}"


def _guessable(bank: Bank) -> Iterator[Problem]:
    files = {place.path.resolve().parent for place in bank.places.values()}
    for guess in guesses(bank):
        if guess.count >= ENOUGH_CHOICES and guess.suspicious:
            message = (
                f"choosing {guess.strategy} is right in {guess.share:.0%} of {guess.count} questions, "
                f"chance in {guess.chance:.0%}"
            )
            yield Problem(Path(os.path.commonpath(files)), 0, 0, "guessing", message)
