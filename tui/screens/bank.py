"""The bank: every question, narrowed as a search is typed, by words of its text, its topic, kind or state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui import markup
from tui.commands import bindings
from tui.messages import (
    BANK,
    BANK_COUNT,
    BANK_SEARCH_HINT,
    KIND_NAMES,
    LOADING,
    NO_QUESTION_MATCHES,
    QUESTION_STATES,
    Bilingual,
    Language,
)
from tui.screens.page import Page
from tui.text_layout import clean, join_lines, pad, shorten
from tui.widgets.document import Document
from tui.widgets.fields import Field

if TYPE_CHECKING:
    from quizbank.models import Question, Text
    from tui.services import Services

SIGNS = {"new": ("○", "$text-muted"), "due": ("◷", "$text-warning"), "known": ("✓", "$text-success"),
         "missed": ("✗", "$text-error"), "set aside": ("‖", "$text-muted")}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A question, where it belongs, how it stands, and all that a search may look for."""

    question: Question
    stem: Text
    track: str
    state: str
    searched: str


def gather(services: Services) -> tuple[list[Entry], dict[str, Text]]:
    """All questions by track and topic, and the titles of both; for a worker thread."""
    from quizbank.asking import ask
    from quizbank.insights import resumed
    from quizbank.scheduling import is_due, learner_day
    from quizbank.sessions import is_leech

    today = learner_day(services.now())
    with services.own_record() as record:
        cards, taken_up = record.cards(), resumed(record)
    bank = services.bank
    titles = {track.id: track.title for track in services.syllabus.tracks}
    titles |= {topic.id: topic.title for _, topic in services.syllabus.topics()}
    order = {name: place for place, name in enumerate(titles)}
    entries = []
    for question in bank.questions.values():
        card = cards.get(f"q:{question.id}")
        if card is None:
            state = "new"
        elif is_leech(card, taken_up):
            state = "set aside"
        elif card.rating == 1:
            state = "missed"
        else:
            state = "due" if is_due(card, today) else "known"
        track = bank.track_of[question.id]
        stem = ask(question, 0).stem  # with numbers in place of their names
        named: list[Bilingual] = [stem, KIND_NAMES[question.kind], QUESTION_STATES[state]]
        named += [titles[name] for name in (track, question.topic) if name in titles]
        texts = [question.id, track, question.topic, question.kind, *question.roles]
        texts += [text[language] for text in named for language in ("en", "zh")]
        entries.append(Entry(question, stem, track, state, " ".join(texts).casefold()))
    entries.sort(key=lambda entry: (order.get(entry.track, 999), order.get(entry.question.topic, 999)))
    return entries, titles


class QuestionList(OptionList):
    """The list; Enter asks what is under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("question_list")]


class BankScreen(Page):
    """Look for a question, and answer it."""

    HEADING = BANK
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("bank")]
    AUTO_FOCUS = "#questions"

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self.titles: Mapping[str, Text] = {}

    def body(self) -> ComposeResult:
        yield Field(BANK_SEARCH_HINT, id="search")
        yield QuestionList(id="questions", markup=False, compact=True)
        yield Document(LOADING, id="note")

    @property
    def listed(self) -> OptionList:
        return self.query_one("#questions", OptionList)

    @property
    def search(self) -> Field:
        return self.query_one("#search", Field)

    def on_screen_resume(self) -> None:
        services = self.services
        self.in_background(lambda: gather(services), self._loaded)

    def _loaded(self, found: tuple[list[Entry], dict[str, Text]]) -> None:
        self.entries, self.titles = found
        self.fill()

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.fill)

    def language_changed(self) -> None:
        self.fill()

    @on(Input.Changed, "#search")
    def fill(self) -> None:
        """List what matches; the question under the cursor stays there."""
        if not self.entries:
            return
        listed, current = self.listed, self.current()
        words = self.search.value.casefold().split()
        shown = [entry for entry in self.entries if all(word in entry.searched for word in words)]
        width = max(listed.content_size.width - listed.styles.scrollbar_size_vertical, 20)
        options: list[Option] = []
        track = None
        for entry in shown:
            if entry.track != track:
                track = entry.track
                title = self.titles[track][self.language] if track in self.titles else track
                if options:
                    options.append(Option("", disabled=True))
                options.append(Option(Content.styled(clean(title), "bold $text-primary"), disabled=True))
            options.append(Option(question_line(entry, self.language, width), id=entry.question.id))
        listed.clear_options()
        listed.add_options(options)
        if shown:
            ids = {entry.question.id for entry in shown}
            wanted = current if current in ids else shown[0].question.id
            listed.highlighted = listed.get_option_index(wanted)
        note = self.query_one("#note", Document)
        note.display = not shown
        note.update(NO_QUESTION_MATCHES)
        self.title_bar.show(status=BANK_COUNT.format(shown=len(shown), total=len(self.entries)))

    def current(self) -> str | None:
        index = self.listed.highlighted
        return None if index is None else self.listed.get_option_at_index(index).id

    # --- keys

    def on_key(self, event: events.Key) -> None:
        if self.search.has_focus and event.key in ("down", "enter"):
            event.stop()
            event.prevent_default()
            self.listed.focus()

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
        from tui.screens.quiz import QuizScreen

        event.stop()
        if event.option_id is not None:
            self.app.push_screen(QuizScreen(f"q:{event.option_id}"))


def question_line(entry: Entry, language: Language, width: int) -> Content:
    """Sign and the start of the stem on the left; kind and difficulty on the right, as far as there is room."""
    sign, style = SIGNS[entry.state]
    kind = pad(KIND_NAMES[entry.question.kind][language], 12)
    stars = "●" * entry.question.difficulty + "○" * (5 - entry.question.difficulty)
    right = [(kind, markup.MUTED), (stars, markup.MUTED)] if width >= 64 else []
    room = width - 4 - sum(cell_len(text) + 2 for text, _ in right)
    stem = markup.inline(" ".join(join_lines(clean(entry.stem[language])).split())).plain
    pieces: list[tuple[str, str]] = [("  ", ""), (f"{sign} ", style), (pad(shorten(stem, room), room), "")]
    for text, text_style in right:
        pieces += [("  ", ""), (text, text_style)]
    return Content.assemble(*pieces)
