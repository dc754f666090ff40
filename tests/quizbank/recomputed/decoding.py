"""Decoding: distributions drawn out in full, bisection, and loops over tokens."""

from __future__ import annotations

import math
from fractions import Fraction

from . import recomputes


@recomputes("temperature-from-a-logit-gap")
def temperature_by_bisection(gap: float, ratio: float) -> float:
    """The temperature at which a softmax over three tokens gives the wanted ratio, found by halving."""
    low, high = 0.01, 100.0
    for _ in range(200):
        middle = (low + high) / 2
        weights = [math.exp(logit / middle) for logit in (gap, 0.0, -1.0)]
        first, second = (weight / sum(weights) for weight in weights[:2])
        low, high = (middle, high) if first / second > ratio else (low, middle)
    return (low + high) / 2


@recomputes("chunks-within-the-window")
def passages_put_in_one_by_one(window: int, fixed: int, reserve: int, passage: int) -> int:
    used, passages = fixed + reserve, 0
    while used + passage <= window:
        used += passage
        passages += 1
    return passages


@recomputes("mask-is-not-conditioning")
def share_among_the_valid(a: int, v: int, w: int) -> float:
    """Counts replies out of 10,000 free samples."""
    replies = [("A", valid) for valid in range(100) for _ in range(a)]
    replies += [("B", valid) for valid in range(100) for _ in range(100 - a)]
    kept = [first for first, draw in replies if draw < {"A": v, "B": w}[first]]
    return float(100 * Fraction(kept.count("A"), len(kept)))


@recomputes("frequency-and-presence-by-hand")
def logit_after_each_token(z: float, n: int, f: float, s: float) -> float:
    logit, seen = Fraction(str(z)), False
    for _ in range(n):
        logit -= Fraction(str(f))
        if not seen:
            logit, seen = logit - Fraction(str(s)), True
    return float(logit)


@recomputes("greedy-misses-best-sequence")
def beam_two_against_greedy(a: int, x: int, y: int) -> float:
    """Every sequence with its probability; the rest of each second step is spread thin."""
    first = {"A": Fraction(a, 100), "B": Fraction(100 - a, 100)}
    second = {"A": {"top": Fraction(x, 100)}, "B": {"top": Fraction(y, 100)}}
    for after in second.values():
        left = 1 - after["top"]
        after |= {f"other{number}": left / 20 for number in range(20)}
    whole = {(one, two): p * q for one, p in first.items() for two, q in second[one].items()}
    start = max(first, key=lambda one: first[one])
    greedy = max((p for (one, _), p in whole.items() if one == start))
    return float(max(whole.values()) / greedy)


@recomputes("speculative-tokens-per-target-pass")
def expected_tokens_case_by_case(alpha: float, n: int) -> float:
    """Each way a round can go, with its probability: k accepted and one more token."""
    ways = [(alpha**k * (1 - alpha), k + 1) for k in range(n)] + [(alpha**n, n + 1)]
    return sum(chance * tokens for chance, tokens in ways)


@recomputes("temperature-half-by-hand")
def softmax_at_half(a: int, b: int) -> float:
    logits = [math.log(share / 100) for share in (a, b, 100 - a - b)]
    weights = [math.exp(logit / 0.5) for logit in logits]
    return weights[0] / sum(weights)


@recomputes("top-p-by-hand")
def nucleus_token_by_token(a: int, b: int, c: int, d: int, p: int) -> float:
    left = 100 - a - b - c - d
    rest = [3] * (left // 3) + [left % 3]
    kept: list[int] = []
    for share in sorted([a, b, c, d, *rest], reverse=True):
        if sum(kept) >= p:
            break
        kept.append(share)
    return kept[0] / sum(kept)
