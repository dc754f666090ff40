"""NF4: blockwise 4-bit quantisation to quantiles of the normal distribution (Dettmers et al. 2023, §3)."""

import numpy as np

LEVELS = np.array(
    [
        [-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453],
        [-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0],
        [0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224],
        [0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0],
    ]
).ravel()


def quantize_nf4(x: np.ndarray, block_size: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Return a code for each value, (n,) uint8, and the largest magnitude of each block, (blocks,)."""
    padded = np.pad(x, (0, -x.size % block_size))  # zeros never are the largest magnitude
    blocks = padded.reshape(-1, block_size)
    absmax = np.abs(blocks).max(axis=1)  # (blocks,)
    scaled = blocks / np.where(absmax == 0, 1, absmax)[:, None]  # within ±1
    codes = np.abs(scaled[..., None] - LEVELS).argmin(axis=-1)  # (blocks, block_size)
    return codes.ravel()[: x.size].astype(np.uint8), absmax


def dequantize_nf4(codes: np.ndarray, absmax: np.ndarray, block_size: int = 64) -> np.ndarray:
    """Return level · absmax of the block, (n,), in the dtype of absmax."""
    scale = np.repeat(absmax, block_size)[: codes.size]
    return LEVELS.astype(absmax.dtype)[codes] * scale
