"""Text: small corpora made and counted, modules built, windows slid."""

from __future__ import annotations

import math
from fractions import Fraction

from . import recomputes


@recomputes("tf-idf-weight")
def weight_by_counting_documents(docs: int, df: int, cf: int, tf: int) -> float:
    holds = [True] * df + [False] * (docs - df)
    return tf * (math.log(len(holds)) - math.log(sum(holds)))


@recomputes("bigram-add-one")
def probability_over_a_whole_row(c1: int, c2: int, v: int) -> float:
    """Every word of the vocabulary gets one more; b's share of the row."""
    row = [c2, c1 - c2] + [0] * (v - 2)
    smoothed = [count + 1 for count in row]
    return float(Fraction(smoothed[0], sum(smoothed)))


@recomputes("negative-sampling-frequency-ratio")
def ratio_by_square_roots(r: int) -> float:
    """x^0.75 as the root of x times the root of that root."""
    return math.sqrt(r) * math.sqrt(math.sqrt(r))


@recomputes("nnlm-parameter-count")
def parameters_of_a_real_model(c: int, v: int, m: int, h: int) -> float:
    from torch import nn

    parts = [
        nn.Embedding(v, m, device="meta"),
        nn.Linear(c * m, h, device="meta"),
        nn.Linear(h, v, device="meta"),
    ]
    return sum(p.numel() for part in parts for p in part.parameters()) / 1e6


@recomputes("one-hot-batch-memory")
def bytes_of_a_tensor(b: int, t: int, v: int) -> float:
    import torch

    batch = torch.empty(b, t, v, dtype=torch.float32, device="meta")
    return batch.numel() * batch.element_size() / 1024**3


@recomputes("bag-of-words-csr-saving")
def rows_in_both_forms(v: int, u: int) -> float:
    import numpy as np

    dense = np.zeros(v, np.float32).nbytes
    sparse = np.zeros(u, np.float32).nbytes + np.zeros(u, np.int32).nbytes
    return dense / sparse


@recomputes("overlapping-windows-count")
def windows_slid_over_the_passage(q: int, n: int, s: int) -> float:
    room = 384 - 3 - q
    start, windows = 0, 1
    while start + room < n:
        start += room - s
        windows += 1
    return float(windows)


@recomputes("interpolated-trigram")
def probability_from_counts(l3: float, l2: float, cxy: int, cy: int, cyz: int, cz: int) -> float:
    third, second = Fraction(str(l3)), Fraction(str(l2))
    parts = [
        (third, Fraction(0, cxy)),
        (second, Fraction(cyz, cy)),
        (1 - third - second, Fraction(cz, 10**6)),
    ]
    return float(sum(weight * estimate for weight, estimate in parts))


@recomputes("pad-tokens-in-batch")
def pads_in_a_real_batch(a: int, b: int, c: int, m: int) -> float:
    batch = [[1] * length for length in (a, b, c)]
    batch = [row[:m] for row in batch]
    longest = max(map(len, batch))
    batch = [row + [0] * (longest - len(row)) for row in batch]
    return float(sum(row.count(0) for row in batch))


@recomputes("word2vec-subsampling-rate")
def share_discarded(pct: float) -> float:
    """1 − √(t / f), with the root by way of logarithms."""
    kept = math.exp(0.5 * (math.log(1e-5) - math.log(pct / 100)))
    return 100 * (1 - kept)


@recomputes("embedding-share-of-parameters")
def share_of_two_tables(v: int, d: int, total: float) -> float:
    import torch

    tables = [torch.empty(v, d, device="meta"), torch.empty(d, v, device="meta")]
    return float(Fraction(100 * sum(table.numel() for table in tables)) / (Fraction(str(total)) * 10**9))
