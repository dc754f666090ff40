"""Chain rule, product by product, on nested lists of Python floats; the padding is never built."""

import numpy as np


def conv2d_backward(grad_out, x, weight, stride=1, padding=0):
    _, c_in, height, width = x.shape
    c_out, _, kernel_h, kernel_w = weight.shape
    image, kernel, upstream = x.tolist(), weight.tolist(), grad_out.tolist()
    grad_x, grad_weight, grad_bias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(c_out)
    for s, o, i, j in np.ndindex(*grad_out.shape):
        g = upstream[s][o][i][j]
        grad_bias[o] += g
        for a in range(kernel_h):
            r = i * stride - padding + a
            if not 0 <= r < height:
                continue
            for b in range(kernel_w):
                q = j * stride - padding + b
                if 0 <= q < width:
                    for c in range(c_in):
                        grad_weight[o, c, a, b] += g * image[s][c][r][q]
                        grad_x[s, c, r, q] += g * kernel[o][c][a][b]
    return tuple(grad.astype(grad_out.dtype) for grad in (grad_x, grad_weight, grad_bias))
