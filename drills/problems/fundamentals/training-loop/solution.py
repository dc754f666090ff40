"""A training loop with validation."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn


def train(
    model: nn.Module,
    train_loader: Iterable[tuple[Tensor, Tensor]],
    val_loader: Iterable[tuple[Tensor, Tensor]],
    optimizer: torch.optim.Optimizer,
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    epochs: int,
) -> list[dict[str, float]]:
    """Train for some epochs; the mean losses over samples, an epoch each."""
    history = []
    for _ in range(epochs):
        model.train()
        total, count = 0.0, 0
        for x, y in train_loader:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            count += len(x)
        history.append({"train_loss": total / count, "val_loss": evaluate(model, val_loader, loss_fn)})
    return history


@torch.no_grad()
def evaluate(
    model: nn.Module, loader: Iterable[tuple[Tensor, Tensor]], loss_fn: Callable[[Tensor, Tensor], Tensor]
) -> float:
    """The mean loss over samples, in eval mode."""
    model.eval()
    total, samples = 0.0, 0
    for x, y in loader:
        total += loss_fn(model(x), y).item() * len(y)
        samples += len(y)
    return total / samples
