"""Checks of `lora-linear`: the delta is summed entry by entry in float64, and the weight it gives is applied as one matrix."""

import copy

import numpy as np
import torch
from hypothesis import strategies as st

from drills.checking import assert_close, assert_distribution, check, fresh_rng, gradients, require, unchanged
from drills.strategies import Source, leading_axes, sizes, sources


def delta_of(a, b, alpha):
    """(alpha / r) B A in float64."""
    a, b = a.detach().double(), b.detach().double()
    return sum(torch.outer(b[:, i], a[i]) for i in range(a.shape[0])) * alpha / a.shape[0]


def make_base(source, n_in, n_out, bias=True):
    """A linear layer with weights of ours."""
    base = torch.nn.Linear(n_in, n_out, bias=bias, dtype=getattr(torch, source.dtype))
    with torch.no_grad():
        for parameter in base.parameters():
            parameter.copy_(source.tensor(*parameter.shape, kind="normal"))
    return base


def wrap(candidate, base, r, alpha, **options):
    """The learner's layer around `base`, in training mode."""
    layer = candidate.LoRALinear(base, r, alpha, **options)
    require(
        isinstance(layer, torch.nn.Module),
        "LoRALinear must be an nn.Module.",
        "LoRALinear 必须是 nn.Module。",
    )
    own = dict(layer.named_parameters())
    n_out, n_in = base.weight.shape
    for name, shape in {"lora_A": (r, n_in), "lora_B": (n_out, r)}.items():
        require(
            name in own and tuple(own[name].shape) == shape,
            f"The layer must have a parameter {name} of shape {shape}.",
            f"该层必须有形状为 {shape} 的参数 {name}。",
        )
    require(hasattr(layer, "base"), "The layer must have an attribute base.", "该层必须有属性 base。")
    return layer.train()


def fill(layer, source):
    """Random values for A and B."""
    with torch.no_grad():
        layer.lora_A.copy_(source.tensor(*layer.lora_A.shape, kind="normal"))
        layer.lora_B.copy_(source.tensor(*layer.lora_B.shape, kind="normal"))


def build(candidate, source, n_in, n_out, r, alpha, bias=True, **options):
    """A filled layer, and what it is: float64 weight, bias and delta."""
    base = make_base(source, n_in, n_out, bias)
    weight = base.weight.detach().double().clone()
    offset = base.bias.detach().double().clone() if bias else torch.zeros(n_out, dtype=torch.float64)
    layer = wrap(candidate, base, r, alpha, **options)
    fill(layer, source)
    return layer, weight, offset, delta_of(layer.lora_A, layer.lora_B, alpha)


def close(got, want, dtype, name="output", scale=1.0):
    """Close enough in float64 also where alpha / r was rounded to float32, as torch.tensor(alpha / r) is."""
    want = want.detach()
    size = max(scale, float(want.abs().max()))
    rtol, unit = (2e-7, 2e-7) if dtype == torch.float64 else (1e-4, 1e-5)
    assert_close(got, want, dtype=dtype, rtol=rtol, atol=unit * size, name=name)


def forward(layer, x):
    """The output; x and every weight must be as they were."""
    with unchanged(x=x, layer=layer):
        out = layer(x)
    require(
        isinstance(out, torch.Tensor),
        "forward must return a torch.Tensor.",
        "forward 必须返回 torch.Tensor。",
        actual=out,
    )
    return out


def frozen(layer):
    """The base must not train."""
    for name, parameter in (("weight", layer.base.weight), ("bias", layer.base.bias)):
        require(
            parameter is None or not parameter.requires_grad,
            f"base.{name} must be frozen.",
            f"base.{name} 必须冻结。",
        )


@check(
    "At the start B is zero and A is random, so that the layer is its base.",
    "初始时 B 为零、A 随机，因此该层的输出就是 base 的输出。",
)
def test_start(candidate):
    source = Source(0)
    drawn = []
    for bias in (True, False):
        base = make_base(source, 6, 5, bias)
        before = copy.deepcopy(base)
        layer = wrap(candidate, base, 4, 8)
        require(
            not bool(layer.lora_B.any()),
            "lora_B must start at zero.",
            "lora_B 必须从零开始。",
            actual=layer.lora_B,
        )
        require(
            bool((layer.lora_A != layer.lora_A[0, 0]).any()) and bool(torch.isfinite(layer.lora_A).all()),
            "lora_A must start at random values.",
            "lora_A 必须随机初始化。",
            actual=layer.lora_A,
        )
        drawn.append(layer.lora_A.detach().clone())
        x = source.tensor(3, 6)
        candidate.show(x=x)
        assert_close(forward(layer, x), before(x).detach())
        assert_close(layer.base.weight.detach(), before.weight.detach(), name="base.weight")
    require(
        not torch.equal(*drawn),
        "Two layers start with the same lora_A: it is not random.",
        "两个层的 lora_A 初值相同：它不是随机的。",
    )


@check(
    "Only lora_A and lora_B train; the base is frozen, bias included.",
    "只有 lora_A 与 lora_B 可训练，base 连同偏置都被冻结。",
)
def test_what_trains(candidate):
    for bias in (True, False):
        layer = wrap(candidate, make_base(Source(1), 3, 4, bias), 2, 4)
        frozen(layer)
        names = sorted(name for name, parameter in layer.named_parameters() if parameter.requires_grad)
        require(
            names == ["lora_A", "lora_B"],
            "Exactly lora_A and lora_B must require a gradient.",
            "需要梯度的参数必须恰好是 lora_A 和 lora_B。",
            expected=["lora_A", "lora_B"],
            actual=names,
        )


@check("lora_A and lora_B have the dtype of the base.", "lora_A 与 lora_B 的 dtype 与 base 相同。")
def test_dtype(candidate):
    for dtype in (torch.float64, torch.float32, torch.bfloat16):
        layer = wrap(candidate, torch.nn.Linear(3, 4, dtype=dtype), 2, 4)
        for name in ("lora_A", "lora_B"):
            got = getattr(layer, name).dtype
            require(
                got == dtype,
                f"{name} has dtype {got}; the base has {dtype}.",
                f"{name} 的 dtype 是 {got}，而 base 是 {dtype}。",
            )


@check("The example worked by hand, unmerged and merged.", "手算例子：合并前与合并后。")
def test_by_hand(candidate):
    base = torch.nn.Linear(2, 2, bias=False, dtype=torch.float64)
    with torch.no_grad():
        base.weight.copy_(torch.eye(2))
    layer = wrap(candidate, base, 1, 2)
    with torch.no_grad():
        layer.lora_A.copy_(torch.tensor([[1.0, 2.0]]))
        layer.lora_B.copy_(torch.tensor([[1.0], [0.0]]))
    x, want = torch.tensor([1.0, 1.0], dtype=torch.float64), torch.tensor([7.0, 1.0], dtype=torch.float64)
    delta = torch.tensor([[2.0, 4.0], [0.0, 0.0]], dtype=torch.float64)
    candidate.show(x=x, base_weight=torch.eye(2), lora_A=layer.lora_A, lora_B=layer.lora_B, alpha=2)
    layer.eval()
    assert_close(forward(layer, x), want)
    assert_close(layer.weight_delta(), delta, name="weight_delta()")
    layer.merge()
    assert_close(forward(layer, x), want, name="merged output")
    assert_close(layer.weight_delta(), delta, name="weight_delta() while merged")


@check(
    "While merged, forward reads one weight and not lora_A and lora_B.",
    "处于合并状态时，forward 只用一个权重，不读取 lora_A 与 lora_B。",
)
def test_merged_reads_one_weight(candidate):
    source = Source(2)
    for training in (False, True):
        layer, weight, offset, delta = build(candidate, source, 4, 3, 2, 6)
        layer.train(training)
        layer.merge()
        with torch.no_grad():
            layer.lora_A.zero_()
            layer.lora_B.zero_()
        x = source.tensor(5, 4, requires_grad=True)
        grad_out = source.tensor(5, 3)
        candidate.show(x=x.detach(), training=training)
        out = forward(layer, x)
        close(out, x @ (weight + delta).T + offset, x.dtype, name="merged output")
        close(
            gradients(out, grad_out, x=x)["x"],
            grad_out @ (weight + delta),
            x.dtype,
            name="grad x while merged",
        )


@check(
    "After a step of training the new values of lora_A and lora_B count: unmerged, in weight_delta() and merged.",
    "训练一步之后，未合并的输出、weight_delta() 与合并后的输出都用 lora_A、lora_B 的新值。",
)
def test_after_a_step(candidate):
    source = Source(7)
    layer, weight, offset, delta = build(candidate, source, 4, 3, 2, 6)
    layer.eval()
    x = source.tensor(5, 4)
    candidate.show(x=x)
    for _ in range(3):  # alpha / r = 3 is exact in every dtype, and so a float64 layer has no excuse
        want = x @ (weight + delta).T + offset
        assert_close(forward(layer, x), want, terms=50)
        assert_close(layer.weight_delta(), delta, terms=50, name="weight_delta()")
        layer.merge()
        assert_close(forward(layer, x), want, terms=50, name="merged output")
        layer.unmerge()
        fill(layer, source)
        delta = delta_of(layer.lora_A, layer.lora_B, 6)


@check(
    "Without dropout the merged layer gives the same output in training mode, too.",
    "没有 dropout 时，合并之后在训练模式下输出也相同。",
)
def test_merged_in_training(candidate):
    source = Source(6)
    layer, weight, offset, delta = build(candidate, source, 4, 3, 2, 6)
    x = source.tensor(5, 4)
    candidate.show(x=x)
    want = x @ (weight + delta).T + offset
    for mode in (True, False, True):
        layer.train(mode)
        layer.merge()
        close(forward(layer, x), want, x.dtype, name="merged output")
    layer.unmerge()
    close(forward(layer, x), want, x.dtype, name="output after unmerge()")


@check(
    "In training mode dropout acts on the low-rank path alone, and survivors are divided by 1 − p.",
    "训练模式下 dropout 只作用于低秩支路，保留的元素除以 1 − p。",
)
def test_dropout(candidate):
    torch.manual_seed(int(fresh_rng(3).integers(1 << 30)))
    for p in (0.25, 0.75):
        layer, weight, offset, delta = build(candidate, Source(3), 1, 1, 1, 3, dropout=p)

        def kept(count, layer=layer, weight=weight, offset=offset, delta=delta, p=p):
            x = torch.ones(count, 1, dtype=torch.float64)
            candidate.show(x=x, dropout=p)
            low_rank = (forward(layer, x).detach() - (weight + offset)) / delta
            survivors = low_rank.abs() > 1e-6
            close(low_rank, survivors.double() / (1 - p), x.dtype, name="low-rank path / ((alpha / r) B A x)")
            return survivors.flatten().tolist()

        assert_distribution(kept, np.array([p, 1 - p]), name="element dropped (0) or kept (1):")
        x = torch.ones(3, 1, dtype=torch.float64)
        layer.eval()
        close(
            forward(layer, x).detach(),
            x * (weight + delta) + offset,
            x.dtype,
            name="output in evaluation mode",
        )
        layer.merge()
        close(forward(layer, x), x * (weight + delta) + offset, x.dtype, name="merged output")


@check(
    "Dropout draws each element of a row on its own, draws anew in each call and lets the gradient through.",
    "dropout 对一行中的每个元素独立抽取，每次调用都重新抽取，梯度也能通过。",
)
def test_dropout_independent(candidate):
    torch.manual_seed(int(fresh_rng(8).integers(1 << 30)))
    base = torch.nn.Linear(2, 2, bias=False, dtype=torch.float64)
    layer = wrap(candidate, base, 2, 2, dropout=0.5)
    with torch.no_grad():
        for parameter in (layer.lora_A, layer.lora_B):
            parameter.copy_(torch.eye(2))
    weight = base.weight.detach()

    def kept(count):
        x = torch.ones(count, 2, dtype=torch.float64)
        candidate.show(x=x, dropout=0.5, base_weight=weight, lora_A=layer.lora_A, lora_B=layer.lora_B)
        return (forward(layer, x).detach() - x @ weight.T).abs() > 1e-6

    def pairs(count):
        both = kept(count).long()
        return (2 * both[:, 0] + both[:, 1]).tolist()

    assert_distribution(pairs, np.full(4, 0.25), name="pair of elements, kept as in binary:")
    x = Source(8).tensor(20, 2, requires_grad=True)
    candidate.show(x=x.detach(), dropout=0.5, base_weight=weight, lora_A=layer.lora_A, lora_B=layer.lora_B)
    out = forward(layer, x)
    grad = gradients(out, torch.ones_like(out), x=x)["x"]
    close((grad * x.detach()).sum(-1), out.sum(-1), x.dtype, name="x · its gradient (the layer is linear)")
    require(
        not torch.equal(kept(100), kept(100)),
        "Two calls dropped the same 200 elements.",
        "两次调用丢弃的 200 个元素完全相同。",
    )


@check("Layers do not share state: merging one leaves the other.", "层之间不共享状态：合并一个不影响另一个。")
def test_two_layers(candidate):
    source = Source(4)
    made = [build(candidate, source, 3, 3, r, alpha) for r, alpha in ((1, 4), (3, 1))]
    x = source.tensor(2, 3)
    for layer, *_ in made:
        layer.eval()
    for change in (lambda: None, made[0][0].merge, made[1][0].merge, made[0][0].unmerge):
        change()
        for layer, weight, offset, delta in made:
            close(forward(layer, x), x @ (weight + delta).T + offset, x.dtype)
            close(layer.weight_delta(), delta, x.dtype, name="weight_delta()")


ranks = {
    "n_in": sizes(1, 6),
    "n_out": sizes(1, 6),
    "r": sizes(1, 4),
    "alpha": st.sampled_from([1, 2, 0.5, 8, 3.0, 16]),
}


@check(
    "The output and weight_delta() equal the formula on drawn shapes: in ≠ out, alpha ≠ r, with and without bias.",
    "在随机形状（in ≠ out、alpha ≠ r、有无偏置）上，输出与 weight_delta() 都等于公式。",
    source=sources(("normal", "ties")),
    lead=leading_axes(),
    bias=st.booleans(),
    training=st.booleans(),
    **ranks,
)
def test_values(candidate, source, lead, bias, training, n_in, n_out, r, alpha):
    layer, weight, offset, delta = build(candidate, source, n_in, n_out, r, alpha, bias)
    layer.train(training)
    x = source.tensor(*lead, n_in)
    candidate.show(x=x, r=r, alpha=alpha, base_weight=weight, lora_A=layer.lora_A, lora_B=layer.lora_B)
    want = x.double() @ (weight + delta).T + offset
    close(forward(layer, x), want, x.dtype, scale=10.0)
    close(layer.weight_delta(), delta, x.dtype, name="weight_delta()")


@check(
    "Any order of merge() and unmerge() leaves output, weight_delta() and the frozen base as they were.",
    "以任意顺序调用 merge() 与 unmerge()，输出、weight_delta() 与冻结的 base 都保持原样。",
    source=sources(),
    steps=st.lists(st.sampled_from(["merge", "unmerge"]), min_size=1, max_size=6),
    bias=st.booleans(),
    **ranks,
)
def test_merging(candidate, source, steps, bias, n_in, n_out, r, alpha):
    layer, weight, offset, delta = build(candidate, source, n_in, n_out, r, alpha, bias, dropout=0.5)
    layer.eval()
    x = source.tensor(2, n_in)
    candidate.show(x=x, steps=steps, r=r, alpha=alpha)
    want = x.double() @ (weight + delta).T + offset
    low_rank = [value.detach().clone() for value in (layer.lora_A, layer.lora_B)]
    for step in steps:
        getattr(layer, step)()
        close(forward(layer, x), want, x.dtype, name=f"output after {step}()", scale=50.0)
        close(layer.weight_delta(), delta, x.dtype, name=f"weight_delta() after {step}()")
        frozen(layer)
    for name, before, after in zip(("lora_A", "lora_B"), low_rank, (layer.lora_A, layer.lora_B), strict=True):
        assert_close(after.detach(), before, name=name)
    layer.unmerge()
    require(
        layer.lora_A.requires_grad and layer.lora_B.requires_grad,
        "lora_A and lora_B must still train after unmerge().",
        "unmerge() 之后 lora_A 与 lora_B 仍应可训练。",
    )


@check("A hundred rounds of merge() and unmerge() do not drift.", "merge() 与 unmerge() 往返一百次不漂移。")
def test_no_drift(candidate):
    for dtype in ("float64", "float32"):
        source = Source(5, dtype)
        layer, weight, offset, delta = build(candidate, source, 5, 4, 2, 3)
        layer.eval()
        for _ in range(100):
            layer.merge()
            layer.unmerge()
        x = source.tensor(3, 5)
        candidate.show(x=x)
        close(forward(layer, x), x.double() @ (weight + delta).T + offset, x.dtype, scale=50.0)
        layer.merge()
        close(forward(layer, x), x.double() @ (weight + delta).T + offset, x.dtype, scale=50.0)


@check(
    "The gradients of x, lora_A and lora_B are those of the formula, after a round of merging and in evaluation mode too.",
    "x、lora_A、lora_B 的梯度等于公式的梯度，合并再取消之后、评估模式下也一样。",
    source=sources(),
    lead=leading_axes(),
    bias=st.booleans(),
    training=st.booleans(),
    rounds=st.integers(0, 1),
    **ranks,
    examples=40,
)
def test_gradients(candidate, source, lead, bias, training, rounds, n_in, n_out, r, alpha):
    layer, weight, offset, _ = build(candidate, source, n_in, n_out, r, alpha, bias)
    layer.train(training)
    for _ in range(rounds):
        layer.merge()
        layer.unmerge()
    x = source.tensor(*lead, n_in, requires_grad=True)
    grad_out = source.tensor(*lead, n_out)
    candidate.show(x=x, grad_out=grad_out, r=r, alpha=alpha)
    found = gradients(forward(layer, x), grad_out, x=x, lora_A=layer.lora_A, lora_B=layer.lora_B)
    mine = {"x": x, "lora_A": layer.lora_A, "lora_B": layer.lora_B}
    mine = {name: value.detach().double().requires_grad_() for name, value in mine.items()}
    out = mine["x"] @ (weight + mine["lora_B"] @ mine["lora_A"] * alpha / r).T + offset
    for name, want in gradients(out, grad_out.double(), **mine).items():
        close(found[name], want, x.dtype, name=f"grad {name}", scale=50.0)
