"""Checks of `speculative-sampling`: acceptance and second draw are tested exactly, for one drafted token at a time.

A drafted token that is always or never accepted, and a token that the second draw can never give, fail at
the first call that shows it; a right sampler is rejected with a probability below 1e-9 over all checks.
"""

from fractions import Fraction

import numpy as np
from hypothesis import assume

from drills.checking import assert_distribution, check, fresh_rng, require, unpack
from drills.strategies import sizes, sources

FALSE_REJECT = 1e-11
DTYPES = (np.float64, np.float32)


def law(target, draft, token):
    """The probability of acceptance, and those of the tokens after a rejection."""
    p = [Fraction(value) for value in target.tolist()]
    q = [Fraction(value) for value in draft.tolist()]
    accept = min(Fraction(1), p[token] / q[token])
    missing = [max(a - b, Fraction(0)) for a, b in zip(p, q, strict=True)]
    total = sum(missing) or Fraction(1)
    return float(accept), np.array([float(mass / total) for mass in missing])


def outcomes(results, vocab):
    """The calls' results as (accepted, token), once each is seen to be a bool and an int in [0, V)."""
    read = []
    for result in results:
        accepted, token = unpack(result, 2, "accepted", "token")
        require(
            isinstance(accepted, (bool, np.bool_)),
            f"accepted must be True or False, not {type(accepted).__name__}.",
            f"accepted 应为 True 或 False，而不是 {type(accepted).__name__}。",
            actual=accepted,
            name="accepted",
        )
        index = token.item() if isinstance(token, (np.integer, np.ndarray)) and np.ndim(token) == 0 else token
        require(
            isinstance(index, int) and not isinstance(index, bool) and 0 <= index < vocab,
            f"token must be an int in [0, {vocab}).",
            f"token 应为 [0, {vocab}) 内的 int。",
            actual=token,
            name="token",
        )
        read.append((bool(accepted), index))
    return read


def follows(candidate, key, target, draft, token, count=400, rng=None):
    """`count` calls for one drafted token: how often it is accepted, and what comes when it is not."""
    rng = fresh_rng(11, key) if rng is None else rng
    accept, probabilities = law(target, draft, token)
    results = candidate.many(count, "accept_or_resample", target.copy(), draft.copy(), token, rng)
    results = outcomes(results, target.size)
    kept = [after for accepted, after in results if accepted]
    drawn = [after for accepted, after in results if not accepted]
    require(
        set(kept) <= {token},
        "An accepted token must come back as it is.",
        "被接受的 token 必须原样返回。",
        expected=token,
        actual=sorted(set(kept)),
        name="token",
    )
    if accept == 1:
        require(
            not drawn,
            "A token with target ≥ draft must always be accepted.",
            "target ≥ draft 的 token 必须总被接受。",
            actual=len(drawn),
            name="rejections",
        )
        return
    require(
        accept > 0 or not kept,
        "A token with target probability 0 must never be accepted.",
        "target 概率为 0 的 token 绝不能被接受。",
        actual=len(kept),
        name="acceptances",
    )
    if drawn:
        stages = (len(drawn),)
        assert_distribution(lambda _: drawn, probabilities, stages=stages, false_reject=FALSE_REJECT)
    flags = [int(accepted) for accepted, _ in results]
    both = np.array([1 - accept, accept])
    assert_distribution(lambda _: flags, both, stages=(count,), false_reject=FALSE_REJECT, name="accepted =")


def every_token(candidate, key, target, draft, count=400):
    """The same for each token that the draft can give."""
    for token in np.flatnonzero(draft).tolist():
        follows(candidate, 100 * key + token, target, draft, token, count)


def softmax(source, vocab, spread):
    z = source.rng.standard_normal(vocab) * spread
    weights = np.exp(z - z.max())
    return (weights / weights.sum()).astype(source.dtype)


@check(
    "Where chance plays no part: the target is certain of the drafted token, or of another.",
    "没有随机性的情形：target 确定就是草稿 token，或者确定是另一个。",
)
def test_certain(candidate):
    first, last = np.array([1.0, 0, 0]), np.array([0, 0, 1.0])
    for target, draft, token in ((first, last, 2), (last, first, 0), (last, last, 2), (first, first, 0)):
        result = candidate.accept_or_resample(target.copy(), draft.copy(), token, fresh_rng(10))
        ((accepted, after),) = outcomes([result], 3)
        require(
            (accepted, after) == (bool(target[token]), int(np.argmax(target))),
            "Only one result is possible here.",
            "这里只有一种可能的结果。",
            expected=(bool(target[token]), int(np.argmax(target))),
            actual=(accepted, after),
            name="result",
        )


@check("Worked by hand: the three tokens of the task.", "手算例子：题目中的三个 token。")
def test_by_hand(candidate):
    every_token(candidate, 1, np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.5, 0.3]), 600)


@check(
    "A token with target ≥ draft is always accepted, also when both distributions are the same.",
    "target ≥ draft 的 token 总被接受，两个分布完全相同时也一样。",
)
def test_always_accepted(candidate):
    for dtype in DTYPES:
        for probs in ([1 / 3] * 3, [1 / 7] * 7, [0.1, 0.2, 0.7], [1.0]):
            same = np.array(probs, dtype=dtype)
            every_token(candidate, 2, same, same.copy(), 60)


@check(
    "A token that the target gives no probability is always rejected.",
    "target 概率为 0 的 token 总被拒绝。",
)
def test_never_accepted(candidate):
    for dtype in DTYPES:
        target = np.array([0, 0.5, 0.25, 0.25, 0], dtype=dtype)
        draft = np.array([0.25, 0.125, 0.125, 0.25, 0.25], dtype=dtype)
        every_token(candidate, 4, target, draft, 250)


@check(
    "For rare tokens, too, it is the ratio that counts.",
    "概率极小的 token 同样按比值决定。",
)
def test_rare(candidate):
    for dtype in DTYPES:
        for key, drafted in enumerate((1e-12, 1e-20)):
            for share in (0, 0.25, 1, 1e3):
                target = np.array([0.25, 0.75, share * drafted], dtype=dtype)
                draft = np.array([0.5, 0.5, drafted], dtype=dtype)
                follows(candidate, 300 + key, target, draft, 2, 150)


@check(
    "After a rejection the tokens come in proportion to max(target − draft, 0).",
    "被拒绝之后，各 token 按 max(target − draft, 0) 的比例出现。",
)
def test_residual(candidate):
    follows(candidate, 500, np.array([0.05, 0.5, 0.45]), np.array([0.5, 0.45, 0.05]), 0, 500)
    target = np.array([0.1, 0.05, 0.15, 0.35, 0.35, 0.0])
    draft = np.array([0.7, 0.0, 0.1, 0.05, 0.05, 0.1])
    follows(candidate, 501, target, draft, 0, 1500)
    follows(candidate, 502, target, draft, 5, 1500)


@check(
    "The second draw is independent of the number that decided on acceptance.",
    "第二次抽样与决定是否接受的随机数相互独立。",
)
def test_independent_draws(candidate):
    follows(candidate, 600, np.array([0.25, 0.375, 0.375]), np.array([0.5, 0.25, 0.25]), 0, 600)
    follows(candidate, 601, np.array([0.375, 0.375, 0.25]), np.array([0.25, 0.25, 0.5]), 2, 600)
    follows(candidate, 602, np.array([0.25, 0.25, 0.25, 0.25]), np.array([1.0, 0, 0, 0]), 0, 900)


@check(
    "The draft or the target may be certain of its token.",
    "draft 或 target 可以把全部概率放在一个 token 上。",
)
def test_one_hot(candidate):
    for dtype in DTYPES:
        spread, certain = np.array([0.5, 0.125, 0.375]), np.array([0, 0, 1])
        follows(candidate, 700, spread.astype(dtype), certain.astype(dtype), 2, 400)
        every_token(candidate, 8, certain.astype(dtype), spread.astype(dtype), 100)
        every_token(candidate, 9, certain.astype(dtype), certain[::-1].astype(dtype), 60)


@check(
    "Where the distributions all but agree, the few rejections give the tokens that gained.",
    "两个分布几乎相同时，少数被拒绝的情形只会给出概率增大的 token。",
)
def test_nearly_equal(candidate):
    for dtype in DTYPES:
        draft = np.array([0.25, 0.25, 0.25, 0.125, 0.125], dtype=dtype)
        target = draft + np.array([-1, 0, 0, 1, 0], dtype=dtype) / 64
        every_token(candidate, 10, target, draft, 500)


@check(
    "The tokens that come back are distributed as the target, whatever the draft is.",
    "无论 draft 怎样，最终返回的 token 都服从 target。",
)
def test_target_law(candidate):
    target = np.array([0.4, 0.3, 0.15, 0.1, 0.05])
    for key, draft in ((12, [0.2] * 5), (13, [0.05, 0.1, 0.15, 0.3, 0.4])):
        rng, draft = fresh_rng(key), np.array(draft)
        share = rng.multinomial(3000, draft).tolist()
        tokens = []
        for token, count in enumerate(share):
            results = candidate.many(
                count, "accept_or_resample", target.copy(), draft.copy(), token, fresh_rng(key, token)
            )
            tokens += [after for _, after in outcomes(results, 5)]
        assert_distribution(
            lambda _, tokens=tokens: tokens, target, stages=(len(tokens),), false_reject=FALSE_REJECT
        )


@check(
    "All chance comes from rng: equal seeds give equal results, whatever was called before; other seeds other ones.",
    "随机性只来自 rng：种子相同结果就相同，与之前的调用无关；种子不同结果不同。",
)
def test_reproducible(candidate):
    target, draft = np.full(16, 1 / 16), np.append(np.full(15, 1 / 32), 17 / 32)

    def run(key):
        rng = fresh_rng(14, key)
        return outcomes(candidate.many(40, "accept_or_resample", target.copy(), draft.copy(), 15, rng), 16)

    first, other, again = run(1), run(2), run(1)
    rng = fresh_rng(14, 1)
    single = [candidate.accept_or_resample(target.copy(), draft.copy(), 15, rng) for _ in range(40)]
    single = outcomes(single, 16)
    require(
        first == again == single,
        "The same generator state must give the same results.",
        "生成器状态相同，结果必须相同。",
        expected=first,
        actual=again if first != again else single,
        name="results",
    )
    require(
        first != other,
        "Different seeds must give different results: the draws do not use rng.",
        "不同种子应得到不同的结果：抽样没有用到 rng。",
        actual=first,
        name="results",
    )


@check(
    "On drawn distributions each drafted token is accepted and replaced as it should.",
    "在随机的分布上，每个 token 的接受和重抽都正确。",
    examples=25,
    source=sources(("normal",)),
    vocab=sizes(1, 9),
    spread=sizes(0, 3),
)
def test_drawn(candidate, source, vocab, spread):
    target, draft = softmax(source, vocab, spread), softmax(source, vocab, 2)
    target[source.mask(vocab, share=0.2)] = 0
    assume(target.any())
    target /= target.sum()
    token = int(source.rng.choice(vocab))
    follows(candidate, source.seed, target, draft, token, 150)


@check(
    "In vocabularies of hundreds of tokens only those come that the target favours.",
    "词表有几百个 token 时，重抽只会得到 target 更偏好的 token。",
    examples=6,
    source=sources(("normal",)),
    vocab=sizes(200, 600),
)
def test_large_vocabulary(candidate, source, vocab):
    target, draft = softmax(source, vocab, 2), softmax(source, vocab, 2)
    token = int(np.argmax(draft - target))
    follows(candidate, source.seed, target, draft, token, 200)
