"""Checks of `rope`: one pair at a time with Python's own sine and cosine; how much is allowed grows with the angle."""

import math

import numpy as np
import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, fresh_rng, gradients
from drills.strategies import Source, sizes, sources

UNIT = {torch.float64: 2e-6, torch.float32: 2e-6, torch.float16: 4e-3, torch.bfloat16: 3e-2}
ANGLE = 4e-6  # what float32 may lose of an angle, relative to it


def turned(x, positions, base, way=1):
    """The definition in float64, and what each element may be off by: in units of its pair, more for a greater angle."""
    x, unit = x.detach(), UNIT[x.dtype]
    half = x.shape[-1] // 2
    values = x.double().numpy()
    out, slack = np.empty_like(values), np.empty_like(values)
    for t, position in enumerate(positions.tolist()):
        for i in range(half):
            angle = position * base ** (-2 * i / x.shape[-1])
            cos, sin = math.cos(angle), way * math.sin(angle)
            first, second = values[:, :, t, i], values[:, :, t, i + half]
            out[:, :, t, i] = first * cos - second * sin
            out[:, :, t, i + half] = first * sin + second * cos
            room = (np.abs(first) + np.abs(second)) * (unit + ANGLE * abs(angle)) + 1e-12
            slack[:, :, t, i] = slack[:, :, t, i + half] = room
    return torch.from_numpy(out), slack


def compare(candidate, x, positions, base=None):
    """Against the definition; `base` is left to its default where it is None."""
    want, slack = turned(x, positions, 10000.0 if base is None else base)
    options = {} if base is None else {"base": base}
    got = candidate.apply_rope(x, positions, **options)
    assert_close(got, want, dtype=x.dtype, rtol=0, atol=slack)
    return got


@check("Two pairs at position 2, worked by hand.", "两对分量、位置 2 的手算例子。")
def test_by_hand(candidate):
    x = torch.tensor([1.0, 2.0, 3.0, 4.0], dtype=torch.float64).reshape(1, 1, 1, 4)
    got = candidate.apply_rope(x, torch.tensor([2]), base=4.0)  # angles 2 and 1
    want = torch.tensor([-3.1440391, -2.2852793, -0.3391431, 3.8441512], dtype=torch.float64)
    assert_close(got, want.reshape(1, 1, 1, 4), rtol=0, atol=1e-5)


@check("Position 0 leaves x as it is.", "位置 0 不改变 x。")
def test_position_zero(candidate):
    x = Source(1).tensor(2, 3, 1, 6)
    assert_close(candidate.apply_rope(x.clone(), torch.tensor([0])), x, rtol=0, atol=1e-6)


@check(
    "Four to sixteen channels with the default base, at positions 0 to 5.",
    "4 到 16 个通道、默认 base、位置 0 到 5。",
)
def test_default_base(candidate):
    for depth in (4, 6, 16):
        compare(candidate, Source(depth).tensor(2, 3, 6, depth), torch.arange(6))


@check(
    "A single pair, and a single position, head and batch element.",
    "只有一对分量，或只有一个位置、一个头、一个样本。",
)
def test_size_one(candidate):
    for shape in ((2, 3, 4, 2), (1, 1, 1, 2), (2, 1, 3, 4), (1, 3, 1, 4)):
        compare(candidate, Source(2).tensor(*shape), torch.arange(1, shape[2] + 1))


@check("Positions that begin at 37, as in decoding with a cache.", "位置从 37 开始，正如带缓存的解码。")
def test_offset(candidate):
    for length in (1, 3):
        compare(candidate, Source(3).tensor(2, 2, length, 8), torch.arange(37, 37 + length))


@check(
    "Positions in any order, repeated or negative, in int64 and int32.",
    "位置可以乱序、重复或为负，dtype 可以是 int64 或 int32。",
)
def test_any_positions(candidate):
    for dtype in (torch.int64, torch.int32):
        for positions in ([5, 2, 9, 0], [7, 7, 0, 7], [-1, -20, 3, 0], [3, 2, 1, 0]):
            compare(candidate, Source(4).tensor(4, 4, 4, 6), torch.tensor(positions, dtype=dtype))


@check("Other bases: 500000, 100, 2.5 and 1.", "其他底数：500000、100、2.5 与 1。")
def test_other_bases(candidate):
    for base in (500000.0, 100.0, 2.5, 1.0):
        compare(candidate, Source(5).tensor(2, 2, 5, 8), torch.arange(3, 8), base)


@check(
    "Far positions: the angle keeps the precision of float32.",
    "很远的位置：角度保持 float32 的精度。",
)
def test_far_positions(candidate):
    positions = torch.tensor([259, 1003, 4099, 30011])
    for dtype in ("float64", "float32"):
        compare(candidate, Source(6, dtype).tensor(1, 2, 4, 8), positions)
        compare(candidate, Source(6, dtype).tensor(1, 2, 4, 8), positions, 500000.0)


@check(
    "In float16 and bfloat16 the angle is still computed in float32, and the result has the dtype of x.",
    "x 为 float16 或 bfloat16 时，角度仍用 float32 计算，结果的 dtype 与 x 相同。",
)
def test_half_precision(candidate):
    for dtype in (torch.bfloat16, torch.float16):
        for positions in ([0, 1, 2, 3], [259, 517, 1003, 2051]):
            compare(candidate, Source(7, "float32").tensor(2, 2, 4, 8).to(dtype), torch.tensor(positions))


@check(
    "As many calls as you like, of one shape, with other positions, bases and dtypes.",
    "形状相同，但位置、底数或 dtype 不同的多次调用互不影响。",
)
def test_no_state(candidate):
    rng = fresh_rng(8)
    source = Source(int(rng.integers(1000)))
    x = source.tensor(1, 2, 3, 4)
    for positions, base in (([0, 1, 2], None), ([4, 5, 6], None), ([4, 5, 6], 50.0), ([0, 1, 2], None)):
        compare(candidate, x.clone(), torch.tensor(positions), base)
        compare(candidate, x.float(), torch.tensor(positions), base)


shapes = {"batch": sizes(1, 3), "heads": sizes(1, 4), "length": sizes(1, 5), "half": sizes(1, 6)}


@check(
    "The output equals the definition on drawn shapes, positions and bases.",
    "在随机形状、位置与底数上输出等于定义。",
    source=sources(("normal", "ties", "tiny", "large")),
    low=st.sampled_from([0, 1, -50, 40, 1000]),
    reach=st.sampled_from([6, 100, 2000]),
    base=st.sampled_from([None, 10000.0, 500000.0, 100.0]),
    **shapes,
)
def test_values(candidate, source, low, reach, base, batch, heads, length, half):
    positions = torch.from_numpy(source.integers(low, low + reach, length))
    compare(candidate, source.tensor(batch, heads, length, 2 * half), positions, base)


@check(
    "The gradient of x is grad_out turned back.",
    "x 的梯度就是把 grad_out 反向转回去。",
    source=sources(),
    low=st.sampled_from([0, 40]),
    examples=30,
    **shapes,
)
def test_gradient(candidate, source, low, batch, heads, length, half):
    positions = torch.from_numpy(source.integers(low, low + 20, length))
    x = source.tensor(batch, heads, length, 2 * half, requires_grad=True)
    grad_out = source.tensor(*x.shape)
    found = gradients(candidate.apply_rope(x, positions), grad_out, x=x)["x"]
    want, slack = turned(grad_out, positions, 10000.0, way=-1)
    assert_close(found, want, dtype=x.dtype, rtol=0, atol=slack, name="grad x")
