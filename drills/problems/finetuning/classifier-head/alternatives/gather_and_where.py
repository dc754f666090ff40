"""Argmax over a cumulative count, gather, and where; float64 inside the mean."""

import torch
from torch import nn


class TextClassifier(nn.Module):
    def __init__(self, backbone, hidden_size, num_classes, pooling="last", freeze=True):
        super().__init__()
        self.pool = {"last": self.last, "mean": self.mean}.get(pooling)
        if self.pool is None:
            raise ValueError(f"unknown pooling {pooling}")
        self.head = nn.Linear(hidden_size, num_classes)
        self.backbone = backbone
        self.fixed = freeze
        if self.fixed:
            self.backbone.requires_grad_(requires_grad=False).eval()

    def train(self, mode=True):
        super().train(mode)
        self.backbone.train(mode and not self.fixed)
        return self

    @staticmethod
    def last(hidden, mask):
        # the count stops growing at the last real token; argmax takes the first place where it is complete
        place = mask.long().cumsum(dim=1).argmax(dim=1)
        place = place.view(-1, 1, 1).expand(-1, 1, hidden.size(-1))
        return hidden.gather(1, place).squeeze(1)

    @staticmethod
    def mean(hidden, mask):
        weights = mask.double() / mask.double().sum(dim=1, keepdim=True)
        real = torch.where(mask.unsqueeze(-1), hidden, torch.zeros_like(hidden))
        return torch.einsum("btd,bt->bd", real.double(), weights).to(hidden.dtype)

    def forward(self, ids, mask):
        return self.head(self.pool(self.backbone(ids, mask), mask))
