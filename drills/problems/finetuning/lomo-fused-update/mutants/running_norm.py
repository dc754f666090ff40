import torch


def lomo_step(model, loss, lr, max_norm=None):
    squares = 0.0

    @torch.no_grad()
    def use(p):
        nonlocal squares
        squares += p.grad.square().sum().item()
        scale = 1.0 if max_norm is None else min(1.0, max_norm / max(squares**0.5, 1e-12))
        p.sub_(lr * scale * p.grad)
        p.grad = None

    hooks = [p.register_post_accumulate_grad_hook(use) for p in model.parameters() if p.requires_grad]
    loss.backward()
    for hook in hooks:
        hook.remove()
    return squares**0.5
