"""NumPy: one row of physical blocks a sequence, -1 where there is none, and an array of counts."""

import numpy as np


class UnknownSequence(KeyError):
    pass


class BlockTable:
    def __init__(self, num_blocks, block_size):
        self.size = block_size
        self.refs = np.zeros(num_blocks, dtype=np.int64)
        self.rows = {}

    @property
    def num_free(self):
        return np.count_nonzero(self.refs == 0)

    def append(self, seq_id):
        row, n = self.rows.get(seq_id, (np.full(self.refs.size, -1), 0))
        logical = n // self.size
        if row[logical : logical + 1].sum() < 0 or logical >= row.size or self.refs[row[logical]] > 1:
            unused = np.flatnonzero(self.refs == 0)
            if unused.size == 0:
                raise MemoryError("out of blocks")
            row = row.copy()
            if row[logical] >= 0:
                self.refs[row[logical]] -= 1
            row[logical] = unused[-1]
            self.refs[unused[-1]] += 1
        self.rows[seq_id] = (row, n + 1)
        return row[logical], n % self.size

    def slot(self, seq_id, position):
        row, n = self.row(seq_id)
        if position >= n or position < 0:
            raise IndexError
        return [row[position // self.size], position % self.size]

    def free(self, seq_id):
        row, _ = self.row(seq_id)
        del self.rows[seq_id]
        self.refs[row[row >= 0]] -= 1

    def fork(self, parent, child):
        if child in self.rows:
            raise ValueError
        row, n = self.row(parent)
        self.refs[row[row >= 0]] += 1
        self.rows[child] = (row.copy(), n)

    def row(self, seq_id):
        if seq_id not in self.rows:
            raise UnknownSequence(seq_id)
        return self.rows[seq_id]
