r"""The questions as Moodle XML: each in English and in Chinese, in a category by language, track and topic.

What Moodle has no type for becomes the nearest that it has. The processing instruction `<?preptrain …?>`
carries the question itself, which Moodle passes over and `preptrain import` reads.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import Protocol

from quizbank.exporting.moodle_elements import html, text, value
from quizbank.exporting.moodle_kinds import TYPES
from quizbank.exporting.sides import heading, sides, sources
from quizbank.loader import Bank
from quizbank.models import FindError, Language, Question, Snippet
from quizbank.pack_data import question_data

INSTRUCTION = "preptrain"
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class TextOut(Protocol):
    def write(self, text: str, /) -> object: ...


def write(bank: Bank, out: TextOut) -> None:
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n')
    for language in LANGUAGES:
        last = None
        for question in bank.questions.values():
            track = bank.track_of[question.id]
            category = f"$course$/top/Preptrain {language}/{track}/{question.topic}"
            if category != last:
                out.write(_category(category))
                last = category
            out.write(_element(question, track, language))
    out.write("</quiz>\n")


def _category(path: str) -> str:
    element = ET.Element("question", type="category")
    text(element, "category", path)
    return _serialised(element)


def _element(question: Question, track: str, language: Language) -> str:
    root = ET.Element("question")
    text(root, "name", question.id)
    TYPES[type(question)](root, question, language)
    reason = sides(question, language).reason
    about = f"<p>{heading('sources', language)}</p>{sources(question)}"
    html(root, "generalfeedback", _answer_too(question, language) + f"<p>{reason}</p>" + about)
    value(root, "defaultgrade", "1")
    value(root, "idnumber", f"{question.id}.{language}")
    tags = ET.SubElement(root, "tags")
    for tag in (
        f"topic:{question.topic}",
        f"kind:{question.kind}",
        f"difficulty:{question.difficulty}",
        f"seconds:{question.seconds}",
        *(f"role:{role}" for role in question.roles),
    ):
        text(tags, "tag", tag)
    data = question_data(question, track, root.itertext())
    if language != LANGUAGES[0]:
        del data["question"]  # it is beside the first
    root.append(ET.ProcessingInstruction(INSTRUCTION, json.dumps(data).replace(">", "\\u003e")))
    return _serialised(root)


def _answer_too(question: Question, language: Language) -> str:
    """Where the type cannot hold all of the right answer, the feedback tells it."""
    return sides(question, language).answer if isinstance(question, FindError | Snippet) else ""


def _serialised(element: ET.Element) -> str:
    ET.indent(element, level=1)
    return "  " + ET.tostring(element, encoding="unicode").strip() + "\n"
