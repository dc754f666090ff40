"""Each kind of question as the type of Moodle's that is nearest to it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

from quizbank.asking import ask
from quizbank.exporting.html import code_block, to_html
from quizbank.exporting.moodle_elements import clean, fraction_of, html, text, value
from quizbank.exporting.moodle_gaps import cloze_text, plain_text, short_answer
from quizbank.exporting.sides import SEED, segments_html, sides
from quizbank.models import (
    Cloze,
    FindError,
    Language,
    Match,
    Multiple,
    Numeric,
    Option,
    Order,
    Recall,
    Single,
    Snippet,
)
from quizbank.parametric import draw


def _choice(root: ET.Element, question: Single | Multiple, language: Language) -> None:
    _options(root, question.options, to_html(question.stem[language]), language)
    value(root, "shuffleanswers", str(question.shuffle).lower())


def _options(root: ET.Element, options: list[Option], stem: str, language: Language) -> None:
    """Right options share 100 per cent, wrong ones take off as much where more than one is right."""
    root.set("type", "multichoice")
    html(root, "questiontext", stem)
    right = sum(option.correct for option in options)
    value(root, "single", str(right == 1).lower())
    value(root, "answernumbering", "abc")
    for option in options:
        fraction = 100 / right if option.correct else (0 if right == 1 else -100 / right)
        element = ET.SubElement(root, "answer", fraction=fraction_of(fraction), format="html")
        ET.SubElement(element, "text").text = clean(to_html(option.text[language]))
        said = "" if option.feedback is None else to_html(option.feedback[language])
        html(element, "feedback", said)


def _multiple(root: ET.Element, question: Multiple, language: Language) -> None:
    _choice(root, question, language)
    single = root.find("single")
    assert single is not None
    single.text = "false"  # also where one option alone is right: the learner is not to know


def _numeric(root: ET.Element, question: Numeric, language: Language) -> None:
    root.set("type", "numerical")
    html(root, "questiontext", to_html(ask(question, SEED).stem[language]))
    answer = draw(question, SEED).answer
    element = ET.SubElement(root, "answer", fraction="100", format="moodle_auto_format")
    value(element, "text", repr(answer))
    tolerance = max(question.tolerance.relative * abs(answer), question.tolerance.absolute)
    value(element, "tolerance", repr(tolerance))
    if question.unit:
        unit = ET.SubElement(ET.SubElement(root, "units"), "unit")
        value(unit, "multiplier", "1")
        value(unit, "unit_name", question.unit)
        value(root, "unitgradingtype", "0")
        value(root, "showunits", "0")


def _cloze(root: ET.Element, question: Cloze, language: Language) -> None:
    root.set("type", "cloze")
    html(root, "questiontext", f"<p>{to_html(question.stem[language])}</p>{cloze_text(question, language)}")


def _order(root: ET.Element, question: Order, language: Language) -> None:
    root.set("type", "ordering")
    html(root, "questiontext", to_html(question.stem[language]))
    for name, setting in (("layouttype", "VERTICAL"), ("selecttype", "ALL"), ("selectcount", "0")):
        value(root, name, setting)
    value(root, "gradingtype", "ABSOLUTE_POSITION")
    for place, item in enumerate(question.items, 1):
        element = ET.SubElement(root, "answer", fraction=str(place), format="html")
        ET.SubElement(element, "text").text = clean(to_html(item[language]))


def _match(root: ET.Element, question: Match, language: Language) -> None:
    root.set("type", "matching")
    html(root, "questiontext", to_html(question.stem[language]))
    value(root, "shuffleanswers", "true")
    rows = [(to_html(one.left[language]), one.right[language]) for one in question.pairs]
    for left, right in [*rows, *(("", extra[language]) for extra in question.extra)]:
        element = ET.SubElement(root, "subquestion", format="html")
        ET.SubElement(element, "text").text = clean(left)
        text(element, "answer", plain_text(right))


def _recall(root: ET.Element, question: Recall, language: Language) -> None:
    _essay(root, to_html(question.stem[language]), sides(question, language).answer)


def _essay(root: ET.Element, stem: str, rubric: str) -> None:
    root.set("type", "essay")
    html(root, "questiontext", stem)
    for name, setting in (("responseformat", "editor"), ("responsefieldlines", "15"), ("attachments", "0")):
        value(root, name, setting)
    html(root, "graderinfo", rubric)


def _snippet(root: ET.Element, question: Snippet, language: Language) -> None:
    """One line of output is typed; more lines than that a person has to look at."""
    stem = to_html(question.stem[language]) + code_block(question.code)
    output = question.output.rstrip()
    if "\n" in output:
        _essay(root, stem, code_block(output))
        return
    root.set("type", "shortanswer")
    html(root, "questiontext", stem)
    value(root, "usecase", "1")
    element = ET.SubElement(root, "answer", fraction="100", format="plain_text")
    value(element, "text", short_answer(output))


def _find_error(root: ET.Element, question: FindError, language: Language) -> None:
    """The wrong part is chosen; what is right instead stands in the feedback."""
    stem = f"<p>{to_html(question.stem[language])}</p>{segments_html(question, language)}"
    root.set("type", "multichoice")
    html(root, "questiontext", stem)
    value(root, "single", "true")
    value(root, "shuffleanswers", "false")
    value(root, "answernumbering", "none")
    for place in range(len(question.segments)):
        fraction = "100" if place == question.error else "0"
        element = ET.SubElement(root, "answer", fraction=fraction, format="html")
        value(element, "text", str(place + 1))


TYPES: dict[type, Callable[[ET.Element, Any, Language], None]] = {
    Single: _choice,
    Multiple: _multiple,
    Numeric: _numeric,
    Cloze: _cloze,
    Order: _order,
    Match: _match,
    Recall: _recall,
    Snippet: _snippet,
    FindError: _find_error,
}
