"""As the authors' code does it: when a gradient arrives, the one before it is used up; the last one after the pass."""

import math

import torch


class Pass:
    def __init__(self, model, rate=None):
        self.params = [p for p in model.parameters() if p.requires_grad]
        self.rate, self.norms = rate, []

    def flush(self, grad=None):
        with torch.no_grad():
            for p in self.params:
                if p.grad is not None:
                    self.norms.append(torch.linalg.vector_norm(p.grad).item())
                    if self.rate is not None:
                        p.data.add_(p.grad, alpha=-self.rate)
                    p.grad = None
        return grad

    def run(self, loss, keep):
        handles = [p.register_hook(self.flush) for p in self.params]
        try:
            loss.backward(retain_graph=keep)
            self.flush()
        finally:
            for handle in handles:
                handle.remove()
        return math.hypot(*self.norms)


def lomo_step(model, loss, lr, max_norm=None):
    if max_norm is not None:
        norm = Pass(model).run(loss, keep=True)
        lr *= 1.0 if norm <= max_norm else max_norm / (norm + 1e-6)
        Pass(model, lr).run(loss, keep=False)
        return norm
    return Pass(model, lr).run(loss, keep=False)
