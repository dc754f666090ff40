"""What an interview date means, track by track, as a part of a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from tui import markup
from tui.messages import EXPECTED_STOPPED, EXPECTED_THEN, PACE, Bilingual, Language
from tui.sparks import EMPTY, bar
from tui.text_layout import clean, pad, shorten

if TYPE_CHECKING:
    from quizbank.goals import Outlook


def expected_on_the_day(
    outlooks: Mapping[str, Outlook], titles: Mapping[str, Bilingual], language: Language
) -> Iterator[markup.Block]:
    """A heading, a bar for each track, and the pace that would meet everything new in time."""
    yield markup.Paragraph(Content.styled(EXPECTED_THEN[language], "bold $text-primary"))
    yield _Bars(outlooks, titles, language)
    if pace := sum(outlook.pace for outlook in outlooks.values()):
        said = PACE.format(pace=pace)[language]
        yield markup.Paragraph(Content.styled(said, markup.MUTED), gap=False)


class _Bars:
    """Each track with the share known on the day, and what it would be without another review."""

    gap = False

    def __init__(
        self, outlooks: Mapping[str, Outlook], titles: Mapping[str, Bilingual], language: Language
    ) -> None:
        order = [track for track in titles if track in outlooks] + sorted(outlooks.keys() - titles.keys())
        self.rows = [
            (
                clean(titles[track][language] if track in titles else track),
                outlooks[track].if_kept,
                EXPECTED_STOPPED.format(percent=f"{outlooks[track].if_stopped:.0%}")[language],
            )
            for track in order
        ]

    def lines(self, width: int) -> list[Content]:
        label = min(max((cell_len(name) for name, *_ in self.rows), default=0), max(10, width // 3))
        told = max((cell_len(stopped) for *_, stopped in self.rows), default=0)
        shows_stopped = width >= label + told + 24
        length = max(4, min(24, width - label - 8 - (told + 2 if shows_stopped else 0)))
        lines = []
        for name, share, stopped in self.rows:
            full, empty = bar(share, length)
            pieces: list[str | tuple[str, str]] = [
                pad(shorten(name, label), label) + "  ",
                (full, "$text-success"),
                (empty, EMPTY),
                (f" {share:>4.0%}", "bold"),
            ]
            if shows_stopped:
                pieces.append(("  " + stopped, markup.MUTED))
            lines.append(Content.assemble(*pieces))
        return lines
