"""Quantisation: groups with their scales added up bit by bit, codes found by counting steps."""

from __future__ import annotations

from fractions import Fraction

from . import recomputes


@recomputes("group-quantized-weights-size")
def bits_group_by_group(params: int, bits: int, group: int) -> float:
    one_group = sum([bits] * group) + 16 + bits
    return float(Fraction(one_group * params * 10**9, group * 8)) / 1e9


@recomputes("int4-kv-bytes-per-token")
def bytes_head_by_head(layers: int, heads: int, group: int) -> float:
    groups_a_head = 128 // group
    bits = 0
    for _layer in range(layers):
        for _what in ("key", "value"):
            for _head in range(heads):
                bits += groups_a_head * (group * 4 + 16 + 16)
    return bits / 8 / 1024


@recomputes("affine-zero-point")
def code_nearest_to_zero(lo: int, hi: int) -> float:
    """Of the 256 codes the one whose value lies nearest to 0."""
    values = [lo + Fraction(hi - lo, 255) * code for code in range(256)]
    return float(min(range(256), key=lambda code: abs(values[code])))


@recomputes("smoothquant-factor")
def factor_that_balances(x: int, w: float) -> float:
    """α = 0.5 makes the largest activation x / s and weight w · s of the channel equal: found by halving."""
    low, high = 1e-6, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if x / middle > w * middle else (low, middle)
    return low
