"""Progress: what was done, what is known, and what comes due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from tui import insights_text, markup, progress_text
from tui.messages import LOADING, PROGRESS, Bilingual, Language
from tui.screens.page import Page
from tui.widgets.document import Document

if TYPE_CHECKING:
    from quizbank.insights import Insights
    from quizbank.statistics import Summary
    from tui.services import Services


@dataclass(frozen=True)
class Gathered:
    """The numbers, and the names they go with."""

    summary: Summary
    names: progress_text.Names
    insights: Insights
    insight_names: insights_text.Names
    today: date


def gather(services: Services) -> Gathered:
    """All that the page shows; for a worker thread."""
    from quizbank.insights import insights
    from quizbank.scheduling import learner_day
    from quizbank.statistics import summary

    items, now = services.candidates(), services.now()
    with services.own_record() as record:
        found = summary(record, items, now)
        more = insights(record, items, now)
    listed = [more.sure_and_wrong[: insights_text.LISTED], more.set_aside[: insights_text.LISTED]]
    titles = _titles(services, {item.item for item in found.hardest}.union(*listed))
    hard = {item.item: titles[item.item] for item in found.hardest if item.item in titles}
    tracks: dict[str, Bilingual] = {track.id: track.title for track in services.syllabus.tracks}
    topics: dict[str, Bilingual] = {topic.id: topic.title for _, topic in services.syllabus.topics()}
    made = _mistakes(services, list(more.mistakes)[: insights_text.LISTED])
    return Gathered(
        found,
        progress_text.Names(tracks, hard),
        more,
        insights_text.Names(topics, titles, made),
        learner_day(now),
    )


def _titles(services: Services, items: Iterable[str]) -> dict[str, Bilingual]:
    """What items are called: a drill's title, a question's stem, with numbers where it draws some."""
    from quizbank.asking import ask

    titles: dict[str, Bilingual] = {}
    for item in items:
        kind, _, id_ = item.partition(":")
        if kind == "q" and id_ in services.bank.questions:
            titles[item] = ask(services.bank.questions[id_], 0).stem
        elif kind == "d" and id_ in services.drills:
            titles[item] = services.drills[id_].title
    return titles


def _mistakes(services: Services, names: list[str]) -> dict[str, Bilingual]:
    """What the mistakes are, in a sentence each; one that is no more in the catalogue is left out."""
    from drills.mutants import load_mutants

    told: dict[str, Bilingual] = {}
    for name in names:
        drill = services.drills.get(name.partition("/")[0])
        if drill is not None:
            sentences = {f"{drill.id}/{one.id}": one.text for one in load_mutants(drill)}
            told |= {name: sentences[name]} if name in sentences else {}
    return told


class ProgressScreen(Page):
    """Numbers and small charts, read anew each time."""

    HEADING = PROGRESS

    def __init__(self) -> None:
        super().__init__()
        self.found: Gathered | None = None

    def body(self) -> ComposeResult:
        with VerticalScroll(id="progress", classes="body"):
            yield Document(self._text, id="progress-text")

    def on_screen_resume(self) -> None:
        services = self.services
        self.in_background(lambda: gather(services), self._show)

    def _show(self, found: Gathered) -> None:
        self.found = found
        self.query_one("#progress-text", Document).language_changed()

    def _text(self, language: Language) -> tuple[markup.Block, ...]:
        if self.found is None:
            return markup.paragraph(LOADING[language])
        found = self.found
        return (
            *progress_text.blocks(found.summary, found.names, language),
            *insights_text.blocks(found.insights, found.insight_names, found.today, language),
        )
