"""When two texts that people type count as the same."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

from quizbank.units import QuantityError, parse_quantity

END_PUNCTUATION = ".,;:!?、。"
WRAPPING = "`'\"$“”‘’「」《》*"
HYPHENS = re.compile("[‐‑‒–—−－]")
BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])[ \-_](?=[^\W\d_])")  # not " - ", a minus


def same_blank(typed: str, accepted: Sequence[str]) -> bool:
    """Whether a blank's text is one of the accepted spellings, or the same number."""
    given = normal(typed)
    return any(given == normal(spelling) or _same_number(typed, spelling) for spelling in accepted)


def normal(text: str) -> str:
    """Without case, width, outer space and punctuation; "layer-norm" and "Layer Norm" are alike."""
    text = HYPHENS.sub("-", unicodedata.normalize("NFKC", text)).casefold()
    text = " ".join(text.split())
    stripped = text.strip(WRAPPING + " ").rstrip(END_PUNCTUATION + " ").strip(WRAPPING + " ")
    return BETWEEN_LETTERS.sub("", stripped or text)


def _same_number(typed: str, spelling: str) -> bool:
    try:
        one, other = parse_quantity(typed, None), parse_quantity(spelling, None)
    except QuantityError:
        return False
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def same_output(typed: str, output: str) -> bool:
    """Alike but for white space at the ends of lines and blank lines at the end."""
    return _lines(typed) == _lines(output)


def spaced_alike(typed: str, output: str) -> bool:
    """Alike when runs of spaces count as one, and width (１ for 1) does not count."""
    return [_loose(line) for line in _lines(typed)] == [_loose(line) for line in _lines(output)]


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").rstrip().split("\n")]


def _loose(line: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", line).split())
