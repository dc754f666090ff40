"""Checks of `qlora-linear`: each value against all sixteen levels in Python floats, then the formula with that weight in float64.

Where rounding could decide between two levels either is right.
"""

import gc
import math
from itertools import pairwise

import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, gradients, require, unchanged
from drills.strategies import Source, leading_axes, sizes, sources

LEVELS = (
    *(-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453),
    *(-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0),
    *(0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224),
    *(0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0),
)


def make_base(source, n_in, n_out, bias=True, kind="normal"):
    """A linear layer with weights of ours."""
    base = torch.nn.Linear(n_in, n_out, bias=bias, dtype=getattr(torch, source.dtype))
    with torch.no_grad():
        for parameter in base.parameters():
            parameter.copy_(source.tensor(*parameter.shape, kind=kind))
    return base


def wrap(candidate, base, r, alpha, **options):
    """The learner's layer, and what has to be there."""
    n_out, n_in = base.weight.shape
    with unchanged(base=base):
        layer = candidate.QLoRALinear(base, r, alpha, **options)
    is_module = isinstance(layer, torch.nn.Module)
    require(is_module, "QLoRALinear must be an nn.Module.", "QLoRALinear 必须是 nn.Module。")
    own = dict(layer.named_parameters())
    for name, shape in {"lora_A": (r, n_in), "lora_B": (n_out, r)}.items():
        require(
            name in own and tuple(own[name].shape) == shape and own[name].dtype == base.weight.dtype,
            f"There must be a parameter {name} of shape {shape} in base's dtype.",
            f"必须有形状为 {shape}、dtype 与 base 相同的参数 {name}。",
        )
    trained = sorted(name for name, p in own.items() if p.requires_grad)
    require(
        trained == ["lora_A", "lora_B"],
        "Exactly lora_A and lora_B must require a gradient.",
        "需要梯度的应恰好是 lora_A 和 lora_B。",
        actual=trained,
    )
    bias = layer.bias if isinstance(getattr(layer, "bias", None), torch.Tensor) else None
    if base.bias is None:
        require(bias is None, "base has no bias: bias must be None.", "base 没有偏置，bias 应为 None。")
    else:
        assert_close(None if bias is None else bias.detach(), base.bias.detach().clone(), name="bias")
        require(
            not bias.requires_grad,
            "The bias must be frozen: it requires a gradient.",
            "偏置必须冻结，现在它的 requires_grad 为 True。",
        )
    return layer


def fill(layer, source):
    with torch.no_grad():
        for parameter in (layer.lora_A, layer.lora_B):
            parameter.copy_(source.tensor(*parameter.shape, kind="normal"))


def dequantized(layer, weight, block_size=64):
    """The learner's weight in float64, after a look at every value of it."""
    got = layer.dequantize()
    mine = got.detach() if isinstance(got, torch.Tensor) else got
    assert_close(mine, weight, rtol=0, atol=math.inf, name="dequantize()")  # type, shape and dtype
    eps = 32 * torch.finfo(weight.dtype).eps
    values, mine = weight.double().flatten().tolist(), got.detach().double().flatten().tolist()
    for start in range(0, len(values), block_size):
        block = values[start : start + block_size]
        top = max(map(abs, block))
        for i, value in enumerate(block, start):
            gaps = [abs(level * top - value) for level in LEVELS]
            legal = [
                level * top for level, gap in zip(LEVELS, gaps, strict=True) if gap <= min(gaps) + eps * top
            ]
            require(
                any(abs(mine[i] - one) <= eps * top for one in legal),
                f"Value {i} of the flattened weight is {value:.5g}, its block's absmax {top:.5g}; dequantize() must give {legal[0]:.5g}, not {mine[i]:.5g}.",
                f"展平后第 {i} 个权重是 {value:.5g}，所在块的 absmax 是 {top:.5g}；dequantize() 应给出 {legal[0]:.5g}，实际是 {mine[i]:.5g}。",
                actual=got.detach(),
                name="dequantize()",
            )
    return got.detach().double()


def close(got, want, dtype, name="output", scale=1.0, exact=False):
    """`exact`: alpha / r is a power of two. Otherwise it may be rounded, as a float32 tensor."""
    size = max(scale, float(want.detach().abs().max()))
    rtol, unit = (1e-6, 1e-6) if dtype == torch.float64 else (1e-4, 1e-5)
    if exact and dtype == torch.float64:
        rtol = unit = 1e-12
    assert_close(got, want.detach(), dtype=dtype, rtol=rtol, atol=unit * size, name=name)


def formula(x, weight, a, b, bias, scale):
    out = x @ weight.T + scale * (x @ (b @ a).T)
    return out if bias is None else out + bias


def same(candidate, source, n_in, n_out, r=2, alpha=3, bias=True, lead=(3,), kind="normal", **options):
    """Weight, output and gradients of a filled layer."""
    base = make_base(source, n_in, n_out, bias, kind)
    layer = wrap(candidate, base, r, alpha, **options)
    fill(layer, source)
    x = source.tensor(*lead, n_in, kind="normal", requires_grad=True)
    grad_out = source.tensor(*lead, n_out, kind="normal")
    candidate.show(weight=base.weight.detach(), x=x, r=r, alpha=alpha, **options)
    weight = dequantized(layer, base.weight.detach(), options.get("block_size", 64))
    offset = None if base.bias is None else base.bias.detach().double()
    with unchanged(x=x, layer=layer):
        out = layer(x)
    mine = {"x": x, "lora_A": layer.lora_A, "lora_B": layer.lora_B}
    wide = {name: value.detach().double().requires_grad_() for name, value in mine.items()}
    want = formula(wide["x"], weight, wide["lora_A"], wide["lora_B"], offset, alpha / r)
    size = 10.0 * max(1.0, float(weight.abs().max()))
    require(
        isinstance(out, torch.Tensor),
        "forward must return a torch.Tensor.",
        "forward 必须返回 torch.Tensor。",
        actual=out,
    )
    close(out.detach(), want, x.dtype, scale=size)
    found = gradients(out, grad_out, **mine)
    for name, grad in gradients(want, grad_out.double(), **wide).items():
        close(found[name], grad, x.dtype, name=f"grad {name}", scale=5 * size)


def attributes(layer, n):
    """The names of the layer's own arrays and lists that are as long as the weight."""
    return [
        name
        for name, value in vars(layer).items()
        if getattr(value, "size", 0) == n or (isinstance(value, (list, tuple)) and len(value) >= n)
    ]


def full_size(n):
    """The tensors of n values or a little more, wider than a byte each, that anything in this process refers to."""
    gc.collect()
    kinds = (torch.Tensor, torch.nn.Parameter)
    return [
        t for t in gc.get_objects() if type(t) in kinds and t.element_size() > 1 and n <= t.numel() <= 2 * n
    ]


@check("Worked by hand: four weights in two blocks.", "手算例子：四个权重，分成两块。")
def test_by_hand(candidate):
    base = torch.nn.Linear(4, 1, bias=False, dtype=torch.float64)
    with torch.no_grad():
        base.weight.copy_(torch.tensor([[2.0, -0.5, 1.0, -4.0]]))
    layer = wrap(candidate, base, 1, 2, block_size=2)
    with torch.no_grad():
        layer.lora_A.copy_(torch.tensor([[1.0, 0.0, 0.0, 1.0]]))
        layer.lora_B.fill_(0.5)
    x = torch.ones(4, dtype=torch.float64)
    candidate.show(
        weight=base.weight.detach(), x=x, block_size=2, r=1, alpha=2, lora_A=layer.lora_A, lora_B=layer.lora_B
    )
    want = torch.tensor([[2.0, -0.5689, 0.9844, -4.0]], dtype=torch.float64)
    assert_close(layer.dequantize().detach(), want, rtol=0, atol=1e-4, name="dequantize()")
    assert_close(layer(x).detach(), torch.tensor([0.4156], dtype=torch.float64), rtol=0, atol=1e-4)


@check(
    "At the start B is zero and A random: the layer is its quantised base.",
    "初始时 B 为零、A 随机：该层就是量化后的 base。",
)
def test_start(candidate):
    source, drawn = Source(0), []
    for bias in (True, False):
        base = make_base(source, 6, 5, bias)
        layer = wrap(candidate, base, 3, 8)
        require(
            not bool(layer.lora_B.any()),
            "lora_B must start at zero.",
            "lora_B 必须从零开始。",
            actual=layer.lora_B.detach(),
        )
        a = layer.lora_A.detach().clone()
        require(
            bool((a != a[0, 0]).any() and a.isfinite().all()),
            "lora_A must start at random values.",
            "lora_A 必须随机初始化。",
            actual=a,
        )
        drawn.append(a)
        x = source.tensor(2, 6)
        want = x @ dequantized(layer, base.weight.detach()).T + (base.bias.detach() if bias else 0)
        close(layer(x).detach(), want, x.dtype, exact=True)
    require(
        not torch.equal(*drawn),
        "Two layers start with the same lora_A: it is not random.",
        "两个层的 lora_A 初值相同：它不是随机的。",
    )


@check("Every level is met, on both sides of every midpoint.", "每一级、每个中点的两侧都取到最近的级别。")
def test_levels(candidate):
    middles = [(a + b) / 2 for a, b in pairwise(LEVELS)]
    for dtype in (torch.float64, torch.float32):
        for top in (1.0, -4.0):
            values = [
                top * v for v in (*LEVELS, *(m - 0.002 for m in middles), *(m + 0.002 for m in middles))
            ]
            base = torch.nn.Linear(23, 2, bias=False, dtype=dtype)
            with torch.no_grad():
                base.weight.copy_(torch.tensor(values).view(2, 23))
            dequantized(wrap(candidate, base, 1, 1), base.weight.detach())


@check(
    "Blocks run over the flattened weight, across rows; the last may be short; 64 by default.",
    "块沿展平后的权重划分，可以跨行，最后一块可以不满；默认每块 64 个。",
)
def test_blocks(candidate):
    source = Source(1)
    shapes = ((13, 11, 4), (5, 3, 4), (5, 3, 5), (3, 4, 7), (4, 4, 1), (7, 1, 3), (3, 3, 100), (6, 2, 8))
    for n_in, n_out, block_size in shapes:
        base = make_base(source, n_in, n_out)
        with torch.no_grad():
            base.weight[0, 0], base.weight[-1, -1] = 50.0, -20.0  # outliers spoil their own blocks only
        dequantized(wrap(candidate, base, 1, 1, block_size=block_size), base.weight.detach(), block_size)
    for n_in, n_out in ((20, 10), (64, 2), (13, 5), (9, 7)):
        same(candidate, source, n_in, n_out)


@check("An odd number of weights, and a single one.", "权重个数为奇数，或只有一个。")
def test_odd(candidate):
    for n_in, n_out in ((1, 1), (3, 1), (1, 5), (3, 3), (5, 7)):
        for block_size in (1, 2, 3, 64):
            same(candidate, Source(2), n_in, n_out, r=1, block_size=block_size)


@check(
    "A block of zeros gives zeros, beside others too; a block of tiny values is quantised as any other.",
    "全零的块得到零，与其他块相邻时也一样；数值极小的块照常量化。",
)
def test_zero_block(candidate):
    for dtype in (torch.float64, torch.float32):
        tiny = [1e-9, -7e-10, 0, 3.4e-10]
        for rows in (
            [[0.0, 0, 0, 0], [1, -2, 0, 0.5]],
            [[0.0] * 4] * 2,
            [[3.0, 1, 0, 0], [0, 0, 0, -0.1]],
            [tiny, [0.0] * 4],
            [[1.0, -1, 0.5, 0], tiny],
        ):
            base = torch.nn.Linear(4, 2, dtype=dtype)
            with torch.no_grad():
                base.weight.copy_(torch.tensor(rows))
            layer = wrap(candidate, base, 1, 1, block_size=4)
            candidate.show(weight=base.weight.detach(), block_size=4)
            dequantized(layer, base.weight.detach(), 4)
            close(layer(torch.zeros(4, dtype=dtype)).detach(), base.bias.detach().double(), dtype)


@check("The scale is alpha / r, and the bias is added once.", "缩放是 alpha / r；偏置只加一次。")
def test_scale(candidate):
    for r, alpha in ((1, 4), (4, 1), (2, 2), (3, 0.5), (4, 16)):
        for bias in (True, False):
            same(candidate, Source(3), 6, 5, r, alpha, bias)


@check(
    "The weight is stored in four bits, and no full-precision copy is kept.",
    "权重以 4 比特存储，不保留全精度副本。",
)
def test_storage(candidate):
    for dtype in ("float64", "float32"):
        for n_in, n_out, block_size in ((37, 41, 64), (29, 53, 16)):
            n, blocks = n_in * n_out, -(-n_in * n_out // block_size)
            base = make_base(Source(4, dtype), n_in, n_out)
            layer = wrap(candidate, base, 2, 4, block_size=block_size)
            state = {k: v for k, v in layer.state_dict().items() if k not in ("lora_A", "lora_B", "bias")}
            used = sum(v.numel() * v.element_size() for v in state.values())
            most = (n + 1) // 2 + blocks * base.weight.element_size() + 256
            require(
                not any(v.is_floating_point() and v.shape == base.weight.shape for v in state.values()),
                "state_dict holds a full-precision matrix of the weight's shape.",
                "state_dict 里有一个与权重同形状的全精度矩阵。",
                name="stored",
            )
            listed = {k: [str(v.dtype), *v.shape] for k, v in state.items()}
            require(
                used <= most,
                f"For {n} weights the module stores {used} bytes; at most {most} are allowed.",
                f"{n} 个权重共存储了 {used} 字节，最多允许 {most} 字节。",
                actual=listed,
                name="stored",
            )
            del base, state
            candidate.show(n_in=n_in, n_out=n_out, dtype=dtype)  # it refers to base no longer
            kept = [*(list(t.shape) for t in full_size(n)), *attributes(layer, n)]
            require(
                not kept,
                "A tensor of the weight's size is still referred to after base is gone.",
                "base 已释放，却仍有与权重同样大小的张量被引用。",
                actual=kept,
                name="kept",
            )


@check(
    "Between forward and backward nothing of the weight's size is kept.",
    "前向与反向之间不保留与权重同样大小的东西。",
)
def test_nothing_kept_for_backward(candidate):
    n_in, n_out = 61, 83
    n, source, saved = n_in * n_out, Source(5, "float32"), []
    layer = wrap(candidate, make_base(source, n_in, n_out), 2, 4)
    fill(layer, source)
    x = source.tensor(2, n_in, requires_grad=True)
    candidate.show(x=x)  # and no longer base

    def note(tensor):
        saved.append((tensor.numel() * tensor.element_size(), str(tensor.dtype), list(tensor.shape)))
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        out = layer(x)
    large = (
        sorted(saved, reverse=True)[:5] if sum(size for size, *_ in saved) > 2 * n else []
    )  # x, A and B are small
    kept = [list(t.shape) for t in full_size(n)]
    require(
        not large and not kept,
        "After the forward pass a tensor of the weight's size is kept for the backward pass.",
        "前向结束后，为反向保留了与权重同样大小的张量。",
        actual=large or kept,
        name="kept for the backward pass",
    )
    weight = layer.dequantize().detach().double()
    grad_out = source.tensor(2, n_out)
    want = grad_out.double() @ (weight + 2 * layer.lora_B.detach().double() @ layer.lora_A.detach().double())
    close(gradients(out, grad_out, x=x)["x"], want, x.dtype, name="grad x", scale=100.0)


@check("state_dict holds the quantised weight.", "state_dict 含有量化后的权重。")
def test_state_dict(candidate):
    source = Source(6)
    for bias, used in ((True, False), (False, False), (True, True)):
        one, other = (wrap(candidate, make_base(source, 5, 4, bias), 2, 3, block_size=6) for _ in range(2))
        fill(one, source)
        x = source.tensor(3, 5)
        if used:
            other(x)  # whatever it keeps of its first weight is out of date below
        other.load_state_dict(one.state_dict())
        candidate.show(x=x)
        assert_close(
            other.dequantize().detach(), one.dequantize().detach(), name="dequantize() after load_state_dict"
        )
        close(other(x).detach(), one(x).detach().double(), x.dtype, name="output after load_state_dict")


@check(
    "Gradients reach x through a stack of layers; layers share no state.",
    "梯度穿过多层传到 x；层之间不共享状态。",
)
def test_stack(candidate):
    source = Source(7)
    bases = [make_base(source, 4, 6), make_base(source, 6, 3, False)]
    layers = [wrap(candidate, base, 2, 4, block_size=5) for base in bases]
    for layer in layers:
        fill(layer, source)
    x = source.tensor(2, 4, requires_grad=True)
    grad_out = source.tensor(2, 3)
    weights = [
        dequantized(layer, base.weight.detach(), 5) + 2 * layer.lora_B.detach() @ layer.lora_A.detach()
        for layer, base in zip(layers, bases, strict=True)
    ]
    candidate.show(x=x)
    for _ in range(2):
        out = layers[1](torch.tanh(layers[0](x)))
        inner = torch.tanh(x.detach() @ weights[0].T + bases[0].bias.detach())
        close(out.detach(), inner @ weights[1].T, x.dtype, scale=50.0)
        want = ((grad_out @ weights[1]) * (1 - inner**2)) @ weights[0]
        close(gradients(out, grad_out, x=x)["x"], want, x.dtype, name="grad x", scale=100.0)


@check(
    "Without gradients, and when only x or only the adapter needs one.",
    "不求梯度，或只有 x、只有 LoRA 支路需要梯度时也正确。",
)
def test_without_gradients(candidate):
    source = Source(8)
    base = make_base(source, 5, 4)
    layer = wrap(candidate, base, 2, 4)
    fill(layer, source)
    weight = dequantized(layer, base.weight.detach()) + 2 * layer.lora_B.detach() @ layer.lora_A.detach()
    x = source.tensor(3, 5)
    candidate.show(x=x)
    want = x @ weight.T + base.bias.detach()
    with torch.no_grad():
        close(layer(x), want, x.dtype, scale=50.0, exact=True)
    close(layer.eval()(x).detach(), want, x.dtype, scale=50.0, exact=True)
    grad_out = source.tensor(3, 4)
    found = gradients(layer(x), grad_out, lora_B=layer.lora_B)
    close(
        found["lora_B"],
        2 * grad_out.T @ (x @ layer.lora_A.detach().T),
        x.dtype,
        name="grad lora_B",
        scale=50.0,
        exact=True,
    )
    layer.requires_grad_(False)
    leaf = x.clone().requires_grad_()
    close(
        gradients(layer(leaf), grad_out, x=leaf)["x"],
        grad_out @ weight,
        x.dtype,
        name="grad x",
        scale=50.0,
        exact=True,
    )


@check(
    "Weight, output and gradients equal the definition on drawn sizes.",
    "在随机大小上，权重、输出和梯度都等于定义。",
    examples=30,
    source=sources(("normal", "large", "tiny")),
    n_in=sizes(1, 7),
    n_out=sizes(1, 7),
    r=sizes(1, 3),
    alpha=st.sampled_from([1, 2, 0.5, 8]),
    block_size=st.sampled_from([1, 2, 3, 4, 6, 8, 16, 64]),
    bias=st.booleans(),
    lead=leading_axes(),
)
def test_drawn(candidate, source, n_in, n_out, r, alpha, block_size, bias, lead):
    same(candidate, source, n_in, n_out, r, alpha, bias, lead, source.kind, block_size=block_size)
