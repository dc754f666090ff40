"""torch.nn.functional's linear and silu."""

import torch.nn.functional as F


def swiglu(x, w_gate, w_up, w_down):
    return F.linear(F.silu(F.linear(x, w_gate)) * F.linear(x, w_up), w_down)
