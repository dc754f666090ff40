"""Checks of `few-shot-selection`: the specification chooses one after the other, with Python floats."""

import math
from itertools import pairwise

import numpy as np

from drills.checking import assert_equal, check, expect_error, fresh_rng, require
from drills.strategies import sizes, sources

DTYPES = (np.float64, np.float32)


def cosines(query, examples):
    q, rows = query.astype(np.float64).tolist(), examples.astype(np.float64).tolist()
    out = []
    for row in rows:
        length = math.hypot(*row) * math.hypot(*q)
        out.append(math.fsum(a * b for a, b in zip(row, q, strict=True)) / length if length else 0.0)
    return out


def oracle(scores, labels, k):
    left, taken, chosen = list(range(len(scores))), dict.fromkeys(labels, 0), []
    while left and len(chosen) < k:
        fewest = min(taken[labels[i]] for i in left)
        in_turn = [i for i in left if taken[labels[i]] == fewest]
        best = max(in_turn, key=lambda i: (scores[i], -i))
        left.remove(best)
        chosen.append(best)
        taken[labels[best]] += 1
    return sorted(chosen, key=lambda i: (scores[i], -i))


def same(candidate, query, examples, labels, k, dtype=np.float64):
    query, examples = np.array(query, dtype=dtype), np.array(examples, dtype=dtype)
    got = candidate.select_examples(query.copy(), examples.copy(), list(labels), k)
    if isinstance(got, np.ndarray) and got.ndim == 1:
        got = got.tolist()
    require(
        isinstance(got, (list, tuple)), "It must return a list of indices.", "应返回下标的列表。", actual=got
    )
    assert_equal(list(got), oracle(cosines(query, examples), labels, k), name="indices")


def on_circle(*degrees):
    return [[math.cos(math.radians(d)), math.sin(math.radians(d))] for d in degrees]


@check("Worked by hand: three good and two bad examples.", "手算例子：三条 good、两条 bad。")
def test_by_hand(candidate):
    query, examples = np.array([1.0, 0.0]), np.array([[1.0, 0], [3, 4], [4, 3], [0, 1], [5, 12]])
    labels = ["good", "good", "good", "bad", "bad"]
    for k, wanted in ((3, [4, 2, 0]), (4, [3, 4, 2, 0]), (1, [0]), (2, [4, 0]), (5, [3, 4, 1, 2, 0])):
        got = candidate.select_examples(query.copy(), examples.copy(), labels[:], k)
        assert_equal([int(i) for i in got], wanted, name="indices")


@check("The labels take turns, however unequal their similarities.", "不论相似度差多少，各标签轮流选取。")
def test_turns(candidate):
    angles = (1, 2, 3, 4, 5, 80, 90, 100, 120, 150)
    for labels in ("aaaaabbbbb", "aaaaabbccc", "aaaaaabbbc", "bbbbbaaaaa", "aaaaaaaaab"):
        for k in range(1, 11):
            same(candidate, [1.0, 0], on_circle(*angles), list(labels), k)


@check("In the last, unfinished round the most similar examples win.", "最后不满的一轮里，最相似的优先。")
def test_unfinished_round(candidate):
    for k in range(1, 5):  # the first label in the file, and in the alphabet, is not the one with the nearest
        same(candidate, [1.0, 0], on_circle(60, 10, 70, 20), list("abba"), k)
    for labels in ("abcd", "dcba", "zaym", "abcdabcd"):
        for k in (1, 2, 3, 5, 6, 7):
            angles = [10 * ((3 * i) % 7) + i for i in range(len(labels))]
            same(candidate, [1.0, 0], on_circle(*angles), list(labels), k)


@check("A label that has run out leaves its places to the others.", "用完的标签把名额让给其他标签。")
def test_runs_out(candidate):
    for labels in ("abbbb", "babbcb", "aaabbbbbc", "cbaaaaaa"):
        angles = [(37 * i) % 170 for i in range(len(labels))]
        for k in range(1, len(labels) + 1):
            same(candidate, [1.0, 0], on_circle(*angles), list(labels), k)
    for k in range(8, 15):
        angles = [3 * i for i in range(14)]
        same(candidate, [1.0, 0], on_circle(*angles), list("bbbbbbccccccad"), k)


@check("One label, a label for each, k = N, k > N.", "只有一个标签、每条一个标签、k = N、k > N。")
def test_ends(candidate):
    for labels in ("aaaa", "abcd", "a"):
        for k in (1, 2, 4, 9, 1000):
            same(candidate, [0.0, 1], on_circle(10, 80, 200, 130)[: len(labels)], list(labels), k)


@check(
    "The order of the prompt is by similarity alone, not by the order of choosing nor by label.",
    "提示里的顺序只看相似度，与选取先后、标签都无关。",
)
def test_order(candidate):
    for labels in ("aaab", "aaabbb", "baaabb"):
        angles = (5, 10, 15, 90, 120, 150)[: len(labels)]
        for k in (3, 4, 5):
            same(candidate, [1.0, 0], on_circle(*angles), list(labels), k)
            same(candidate, [1.0, 0], on_circle(*angles[::-1]), list(labels[::-1]), k)


@check(
    "The cosine counts: neither length nor distance, and an opposite vector is the least similar.",
    "比较的是余弦，不是点积或距离；方向相反的最不相似。",
)
def test_cosine(candidate):
    base = on_circle(10, 20, 40, 85, 95, 175)
    for scales in ([1, 100, 0.01, 5, 30, 1], [0.001, 1, 10, 1000, 1e4, 1e4], [1e3, 1, 1, 1, 1, 1e-3]):
        rows = [[scale * a for a in row] for scale, row in zip(scales, base, strict=True)]
        for labels in ("ababab", "aabbab", "aaaaaa"):
            for dtype in DTYPES:
                same(candidate, [7.0, 0], rows, list(labels), 4, dtype)
                same(candidate, [-0.01, 0.001], rows, list(labels), 3, dtype)


@check(
    "Very short vectors count by their direction alone, too.",
    "很短的向量同样只看方向。",
)
def test_short_vectors(candidate):
    base = on_circle(10, 20, 40, 85, 95, 175)
    for scales in ([2e-6, 1, 1, 1, 1, 1], [1, 2e-6, 1, 2e-6, 1, 1], [2e-6, 2e-4, 1e-2, 1, 1, 1]):
        rows = [[scale * a for a in row] for scale, row in zip(scales, base, strict=True)]
        for labels in ("aaaaaa", "ababab"):
            for dtype in DTYPES:
                same(candidate, [1.0, 0], rows, list(labels), 3, dtype)
                same(candidate, [0.01, 0], rows, list(labels), 3, dtype)


@check(
    "Equally similar examples: the lower index counts as the more similar.",
    "相似度相等时，下标小的算更相似。",
)
def test_ties(candidate):
    rows = [[0.0, 1], [1, 0], [0, 1], [1, 0], [1, 0], [0, 1], [-1, 0], [1, 0], [0, -1], [-1, 0]]
    for query in ([1.0, 0], [0.0, 2], [1.0, 1], [-2.0, 0]):
        for labels in ("ababababab", "aaaaabbbbb", "aabbccaabb", "aaaaaaaaaa"):
            for k in (1, 2, 3, 5, 8, 10):
                same(candidate, query, rows, list(labels), k)


@check("A zero vector has similarity 0, above what is negative.", "零向量的相似度为 0，高于负值。")
def test_zero_vectors(candidate):
    rows = [[0.0, 0], [-1, 0], [1, 1], [-1, -2], [0, 0], [2, 1]]
    for dtype in DTYPES:
        for labels in ("ababab", "aaaaaa", "aaabbb"):
            for k in (1, 3, 5, 6):
                same(candidate, [1.0, 0], rows, list(labels), k, dtype)
                same(candidate, [0.0, 0], rows, list(labels), k, dtype)


@check("k < 1 is a ValueError.", "k < 1 时抛出 ValueError。")
def test_bad_k(candidate):
    for k in (0, -1, -5):
        expect_error(candidate.select_examples, "ValueError", np.ones(2), np.eye(2), ["a", "b"], k)


@check("Labels are any strings, told apart exactly.", "标签可以是任意字符串，按原样区分。")
def test_labels(candidate):
    rows = on_circle(5, 10, 15, 20, 25, 30)
    for labels in (
        ["A", "A", "a", "a", "", " "],
        ["正面", "正面", "正面", "负面", "负面", "中性"],
        ["1", "1", "1", "01", "1", "01"],
        ["", "", "x", "", "x", "y"],
    ):
        for k in (2, 3, 4, 5):
            same(candidate, [1.0, 0], rows, labels, k)


@check("Hundreds of examples, many of them equal in similarity.", "几百条示例，其中许多相似度相等。")
def test_many(candidate):
    rng = fresh_rng(1)
    rows = np.eye(4)[rng.integers(0, 4, 300)]
    labels = [f"l{n}" for n in rng.integers(0, 5, 300)]
    for k in (5, 17, 60):
        same(candidate, [4.0, 3, 2, 1], rows, labels, k)


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    for labels in ("aab", "abb", "aab"):
        same(candidate, [1.0, 0], on_circle(5, 10, 90), list(labels), 2)


@check(
    "On drawn examples and labels the result equals the definition.",
    "在随机的示例和标签上，结果等于定义。",
    examples=80,
    source=sources(("normal", "positive", "large")),
    n=sizes(1, 9),
    depth=sizes(2, 5),
    kinds=sizes(1, 4),
    k=sizes(1, 10),
)
def test_drawn(candidate, source, n, depth, kinds, k):
    query, examples = source.array(depth), source.array(n, depth)
    scores = sorted(cosines(query, examples))
    if any(b - a < 1e-5 for a, b in pairwise(scores)):
        return  # rounding could decide
    labels = [f"label {i}" for i in source.integers(0, kinds, n)]
    same(candidate, query, examples, labels, k, query.dtype)
