"""Checks of `batch-norm`: one feature at a time with exact sums is the specification."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng, unpack
from drills.strategies import Source, sizes, sources

NAMES = ("y", "new_running_mean", "new_running_var")


def oracle(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    """The three results in float64, and for each element what its roundings are relative to."""
    y, mean, var = np.zeros(x.shape), running_mean.astype(np.float64), running_var.astype(np.float64)
    scales = [np.zeros(x.shape), np.abs(mean), np.abs(var)]
    for d in range(x.shape[1]):
        column = x[:, d].astype(np.float64)
        n, largest = len(column), float(np.abs(column).max())
        centre, spread = mean[d], var[d]
        if training:
            centre = math.fsum(column) / n
            squares = math.fsum((column - centre) ** 2)
            spread = squares / n
            mean[d] = (1 - momentum) * mean[d] + momentum * centre
            var[d] = (1 - momentum) * var[d] + momentum * squares / (n - 1)
            scales[1][d] += largest
            scales[2][d] += 2 * spread + math.sqrt(spread) * largest
        root = math.sqrt(spread + eps)
        hat = (column - centre) / root
        y[:, d] = float(gamma[d]) * hat + float(beta[d])
        # the mean is rounded relative to the values themselves, however small their spread
        unsure = 1 + (largest + abs(centre)) / root
        scales[0][:, d] = abs(float(gamma[d])) * (1 + np.abs(hat)) * unsure + abs(float(beta[d]))
    return (y, mean, var), scales


def draw(source, n, width):
    """x, gamma, beta, running_mean and a positive running_var."""
    rest = [source.array(width, kind=kind) for kind in ("normal", "normal", "normal", "positive")]
    return source.array(n, width), *rest


def compare(candidate, arrays, training, **options):
    """All three results against the definition."""
    settings = {"momentum": 0.1, "eps": 1e-5, **options}
    wanted, scales = oracle(*arrays, training, **settings)
    given = [array.copy() for array in arrays]
    found = unpack(candidate.batch_norm(*given, training, **options), 3, *NAMES)
    dtype = arrays[0].dtype
    unit = 4e-6 if dtype == np.float32 else 1e-12
    for got, want, scale, name in zip(found, wanted, scales, NAMES, strict=True):
        assert_close(got, want, dtype=dtype, rtol=1e-9, atol=unit * scale, name=name)
    if not training:
        for got, old, name in zip(found[1:], arrays[3:], NAMES[1:], strict=True):
            assert_close(got, old, rtol=0, atol=0, name=name)
    return found


def by_hand():
    """Two features of two samples."""
    rows = ([2.0, 1.0], [1.0, -1.0], [0.0, 5.0], [1.0, 4.0])
    return np.array([[1.0, 10.0], [3.0, 14.0]]), *map(np.array, rows)


@check(
    "Training by hand: the biased variance normalises, the unbiased one is tracked with momentum 0.1.",
    "训练的手算例子：有偏方差用于归一化，无偏方差按 momentum 0.1 更新。",
)
def test_training_by_hand(candidate):
    y, mean, var = unpack(candidate.batch_norm(*by_hand(), True, eps=0.0), 3, *NAMES)
    assert_close(y, np.array([[-1.0, -2.0], [3.0, 0.0]]), name="y")
    assert_close(mean, np.array([0.2, 5.7]), name="new_running_mean")
    assert_close(var, np.array([1.1, 4.4]), name="new_running_var")


@check(
    "Evaluation by hand: the running statistics normalise and come back unchanged, also for one sample.",
    "评估的手算例子：用滑动统计量归一化并原样返回，单个样本也可以。",
)
def test_evaluation_by_hand(candidate):
    x, *rest = by_hand()
    for rows, want in ((x, [[3.0, 1.5], [7.0, 3.5]]), (x[1:], [[7.0, 3.5]])):
        found = candidate.batch_norm(rows.copy(), *(array.copy() for array in rest), False, eps=0.0)
        y, mean, var = unpack(found, 3, *NAMES)
        assert_close(y, np.array(want), name="y")
        assert_close(mean, rest[2], rtol=0, atol=0, name="new_running_mean")
        assert_close(var, rest[3], rtol=0, atol=0, name="new_running_var")


@check(
    "momentum is the weight of the new batch: 0 keeps the old statistics, 1 takes the batch's.",
    "momentum 是新 batch 的权重：0 保留旧统计量，1 完全用当前 batch 的。",
)
def test_momentum(candidate):
    for momentum in (0.0, 0.01, 0.25, 0.9, 1.0):
        compare(candidate, draw(Source(1), 3, 4), True, momentum=momentum)
        compare(candidate, draw(Source(1), 3, 4), False, momentum=momentum)


@check(
    "The statistics run over the batch, one pair a feature, also when N = D.",
    "统计量沿 batch 计算，每个特征一对，N = D 时也一样。",
)
def test_axes(candidate):
    for key, (n, width) in enumerate(((2, 1), (2, 5), (4, 4), (7, 3), (16, 2))):
        for dtype in ("float64", "float32"):
            for training in (True, False):
                compare(
                    candidate, draw(Source(int(fresh_rng(2, key).integers(1000)), dtype), n, width), training
                )


@check(
    "eps is added to the variance, inside the root, in both modes: small variances, several eps, the default 1e-5.",
    "两种模式下 eps 都加在方差上、根号里面：很小的方差、多个 eps 以及默认值 1e-5。",
)
def test_eps(candidate):
    x = np.array([[1e-3, 1e-4, 2e-3, 1.0], [-2e-3, 0.0, 2e-3, 2.0], [1e-3, 1e-4, 5e-3, 4.0]])
    gamma, beta = np.array([1.0, -2.0, 0.5, 3.0]), np.array([0.0, 1.0, -1.0, 0.5])
    mean, var = np.array([1e-3, 0.0, 0.0, 1.0]), np.array([0.0, 1e-8, 1e-5, 2.0])
    for dtype in (np.float64, np.float32):
        arrays = [array.astype(dtype) for array in (x, gamma, beta, mean, var)]
        for training in (True, False):
            compare(candidate, arrays, training)
            for eps in (1e-6, 1e-3, 0.5, 3.0):
                compare(candidate, arrays, training, eps=eps)


@check(
    "A feature that is constant over the batch gives beta in training.",
    "训练时，在整个 batch 上为常数的特征输出就是 beta。",
)
def test_constant_feature(candidate):
    for dtype in ("float64", "float32"):
        _, *rest = draw(Source(3, dtype), 4, 3)
        x = np.array([[0.0, 8.0, 1.0], [0.0, 8.0, 2.0], [0.0, 8.0, 4.0], [0.0, 8.0, 1.0]], dtype=dtype)
        compare(candidate, (x, *rest), True)


@check(
    "A float32 feature whose mean is thousands of times its spread keeps its variance.",
    "float32 下均值是离散程度几千倍的特征，方差不会因相消而丢失。",
)
def test_large_mean(candidate):
    # sums and means of these are exact in float32, their squares are not
    x = np.array([[1, 0, -8], [2, 0, 8], [3, 4, 1], [6, 4, 7]], dtype=np.float32)
    rest = [np.array(row, dtype=np.float32) for row in ([1, -2, 0.5], [0.5, 0, -1], [0, 0, 0], [1, 2, 3])]
    (want, _, want_var), _ = oracle(x, *rest, True, 0.5, 1e-5)
    for shift in (8192, -8192):
        found = candidate.batch_norm(
            x + np.float32(shift), *(array.copy() for array in rest), True, momentum=0.5
        )
        y, _, var = unpack(found, 3, *NAMES)
        assert_close(y, want, dtype=np.float32, rtol=0, atol=0.02, name="y")
        assert_close(var, want_var, dtype=np.float32, rtol=0.01, name="new_running_var")


@check(
    "Statistics handed on from batch to batch, with an evaluation in between and at the end.",
    "统计量在 batch 之间逐次传递，中间和最后各做一次评估。",
)
def test_several_batches(candidate):
    source = Source(4)
    x, gamma, beta, mean, var = draw(source, 5, 3)
    for n, training in ((5, True), (2, True), (1, False), (9, True), (5, False)):
        x = source.array(n, 3) * 3 + 1
        _, mean, var = compare(candidate, (x, gamma, beta, mean, var), training, momentum=0.3)


@check(
    "Training equals the definition on drawn shapes, values, momentum and eps.",
    "在随机的形状、取值、momentum 与 eps 上，训练结果等于定义。",
    source=sources(("normal", "ties", "positive", "negative", "tiny", "large")),
    n=sizes(2, 8),
    width=sizes(1, 6),
    momentum=st.sampled_from([None, 0.01, 0.5, 1.0]),
    eps=st.sampled_from([None, 1e-6, 1e-2, 1.0]),
)
def test_training(candidate, source, n, width, momentum, eps):
    options = {"momentum": momentum, "eps": eps}
    options = {name: value for name, value in options.items() if value is not None}
    compare(candidate, draw(source, n, width), True, **options)


@check(
    "Evaluation equals the definition and treats each sample by itself.",
    "评估结果等于定义，且每个样本各自独立处理。",
    source=sources(("normal", "large", "tiny", "negative")),
    n=sizes(1, 6),
    width=sizes(1, 6),
    eps=st.sampled_from([None, 1e-6, 1e-2, 1.0]),
    examples=40,
)
def test_evaluation(candidate, source, n, width, eps):
    arrays = draw(source, n, width)
    options = {} if eps is None else {"eps": eps}
    compare(candidate, arrays, False, **options)
    compare(candidate, (arrays[0][-1:], *arrays[1:]), False, **options)
