"""The drills by track: what is new, tried and solved; a search that narrows the list as it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui import attempts
from tui.commands import bindings
from tui.messages import (
    DRILL_NEW,
    DRILL_SOLVED,
    DRILL_TRIED,
    DRILLS,
    LOADING,
    MINUTES,
    NO_DRILLS,
    SEARCH_HINT,
    SOLVED_COUNT,
    Language,
    Phrase,
)
from tui.screens.page import Page
from tui.text_layout import clean, pad, shorten
from tui.widgets.document import Document
from tui.widgets.fields import Field

if TYPE_CHECKING:
    from drills.catalog import Drill
    from quizbank.models import Text
    from tui.services import Services

STATES: dict[str, tuple[str, str, Phrase]] = {
    "new": ("○", "$text-muted", DRILL_NEW),
    "tried": ("◐", "$text-warning", DRILL_TRIED),
    "solved": ("✓", "$text-success", DRILL_SOLVED),
}


def catalogue(services: Services) -> tuple[list[Drill], dict[str, Text]]:
    """All drills in the order of study, and the titles of the tracks; for a worker thread."""
    titles = {track.id: track.title for track in services.syllabus.tracks}
    order = {track: place for place, track in enumerate(titles)}
    drills = sorted(services.drills.values(), key=lambda drill: order.get(drill.track, len(order)))
    return drills, titles


def matches(drill: Drill, words: str, state: str, titles: Mapping[str, Text]) -> bool:
    """Whether every word of the search is in the drill's name, track or state, in either language."""
    _, _, said = STATES[state]
    texts = [drill.id, drill.track, drill.title.en, drill.title.zh, said.en, said.zh, *drill.topics]
    if drill.track in titles:
        texts += [titles[drill.track].en, titles[drill.track].zh]
    everything = " ".join(texts).casefold()
    return all(word in everything for word in words.casefold().split())


class DrillList(OptionList):
    """The list; Enter opens what is under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("drill_list")]


class DrillsScreen(Page):
    """Choose a drill."""

    HEADING = DRILLS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("drills")]
    AUTO_FOCUS = "#drills"

    def __init__(self) -> None:
        super().__init__()
        self.drills: list[Drill] = []
        self.titles: dict[str, Text] = {}
        self.states: dict[str, str] = {}

    def body(self) -> ComposeResult:
        yield Field(SEARCH_HINT, id="search")
        yield DrillList(id="drills", markup=False, compact=True)
        yield Document(LOADING, id="note")

    @property
    def listed(self) -> OptionList:
        return self.query_one("#drills", OptionList)

    @property
    def search(self) -> Field:
        return self.query_one("#search", Field)

    def on_mount(self) -> None:
        services = self.services
        self.in_background(lambda: catalogue(services), self._loaded)

    def _loaded(self, found: tuple[list[Drill], dict[str, Text]]) -> None:
        self.drills, self.titles = found
        self.fill()

    def on_screen_resume(self) -> None:
        self.fill()

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.fill)

    def language_changed(self) -> None:
        self.fill()

    @on(Input.Changed, "#search")
    def _searched(self) -> None:
        self.fill()

    def fill(self) -> None:
        """List what matches the search; the drill under the cursor stays there."""
        if not self.drills:
            return
        try:
            cards = {drill.id: self.services.record.card(f"d:{drill.id}") for drill in self.drills}
        except Exception as error:
            self.preptrain.report(error)
            return
        self.states = {id_: attempts.state(card) for id_, card in cards.items()}
        listed = self.listed
        current = self.current()
        shown = [
            drill
            for drill in self.drills
            if matches(drill, self.search.value, self.states[drill.id], self.titles)
        ]
        listed.clear_options()
        width = max(listed.content_size.width, 20)
        track = None
        for drill in shown:
            if drill.track != track:
                track = drill.track
                if listed.option_count:
                    listed.add_option(Option("", disabled=True))
                listed.add_option(Option(self._heading(track), disabled=True))
            listed.add_option(Option(self._line(drill, width), id=drill.id))
        if shown:
            wanted = current if current in {drill.id for drill in shown} else shown[0].id
            listed.highlighted = listed.get_option_index(wanted)
        note = self.query_one("#note", Document)
        note.display = not shown
        note.update(NO_DRILLS)
        solved = sum(state == "solved" for state in self.states.values())
        self.title_bar.show(status=SOLVED_COUNT.format(solved=solved, total=len(self.drills)))

    def current(self) -> str | None:
        """The drill under the cursor."""
        index = self.listed.highlighted
        return None if index is None else self.listed.get_option_at_index(index).id

    def _heading(self, track: str) -> Content:
        title = self.titles[track][self.language] if track in self.titles else track
        return Content.styled(clean(title), "bold $text-primary")

    def _line(self, drill: Drill, width: int) -> Content:
        return drill_line(drill, self.states[drill.id], self.language, width)

    # --- keys

    def on_key(self, event: events.Key) -> None:
        if self.search.has_focus and event.key in ("down", "enter"):
            event.stop()
            event.prevent_default()
            self.listed.focus()

    def on_paste(self, event: events.Paste) -> None:
        """Pasted on the list, it is searched for: there is nothing else it could mean."""
        event.stop()
        self.search.value = event.text.split("\n")[0]

    def action_search(self) -> None:
        self.search.focus()

    def action_back(self) -> None:
        if self.search.has_focus or self.search.value:
            self.search.value = ""
            self.listed.focus()
        else:
            super().action_back()

    @on(Input.Submitted, "#search")
    def _submitted(self) -> None:
        self.listed.focus()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is not None:
            self.preptrain.open_drill(self.services.drills[event.option_id])


def drill_line(drill: Drill, state: str, language: Language, width: int) -> Content:
    """Sign and title on the left; difficulty, time and state on the right as far as there is room."""
    sign, style, said = STATES[state]
    stars = "●" * drill.difficulty + "○" * (5 - drill.difficulty)
    minutes = MINUTES.format(minutes=drill.minutes)[language]
    right = [(pad(said[language], 6), style), (stars, "$text-muted"), (minutes.rjust(7), "$text-muted")]
    while right and 40 + sum(cell_len(text) + 2 for text, _ in right) > max(width, 40 + 8):
        right.pop()
    room = width - 4 - sum(cell_len(text) + 2 for text, _ in right)
    title = pad(shorten(clean(drill.title[language]), room), room)
    pieces: list[tuple[str, str]] = [(f"  {sign} ", style), (title, "")]
    for text, text_style in right:
        pieces += [("  ", ""), (text, text_style)]
    return Content.assemble(*pieces)
