"""A sitting at the quiz: what is asked, what was answered, and the record of both; no screen in here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from quizbank.record import Entry, Record, new_entry
from quizbank.scheduling import Card, learner_day, rate_answer, recall_probability
from quizbank.sessions import Candidate, Session, next_items

if TYPE_CHECKING:
    from drills.catalog import Drill
    from quizbank.answering import Feedback
    from quizbank.asking import Asked
    from quizbank.goals import Goal
    from tui.services import Services

SITTING = 20
AHEAD = 10  # questions asked when nothing is due and the day's new ones are done


@dataclass(frozen=True)
class Draft:
    """An answer that was begun: what the widget held, and the seed that its order and numbers came from."""

    seed: int
    rev: int
    state: Any

    def to_text(self) -> str:
        return json.dumps({"seed": self.seed, "rev": self.rev, "state": self.state}, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str | None, rev: int) -> Draft | None:
        """The draft, unless it is of an earlier revision of the question or cannot be read."""
        try:
            data = json.loads(text or "")
            draft = cls(int(data["seed"]), int(data["rev"]), data["state"])
        except (ValueError, TypeError, KeyError):
            return None
        return draft if draft.rev == rev else None


@dataclass(frozen=True)
class Ahead:
    """A question made ready before its turn, and the draft, as it is kept, that it was made with."""

    item: str
    kept: str | None
    asked: Asked
    draft: Draft | None


@dataclass(frozen=True)
class Result:
    """A graded and recorded answer."""

    feedback: Feedback
    card: Card
    asked_again: bool
    """Whether the same question comes again in this sitting."""


@dataclass(frozen=True)
class _Given:
    """An answer of this sitting, as it is taken back and brought back."""

    entry: str
    item: str
    right_at_once: bool
    seed: int
    rating: int
    undo: str = ""
    """The entry that took it back."""


def plan(
    items: list[Candidate],
    cards: Mapping[str, Card],
    now: datetime,
    *,
    new_left: int,
    ahead: bool = False,
    goal: Goal | None = None,
    resumed: Mapping[str, int] | None = None,
    drill_share: float = 0.0,
) -> list[str]:
    """The items of a sitting: those due, then new ones, drills among them to a share; with `ahead`, when there are none of these,
    new ones beyond the day's number, or else those most likely forgotten."""
    questions = [item for item in items if item.item.startswith("q:")]
    steering: dict[str, Any] = {"goal": goal, "resumed": resumed}
    if drill_share > 0:
        chosen = next_items(items, cards, now, new_limit=new_left, drill_share=drill_share, **steering)
    else:
        chosen = next_items(questions, cards, now, new_limit=new_left, **steering)
    if any(item.startswith("q:") for item in chosen) or not ahead:
        return chosen
    chosen = next_items(questions, cards, now, new_limit=AHEAD, **steering)
    if chosen:
        return chosen
    seen = [item.item for item in questions if item.item in cards]
    return sorted(seen, key=lambda item: recall_probability(cards[item], now))[:AHEAD]


def planned(services: Services, only: str | None = None) -> list[str]:
    """The questions of the next sitting, and all imports that it will need; for a worker thread."""
    import quizbank.answering
    import quizbank.asking  # noqa: F401
    import tui.widgets.answers  # noqa: F401
    from tui import markup

    markup.Code("print(1)", "python").highlighted()  # Pygments takes 80 ms the first time

    if only is not None:
        return [only] if only.removeprefix("q:") in services.bank.questions else []
    now = services.now()
    with services.own_record() as record:
        cards = record.cards()
        new_today = record.new_count(learner_day(now))
        steering = aim(record)
    share = services.settings.drill_share / 100
    new_left = max(0, services.settings.new_per_day - new_today)
    return plan(
        services.candidates(), cards, now, new_left=new_left, ahead=True, drill_share=share, **steering
    )[:SITTING]


def aim(record: Record) -> dict[str, Any]:
    """What of the record steers the choice of items: the goal, and what was taken up again."""
    from quizbank.goals import Goal
    from quizbank.insights import resumed

    return {"goal": Goal.from_json(record.setting("goal")), "resumed": resumed(record)}


class QuizRun:
    """One sitting: asks question after question, records each answer the moment it is graded."""

    def __init__(self, services: Services, items: list[str]) -> None:
        self._services = services
        self._drills = services.drills if any(item.startswith("d:") for item in items) else {}
        known = {f"q:{id_}" for id_ in services.bank.questions} | {f"d:{id_}" for id_ in self._drills}
        self._session = Session([item for item in items if item in known])
        self._tried: set[str] = set()
        self._given: list[_Given] = []
        self._taken_back: list[_Given] = []  # those that can be brought back, the last first to come
        self._last: Entry | None = None
        self._ahead: Ahead | None = None
        self._seed: int | None = None  # of the question that an undo brought back
        self.right_at_once = 0
        self.asked: Asked | None = None
        self.draft: Draft | None = None
        self._asked_at = services.now()

    @property
    def record(self) -> Record:
        return self._services.record

    @property
    def remaining(self) -> int:
        return self._session.remaining

    @property
    def answered(self) -> int:
        return self._session.answered

    @property
    def questions_answered(self) -> int:
        """How many different ones."""
        return len(self._tried)

    @property
    def drill(self) -> Drill | None:
        """The drill whose turn it is; it is done at the workbench, and left by `skip`."""
        item = self._session.current
        return self._drills[item.removeprefix("d:")] if item is not None and item.startswith("d:") else None

    @property
    def is_repeat(self) -> bool:
        """Whether the question was failed in this sitting and is asked once more."""
        return self._session.current in self._tried

    def ask(self) -> Asked | None:
        """The question to show now, with the draft of an earlier sitting; None for a drill, and when all is done."""
        item = self._session.current
        if item is None or item.startswith("d:"):
            self.asked = self.draft = None
            return None
        seed, self._seed = self._seed, None
        ready = self._made_ready(item, seed)
        if ready is self._ahead:
            self._ahead = None
        self.asked, self.draft = ready.asked, ready.draft
        self._asked_at = self._services.now()
        return self.asked

    def ahead(self, *, answered: bool) -> Ahead | None:
        """The question that `ask` will give after this one, made ready while there is time; None where none is sure to
        come. `answered` is whether this one is."""
        item = self._session.current if answered else self._session.following
        if item is None or item.startswith("d:"):
            return None
        self._ahead = self._made_ready(item)
        return self._ahead

    def _made_ready(self, item: str, seed: int | None = None) -> Ahead:
        from quizbank.asking import ask

        kept = self.record.draft(item)
        if self._ahead is not None and (self._ahead.item, self._ahead.kept) == (item, kept) and seed is None:
            return self._ahead
        question = self._services.bank.questions[item.removeprefix("q:")]
        draft = Draft.from_text(kept, question.rev)
        if seed is None:
            seed = draft.seed if draft else self._services.new_seed()
        return Ahead(item, kept, ask(question, seed), draft)

    def submit(self, answer: Any, confidence: int | None) -> Result:
        """Grade and record an answer.

        Raises AnswerError when it is none, and RecordError when it cannot be written; either way the
        question stays to be answered.
        """
        from quizbank.answering import grade

        assert self.asked is not None
        question, seed = self.asked.question, self.asked.seed
        item = f"q:{question.id}"
        feedback = grade(question, answer, seed)
        now = self._services.now()
        seconds = (now - self._asked_at).total_seconds()
        rating = rate_answer(feedback.score, seconds, question.seconds, confidence)
        entry = new_entry(
            item,
            rev=question.rev,
            score=feedback.score,
            rating=rating,
            seconds=seconds,
            now=now,
            confidence=confidence,
            seed=seed,
            detail={"answer": answer},
        )
        card = self.record.append(entry)
        right_at_once = item not in self._tried and feedback.correct
        self.right_at_once += right_at_once
        self._given.append(_Given(entry.id, item, right_at_once, seed, rating))
        self._taken_back.clear()
        self._last = entry
        self._tried.add(item)
        before = self._session.remaining
        self._session.rate(rating)
        return Result(feedback, card, self._session.remaining == before)

    def undo(self) -> bool:
        """Take back the last answer of this sitting and ask its question again; False where there is none.

        Raises RecordError when it cannot be written; nothing has changed then.
        """
        if not self._given:
            return False
        given = self._given[-1]
        undo = self.record.undo(self._services.now(), given.entry)
        assert undo is not None
        self._given.pop()
        self._taken_back.append(replace(given, undo=undo.id))
        self._session.back()
        self.right_at_once -= given.right_at_once
        self._seed = given.seed
        if self._session.current is not None and not self._session.was_failed:
            self._tried.discard(self._session.current)
        return True

    @property
    def can_redo(self) -> bool:
        """Whether the question that is asked is the one whose answer was taken back last."""
        return bool(self._taken_back) and self._taken_back[-1].item == self._session.current

    def answer_anew(self) -> None:
        """What was taken back stays so: another answer has been begun."""
        self._taken_back.clear()

    def redo(self) -> bool:
        """Bring back the answer that was taken back last, and go on after it; False where there is none.

        Raises RecordError when it cannot be written; nothing has changed then.
        """
        if not self.can_redo:
            return False
        given = self._taken_back[-1]
        self.record.undo(self._services.now(), given.undo)
        self._given.append(self._taken_back.pop())
        self.right_at_once += given.right_at_once
        self._tried.add(given.item)
        self._session.rate(given.rating)
        self._seed = None
        return True

    def rerate(self, rating: int) -> Card:
        """Let the learner's own rating, 1 to 4, stand for the last answer; returns the card as it is then.

        The log only grows: the answer is taken back and given again. Raises RecordError.
        """
        assert self._last is not None
        now = self._services.now()
        self.record.undo(now, self._last.id)
        old = self._last
        entry = new_entry(
            old.item,
            rev=old.rev,
            score=old.score,
            correct=old.correct,
            rating=rating,
            seconds=old.seconds,
            now=now,
            confidence=old.confidence,
            seed=old.seed,
            detail={**old.detail, "own_rating": True},
        )
        card = self.record.append(entry)
        self._given[-1] = replace(self._given[-1], entry=entry.id, rating=rating)
        self._taken_back.clear()
        self._last = entry
        return card

    def skip(self) -> None:
        """Leave the question for another day."""
        self._session.skip()

    def keep(self, state: Any) -> None:
        """Keep a half-written answer; None forgets it."""
        if self.asked is not None:
            question = self.asked.question
            text = "" if state is None else Draft(self.asked.seed, question.rev, state).to_text()
            self.record.save_draft(f"q:{question.id}", text)


def days_until(card: Card, now: datetime) -> int:
    """In how many learner days an item comes back."""
    return (card.due.date() - learner_day(now)).days
