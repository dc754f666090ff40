"""Gradients are cleared before the loop and after each step; inference mode validates."""

import torch


def train(model, train_loader, val_loader, optimizer, loss_fn, epochs):
    result = []
    for _epoch in range(epochs):
        model = model.train()
        optimizer.zero_grad()
        seen = 0
        running = torch.zeros((), dtype=torch.float64)
        for inputs, targets in train_loader:
            loss = loss_fn(model(inputs), targets)
            running += loss.detach().double() * targets.size(0)
            seen += targets.size(0)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        model.eval()
        with torch.inference_mode():
            pairs = [(loss_fn(model(a), b).item(), a.size(0)) for a, b in val_loader]
        result.append(
            {
                "train_loss": (running / seen).item(),
                "val_loss": sum(v * n for v, n in pairs) / sum(n for _, n in pairs),
            }
        )
        model.train()
    return result
