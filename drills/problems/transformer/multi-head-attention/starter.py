"""Multi-head attention."""

from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """Self-attention over x, or cross-attention from x to a context.

    Sub-modules: q_proj, k_proj, v_proj, out_proj, each nn.Linear(d_model, d_model, bias=bias).
    """

    def __init__(self, d_model: int, num_heads: int, bias: bool = True) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """Return (B, T, D).

        x: (B, T, D); context: (B, Tk, D), where keys and values come from (x itself when None).
        mask: boolean, broadcasts to (B, num_heads, T, Tk), True where attention is allowed.
        """
        raise NotImplementedError
