"""P-tuning (version 1): virtual tokens from an LSTM and an MLP, put into the slots of a template."""

from torch import Tensor, nn


class PromptEncoder(nn.Module):
    """Frozen `word_embeddings` (V, D); trained `prompt_embeddings` (P, D), `lstm` (bidirectional), `fc1` and `fc2`."""

    def __init__(self, word_embeddings: nn.Embedding, num_virtual: int, hidden: int, prompt_id: int) -> None:
        super().__init__()
        raise NotImplementedError

    def encode(self) -> Tensor:
        """The virtual tokens: (P, D)."""
        raise NotImplementedError

    def forward(self, input_ids: Tensor) -> Tensor:
        """(B, T) ids to (B, T, D): slots (prompt_id, P in each row) in order, word embeddings elsewhere."""
        raise NotImplementedError
