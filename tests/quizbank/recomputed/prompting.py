"""Prompting: distributions written out, outcomes enumerated, tokens priced one by one."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

from . import recomputes


@recomputes("prompt-change-paired-significance")
def wins_against_fair_coins(both: int, fixes: int, breaks: int) -> float:
    """Mean and deviation from the whole distribution of heads in as many tosses as there are disagreements."""
    tosses = (both + fixes) + (both + breaks) - 2 * both
    chances = [Fraction(math.comb(tosses, heads), 2**tosses) for heads in range(tosses + 1)]
    mean = sum(heads * chance for heads, chance in enumerate(chances))
    variance = sum((heads - mean) ** 2 * chance for heads, chance in enumerate(chances))
    return float((fixes - mean) / Fraction(math.sqrt(variance)))


@recomputes("prompt-chain-with-checks")
def chain_by_enumeration(k: int, p: int, c: int) -> float:
    """All outcomes of (first run, check, second run) of a step, then step after step."""
    right = Fraction(0)
    for first, caught, second in product([True, False], repeat=3):
        chance = Fraction(p if first else 100 - p, 100)
        chance *= Fraction(c if caught else 100 - c, 100) if not first else Fraction(1, 2)
        chance *= Fraction(p if second else 100 - p, 100)
        rerun = caught and not first
        right += chance if (second if rerun else first) else 0
    alive = Fraction(1)
    for _ in range(k):
        alive *= right
    return float(100 * alive)


@recomputes("prompt-timestamp-moved-to-the-end")
def priced_token_by_token(s: int, v: int, d: int) -> float:
    before = sum(100 for _ in range(s + v))
    after = sum(d if position < s else 100 for position in range(s + v))
    return 100 * (before - after) / before


@recomputes("few-shot-contextual-calibration")
def calibrated_in_log_odds(c: int, p: int) -> float:
    """Calibrating two labels subtracts the log-odds of the content-free input."""
    log_odds = math.log(p / (100 - p)) - math.log(c / (100 - c))
    return 1 / (1 + math.exp(-log_odds))
