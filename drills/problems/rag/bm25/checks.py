"""Checks of `bm25`: the formula, one document and one query term at a time, is the specification."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng
from drills.strategies import sizes

WORDS = ["gpu", "cache", "kv", "Gpu", "显存", "缓存", "a", "b"]


def oracle(query, docs, k1=1.5, b=0.75):
    """The score of each document; a term that a document lacks adds nothing."""
    scores = []
    tokens = 0
    for doc in docs:
        tokens += len(doc)
    for doc in docs:
        parts = [0.0]
        for term in query:
            tf = len([token for token in doc if token == term])
            if tf:
                df = len([1 for other in docs if term in other])
                idf = math.log(1 + (len(docs) - df + 0.5) / (df + 0.5))
                average = tokens / len(docs)
                parts.append(idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * len(doc) / average)))
        scores.append(math.fsum(parts))
    return np.array(scores)


def same(candidate, query, docs, **parameters):
    """All terms of the sum are positive, so a relative tolerance is fair."""
    got = candidate.bm25_scores(query, docs, **parameters)
    expected = oracle(query, docs, **parameters)
    assert_close(got, expected, dtype=np.float64, rtol=1e-9, atol=1e-12, name="scores")
    return got


def collection(rng, documents, longest, shortest=0):
    """Documents of drawn lengths over a small vocabulary, so that terms repeat."""
    words = WORDS[: int(rng.integers(2, len(WORDS) + 1))]
    return [
        [str(word) for word in rng.choice(words, int(rng.integers(shortest, longest + 1)))]
        for _ in range(documents)
    ]


@check("Worked by hand: two documents, one query term.", "手算例子：两篇文档，一个查询词。")
def test_by_hand(candidate):
    docs = [["a", "b"], ["b", "b", "c", "b", "d", "e"]]
    expected = np.array([math.log(2) * 2.5 / 1.9375, 0.0])
    assert_close(candidate.bm25_scores(["a"], docs), expected, rtol=1e-9, atol=0, name="scores")
    named = candidate.bm25_scores(query=["b"], docs=docs, k1=1.0, b=0.5)
    expected = math.log(1.2) * np.array([2 / 1.75, 6 / 4.25])
    assert_close(named, expected, rtol=1e-9, atol=0, name="scores")
    assert_close(candidate.bm25_scores(["b"], docs, 1.0, 0.5), expected, rtol=1e-9, atol=0, name="scores")


@check("The defaults are k1 = 1.5 and b = 0.75.", "默认值是 k1 = 1.5、b = 0.75。")
def test_defaults(candidate):
    docs = [["gpu", "kv", "gpu"], ["kv"], ["a", "b", "gpu", "a", "b"], ["a"]]
    same(candidate, ["gpu", "kv"], docs)
    same(candidate, ["gpu", "kv"], docs, k1=2.0)
    same(candidate, ["gpu", "kv"], docs, b=0.3)


@check(
    "df counts documents, not occurrences, and a term in every document still scores above 0.",
    "df 统计的是文档数而不是出现次数；每篇文档都有的词，得分仍大于 0。",
)
def test_document_frequency(candidate):
    for docs in (
        [["a", "a", "a", "a"], ["b"], ["b", "c"]],
        [["a"], ["a", "b"], ["a", "a", "c"]],
        [["a"], ["a"], ["a"], ["b"]],
        [["a"]],
    ):
        for query in (["a"], ["b"], ["a", "b"]):
            same(candidate, query, docs)


@check(
    "The term frequency saturates: k1 bends it, and large counts are legal.",
    "词频会饱和：由 k1 控制，次数很多也没问题。",
)
def test_saturation(candidate):
    docs = [["a"] * count + ["b"] * (300 - count) for count in (0, 1, 2, 5, 40, 300)]
    for k1 in (0.1, 1.2, 1.5, 2.0, 100.0):
        same(candidate, ["a"], docs, k1=k1)


@check(
    "Length is normalised: not at all for b = 0, fully for b = 1.",
    "长度归一化：b = 0 时不起作用，b = 1 时完全起作用。",
)
def test_length(candidate):
    docs = [["a"], ["a", "b"], ["a"] + ["c"] * 8, ["a", "a"] + ["b"] * 3]
    for b in (0.0, 0.25, 0.75, 1.0):
        same(candidate, ["a", "b"], docs, b=b)


@check(
    "Empty documents count in N and in the average length, and score 0.",
    "空文档计入 N 和平均长度，得分为 0。",
)
def test_empty_documents(candidate):
    for docs in (
        [[], ["a", "b"], ["a"]],
        [["a", "b", "a"], [], [], ["b"]],
        [[], ["a"]],
        [["a"], [], [], []],
    ):
        for b in (0.0, 0.5, 0.75):
            same(candidate, ["a", "b"], docs, b=b)


@check("When all documents are empty, all scores are 0.", "所有文档都为空时，得分全为 0。")
def test_all_empty(candidate):
    for count in (1, 3):
        got = candidate.bm25_scores(["a", "b"], [[] for _ in range(count)])
        assert_close(got, np.zeros(count), rtol=0, atol=0, name="scores")


@check("A query term that stands twice counts twice.", "查询里出现两次的词计两次。")
def test_repeated_query_term(candidate):
    docs = [["a", "b"], ["b", "b", "c"], ["c", "a", "a"], ["d"]]
    for query in (["a", "a"], ["b", "a", "b"], ["a", "b", "a", "c", "a"], ["c"] * 5):
        same(candidate, query, docs)


@check("A term that no document holds adds nothing.", "任何文档都没有的词不加分。")
def test_unknown_term(candidate):
    docs = [["a", "b"], ["b"], ["c", "b", "a"]]
    for query in (["zebra"], ["zebra", "a"], ["a", "zebra", "zebra", "b"]):
        same(candidate, query, docs)


@check(
    "Tokens are compared as they are: case matters, a part of a word is another word.",
    "token 按原样比较：区分大小写，词的一部分是另一个词。",
)
def test_tokens_as_given(candidate):
    docs = [["GPU", "gpus"], ["gpu", "显存"], ["显", "存", "Gpu"], ["gp", "u", "g p u", "", " gpu"]]
    for query in (["gpu"], ["GPU"], ["显存"], ["存", "gpu"], ["g p u", "u"]):
        same(candidate, query, docs)


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    for docs in ([["a"], ["b"], ["c"]], [["a"], ["a"], ["c", "c"]], [["a"], ["b"], ["c"]], [["b", "a"]]):
        same(candidate, ["a", "c"], docs)


@check("Some hundred documents, in their order.", "上百篇文档，按原来的顺序。")
def test_many_documents(candidate):
    rng = fresh_rng(1)
    docs = collection(rng, 400, 12)
    same(candidate, ["gpu", "kv", "cache", "gpu"], docs)


@check(
    "The scores equal the formula for drawn documents, queries and parameters.",
    "在随机的文档、查询和参数下，得分等于公式。",
    examples=100,
    seed=st.integers(0, 9_999),
    documents=sizes(1, 6),
    longest=sizes(1, 8),
    terms=sizes(1, 5),
    k1=st.sampled_from([0.5, 1.2, 1.5, 2.0, 10.0]),
    b=st.sampled_from([0.0, 0.3, 0.75, 1.0]),
)
def test_values(candidate, seed, documents, longest, terms, k1, b):
    rng = fresh_rng(seed)
    docs = collection(rng, documents, longest, shortest=1 if b == 1.0 else 0)
    query = [str(word) for word in rng.choice(WORDS, terms)]
    same(candidate, query, docs, k1=k1, b=b)
