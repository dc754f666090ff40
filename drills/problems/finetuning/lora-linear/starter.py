"""A linear layer with a low-rank adapter (LoRA)."""

from torch import Tensor, nn


class LoRALinear(nn.Module):
    """W₀ x + b + (alpha / r) B A dropout(x), with W₀ and b frozen.

    Attribute `base`: the linear layer; parameters `lora_A`: (r, in) and `lora_B`: (out, r).
    """

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) to (..., out)."""
        raise NotImplementedError

    def weight_delta(self) -> Tensor:
        """(alpha / r) B A: (out, in), merged or not."""
        raise NotImplementedError

    def merge(self) -> None:
        """Fold the delta into the weight; merging twice is merging once."""
        raise NotImplementedError

    def unmerge(self) -> None:
        """Take the delta out again; without an earlier merge, nothing happens."""
        raise NotImplementedError
