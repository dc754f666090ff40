"""Checks of `bag-of-words`: the definition, one document and one token at a time, is the specification."""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, assert_equal, check, fresh_rng, unpack
from drills.strategies import sizes

WORDS = ["cat", "Cat", "cats", "a", "b", "10", "9", "词", "词元", "", "a b", "é", "Zoo"]
TRAIN = [["b", "a", "a"], ["c", "b"], []]
DOCS = [["a", "d", "a", "b"], ["c"]]


def oracle(train, docs, min_df=1, max_features=None, binary=False):
    """The best token that is left is taken until there are enough."""
    left = {token for doc in train for token in doc}
    left = {token for token in left if len([doc for doc in train if token in doc]) >= min_df}
    vocab = []
    while left and (max_features is None or len(vocab) < max_features):
        most = max(sum(doc.count(token) for doc in train) for token in left)
        vocab.append(min(token for token in left if sum(doc.count(token) for doc in train) == most))
        left.remove(vocab[-1])
    vocab.sort()
    matrix = np.zeros((len(docs), len(vocab)), dtype=np.int64)
    for i, doc in enumerate(docs):
        for j, token in enumerate(vocab):
            matrix[i, j] = min(doc.count(token), 1) if binary else doc.count(token)
    return matrix, vocab


def copy(docs):
    return [list(doc) for doc in docs]


def same(candidate, train, docs, **options):
    got = candidate.bag_of_words(copy(train), copy(docs), **options)
    matrix, vocab = unpack(got, 2, "matrix", "vocab")
    wanted, words = oracle(train, docs, **options)
    assert_equal(vocab, words, name="vocab")
    assert_close(matrix, wanted, dtype=np.int64, rtol=0, atol=0, name="matrix")


def collection(rng, documents, longest, words):
    """Documents of drawn lengths, some empty; the words repeat."""
    return [
        [words[int(k)] for k in rng.integers(len(words), size=int(rng.integers(longest + 1)))]
        for _ in range(documents)
    ]


@check("Worked by hand: the four calls of the prompt.", "手算例子：题目中的四次调用。")
def test_by_hand(candidate):
    for options, vocab, matrix in (
        ({}, ["a", "b", "c"], [[2, 1, 0], [0, 0, 1]]),
        ({"min_df": 2}, ["b"], [[1], [0]]),
        ({"max_features": 1}, ["a"], [[2], [0]]),
        ({"binary": True}, ["a", "b", "c"], [[1, 1, 0], [0, 0, 1]]),
    ):
        got = unpack(candidate.bag_of_words(copy(TRAIN), copy(DOCS), **options), 2, "matrix", "vocab")
        assert_equal(got[1], vocab, name="vocab")
        assert_close(got[0], np.array(matrix, dtype=np.int64), dtype=np.int64, rtol=0, atol=0, name="matrix")


@check(
    "The vocabulary comes from the training documents alone; other tokens are dropped.",
    "词表只来自训练文档，其余 token 被丢弃。",
)
def test_fitted_on_train(candidate):
    same(candidate, [["a", "c"], ["e"]], [["a", "b"], ["f", "e", "d", "e"], ["z"]])
    same(candidate, [["b"]], [["a", "a", "c"], ["b", "a"]])
    same(candidate, [["b", "d"]], [["a"], ["c"], ["e", "e"]])
    same(candidate, [["a", "b", "b"], ["c"]], [["c", "c", "c", "a"], ["c", "c"]], max_features=1)
    same(candidate, [["a"], ["a", "b"]], [["b"], ["b", "a"], ["b"]], min_df=2)


@check(
    "min_df counts training documents, not occurrences, and is inclusive.",
    "min_df 数的是训练文档数而不是次数，且包含等号。",
)
def test_min_df(candidate):
    train = [["a", "a", "a", "b"], ["b", "c"], ["c", "b", "d", "d"], ["c"]]
    for min_df in (1, 2, 3, 4):
        same(candidate, train, [["a", "b", "c", "d"], ["d", "c", "c"]], min_df=min_df)


@check("max_features counts occurrences, not documents.", "max_features 看的是出现总次数，不是文档数。")
def test_max_features(candidate):
    train = [["x", "x", "x", "x", "a"], ["a", "b"], ["a", "b", "c"]]
    for limit in (1, 2, 3, 4, 5, 100):
        same(candidate, train, [["a", "b", "c", "x"], ["x", "x"]], max_features=limit)


@check("Ties at the limit go to the token that sorts first.", "在上限处次数相同时，取排序靠前的 token。")
def test_ties(candidate):
    for train in (
        [["d", "c", "b", "a"]],
        [["c", "c", "d", "d"], ["a", "b", "b", "a"]],
        [["9", "10", "词", "Z", "a"]],
    ):
        for limit in (1, 2, 3):
            same(candidate, train, [["a", "b", "c", "d", "10"]], max_features=limit)


@check("min_df acts before max_features.", "min_df 先于 max_features。")
def test_both_limits(candidate):
    train = [["x"] * 5 + ["a"], ["a", "b", "y", "y", "y", "y"], ["b", "c"], ["c", "b"]]
    for limit in (1, 2, 3, 9):
        for min_df in (1, 2, 3):
            same(candidate, train, [["a", "b", "c", "x", "y"]], min_df=min_df, max_features=limit)


@check(
    "Without a limit on the columns the counts are raw, however large.",
    "不设上限时就是原始次数，多大都一样。",
)
def test_counts(candidate):
    same(candidate, [["a", "b", "c"]], [["a"] * 300 + ["b"], ["b"] * 2 + ["a"] + ["b"] * 7, ["c"]])
    same(candidate, [["a", "b"]], [["a"] * count + ["b"] for count in range(6)])


@check(
    "binary marks what occurs, and does not touch the choice of the tokens.",
    "binary 只标记是否出现，不影响选哪些 token。",
)
def test_binary(candidate):
    train = [["x", "x", "x", "b"], ["b", "a"], ["a", "c"]]
    for options in ({}, {"max_features": 1}, {"max_features": 2}, {"min_df": 2}):
        same(candidate, train, [["a", "a", "x", "x"], ["b"], [], ["c", "b", "c"]], binary=True, **options)


@check(
    "Empty documents keep their rows, and may stand in the training set.",
    "空文档保留自己的行，训练集里也可以有。",
)
def test_empty_documents(candidate):
    same(candidate, [[], ["a", "b"], []], [[], ["a"], [], ["b", "a"]])
    same(candidate, [["a"], []], [[]])


@check(
    "Nothing may be left of the vocabulary: the matrix is (N, 0).", "词表可能一个不剩：矩阵形状为 (N, 0)。"
)
def test_nothing_left(candidate):
    same(candidate, [["a"], ["b"]], [["a", "b"], []], min_df=2)
    same(candidate, [["a"], ["b"]], [["a", "b"]], min_df=3, max_features=2, binary=True)
    same(candidate, [[]], [["a"], ["b"], []])


@check(
    "Tokens are taken as given, and the columns are sorted.",
    "token 按原样处理，列按排序后的顺序。",
)
def test_tokens_as_given(candidate):
    same(
        candidate,
        [["apple", "Zoo", "zoo", "b"], ["é", "Zoo"]],
        [["zoo", "Zoo", "é", "apple"]],
        max_features=4,
    )
    same(
        candidate,
        [["Cat", "cat", "cats"], ["10", "9"]],
        [["CAT", "cat", "cat", "ca"], ["Cat", "1", "9", "10"]],
    )
    same(
        candidate, [["词元", "词"], ["", "a b", "the"]], [["元", "词", ""], ["a", "b", "a b", "the", "词元"]]
    )


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    for train in ([["a"], ["b", "a"]], [["c", "b"], ["b"]], [["a"], ["b", "a"]], [["z", "a", "a"]]):
        same(candidate, train, [["a", "b", "c"], ["z"]], max_features=2)


@check("A hundred documents and a larger vocabulary.", "上百篇文档和更大的词表。")
def test_many_documents(candidate):
    rng = fresh_rng(1)
    words = [f"w{k}" for k in range(40)]
    train, docs = collection(rng, 60, 12, words), collection(rng, 100, 20, [*words, "new"])
    same(candidate, train, docs)
    same(candidate, train, docs, min_df=9, max_features=12)


@check(
    "Matrix and vocabulary equal the definition for drawn documents and limits.",
    "在随机文档和限制下，矩阵和词表都等于定义。",
    examples=100,
    seed=st.integers(0, 9_999),
    documents=sizes(1, 5),
    longest=sizes(1, 8),
    min_df=sizes(1, 3),
    max_features=st.none() | sizes(1, 5),
    binary=st.booleans(),
)
def test_values(candidate, seed, documents, longest, min_df, max_features, binary):
    rng = fresh_rng(seed)
    words = [WORDS[int(k)] for k in rng.permutation(len(WORDS))[: int(rng.integers(2, 9))]]
    train = collection(rng, documents, longest, words[1:])
    docs = collection(rng, int(rng.integers(1, 4)), longest, words)
    same(candidate, train, docs, min_df=min_df, max_features=max_features, binary=binary)
