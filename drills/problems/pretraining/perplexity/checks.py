"""Checks of `perplexity`: token by token, with exact sums of Python floats, is the specification."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, expect_error, fresh_rng
from drills.strategies import Source, sizes, sources


def oracle(batches):
    losses = []
    for logits, ids, mask in batches:
        for b, t in np.argwhere(mask):
            if t == 0:
                continue
            row = logits[b, t - 1].astype(np.float64)
            z = row[ids[b, t]]
            if z == -np.inf:
                return math.inf
            # -ln softmax = ln Σ exp(z_j - z), shifted by the largest difference
            gaps = [float(other - z) for other in row]
            top = max(gaps)
            losses.append(top + math.log(math.fsum(math.exp(gap - top) for gap in gaps)))
    mean = math.fsum(losses) / len(losses)
    return math.exp(mean) if mean < 709 else math.inf


def compare(candidate, batches):
    """A logit is rounded to its own size, and the exponential turns an absolute error into a relative one."""
    got = candidate.perplexity([tuple(array.copy() for array in batch) for batch in batches])
    unit, largest = 1e-9, 1.0
    for logits, _, mask in batches:
        used = logits[:, :-1][mask[:, 1:]]
        largest = max(largest, float(np.abs(used[np.isfinite(used)]).max(initial=0)))
        unit = max(unit, {"float64": 1e-14, "float32": 2e-6}[logits.dtype.name] * largest)
    assert_close(got, np.float64(oracle(batches)), rtol=unit, atol=0, name="perplexity")


def draw(source, batch, length, vocabulary, mask=None):
    """A batch whose uncounted tokens have no valid id."""
    if mask is None:
        mask = np.ones((batch, length), bool)
    ids = np.where(mask, source.integers(0, vocabulary, batch, length), -100)
    return source.array(batch, length, vocabulary), ids, mask


def right_padded(lengths, total):
    return np.arange(total) < np.array(lengths)[:, None]


BY_HAND = (
    np.log(np.array([[[1.0, 1], [3, 1], [5, 9]], [[1, 7], [2, 6], [1, 1]]])),
    np.array([[0, 1, 1], [1, 0, 0]]),
    np.array([[True, True, True], [True, True, False]]),
)
ALONE = (
    np.log(np.array([[[1.0, 31], [2, 6], [1, 2], [1, 1]]])),
    np.array([[1, 0, 0, 0]]),
    np.array([[True, True, False, False]]),
)


@check(
    "Worked by hand: a single counted token of probability 1/32 gives 32; 1/2, 1/4 and 1/8 together give 4.",
    "手算例子：只有一个 token 计入、概率为 1/32 时，困惑度为 32；1/2、1/4、1/8 合起来为 4。",
)
def test_by_hand(candidate):
    for batch, want in ((ALONE, 32.0), (BY_HAND, 4.0)):
        got = candidate.perplexity([tuple(array.copy() for array in batch)])
        assert_close(got, np.float64(want), name="perplexity")


@check(
    "The mean is over tokens: however they are cut into sequences and batches, the result is the same.",
    "对 token 取平均：怎样分成序列和批次，结果都一样。",
)
def test_uneven(candidate):
    source = Source(1)
    for lengths in ([2, 9], [9, 2, 2], [5, 5, 5]):
        whole = draw(source, len(lengths), 9, 4, right_padded(lengths, 9))
        compare(candidate, [whole])
        one_by_one = [tuple(array[b : b + 1, :length] for array in whole) for b, length in enumerate(lengths)]
        compare(candidate, one_by_one)
        compare(candidate, [tuple(array[:1] for array in whole), tuple(array[1:] for array in whole)])


@check(
    "logits[t] predicts token t + 1; the first token is predicted by nothing, nothing follows the last logits.",
    "logits[t] 预测第 t + 1 个 token；第一个 token 没有预测，最后一个 logits 用不上。",
)
def test_shift(candidate):
    peak = np.eye(5) * 8.0
    ids = np.array([[3, 0, 4, 1, 1], [2, 2, 0, 3, 4]])
    mask = np.ones((2, 5), bool)
    for shift in (-1, 0, 1, 2):
        compare(candidate, [(peak[np.roll(ids, shift, axis=1)], ids, mask)])
    source = Source(2)
    compare(candidate, [draw(source, 1, 2, 3)])
    compare(candidate, [draw(source, 3, 2, 3), draw(source, 2, 6, 300)])


@check(
    "The mask belongs to the token that is predicted, wherever it has gaps: prompts, padding on either side.",
    "掩码属于被预测的 token，空缺可以在任何位置：提示部分、左填充或右填充。",
)
def test_mask(candidate):
    source = Source(3)
    for rows in (
        [[0, 0, 0, 1, 1], [0, 0, 1, 1, 1]],
        [[1, 1, 1, 0, 0], [1, 1, 0, 0, 0]],
        [[1, 0, 1, 0, 1], [0, 1, 0, 1, 0]],
        [[1, 0, 0, 0, 0], [0, 0, 0, 0, 1]],
        [[0, 1, 1, 1, 1], [1, 1, 1, 1, 1]],
    ):
        compare(candidate, [draw(source, 2, 5, 4, np.array(rows, bool))])


@check(
    "What does not count has no influence: ids out of range, logits that are NaN or infinite.",
    "不计入的位置没有任何影响：id 可以越界，logits 可以是 NaN 或无穷大。",
)
def test_uncounted(candidate):
    for junk, bad in ((np.nan, -100), (np.inf, 10**6), (-np.inf, -1), (1e308, 4)):
        source = Source(4)
        logits, ids, mask = draw(source, 3, 6, 4, right_padded([6, 3, 1], 6))
        unused = np.ones((3, 6), bool)
        unused[:, :-1] = ~mask[:, 1:]
        logits[unused] = junk
        ids[~mask] = bad
        ids[:, 0] = bad
        compare(candidate, [(logits, ids, mask)])
        compare(candidate, [draw(source, 1, 4, 4), (logits, ids, mask)])


@check(
    "A batch that counts nothing, has one token a sequence or no sequence, changes nothing.",
    "不含计入 token 的批次、每个序列只有一个 token 的批次、没有序列的批次，都不改变结果。",
)
def test_empty_batches(candidate):
    source = Source(5)
    full = draw(source, 2, 4, 3)
    nothing = draw(source, 2, 4, 3, np.zeros((2, 4), bool))
    single = draw(source, 3, 1, 3)
    none = draw(source, 0, 4, 3)
    for batches in ([nothing, full], [full, single], [none, full, nothing], [single, full, none]):
        compare(candidate, batches)


@check("When nothing counts at all it raises ValueError.", "完全没有计入的 token 时抛出 ValueError。")
def test_nothing_counts(candidate):
    source = Source(6)
    first_only = draw(source, 2, 3, 4, np.array([[True, False, False]] * 2))
    for batches in ([], [draw(source, 2, 1, 4)], [first_only], [draw(source, 0, 3, 4), first_only]):
        expect_error(candidate.perplexity, "ValueError", batches)


@check(
    "Large logits: finite and right where the target is likely, exact where it is not.",
    "logits 很大时结果正确：目标概率高时有限，概率极低时也准确。",
)
def test_large_logits(candidate):
    ids, mask = np.array([[0, 0, 1, 2]]), np.ones((1, 4), bool)
    for dtype in (np.float64, np.float32):
        for rows in (
            [[1e4, 0, -1e4], [-1e4, 1e4, 1e4], [-1e4, -1e4, -1e4], [0, 0, 0]],
            [[0, 300, 0], [0, 0, 400], [64, 0, 0], [0, 0, 0]],
            [[-1e4, -1e4 + 4, 0], [1e4, 1e4 - 8, 0], [0, 0, 1e4], [0, 0, 0]],
        ):
            compare(candidate, [(np.array([rows], dtype), ids, mask)])
        compare(candidate, [(np.full((1, 4, 3), 1e4, dtype), ids, mask)])


@check(
    "One token as good as impossible (NLL 1800) among likely ones: its probability is 0 as a float, the mean is not infinite.",
    "一个几乎不可能的 token（NLL 为 1800）夹在高概率的 token 之间：它的概率下溢为 0，但平均值并非无穷大。",
)
def test_one_unlikely(candidate):
    ids, mask = np.zeros((2, 7), int), np.ones((2, 7), bool)
    for dtype in (np.float64, np.float32):
        logits = np.tile(np.array([4, 0, 1], dtype), (2, 7, 1))
        logits[1, 3] = [-900, 900, 0]
        compare(candidate, [(logits, ids, mask)])


@check(
    "An impossible target (logit −inf) or a mean beyond the largest float gives inf; other logits of −inf are harmless.",
    "目标不可能出现（logit 为 −inf）或平均值超出浮点范围时为 inf；其他 logit 为 −inf 无妨。",
)
def test_infinite(candidate):
    ids, mask = np.array([[0, 0, 1]]), np.ones((1, 3), bool)
    logits = np.array([[[0, -np.inf, 1], [2, 1, -np.inf], [0, 0, 0]]])
    compare(candidate, [(logits, ids, mask)])
    compare(candidate, [(logits, np.array([[0, 0, 2]]), mask), (logits, ids, mask)])
    far = np.array([[[0, 4000.0, 1], [2, 1, 0], [0, 0, 0]]])
    compare(candidate, [(far, ids, mask)])
    for dtype in (np.float64, np.float32):  # one impossible token among hundreds of easy ones
        long = np.tile(np.array([9, 0, 1], dtype), (2, 400, 1))
        long[1, 200, 0] = -np.inf
        compare(candidate, [(long, np.zeros((2, 400), int), np.ones((2, 400), bool))])


@check(
    "Thousands of tokens: a product of probabilities would underflow.",
    "几千个 token：概率连乘会下溢。",
)
def test_long(candidate):
    rng = fresh_rng(7)
    for dtype in (np.float64, np.float32):
        batches = []
        for length in (1500, 700):
            logits = (rng.standard_normal((2, length, 6)) * 2).astype(dtype)
            batches.append(
                (logits, rng.integers(0, 6, (2, length)), right_padded([length, length // 3], length))
            )
        compare(candidate, batches)


@check("A uniform model has perplexity V.", "均匀分布的模型困惑度等于 V。")
def test_uniform(candidate):
    source = Source(8)
    for vocabulary in (1, 2, 7, 50):
        _, ids, mask = draw(source, 2, 4, vocabulary)
        compare(candidate, [(np.full((2, 4, vocabulary), 3.0), ids, mask)])


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    source = Source(9)
    for _ in range(3):
        compare(candidate, [draw(source, 2, 3, 4)])


@check(
    "The perplexity equals the definition on drawn batches, masks and vocabularies.",
    "在随机的批次、掩码和词表大小下，困惑度等于定义。",
    examples=60,
    source=sources(("normal", "ties", "tiny", "positive", "negative")),
    shapes=st.lists(st.tuples(sizes(0, 3), sizes(1, 6)), max_size=3),
    vocabulary=sizes(1, 6),
    share=st.sampled_from((0.3, 0.7, 1.0)),
)
def test_values(candidate, source, shapes, vocabulary, share):
    batches = [draw(source, 1, 2, vocabulary)]
    for batch, length in shapes:
        batches.append(draw(source, batch, length, vocabulary, source.mask(batch, length, share=share)))
    compare(candidate, batches[::-1])
