"""What the learner's loop is given, beside it: a model that notes how it was called, its optimiser, batches."""

import torch


class Watched(torch.nn.Module):
    """A linear layer with dropout-like noise in train mode, which notes how it was called."""

    def __init__(self, weight, bias, noisy):
        super().__init__()
        self.linear = torch.nn.Linear(
            weight.shape[1], weight.shape[0], dtype=weight.dtype, device=weight.device
        )
        with torch.no_grad():
            self.linear.weight.copy_(weight)
            self.linear.bias.copy_(bias)
        self.noisy = noisy
        self.calls = []

    def forward(self, x):
        out = self.linear(x)
        training = self.linear.training  # a layer's own flag, as dropout reads it
        self.calls.append((training, out.requires_grad, len(x)))
        return 1.5 * out if self.noisy and training else out


class Loader:
    """Batches given anew for every epoch; counts how often it was asked."""

    def __init__(self, batches):
        self.batches = batches
        self.passes = 0

    def __iter__(self):
        self.passes += 1
        return iter([(x.clone(), y.clone()) for x, y in self.batches])


def lopsided(prediction, target):
    """A squared error that also pulls predictions down, so that its arguments cannot change places."""
    gap = prediction - target
    return (gap**2 + 0.5 * gap).mean()


def run(submission, weight, bias, train, val, lr, momentum, epochs, noisy, training):
    """Train; what the function returned, the parameters then, and the calls (train mode, output with gradient, batch size)."""
    model = Watched(weight, bias, noisy).train(training)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    steps = []
    optimizer.register_step_post_hook(lambda *_: steps.append(1))
    train_loader, val_loader = Loader(train), Loader(val)
    history = submission.train(model, train_loader, val_loader, optimizer, lopsided, epochs)
    torch.set_grad_enabled(True)  # if it was left off
    return {
        "history": history,
        "weight": model.linear.weight.detach(),
        "bias": model.linear.bias.detach(),
        "calls": model.calls,
        "passes": train_loader.passes,
        "val_passes": val_loader.passes,
        "steps": len(steps),
    }
