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

from tui import attempts, markup
from tui.commands import bindings
from tui.messages import (
    ALL_MENDED,
    BUILDS_ON,
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
    from drills.hunting import Hunt
    from drills.paths import Step
    from quizbank.models import Text
    from tui.services import Services

STATES: dict[str, tuple[str, str, Phrase]] = {
    "new": ("○", "$text-muted", DRILL_NEW),
    "tried": ("◐", "$text-warning", DRILL_TRIED),
    "solved": ("✓", "$text-success", DRILL_SOLVED),
}


def catalogue(services: Services) -> tuple[list[Step], dict[str, Text]]:
    """All drills in the order of study, each track as a path, and the titles of the tracks; for a worker thread."""
    from drills.paths import path
    from tui.widgets.code_editor import warm

    warm()
    titles = {track.id: track.title for track in services.syllabus.tracks}
    tracks: dict[str, list[Drill]] = {track: [] for track in titles}
    for drill in services.drills.values():
        tracks.setdefault(drill.track, []).append(drill)
    return [step for drills in tracks.values() for step in path(drills)], titles


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
        self.steps: list[Step] = []
        self.titles: dict[str, Text] = {}
        self.states: dict[str, str] = {}

    def body(self) -> ComposeResult:
        yield Field(SEARCH_HINT, id="search")
        yield DrillList(id="drills", markup=False, compact=True)
        yield Document(LOADING, id="note")
        yield Document(self._builds_on, id="builds-on")

    @property
    def listed(self) -> OptionList:
        return self.query_one("#drills", OptionList)

    @property
    def search(self) -> Field:
        return self.query_one("#search", Field)

    def on_mount(self) -> None:
        services = self.services
        self.in_background(lambda: catalogue(services), self._loaded)

    def _loaded(self, found: tuple[list[Step], dict[str, Text]]) -> None:
        self.steps, self.titles = found
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
        if not self.steps:
            return
        try:
            cards = {step.drill.id: self.services.record.card(step.drill.item) for step in self.steps}
        except Exception as error:
            self.preptrain.report(error)
            return
        self.states = {id_: attempts.state(card) for id_, card in cards.items()}
        listed = self.listed
        current = self.current()
        shown = [
            step
            for step in self.steps
            if matches(step.drill, self.search.value, self.states[step.drill.id], self.titles)
        ]
        listed.clear_options()
        width = max(listed.content_size.width - listed.styles.scrollbar_size_vertical, 20)
        track = None
        whole = len(shown) == len(self.steps)
        for drill, branch in ((step.drill, step.branch) for step in shown):
            if drill.track != track:
                track = drill.track
                if listed.option_count:
                    listed.add_option(Option("", disabled=True))
                listed.add_option(Option(self._heading(track), disabled=True))
            listed.add_option(Option(self._line(drill, branch if whole else "", width), id=drill.id))
        if shown:
            wanted = current if current in {step.drill.id for step in shown} else shown[0].drill.id
            listed.highlighted = listed.get_option_index(wanted)
        note = self.query_one("#note", Document)
        note.display = not shown
        note.update(NO_DRILLS)
        solved = sum(state == "solved" for state in self.states.values())
        self.title_bar.show(status=SOLVED_COUNT.format(solved=solved, total=len(self.steps)))

    def current(self) -> str | None:
        """The drill under the cursor."""
        index = self.listed.highlighted
        return None if index is None else self.listed.get_option_at_index(index).id

    def _heading(self, track: str) -> Content:
        title = self.titles[track][self.language] if track in self.titles else track
        return Content.styled(clean(title), "bold $text-primary")

    def _line(self, drill: Drill, branch: str, width: int) -> Content:
        return drill_line(drill, self.states[drill.id], self.language, width, branch)

    def _builds_on(self, language: Language) -> tuple[markup.Block, ...]:
        """What the drill under the cursor builds on, and how those stand."""
        current = self.current()
        if current is None or current not in self.states:
            return ()
        drills = self.services.drills
        before = [drills[name] for name in drills[current].prerequisites if name in drills]
        if not before:
            return ()
        pieces: list[tuple[str, str]] = [(f"  {BUILDS_ON[language]}", "$text-muted")]
        for drill in before:
            sign, style, _ = STATES[self.states[drill.id]]
            pieces += [(f"  {sign} ", style), (clean(drill.title[language]), "$text-muted")]
        return (markup.Paragraph(Content.assemble(*pieces)),)

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self.query_one("#builds-on", Document).language_changed()

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

    def action_hunt(self) -> None:
        """Open a mistake in the drill under the cursor, one that the learner made before if there is any."""
        if (drill_id := self.current()) is None:
            return
        services, drill = self.services, self.services.drills[drill_id]

        def choose() -> Hunt | None:
            with services.own_record() as record:
                return attempts.next_hunt(record, [drill])

        self.in_background(choose, self._hunt)

    def _hunt(self, hunt: Hunt | None) -> None:
        if hunt is None:
            self.preptrain.say(ALL_MENDED)
        else:
            self.preptrain.open_drill(hunt)

    @on(Input.Submitted, "#search")
    def _submitted(self) -> None:
        self.listed.focus()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is not None:
            self.preptrain.open_drill(self.services.drills[event.option_id])


def drill_line(drill: Drill, state: str, language: Language, width: int, branch: str = "") -> Content:
    """Branch, sign and title on the left; difficulty, time and state on the right as far as there is room."""
    sign, style, said = STATES[state]
    stars = "●" * drill.difficulty + "○" * (5 - drill.difficulty)
    minutes = MINUTES.format(minutes=drill.minutes)[language]
    right = [(pad(said[language], 6), style), (stars, "$text-muted"), (minutes.rjust(7), "$text-muted")]
    while right and 40 + sum(cell_len(text) + 2 for text, _ in right) > max(width, 40 + 8):
        right.pop()
    room = width - 4 - cell_len(branch) - sum(cell_len(text) + 2 for text, _ in right)
    title = pad(shorten(clean(drill.title[language]), room), room)
    pieces: list[tuple[str, str]] = [("  ", ""), (branch, "$text-muted"), (f"{sign} ", style), (title, "")]
    for text, text_style in right:
        pieces += [("  ", ""), (text, text_style)]
    return Content.assemble(*pieces)
