"""The number of survivors from the sorted row, and a helper that works on flattened batches."""

from numpy import apply_along_axis, float64, sort, where


def _row(row, min_p):
    ranked = sort(row)[::-1]
    count = int((ranked >= ranked[0] * min_p).sum())
    weakest = ranked[count - 1]
    kept = where(row < weakest, 0.0, row.astype(float64))
    return kept / kept.sum()


def min_p_filter(probs, min_p):
    return apply_along_axis(_row, -1, probs, min_p).astype(probs.dtype)
