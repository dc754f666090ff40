"""How far long work is, and how long it will still take, in words."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from tui.messages import Language, Phrase

SECONDS_LEFT = Phrase(", {count} s left", "，还剩 {count} 秒")
MINUTES_LEFT = Phrase(", {count} min left", "，还剩 {count} 分钟")
NOT_YET = Phrase("", "")
AT_ONCE = 0.5  # seconds of work, before which how long it takes is a guess
CATCHING_UP = Phrase(
    "Bringing the record up to date: {percent}% done{left}.", "正在更新学习记录：已完成 {percent}%{left}。"
)
CLEAR_LINE = "\r\x1b[K"


def percent(passed: int, rows: int) -> int:
    return 100 * passed // rows if rows else 0


def time_left(spent: float, passed: int, rows: int) -> Phrase:
    """The rest of the work at the pace so far, `spent` seconds for `passed` of the rows; empty while that is a guess."""
    if not passed or spent <= AT_ONCE:
        return NOT_YET
    seconds = round(spent / passed * (rows - passed))
    if seconds < 90:
        return SECONDS_LEFT.format(count=seconds)
    return MINUTES_LEFT.format(count=round(seconds / 60))


@contextmanager
def catching_up(
    language: Language, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[int, int], None] | None]:
    """What to tell `Record.open`, which catches up where the record was closed before its days had followed.

    One line on a terminal, once it takes longer than a moment, and gone at the end; None where there is no terminal.
    """
    stream = stream or sys.stderr
    if not stream.isatty():
        yield None
        return
    began, shown = clock(), False

    def passed(rows: int, of: int) -> None:
        nonlocal shown
        if (spent := clock() - began) > AT_ONCE:
            shown = True
            said = CATCHING_UP.format(percent=percent(rows, of), left=time_left(spent, rows, of))
            stream.write(f"{CLEAR_LINE}{said[language]}")
            stream.flush()

    try:
        yield passed
    finally:
        if shown:
            stream.write(CLEAR_LINE)
            stream.flush()
