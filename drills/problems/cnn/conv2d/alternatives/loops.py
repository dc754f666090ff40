"""The definition, cell by cell, without padding the image; sums in Python floats."""

import numpy as np


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    n, c_in, height, width = x.shape
    c_out, _, kernel_h, kernel_w = weight.shape
    rows = range(-padding, height + padding - dilation * (kernel_h - 1), stride)
    cols = range(-padding, width + padding - dilation * (kernel_w - 1), stride)
    image, kernel = x.tolist(), weight.tolist()
    out = np.empty((n, c_out, len(rows), len(cols)))
    for s in range(n):
        for o in range(c_out):
            for i, top in enumerate(rows):
                for j, left in enumerate(cols):
                    total = 0.0 if bias is None else float(bias[o])
                    for a in range(kernel_h):
                        r = top + a * dilation
                        if not 0 <= r < height:
                            continue
                        for b in range(kernel_w):
                            q = left + b * dilation
                            if 0 <= q < width:
                                total += sum(image[s][c][r][q] * kernel[o][c][a][b] for c in range(c_in))
                    out[s, o, i, j] = total
    return out.astype(x.dtype)
