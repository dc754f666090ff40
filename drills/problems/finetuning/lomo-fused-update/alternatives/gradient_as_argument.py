"""The gradient is used where it is handed over, before it is stored; a second hook lets go of what was stored."""

import torch


def lomo_step(model, loss, lr, max_norm=None):
    squares, scale, handles = [], 1.0 if max_norm is None else None, []

    def let_go(p):
        p.grad = None

    for p in model.parameters():
        if not p.requires_grad:
            continue

        def use(grad, p=p):
            squares.append((grad**2).sum())
            if scale is not None:
                p.data = p.data - lr * scale * grad

        handles += [p.register_hook(use), p.register_post_accumulate_grad_hook(let_go)]
    if max_norm is not None:
        loss.backward(retain_graph=True)
        norm = torch.stack(squares).sum().sqrt().item()
        scale = min(max_norm / (norm + 1e-6), 1)
        loss.backward()
    else:
        loss.backward()
        norm = sum(s.item() for s in squares) ** 0.5
    [h.remove() for h in handles]
    return norm
