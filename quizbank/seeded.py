"""Chance that is the same in every process and Python version: drawn from a seed and a name.

Only `Random.random()` is promised to stay the same between versions, so picks and shuffles are
made from it alone.
"""

from __future__ import annotations

from random import Random


def source(name: str, seed: int) -> Random:
    """A generator of its own for each name and seed (text seeds go through SHA-512)."""
    return Random(f"{name}:{seed}")


def index(random: Random, length: int) -> int:
    return int(random.random() * length)


def permutation(random: Random, length: int) -> list[int]:
    """Fisher and Yates."""
    order = list(range(length))
    for last in range(length - 1, 0, -1):
        other = index(random, last + 1)
        order[last], order[other] = order[other], order[last]
    return order
