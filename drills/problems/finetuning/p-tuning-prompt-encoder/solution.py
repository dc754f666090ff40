"""P-tuning, version 1 (Liu et al. 2021): virtual tokens from an LSTM and an MLP, put into the slots of a template."""

import torch
from torch import Tensor, nn


class PromptEncoder(nn.Module):
    """v_i = fc2(ReLU(fc1(BiLSTM(e)_i))) where the ids say prompt_id, frozen word embeddings elsewhere."""

    def __init__(self, word_embeddings: nn.Embedding, num_virtual: int, hidden: int, prompt_id: int) -> None:
        super().__init__()
        width = word_embeddings.embedding_dim  # D
        like = {"dtype": word_embeddings.weight.dtype, "device": word_embeddings.weight.device}
        self.word_embeddings = word_embeddings.requires_grad_(False)
        self.prompt_embeddings = nn.Embedding(num_virtual, width, **like)
        self.lstm = nn.LSTM(width, hidden, bidirectional=True, batch_first=True, **like)
        self.fc1 = nn.Linear(2 * hidden, 2 * hidden, **like)
        self.fc2 = nn.Linear(2 * hidden, width, **like)
        self.num_virtual, self.prompt_id = num_virtual, prompt_id

    def encode(self) -> Tensor:
        """The virtual tokens: (P, D)."""
        sequence = self.prompt_embeddings.weight.unsqueeze(0)  # (1, P, D): one sequence of P
        states, _ = self.lstm(sequence)  # (1, P, 2 hidden)
        return self.fc2(torch.relu(self.fc1(states.squeeze(0))))

    def forward(self, input_ids: Tensor) -> Tensor:
        """(B, T) ids to (B, T, D)."""
        slots = input_ids == self.prompt_id  # (B, T)
        if (slots.sum(dim=1) != self.num_virtual).any():
            raise ValueError(f"each row needs {self.num_virtual} slots")
        words = self.word_embeddings(input_ids.masked_fill(slots, 0))  # any id that the table has
        which = (slots.cumsum(dim=1) - 1).clamp(min=0)  # (B, T): the slot's number in its row
        return torch.where(slots.unsqueeze(-1), self.encode()[which], words)
