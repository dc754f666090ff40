"""The SwiGLU feed-forward layer."""

from torch import Tensor


def swiglu(x: Tensor, w_gate: Tensor, w_up: Tensor, w_down: Tensor) -> Tensor:
    """Return (silu(x w_gateᵀ) · x w_upᵀ) w_downᵀ, (..., D).

    x: (..., D); w_gate and w_up: (F, D); w_down: (D, F).
    """
    raise NotImplementedError
