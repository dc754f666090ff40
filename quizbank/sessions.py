"""Which item comes next: what is due first, then new ones, the tracks interleaved.

Relatives are kept off one day: a question and the drill it leads to, and two questions on one mistake, would
answer each other. An item forgotten too often is set aside until the learner takes it up again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, zip_longest
from math import ceil
from typing import Literal, Protocol

from quizbank.goals import Goal, comes_due, matters
from quizbank.scheduling import AGAIN, Card, is_due, learner_day, recall_on, recall_probability

ASK_AGAIN_AFTER = 4  # other items, before a failed one is asked again
ASK_AGAIN_TIMES = 2
UNDO_STEPS = 30
LEECH = 8  # lapses after which an item is set aside

Order = Literal["due", "weakest"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may be asked: its key ("q:…" or "d:…") and where it belongs."""

    item: str
    track: str
    topics: tuple[str, ...]
    rev: int = 1
    roles: tuple[str, ...] = ()
    """The roles it is for; none stands for all."""
    kin: frozenset[str] = frozenset()
    """The drills it leads to ("d:…") and the mistakes that it is about ("drill/mutant")."""


class AnyQuestion(Protocol):
    """What is needed of a question of the bank."""

    @property
    def topic(self) -> str: ...
    @property
    def rev(self) -> int: ...
    @property
    def roles(self) -> Collection[str]: ...
    @property
    def drills(self) -> Collection[str]: ...


class AnyBank(Protocol):
    """What is needed of `quizbank.loader.Bank`."""

    @property
    def questions(self) -> Mapping[str, AnyQuestion]: ...
    @property
    def track_of(self) -> Mapping[str, str]: ...


class AnyDrill(Protocol):
    """What is needed of `drills.catalog.Drill`, which this package may not import."""

    @property
    def id(self) -> str: ...
    @property
    def track(self) -> str: ...
    @property
    def topics(self) -> Collection[str]: ...


def candidates(bank: AnyBank, drills: Iterable[AnyDrill] = ()) -> list[Candidate]:
    """All questions in the bank's order, then the drills."""
    questions: Mapping[str, AnyQuestion] = getattr(bank, "heads", bank.questions)
    return [
        Candidate(
            f"q:{id_}",
            bank.track_of[id_],
            (question.topic,),
            question.rev,
            tuple(question.roles),
            _kin(question),
        )
        for id_, question in questions.items()
    ] + [Candidate(f"d:{drill.id}", drill.track, tuple(drill.topics)) for drill in drills]


def _kin(question: AnyQuestion) -> frozenset[str]:
    marked = [*getattr(question, "options", []), *getattr(question, "corrections", [])]
    mistakes = {one.mutant for one in marked if one.mutant} | set(getattr(question, "mutants", ()))
    return frozenset(mistakes | {f"d:{drill}" for drill in question.drills})


def is_leech(card: Card, resumed: Mapping[str, int] | None = None) -> bool:
    """Whether the item is set aside; `resumed` has the lapses at which the learner took items up again."""
    return card.lapses - (resumed or {}).get(card.item, 0) >= LEECH


def next_items(
    items: Iterable[Candidate],
    cards: Mapping[str, Card],
    now: datetime,
    *,
    new_limit: int,
    topic: str | None = None,
    track: str | None = None,
    limit: int | None = None,
    order: Order = "due",
    goal: Goal | None = None,
    resumed: Mapping[str, int] | None = None,
    drill_share: float | None = None,
) -> list[str]:
    """The items to ask at `now` (aware, the learner's zone), in order.

    Those due come first: what the learner was sure of and had wrong, then the most likely forgotten (on the
    day of the interview where there is a `goal`). An item whose question has a higher `rev` than the one
    answered counts as due. Then at most `new_limit` never seen, in the given order. Within each group the
    tracks take turns; with the order "weakest" the topics known least come first instead. Relatives of an
    item asked today or chosen earlier wait for another day, leeches until they are taken up again (`resumed`).
    New questions go before new drills. `drill_share` is how large a part of the list the drills make up, as far as there are enough of both.
    The same input gives the same list.
    """
    today = learner_day(now)
    chosen = [
        item
        for item in items
        if topic in (None, *item.topics) and track in (None, item.track) and matters(item.roles, goal)
    ]
    seen = [(item, cards[item.item]) for item in chosen if item.item in cards]
    active = [pair for pair in seen if not is_leech(pair[1], resumed)]
    soon = comes_due([card for _, card in active], goal, today)
    due = [
        pair for pair in active if is_due(pair[1], today) or pair[1].rev < pair[0].rev or pair[0].item in soon
    ]
    asked_on = goal.day if goal is not None and goal.day > today else today

    def urgency(pair: tuple[Candidate, Card]) -> tuple[bool, float, datetime, str]:
        candidate, card = pair
        return not card.sure_wrong, recall_on(card, asked_on), card.due, candidate.item

    due.sort(key=urgency)
    sure = [candidate for candidate, card in due if card.sure_wrong]
    others = [candidate for candidate, card in due if not card.sure_wrong]
    new = [item for item in chosen if item.item not in cards]
    if order == "weakest":
        weakness = _mastery(chosen, cards, now)
        for group in (sure, others, new):
            group.sort(key=lambda item: min((weakness[topic] for topic in item.topics), default=1.0))
    else:
        sure, others, new = interleave(sure), interleave(others), interleave(new)
    asked_today = [pair[0] for pair in seen if pair[1].last_review.date() == today]
    listed = _without_relatives([*sure, *others], asked_today)
    fresh = _fresh(new, [*asked_today, *listed], max(new_limit, 0), drill_share)
    found = [candidate.item for candidate in [*listed, *fresh]]
    return (found if drill_share is None else mix(found, drill_share))[:limit]


def _fresh(
    new: list[Candidate], before: list[Candidate], limit: int, drill_share: float | None
) -> list[Candidate]:
    """At most `limit` new items; where drills are to have a share, so many of those beside the questions.

    The questions first: a drill met first would keep its questions away. Only those that are asked keep a drill away,
    since almost every drill has some question that leads to it.
    """
    questions = [item for item in new if not item.item.startswith("d:")]
    chosen = _without_relatives(questions, before)[:limit]
    drills = _without_relatives([item for item in new if item.item.startswith("d:")], [*before, *chosen])
    if drill_share is None:
        return [*chosen, *drills][:limit]
    return chosen + drills[: ceil(limit * drill_share)]


def _mastery(items: Iterable[Candidate], cards: Mapping[str, Card], now: datetime) -> dict[str, float]:
    """The mean chance of a right answer now over each topic's items; what was never seen counts as 0."""
    chances: dict[str, list[float]] = {}
    for item in items:
        card = cards.get(item.item)
        for topic in item.topics:
            chances.setdefault(topic, []).append(recall_probability(card, now) if card else 0.0)
    return {topic: sum(found) / len(found) for topic, found in chances.items()}


def _without_relatives(items: Iterable[Candidate], before: Iterable[Candidate]) -> list[Candidate]:
    """The items that have no relative among those `before` them."""
    kept = []
    taken: set[str] = set()  # mistakes, and the drills asked or led to

    def names(item: Candidate) -> frozenset[str]:
        return item.kin | {item.item}

    def clashes(item: Candidate) -> bool:
        mistakes = {name for name in item.kin if not name.startswith("d:")}
        if item.item.startswith("d:"):
            return f"leads to {item.item}" in taken
        return bool(mistakes & taken) or any(name in taken for name in item.kin if name.startswith("d:"))

    def take(item: Candidate) -> None:
        for name in names(item):
            taken.add(f"leads to {name}" if name.startswith("d:") and name != item.item else name)

    for item in before:
        take(item)
    for item in items:
        if not clashes(item):
            take(item)
            kept.append(item)
    return kept


def mix(items: Iterable[str], drill_share: float) -> list[str]:
    """Spread the drills evenly among the questions, so that they make up `drill_share` of the list.

    Both keep their order. Drills beyond that share are left for another day; where there are too few, the
    questions go on without.
    """
    drills = deque(item for item in items if item.startswith("d:"))
    others = deque(item for item in items if not item.startswith("d:"))
    mixed: list[str] = []
    owed = 0.0
    while others:
        owed += drill_share
        if owed >= 1 and drills:
            mixed.append(drills.popleft())
            owed -= 1
        else:
            mixed.append(others.popleft())
            owed = min(owed, 1.0)
    return mixed or (list(drills) if drill_share > 0 else [])


def interleave(items: Iterable[Candidate]) -> list[Candidate]:
    """Round robin over the tracks; each keeps its order, the track of the first item begins."""
    tracks: dict[str, list[Candidate]] = {}
    for candidate in items:
        tracks.setdefault(candidate.track, []).append(candidate)
    rounds = chain.from_iterable(zip_longest(*tracks.values()))
    return [candidate for candidate in rounds if candidate is not None]


class Session:
    """The items of one sitting. A failed one is asked again after a few others, twice at most."""

    def __init__(self, items: Iterable[str]) -> None:
        self._queue = deque(items)
        self._failures: dict[str, int] = {}
        self._before: deque[tuple[list[str], dict[str, int]]] = deque(maxlen=UNDO_STEPS)
        self.answered = 0

    @property
    def current(self) -> str | None:
        """The item to ask now; None when the session is over."""
        return self._queue[0] if self._queue else None

    @property
    def following(self) -> str | None:
        """The item after the current one, whether that is skipped or rated; when it is failed and no other follows, it
        comes again itself, and this is None."""
        return self._queue[1] if len(self._queue) > 1 else None

    @property
    def remaining(self) -> int:
        """How many are still to be asked, the current one included."""
        return len(self._queue)

    def skip(self) -> None:
        """Leave the current item for another day."""
        self._queue.popleft()

    @property
    def was_failed(self) -> bool:
        """Whether the current item was failed in this sitting."""
        return self._queue[0] in self._failures if self._queue else False

    def back(self) -> None:
        """Undo the last `rate`; thirty steps are kept, and what was skipped since comes back too."""
        if self._before:
            queue, self._failures = self._before.pop()
            self._queue = deque(queue)
            self.answered -= 1

    def rate(self, rating: int) -> None:
        """Go on after the current item was answered and rated 1 to 4."""
        self._before.append((list(self._queue), dict(self._failures)))
        item = self._queue.popleft()
        self.answered += 1
        if rating == AGAIN:
            failures = self._failures[item] = self._failures.get(item, 0) + 1
            if failures <= ASK_AGAIN_TIMES:
                self._queue.insert(ASK_AGAIN_AFTER, item)
