"""When an item comes back: FSRS over the learner's calendar days, as pure functions of (card, rating, now).

Days, not hours. The `fsrs` package floors 23 h 59 min to no day at all, so that a card answered at 21:00 and
again at 20:30 next evening would count as answered twice in one day. It is therefore given midnights (UTC)
of the learner's own days, which turn at 04:00 local time. Its learning steps of minutes do not fit that:
they are left empty, a failed item returns the next day, and a session asks it again meanwhile.

On one day an item lapses at most once. A drill is tried several times in a sitting: its day counts as one
review, with the best rating of that day (`rate_drill` has already weighed the attempts and hints).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # 20 ms that the first screen does without
    from fsrs import Scheduler

AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4

DAY_TURNS_AT = timedelta(hours=4)
ONE_DAY = timedelta(days=1)
RETENTION = 0.9
LONGEST_INTERVAL = 36_500  # days, the package's own bound

# The forgetting curve of FSRS-6: R(t) = (1 + factor · t/S) ** -decay, the factor such that R(S) = 0.9.
DECAY = 0.1542  # the last of the package's parameters

PASSABLE = 0.6  # below it an answer is wrong
RIGHT = 0.85  # from it on an answer is right: a rubric may miss a small point


@dataclass(frozen=True, slots=True)
class Schedule:
    """What the learner's schedule depends on beside the answers."""

    retention: float = RETENTION
    parameters: tuple[float, ...] | None = None
    """FSRS-6's 21 parameters, fitted to the learner's own log; None stands for the package's."""

    @property
    def decay(self) -> float:
        return self.parameters[20] if self.parameters else DECAY


@dataclass(frozen=True, slots=True)
class Memory:
    """FSRS's view of an item: stability in days, difficulty from 1 to 10, and the day it was last seen."""

    stability: float
    difficulty: float
    last_review: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """The state of one item, derived from the log. All datetimes are midnights (UTC) of learner days."""

    item: str
    due: datetime
    stability: float
    difficulty: float
    state: int
    """FSRS's number of the state; always 2, "review", as there are no learning steps."""
    reps: int
    lapses: int
    last_review: datetime
    first_review: datetime
    rating: int
    """What the last day counts as: a question's lowest rating of that day, a drill's highest."""
    earlier: Memory | None = None
    """The memory as it stood before that day."""
    rev: int = 1
    correct: int = 0
    best: float = 0.0
    recalls: int = 0
    """Days on which it was asked again after at least a day; `recalled` of them began with a success."""
    recalled: int = 0
    solved_after: int | None = None
    """The answers up to and including the first with the full score; None before that."""
    sure_wrong: bool = False
    """Answered wrongly by a learner who was sure, and not rightly since."""
    decay: float = DECAY
    """Of the forgetting curve it follows; the record's parameters tell it."""

    @property
    def memory(self) -> Memory:
        return Memory(self.stability, self.difficulty, self.last_review)


def learner_day(moment: datetime) -> date:
    """The calendar day `moment` (aware, in the learner's own zone) belongs to; the day turns at 04:00."""
    return (moment.replace(tzinfo=None) - DAY_TURNS_AT).date()


def aligned(day: date) -> datetime:
    """A learner day as the datetime FSRS is given: its midnight, UTC."""
    return datetime.combine(day, time(), UTC)


def interval(stability: float, retention: float = RETENTION, decay: float = DECAY) -> int:
    """Days until the chance of recall falls to `retention`; at least one."""
    days: float = stability / factor(decay) * (retention ** (-1 / decay) - 1)
    return min(max(round(days), 1), LONGEST_INTERVAL)


def factor(decay: float) -> float:
    return float(0.9 ** (-1 / decay) - 1)


def recall_probability(card: Card, now: datetime) -> float:
    """The chance, from 0 to 1, that the learner would answer rightly today."""
    return recall_on(card, learner_day(now))


def recall_on(card: Card, day: date) -> float:
    """The chance of a right answer on a learner day, with no review before it."""
    elapsed = max((aligned(day) - card.last_review).days, 0)
    return float((1 + factor(card.decay) * elapsed / card.stability) ** -card.decay)


def is_due(card: Card, today: date) -> bool:
    """Whether to ask the item today.

    A card last seen more than a day in the future was written under a wrong clock (one day may be a
    flight): it is asked, which puts it right, instead of staying away until that future.
    """
    day = aligned(today)
    return card.due <= day or card.last_review > day + ONE_DAY


def review(
    card: Card | None,
    item: str,
    rating: int,
    now: datetime,
    schedule: Schedule = Schedule(),
    **counts: Any,
) -> Card:
    """The card after the item was rated 1 to 4 at `now` (aware, in the learner's own zone).

    A clock that ran backwards counts as the same day. `counts` are the card's fields that FSRS does not know.
    """
    if not AGAIN <= rating <= EASY:
        raise ValueError(f"a rating is 1 to 4, not {rating}")
    today = aligned(learner_day(now))
    parameters = schedule.parameters
    if card is None:
        return _card(None, item, _remember(None, rating, today, parameters), rating, today, schedule, counts)
    if today > card.last_review:
        memory = _remember(card.memory, rating, today, parameters)
        return _card(card, item, memory, rating, today, schedule, counts)
    if not item.startswith("q:"):
        of_day = max(rating, card.rating)
        memory = _remember(card.earlier, of_day, today, parameters)
    elif rating == AGAIN == card.rating:
        of_day, memory = AGAIN, card.memory
    else:
        of_day = min(rating, card.rating)
        memory = _remember(card.memory, rating, today, parameters)
    return _card(card, item, memory, of_day, today, schedule, counts)


def _card(
    card: Card | None,
    item: str,
    memory: Memory,
    of_day: int,
    today: datetime,
    schedule: Schedule,
    counts: dict[str, Any],
) -> Card:
    days = 1 if of_day == AGAIN else interval(memory.stability, schedule.retention, schedule.decay)
    state: dict[str, Any] = {
        "due": today + days * ONE_DAY,
        "stability": memory.stability,
        "difficulty": memory.difficulty,
        "last_review": today,
        "rating": of_day,
        **counts,
    }
    if card is None:
        return Card(item=item, state=2, reps=1, lapses=0, first_review=today, decay=schedule.decay, **state)
    same_day = today <= card.last_review
    earlier = card.earlier if same_day else card.memory
    lapses = card.lapses
    if same_day and card.rating == AGAIN and earlier is not None:
        lapses -= 1  # counted when the day began; counted again below unless the day was saved
    if of_day == AGAIN and earlier is not None:
        lapses += 1
    return replace(
        card,
        reps=card.reps + 1,
        lapses=lapses,
        first_review=min(card.first_review, today),
        earlier=earlier,
        decay=schedule.decay,
        **state,
    )


def _remember(
    memory: Memory | None, rating: int, today: datetime, parameters: tuple[float, ...] | None
) -> Memory:
    """One FSRS step. With no day between, FSRS applies its short-term formula."""
    import fsrs

    if memory is None:
        before = fsrs.Card(card_id=0, due=today)  # without an id the package sleeps for a millisecond
    else:
        before = fsrs.Card(
            card_id=0,
            state=fsrs.State.Review,
            stability=memory.stability,
            difficulty=memory.difficulty,
            due=today,
            last_review=min(memory.last_review, today),
        )
    after, _ = _scheduler(parameters).review_card(before, fsrs.Rating(rating), today)
    assert after.stability is not None
    assert after.difficulty is not None
    return Memory(after.stability, after.difficulty, today)


@cache
def _scheduler(parameters: tuple[float, ...] | None) -> Scheduler:
    import fsrs

    # The package's fuzz leaves its own bounds and draws from the global generator: off.
    options: dict[str, Any] = {} if parameters is None else {"parameters": parameters}
    return fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False, **options)


def rate_answer(
    score: float,
    seconds: float,
    expected_seconds: float,
    confidence: int | None,
    correct: bool | None = None,
) -> int:
    """The rating of an answer to a question, from its score, time and the confidence given beforehand.

    A score below 0.6 is 1 (again). One below 0.85 is 2 (hard), and so is any that does not count as
    `correct`: an order with two neighbours swapped scores 0.97 and is still not right. Else it is

    ========================  =========  ===================  ========
    time                      1, a guess 2, or not asked      3, sure
    ========================  =========  ===================  ========
    up to what was expected   2          3                    4
    up to twice that          2          3                    3
    longer                    2          2                    3
    ========================  =========  ===================  ========
    """
    if score < PASSABLE:
        return AGAIN
    if score < RIGHT or correct is False or confidence == 1:
        return HARD
    if confidence == 3:
        return EASY if seconds <= expected_seconds else GOOD
    return GOOD if seconds <= 2 * expected_seconds else HARD


def rate_drill(passed: bool, hints: int, attempts: int) -> int:
    """The rating of a graded attempt; `attempts` counts this one and those before it in the sitting.

    Not passed is 1. Passed is 4 at the first attempt without a hint, 3 within four attempts and with one
    hint at most, else 2.
    """
    if not passed:
        return AGAIN
    if hints == 0 and attempts <= 1:
        return EASY
    return GOOD if hints <= 1 and attempts <= 4 else HARD
