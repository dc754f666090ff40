"""The SwiGLU feed-forward layer (Shazeer 2020, §2), as LLaMA has it: no biases."""

import torch
from torch import Tensor


def swiglu(x: Tensor, w_gate: Tensor, w_up: Tensor, w_down: Tensor) -> Tensor:
    """Return (silu(x w_gateᵀ) · x w_upᵀ) w_downᵀ, (..., D)."""
    gate = x @ w_gate.T  # (..., F)
    up = x @ w_up.T  # (..., F)
    hidden = gate * torch.sigmoid(gate) * up  # silu(z) = z σ(z); only the gate is bent
    return hidden @ w_down.T  # (..., D)
