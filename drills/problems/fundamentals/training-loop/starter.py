"""A training loop."""

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
    """Train for some epochs and return a dict per epoch with floats train_loss and val_loss.

    loss_fn is a mean over the batch. train_loss: of the losses before each update; val_loss: after the epoch's training;
    each the mean over samples. Train mode to train, eval mode without gradients to validate.
    """
    raise NotImplementedError
