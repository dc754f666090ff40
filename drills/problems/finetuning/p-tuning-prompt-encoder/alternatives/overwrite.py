"""The authors' way: embed everything, then overwrite the slots, whose places nonzero() gives row after row."""

import torch
import torch.nn.functional as F
from torch import nn


class PromptEncoder(nn.Module):
    def __init__(self, word_embeddings, num_virtual, hidden, prompt_id):
        super().__init__()
        word_embeddings.weight.requires_grad_(False)
        weight = word_embeddings.weight
        self.word_embeddings = word_embeddings
        self.prompt_embeddings = nn.Embedding(num_virtual, weight.size(-1), device=weight.device).to(
            weight.dtype
        )
        self.lstm = nn.LSTM(weight.size(-1), hidden, bidirectional=True).to(weight.device, weight.dtype)
        self.fc1, self.fc2 = (
            nn.Linear(2 * hidden, size).to(weight) for size in (2 * hidden, weight.size(-1))
        )
        self.register_buffer("order", torch.arange(num_virtual))
        self.prompt_id = prompt_id

    def encode(self):
        out, _ = self.lstm(self.prompt_embeddings(self.order))  # unbatched: (P, 2 hidden)
        return F.linear(F.relu(self.fc1(out)), self.fc2.weight, self.fc2.bias)

    def forward(self, input_ids):
        slots = input_ids.eq(self.prompt_id)
        for row in slots:
            if int(row.count_nonzero()) != len(self.order):
                raise ValueError(f"expected {len(self.order)} slots")
        safe = torch.where(slots, torch.zeros_like(input_ids), input_ids)
        out = F.embedding(safe, self.word_embeddings.weight).clone()
        out[slots] = self.encode().repeat(len(input_ids), 1)
        return out
