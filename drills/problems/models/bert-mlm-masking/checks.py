"""Checks of `bert-mlm-masking`: what is chosen follows coins, and what becomes of it a known distribution, tested exactly.

A right solution is rejected with a probability below 1e-8 over all checks together.
"""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_equal, check, fresh_rng, require, unpack
from drills.distributions import binomial_tail
from drills.strategies import sizes, sources

FATES = {"mask": 0.8, "random": 0.1, "kept": 0.1}


def parts(result, ids, vocab, special):
    """(inputs, chosen) of one result, once it is seen to be of the right make: types, labels, special tokens."""
    inputs, labels = unpack(result, 2, "inputs", "labels")
    for name, value in (("inputs", inputs), ("labels", labels)):
        require(
            isinstance(value, np.ndarray) and value.shape == ids.shape and value.dtype == np.int64,
            f"{name} must be an int64 array of shape {ids.shape}.",
            f"{name} 必须是形状为 {ids.shape} 的 int64 数组。",
            actual=value,
            name=name,
        )
    chosen = labels != -100
    assert_equal(labels, np.where(chosen, ids, -100), name="labels")
    require(
        not bool((chosen & np.isin(ids, special)).any()),
        "A special token was chosen.",
        "特殊词元被选中了。",
        actual=labels,
        name="labels",
    )
    assert_equal(
        np.where(chosen, 0, inputs), np.where(chosen, 0, ids), name="inputs where nothing was chosen"
    )
    require(
        bool(((inputs >= 0) & (inputs < vocab)).all()),
        "inputs must lie in [0, vocab_size).",
        "inputs 必须在 [0, vocab_size) 内。",
        actual=inputs,
        name="inputs",
    )
    return inputs, chosen


def run(candidate, ids, key, mask_id, vocab, special, *probability):
    result = candidate.mask_tokens(ids.copy(), fresh_rng(1, key), mask_id, vocab, list(special), *probability)
    return parts(result, ids, vocab, special)


def follow(outcomes, probabilities, name):
    """The counts of the outcomes 0 … k − 1 are those of independent draws with these probabilities."""
    counts = np.bincount(outcomes, minlength=len(probabilities))
    total = len(outcomes)
    for outcome, (count, p) in enumerate(zip(counts.tolist(), probabilities, strict=True)):
        if abs(count - total * p) < 5 * (total * p * (1 - p)) ** 0.5:
            continue  # within five standard deviations no tail is below 1e-12; the exact sum is slow
        require(
            binomial_tail(count, total, float(p)) > 1e-12,
            f"{name}: {outcome} came in {count / total:.3f} of {total} draws; its probability is {p:.3f}.",
            f"{name}：{total} 次抽取中 {outcome} 的频率为 {count / total:.3f}，应有概率 {p:.3f}。",
            expected=np.asarray(probabilities),
            actual=counts / total,
            name="frequencies",
        )


def follow_coins(flags, p, name):
    """Rows of k booleans (n, k): each of the 2**k combinations comes as often as k independent coins make it."""
    width = flags.shape[1]
    heads = [code.bit_count() for code in range(2**width)]
    follow(flags @ (1 << np.arange(width)), [p**n * (1 - p) ** (width - n) for n in heads], name)


def pairs_along(values, axis):
    """Disjoint pairs of neighbours along an axis, (n, 2)."""
    lines = np.moveaxis(values, axis, -1)
    return lines[..., : lines.shape[-1] // 2 * 2].reshape(-1, 2)


def fates(token, mask_id, vocab):
    """The probability of each input id where `token` was chosen: a random id may be the mask or the token itself."""
    probabilities = np.full(vocab, FATES["random"] / vocab)
    probabilities[mask_id] += FATES["mask"]
    probabilities[token] += FATES["kept"]
    return probabilities


@check("Probability 0: nothing is chosen, nothing changes.", "概率为 0 时什么都不选，什么都不变。")
def test_nothing(candidate):
    ids = np.array([[1, *range(4, 10), 2], [1, 5, 2, 0, 0, 0, 0, 0]] * 40)
    for probability in (0.0, 0):
        inputs, chosen = run(candidate, ids, 0, 3, 10, [0, 1, 2, 3], probability)
        require(not chosen.any(), "Nothing may be chosen.", "不应选中任何词元。", actual=chosen)
        assert_equal(inputs, ids, name="inputs")


@check(
    "Probability 1: every ordinary token is chosen, id 0 too where it is ordinary, and no special one.",
    "概率为 1 时选中所有普通词元（id 0 若是普通词元也一样），特殊词元一个都不选。",
)
def test_everything(candidate):
    ids = np.array([[1, 7, 8, 9, 2], [1, 5, 2, 0, 0], [4, 6, 4, 6, 3], [0, 0, 0, 0, 0]])
    for special in ([], [1, 2, 3], [0, 1, 2, 3], [9], list(range(10)), [6, 1, 0]):
        for probability in (1.0, 1):
            for batch in (ids, np.tile(ids, (20, 20))):  # a rare miss shows in the large one
                _, chosen = run(candidate, batch, 1, 3, 10, special, probability)
                assert_equal(chosen, ~np.isin(batch, special), name="chosen")


@check(
    "Each ordinary token is chosen with the given probability, 0.15 by default, however many special ones there are.",
    "每个普通词元以给定概率（默认 0.15）被选中，与特殊词元有多少无关。",
)
def test_share(candidate):
    for key, more in enumerate(((), (0.15,), (0.4,), (0.8,))):
        for special in ([], [5], [3, 4, 5, 6, 7, 8, 9]):
            ids = fresh_rng(2, key).integers(0, 10, (40, 120))
            _, chosen = run(candidate, ids, 10 + key, 3, 10, special, *more)
            ordinary = ~np.isin(ids, special)
            follow_coins(chosen[ordinary][:, None], more[0] if more else 0.15, "chosen")


@check(
    "The choice is independent from token to token: equal ids, neighbours and rows share no draw.",
    "词元之间独立选取：相同的 id、相邻位置、不同的行都不共用抽取结果。",
)
def test_choice_is_independent(candidate):
    for key, shape in enumerate(((60, 100), (2, 2500), (2500, 2))):
        _, chosen = run(candidate, np.full(shape, 7), 20 + key, 3, 10, [0, 1], 0.3)
        for axis in (0, 1):
            follow_coins(pairs_along(chosen, axis), 0.3, f"chosen pair along axis {axis}")


def drawn_often(candidate, ids, key, vocab, special, p):
    """(inputs, chosen) of two hundred calls in a row, (200, B · T) each; mask_id is 3."""
    results = candidate.many(200, "mask_tokens", ids, fresh_rng(3, key), 3, vocab, special, p)
    columns = zip(*(unpack(result, 2, "inputs", "labels") for result in results), strict=True)
    stacked = [np.stack(column) for column in columns]
    inputs, chosen = parts(stacked, np.broadcast_to(ids, (len(results), *ids.shape)), vocab, special)
    return inputs.reshape(len(results), -1), chosen.reshape(len(results), -1)


@check(
    "In short rows too, how many tokens are chosen is left to chance, none to all.",
    "很短的行也一样：选中几个由随机决定，从零个到全部都可能。",
)
def test_tiny_rows(candidate):
    for key, (shape, p) in enumerate((((1, 1), 0.3), ((1, 2), 0.5), ((3, 1), 0.4))):
        _, chosen = drawn_often(candidate, np.full(shape, 7), key, 10, [0], p)
        follow_coins(chosen, p, "chosen tokens")


@check(
    "How many of a few chosen tokens become [MASK] is left to chance as well.",
    "选中的词元很少时，其中几个换成 [MASK] 同样由随机决定。",
)
def test_few_fates(candidate):
    for key, shape in enumerate(((1, 1), (1, 5))):
        inputs, _ = drawn_often(candidate, np.full(shape, 7), 10 + key, 20, [0], 1.0)
        follow_coins(inputs == 3, fates(7, 3, 20)[3], "[MASK] tokens")


@check(
    "Of the chosen, 80 % become [MASK], 10 % a random id and 10 % stay, whatever the probability of choosing.",
    "被选中的词元里 80% 换成 [MASK]、10% 换成随机 id、10% 不变，与选取概率无关。",
)
def test_fates(candidate):
    for key, (vocab, mask_id, token, more) in enumerate(
        (
            (4, 3, 1, (1.0,)),
            (4, 0, 3, (0.5,)),
            (3, 2, 1, ()),
            (1000, 103, 500, (0.9,)),
            (1000, 103, 7, ()),
            (5, 1, 4, (0.05,)),
        )
    ):
        ids = np.full((80, 100), token)
        inputs, chosen = run(candidate, ids, 30 + key, mask_id, vocab, [mask_id], *more)
        got = inputs[chosen]
        kinds = np.where(got == mask_id, 0, np.where(got == token, 1, 2))
        mask, kept = fates(token, mask_id, vocab)[[mask_id, token]]
        follow(kinds, [mask, kept, 1 - mask - kept], "fate (0 [MASK], 1 kept, 2 another id)")


@check(
    "A random id is uniform over the whole vocabulary: first and last, special ids and the token itself included.",
    "随机 id 在整个词表上均匀：包括第一个和最后一个、特殊 id 以及词元自己。",
)
def test_random_ids(candidate):
    for key, (vocab, mask_id, token, special) in enumerate(
        ((30, 4, 7, [0, 1, 2, 3, 4]), (12, 11, 0, []), (3, 1, 2, []), (20, 0, 19, [0, 18]))
    ):
        ids = np.full((100, 300 if vocab < 10 else 110), token)
        inputs, chosen = run(candidate, ids, 40 + key, mask_id, vocab, special, 1.0)
        follow(inputs[chosen], fates(token, mask_id, vocab), "id")


@check(
    "What becomes of a chosen token is drawn for it alone, the random id too.",
    "每个被选中的词元各自抽取处理方式，随机 id 也各抽各的。",
)
def test_fates_are_independent(candidate):
    vocab, mask_id, token = 50, 3, 7
    for key, shape in enumerate(((80, 80), (4_000, 2), (2, 4_000))):
        inputs, _ = run(candidate, np.full(shape, token), 50 + key, mask_id, vocab, [], 1.0)
        for axis in (0, 1):
            pairs = pairs_along(inputs, axis)
            follow_coins(pairs == mask_id, fates(token, mask_id, vocab)[mask_id], f"[MASK] along axis {axis}")
            other = ~np.isin(pairs, [mask_id, token]).any(axis=1)
            same = pairs[other][:, :1] == pairs[other][:, 1:]
            follow_coins(same, 1 / (vocab - 2), f"equal random ids along axis {axis}")


@check("Two calls in a row with one generator draw afresh.", "用同一个生成器连续调用两次，会重新抽取。")
def test_calls_in_a_row(candidate):
    ids, rng = np.full((40, 50), 7), fresh_rng(4)
    chosen = []
    for _ in range(2):
        result = candidate.mask_tokens(ids.copy(), rng, 3, 10, [0], 0.3)
        chosen.append(parts(result, ids, 10, [0])[1].ravel())
    follow_coins(np.stack(chosen, axis=1), 0.3, "chosen in both calls")


@check(
    "All chance comes from rng: equal seeds give equal results whatever was called before, other seeds other ones.",
    "随机性只来自 rng：种子相同结果就相同，与之前的调用无关；种子不同结果不同。",
)
def test_reproducible(candidate):
    ids = fresh_rng(5).integers(0, 200, (8, 40))
    first, again, other = (
        unpack(candidate.mask_tokens(ids.copy(), fresh_rng(6, key), 3, 200, [0], 0.5), 2, "inputs", "labels")
        for key in (1, 1, 2)
    )
    for name, mine, repeated in zip(("inputs", "labels"), first, again, strict=True):
        require(
            bool(np.array_equal(mine, repeated)),
            "The same generator state must give the same result.",
            "生成器状态相同，结果必须相同。",
            expected=mine,
            actual=repeated,
            name=name,
        )
    require(
        not np.array_equal(first[1], other[1]) and not np.array_equal(first[0], other[0]),
        "Different seeds must give different results: the draw does not use rng.",
        "不同种子应得到不同的结果：抽取没有用到 rng。",
        actual=other[1],
        name="labels",
    )


@check(
    "On drawn batches labels are the original ids where chosen and −100 elsewhere, and inputs change only there.",
    "在随机批次上，标签在选中处是原来的 id、其余为 −100，inputs 只在选中处改变。",
    source=sources(("normal",), ("float64",)),
    rows=sizes(1, 5),
    length=sizes(1, 12),
    vocab=sizes(5, 40),
    special=st.lists(st.integers(0, 4), max_size=4),
    probability=st.sampled_from([0.0, 0.15, 0.5, 0.9, 1.0]),
    examples=50,
)
def test_drawn(candidate, source, rows, length, vocab, special, probability):
    ids = source.integers(0, vocab, rows, length)
    rng = np.random.default_rng(source.seed)
    result = candidate.mask_tokens(
        ids.copy(), rng, int(source.integers(0, vocab)), vocab, special, probability
    )
    _, chosen = parts(result, ids, vocab, special)
    if probability in (0.0, 1.0):
        assert_equal(chosen, ~np.isin(ids, special) & (probability == 1.0), name="chosen")
