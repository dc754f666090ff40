"""Checks of `lstm-cell`: the equations, one unit of one example at a time, in float64."""

import math

import numpy as np

from drills.checking import assert_close, check, fresh_rng, unpack
from drills.strategies import Source, sizes, sources

ORDER = "ifgo"


def sigmoid(z):
    return 0.5 + 0.5 * math.tanh(0.5 * z)


def oracle(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """The equations of torch.nn.LSTMCell."""
    x, h, c, w_ih, w_hh, b_ih, b_hh = (v.astype(np.float64) for v in (x, h, c, w_ih, w_hh, b_ih, b_hh))
    size, h_next, c_next = h.shape[1], np.empty(h.shape), np.empty(c.shape)
    for n, unit in np.ndindex(*h.shape):
        z = {}
        for block, name in enumerate(ORDER):
            row = block * size + unit
            z[name] = float(w_ih[row] @ x[n] + b_ih[row] + w_hh[row] @ h[n] + b_hh[row])
        c_next[n, unit] = sigmoid(z["f"]) * c[n, unit] + sigmoid(z["i"]) * math.tanh(z["g"])
        h_next[n, unit] = sigmoid(z["o"]) * math.tanh(c_next[n, unit])
    return h_next, c_next


def draw(source, batch, inputs, size):
    x, h, c = source.array(batch, inputs), source.array(batch, size), source.array(batch, size)
    weights = source.array(4 * size, inputs), source.array(4 * size, size)
    return x, h, c, *weights, source.array(4 * size), source.array(4 * size)


def compare(candidate, *arrays):
    dtype = arrays[0].dtype
    tolerance = {"rtol": 1e-8, "atol": 2e-8} if dtype == np.float64 else {"rtol": 1e-4, "atol": 3e-5}
    got = unpack(candidate.lstm_cell(*(value.copy() for value in arrays)), 2, "h", "c")
    for name, value, want in zip(("h", "c"), got, oracle(*arrays), strict=True):
        assert_close(value, want, dtype=dtype, name=name, **tolerance)


def from_biases(c, dtype=np.float64, **gates):
    """Arguments whose pre-activations are the given ones (one value, or one a unit), all through b_ih.

    A last unit of ordinary size is added: beside it, a closed gate's 1e-44 is as good as another sigmoid's 0.
    """
    c = np.pad(np.atleast_2d(np.asarray(c, dtype=dtype)), ((0, 0), (0, 1)), constant_values=0.5)
    size = c.shape[1]
    b_ih = np.concatenate(
        [np.append(np.broadcast_to(gates.get(name, 0.0), size - 1), 1.0) for name in ORDER]
    ).astype(dtype)
    zeros = np.zeros
    return (
        zeros((len(c), 2), dtype),
        zeros(c.shape, dtype),
        c,
        zeros((4 * size, 2), dtype),
        zeros((4 * size, size), dtype),
        b_ih,
        zeros(4 * size, dtype),
    )


@check("Worked by hand: one example, one input, one unit.", "手算例子：一个样本、一个输入、一个单元。")
def test_by_hand(candidate):
    ln3 = math.log(3)
    x, h, c = np.array([[1.0]]), np.array([[2.0]]), np.array([[0.4]])
    w_ih, w_hh = np.array([[ln3], [1.0], [0.0], [0.0]]), np.array([[0.0], [-0.5], [0.0], [0.0]])
    b_ih, b_hh = np.array([0.0, 0.0, ln3, 0.0]), np.array([0.0, 0.0, 0.0, -ln3])
    got_h, got_c = unpack(candidate.lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh), 2, "h", "c")
    assert_close(got_c, np.array([[0.8]]), name="c")
    assert_close(got_h, np.array([[0.25 * math.tanh(0.8)]]), name="h")


@check(
    "Each gate alone: closed, half open and open.",
    "逐个检验每个门：关闭、半开、打开。",
)
def test_each_gate(candidate):
    for name in ORDER:
        for value in (-40.0, -1.5, 0.7, 40.0):
            open_gates = dict.fromkeys(ORDER, 1.0) | {name: value}
            compare(candidate, *from_biases([[2.0], [-0.5]], **open_gates))
            compare(candidate, *from_biases([[2.0], [-0.5]], **{name: value}))


@check(
    "An open forget gate and a closed input gate keep the cell state, however large it is.",
    "遗忘门全开、输入门关闭时，细胞状态原样保留，无论多大。",
)
def test_remembers(candidate):
    for dtype in (np.float64, np.float32):
        c = np.array([[1000.0, -3.0, 0.25], [-1000.0, 0.0, 7.0]])
        compare(candidate, *from_biases(c, dtype, i=-100.0, f=100.0, g=1.0, o=0.5))
        compare(candidate, *from_biases(c, dtype, i=100.0, f=100.0, g=100.0, o=0.5))
        c = np.array([[2.0, -3.0, 0.25]])
        compare(candidate, *from_biases(c, dtype, i=100.0, f=-100.0, g=[-1.0, 0.0, 2.0], o=0.5))
        compare(candidate, *from_biases(c, dtype, i=100.0, f=100.0, g=100.0, o=[100.0, 0.0, -100.0]))


@check(
    "The four blocks of rows are i, f, g, o, each with its units in order.",
    "四个行块依次是 i、f、g、o，块内按单元顺序排列。",
)
def test_blocks(candidate):
    steps = np.array([-2.0, 0.5, 3.0])
    for name in ORDER:
        compare(candidate, *from_biases([[1.0, 1.0, 1.0]], **(dict.fromkeys(ORDER, 1.0) | {name: steps})))
    for size in (2, 4):
        rng = fresh_rng(1, size)
        shapes = ((size, size), (size, size), (size, size), (4 * size, size), (4 * size, size))
        compare(candidate, *(rng.standard_normal(shape) for shape in (*shapes, (4 * size,), (4 * size,))))


@check("Both biases count, and both weight matrices.", "两个偏置都要加，两个权重矩阵都要用。")
def test_every_argument(candidate):
    rng = fresh_rng(2)
    shapes = {"x": (2, 3), "h": (2, 2), "c": (2, 2), "w_ih": (8, 3), "w_hh": (8, 2), "b_ih": 8, "b_hh": 8}
    for zeroed in ((), ("b_ih",), ("b_hh",), ("x",), ("h",), ("c",), ("x", "h"), ("h", "c", "b_ih")):
        drawn = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
        compare(candidate, *(drawn[name] * (name not in zeroed) for name in shapes))


@check("Pre-activations of ±1e6 give a finite, right result.", "激活前的值达到 ±1e6 时结果有限且正确。")
def test_large(candidate):
    for dtype in (np.float64, np.float32):
        for value in (100.0, 1000.0, 1e6):
            for signs in ((1, 1, 1, 1), (-1, -1, -1, -1), (1, -1, -1, 1), (-1, 1, 1, 1), (1, 0, -1, 1)):
                gates = dict(zip(ORDER, (sign * value for sign in signs), strict=True))
                compare(candidate, *from_biases([[2.0, -3.0]], dtype, **gates))


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
    steps, weights = (
        rng.standard_normal((4, 2, 3)),
        [rng.standard_normal(s) for s in ((8, 3), (8, 2), 8, 8)],
    )
    for _ in range(2):
        h, c = np.zeros((2, 2)), np.zeros((2, 2))
        for x in steps:
            compare(candidate, x, h, c, *weights)
            h, c = oracle(x, h, c, *weights)


@check(
    "h and c equal the equations for drawn batches, inputs and hidden sizes.",
    "在随机的批大小、输入维度与隐藏维度下，h 与 c 都等于公式。",
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
    x, h, c, *weights = draw(source, batch, inputs, size)
    unit_scale = [512] * (size - 1) + [0.25]  # the last unit stays ordinary
    scale = np.array(4 * unit_scale, dtype=x.dtype)
    c = source.array(batch, size, kind="normal")
    compare(candidate, x, h, c, *((value.T * scale).T for value in weights))  # every sum is exact in float32
