"""Checks of `tensor-parallel-mlp`: the unsplit MLP, one unit at a time; the all-reduce is watched."""

import numpy as np

from drills.checking import Mismatch, assert_close, check, fresh_rng, require
from drills.strategies import leading_axes, sizes, sources
from quizbank.models import Text


class Collective:
    """The all-reduce that the learner's code is given: it adds, and remembers what it was given."""

    def __init__(self, world_size, marker=0):
        self.world_size = world_size
        self.marker = marker
        self.calls = []

    def __call__(self, partials):
        self.calls.append(partials)
        arrays = isinstance(partials, (list, tuple)) and all(isinstance(p, np.ndarray) for p in partials)
        if not arrays or len(partials) != self.world_size:
            kind = f"{type(partials).__name__}[{len(partials)}]" if hasattr(partials, "__len__") else "?"
            raise Mismatch(
                Text(
                    en=f"all_reduce must be given a list of {self.world_size} arrays, not {kind}.",
                    zh=f"传给 all_reduce 的应是 {self.world_size} 个数组组成的列表，实际是 {kind}。",
                ),
                actual=partials,
                name="partials",
            )
        shapes = sorted({p.shape for p in partials})
        require(
            len(shapes) == 1,
            f"The partial results differ in shape: {shapes}.",
            f"各 rank 的部分结果形状不一致：{shapes}。",
            actual=partials,
            name="partials",
        )
        total = partials[0].astype(np.float64)
        for partial in partials[1:]:
            total = total + partial
        return (total + self.marker).astype(partials[0].dtype)


def oracle(x, w1, w2):
    """The MLP on one device, unit by unit; and the largest sum of magnitudes behind a value."""
    x, w1, w2 = (a.astype(np.float64) for a in (x, w1, w2))
    y, size = np.zeros(x.shape), np.zeros(x.shape)
    for unit in range(w1.shape[0]):
        before = (x * w1[unit]).sum(axis=-1, keepdims=True)
        y = y + np.where(before > 0, before, 0) * w2[:, unit]
        size = size + (abs(x) * abs(w1[unit])).sum(axis=-1, keepdims=True) * abs(w2[:, unit])
    return y, float(size.max())


def same(candidate, x, w1, w2, world_size, **fewer):
    """The right value, after exactly one all-reduce of world_size arrays. Returns the arrays."""
    collective = Collective(world_size, **fewer)
    got = candidate.tensor_parallel_mlp(x, w1, w2, world_size, collective)
    require(
        len(collective.calls) == 1,
        f"all_reduce was called {len(collective.calls)} times; it must be called exactly once.",
        f"all_reduce 被调用了 {len(collective.calls)} 次，应恰好一次。",
        expected=1,
        actual=len(collective.calls),
        name="calls",
    )
    expected, size = oracle(x, w1, w2)
    rounding = (x.shape[-1] + w1.shape[0] + 8) * float(np.finfo(x.dtype).eps)
    atol = rounding * (size + collective.marker)
    assert_close(got, expected + collective.marker, dtype=x.dtype, rtol=0, atol=atol, name="y")
    return collective.calls[0]


@check("Worked by hand: two ranks, two hidden units each.", "手算例子：两个 rank，各两个隐藏单元。")
def test_by_hand(candidate):
    x = np.array([1.0, 2])
    w1 = np.array([[1.0, 1], [-1, 0], [2, -1], [0, 1]])
    w2 = np.array([[1.0, 5, 1, -1], [0, 5, 3, 2]])
    same(candidate, x, w1, w2, 2)
    got = candidate.tensor_parallel_mlp(x, w1, w2, 2, Collective(2))
    assert_close(got, np.array([1.0, 4.0]), name="y")
    named = {"x": x, "w1": w1, "w2": w2, "world_size": 4, "all_reduce": Collective(4)}
    assert_close(candidate.tensor_parallel_mlp(**named), np.array([1.0, 4.0]), name="y")


@check(
    "all_reduce is called exactly once, with one partial result for each rank, also when there is one rank.",
    "all_reduce 恰好调用一次，每个 rank 给出一个部分结果，只有一个 rank 时也一样。",
)
def test_one_call(candidate):
    rng = fresh_rng(1)
    for world_size in (1, 2, 3, 6):
        x, w1, w2 = (rng.standard_normal(shape) for shape in ((4, 3), (6, 3), (3, 6)))
        same(candidate, x, w1, w2, world_size)


@check(
    "Every hidden unit is computed on exactly one rank, and evenly when world_size divides F.",
    "每个隐藏单元恰好由一个 rank 计算；world_size 整除 F 时平均分配。",
)
def test_shares(candidate):
    for units, world_size in ((4, 2), (6, 3), (8, 2), (5, 5), (7, 3), (5, 2), (3, 5)):
        x = np.full((1, units), 1.0)
        w1 = np.diag(1.0 + np.arange(units))
        w2 = np.eye(units) + 1.0  # every unit reaches every output, and a part sum says which units are in it
        partials = same(candidate, x, w1, w2, world_size)
        found = [np.linalg.solve(w2, np.ravel(partial)) for partial in partials]
        owned = [np.flatnonzero(abs(hidden) > 1e-6).tolist() for hidden in found]
        flat = sorted(unit for share in owned for unit in share)
        even = units % world_size or {len(share) for share in owned} == {units // world_size}
        require(
            flat == list(range(units)) and bool(even),
            f"The {units} hidden units are shared among {world_size} ranks as {owned}.",
            f"{units} 个隐藏单元在 {world_size} 个 rank 上的分配是 {owned}。",
            actual=owned,
            name="hidden units",
        )


@check("The result is what all_reduce returned.", "返回值就是 all_reduce 的返回值。")
def test_returns_the_sum(candidate):
    rng = fresh_rng(2)
    for world_size in (1, 2, 4):
        x, w1, w2 = (rng.standard_normal(shape) for shape in ((2, 3), (4, 3), (3, 4)))
        same(candidate, x, w1, w2, world_size, marker=1000)


@check("ReLU stands between the layers, and nowhere else.", "ReLU 只出现在两层之间，别处没有。")
def test_relu(candidate):
    x = np.array([[1.0, -1.0], [-2.0, 0.5]])
    w1 = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
    for w2 in (np.ones((2, 4)), -np.ones((2, 4)), np.array([[1.0, -1, 1, -1], [-1, 1, 2, -2]])):
        for world_size in (1, 2, 3, 4):
            same(candidate, x, w1, w2, world_size)


@check(
    "F need not divide, and there may be fewer hidden units than ranks.",
    "F 不必被整除，隐藏单元也可以比 rank 少。",
)
def test_uneven(candidate):
    rng = fresh_rng(3)
    for units, world_size in ((5, 2), (7, 3), (7, 4), (11, 8), (2, 3), (1, 4), (1, 1)):
        for dtype in (np.float64, np.float32):
            x, w1, w2 = (
                rng.standard_normal(shape).astype(dtype) for shape in ((3, 4), (units, 4), (4, units))
            )
            same(candidate, x, w1, w2, world_size)


@check("Any number of leading axes, none included.", "前面可以有任意多个轴，也可以没有。")
def test_leading_axes(candidate):
    rng = fresh_rng(4)
    for leading in ((), (1,), (5,), (2, 3), (1, 4), (2, 1, 3)):
        x, w1, w2 = (rng.standard_normal(shape) for shape in ((*leading, 3), (4, 3), (3, 4)))
        same(candidate, x, w1, w2, 2)


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    rng = fresh_rng(5)
    for world_size in (2, 2, 4, 1, 2):
        x, w1, w2 = (rng.standard_normal(shape) for shape in ((2, 3), (4, 3), (3, 4)))
        same(candidate, x, w1, w2, world_size)


@check(
    "The output equals that of the unsplit MLP for drawn sizes and numbers of ranks.",
    "在随机的尺寸和 rank 数下，输出等于未切分的 MLP。",
    examples=80,
    source=sources(("normal", "ties", "large", "tiny", "negative", "positive")),
    leading=leading_axes(2, 3),
    width=sizes(1, 5),
    units=sizes(1, 9),
    world_size=sizes(1, 5),
)
def test_values(candidate, source, leading, width, units, world_size):
    x = source.array(*leading, width)
    w1, w2 = source.array(units, width), source.array(width, units)
    same(candidate, x, w1, w2, world_size)
