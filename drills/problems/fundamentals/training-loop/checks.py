"""Checks of `training-loop`: the same updates by hand on a copy, and what the model saw in which mode."""

import copy

import torch
from hypothesis import strategies as st

from drills.checking import assert_close, check, require
from drills.strategies import Source, sizes, sources


class Watched(torch.nn.Module):
    """A linear layer with dropout-like noise in train mode, which notes how it was called."""

    def __init__(self, source, n_in, n_out, noisy=False):
        super().__init__()
        self.linear = torch.nn.Linear(n_in, n_out, dtype=torch.float64)
        with torch.no_grad():
            self.linear.weight.copy_(torch.from_numpy(source.array(n_out, n_in)))
            self.linear.bias.copy_(torch.from_numpy(source.array(n_out)))
        self.noisy = noisy
        self.calls = []

    def forward(self, x):
        self.calls.append((self.training, torch.is_grad_enabled(), len(x)))
        out = self.linear(x)
        return 1.5 * out if self.noisy and self.training else out


class Loader:
    """Batches given anew for every epoch."""

    def __init__(self, batches):
        self.batches = batches

    def __iter__(self):
        return iter([(x.clone(), y.clone()) for x, y in self.batches])


def batches(source, sizes_, n_in, n_out):
    return [
        (torch.from_numpy(source.array(n, n_in)), torch.from_numpy(source.array(n, n_out))) for n in sizes_
    ]


def mse(prediction, target):
    return ((prediction - target) ** 2).mean()


def by_hand(model, train, val, lr, momentum, epochs):
    """The losses and the parameters of plain SGD, computed with autograd on a copy."""
    model = copy.deepcopy(model)
    parameters = list(model.parameters())
    speed = [torch.zeros_like(p) for p in parameters]
    history = []
    for _ in range(epochs):
        model.train()
        total = 0.0
        for x, y in train:
            loss = mse(model(x), y)
            total += float(loss.detach()) * len(x)
            for p, s, g in zip(parameters, speed, torch.autograd.grad(loss, parameters), strict=True):
                s.mul_(momentum).add_(g)
                with torch.no_grad():
                    p.sub_(lr * s)
        model.eval()
        with torch.no_grad():
            kept = sum(float(mse(model(x), y)) * len(x) for x, y in val)
        seen, kept_of = sum(len(x) for x, _ in train), sum(len(x) for x, _ in val)
        history.append({"train_loss": total / seen, "val_loss": kept / kept_of})
    return history, model


def holds(candidate, source, train_sizes, val_sizes, epochs, *, noisy=False, momentum=0.0, n_in=2, n_out=1):
    """Train a fresh model; compare its history and its parameters with those by hand. Returns the model."""
    model = Watched(source, n_in, n_out, noisy)
    train, val = (batches(source, s, n_in, n_out) for s in (train_sizes, val_sizes))
    want, expected = by_hand(model, train, val, 0.05, momentum, epochs)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=momentum)
    got = candidate.train(model, Loader(train), Loader(val), optimizer, mse, epochs)
    require(
        isinstance(got, (list, tuple)) and len(got) == epochs,
        f"There must be {epochs} dicts, one per epoch.",
        f"应返回 {epochs} 个字典，每轮一个。",
        actual=got,
    )
    for epoch, (mine, wanted) in enumerate(zip(got, want, strict=True)):
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
    for (name, mine), other in zip(model.named_parameters(), expected.parameters(), strict=True):
        assert_close(mine.detach(), other.detach(), rtol=1e-7, atol=1e-9, name=name)
    return model


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
    holds(candidate, fixed(9), [3, 3], [4], 3, noisy=True)
    source = fixed(10)
    model = Watched(source, 2, 1)
    model.eval()
    train, val = batches(source, [2, 3], 2, 1), batches(source, [4], 2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    candidate.train(model, Loader(train), Loader(val), optimizer, mse, 2)
    wrong = [(training, size) for training, _, size in model.calls if training != (size in (2, 3))]
    require(
        model.calls and not wrong,
        "Training batches must be seen in train mode and validation batches in eval mode, in every epoch.",
        "每一轮都应在训练模式下看训练批次、在评估模式下看验证批次。",
        actual=model.calls,
    )


@check("Validation records no gradient and changes nothing.", "验证不记录梯度，也不改变任何东西。")
def test_no_gradients(candidate):
    model = holds(candidate, fixed(11), [3, 2], [4, 4], 2)
    grads = [enabled for training, enabled, _ in model.calls if not training]
    require(
        grads and not any(grads),
        "Gradients must be switched off while validating.",
        "验证时应关闭梯度。",
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
