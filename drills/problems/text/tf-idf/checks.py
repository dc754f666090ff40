"""Checks of `tf-idf`: the definition, one document and one token at a time, is the specification."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, assert_equal, check, fresh_rng, unpack
from drills.strategies import sizes

WORDS = ["cat", "Cat", "cats", "a", "b", "10", "9", "词", "词元", "模型", "", "a b", "é", "Zoo"]


def oracle(docs):
    """The matrix and the vocabulary, from the definition."""
    vocab = []
    for doc in docs:
        for token in doc:
            if token not in vocab:
                vocab.append(token)
    vocab.sort()
    matrix = np.zeros((len(docs), len(vocab)))
    for i, doc in enumerate(docs):
        for j, token in enumerate(vocab):
            tf = len([other for other in doc if other == token])
            df = len([other for other in docs if token in other])
            matrix[i, j] = tf * (math.log((1 + len(docs)) / (1 + df)) + 1)
        length = math.sqrt(math.fsum(value * value for value in matrix[i]))
        if doc:
            matrix[i] = matrix[i] / length
    return matrix, vocab


def same(candidate, docs):
    """Weights are at least 1 before the normalisation, so a tiny epsilon in it does no harm."""
    matrix, vocab = unpack(candidate.tf_idf([list(doc) for doc in docs]), 2, "matrix", "vocab")
    wanted, words = oracle(docs)
    assert_equal(vocab, words, name="vocab")
    assert_close(matrix, wanted, dtype=np.float64, rtol=2e-8, atol=1e-12, name="matrix")


def collection(rng, documents, longest, words=None):
    """Documents of drawn lengths, some empty, at least one not, over a vocabulary in which words repeat."""
    words = words or [str(word) for word in rng.permutation(WORDS)[: int(rng.integers(1, len(WORDS) + 1))]]
    docs = [
        [words[int(k)] for k in rng.integers(len(words), size=int(rng.integers(longest + 1)))]
        for _ in range(documents)
    ]
    docs[int(rng.integers(documents))].append(words[0])
    return docs


@check("Worked by hand: two words and an empty document.", "手算例子：两个词和一篇空文档。")
def test_by_hand(candidate):
    docs = [["b", "a", "b", "a", "b", "b", "a"], ["b", "a"]]  # both words everywhere: idf 1
    matrix, vocab = unpack(candidate.tf_idf(docs), 2, "matrix", "vocab")
    assert_equal(vocab, ["a", "b"], name="vocab")
    assert_close(matrix, np.array([[0.6, 0.8], [0.5**0.5, 0.5**0.5]]), rtol=2e-8, name="matrix")
    docs = [["b", "a", "a"], ["c", "b"], []]
    rare, common = math.log(2) + 1, math.log(4 / 3) + 1
    first, second = math.hypot(2 * rare, common), math.hypot(common, rare)
    wanted = [[2 * rare / first, common / first, 0], [0, common / second, rare / second], [0, 0, 0]]
    matrix, vocab = unpack(candidate.tf_idf(docs), 2, "matrix", "vocab")
    assert_equal(vocab, ["a", "b", "c"], name="vocab")
    assert_close(matrix, np.array(wanted), rtol=2e-8, name="matrix")


@check("A single document: every idf is 1.", "只有一篇文档时，所有 idf 都为 1。")
def test_one_document(candidate):
    for doc in (["a"], ["b", "a"], ["c", "c", "c", "c", "a", "a", "a"], ["a"] * 50):
        same(candidate, [doc])


@check("The idf counts documents, not occurrences.", "idf 统计的是文档数，不是出现次数。")
def test_document_frequency(candidate):
    same(candidate, [["a", "a", "a", "b"], ["b", "c"], ["c", "c"]])
    same(candidate, [["a", "a", "b"], ["a", "c"], ["a", "a", "a", "a"], ["b"]])
    same(candidate, [["a", "b"]] * 4)
    same(candidate, [["a", "b"], ["a", "b"], ["a"], ["c", "a"]])  # the same document twice is two documents


@check("The term frequency is the raw count, however large.", "词频就是原始次数，多大都一样。")
def test_raw_count(candidate):
    same(candidate, [["a"] * 300 + ["b"] * 2 + ["c"], ["b"], ["c"] * 7 + ["a"]])
    same(candidate, [["a"] * count + ["b"] for count in range(6)])


@check(
    "Empty documents count in N; their rows are zeros, in place.",
    "空文档计入 N，对应的行全零，且保留在原位。",
)
def test_empty_documents(candidate):
    for docs in (
        [[], ["a", "b"], ["a"]],
        [["a", "b", "a"], [], [], ["b", "c"]],
        [["a", "b", "b"], ["b"], []],
        [["a", "b"], ["c"], [], [], [], []],
    ):
        same(candidate, docs)


@check(
    "Tokens are taken as given: case, single characters, digits, spaces inside and parts of words.",
    "token 按原样处理：大小写、单个字符、数字、内含空格，以及词的一部分。",
)
def test_tokens_as_given(candidate):
    same(candidate, [["Cat", "cat"], ["CAT", "cat", "cats"], ["ca", "t"]])
    same(candidate, [["词元", "词"], ["元", "模型"], ["模", "型", "a b"], ["a", "b", "", " a"]])
    same(candidate, [["a.", "a", ",", "the"], ["The", "12", "1", "2"]])


@check("The vocabulary is sorted, and the columns follow it.", "词表已排序，矩阵的列与之对应。")
def test_sorted_vocabulary(candidate):
    same(candidate, [["pear", "Zoo", "apple"], ["10", "9", "pear"], ["é", "zoo", "词", "apple"]])
    same(candidate, [["d", "c"], ["b"], ["a", "a", "a"]])


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    for docs in ([["a"], ["b", "a"]], [["c", "b"], ["b"]], [["a"], ["b", "a"]], [["z", "a", "a"]]):
        same(candidate, docs)


@check("A hundred documents and a larger vocabulary.", "上百篇文档和更大的词表。")
def test_many_documents(candidate):
    rng = fresh_rng(1)
    same(candidate, collection(rng, 100, 20, [f"w{k}" for k in range(40)]))


@check(
    "Matrix and vocabulary equal the definition for drawn documents.",
    "在随机文档上，矩阵和词表都等于定义。",
    examples=100,
    seed=st.integers(0, 9_999),
    documents=sizes(1, 6),
    longest=sizes(1, 8),
)
def test_values(candidate, seed, documents, longest):
    same(candidate, collection(fresh_rng(seed), documents, longest))
