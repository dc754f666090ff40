"""Checks of `swiglu`: sums over the hidden units one by one, in float64; what is allowed follows from the terms' sizes."""

import math

import torch

from drills.checking import assert_close, check, fresh_rng, gradients
from drills.strategies import Source, leading_axes, sizes, sources

UNIT = {torch.float64: 1e-13, torch.float32: 3e-6}


def oracle(x, w_gate, w_up, w_down):
    """The definition, differentiable: one hidden unit after another."""
    out = torch.zeros_like(x)
    for f in range(w_gate.shape[0]):
        gate, up = (x * w_gate[f]).sum(-1), (x * w_up[f]).sum(-1)
        silu = gate * (1 + torch.tanh(gate / 2)) / 2
        out = out + (silu * up)[..., None] * w_down[:, f]
    return out


def size(x, w_gate, w_up, w_down):
    """The same with all signs positive: what roundings are relative to."""
    x, w_gate, w_up, w_down = (value.detach().double().abs() for value in (x, w_gate, w_up, w_down))
    return float((((x @ w_gate.T) * (x @ w_up.T)) @ w_down.T).max())


def compare(candidate, *inputs):
    got = candidate.swiglu(*inputs)
    want = oracle(*(value.double() for value in inputs))
    assert_close(got, want, dtype=inputs[0].dtype, rtol=0, atol=UNIT[inputs[0].dtype] * size(*inputs))
    return got


def draw(source, lead, width, hidden, **options):
    """x as the source has it; weights of about one."""
    x = source.tensor(*lead, width, **options)
    return (
        x,
        *(
            source.tensor(*shape, kind="normal", **options)
            for shape in ((hidden, width), (hidden, width), (width, hidden))
        ),
    )


@check("Two channels and three hidden units, worked by hand.", "两个通道、三个隐藏单元的手算例子。")
def test_by_hand(candidate):
    log3 = math.log(3)
    x, w_gate, w_up, w_down = (
        torch.tensor(rows, dtype=torch.float64)
        for rows in (
            [[1.0, 2.0]],
            [[log3, 0.0], [-log3, 0.0], [0.0, 0.0]],
            [[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]],
            [[1.0, 0.0, 1.0], [1.0, 1.0, 1.0]],
        )
    )
    want = torch.tensor([[1.5 * log3, 0.75 * log3]], dtype=torch.float64)
    assert_close(candidate.swiglu(x, w_gate, w_up, w_down), want)


@check("F larger than D, smaller, equal, and one.", "F 大于 D、小于 D、等于 D 以及为 1。")
def test_sizes(candidate):
    for width, hidden in ((3, 8), (8, 3), (4, 4), (5, 1), (1, 5), (1, 1)):
        compare(candidate, *draw(Source(width), (2, 3), width, hidden))


@check("Any number of leading axes, none included.", "前面可以有任意多个轴，也可以没有。")
def test_leading_axes(candidate):
    for lead in ((), (4,), (1,), (2, 3), (3, 1, 2), (2, 1, 2, 2)):
        compare(candidate, *draw(Source(len(lead)), lead, 4, 6))


@check(
    "Gates of ±1000 do not overflow: silu(1000) = 1000, silu(−1000) = 0.",
    "门的值达到 ±1000 时不溢出：silu(1000) = 1000，silu(−1000) = 0。",
)
def test_large_gates(candidate):
    for dtype in (torch.float64, torch.float32):
        x = torch.tensor([[1000.0], [-1000.0], [100.0], [-100.0]], dtype=dtype)
        one, two = torch.ones(1, 1, dtype=dtype), torch.full((1, 1), 0.5, dtype=dtype)
        want = torch.tensor([[5e5], [0.0], [5e3], [0.0]], dtype=torch.float64)
        got = candidate.swiglu(x, one, two, one.clone())
        assert_close(got, want, dtype=dtype, rtol=1e-5, atol=1e-12)
    gates = torch.tensor([[sign * size] for size in (5.0, 10.0, 16.0, 20.0, 25.0) for sign in (1, -1)])
    compare(candidate, gates.double(), *(torch.ones(1, 1, dtype=torch.float64) for _ in range(3)))


@check("Another call in between, of another shape, changes nothing.", "中间换一个形状再调用，不影响结果。")
def test_no_state(candidate):
    rng = fresh_rng(1)
    first = draw(Source(int(rng.integers(1000))), (2, 2), 3, 5)
    other = draw(Source(int(rng.integers(1000)), "float32"), (2, 2), 3, 5)
    for tensors in (first, other, first):
        compare(candidate, *(tensor.clone() for tensor in tensors))


shapes = {"lead": leading_axes(3), "width": sizes(1, 6), "hidden": sizes(1, 8)}


@check(
    "The output equals the definition on drawn shapes and values.",
    "在随机形状与取值上输出等于定义。",
    source=sources(("normal", "ties", "large", "tiny", "positive", "negative")),
    **shapes,
)
def test_values(candidate, source, lead, width, hidden):
    compare(candidate, *draw(source, lead, width, hidden))


@check(
    "The gradients of x and of the three weights are those of the definition.",
    "x 与三个权重的梯度等于定义的梯度。",
    source=sources(("normal", "positive")),
    examples=30,
    **shapes,
)
def test_gradients(candidate, source, lead, width, hidden):
    names = ("x", "w_gate", "w_up", "w_down")
    inputs = dict(zip(names, draw(source, lead, width, hidden, requires_grad=True), strict=True))
    grad_out = source.tensor(*inputs["x"].shape)
    found = gradients(candidate.swiglu(*inputs.values()), grad_out, **inputs)
    mine = {name: value.detach().double().requires_grad_() for name, value in inputs.items()}
    unit = 1e-10 if grad_out.dtype == torch.float64 else 1e-4
    for name, want in gradients(oracle(*mine.values()), grad_out.double(), **mine).items():
        scale = max(10.0, float(want.abs().max()))
        assert_close(found[name], want, dtype=grad_out.dtype, rtol=0, atol=unit * scale, name=f"grad {name}")
