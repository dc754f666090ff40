"""Checks of `data-parallel`: `stage.py` runs two forked processes in one gloo group on the loopback interface; the mean is taken here."""

import torch
from hypothesis import strategies as st
from torch import nn

from drills.checking import assert_close, check, fresh_rng, require
from drills.grading import limits
from drills.grading.failures import Crash, Hang, raised
from drills.strategies import Source, sizes, sources
from quizbank.models import Text

WORLD = 2


def on_ranks(candidate, name, *args):
    """What a function of the stage found on each of two ranks; what a rank raised, and how it ended, is the learner's."""
    told = candidate.play(name, *args, within=2 * limits.CALL_SECONDS)
    require(
        "fault" not in told,
        f"The grader could not connect two processes over loopback: {told.get('fault')}",
        f"判题器无法在本机回环接口上连接两个进程：{told.get('fault')}",
    )
    if "raised" in told:
        raise raised(told["raised"])
    if "crash" in told:
        raise Crash(told["crash"])
    if "stuck" in told:
        raise stuck(told["stuck"])
    return told["values"]


def stuck(done):
    hang = Hang(limits.CALL_SECONDS)
    if done is not None:
        hang.message = Text(
            en=f"Rank {done} has returned, rank {1 - done} still waits: the ranks do not make the same calls.",
            zh=f"rank {done} 已经返回，rank {1 - done} 还在等待：两个 rank 的通信调用不一致。",
        )
    return hang


def compare(candidate, values, steps):
    """Call the function once for each step, which gives the gradients of both ranks by name; None for none."""
    for rank, found in enumerate(on_ranks(candidate, "reduce_gradients", values, steps)):
        for number, step in enumerate(steps):
            candidate.show(rank=rank, **{f"rank {r}": step[r] for r in range(WORLD)})
            for name, grad in found["grads"][number].items():
                close(grad, [step[r][name] for r in range(WORLD)], f"grad of {name} on rank {rank}")
        for name, value in found["state"].items():
            want = values.get(name, torch.tensor([3.0, 4.0])) + rank
            require(
                torch.equal(value, want),
                f"{name} on rank {rank} was changed; only gradients may be.",
                f"rank {rank} 上的 {name} 被改动了，只能改梯度。",
                expected=want,
                actual=value,
            )


def close(got, grads, name):
    """The mean of the ranks' gradients, or none where they have none."""
    if grads[0] is None:
        require(
            got is None,
            f"The {name} must stay None: no rank has one.",
            f"{name} 必须保持 None：所有 rank 都没有梯度。",
            actual=got,
            name=name,
        )
        return
    want = sum(grad.double() / WORLD for grad in grads)
    largest = max(1e-30, *(float(grad.double().abs().max()) for grad in grads))
    unit = torch.finfo(grads[0].dtype).eps
    assert_close(got, want, dtype=grads[0].dtype, rtol=4 * unit, atol=4 * unit * largest, name=name)


def one_process(x, y, weights):
    """The parameters after SGD with momentum on the whole batches; the first bias is frozen."""
    model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 2)).double()
    with torch.no_grad():
        for parameter, weight in zip(model.parameters(), weights, strict=True):
            parameter.copy_(weight)
    model[0].bias.requires_grad_(False)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for xs, ys in zip(x, y, strict=True):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xs), ys).backward()
        optimizer.step()
    return [parameter.detach() for parameter in model.parameters()]


def zeros(**shapes):
    """Parameters of these shapes."""
    return {name: torch.full(shape, 0.5) for name, shape in shapes.items()}


@check(
    "By hand: [1, 2] and [3, 6] give [2, 4] on both ranks.",
    "手算例子：[1, 2] 与 [3, 6] 在两个 rank 上都得到 [2, 4]。",
)
def test_by_hand(candidate):
    step = [{"weight": torch.tensor([1.0, 2.0])}, {"weight": torch.tensor([3.0, 6.0])}]
    compare(candidate, zeros(weight=(2,)), [step])


@check(
    "A parameter without a gradient stays without, wherever it stands; the others are averaged.",
    "没有梯度的参数无论排在哪里都保持没有，其余参数照常取平均。",
)
def test_missing_gradients(candidate):
    names = ("a", "b", "c", "d", "e")
    values = zeros(**dict.fromkeys(names, (2, 3)))
    source = Source(1, "float32")
    for absent in ("ad", "bce", "abcde"):
        step = [
            {name: None if name in absent else source.tensor(2, 3) for name in names} for _ in range(WORLD)
        ]
        compare(candidate, values, [step])


@check(
    "Every parameter is reached: at the root, in a child and below, scalars, vectors and tensors.",
    "每个参数都要处理：根模块、子模块及更深处的，标量、向量与高维张量。",
)
def test_all_parameters(candidate):
    shapes = {"a": (), "b": (1,), "c": (4,), "d": (3, 2), "e": (1, 5), "f": (2, 3, 2, 2), "g": (6,)}
    source = Source(2, "float32")
    step = [{name: source.tensor(*shape) for name, shape in shapes.items()} for _ in range(WORLD)]
    compare(candidate, zeros(**shapes), [step])


@check(
    "A gradient of zeros is averaged like any other, be it zero on one rank or on both.",
    "全零的梯度照样取平均，无论是一个 rank 为零还是两个都为零。",
)
def test_zero_gradients(candidate):
    names, source = ("a", "b", "c", "d"), Source(6, "float32")
    step = [{name: source.tensor(3) * float(name not in zero) for name in names} for zero in ("bd", "cd")]
    compare(candidate, zeros(**dict.fromkeys(names, (3,))), [step])


@check(
    "Mixed dtypes: each gradient keeps its dtype and its precision.",
    "dtype 混用：每个梯度保持自己的 dtype 与精度。",
)
def test_mixed_dtypes(candidate):
    kinds = {
        "a": torch.float32,
        "b": torch.float64,
        "c": torch.bfloat16,
        "d": torch.float64,
        "e": torch.float16,
    }
    values = {name: torch.full((3,), 0.5, dtype=dtype) for name, dtype in kinds.items()}
    wide = torch.tensor([1 / 3, 1e200, -1e-200], dtype=torch.float64)
    narrow = torch.tensor([1.0, -6.0, 0.25])
    step = [
        {
            name: ((wide if dtype == torch.float64 else narrow) * factor).to(dtype)
            for name, dtype in kinds.items()
        }
        for factor in (1.0, 3.0)
    ]
    compare(candidate, values, [step])


@check(
    "Several steps: which parameters have a gradient changes from step to step, and nothing is kept.",
    "连续多步：每一步有梯度的参数可以不同，不残留上一步的任何状态。",
)
def test_several_steps(candidate):
    names, source = ("a", "b", "c", "d"), Source(3, "float32")
    steps = [
        [{name: source.tensor(3) if name in present else None for name in names} for _ in range(WORLD)]
        for present in ("ab", "cd", "abcd", "", "ad")
    ]
    compare(candidate, zeros(**dict.fromkeys(names, (3,))), steps)


@check("Gradients of a million bytes arrive whole.", "一兆字节的梯度也完整到达。")
def test_large_gradients(candidate):
    shapes = {"a": (3,), "b": (500, 513), "c": (7, 11), "d": (2,)}
    rng = torch.Generator().manual_seed(int(fresh_rng(4).integers(1000)))
    step = [{name: torch.randn(shape, generator=rng) for name, shape in shapes.items()} for _ in range(WORLD)]
    compare(candidate, zeros(**shapes), [step])


@check(
    "Two ranks on half of a batch each train as one process on the whole batch, while one rank is late.",
    "两个 rank 各用半个 batch 训练，等于单进程用整个 batch，即使其中一个 rank 总是慢半拍。",
)
def test_trains_like_one_process(candidate):
    source = Source(int(fresh_rng(5).integers(1000)))
    x, y = source.tensor(3, 8, 4), source.tensor(3, 8, 2)
    weights = [source.tensor(5, 4), source.tensor(5), source.tensor(2, 5), source.tensor(2)]

    alone = one_process(x, y, weights)
    for rank, found in enumerate(on_ranks(candidate, "train_on_halves", x, y, weights)):
        for number, (got, want) in enumerate(zip(found, alone, strict=True)):
            assert_close(got, want, rtol=1e-9, atol=1e-11, name=f"parameter {number} of rank {rank}")


@check(
    "On drawn models the gradients are the means over the ranks, in their own shapes and dtypes.",
    "在随机的模型上，梯度都是各 rank 的平均值，形状与 dtype 不变。",
    source=sources(("normal", "ties", "tiny", "large"), ("float64",)),
    shapes=st.lists(st.lists(sizes(1, 4), max_size=3).map(tuple), min_size=1, max_size=6),
    dtypes=st.sampled_from([["float32"], ["float64"], ["float64", "float32"]]),
    missing=st.booleans(),
    examples=6,
)
def test_values(candidate, source, shapes, dtypes, missing):
    values, step = {}, [{} for _ in range(WORLD)]
    for index, shape in enumerate(shapes):
        name, dtype = "abcdef"[index], getattr(torch, dtypes[index % len(dtypes)])
        values[name] = source.tensor(*shape).to(dtype)
        absent = missing and index % 2 == 1
        for rank in range(WORLD):
            step[rank][name] = None if absent else source.tensor(*shape).to(dtype)
    compare(candidate, values, [step])
