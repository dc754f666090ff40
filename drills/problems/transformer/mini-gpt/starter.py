"""A small GPT: token and position embedding, causal pre-norm blocks, a final norm and a tied head."""

import torch
from torch import Tensor, nn


class MiniGPT(nn.Module):
    """Sub-modules: tok_emb, pos_emb, blocks, norm. Each of blocks has norm1, q_proj, k_proj, v_proj, out_proj, norm2, ff1, ff2."""

    def __init__(
        self, vocab_size: int, d_model: int, num_heads: int, num_layers: int, max_length: int
    ) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, ids: Tensor) -> Tensor:
        """Return the logits (B, T, V) of the token after each position. ids: (B, T) int64, T ≤ max_length."""
        raise NotImplementedError

    @torch.no_grad()
    def generate(self, ids: Tensor, max_new_tokens: int) -> Tensor:
        """Return (B, T + max_new_tokens): ids and the most likely token, again and again. T may exceed max_length."""
        raise NotImplementedError
