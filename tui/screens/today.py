"""Today: what is due, what is new, and one key to begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from quizbank.statistics import Glance, glance
from tui.commands import bindings
from tui.messages import (
    BEGIN,
    BEGIN_NEW,
    DONE_TODAY,
    DRILLS_OPEN,
    DUE,
    LAST_14,
    NEW,
    NEXT_DRILL,
    NOTHING_DUE,
    STREAK,
    TITLE,
    TODAY,
    Language,
    Phrase,
    join,
    language_of,
)
from tui.screens.page import Page
from tui.sparks import spark_line
from tui.text_layout import clean, pad, shorten
from tui.widgets.document import Localised

if TYPE_CHECKING:
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
    return Agenda(seen, history, seen.due)


def full_look(services: Services, first: Agenda) -> Agenda:
    """The same with the bank and the drills; for a worker thread."""
    from quizbank.scheduling import is_due, learner_day
    from tui.quiz_session import plan

    now = services.now()
    with services.own_record() as record:
        cards = record.cards()
    items = services.candidates()
    left = max(0, services.settings.new_per_day - first.glance.new_today)
    chosen = plan(items, cards, now, new_left=left)
    new = sum(item not in cards for item in chosen)
    today = learner_day(now)
    open_drills = [
        drill
        for drill in services.drills.values()
        if (card := cards.get(f"d:{drill.id}")) is None or card.best < 1 or is_due(card, today)
    ]
    open_drills.sort(key=lambda drill: (f"d:{drill.id}" not in cards, drill.difficulty))
    return Agenda(
        first.glance,
        first.history,
        due=len(chosen) - new,
        new=new,
        drills=len(open_drills),
        next_drill=open_drills[0].title if open_drills else None,
    )


class AgendaView(Localised):
    """The numbers of the day, large enough to see at once."""

    DEFAULT_CSS = """
    AgendaView { height: auto; }
    """

    agenda: Agenda | None = None

    def show(self, agenda: Agenda) -> None:
        self.agenda = agenda
        self.refresh(layout=True)

    def render(self) -> Content:
        if self.agenda is None:
            return Content("")
        return Content("\n").join(self.lines(self.agenda, language_of(self), self.content_size.width))

    def lines(self, agenda: Agenda, language: Language, width: int) -> list[Content]:
        numbers = [(agenda.due, DUE), (agenda.new, NEW), (agenda.drills, DRILLS_OPEN)]
        lines = [
            Content.assemble(
                (f"{'…' if count is None else count:>5}", "bold $text-primary" if count else "$text-muted"),
                ("  " + what[language], "" if count else "$text-muted"),
            )
            for count, what in numbers
        ]
        lines += [Content(""), *self._history(agenda, language), Content("")]
        lines.append(Content.styled(self._advice(agenda)[language], "bold"))
        if agenda.next_drill is not None:
            title = clean(agenda.next_drill[language])
            lines.append(
                Content.styled(shorten(NEXT_DRILL[language].format(title=title), width), "$text-muted")
            )
        return lines

    @staticmethod
    def _history(agenda: Agenda, language: Language) -> list[Content]:
        seen = agenda.glance
        lines = [
            Content.assemble((f"{seen.streak:>5}", "bold"), "  " + STREAK[language]),
            Content.assemble((f"{seen.answers_today:>5}", "bold"), "  " + DONE_TODAY[language]),
        ]
        if any(agenda.history):
            lines.append(
                Content.assemble(
                    (pad("", 7), ""),
                    (spark_line(agenda.history), "$text-success"),
                    ("  " + LAST_14[language], "$text-muted"),
                )
            )
        return lines

    @staticmethod
    def _advice(agenda: Agenda) -> Phrase:
        if agenda.nothing_left:
            return NOTHING_DUE
        if not any(agenda.history) and agenda.due == 0:
            return BEGIN_NEW
        return BEGIN


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
        self.agenda = agenda
        self.query_one(AgendaView).show(agenda)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "back"

    def action_begin(self) -> None:
        self.preptrain.action_goto("quiz")
