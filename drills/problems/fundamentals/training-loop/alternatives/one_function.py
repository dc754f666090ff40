"""One function for both passes; gradients are switched by a flag."""

import torch


def run(model, loader, loss_fn, optimizer=None):
    training = optimizer is not None
    model.train(training)
    losses, sizes = [], []
    with torch.set_grad_enabled(training):
        for x, y in loader:
            loss = loss_fn(model(x), y)
            if training:
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
            losses.append(float(loss.detach()))
            sizes.append(y.shape[0])
    return sum(n * v for n, v in zip(sizes, losses, strict=True)) / sum(sizes)


def train(model, train_loader, val_loader, optimizer, loss_fn, epochs):
    history = []
    for _ in range(epochs):
        train_loss = run(model, train_loader, loss_fn, optimizer)
        history.append({"train_loss": train_loss, "val_loss": run(model, val_loader, loss_fn)})
    return history
