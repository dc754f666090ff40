"""One row and one position at a time; the LSTM reads (P, 1, D) with the sequence first."""

import torch
from torch import nn


class PromptEncoder(nn.Module):
    def __init__(self, word_embeddings, num_virtual, hidden, prompt_id):
        super().__init__()
        self.word_embeddings = word_embeddings
        for p in word_embeddings.parameters():
            p.requires_grad = False
        d = word_embeddings.weight.shape[1]
        self.prompt_embeddings = nn.Embedding(num_virtual, d)
        self.lstm = nn.LSTM(input_size=d, hidden_size=hidden, num_layers=1, bidirectional=True)
        self.fc1 = nn.Linear(hidden * 2, hidden * 2)
        self.fc2 = nn.Linear(hidden * 2, d)
        for module in (self.prompt_embeddings, self.lstm, self.fc1, self.fc2):
            module.to(word_embeddings.weight)
        self.prompt_id = prompt_id

    def encode(self):
        ids = torch.arange(self.prompt_embeddings.num_embeddings, device=self.fc1.weight.device)
        out = self.lstm(self.prompt_embeddings(ids)[:, None])[0][:, 0]
        return self.fc2(self.fc1(out).clamp(min=0))

    def forward(self, input_ids):
        virtual, rows = self.encode(), []
        for row in input_ids.tolist():
            if row.count(self.prompt_id) != len(virtual):
                raise ValueError("wrong number of slots")
            left = iter(virtual)
            rows.append(
                torch.stack(
                    [next(left) if i == self.prompt_id else self.word_embeddings.weight[i] for i in row]
                )
            )
        return torch.stack(rows)
