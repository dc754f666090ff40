"""Checks of `sample-token`: the distribution is worked out token by token in float64 and tested exactly.

Wrong orders and wrong filters are given away by tokens that must never (or often) come, so a few hundred
draws decide; a right sampler is rejected with a probability below 1e-9 over all checks together.
"""

import math

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from drills.checking import assert_distribution, check, fresh_rng, require
from drills.strategies import sizes, sources


def distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """The probability of each token, and how far top-p is from any cumulative sum."""
    values = [float(value) for value in logits]
    top = max(values)
    weights = {i: math.exp((value - top) / temperature) for i, value in enumerate(values)}
    ranking = sorted(weights, key=lambda i: (-values[i], i))[:top_k]
    margin = 1.0
    if top_p is not None and top_p < 1:
        total = math.fsum(weights[i] for i in ranking)
        sums = [math.fsum(weights[i] for i in ranking[: n + 1]) / total for n in range(len(ranking))]
        margin = min(abs(value - top_p) for value in sums)
        ranking = ranking[: 1 + sum(value < top_p for value in sums)]
    total = math.fsum(weights[i] for i in ranking)
    probs = np.zeros(len(values))
    for i in ranking:
        probs[i] = weights[i] / total
    return probs, margin


def tokens_of(drawn, vocab):
    """The drawn tokens, once each is seen to be an int in [0, V)."""
    for token in drawn:
        whole = isinstance(token, (int, np.integer)) and not isinstance(token, bool)
        require(
            whole and 0 <= token < vocab,
            f"The result must be an int in [0, {vocab}), not {type(token).__name__} {token!r}.",
            f"返回值必须是 [0, {vocab}) 内的 int，而不是 {type(token).__name__} {token!r}。",
            name="token",
        )
    return [int(token) for token in drawn]


def follows(candidate, key, logits, *, stages=(400, 1200), false_reject=1e-11, **options):
    """The draws follow the distribution that the options define."""
    rng = fresh_rng(7, key)
    probs, margin = distribution(logits, **options)
    assert margin > 1e-6

    def draw(count):
        drawn = candidate.many(count, "sample_token", logits.copy(), rng, **options)
        return tokens_of(drawn, logits.size)

    assert_distribution(draw, probs, stages=stages, false_reject=false_reject)


def log(*probs):
    return np.log(np.array(probs))


@check(
    "Temperature 0 is greedy: the first maximum, whatever the filters are.",
    "温度为 0 即贪心：无论怎样过滤，都取第一个最大值。",
)
def test_greedy(candidate):
    every = ({}, {"top_k": 2}, {"top_p": 0.9}, {"top_k": 3, "top_p": 0.5})
    distinct = [[0.1, 2.0, -1.0, 1.9], [-3.0, -2.0, -2.5], [-7.0], [1e4, 1e4 + 2.0**-30, -1e4]]
    tied = [[5.0, 1.0, 5.0], [1.0, 4.0, 4.0, 4.0], [0.0] * 20]
    for row in distinct + tied:
        logits = np.array(row)
        for options in every if row in distinct else every[:1]:
            drawn = candidate.many(6, "sample_token", logits.copy(), fresh_rng(1), temperature=0.0, **options)
            got = tokens_of(drawn, logits.size)
            require(
                set(got) == {row.index(max(row))},
                "Temperature 0 must return the first maximum every time.",
                "温度为 0 时必须每次都返回第一个最大值。",
                expected=row.index(max(row)),
                actual=got,
                name="token",
            )


@check("Without filters, tokens follow softmax(logits).", "不加过滤时，token 服从 softmax(logits)。")
def test_plain(candidate):
    follows(candidate, 1, log(0.05, 0.5, 0.3, 0.15), stages=(500, 2000))
    follows(candidate, 2, np.array([0.0]), stages=(20,))
    follows(candidate, 30, np.linspace(0, 0.4, 16), stages=(500, 3000))  # finds a share of greedy draws
    follows(candidate, 31, log(0.01, 0.96, 0.01, 0.02), stages=(500, 3000))  # and a share of uniform ones


@check(
    "The temperature divides the logits: below 1 it sharpens, above 1 it flattens.",
    "温度是 logits 的除数：小于 1 更尖锐，大于 1 更平坦。",
)
def test_temperature(candidate):
    follows(candidate, 3, log(0.5, 0.3, 0.2), temperature=0.5)
    follows(candidate, 4, log(0.7, 0.2, 0.1), temperature=2.0)
    for key, temperature in ((34, 0.1), (35, 0.001), (36, 100.0)):  # scaled logits show it
        follows(candidate, key, temperature * log(0.5, 0.3, 0.2), temperature=temperature)


@check(
    "Exactly the k most likely tokens can come, in their own proportions; k may exceed V.",
    "恰好只有最可能的 k 个 token 会出现，比例不变；k 可以大于 V。",
)
def test_top_k(candidate):
    logits = log(0.1, 0.4, 0.2, 0.3)
    for key, k in ((5, 1), (6, 2), (7, 3), (8, 4), (9, 5), (10, 50)):
        follows(candidate, key, logits, top_k=k, stages=(300,))


@check(
    "Top-p keeps the smallest set that reaches p, the crossing token included, and never nothing.",
    "top-p 保留达到 p 的最小集合（包含跨过 p 的那个），且不会为空。",
)
def test_top_p(candidate):
    logits = log(0.1, 0.4, 0.2, 0.3)
    for key, p in ((11, 0.01), (12, 0.39), (13, 0.45), (14, 0.72), (15, 0.95), (16, 1.0)):
        follows(candidate, key, logits, top_p=p, stages=(300, 1000) if key == 13 else (300,))
    follows(candidate, 37, log(0.06, 0.5, 0.3, 0.14), top_p=0.935, stages=(500,))
    follows(candidate, 38, log(0.04, 0.5, 0.3, 0.16), top_p=0.955, stages=(800,))
    follows(candidate, 41, np.zeros(10), top_p=1.0, stages=(300,))  # ten times 0.1 adds up to less than 1
    follows(candidate, 42, np.zeros(12, dtype=np.float32), top_p=1.0, stages=(300,))


@check("The temperature comes before top-p.", "先除以温度，再做 top-p。")
def test_temperature_before_top_p(candidate):
    follows(candidate, 17, log(0.3, 0.5, 0.2), temperature=0.5, top_p=0.6, stages=(300,))
    follows(candidate, 18, log(0.3, 0.5, 0.2), temperature=2.0, top_p=0.45, stages=(300,))


@check(
    "Top-k comes before top-p, and top-p sees the renormalised top-k distribution.",
    "先 top-k 后 top-p，且 top-p 作用于重新归一化后的 top-k 分布。",
)
def test_top_k_before_top_p(candidate):
    logits = log(0.2, 0.4, 0.1, 0.3)
    follows(candidate, 19, logits, top_k=2, top_p=0.5, stages=(300,))
    follows(candidate, 20, logits, top_k=2, top_p=0.9, stages=(300,))
    follows(candidate, 32, logits, top_k=2, top_p=1.0, stages=(300,))
    follows(candidate, 21, logits, top_k=3, top_p=0.75, stages=(300,))
    follows(candidate, 22, logits, top_k=3, top_p=0.79, temperature=1.5, stages=(300,))


@check(
    "Logits of ±1e4 and float32 logits are drawn from correctly.",
    "logits 达到 ±1e4 或为 float32 时也能正确抽样。",
)
def test_large_logits(candidate):
    base = np.array([-1e4, 0.0, math.log(3), math.log(2)])
    base[1:] += 1e4
    follows(candidate, 23, base, stages=(300,))
    follows(candidate, 24, base - 1.5e4, stages=(300,), temperature=2.0, top_k=3, top_p=0.6)
    follows(candidate, 25, log(0.1, 0.6, 0.3).astype(np.float32), stages=(300,), top_p=0.95)
    follows(candidate, 26, log(0.1, 0.6, 0.3).astype(np.float32), stages=(300,), top_k=2, temperature=0.7)


@check(
    "All chance comes from rng: equal seeds give equal tokens, whatever was called before; other seeds other ones.",
    "随机性只来自 rng：种子相同结果就相同，与之前的调用无关；种子不同结果不同。",
)
def test_reproducible(candidate):
    logits, count = np.linspace(0, 1, 16), 40
    for options in ({}, {"temperature": 1.3}, {"top_k": 9}, {"top_p": 0.9}, {"top_k": 12, "top_p": 0.8}):

        def run(key, options=options):
            rng = fresh_rng(2, key)
            return tokens_of(candidate.many(count, "sample_token", logits.copy(), rng, **options), 16)

        first, other, again = run(1), run(2), run(1)
        rng = fresh_rng(2, 1)
        single = [candidate.sample_token(logits.copy(), rng, **options) for _ in range(count)]
        require(
            first == again == tokens_of(single, 16),
            "The same generator state must give the same tokens.",
            "生成器状态相同，抽到的 token 必须相同。",
            expected=first,
            actual=again if first != again else single,
            name="tokens",
        )
        require(
            first != other,
            "Different seeds must give different tokens: the draw does not use rng.",
            "不同种子应得到不同的 token：抽样没有用到 rng。",
            actual=first,
            name="tokens",
        )


@check(
    "On drawn logits and options, only tokens of the right set come, about as often as they should.",
    "在随机的 logits 和参数下，只出现应有的 token，频率也大致正确。",
    examples=20,
    source=sources(("normal",)),
    vocab=sizes(1, 9),
    temperature=st.sampled_from([0.3, 0.8, 1.0, 1.6, 4.0]),
    top_k=st.one_of(st.none(), st.integers(1, 11)),
    top_p=st.one_of(st.none(), st.sampled_from([0.05, 0.3, 0.5, 0.7, 0.9, 1.0])),
)
def test_drawn(candidate, source, vocab, temperature, top_k, top_p):
    logits = source.array(vocab) * float(source.rng.choice([1, 3]))
    gaps = np.diff(np.sort(logits.astype(np.float64)))
    options = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    _, margin = distribution(logits, **options)
    assume(margin > 1e-4 and (gaps > 1e-4).all())
    follows(candidate, source.seed, logits, stages=(200,), false_reject=1e-12, **options)


@check(
    "In vocabularies of hundreds of tokens the tail keeps its share, and the filters still cut exactly.",
    "词表有几百个 token 时，尾部的占比正确，过滤依然精确。",
)
def test_large_vocabulary(candidate):
    one_ahead = np.zeros(200)
    one_ahead[137] = 4.5  # a probability of 0.31
    follows(candidate, 33, one_ahead, stages=(500,))
    logits = fresh_rng(3).permutation(
        np.concatenate([np.linspace(-4, 0, 992), [5.0, 4.8, 4.6, 4.4, 4.2, 4.0, 3.8, 3.6]])
    )
    follows(candidate, 27, logits, top_k=6, stages=(300,))
    follows(candidate, 39, np.linspace(0, 1, 200)[::-1].copy(), top_k=80, stages=(300,))
    follows(candidate, 28, logits, top_k=40, top_p=0.9, temperature=0.5, stages=(300,))
    follows(candidate, 29, logits.astype(np.float32), temperature=0.2, stages=(300,), top_p=0.5)
