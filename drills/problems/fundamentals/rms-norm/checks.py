"""Checks of `rms-norm`: the definition in float64, row by row; half types against it within their own rounding."""

import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, gradients
from drills.strategies import Source, leading_axes, sizes, sources

HALF = (torch.float16, torch.bfloat16)


def oracle(x, weight, eps):
    """One row at a time; differentiable."""
    rows = [
        weight * row / ((row * row).sum() / row.numel() + eps) ** 0.5 for row in x.reshape(-1, x.shape[-1])
    ]
    return torch.stack(rows).reshape(x.shape)


def compare(candidate, x, weight, eps=None):
    """The output within 1e-5 (or two roundings of a half type, which the weight may be multiplied in)."""
    options = {} if eps is None else {"eps": eps}
    got = candidate.rms_norm(x, weight, **options)
    want = oracle(x.double(), weight.double(), 1e-6 if eps is None else eps)
    rtol = 4 * torch.finfo(x.dtype).eps if x.dtype in HALF else 1e-5
    # what lies below float16's smallest normal number is rounded absolutely
    assert_close(got, want, dtype=x.dtype, rtol=rtol, atol=1e-6 * float(want.abs().max()) + 1e-7)


@check("The example worked by hand: x = [3, 4].", "手算例子：x = [3, 4]。")
def test_by_hand(candidate):
    x, weight = torch.tensor([3.0, 4.0], dtype=torch.float64), torch.tensor([1.0, 2.0], dtype=torch.float64)
    want = torch.tensor([3.0, 8.0], dtype=torch.float64) / 12.5**0.5
    assert_close(candidate.rms_norm(x, weight, eps=0.0), want, rtol=1e-5)
    assert_close(candidate.rms_norm(x, weight), want, rtol=1e-5)


@check("No mean is subtracted: a constant row keeps its sign and size.", "不减均值：常数行保持符号与大小。")
def test_constant_row(candidate):
    for value in (5.0, -2.0):
        compare(
            candidate,
            torch.full((2, 4), value, dtype=torch.float64),
            torch.arange(1.0, 5.0, dtype=torch.float64),
        )


@check(
    "eps is added inside the root: tiny rows, and rows of zeros.", "eps 加在根号里面：极小的行与全零的行。"
)
def test_eps(candidate):
    x = torch.tensor(
        [[1e-3, -2e-3, 1e-3], [1e-4, 0, 1e-4], [0, 0, 0], [1e-6, 1e-6, -1e-6]], dtype=torch.float64
    )
    weight = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    for dtype in (torch.float64, torch.float32):
        for eps in (None, 1e-5, 0.1):
            compare(candidate, x.to(dtype), weight.to(dtype), eps)
        compare(candidate, x[:2].to(dtype), weight.to(dtype), 0.0)


@check(
    "float16 and bfloat16 are computed in float32: neither large nor small values are lost.",
    "float16 与 bfloat16 用 float32 计算：大值不溢出，小值不丢失。",
)
def test_half(candidate):
    source = Source(0)
    for dtype in HALF:
        for scale in (300.0, 1.0, 1e-3, 1e-4):
            x = (source.tensor(3, 16) * scale).to(dtype)
            for weight_dtype in (dtype, torch.float32):
                compare(candidate, x, torch.ones(16, dtype=weight_dtype))
                compare(candidate, x, source.tensor(16).to(weight_dtype))
    compare(
        candidate, (source.tensor(3, 16) * 1e6).to(torch.bfloat16), torch.ones(16)
    )  # float16 ends at 65504


@check(
    "A half type loses no more than the last rounding when the weight is a power of two.",
    "weight 为 2 的幂时，半精度结果只有最后一次舍入的误差。",
)
def test_half_is_rounded_once(candidate):
    source = Source(1)
    for dtype in reversed(HALF):
        x, weight = source.tensor(32, 24).to(dtype), torch.tensor([0.5, 1.0, 2.0, -1.0] * 6, dtype=dtype)
        want = oracle(x.double(), weight.double(), 1e-6)
        rounding = torch.finfo(dtype).eps / 2
        assert_close(candidate.rms_norm(x, weight), want, dtype=dtype, rtol=1.02 * rounding, atol=1e-7)


@check("The result has the dtype of x, whatever that of weight.", "结果的 dtype 与 x 相同，与 weight 无关。")
def test_dtype(candidate):
    source = Source(2)
    kinds = (torch.float64, torch.float32, torch.float16, torch.bfloat16)
    for dtype in kinds:
        for weight_dtype in kinds:
            compare(candidate, source.tensor(2, 5).to(dtype), source.tensor(5).to(weight_dtype))


shapes = {"lead": leading_axes(3), "width": sizes(1, 8), "eps": st.sampled_from([None, 1e-6, 1e-5, 1e-2])}


@check(
    "The output equals the definition over any leading axes, each row by itself.",
    "对任意前置轴，每一行各自归一化，输出等于定义。",
    source=sources(("normal", "tiny", "large", "positive", "ties")),
    **shapes,
)
def test_values(candidate, source, lead, width, eps):
    compare(candidate, source.tensor(*lead, width), source.tensor(width, kind="normal"), eps)


@check(
    "The gradients of x and weight are those of the definition.",
    "x 与 weight 的梯度等于定义的梯度。",
    source=sources(("normal", "positive")),
    examples=40,
    **shapes,
)
def test_gradients(candidate, source, lead, width, eps):
    x, weight = source.tensor(*lead, width, requires_grad=True), source.tensor(width, requires_grad=True)
    grad_out = source.tensor(*lead, width)
    options = {} if eps is None else {"eps": eps}
    found = gradients(candidate.rms_norm(x, weight, **options), grad_out, x=x, weight=weight)
    mine = {
        name: value.detach().double().requires_grad_() for name, value in {"x": x, "weight": weight}.items()
    }
    out = oracle(mine["x"], mine["weight"], 1e-6 if eps is None else eps)
    root = (mine["x"].detach() ** 2).mean(-1).add(1e-6).sqrt().min()
    sizes_of = {"x": float((grad_out.double() * mine["weight"]).abs().max() / root), "weight": 8.0}
    for name, want in gradients(out, grad_out.double(), **mine).items():
        tolerance = 1e-4 * max(sizes_of[name], 1.0)
        assert_close(found[name], want, dtype=x.dtype, rtol=1e-4, atol=tolerance, name=f"grad {name}")


@check(
    "In a half type gradients flow to x and to a float32 weight.",
    "半精度下，梯度能传到 x 与 float32 的 weight。",
)
def test_half_gradients(candidate):
    source = Source(3)
    for dtype in HALF:
        x = source.tensor(3, 8).to(dtype).requires_grad_()
        weight = source.tensor(8).float().requires_grad_()
        grad_out = source.tensor(3, 8).to(dtype)
        found = gradients(candidate.rms_norm(x, weight), grad_out, x=x, weight=weight)
        mine = {
            name: value.detach().double().requires_grad_()
            for name, value in {"x": x, "weight": weight}.items()
        }
        expected = gradients(oracle(mine["x"], mine["weight"], 1e-6), grad_out.double(), **mine)
        for name, value in {"x": x, "weight": weight}.items():
            size = float(expected[name].abs().max())
            unit = 8 * torch.finfo(dtype).eps
            assert_close(
                found[name],
                expected[name],
                dtype=value.dtype,
                rtol=unit,
                atol=unit * size,
                name=f"grad {name}",
            )
