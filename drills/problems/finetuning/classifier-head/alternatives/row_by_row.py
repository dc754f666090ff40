"""Row by row with boolean indexing; the frozen backbone runs without gradients."""

import torch
from torch import nn


class TextClassifier(nn.Module):
    def __init__(self, backbone, hidden_size, num_classes, pooling="last", freeze=True):
        if pooling not in {"last", "mean"}:
            raise ValueError(pooling)
        super().__init__()
        self.backbone, self.head = backbone, nn.Linear(hidden_size, num_classes)
        self.mean, self.frozen = pooling == "mean", freeze
        if freeze:
            for parameter in backbone.parameters():
                parameter.requires_grad = False
        self.train()

    def train(self, mode=True):
        self.training = mode
        self.head.train(mode)
        self.backbone.train(mode and not self.frozen)
        return self

    def forward(self, ids, mask):
        if self.frozen:
            with torch.no_grad():
                hidden = self.backbone(ids, mask)
        else:
            hidden = self.backbone(ids, mask)
        rows = [states[real] for states, real in zip(hidden, mask, strict=True)]
        pooled = [row.mean(dim=0) if self.mean else row[-1] for row in rows]
        return self.head(torch.stack(pooled))
