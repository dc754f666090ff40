"""Today: what is due, what is new, and one key to begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from quizbank.glances import Glance, glance
from tui import heap, markup
from tui.commands import bindings
from tui.messages import (
    BEGIN,
    BEGIN_NEW,
    DONE_TODAY,
    DRILLS_OPEN,
    DUE,
    INTERVIEW_IN,
    INTERVIEW_TODAY,
    LAST_14,
    NEW,
    NEXT_DRILL,
    NOTHING_DUE,
    OWN_BANK_FAULTS,
    STREAK,
    TITLE,
    TODAY,
    Bilingual,
    Language,
    Phrase,
    join,
)
from tui.screens.page import Page
from tui.sparks import spark_line
from tui.text_layout import clean
from tui.widgets.document import Document

if TYPE_CHECKING:
    from quizbank.goals import Goal, Outlook
    from quizbank.models import Text
    from tui.services import Services


@dataclass(frozen=True)
class Agenda:
    """What the day holds; the last three are known once the bank has been read."""

    glance: Glance
    history: list[int]
    due: int
    new: int | None = None
    drills: int | None = None
    next_drill: Text | None = None
    goal: Goal | None = None
    days_left: int = 0
    outlooks: Mapping[str, Outlook] = field(default_factory=dict)
    tracks: Mapping[str, Text] = field(default_factory=dict)

    @property
    def nothing_left(self) -> bool:
        return self.due == 0 and self.new == 0


def first_look(services: Services) -> Agenda:
    """What the record alone tells: a few small queries, before anything else is imported."""
    from quizbank.scheduling import ONE_DAY, learner_day

    now = services.now()
    seen = glance(services.record, now)
    days = {day.day: day.answers for day in services.record.days()[-14:]}
    today = learner_day(now)
    history = [days.get((today - back * ONE_DAY).isoformat(), 0) for back in range(13, -1, -1)]
    goal = _goal(services.record.setting("goal"))
    left = goal.days_left(today) if goal is not None else 0
    if left < 0:
        goal = None
    return Agenda(seen, history, seen.due, goal=goal, days_left=left)


def _goal(kept: Any) -> Goal | None:
    if kept is None:
        return None
    from quizbank.goals import Goal

    return Goal.from_json(kept)


def full_look(services: Services, first: Agenda) -> Agenda:
    """The same with the bank and the drills; for a worker thread."""
    from quizbank.goals import by_track
    from quizbank.scheduling import is_due, learner_day
    from tui.quiz_session import aim, plan

    now = services.now()
    with services.own_record() as record:
        cards = record.cards()
        steering = aim(record)
        schedule = record.schedule
        record.back_up_daily(learner_day(now))
    items = services.candidates()
    left = max(0, services.settings.new_per_day - first.glance.new_today)
    chosen = plan(items, cards, now, new_left=left, **steering)
    new = sum(item not in cards for item in chosen)
    today = learner_day(now)
    open_drills = [
        drill
        for drill in services.drills.values()
        if (card := cards.get(f"d:{drill.id}")) is None or card.best < 1 or is_due(card, today)
    ]
    open_drills.sort(key=lambda drill: (f"d:{drill.id}" not in cards, drill.difficulty))
    goal = first.goal
    return Agenda(
        first.glance,
        first.history,
        due=len(chosen) - new,
        new=new,
        drills=len(open_drills),
        next_drill=open_drills[0].title if open_drills else None,
        goal=goal,
        days_left=first.days_left,
        outlooks=by_track(items, cards, goal, today, schedule) if goal is not None else {},
        tracks={track.id: track.title for track in services.syllabus.tracks},
    )


class AgendaView(Document):
    """The numbers of the day, and what to press."""

    agenda: Agenda | None = None

    def show(self, agenda: Agenda) -> None:
        self.agenda = agenda
        self.language_changed()

    def make(self, language: Language) -> tuple[markup.Block, ...]:
        agenda = self.agenda
        if agenda is None:
            return ()
        parts = list(_countdown(agenda, language))
        parts += [
            _line(count, what, language)
            for count, what in ((agenda.due, DUE), (agenda.new, NEW), (agenda.drills, DRILLS_OPEN))
        ]
        seen = agenda.glance
        parts += [
            _line(seen.streak, STREAK, language, gap=True),
            _line(seen.answers_today, DONE_TODAY, language),
        ]
        if any(agenda.history):
            days = Content.assemble(
                " " * 7,
                (spark_line(agenda.history), "$text-success"),
                ("  " + LAST_14[language], markup.MUTED),
            )
            parts.append(markup.Paragraph(days, gap=False))
        parts.append(markup.Paragraph(Content.styled(self._advice(agenda)[language], "bold")))
        if agenda.next_drill is not None:
            said = NEXT_DRILL[language].format(title=clean(agenda.next_drill[language]))
            parts.append(markup.Paragraph(Content.styled(said, markup.MUTED), gap=False))
        if agenda.outlooks:
            from tui.outlook_text import expected_on_the_day

            parts += expected_on_the_day(agenda.outlooks, agenda.tracks, language)
        return tuple(parts)

    @staticmethod
    def _advice(agenda: Agenda) -> Phrase:
        if agenda.nothing_left:
            return NOTHING_DUE
        if not any(agenda.history) and agenda.due == 0:
            return BEGIN_NEW
        return BEGIN


def _countdown(agenda: Agenda, language: Language) -> Iterator[markup.Block]:
    if agenda.goal is not None and agenda.days_left:
        day = INTERVIEW_IN.format(day=agenda.goal.day.isoformat())
        yield _line(agenda.days_left, day, language)
    elif agenda.goal is not None:
        yield markup.Paragraph(Content.styled(INTERVIEW_TODAY[language], "bold $text-success"))


def _line(count: int | None, what: Bilingual, language: Language, *, gap: bool = False) -> markup.Paragraph:
    """A number and what it counts; one not known yet is told by dots."""
    number = f"{'…' if count is None else count:>5}"
    said = Content.assemble(
        (number, "bold $text-primary" if count else markup.MUTED),
        ("  " + what[language], "" if count else markup.MUTED),
    )
    return markup.Paragraph(said, gap=gap)


class TodayScreen(Page):
    """The first page."""

    HEADING = join(" · ", TITLE, TODAY)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("today")]

    def body(self) -> ComposeResult:
        with VerticalScroll(id="today", classes="body", can_focus=False):
            yield AgendaView(id="agenda")

    def on_mount(self) -> None:
        self.agenda = first_look(self.services)
        self.query_one(AgendaView).show(self.agenda)

    def on_screen_resume(self) -> None:
        # After the first frame: reading the bank imports pydantic and yaml.
        self.call_after_refresh(self.count)

    def count(self) -> None:
        """Read the numbers again, in the background."""
        try:
            self.agenda = first_look(self.services)
        except Exception as error:
            self.preptrain.report(error)
            return
        services, first = self.services, self.agenda
        self.in_background(lambda: full_look(services, first), self._show)

    def _show(self, agenda: Agenda) -> None:
        heap.loaded("bank")
        self.agenda = agenda
        self.query_one(AgendaView).show(agenda)
        if faults := self.services.faults_to_tell():
            self.preptrain.say(OWN_BANK_FAULTS.format(count=faults), severity="warning")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "back"

    def action_begin(self) -> None:
        self.preptrain.action_goto("quiz")
