"""Row by row with numpy.pad."""

import numpy as np


def pad_batch(sequences, pad_id, max_length=None, side="right"):
    rows = [np.asarray(s[:max_length], dtype="int64") for s in sequences]
    width = max(r.size for r in rows)
    gaps = [(0, width - r.size) if side == "right" else (width - r.size, 0) for r in rows]
    ids = np.stack([np.pad(r, gap, constant_values=pad_id) for r, gap in zip(rows, gaps, strict=True)])
    mask = np.stack([np.pad(np.ones(r.size, bool), gap) for r, gap in zip(rows, gaps, strict=True)])
    return ids, mask
