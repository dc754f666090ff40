import torch


def lomo_step(model, loss, lr, max_norm=None):
    loss.backward()
    params = [p for p in model.parameters() if p.grad is not None]
    norm = sum(float(p.grad.square().sum()) for p in params) ** 0.5
    scale = 1.0 if max_norm is None else min(1.0, max_norm / max(norm, 1e-12))
    with torch.no_grad():
        for p in params:
            p -= lr * scale * p.grad
            p.grad = None
    return norm
