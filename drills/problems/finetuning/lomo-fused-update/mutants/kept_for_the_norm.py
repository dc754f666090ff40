import torch


def lomo_step(model, loss, lr, max_norm=None):
    params = [p for p in model.parameters() if p.requires_grad]
    if max_norm is None:
        return backward(params, loss, lr)
    norm = backward(params, loss, 0.0, retain_graph=True)
    backward(params, loss, lr * min(1.0, max_norm / max(norm, 1e-12)))
    return norm


def backward(params, loss, rate, retain_graph=False):
    grads = []

    @torch.no_grad()
    def use(p):
        grads.append(p.grad)
        if rate:
            p.sub_(rate * p.grad)
        p.grad = None

    hooks = [p.register_post_accumulate_grad_hook(use) for p in params]
    loss.backward(retain_graph=retain_graph)
    for hook in hooks:
        hook.remove()
    return sum(grad.square().sum().item() for grad in grads) ** 0.5
