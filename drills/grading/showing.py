"""Values as a person reads them: small arrays in full, large ones as an excerpt, always with shape and dtype."""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np

from drills.grading.codec import Opaque
from drills.grading.report import Value

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]|\x1b\[[0-9;?]*[ -/]*[@-~]")
_LONGEST = 1200


def clean(text: str, limit: int = 20_000) -> str:
    """Text without control characters and terminal escapes, cut at `limit`."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n"))
    return text if len(text) <= limit else text[:limit] + " …"


def show(name: str, value: Any) -> Value:
    """`value` with its name."""
    return Value(name=name, shown=clean(_text(value), _LONGEST))


def _text(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{_shape(value.shape)}\n{_array(value)}"
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        array = value.detach().cpu()
        array = array.float() if array.dtype in (torch.bfloat16, torch.float16) else array
        grad = ", requires_grad" if value.requires_grad else ""
        kind = str(value.dtype).removeprefix("torch.")
        return f"{kind}{_shape(tuple(value.shape))}{grad}\n{_array(array.numpy())}"
    if isinstance(value, np.generic):
        return f"{value.item()!r}"
    if isinstance(value, Opaque):
        return f"{value.type_name} {value.text}"
    if isinstance(value, np.random.Generator):
        return "numpy.random.Generator"
    if isinstance(value, (list, tuple)) and any(hasattr(item, "dtype") for item in value):
        return "\n".join(f"[{i}] {_text(item)}" for i, item in enumerate(value[:8]))
    if callable(value):
        return f"<function {getattr(value, '__name__', '')}>"
    return repr(value)


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _array(value: np.ndarray) -> str:
    return np.array2string(value, precision=6, threshold=80, edgeitems=3, max_line_width=76)
