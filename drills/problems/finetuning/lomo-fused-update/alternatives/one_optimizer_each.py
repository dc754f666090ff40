"""An optimizer of its own for each parameter, which steps inside the hook."""

import contextlib

import torch


@contextlib.contextmanager
def hooked(model, function):
    trained = filter(lambda p: p.requires_grad, model.parameters())
    handles = [p.register_post_accumulate_grad_hook(function) for p in trained]
    yield
    for handle in handles:
        handle.remove()


def lomo_step(model, loss, lr, max_norm=None):
    total = torch.zeros((), dtype=torch.float64)

    def measure(p):
        total.add_(p.grad.double().pow(2).sum())
        p.grad = None

    if max_norm is not None:
        with hooked(model, measure):
            loss.backward(retain_graph=True)
        norm = float(total.sqrt())
        lr = lr * max_norm / norm if norm > max_norm else lr
    sgd = {p: torch.optim.SGD([p], lr=lr) for p in model.parameters() if p.requires_grad}

    def update(p):
        if max_norm is None:
            total.add_(p.grad.double().pow(2).sum())
        sgd[p].step()
        sgd[p].zero_grad(set_to_none=True)

    with hooked(model, update):
        loss.backward()
    return float(total.sqrt())
