"""Checks of `mezo-step`: the points at which the loss is asked, the slope that follows from the answers, the step, the memory."""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, require, unpack
from drills.strategies import Source, sizes, sources


def directions(params, seed):
    """z of each array, in float64."""
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(p.shape) for p in params]


class Watched:
    """A loss that remembers where it was asked, and what it said."""

    def __init__(self, params, loss):
        self.params, self.loss, self.asked = params, loss, []

    def __call__(self, *args):
        arrays = args[0] if len(args) == 1 else None
        good = (
            isinstance(arrays, (list, tuple))
            and len(arrays) == len(self.params)
            and all(
                isinstance(a, np.ndarray) and a.shape == p.shape and a.dtype == p.dtype
                for a, p in zip(arrays, self.params, strict=True)
            )
        )
        require(
            good,
            "loss_fn must get one list of arrays with the shapes and the dtype of params.",
            "传给 loss_fn 的应是一个数组列表，形状和 dtype 与 params 相同。",
            expected=self.params,
            actual=arrays,
            name="argument of loss_fn",
        )
        value = float(self.loss([a.astype(np.float64) for a in arrays]))
        self.asked.append((arrays, value))
        return value

    def at(self, wanted, atol, name):
        """What it said at these points; fails where it was never asked there."""
        require(
            bool(self.asked),
            f"loss_fn was never called at {name}.",
            f"从未在 {name} 处调用 loss_fn。",
            expected=wanted,
        )
        gaps = [
            max(float(np.abs(a - w).max()) for a, w in zip(arrays, wanted, strict=True))
            for arrays, _ in self.asked
        ]
        arrays, value = self.asked[int(np.argmin(gaps))]
        for i, (a, w) in enumerate(zip(arrays, wanted, strict=True)):
            assert_close(a, w, dtype=a.dtype, rtol=0, atol=atol, name=f"params[{i}] at {name}")
        return value


def bent(weights):
    """A loss with slope, curvature and a third derivative, so that both sides of θ matter."""

    def loss(arrays):
        return sum(float((w * p + 0.5 * p**2 + p**3 / 6).sum()) for w, p in zip(weights, arrays, strict=True))

    return loss


def compare(candidate, params, loss, lr, eps, seed):
    """Both points, the slope from what the loss said there, and the step along z."""
    zs = directions(params, seed)
    watched = Watched([p.copy() for p in params], loss)
    got, slope = unpack(candidate.mezo_step(params, watched, lr, eps, seed), 2, "params", "projected_grad")
    dtype = params[0].dtype
    unit = float(np.finfo(dtype).eps)
    size = max(float((np.abs(p) + 2 * eps * np.abs(z)).max()) for p, z in zip(params, zs, strict=True))
    plus = watched.at([p + eps * z for p, z in zip(params, zs, strict=True)], 4 * unit * size, "θ + εz")
    minus = watched.at([p - eps * z for p, z in zip(params, zs, strict=True)], 4 * unit * size, "θ − εz")

    wanted = (plus - minus) / (2 * eps)
    rtol = 1e-9 if dtype == np.float64 else 1e-6  # a slope kept in the parameters' dtype is no mistake
    atol = 1e-15 * (abs(plus) + abs(minus)) / eps
    assert_close(slope, np.float64(wanted), rtol=rtol, atol=atol, name="projected_grad")

    require(
        isinstance(got, (list, tuple)) and len(got) == len(params),
        "The new parameters must be a list, with one array for each given.",
        "新参数应是列表，与给定的数组一一对应。",
        actual=got,
        name="params",
    )
    step = lr * wanted
    reach = max(float(np.abs(step * z).max()) for z in zs)
    for i, (new, p, z) in enumerate(zip(got, params, zs, strict=True)):
        want = p.astype(np.float64) - step * z
        assert_close(new, want, dtype=dtype, rtol=rtol, atol=8 * unit * (size + reach), name=f"params[{i}]")


def draw(source, shapes):
    return [source.array(*shape) for shape in shapes]


@check(
    "Two parameters and L = θ₀ · θ₁: the slope along z is exact.",
    "两个参数、L = θ₀ · θ₁：沿 z 的斜率是精确的。",
)
def test_by_hand(candidate):
    params = [np.array([2.0, 1.0])]
    z = directions(params, 7)[0]
    slope = z[0] * 1.0 + z[1] * 2.0  # the gradient is [1, 2]
    got, projected = unpack(
        candidate.mezo_step(params, lambda arrays: float(arrays[0][0] * arrays[0][1]), 0.1, 0.5, 7),
        2,
        "params",
        "projected_grad",
    )
    assert_close(projected, np.float64(slope), rtol=1e-9, name="projected_grad")
    require(
        isinstance(got, (list, tuple)) and len(got) == 1,
        "params must be a list of one array.",
        "params 应是含一个数组的列表。",
    )
    assert_close(got[0], np.array([2.0, 1.0]) - 0.1 * slope * z, rtol=1e-9, name="params[0]")


@check(
    "Both points lie along one z, drawn from the seed in the order of the list.",
    "两个点都在同一个 z 上，z 由 seed 按列表顺序生成。",
)
def test_direction(candidate):
    for dtype in ("float64", "float32"):
        source = Source(1, dtype)
        params = draw(source, [(3,), (2, 2), (3,), (1, 2, 3)])
        weights = draw(source, [p.shape for p in params])
        for seed in (0, 1, 12345):
            compare(candidate, [p.copy() for p in params], bent(weights), 0.1, 0.3, seed)


@check(
    "Equal arrays move differently: one generator serves them all.",
    "相同的数组走向不同：所有数组共用一个生成器。",
)
def test_equal_arrays(candidate):
    params = [np.ones((2, 3)) for _ in range(3)]
    compare(candidate, params, bent([1.0, 1.0, 1.0]), 0.05, 0.1, 3)


@check(
    "A symmetric loss at θ = 0 gives a slope of 0 and no step.",
    "在 θ = 0 处，对称的损失给出斜率 0，参数不动。",
)
def test_symmetric(candidate):
    params = [np.zeros(4), np.zeros((2, 2))]
    compare(candidate, params, lambda arrays: sum(float((p**2).sum()) for p in arrays), 0.1, 0.01, 5)


@check("ε · z is computed in float64 and then cast.", "ε · z 先用 float64 算好，再转换 dtype。")
def test_cast_after_scaling(candidate):
    params = [np.zeros(40, dtype=np.float32), np.zeros((5, 4), dtype=np.float32)]
    watched = Watched([p.copy() for p in params], bent([1.0, 2.0]))
    candidate.mezo_step(params, watched, 0.1, 0.3, 6)
    moves = [(0.3 * z).astype(np.float32) for z in directions(params, 6)]
    exact = [
        all(np.array_equal(a, sign * move) for a, move in zip(arrays, moves, strict=True))
        for arrays, _ in watched.asked
        for sign in (1, -1)
    ]
    require(
        any(exact),
        "At θ = 0 a point must be ε · z, computed in float64 and cast to float32, to the last bit.",
        "θ = 0 时，扰动点应是先用 float64 算出、再转换成 float32 的 ε · z，每一位都相同。",
        expected=moves,
        actual=watched.asked[0][0] if watched.asked else None,
        name="argument of loss_fn",
    )


@check("Learning rate and ε count apart, be they large or small.", "学习率与 ε 各管各的，大小都行。")
def test_sizes_of_steps(candidate):
    for dtype in ("float64", "float32"):
        params = draw(Source(2, dtype), [(3, 2), (4,)])
        for lr, eps in ((1e-6, 1e-3), (1.0, 0.5), (0.5, 1e-2), (1e-2, 2.0)):
            compare(candidate, [p.copy() for p in params], bent([0.5, -2.0]), lr, eps, 11)


@check("The loss may know but where it is asked: a constant, a step.", "损失不必可导：常数、阶跃函数也可以。")
def test_any_loss(candidate):
    params = [np.array([0.1, -0.2, 0.3])]
    compare(candidate, params, lambda arrays: 3.25, 0.1, 0.1, 2)
    compare(candidate, params, lambda arrays: float((arrays[0] > 0).sum()), 0.1, 0.5, 2)


@check(
    "Two calls with one seed agree, and another seed gives another direction.",
    "相同的 seed 结果相同，不同的 seed 方向不同。",
)
def test_no_state(candidate):
    params = draw(Source(4), [(2, 3), (3,)])
    for seed in (8, 9, 8):
        compare(candidate, [p.copy() for p in params], bent([1.0, 2.0]), 0.1, 0.2, seed)


@check(
    "Extra memory stays below 1.6 times the parameters.",
    "额外内存小于参数大小的 1.6 倍。",
)
def test_memory(candidate):
    for dtype in (np.float64, np.float32):
        params = [np.full((64, 48), 0.01 * i, dtype=dtype) for i in range(24)]
        size = sum(p.nbytes for p in params)
        _, peak = candidate.peak_memory(
            "mezo_step", params, lambda arrays: float(arrays[0][0, 0]), 0.1, 0.1, 1
        )
        candidate.show(arrays=24, shape=(64, 48), dtype=np.dtype(dtype).name)
        require(
            peak < 1.6 * size,
            f"At its peak it held {peak / size:.2f} times the size of the parameters; below 1.6 is possible with one copy and one z at a time.",
            f"峰值内存是参数大小的 {peak / size:.2f} 倍；只用一份副本、每次一个 z，可以低于 1.6 倍。",
            expected=f"< {1.6 * size:.0f} bytes",
            actual=f"{peak} bytes",
            name="peak",
        )


@check(
    "Points, slope and step are right on drawn lists of arrays.",
    "在随机的数组列表上，扰动点、斜率和更新都正确。",
    source=sources(("normal", "ties", "tiny")),
    shapes=st.lists(st.lists(sizes(1, 4), min_size=1, max_size=3).map(tuple), min_size=1, max_size=4),
    lr=st.sampled_from([1e-3, 0.1, 1.0]),
    eps=st.sampled_from([1e-3, 0.1, 1.0]),
    seed=st.integers(0, 2**32),
    examples=40,
)
def test_values(candidate, source, shapes, lr, eps, seed):
    compare(candidate, draw(source, shapes), bent(draw(source, shapes)), lr, eps, seed)
