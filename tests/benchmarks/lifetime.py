"""A learner's lifetime of reviews, the same for every program that is measured; needs the standard library alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

DAY_MS = 86_400_000
DAYS = 1100
SITTING = 60
"""Answers of a long sitting. The file that SQLite logs to grows with every answer until it is written over, which is
faster: after 1,000 pages for Anki, which is more than a sitting, after 200 for preptrain."""


@dataclass(frozen=True)
class Review:
    """One review: when (milliseconds since 1970), rated 1 to 4, the days until the next, the time it took."""

    at: int
    rating: int
    interval: int
    milliseconds: int


def peak_memory() -> int:
    """The most bytes this process has held. Not `ru_maxrss`, which a child inherits from its parent on Linux."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def items(count: int, reviews: int, until: int) -> Iterator[tuple[int, list[Review]]]:
    """`count` items with about `reviews` reviews in all, the last before `until` (milliseconds); a tenth is new."""
    chance = random.Random(20261124)
    seen = count - count // 10
    for number in range(count):
        history: list[Review] = []
        if number < seen:
            length = max(1, round(chance.gammavariate(4, 1.3 * reviews / seen / 4)))
            at = until - chance.randrange(60, DAYS) * DAY_MS
            interval = 1
            for _ in range(length):
                rating = chance.choices((1, 2, 3, 4), (12, 13, 60, 15))[0]
                interval = 1 if rating == 1 else min(400, round(interval * chance.uniform(1.3, 2.4)) + 1)
                history.append(Review(at, rating, interval, chance.randrange(4_000, 90_000)))
                at += interval * DAY_MS + chance.randrange(-3_600_000, 3_600_000)
                if at >= until:
                    break
        yield number, history
