"""Numeric answers of the transformer track, a second time."""

from __future__ import annotations

import numpy as np

from . import recomputes


@recomputes("packed-documents-pairs")
def pairs_allowed_by_the_mask(a: int, b: int, c: int) -> float:
    document = np.repeat([0, 1, 2], [a, b, c])
    position = np.arange(a + b + c)
    same = document[:, None] == document[None, :]
    return float((same & (position[:, None] >= position[None, :])).sum())


@recomputes("doubling-context-cost")
def growth_of_a_layers_products(d: int, t: int) -> float:
    def flops(tokens: int, head: int = 128) -> int:
        weights = [(d, d)] * 4 + [(d, 4 * d), (4 * d, d)]
        products = [(tokens, rows, columns) for rows, columns in weights]
        for _ in range(d // head):
            products += [(tokens, head, tokens), (tokens, tokens, head)]
        return sum(2 * m * k * n for m, k, n in products)

    return flops(2 * t) / flops(t)


@recomputes("kv-cache-token-passes")
def positions_run_without_and_with_a_cache(p: int, n: int) -> float:
    without = cached = 0
    length, known = p, 0
    for _ in range(n):
        without += length
        cached += length - known
        known = length
        length += 1
    return without / cached


@recomputes("moe-expert-capacity")
def tokens_turned_away(e: int, t: int, c: float, s: int) -> float:
    free_slots = int(c * t / e)
    turned_away = 0
    for token in range(t):
        if token % 100 < s:  # this token goes to the popular expert
            if free_slots:
                free_slots -= 1
            else:
                turned_away += 1
    return float(turned_away)


@recomputes("mha-parameter-count")
def parameters_of_a_real_layer(d: int, h: int) -> float:
    import torch

    layer = torch.nn.MultiheadAttention(d, h, device="meta")
    return float(sum(p.numel() for p in layer.parameters()))


@recomputes("attention-flops-crossover")
def length_at_which_both_cost_the_same(d: int) -> float:
    """FLOPs of each product of matrices, counted as 2·m·k·n; the length found by trying."""

    def flops(m: int, k: int, n: int) -> int:
        return 2 * m * k * n

    length = 1
    while flops(length, d, length) + flops(length, length, d) < 4 * flops(length, d, d):
        length += 1
    return float(length)


@recomputes("rope-slowest-pair-period")
def positions_for_a_full_turn(dh: int, base: int) -> float:
    """The slowest of all pairs, its angle by logarithms."""
    import math

    angles = [math.exp(-2 * pair / dh * math.log(base)) for pair in range(dh // 2)]
    return 2 * math.pi / min(angles)


@recomputes("swiglu-hidden-size")
def smallest_multiple_that_is_not_short(d: int) -> float:
    """Counted up in steps of 256 until three matrices hold what two held (a part of a unit aside)."""
    two = 2 * d * 4 * d
    hidden = 256
    while 3 * d * (hidden + 1) <= two:
        hidden += 256
    return float(hidden)


@recomputes("kv-cache-gqa-size")
def gibibytes_of_real_caches(layers: int, hq: int, hkv: int, context: int, batch: int) -> float:
    import torch

    caches = [
        torch.empty(batch, hkv, context, 128, dtype=torch.bfloat16, device="meta")
        for _ in range(layers)
        for _ in ("key", "value")
    ]
    return sum(cache.numel() * cache.element_size() for cache in caches) / 1024**3
