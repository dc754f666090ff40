"""Row by row in plain Python, with dictionaries."""

import math
from collections import Counter

import numpy as np


def tf_idf(docs):
    df = Counter()
    for doc in docs:
        df.update(set(doc))
    vocab = sorted(df)
    idf = {token: 1.0 + math.log1p(len(docs)) - math.log1p(df[token]) for token in vocab}
    rows = []
    for doc in docs:
        tf = Counter(doc)
        row = [tf[token] * idf[token] for token in vocab]
        length = math.hypot(*row)
        rows.append([value / length for value in row] if length > 0 else row)
    return np.array(rows, dtype=np.float64), vocab
