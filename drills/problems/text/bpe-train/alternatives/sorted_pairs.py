"""Sorts the neighbours to count them, and deletes from the list in place."""

from itertools import groupby


class Trainer:
    def __init__(self, data):
        self.tokens = [data[i : i + 1] for i in range(len(data))]

    def most_frequent(self):
        pairs = sorted((self.tokens[i - 1], self.tokens[i]) for i in range(1, len(self.tokens)))
        runs = [(sum(1 for _ in run), pair) for pair, run in groupby(pairs)]
        return max(runs) if runs else (0, None)

    def join(self, left, right):
        i = 0
        while i + 1 < len(self.tokens):
            if self.tokens[i] == left and self.tokens[i + 1] == right:
                self.tokens[i : i + 2] = [left + right]
            i += 1


def bpe_train(text, num_merges):
    trainer, merges = Trainer(bytes(text, "utf8")), []
    while len(merges) != num_merges:
        count, pair = trainer.most_frequent()
        if count <= 1:
            break
        trainer.join(*pair)
        merges += [pair]
    return merges
