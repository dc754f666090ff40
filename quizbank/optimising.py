"""Fitting FSRS's parameters to the learner's own log, by the package `fsrs-rs-python`.

The newest fifth of the reviews is held out first: only parameters that predict it better than those in use
are taken, and then fitted to everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from quizbank import extras
from quizbank.entries import Entry
from quizbank.errors import PlainError
from quizbank.record import Record
from quizbank.scheduling import learner_day

if TYPE_CHECKING:
    from fsrs_rs_python import FSRSItem

ENOUGH = 400  # reviews of an item seen on an earlier day; with fewer the fit follows chance
HELD_OUT = 0.2
FITS_KEPT = 20


class OptimiseError(PlainError):
    """The parameters cannot be fitted."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One fitting. The losses are the mean negative log-likelihood per review of the reviews held out."""

    at: str
    reviews: int
    loss_before: float
    loss_after: float
    parameters: list[float] | None
    """What is in use from then on; None for the package's own."""

    @property
    def better(self) -> bool:
        return self.loss_after < self.loss_before


@dataclass(frozen=True, slots=True)
class _Sample:
    """One review of an item seen before, with all that came before it: [(rating, days since the last)]."""

    day: date
    reviews: tuple[tuple[int, int], ...]


def optimise(record: Record, now: datetime) -> Fit:
    """Fit to the record's log and, where that predicts the held-out reviews better, use it from now on.

    Earlier parameters are kept (`fits`). Raises OptimiseError where there are too few reviews, MissingPackage
    where it cannot be done here.
    """
    fsrs_rs = extras.load("fsrs_rs_python", "optimise", ("fitting", "优化参数"))
    samples = samples_of(standing(record))
    if len(samples) < ENOUGH:
        raise OptimiseError(
            f"fitting needs {ENOUGH} reviews of items seen on an earlier day; so far there are {len(samples)}.",
            f"优化参数需要至少 {ENOUGH} 次隔天的复习，目前有 {len(samples)} 次。",
        )
    defaults = list(fsrs_rs.DEFAULT_PARAMETERS)
    current = list(record.schedule.parameters or defaults)
    model = fsrs_rs.FSRS(defaults)
    split = int(len(samples) * (1 - HELD_OUT))
    train, held_out = _items(samples[:split]), _items(samples[split:])
    candidate = model.compute_parameters(train)
    before = fsrs_rs.FSRS(current).evaluate(held_out).log_loss
    after = fsrs_rs.FSRS(candidate).evaluate(held_out).log_loss
    fitted = _bounded(model.compute_parameters(_items(samples)))
    fit = Fit(now.isoformat(timespec="seconds"), len(samples), float(before), float(after), fitted)
    if fit.better:
        _use(record, fit, now)
    return fit


def fits(record: Record) -> list[Fit]:
    """The fits that were taken, oldest first."""
    return [Fit(**fit) for fit in record.setting("fits") or []]


def restore(record: Record, now: datetime) -> Fit | None:
    """Go back to the parameters before the last fit (at first: the package's own). None where there is none."""
    kept = fits(record)
    if not kept:
        return None
    record.change_setting("fits", [asdict(fit) for fit in kept[:-1]], now)
    return kept[-1]


def standing(record: Record) -> Iterable[Entry]:
    """The answers that were not undone, in order."""
    void = record.void()
    return (entry for entry in record.entries() if entry.kind == "answer" and entry.id not in void)


def samples_of(answers: Iterable[Entry]) -> list[_Sample]:
    """The reviews to learn from, by day.

    As the schedule sees them: an item's day counts once, a question's with its first rating and a drill's
    with its best, and bug hunts are not scheduled.
    """
    histories: dict[str, list[tuple[date, int]]] = {}
    for entry in answers:
        if entry.item.startswith("h:"):
            continue
        history = histories.setdefault(entry.item, [])
        day = learner_day(entry.local)
        if not history or day > history[-1][0]:
            history.append((day, entry.rating))
        elif entry.item.startswith("d:"):
            history[-1] = (history[-1][0], max(entry.rating, history[-1][1]))
    samples = []
    for history in histories.values():
        days = [day for day, _ in history]
        gaps = [0, *((later - earlier).days for earlier, later in pairwise(days))]
        reviews = [(rating, gap) for (_, rating), gap in zip(history, gaps, strict=True)]
        samples += [_Sample(days[end], tuple(reviews[: end + 1])) for end in range(1, len(reviews))]
    return sorted(samples, key=lambda sample: sample.day)


def _items(samples: Sequence[_Sample]) -> list[FSRSItem]:
    from fsrs_rs_python import FSRSItem, FSRSReview

    return [
        FSRSItem([FSRSReview(rating=rating, delta_t=days) for rating, days in sample.reviews])
        for sample in samples
    ]


def _bounded(parameters: Sequence[float]) -> list[float]:
    """The parameters within the bounds that `fsrs` insists on, which a 32-bit float can miss by a hair."""
    from fsrs.scheduler import LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS

    bounds = zip(parameters, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS, strict=True)
    return [float(min(max(value, low), high)) for value, low, high in bounds]


def _use(record: Record, fit: Fit, now: datetime) -> None:
    kept: list[dict[str, Any]] = [asdict(one) for one in fits(record)][-FITS_KEPT + 1 :]
    record.change_setting("fits", [*kept, asdict(fit)], now)
