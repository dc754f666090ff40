"""Checks of `training-loop`: the same updates by hand on a copy, and what the model saw in which mode."""

import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, require
from drills.strategies import Source, sizes, sources

LR = 0.05


def batches(source, sizes_, n_in, n_out):
    return [
        (torch.from_numpy(source.array(n, n_in)), torch.from_numpy(source.array(n, n_out))) for n in sizes_
    ]


def by_hand(weight, bias, train, val, momentum, epochs, noisy):
    """The losses and the parameters of plain SGD, computed with autograd."""
    parameters = [weight.clone().requires_grad_(), bias.clone().requires_grad_()]
    speed = [torch.zeros_like(p) for p in parameters]
    history = []

    def loss_of(x, y, factor):
        gap = factor * (x @ parameters[0].T + parameters[1]) - y
        return (gap**2 + 0.5 * gap).mean()

    for _ in range(epochs):
        total = 0.0
        for x, y in train:
            loss = loss_of(x, y, 1.5 if noisy else 1.0)
            total += float(loss.detach()) * len(x)
            for p, s, g in zip(parameters, speed, torch.autograd.grad(loss, parameters), strict=True):
                s.mul_(momentum).add_(g)
                with torch.no_grad():
                    p.sub_(LR * s)
        with torch.no_grad():
            kept = sum(float(loss_of(x, y, 1.0)) * len(x) for x, y in val)
        seen, kept_of = sum(len(x) for x, _ in train), sum(len(x) for x, _ in val)
        history.append({"train_loss": total / seen, "val_loss": kept / kept_of})
    return history, [p.detach() for p in parameters]


def trained(
    candidate,
    source,
    train_sizes,
    val_sizes,
    epochs,
    noisy=False,
    momentum=0.0,
    n_in=2,
    n_out=1,
    training=True,
):
    """What came of training a fresh model, and what must."""
    weight, bias = torch.from_numpy(source.array(n_out, n_in)), torch.from_numpy(source.array(n_out))
    train, val = (batches(source, s, n_in, n_out) for s in (train_sizes, val_sizes))
    want = by_hand(weight, bias, train, val, momentum, epochs, noisy)
    got = candidate.play("run", weight, bias, train, val, LR, momentum, epochs, noisy, training)
    candidate.show(weight=weight, bias=bias, train=train, val=val, lr=LR, momentum=momentum, epochs=epochs)
    return got, want


def holds(candidate, source, train_sizes, val_sizes, epochs, **options):
    """Train a fresh model; compare its history and its parameters with those by hand. Returns the model's calls."""
    got, (want, parameters) = trained(candidate, source, train_sizes, val_sizes, epochs, **options)
    history = got["history"]
    require(
        isinstance(history, (list, tuple)) and len(history) == epochs,
        f"There must be {epochs} dicts, one per epoch.",
        f"应返回 {epochs} 个字典，每轮一个。",
        actual=history,
    )
    for epoch, (mine, wanted) in enumerate(zip(history, want, strict=True)):
        require(
            isinstance(mine, dict) and {"train_loss", "val_loss"} <= set(mine),
            "Each epoch needs a dict with train_loss and val_loss.",
            "每一轮都应是含 train_loss 和 val_loss 的字典。",
            actual=mine,
        )
        for name in ("train_loss", "val_loss"):
            require(
                not isinstance(mine[name], torch.Tensor),
                f"{name} must be a float, not a tensor.",
                f"{name} 应是浮点数，而不是张量。",
                actual=mine[name],
            )
            assert_close(
                float(mine[name]), wanted[name], rtol=1e-6, atol=1e-9, name=f"{name} of epoch {epoch + 1}"
            )
    for name, wanted in zip(("linear.weight", "linear.bias"), parameters, strict=True):
        assert_close(got[name.rpartition(".")[2]], wanted, rtol=1e-7, atol=1e-9, name=name)
    return got["calls"]


def fixed(seed=3):
    return Source(seed, "float64", "normal")


@check("Losses and parameters after one epoch of equal batches.", "一轮、批次等大：损失与参数都正确。")
def test_one_epoch(candidate):
    holds(candidate, fixed(), [4, 4, 4], [5, 5], 1)


@check("The mean is over samples: a small last batch weighs less.", "按样本求平均：较小的最后一批权重也小。")
def test_uneven_batches(candidate):
    holds(candidate, fixed(4), [4, 4, 1], [3], 1)
    holds(candidate, fixed(5), [3], [5, 1], 1)
    holds(candidate, fixed(6), [1, 7], [2, 6, 1], 2)


@check("Gradients are zeroed for each batch, over several epochs.", "每个批次都清零梯度，多轮也如此。")
def test_several_epochs(candidate):
    holds(candidate, fixed(7), [3, 3], [4], 3)
    holds(candidate, fixed(8), [3, 2], [4], 3, momentum=0.9)


@check(
    "Train mode for training and eval mode for validation, in every epoch.",
    "每一轮都是训练用训练模式、验证用评估模式。",
)
def test_modes(candidate):
    got, _ = trained(candidate, fixed(10), [2, 3], [4], 2, training=False)
    calls = got["calls"]
    wrong = [(training, size) for training, _, size in calls if training != (size in (2, 3))]
    require(
        calls and not wrong,
        "Training batches must be seen in train mode and validation batches in eval mode, in every epoch.",
        "每一轮都应在训练模式下看训练批次、在评估模式下看验证批次。",
        actual=calls,
    )
    holds(candidate, fixed(9), [3, 3], [4], 3, noisy=True)


@check("Validation records no gradient and changes nothing.", "验证不记录梯度，也不改变任何东西。")
def test_no_gradients(candidate):
    calls = holds(candidate, fixed(11), [3, 2], [4, 4], 2)
    grads = [recorded for training, recorded, _ in calls if not training]
    require(
        grads and not any(grads),
        "Gradients must be switched off while validating.",
        "验证时应关闭梯度。",
    )


@check(
    "Every epoch asks both loaders anew: one that shuffles or augments gives other batches then.",
    "每一轮都重新遍历两个加载器：会打乱顺序或做数据增强的加载器每轮给出不同的批次。",
)
def test_asks_anew(candidate):
    got, _ = trained(candidate, fixed(12), [3, 2], [4], 3)
    require(
        got["passes"] >= 3,
        f"In 3 epochs the training loader was iterated over {got['passes']} times; its batches must not be kept.",
        f"3 轮训练只遍历了 train_loader {got['passes']} 次；不要把批次存下来重复用。",
    )
    require(
        got["val_passes"] >= 3,
        f"In 3 epochs the validation loader was iterated over {got['val_passes']} times; its batches must not be kept.",
        f"3 轮训练只遍历了 val_loader {got['val_passes']} 次；不要把批次存下来重复用。",
    )


@check("No epochs: an empty list, and the model as it was.", "epochs = 0：返回空列表，模型不变。")
def test_no_epochs(candidate):
    holds(candidate, fixed(13), [3], [3], 0)


@check(
    "On drawn models and batches.",
    "在随机模型与批次上正确。",
    examples=15,
    source=sources(("normal",), ("float64",)),
    train_sizes=st.lists(sizes(1, 4), min_size=1, max_size=3),
    val_sizes=st.lists(sizes(1, 4), min_size=1, max_size=2),
    epochs=st.integers(1, 3),
    n_in=sizes(1, 3),
    n_out=sizes(1, 2),
    noisy=st.booleans(),
)
def test_drawn(candidate, source, train_sizes, val_sizes, epochs, n_in, n_out, noisy):
    holds(candidate, source, train_sizes, val_sizes, epochs, noisy=noisy, n_in=n_in, n_out=n_out)
