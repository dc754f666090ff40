"""Training pairs for next-token prediction, cut from a token stream with a sliding window."""

import numpy as np

IGNORE = -100


def next_token_windows(
    ids: np.ndarray,
    length: int,
    stride: int | None = None,
    drop_last: bool = True,
    pad_id: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return (inputs, targets), both (W, length): the target of a place is the token after its input."""
    stride = length if stride is None else stride
    if length < 1 or stride < 1:
        raise ValueError(f"length and stride must be at least 1, not {length} and {stride}")
    last = len(ids) - 1  # the last token that can be a target
    starts = list(range(0, last - length + 1, stride))  # a full window needs length + 1 tokens
    if not drop_last:
        start = len(starts) * stride
        covered = starts[-1] + length if starts else 0  # the last target so far
        if max(start, covered) < last:
            starts.append(start)

    inputs = np.full((len(starts), length), pad_id, dtype=ids.dtype)
    targets = np.full((len(starts), length), IGNORE, dtype=ids.dtype)
    for row, start in enumerate(starts):
        window = ids[start : start + length + 1]
        pairs = len(window) - 1
        inputs[row, length - pairs :] = window[:-1]
        targets[row, length - pairs :] = window[1:]  # one token later
    return inputs, targets
