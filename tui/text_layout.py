"""Line breaking for Chinese and English in cells, by kinsoku rules, and cleaning of foreign text."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from rich.cells import cell_len

# What may not begin a line, and what may not end one (GB/T 15834, kinsoku shori).
NOT_AT_START = frozenset("，。、；：？！）》〉」』】〕｝”’…—～·％℃°々ー,.;:?!)]}%")
NOT_AT_END = frozenset("（《〈「『【〔｛“‘([{￥$")

_WIDE = (
    "\u2e80-\u2fdf\u3000-\u303f\u3040-\u30ff\u3100-\u31ff\u3200-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
)
_FIRST_WIDE = "\u2e80"
_UNITS = rf"[ \t]+|[^ \t{_WIDE}]+|."
_SPACE_BETWEEN_WIDE = rf"(?<=[{_WIDE}])[ ]+(?=[{_WIDE}])"
_ESCAPE_SEQUENCE = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])?"
# C0 and C1 controls without tab and newline, zero-width and direction marks: invisible, and able to lie.
_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"

# Compiled when first needed: the classes of wide characters take 4 ms, and the first frame needs none of them.
_compiled = cache(re.compile)


def clean(text: str) -> str:
    """Text from a program, a file or a bank, without escape sequences and control characters."""
    if text.isprintable():
        return text
    text = _compiled(_ESCAPE_SEQUENCE).sub("", text.replace("\r\n", "\n"))
    return _compiled(_CONTROL).sub("", text).expandtabs(4)


def join_lines(text: str, *, short: int = 0) -> str:
    """Source lines as one paragraph: a space where two lines met, none between two Chinese characters.

    A line break after fewer than `short` cells was meant and stays; after more, the author only ran out of
    space in the file.
    """
    lines = [line.strip(" \t") for line in text.strip("\n").split("\n")]
    out = lines[0]
    for before, line in pairwise(lines):
        out += ("\n" if cell_len(before) < short else " ") + line
    if max(out, default="") < _FIRST_WIDE:
        return out
    return _compiled(_SPACE_BETWEEN_WIDE).sub("", out)


def break_lines(text: str, width: int) -> list[tuple[int, int]]:
    """Where to break one paragraph: (start, end) of each line, at most `width` cells wide.

    A line breaks at spaces and around Chinese characters, never before closing or after opening
    punctuation; a word longer than a line is cut, a no-break space (U+00A0) is no place to break.
    Spaces at a break belong to no line.
    """
    width = max(width, 2)
    lines: list[tuple[int, int]] = []
    start = end = None
    used = 0
    for first, last, is_space in _breakable_units(text):
        size = cell_len(text[first:last])
        if is_space:
            used += size
            continue
        if start is not None and end is not None and used + size > width:
            lines.append((start, end))
            start, used = None, 0
        if start is None:
            start, used = first, 0
        if size > width:
            for cut in _cut_points(text, first, last, width):
                lines.append((start, cut))
                start = cut
            used = cell_len(text[start:last])
        else:
            used += size
        end = last
    if start is not None and end is not None:
        lines.append((start, end))
    return lines or [(0, 0)]


def wrap(text: str, width: int) -> list[str]:
    """The lines of a plain text; newlines in it stay."""
    return [
        paragraph[start:end] for paragraph in text.split("\n") for start, end in break_lines(paragraph, width)
    ]


def cut(text: str, width: int) -> list[str]:
    """A line of code in pieces of at most `width` cells, broken anywhere."""
    points = [0, *_cut_points(text, 0, len(text), max(width, 2)), len(text)]
    return [text[start:end] for start, end in pairwise(points)]


def shorten(text: str, width: int) -> str:
    """A text on one line, cut with an ellipsis where it is too wide."""
    text = join_lines(text)
    if cell_len(text) <= width:
        return text
    points = _cut_points(text, 0, len(text), max(width - 1, 1))
    return text[: points[0]].rstrip() + "…" if points else text


def pad(text: str, width: int) -> str:
    """A text followed by spaces up to `width` cells."""
    return text + " " * max(0, width - cell_len(text))


def _breakable_units(text: str) -> list[tuple[int, int, bool]]:
    """Runs that stay together: (start, end, is it white space)."""
    units: list[tuple[int, int, bool]] = []
    for match in _compiled(_UNITS, re.DOTALL).finditer(text):
        first, last, is_space = match.start(), match.end(), match.group()[0] in " \t"
        if units and not is_space and not units[-1][2]:
            before = units[-1]
            if text[first] in NOT_AT_START or text[before[1] - 1] in NOT_AT_END or cell_len(text[first]) == 0:
                units[-1] = (before[0], last, False)
                continue
        units.append((first, last, is_space))
    return units


def _cut_points(text: str, first: int, last: int, width: int) -> list[int]:
    """Where a run that is too long is cut, so that each piece fits; marks stay with their letter."""
    points = []
    used = 0
    for index in range(first, last):
        size = cell_len(text[index])
        if used + size > width and size:
            points.append(index)
            used = 0
        used += size
    return points
