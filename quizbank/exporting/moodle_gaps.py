"""What Moodle types and matches as plain text: gaps within a text, short answers, the right side of a pair."""

from __future__ import annotations

import re
from html import escape, unescape

from quizbank.exporting.html import to_html
from quizbank.models import BLANK, Cloze, Language

_MARK = re.compile("\ue000([a-z0-9_]+)\ue001")


def cloze_text(question: Cloze, language: Language) -> str:
    """The text with its gaps in Moodle's notation: `{1:SHORTANSWER:=zero~=0}`."""
    marked = BLANK.sub("\ue000\\1\ue001", question.text[language])
    return f"<p>{_MARK.sub(lambda gap: _gap(question.blanks[gap[1]].accept), to_html(marked))}</p>"


def _gap(accepted: list[str]) -> str:
    return "{1:SHORTANSWER:" + "~".join(f"={_alternative(short_answer(one))}" for one in accepted) + "}"


def _alternative(spelling: str) -> str:
    """Moodle decodes entities in an alternative, and does not take the sign within one for its own."""
    return re.sub(r"[~#}{=%:/\"]", lambda sign: f"&#{ord(sign[0])};", escape(spelling, quote=False))


def short_answer(spelling: str) -> str:
    """A star would stand for any text."""
    return spelling.replace("*", r"\*")


def plain_text(text: str) -> str:
    """A text without tags, its formulas as MathJax reads them."""
    return unescape(re.sub(r"<[^>]+>", "", to_html(text)))
