"""Progress: what was done, what is known, and what comes due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from tui import markup, progress_text
from tui.messages import LOADING, PROGRESS, Bilingual, Language
from tui.screens.page import Page
from tui.widgets.document import Document

if TYPE_CHECKING:
    from quizbank.statistics import Summary
    from tui.services import Services


def gather(services: Services) -> tuple[Summary, progress_text.Names]:
    """The numbers, and the names they go with; for a worker thread."""
    from quizbank.statistics import summary

    items = services.candidates()
    with services.own_record() as record:
        found = summary(record, items, services.now())
    titles: dict[str, Bilingual] = {f"q:{id_}": q.stem for id_, q in services.bank.questions.items()}
    titles |= {f"d:{id_}": drill.title for id_, drill in services.drills.items()}
    hard = {item.item: titles[item.item] for item in found.hardest if item.item in titles}
    tracks: dict[str, Bilingual] = {track.id: track.title for track in services.syllabus.tracks}
    return found, progress_text.Names(tracks, hard)


class ProgressScreen(Page):
    """Numbers and small charts, read anew each time."""

    HEADING = PROGRESS

    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[Summary, progress_text.Names] | None = None

    def body(self) -> ComposeResult:
        with VerticalScroll(id="progress", classes="body"):
            yield Document(self._text, id="progress-text")

    def on_screen_resume(self) -> None:
        services = self.services
        self.in_background(lambda: gather(services), self._show)

    def _show(self, found: tuple[Summary, progress_text.Names]) -> None:
        self.found = found
        self.query_one("#progress-text", Document).language_changed()

    def _text(self, language: Language) -> tuple[markup.Block, ...]:
        if self.found is None:
            return markup.paragraph(LOADING[language])
        return progress_text.blocks(*self.found, language)
