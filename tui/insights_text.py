"""Insights as a part of the progress page: the year, what is kept over time, how sure and how right, what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from tui import markup
from tui.messages import (
    ATTEMPTS_TO_SOLVE,
    CALENDAR,
    CALIBRATION,
    DAYS_RANGE,
    KEPT_AFTER,
    MISTAKES_MADE,
    RESUME_WITH,
    SET_ASIDE,
    SURE_1,
    SURE_2,
    SURE_3,
    SURE_AND_WRONG,
    TIMES,
    WEAKEST_TOPICS,
    WEEKDAYS,
    Bilingual,
    Language,
)
from tui.sparks import EMPTY, bar
from tui.text_layout import clean, join_lines, pad, shorten

if TYPE_CHECKING:
    from quizbank.insights import Insights
    from quizbank.record import Day

MUTED = "$text-muted"
# Told by height as by colour, for those who see none; blended, so that more stands out more on dark as on light.
LEVELS = (
    ("·", EMPTY),
    ("▂", "$success 55%"),
    ("▄", "$success 70%"),
    ("▆", "$success 85%"),
    ("█", "$success"),
)
LISTED = 5


@dataclass(frozen=True)
class Names:
    """What ids are called: topics, items ("q:…", "d:…"), and mistakes ("drill/mutant")."""

    topics: Mapping[str, Bilingual]
    items: Mapping[str, Bilingual]
    mistakes: Mapping[str, Bilingual]


def blocks(found: Insights, names: Names, today: date, language: Language) -> Iterator[markup.Block]:
    """The sections that have something to show."""
    if found.calendar:
        yield _heading(CALENDAR, language)
        yield _Calendar(found.calendar, today, language)
    if found.by_age:
        yield _heading(KEPT_AFTER, language)
        yield _Bars(
            [(_days(first, last, language), kept.recalled, kept.asked) for first, last, kept in found.by_age]
        )
    if found.calibration:
        sure = {1: SURE_1, 2: SURE_2, 3: SURE_3}
        yield _heading(CALIBRATION, language)
        yield _Bars([(sure[row.confidence][language], row.right, row.answers) for row in found.calibration])
    yield from _list(SURE_AND_WRONG, [(item, "") for item in found.sure_and_wrong], names.items, language)
    seen = [topic for topic in found.topics if topic.seen]
    weakest = sorted(seen, key=lambda topic: topic.known)[:LISTED]
    yield from _list(
        WEAKEST_TOPICS, [(row.topic, f"{row.known:.0%}") for row in weakest], names.topics, language
    )
    made = [(name, TIMES.format(count=count)[language]) for name, count in found.mistakes.items()]
    yield from _list(MISTAKES_MADE, made, names.mistakes, language)
    if found.set_aside:
        yield from _list(SET_ASIDE, [(item, "") for item in found.set_aside], names.items, language)
        said = RESUME_WITH.format(item=found.set_aside[0])[language]
        yield markup.Paragraph(Content.styled(said, MUTED), gap=False)
    if found.median_attempts is not None:
        said = ATTEMPTS_TO_SOLVE.format(count=f"{found.median_attempts:g}")[language]
        yield markup.Paragraph(Content.styled(said, MUTED))


def _heading(text: Bilingual, language: Language) -> markup.Paragraph:
    return markup.Paragraph(Content.styled(text[language], "bold $text-primary"))


def _list(
    title: Bilingual, rows: list[tuple[str, str]], names: Mapping[str, Bilingual], language: Language
) -> Iterator[markup.Block]:
    """A heading and the first rows, each named and with a note at its end; nothing where there are none."""
    if not rows:
        return
    yield _heading(title, language)
    for id_, note in rows[:LISTED]:
        name = clean(names[id_][language]) if id_ in names else id_
        text = markup.inline(join_lines(name)).truncate(64, ellipsis=True)
        yield markup.Paragraph(Content.assemble(text, ("  " + note if note else "", MUTED)), gap=False)
    if len(rows) > LISTED:
        yield markup.Paragraph(Content.styled(f"… +{len(rows) - LISTED}", MUTED), gap=False)


def _days(first: int, last: int, language: Language) -> str:
    span = f"{first}" if first == last else f"{first}+" if last > 365 else f"{first}–{last}"
    return DAYS_RANGE.format(span=span)[language]


class _Bars:
    """A share with its bar, and the counts it comes from."""

    gap = False

    def __init__(self, rows: list[tuple[str, int, int]]) -> None:
        self.rows = rows

    def lines(self, width: int) -> list[Content]:
        label = max(cell_len(name) for name, *_ in self.rows)
        counts = max(len(f"{right}/{total}") for _, right, total in self.rows)
        length = max(4, min(30, width - label - counts - 10))
        lines = []
        for name, right, total in self.rows:
            full, empty = bar(right / total, length)
            lines.append(
                Content.assemble(
                    pad(shorten(name, label), label) + "  ",
                    (full, "$text-success"),
                    (empty, EMPTY),
                    (f" {right / total:>4.0%}", "bold"),
                    ("  " + f"{right}/{total}".rjust(counts), MUTED),
                )
            )
        return lines


class _Calendar:
    """A cell a day, a column a week, the year's end at the right."""

    gap = False

    def __init__(self, days: list[Day], today: date, language: Language) -> None:
        self.days, self.today = days, today
        self.names = WEEKDAYS[language].split()

    def lines(self, width: int) -> list[Content]:
        from quizbank.insights import calendar_weeks

        label = max(cell_len(name) for name in self.names) + 1
        weeks = calendar_weeks(self.days, self.today, max(4, min(53, (width - label) // 2)))
        most = max((day.answers for week in weeks for day in week if day), default=0)
        lines = []
        for weekday in range(7):
            name = self.names[weekday] if weekday % 2 == 0 else ""
            pieces: list[tuple[str, str]] = [(pad(name, label), MUTED)]
            for week in weeks:
                day = week[weekday]
                sign, style = LEVELS[level(day.answers if day else 0, most)]
                pieces.append(("  " if day is None else f"{sign} ", style))
            lines.append(Content.assemble(*pieces))
        return lines


def level(answers: int, most: int) -> int:
    """0 for none, then one of four quarters of the busiest day."""
    return 0 if answers <= 0 else min(4, 1 + 4 * (answers - 1) // max(most, 1))
