"""A question as an Anki note: its identity, fields, tags and deck, the same for a package and for a text file.

Anki knows a note again by its GUID and takes its fields by their place, so GUIDs, fields and ids stay as they
are for ever: adding a field later would make every update fail. That is what the spare fields are for.
"""

from __future__ import annotations

import hashlib
import json
from html import escape, unescape
from typing import NamedTuple

from quizbank.exporting.sides import sides, sources
from quizbank.models import Question
from quizbank.pack_data import Carried, question_data, read_question_data

NOTE_TYPE = "Preptrain question"
NOTE_TYPE_ID = 1_764_000_101
FIELDS = (
    "Id", "Question_en", "Question_zh", "Answer_en", "Answer_zh", "Reason_en", "Reason_zh", "Sources", "Data",
    "Spare_1", "Spare_2", "Spare_3", "Spare_4",
)  # fmt: skip
DATA = FIELDS.index("Data")
SHOWN = range(1, DATA)

QUESTION_SIDE = """\
<div class="en" lang="en">{{Question_en}}</div>
<div class="zh" lang="zh">{{Question_zh}}</div>
"""
ANSWER_SIDE = """\
{{FrontSide}}
<hr id="answer">
<div class="en" lang="en">{{Answer_en}}<p>{{Reason_en}}</p></div>
<div class="zh" lang="zh">{{Answer_zh}}<p>{{Reason_zh}}</p></div>
<div class="sources">{{Sources}}</div>
"""
STYLE = """\
/* To hide a language, uncomment its line. 只看一种语言时，去掉对应一行的注释。 */
/* .en { display: none } */
/* .zh { display: none } */
.card { font-family: system-ui, sans-serif; font-size: 19px; line-height: 1.5; max-width: 42em; margin: 0 auto }
.zh { border-top: 1px solid #8884; margin-top: 1em; padding-top: .6em }
pre { overflow-x: auto; text-align: left; background: #8881; padding: .6em; border-radius: 4px }
code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .9em }
blockquote { margin: .6em 0; padding-left: .8em; border-left: 3px solid #8886 }
.sources { font-size: .75em; opacity: .75 }
"""


class Note(NamedTuple):
    guid: str
    deck: str
    tags: list[str]
    fields: list[str]


def note(question: Question, track: str) -> Note:
    return Note(guid(question.id), f"Preptrain::{track}", tags(question, track), fields(question, track))


def guid(question_id: str) -> str:
    """By the bank and the id alone: a mended question is an update, and keeps its scheduling."""
    return f"preptrain:{question_id}"


def stable_id(name: str) -> int:
    """A number that Anki can use for a deck, always the same for a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:5], "big") + (1 << 31)


def fields(question: Question, track: str) -> list[str]:
    en, zh = sides(question, "en"), sides(question, "zh")
    shown = [en.front, zh.front, en.answer, zh.answer, en.reason, zh.reason, sources(question)]
    # ASCII, because Anki brings text to a normal form on import.
    data = escape(json.dumps(question_data(question, track, shown)), quote=False)
    spares = len(FIELDS) - len(shown) - 2
    return [question.id, *shown, data, *[""] * spares]


def tags(question: Question, track: str) -> list[str]:
    """Nested by ::, without spaces, which would end a tag."""
    return [
        f"preptrain::{track}::{question.topic}",
        f"kind::{question.kind}",
        f"difficulty::{question.difficulty}",
        *(f"role::{role}" for role in question.roles),
    ]


def read_note(values: list[str]) -> Carried:
    """What a note of this type holds; raises ValueError where it holds no question."""
    shown = [values[place] for place in SHOWN]
    return read_question_data(json.loads(unescape(values[DATA])), shown)
