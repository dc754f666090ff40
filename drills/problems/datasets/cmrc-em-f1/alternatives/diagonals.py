"""The longest run by the diagonals of a NumPy table, and regular expressions for the segments."""

import re

import numpy as np

PUNCTUATION = re.compile(
    r"[!-/:-@\[-`{-~\u2010-\u2027\u3001-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65￥·]"
)


def cut(text):
    return re.findall(r"[\u4e00-\u9fff]|[^\u4e00-\u9fff\s]+", PUNCTUATION.sub("", text.lower()))


def score(first, second):
    if not first or not second:
        return 0.0, 0.0
    same = np.array(first)[:, None] == np.array(second)[None, :]
    runs = [0]
    for offset in range(1 - len(first), len(second)):
        length = 0
        for hit in np.diagonal(same, offset):
            length = length + 1 if hit else 0
            runs.append(length)
    size = max(runs)
    f1 = 2 * size / (len(first) + len(second))
    return float(first == second), f1


def em_f1(prediction, references):
    scores = [score(cut(prediction), cut(reference)) for reference in references]
    return max(em for em, _ in scores), max(f1 for _, f1 in scores)
