"""The number of chunks first, by rounding up."""

from math import ceil


def chunk(tokens, size, overlap):
    step = size - overlap
    if step <= 0:
        raise ValueError(f"overlap {overlap} leaves no step for size {size}")
    if not tokens:
        return []
    count = max(1, ceil((len(tokens) - overlap) / step))
    return [tokens[i * step : i * step + size] for i in range(count)]
