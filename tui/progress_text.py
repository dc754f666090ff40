"""The statistics as a page: totals, the last days, what comes due, and mastery per track."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from tui import markup
from tui.messages import (
    ANSWERS,
    CORRECT,
    DAYS,
    FORECAST,
    HARDEST,
    LAPSES,
    LAST_30,
    LONGEST,
    MINUTES_TOTAL,
    NOTHING_YET,
    RIGHT_OF,
    SOLVED_OF,
    STREAK,
    TRACKS,
    TRACKS_EXPLAINED,
    WEEKDAYS,
    Bilingual,
    Language,
)
from tui.sparks import EMPTY, bar, columns
from tui.text_layout import clean, join_lines, pad, shorten

if TYPE_CHECKING:
    from quizbank.statistics import Summary, TrackProgress

MUTED = "$text-muted"


@dataclass(frozen=True)
class Names:
    """Titles of tracks, and of the items listed as hard."""

    tracks: Mapping[str, Bilingual]
    items: Mapping[str, Bilingual]


def blocks(found: Summary, names: Names, language: Language) -> tuple[markup.Block, ...]:
    parts: list[markup.Block] = [_Totals(found, language)]
    if not found.answers:
        parts.append(markup.Paragraph(Content.styled(NOTHING_YET[language], MUTED)))
    parts += [_heading(LAST_30[language]), _History([day.count for day in found.history])]
    parts += [_heading(FORECAST[language]), _Forecast(found, language)]
    parts.append(_heading(TRACKS[language]))
    parts.append(markup.Paragraph(Content.styled(TRACKS_EXPLAINED[language], MUTED), gap=False))
    parts.append(_Tracks(found, names, language))
    if found.hardest:
        parts.append(_heading(HARDEST[language]))
        parts += [
            markup.Paragraph(
                _hard(item.item, item.lapses, item.correct, item.reps, names, language), gap=False
            )
            for item in found.hardest
        ]
    return tuple(parts)


def mastery(track: TrackProgress) -> float:
    """The share of a track that would be answered rightly now; what was never seen counts as not known."""
    return track.seen / track.total * (track.recall or 0.0) if track.total else 0.0


def _heading(text: str) -> markup.Paragraph:
    return markup.Paragraph(Content.styled(text, "bold $text-primary"))


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f}%"


class _Totals:
    """The numbers over all, as many on a line as fit."""

    gap = False

    def __init__(self, found: Summary, language: Language) -> None:
        days = DAYS.format(count=found.longest_streak)[language]
        drills = f"{found.drills_solved}/{found.drills_total}"
        self.cells = [
            (str(found.answers), ANSWERS[language]),
            (percent(found.correct_share), CORRECT[language]),
            (f"{found.minutes:.0f}", MINUTES_TOTAL[language]),
            (str(found.glance.streak), STREAK[language]),
            (days, LONGEST[language]),
            (drills, SOLVED_OF[language]),
        ]

    def lines(self, width: int) -> list[Content]:
        number = max(cell_len(value) for value, _ in self.cells)
        label = max(cell_len(name) for _, name in self.cells)
        per_line = max(1, min(3, (width + 3) // (number + label + 5)))
        lines = []
        for start in range(0, len(self.cells), per_line):
            pieces: list[tuple[str, str]] = []
            for value, name in self.cells[start : start + per_line]:
                pieces.append((" " * (number - cell_len(value)) + value, "bold"))
                pieces.append(("  " + pad(name, label) + "   ", MUTED))
            lines.append(Content.assemble(*pieces).rstrip())
        return lines


class _History:
    """A column a day, two cells wide where there is room; the greatest number at its side."""

    gap = False

    def __init__(self, counts: list[int]) -> None:
        self.counts = counts

    def lines(self, width: int) -> list[Content]:
        scale = 2 if width >= 2 * len(self.counts) + 6 else 1
        counts = self.counts[-width:]
        drawn = columns(counts, 4)
        top = max(counts, default=0)
        lines = []
        for index, line in enumerate(drawn):
            cells = "".join(cell * scale if scale == 1 else cell + " " for cell in line)
            label = f" {top}" if index == 0 and top else ""
            lines.append(Content.assemble((cells, "$text-success"), (label, MUTED)))
        ground = ("─ " if scale == 2 else "─") * len(counts)
        lines.append(Content.styled(ground, MUTED))
        return lines


class _Forecast:
    """What comes due on each of the next days."""

    gap = False

    def __init__(self, found: Summary, language: Language) -> None:
        names = WEEKDAYS[language].split()
        self.days = [(names[day.day.weekday()], day.count) for day in found.forecast]

    def lines(self, width: int) -> list[Content]:
        size = max(5, max((cell_len(name) for name, _ in self.days), default=0) + 2)
        shown = self.days[: max(1, width // size)]
        names = "".join(" " * (size - cell_len(name)) + name for name, _ in shown)
        counts = [(f"{count:>{size}}", "bold" if count else MUTED) for _, count in shown]
        return [Content.styled(names, MUTED), Content.assemble(*counts)]


class _Tracks:
    """Each track with its mastery as a bar."""

    gap = True

    def __init__(self, found: Summary, names: Names, language: Language) -> None:
        order = list(names.tracks)
        tracks = sorted(found.tracks, key=lambda id_: order.index(id_) if id_ in order else len(order))
        self.rows = [
            (clean(names.tracks[id_][language]) if id_ in names.tracks else id_, found.tracks[id_])
            for id_ in tracks
        ]
        self.right_of = RIGHT_OF[language]

    def lines(self, width: int) -> list[Content]:
        label = min(max((cell_len(name) for name, _ in self.rows), default=0), max(10, width // 3))
        counted = 9
        right = 6 + cell_len(self.right_of) if width >= 64 else 0
        length = max(4, min(30, width - label - counted - 6 - right - 4))
        lines = []
        for name, track in self.rows:
            share = mastery(track)
            full, empty = bar(share, length)
            pieces: list[tuple[str, str]] = [
                (pad(shorten(name, label), label) + "  ", "" if track.seen else MUTED),
                (full, "$text-success"),
                (empty, EMPTY),
                (f" {percent(share):>4}", "bold" if track.seen else MUTED),
                (f"{track.seen}/{track.total}".rjust(counted), MUTED),
            ]
            if right:
                share_right = percent(track.correct_share)
                pieces.append((f"  {share_right:>4} {self.right_of}" if track.seen else "", MUTED))
            lines.append(Content.assemble(*pieces))
        return lines


def _hard(item: str, lapses: int, correct: int, reps: int, names: Names, language: Language) -> Content:
    name = clean(names.items[item][language]) if item in names.items else item
    title = markup.inline(join_lines(name)).truncate(60, ellipsis=True)
    said = [LAPSES.format(count=lapses)[language]] if lapses else []
    said.append(f"{correct}/{reps} {RIGHT_OF[language]}")
    return Content.assemble(title, ("  ·  " + ", ".join(said), MUTED))
