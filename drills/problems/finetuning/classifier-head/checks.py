"""Checks of `classifier-head`: rows are pooled one by one in plain loops, around a backbone that notes how it is called."""

import torch
from hypothesis import strategies as st
from torch import nn

from drills.checking import assert_close, check, expect_error, gradients, require, unchanged
from drills.strategies import Source, sizes, sources


class Doubling(nn.Module):
    """Where dropout would be: it doubles in training mode."""

    def forward(self, x):
        return 2 * x if self.training else x


class Kept(torch.autograd.Function):
    """The identity, but as with tanh its backward pass needs the result as it was."""

    @staticmethod
    def forward(ctx, x):
        y = x.clone()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        ctx.saved_tensors  # noqa: B018  autograd complains here when the result was changed in place
        return grad


class Backbone(nn.Module):
    """A table of hidden states, doubled in training mode, with `junk` on the padding; it notes its calls."""

    def __init__(self, source, vocab, width, length, junk=50.0):
        super().__init__()
        self.table = nn.Parameter(source.tensor(vocab, width))
        self.places = nn.Parameter(source.tensor(length, width))
        self.inside = nn.Sequential(Doubling())
        self.junk, self.calls = junk, []

    def forward(self, ids, mask):
        self.calls.append((modes(self), ids.clone(), mask.clone()))
        hidden = self.inside(self.table[ids] + self.places[: ids.shape[1]])
        given = Kept.apply(torch.where(mask[..., None], hidden, torch.full_like(hidden, self.junk)))
        self.given = (given, given.detach().clone())
        return given


def modes(module):
    """The modes, True for training, that occur among a module and all inside it."""
    return {part.training for part in module.modules()}


def build(candidate, source, vocab, width, length, classes, *, junk=50.0, **options):
    """The learner's classifier around a backbone of ours, with our weights in its head; and the backbone."""
    backbone = Backbone(source, vocab, width, length, junk)
    model = candidate.TextClassifier(backbone, width, classes, **options)
    require(
        isinstance(model, nn.Module) and isinstance(getattr(model, "head", None), nn.Linear),
        "TextClassifier must be an nn.Module with an nn.Linear as its attribute head.",
        "TextClassifier 必须是 nn.Module，并且有 nn.Linear 类型的属性 head。",
    )
    require(
        getattr(model, "backbone", None) is backbone,
        "The attribute backbone must be the module that was handed in, not a copy.",
        "属性 backbone 必须就是传入的模块，而不是副本。",
    )
    names = sorted(model.state_dict())
    wanted = ["backbone.places", "backbone.table", "head.bias", "head.weight"]
    require(
        names == wanted,
        "The model must hold backbone and head as its sub-modules, and no other parameters.",
        "模型应以 backbone 与 head 为子模块，除此之外没有别的参数。",
        expected=wanted,
        actual=names,
        name="state_dict()",
    )
    require(
        tuple(model.head.weight.shape) == (classes, width),
        f"head must map {width} to {classes}.",
        f"head 应把 {width} 维映射到 {classes} 维。",
        actual=model.head.weight,
        name="head.weight",
    )
    model.to(getattr(torch, source.dtype))
    with torch.no_grad():
        for parameter in model.head.parameters():
            parameter.copy_(source.tensor(*parameter.shape, kind="normal"))
    return model, backbone


def expected(model, backbone, ids, mask, pooling, doubled=False):
    """The logits in float64, row by row, as a function of the parameters (for autograd)."""
    table, places = backbone.table.double(), backbone.places.double()
    weight, bias = model.head.weight.double(), model.head.bias.double()
    logits = []
    for row, real in zip(ids.tolist(), mask.tolist(), strict=True):
        states = [table[token] + places[t] for t, token in enumerate(row) if real[t]]
        pooled = states[-1] if pooling == "last" else sum(states) / len(states)
        logits.append(weight @ (pooled * (2 if doubled else 1)) + bias)
    return torch.stack(logits)


def call(model, ids, mask):
    """The logits; the arguments, the weights and the hidden states must be as they were."""
    with unchanged(ids=ids, mask=mask, model=model):
        out = model(ids, mask)
    require(
        torch.equal(*(states.detach().nan_to_num(1e9) for states in model.backbone.given)),
        "Your code changed the backbone's hidden states in place.",
        "你的代码原地修改了骨干网络输出的隐藏状态。",
    )
    require(
        isinstance(out, torch.Tensor),
        "forward must return a torch.Tensor.",
        "forward 必须返回 torch.Tensor。",
        actual=out,
    )
    return out


def compare(candidate, source, mask, pooling, *, vocab=6, width=3, classes=2, **options):
    """Logits of one batch against the definition, in evaluation mode."""
    mask = torch.as_tensor(mask)
    ids = torch.from_numpy(source.integers(0, vocab, *mask.shape))
    model, backbone = build(
        candidate, source, vocab, width, mask.shape[1], classes, pooling=pooling, **options
    )
    model.eval()
    candidate.show(ids=ids, mask=mask, pooling=pooling)
    close(call(model, ids, mask), expected(model, backbone, ids, mask, pooling), source.dtype)


def close(got, want, dtype, name="logits"):
    rtol, atol = (1e-9, 1e-10) if dtype == "float64" else (1e-4, 1e-5)
    want = want.detach()
    scale = max(1.0, float(want.abs().max())) if want.numel() else 1.0
    assert_close(got, want, dtype=getattr(torch, dtype), rtol=rtol, atol=atol * scale, name=name)


RIGHT = [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 0, 0, 0, 0]]
LEFT = [row[::-1] for row in RIGHT]
HOLES = [[1, 0, 1, 0, 0], [0, 1, 0, 0, 1], [0, 0, 1, 1, 0]]


def batch(rows):
    return torch.tensor(rows, dtype=torch.bool)


@check("Worked by hand: hidden states 1, 3 and padding.", "手算例子：隐藏状态为 1、3 和一个填充。")
def test_by_hand(candidate):
    for pooling, pooled in (("last", 3.0), ("mean", 2.0)):
        model, backbone = build(candidate, Source(0), 3, 1, 3, 2, junk=100.0, pooling=pooling)
        with torch.no_grad():
            backbone.table.copy_(torch.tensor([[1.0], [3.0], [9.0]]))
            backbone.places.zero_()
            model.head.weight.copy_(torch.tensor([[1.0], [-2.0]]))
            model.head.bias.copy_(torch.tensor([0.0, 5.0]))
        model.eval()
        ids, mask = torch.tensor([[0, 1, 2]]), batch([[1, 1, 0]])
        candidate.show(ids=ids, mask=mask, pooling=pooling)
        assert_close(call(model, ids, mask), torch.tensor([[pooled, 5 - 2 * pooled]], dtype=torch.float64))


@check(
    "The last real token is found whatever the side of the padding, and with gaps in the mask.",
    "无论填充在哪一侧、掩码中间有没有空洞，都能找到最后一个真实词元。",
)
def test_last(candidate):
    for rows in (RIGHT, LEFT, HOLES, RIGHT[:1], [[1], [1]]):
        compare(candidate, Source(1), batch(rows), "last")
        compare(candidate, Source(2, "float32"), batch(rows), "last", junk=-7.0)


@check(
    "The mean is over the real tokens of each row: padding neither adds nor counts.",
    "平均只对每行的真实词元求：填充既不计入总和，也不计入个数。",
)
def test_mean(candidate):
    for rows in (RIGHT, LEFT, HOLES, RIGHT[:1], [[1], [1]]):
        compare(candidate, Source(3), batch(rows), "mean", junk=1e4)
        compare(candidate, Source(4, "float32"), batch(rows), "mean", junk=-7.0)


@check(
    "NaN and infinity on the padding reach neither the logits nor the gradients.",
    "填充位置上的 NaN 与无穷既不影响 logits，也不影响梯度。",
)
def test_junk(candidate):
    for pooling in ("last", "mean"):
        for junk in (float("nan"), float("inf"), float("-inf")):
            for rows in (RIGHT, LEFT):
                compare(candidate, Source(5), batch(rows), pooling, junk=junk)
                compare_gradients(candidate, Source(6), batch(rows), pooling, junk=junk)


def compare_gradients(candidate, source, mask, pooling, *, freeze=False, junk=50.0):
    """Gradients of all that trains, in training mode."""
    ids = torch.from_numpy(source.integers(0, 5, *mask.shape))
    model, backbone = build(
        candidate, source, 5, 3, mask.shape[1], 4, pooling=pooling, freeze=freeze, junk=junk
    )
    model.train()
    grad_out = source.tensor(len(mask), 4, kind="normal")
    candidate.show(ids=ids, mask=mask, pooling=pooling, freeze=freeze)
    training = {name: value for name, value in model.named_parameters() if value.requires_grad}
    out = call(model, ids, mask)
    found = gradients(out, grad_out, **{name.replace(".", "_"): value for name, value in training.items()})
    want = expected(model, backbone, ids, mask, pooling, doubled=not freeze)
    close(out, want, source.dtype)
    wanted = gradients(
        want, grad_out.double(), **{n.replace(".", "_"): value for n, value in training.items()}
    )
    for name, value in wanted.items():
        close(found[name], value, source.dtype, name=f"grad {name}")


@check(
    "Frozen, only head.weight and head.bias train, and a step of the optimiser leaves the backbone as it was.",
    "冻结时只有 head.weight 与 head.bias 可训练，优化器走一步之后骨干网络不变。",
)
def test_frozen(candidate):
    for pooling in ("last", "mean"):
        for options in ({"freeze": True}, {}):
            model, backbone = build(candidate, Source(7), 6, 3, 5, 2, pooling=pooling, **options)
            training = sorted(name for name, value in model.named_parameters() if value.requires_grad)
            require(
                training == ["head.bias", "head.weight"],
                "With freeze=True only head.weight and head.bias may have requires_grad.",
                "freeze=True 时只有 head.weight 与 head.bias 的 requires_grad 应为 True。",
                expected=["head.bias", "head.weight"],
                actual=training,
                name="trainable parameters",
            )
            optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=0.1)
            ids, mask = torch.tensor([[0, 1, 2, 3, 4]] * 3), batch(RIGHT)
            head = model.head.weight.detach().clone()
            with unchanged(backbone=backbone):
                model.train()
                model(ids, mask).square().sum().backward()
                optimizer.step()
            require(
                not torch.equal(head, model.head.weight),
                "The head must train.",
                "head 应当得到训练。",
            )


@check(
    "A frozen backbone runs in evaluation mode, from the start and after train(); the rest follows train() and eval().",
    "冻结的骨干网络始终处于评估模式，刚构造好时和调用 train() 之后都一样；其余部分照常切换。",
)
def test_frozen_modes(candidate):
    ids, mask = torch.tensor([[0, 1, 2, 3, 4]] * 3), batch(RIGHT)
    model, backbone = build(candidate, Source(8), 6, 3, 5, 2)
    for switch in (None, "train", "eval", "train", "train"):
        if switch is not None:
            same = getattr(model, switch)()
            require(
                same is model,
                f"{switch}() must return the model.",
                f"{switch}() 应返回模型自身。",
                actual=same,
            )
            require(
                model.training is model.head.training is (switch == "train"),
                f"After {switch}() the model and its head must be in that mode.",
                f"{switch}() 之后，模型与 head 应处于相应的模式。",
            )
        when = (
            ("After building", "刚构造好时") if switch is None else (f"After {switch}()", f"{switch}() 之后")
        )
        before = modes(backbone)
        model(ids, mask)
        require(
            backbone.calls[-1][0] == {False},
            f"{when[0]} a frozen backbone must run in evaluation mode, with all modules inside it.",
            f"{when[1]}，冻结的骨干网络及其内部所有模块必须在评估模式下运行。",
        )
        require(
            before == {False},
            f"{when[0]} a frozen backbone must be in evaluation mode before forward is called, too.",
            f"{when[1]}，冻结的骨干网络在调用 forward 之前就应处于评估模式。",
        )


@check(
    "With freeze=False the backbone follows train() and eval(), and what the caller had frozen stays frozen.",
    "freeze=False 时骨干网络随 train() 与 eval() 切换；调用者事先冻结的参数保持冻结。",
)
def test_not_frozen(candidate):
    ids, mask = torch.tensor([[0, 1, 2, 3, 4]] * 3), batch(RIGHT)
    model, backbone = build(candidate, Source(9), 6, 3, 5, 2, freeze=False)
    for mode in (True, False, True):
        model.train(mode)
        model(ids, mask)
        require(
            backbone.calls[-1][0] == {mode},
            "With freeze=False the backbone must be in the model's own mode.",
            "freeze=False 时骨干网络应与模型处于同一模式。",
        )
    for frozen in ((), ("table",), ("table", "places")):
        backbone = Backbone(Source(10, "float32"), 6, 3, 5)
        for name in frozen:
            getattr(backbone, name).requires_grad_(False)
        model = candidate.TextClassifier(backbone, 3, 2, "mean", False)
        left = sorted(name for name, value in model.named_parameters() if not value.requires_grad)
        require(
            left == sorted(f"backbone.{name}" for name in frozen),
            "freeze=False must leave requires_grad of the backbone as it was.",
            "freeze=False 时不应改动骨干网络的 requires_grad。",
            expected=sorted(f"backbone.{name}" for name in frozen),
            actual=left,
            name="frozen parameters",
        )


@check(
    "The backbone is called once, with ids and the mask as they are.",
    "骨干网络只调用一次，收到的就是原样的 ids 与掩码。",
)
def test_call(candidate):
    for pooling in ("last", "mean"):
        for rows in (RIGHT, LEFT, RIGHT[1:], LEFT[1:]):
            model, backbone = build(candidate, Source(11), 6, 3, 5, 2, pooling=pooling)
            hooks = []
            backbone.register_forward_pre_hook(lambda *_, seen=hooks: seen.append(True))
            backbone.calls.clear()
            ids, mask = torch.tensor([[1, 2, 3, 4, 5]] * len(rows)), batch(rows)
            model(ids, mask)
            require(len(backbone.calls) == 1, "Call the backbone once.", "骨干网络应只调用一次。")
            require(
                len(hooks) == 1,
                "Call backbone(ids, mask), not backbone.forward(ids, mask), which passes over hooks.",
                "应调用 backbone(ids, mask)，而不是 backbone.forward(ids, mask)，后者会跳过钩子。",
            )
            assert_close(backbone.calls[0][1], ids, name="ids given to the backbone")
            assert_close(backbone.calls[0][2], mask, name="mask given to the backbone")


@check(
    "The head starts at random values, others in every model; the default is pooling the last token.",
    "head 随机初始化，每个模型各不相同；默认取最后一个词元。",
)
def test_defaults(candidate):
    backbone = Backbone(Source(12, "float32"), 6, 4, 5)
    first, second = (candidate.TextClassifier(backbone, 4, 3) for _ in range(2))
    require(
        not torch.equal(first.head.weight, second.head.weight),
        "The head must start at random values.",
        "head 必须随机初始化。",
        actual=first.head.weight,
        name="head.weight",
    )
    source = Source(13)
    ids, mask = torch.from_numpy(source.integers(0, 6, 3, 5)), batch(RIGHT)
    model, backbone = build(candidate, source, 6, 3, 5, 2)
    close(model.eval()(ids, mask), expected(model, backbone, ids, mask, "last"), "float64")


@check("An unknown pooling is a ValueError.", "未知的 pooling 抛出 ValueError。")
def test_errors(candidate):
    for pooling in ("max", "", "LAST", "cls"):
        backbone = Backbone(Source(14, "float32"), 6, 4, 5)
        expect_error(candidate.TextClassifier, "ValueError", backbone, 4, 2, pooling)


@check(
    "Logits equal the definition on drawn batches, masks and sizes.",
    "在随机的批次、掩码与尺寸上，logits 等于定义。",
    source=sources(("normal", "ties", "tiny")),
    rows=sizes(1, 5),
    length=sizes(1, 7),
    width=sizes(1, 5),
    classes=sizes(1, 4),
    pooling=st.sampled_from(["last", "mean"]),
    junk=st.sampled_from([float("nan"), 1e6, 0.0]),
    examples=50,
)
def test_values(candidate, source, rows, length, width, classes, pooling, junk):
    mask = torch.from_numpy(source.mask(rows, length, share=0.5))
    mask[torch.arange(rows), torch.from_numpy(source.integers(0, length, rows))] = True
    compare(candidate, source, mask, pooling, width=width, classes=classes, junk=junk)


@check(
    "Gradients equal those of the definition, frozen or not, in training mode.",
    "训练模式下，无论冻结与否，梯度都等于定义的梯度。",
    source=sources(("normal",)),
    rows=sizes(1, 4),
    length=sizes(1, 6),
    pooling=st.sampled_from(["last", "mean"]),
    freeze=st.booleans(),
    examples=30,
)
def test_gradients(candidate, source, rows, length, pooling, freeze):
    mask = torch.from_numpy(source.mask(rows, length, share=0.5))
    mask[torch.arange(rows), torch.from_numpy(source.integers(0, length, rows))] = True
    compare_gradients(candidate, source, mask, pooling, freeze=freeze)
