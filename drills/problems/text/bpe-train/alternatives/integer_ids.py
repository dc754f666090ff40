"""Token ids in a NumPy array; pairs are counted as one integer each."""

import numpy as np


def bpe_train(text, num_merges):
    vocab = {value: bytes([value]) for value in range(256)}
    ids = np.frombuffer(text.encode("utf-8"), dtype=np.uint8).astype(np.int64)
    merges = []
    for new in range(256, 256 + num_merges):
        if len(ids) < 2:
            break
        base = new  # all ids so far are smaller
        codes, counts = np.unique(ids[:-1] * base + ids[1:], return_counts=True)
        if counts.max() == 1:
            break
        tied = [divmod(int(code), base) for code in codes[counts == counts.max()]]
        left, right = max(tied, key=lambda pair: (vocab[pair[0]], vocab[pair[1]]))
        out = []
        for value in ids.tolist():
            if value == right and out and out[-1] == left:
                out[-1] = new
            else:
                out.append(value)
        ids = np.array(out)
        vocab[new] = vocab[left] + vocab[right]
        merges.append((vocab[left], vocab[right]))
    return merges
