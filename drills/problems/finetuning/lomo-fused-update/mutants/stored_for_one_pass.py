import torch


def lomo_step(model, loss, lr, max_norm=None):
    stored = {}

    def store(p):
        stored[p] = p.grad
        p.grad = None

    hooks = [p.register_post_accumulate_grad_hook(store) for p in model.parameters() if p.requires_grad]
    loss.backward()
    for hook in hooks:
        hook.remove()
    norm = sum(float(grad.square().sum()) for grad in stored.values()) ** 0.5
    scale = 1.0 if max_norm is None else min(1.0, max_norm / max(norm, 1e-12))
    with torch.no_grad():
        for p, grad in stored.items():
            p -= lr * scale * grad
    return norm
