"""A Transformer block: attention and a feed-forward network, each with a residual connection and a norm."""

from torch import Tensor, nn


class TransformerBlock(nn.Module):
    """Sub-modules: norm1, q_proj, k_proj, v_proj, out_proj, norm2, ff1, ff2; no other parameters."""

    def __init__(
        self, d_model: int, num_heads: int, d_ff: int, dropout: float = 0.0, norm_first: bool = True
    ) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return (B, T, D).

        x: (B, T, D). mask: boolean, broadcasts to (B, num_heads, T, T), True where attention is allowed.
        """
        raise NotImplementedError
