"""Which item comes next: what is due first, then new ones, the tracks interleaved."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, zip_longest
from typing import Protocol

from quizbank.scheduling import AGAIN, Card, is_due, learner_day, recall_probability

ASK_AGAIN_AFTER = 4  # other items, before a failed one is asked again
ASK_AGAIN_TIMES = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may be asked: its key ("q:…" or "d:…") and where it belongs."""

    item: str
    track: str
    topics: tuple[str, ...]
    rev: int = 1


class AnyQuestion(Protocol):
    """What is needed of a question of the bank."""

    @property
    def topic(self) -> str: ...
    @property
    def rev(self) -> int: ...


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
    return [
        Candidate(f"q:{id_}", bank.track_of[id_], (question.topic,), question.rev)
        for id_, question in bank.questions.items()
    ] + [Candidate(f"d:{drill.id}", drill.track, tuple(drill.topics)) for drill in drills]


def next_items(
    items: Iterable[Candidate],
    cards: Mapping[str, Card],
    now: datetime,
    *,
    new_limit: int,
    topic: str | None = None,
    track: str | None = None,
    limit: int | None = None,
) -> list[str]:
    """The items to ask at `now` (aware, the learner's zone), in order.

    Those due come first, the most likely forgotten leading; an item whose question has a higher `rev` than
    the one answered counts as due. Then at most `new_limit` never seen, in the given order. Within both
    groups the tracks take turns. The same input gives the same list.
    """
    today = learner_day(now)
    due: list[tuple[float, datetime, Candidate]] = []
    new: list[Candidate] = []
    for candidate in items:
        if topic not in (None, *candidate.topics) or track not in (None, candidate.track):
            continue
        card = cards.get(candidate.item)
        if card is None:
            new.append(candidate)
        elif is_due(card, today) or card.rev < candidate.rev:
            due.append((recall_probability(card, now), card.due, candidate))
    due.sort(key=lambda entry: (entry[0], entry[1], entry[2].item))
    ordered = interleave(entry[2] for entry in due) + interleave(new)[: max(new_limit, 0)]
    return [candidate.item for candidate in ordered][:limit]


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
        self.answered = 0

    @property
    def current(self) -> str | None:
        """The item to ask now; None when the session is over."""
        return self._queue[0] if self._queue else None

    @property
    def remaining(self) -> int:
        """How many are still to be asked, the current one included."""
        return len(self._queue)

    def skip(self) -> None:
        """Leave the current item for another day."""
        self._queue.popleft()

    def rate(self, rating: int) -> None:
        """Go on after the current item was answered and rated 1 to 4."""
        item = self._queue.popleft()
        self.answered += 1
        if rating == AGAIN:
            failures = self._failures[item] = self._failures.get(item, 0) + 1
            if failures <= ASK_AGAIN_TIMES:
                self._queue.insert(ASK_AGAIN_AFTER, item)
