"""Back-propagation through average pooling."""

import numpy as np


def avg_pool2d_backward(
    grad_out: np.ndarray,
    x_shape: tuple[int, int, int, int],
    kernel_size: int,
    stride: int | None = None,
    padding: int = 0,
    count_include_pad: bool = True,
) -> np.ndarray:
    """Return the gradient of the loss with respect to the input of avg_pool2d.

    grad_out: (N, C, H', W'), the gradient with respect to its output. x_shape: (N, C, H, W).
    The result has the shape x_shape and the dtype of grad_out.
    """
    raise NotImplementedError
