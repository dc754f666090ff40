import torch


def lomo_step(model, loss, lr, max_norm=None):
    params = [p for p in model.parameters() if p.requires_grad]
    if max_norm is None:
        return backward(params, loss, lr)
    norm = backward(params, loss, 0.0, retain_graph=True)
    backward(params, loss, lr * min(1.0, max_norm / max(norm, 1e-12)))
    return norm


def backward(params, loss, rate, retain_graph=False):
    squares = 0.0

    def updater(p):
        @torch.no_grad()
        def use(grad):
            nonlocal squares
            squares += grad.square().sum().item()
            if rate:
                p.sub_(rate * grad)

        return use

    hooks = [p.register_hook(updater(p)) for p in params]
    loss.backward(retain_graph=retain_graph)
    for hook, p in zip(hooks, params, strict=True):
        hook.remove()
        p.grad = None
    return squares**0.5
