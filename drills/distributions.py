"""Exact tests of what a sampler draws."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from drills.comparing import Mismatch, require
from quizbank.models import Text


def binomial_tail(successes: int, trials: int, probability: float) -> float:
    """The exact probability of a count at least as far out on its side as `successes`, one-sided."""
    if probability <= 0.0:
        return 1.0 if successes == 0 else 0.0
    if probability >= 1.0:
        return 1.0 if successes == trials else 0.0
    lower = successes <= trials * probability
    counts = np.arange(0, successes + 1) if lower else np.arange(successes, trials + 1)
    log_choose = math.lgamma(trials + 1) - np.array(
        [math.lgamma(k + 1) + math.lgamma(trials - k + 1) for k in counts.tolist()]
    )
    logs = log_choose + counts * math.log(probability) + (trials - counts) * math.log1p(-probability)
    top = float(logs.max())
    return min(1.0, math.exp(top) * float(np.exp(logs - top).sum()))


def assert_distribution(
    draw: Callable[[int], Sequence[int]],
    probabilities: np.ndarray,
    *,
    stages: Sequence[int] = (500, 2_000, 8_000),
    false_reject: float = 1e-10,
    name: str = "token",
) -> None:
    """Fail when draws do not follow `probabilities`; a right sampler fails with at most `false_reject`.

    `draw(n)` returns n outcomes in [0, len(probabilities)). Counts are tested exactly (binomial tails, both
    sides, Bonferroni over tokens and stages). With the last stage at 8,000 draws a token whose probability
    is off by 0.04 or more is found with probability above 0.99. An outcome of probability zero fails at once.
    """
    counts = np.zeros(len(probabilities), dtype=np.int64)
    support = probabilities > 0
    budget = false_reject / (2 * len(stages) * max(int(support.sum()), 1))
    done = 0
    for stage in stages:
        for outcome in draw(stage - done):
            value = int(outcome)
            legal = 0 <= value < len(counts) and bool(support[value])
            require(
                legal,
                f"{name} {value} was drawn, which has probability 0.",
                f"抽到了概率为 0 的 {name} {value}。",
                expected=probabilities,
            )
            counts[value] += 1
        done = stage
        for index in np.flatnonzero(support):
            probability = float(probabilities[index])
            if binomial_tail(int(counts[index]), done, probability) < budget:
                share = counts[index] / done
                raise Mismatch(
                    Text(
                        en=f"{name} {index} came in {share:.3f} of {done} draws; its probability is {probability:.3f}.",
                        zh=f"{done} 次抽样中 {name} {index} 出现的频率为 {share:.3f}，应有概率 {probability:.3f}。",
                    ),
                    expected=probabilities,
                    actual=counts / done,
                    name=name,
                )
