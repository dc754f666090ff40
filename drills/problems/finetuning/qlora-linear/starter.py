"""A linear layer with an NF4-quantised frozen weight and a LoRA path (QLoRA)."""

from torch import Tensor, nn

LEVELS = (
    *(-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453),
    *(-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0),
    *(0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224),
    *(0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0),
)


class QLoRALinear(nn.Module):
    """x dequantize()ᵀ + bias + (alpha / r) x Aᵀ Bᵀ; only `lora_A`: (r, in) and `lora_B`: (out, r) train."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, block_size: int = 64) -> None:
        super().__init__()
        raise NotImplementedError

    def dequantize(self) -> Tensor:
        """The weight after quantisation: (out, in)."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) to (..., out)."""
        raise NotImplementedError
