"""A classification head on a language model's hidden states."""

from torch import Tensor, nn


class TextClassifier(nn.Module):
    """Pools the hidden states of `backbone` and maps them to class logits with `head`, a linear layer.

    pooling: "last" (the last real token) or "mean" (over the real tokens). With freeze=True only the head trains.
    """

    def __init__(
        self,
        backbone: nn.Module,
        hidden_size: int,
        num_classes: int,
        pooling: str = "last",
        freeze: bool = True,
    ) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """ids and mask: (B, T), mask True on real tokens; the result is (B, num_classes)."""
        raise NotImplementedError
