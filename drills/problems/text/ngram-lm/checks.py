"""Checks of `ngram-lm`: the definition, which scans the corpus anew for each token, is the specification."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng
from drills.strategies import sizes

WORDS = ["a", "b", "A", "the", "模型", "a b", "b a", "", "."]
CORPUS = [["the", "cat", "sat"], ["the", "dog", "sat"], ["the", "cat", "ran", "the", "cat"], ["a", "cat"]]


def probability(corpus, before, token, n, k):
    """P(token | the last n - 1 of `before`); token None is the end, and so is whatever lies before a start."""
    seen, follows, words = 0, 0, set()
    history = ([None] * n + before)[len(before) + 1 :]
    for line in corpus:
        words.update(line)
        for t in range(len(line) + 1):
            if ([None] * n + line)[t + 1 : t + n] == history:
                seen += 1
                follows += (line[t] if t < len(line) else None) == token
    return (follows + k) / (seen + k * (len(words) + 2)) if follows + k > 0 else 0.0


def oracle(corpus, sentence, n, k=1.0):
    steps = [*sentence, None]
    chances = [probability(corpus, sentence[:t], token, n, k) for t, token in enumerate(steps)]
    return np.array([math.log(chance) if chance > 0 else -math.inf for chance in chances])


def copy(lines):
    return [list(line) for line in lines]


def same(candidate, corpus, sentence, n, **smoothing):
    got = candidate.ngram_log_probs(copy(corpus), list(sentence), n, **smoothing)
    wanted = oracle(corpus, sentence, n, **smoothing)
    assert_close(got, wanted, dtype=np.float64, rtol=1e-9, atol=1e-12, name="log-probabilities")


def same_perplexity(candidate, corpus, sentences, n, **smoothing):
    logs = np.concatenate([oracle(corpus, sentence, n, **smoothing) for sentence in sentences])
    wanted = np.float64(math.exp(-math.fsum(logs) / len(logs)) if np.isfinite(logs).all() else math.inf)
    got = candidate.ngram_perplexity(copy(corpus), copy(sentences), n, **smoothing)
    assert_close(got, wanted, rtol=1e-9, atol=0, name="perplexity")


@check(
    "Worked by hand: a bigram model of two sentences, and a word it has not seen.",
    "手算例子：两句话的二元模型，以及一个没见过的词。",
)
def test_by_hand(candidate):
    corpus = [["a", "b"], ["a"]]
    got = candidate.ngram_log_probs(corpus, ["a", "c"], 2)
    assert_close(got, np.log([1 / 2, 1 / 6, 1 / 4]), rtol=1e-9, name="log-probabilities")
    for sentences, wanted in (([["a", "c"]], 48 ** (1 / 3)), ([["a", "c"], ["a"]], 288**0.2)):
        got = candidate.ngram_perplexity(corpus, sentences, 2)
        assert_close(got, np.float64(wanted), rtol=1e-9, atol=0, name="perplexity")


@check(
    "Maximum likelihood (k = 0) is the ratio of the counts, with start and end symbols.",
    "极大似然（k = 0）就是计数之比，句首、句尾都算。",
)
def test_maximum_likelihood(candidate):
    corpus = [["i", "am", "sam"], ["sam", "i", "am"], ["i", "do", "not", "like", "ham"]]
    for sentence, wanted in ((["i", "am"], [2 / 3, 2 / 3, 1 / 2]), (["sam"], [1 / 3, 1 / 2])):
        got = candidate.ngram_log_probs(copy(corpus), sentence, 2, k=0.0)
        assert_close(got, np.log(wanted), rtol=1e-9, name="log-probabilities")
    got = candidate.ngram_log_probs(copy(corpus), ["i", "am", "sam"], 3, k=0.0)
    assert_close(got, np.log([2 / 3, 1 / 2, 1 / 2, 1]), rtol=1e-9, atol=1e-12, name="log-probabilities")


@check(
    "One number for each token and one for the end, for every order and length.",
    "每个 token 一个数，句尾再加一个，各种阶数和长度都成立。",
)
def test_lengths(candidate):
    for n in (1, 2, 3, 5):
        for sentence in ([], ["the"], ["the", "cat"], ["the", "cat", "ran", "the", "cat", "sat"]):
            same(candidate, CORPUS, sentence, n)


@check("A unigram model: the history is empty, the ends count.", "一元模型：历史为空，句尾也计数。")
def test_unigram(candidate):
    for corpus in ([["a", "a", "b"]], [["a"], ["b", "a"], []], CORPUS):
        for k in (0.0, 1.0):
            same(candidate, corpus, [corpus[0][0], corpus[0][-1]], 1, k=k)


@check("No n-gram reaches from one sentence into the next.", "n-gram 不跨句。")
def test_sentences_apart(candidate):
    for n in (2, 3):
        same(candidate, [["a", "b"], ["c", "d"], ["c", "b"]], ["b", "c", "d"], n)
        same(candidate, [["a"], ["b"], ["a"], ["c"]], ["a", "b"], n)


@check("Empty sentences count in training and can be scored.", "空句子参与训练，也能打分。")
def test_empty_sentences(candidate):
    for n in (1, 2, 3):
        same(candidate, [["a"], [], []], [], n)
        same(candidate, [[], ["a", "b"]], ["a"], n)
        same(candidate, [[]], ["a"], n)
        same_perplexity(candidate, [["a", "b"], []], [[], ["a"], []], n)


@check(
    "V is the number of distinct training tokens plus two, whatever the sentence holds.",
    "V 是训练集中不同 token 的个数加二，与待打分的句子无关。",
)
def test_vocabulary(candidate):
    for n in (1, 2, 3):
        for sentence in (["a"], ["x"], ["x", "y", "z", "x"], ["a", "x", "b"], ["x", "a"]):
            same(candidate, [["a", "a", "b"], ["b", "a"]], sentence, n)
            same(candidate, [["a", "b", "c", "d"], ["b", "a"]], sentence, n, k=0.5)


@check(
    "k weighs the smoothing in numerator and denominator; it is 1 by default.",
    "k 同时作用于分子和分母，默认为 1。",
)
def test_smoothing(candidate):
    for k in (0.01, 0.5, 2, 100.0):
        same(candidate, CORPUS, ["the", "cat", "ran"], 2, k=k)
        same_perplexity(candidate, CORPUS, [["the", "cat"], ["a", "dog"]], 3, k=k)
    same(candidate, CORPUS, ["the", "cat", "ran"], 2)
    same_perplexity(candidate, CORPUS, [["the", "cat"], ["a", "dog"]], 2)


@check(
    "Without smoothing the unseen has -inf, also after an unseen history, and the perplexity is inf.",
    "不平滑时，没见过的为 -inf，历史没见过时也一样，困惑度为 inf。",
)
def test_unseen(candidate):
    for n in (1, 2, 3):
        for sentence in (["cat", "the"], ["the", "bird", "sat"], ["the", "cat", "dog", "a"]):
            same(candidate, CORPUS, sentence, n, k=0.0)
        same_perplexity(candidate, CORPUS, [["the", "cat", "sat"], ["the", "bird"]], n, k=0.0)
        same_perplexity(candidate, CORPUS, [["the", "dog", "sat"]], n, k=0.0)


@check(
    "Tokens are taken as given: case matters, spaces may stand inside.",
    "token 按原样处理：区分大小写，内部可以有空格。",
)
def test_tokens_as_given(candidate):
    same(candidate, [["The", "cat"], ["the", "Cat"]], ["the", "cat"], 2)
    same(candidate, [["a b", "c", "x"], ["a", "b c", "y"]], ["a", "b c", "x"], 3)
    for mark in ("", "_", "|", "\t"):
        same(candidate, [[f"a{mark}b", "c", "x"], ["a", f"b{mark}c", "y"]], ["a", f"b{mark}c", "x"], 3)
    same(candidate, [["a b", "c", "x"], ["a", "b c", "y"]], ["a b", "c", "x"], 3, k=0.0)
    same(candidate, [["词", "元"], ["词元"], ["", "词"]], ["词", "元", ""], 2)


@check(
    "The perplexity weighs every prediction alike, in long and short sentences.",
    "困惑度对每次预测一视同仁，不论句子长短。",
)
def test_perplexity(candidate):
    for n in (1, 2, 3):
        same_perplexity(candidate, CORPUS, [["the", "cat", "ran", "the", "cat", "sat"], ["dog"], []], n)
        same_perplexity(candidate, CORPUS, [["dog", "dog", "a"], ["the"]], n)


@check("Sentences of thousands of tokens do not underflow.", "几千个 token 的句子不会下溢。")
def test_long(candidate):
    rng = fresh_rng(1)
    long = [WORDS[int(t)] for t in rng.integers(len(WORDS), size=3000)]
    wanted = [probability([["a"], ["b"]], [], token, 1, 1.0) for token in (*long, None)]
    got = candidate.ngram_perplexity([["a"], ["b"]], [long], 1)
    assert_close(got, np.float64(math.exp(-np.log(wanted).mean())), rtol=1e-9, atol=0, name="perplexity")


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    for corpus in ([["a", "b"]], [["b"], ["a", "a"]], [["a", "b"]]):
        same(candidate, corpus, ["a", "b"], 2)
        same_perplexity(candidate, corpus, [["a"], ["b"]], 2)
    same(candidate, [["a", "b"]], ["a", "b"], 3, k=0.5)


@check(
    "After any history the probabilities of the training tokens, the end and <unk> add up to 1.",
    "任意历史之后，训练集 token、句尾和 <unk> 的概率之和为 1。",
    examples=25,
    seed=st.integers(0, 9_999),
    n=sizes(1, 4),
    k=st.sampled_from([0.1, 1.0, 3.0]),
)
def test_adds_up(candidate, seed, n, k):
    rng = fresh_rng(seed)
    corpus, history = drawn(rng, 3, 4), drawn(rng, 1, 3)[0]
    words = sorted({token for line in corpus for token in line})
    total = 0.0
    for token in [*words, "never seen"]:
        got = candidate.ngram_log_probs(copy(corpus), [*history, token], n, k)
        assert_close(got, oracle(corpus, [*history, token], n, k), name="log-probabilities")
        total += math.exp(got[len(history)])
    total += math.exp(candidate.ngram_log_probs(copy(corpus), history, n, k)[len(history)])
    assert_close(np.float64(total), np.float64(1.0), rtol=1e-9, name="sum of the probabilities")


def drawn(rng, sentences, longest):
    """Sentences over few words, so that n-grams repeat; some are empty."""
    few = [WORDS[int(t)] for t in rng.permutation(len(WORDS))[: int(rng.integers(2, 5))]]
    return [
        [few[int(t)] for t in rng.integers(len(few), size=int(rng.integers(longest + 1)))]
        for _ in range(sentences)
    ]


@check(
    "Log-probabilities and perplexity equal the definition for drawn sentences.",
    "在随机句子上，对数概率和困惑度都等于定义。",
    examples=80,
    seed=st.integers(0, 9_999),
    sentences=sizes(1, 5),
    longest=sizes(1, 7),
    n=sizes(1, 4),
    k=st.sampled_from([0.0, 0.25, 1.0, 2.0]),
)
def test_values(candidate, seed, sentences, longest, n, k):
    rng = fresh_rng(seed)
    corpus = drawn(rng, sentences, longest)
    test = [*drawn(rng, 2, longest), corpus[0]]
    same(candidate, corpus, test[0], n, k=k)
    same_perplexity(candidate, corpus, test, n, k=k)
