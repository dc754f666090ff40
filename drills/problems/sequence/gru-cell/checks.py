"""Checks of `gru-cell`: the equations, one unit of one example at a time, in float64."""

import math

import numpy as np

from drills.checking import assert_close, check, fresh_rng
from drills.strategies import Source, sizes, sources

ORDER = "rzn"


def sigmoid(a):
    return 0.5 + 0.5 * math.tanh(0.5 * a)


def oracle(x, h, w_ih, w_hh, b_ih, b_hh):
    """The equations of torch.nn.GRUCell."""
    x, h, w_ih, w_hh, b_ih, b_hh = (value.astype(np.float64) for value in (x, h, w_ih, w_hh, b_ih, b_hh))
    size, h_next = h.shape[1], np.empty(h.shape)
    for n, unit in np.ndindex(*h.shape):
        inner, outer = {}, {}
        for block, name in enumerate(ORDER):
            row = block * size + unit
            outer[name] = float(w_ih[row] @ x[n] + b_ih[row])
            inner[name] = float(w_hh[row] @ h[n] + b_hh[row])
        r, z = (sigmoid(outer[name] + inner[name]) for name in "rz")
        candidate = math.tanh(outer["n"] + r * inner["n"])
        h_next[n, unit] = (1 - z) * candidate + z * h[n, unit]
    return h_next


def draw(source, batch, inputs, size):
    x, h = source.array(batch, inputs), source.array(batch, size)
    weights = source.array(3 * size, inputs), source.array(3 * size, size)
    return x, h, *weights, source.array(3 * size), source.array(3 * size)


def compare(candidate, *arrays, hidden_side=0.0):
    """`hidden_side`: the largest there is; a sigmoid clipped at ±20 is off by 2e-9 times what it multiplies."""
    dtype = arrays[0].dtype
    tolerance = {"rtol": 1e-8, "atol": 2e-8} if dtype == np.float64 else {"rtol": 1e-4, "atol": 3e-5}
    tolerance["atol"] += 2.1e-9 * hidden_side
    got = candidate.gru_cell(*(value.copy() for value in arrays))
    assert_close(got, oracle(*arrays), dtype=dtype, name="h", **tolerance)


def from_biases(h, dtype=np.float64, hidden=0.0, **gates):
    """Arguments whose weights are zero: r, z and n come through b_ih, the hidden part of n through b_hh.

    Each is one value, or one a unit. A last unit of ordinary size is added: beside it, a closed gate's 1e-44 is as
    good as another sigmoid's 0.
    """
    h = np.pad(np.atleast_2d(np.asarray(h, dtype=dtype)), ((0, 0), (0, 1)), constant_values=0.5)
    size = h.shape[1]
    b_ih = np.concatenate([np.append(np.broadcast_to(gates.get(name, 0.0), size - 1), 1.0) for name in ORDER])
    b_hh = np.concatenate([np.zeros(2 * size), np.append(np.broadcast_to(hidden, size - 1), 0.25)])
    return (
        np.zeros((len(h), 2), dtype),
        h,
        np.zeros((3 * size, 2), dtype),
        np.zeros((3 * size, size), dtype),
        b_ih.astype(dtype),
        b_hh.astype(dtype),
    )


@check("Worked by hand: one example, one input, one unit.", "手算例子：一个样本、一个输入、一个单元。")
def test_by_hand(candidate):
    ln3 = math.log(3)
    x, h = np.array([[1.0]]), np.array([[2.0]])
    w_ih, w_hh = np.array([[ln3], [0.0], [ln3]]), np.array([[0.0], [-0.5], [1.5]])
    b_ih, b_hh = np.array([0.0, 1.0, -3.0]), np.array([0.0, -ln3, 1.0])
    got = candidate.gru_cell(x, h, w_ih, w_hh, b_ih, b_hh)
    assert_close(got, np.array([[1.1]]), rtol=1e-8, name="h")


@check(
    "The update gate: z = 1 keeps the old state, z = 0 takes the candidate.",
    "更新门：z = 1 保留旧状态，z = 0 换成候选值。",
)
def test_update_gate(candidate):
    for dtype in (np.float64, np.float32):
        h = np.array([[1000.0, -3.0, 0.25], [-1000.0, 0.0, 7.0]])
        compare(candidate, *from_biases(h, dtype, r=1.0, z=100.0, n=0.7, hidden=-0.3))
        h = np.array([[2.0, -3.0, 0.25]])
        compare(candidate, *from_biases(h, dtype, r=1.0, z=-100.0, n=[0.7, 0.0, -2.0], hidden=-0.3))
        compare(candidate, *from_biases(h, dtype, r=1.0, z=[100.0, 0.0, -100.0], n=0.7, hidden=0.4))
        compare(candidate, *from_biases(h, dtype, z=[-1.0, 0.5, 2.0], n=-0.6))


@check(
    "The reset gate scales the hidden part of the candidate, with its bias, and nothing of the input part.",
    "重置门只缩放候选值的隐藏部分（连同偏置），不作用于输入部分。",
)
def test_reset_gate(candidate):
    for reset in (-100.0, -1.5, 0.0, 0.7, 100.0):
        for n, hidden in ((0.6, 0.0), (0.0, 0.8), (0.6, -1.1), (-0.4, 0.9)):
            compare(candidate, *from_biases([[2.0], [-0.5]], r=reset, z=-1.0, n=n, hidden=hidden))
    size = 2
    h = np.array([[1.0, -2.0], [0.5, 3.0]])
    w_hh = np.zeros((3 * size, size))
    w_hh[2 * size :] = [[0.5, -0.25], [1.0, 0.75]]  # mixes the units: r must come after the product
    for bias in (0.0, 0.5):
        b_ih = np.array([-1.0, 2.0, 0.0, 0.0, 0.2, -0.1])
        b_hh = np.array([0.0] * 4 + [bias, -bias])
        compare(candidate, np.ones((2, 1)), h, np.zeros((3 * size, 1)), w_hh, b_ih, b_hh)


@check(
    "Each gate alone: closed, half open and open.",
    "逐个检验每个门：关闭、半开、打开。",
)
def test_each_gate(candidate):
    for name in ORDER:
        for value in (-40.0, -1.5, 0.0, 0.7, 40.0):
            gates = dict.fromkeys(ORDER, 1.0) | {name: value}
            compare(candidate, *from_biases([[2.0], [-0.5]], hidden=0.5, **gates))
            compare(candidate, *from_biases([[2.0], [-0.5]], hidden=-0.5, **{name: value}))


@check(
    "The three blocks of rows are r, z, n, each with its units in order.",
    "三个行块依次是 r、z、n，块内按单元顺序排列。",
)
def test_blocks(candidate):
    steps = np.array([-2.0, 0.5, 3.0])
    for name in ORDER:
        gates = dict.fromkeys(ORDER, 1.0) | {name: steps}
        compare(candidate, *from_biases([[1.0, -1.0, 2.0]], hidden=[0.5, -1.0, 1.5], **gates))
    for size in (3, 6):
        rng = fresh_rng(1, size)
        shapes = ((size, size), (size, size), (3 * size, size), (3 * size, size), (3 * size,), (3 * size,))
        compare(candidate, *(rng.standard_normal(shape) for shape in shapes))


@check("Both biases count, and both weight matrices.", "两个偏置都要加，两个权重矩阵都要用。")
def test_every_argument(candidate):
    rng = fresh_rng(2)
    shapes = {"x": (2, 3), "h": (2, 2), "w_ih": (6, 3), "w_hh": (6, 2), "b_ih": 6, "b_hh": 6}
    for zeroed in ((), ("b_ih",), ("b_hh",), ("x",), ("h",), ("x", "h"), ("h", "b_ih"), ("w_hh",)):
        drawn = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
        compare(candidate, *(drawn[name] * (name not in zeroed) for name in shapes))


@check("Pre-activations of ±1e6 give a finite, right result.", "激活前的值达到 ±1e6 时结果有限且正确。")
def test_large(candidate):
    for dtype in (np.float64, np.float32):
        for value in (100.0, 1000.0, 1e6):
            for signs in (
                (1, 1, 1),
                (-1, -1, -1),
                (1, -1, -1),
                (-1, -1, 1),
                (0, -1, 1),
                (1, 0, 0),
                (-1, 0, -1),
            ):
                for hidden in (value, -value, 0.0):
                    gates = dict(zip(ORDER, (sign * value for sign in signs), strict=True))
                    gates["n"] /= 4  # never cancelled by r times the hidden part
                    compare(candidate, *from_biases([[2.0, -3.0]], dtype, hidden=hidden, **gates))


@check("Size one in the batch, the input, or the hidden state.", "批大小、输入维度或隐藏维度为一。")
def test_size_one(candidate):
    for dtype in ("float64", "float32"):
        for number, shape in enumerate(((1, 1, 1), (1, 3, 2), (3, 1, 2), (3, 2, 1), (1, 1, 4), (4, 1, 1))):
            compare(candidate, *draw(Source(number, dtype), *shape))


@check(
    "The state is the caller's: a sequence is stepped through twice.", "状态由调用者持有：同一序列走两遍。"
)
def test_sequence(candidate):
    rng = fresh_rng(3)
    steps = rng.standard_normal((4, 2, 3))
    weights = [rng.standard_normal(shape) for shape in ((6, 3), (6, 2), 6, 6)]
    for _ in range(2):
        h = np.zeros((2, 2))
        for x in steps:
            compare(candidate, x, h, *weights)
            h = oracle(x, h, *weights)


@check(
    "The new state equals the equations for drawn batches, inputs and hidden sizes.",
    "在随机的批大小、输入维度与隐藏维度下，新状态等于公式。",
    source=sources(("normal", "ties", "positive", "negative", "tiny")),
    batch=sizes(1, 4),
    inputs=sizes(1, 5),
    size=sizes(1, 5),
    examples=100,
)
def test_values(candidate, source, batch, inputs, size):
    compare(candidate, *draw(source, batch, inputs, size))


@check(
    "Large weights saturate the gates: the result stays finite and right.",
    "权重很大、门饱和时，结果仍有限且正确。",
    source=sources(("ties",)),
    batch=sizes(1, 3),
    inputs=sizes(1, 4),
    size=sizes(2, 4),
    examples=40,
)
def test_saturated(candidate, source, batch, inputs, size):
    x, h, *weights = draw(source, batch, inputs, size)
    unit_scale = [512] * (size - 1) + [0.25]  # the last unit stays ordinary
    scale = np.array(3 * unit_scale, dtype=x.dtype)
    w_ih, w_hh, b_ih, b_hh = ((value.T * scale).T for value in weights)  # every sum is exact in float32
    hidden_side = float(np.abs(h @ w_hh.T + b_hh).max())
    compare(candidate, x, h, w_ih, w_hh, b_ih, b_hh, hidden_side=hidden_side)
