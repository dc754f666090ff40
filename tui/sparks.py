"""Small charts in text cells."""

from __future__ import annotations

from collections.abc import Sequence

EMPTY = "$foreground 30%"
"""The colour of what is not filled: seen on light and on dark, but no more than that."""
_HEIGHTS = "▁▂▃▄▅▆▇█"
_PARTS = " ▏▎▍▌▋▊▉"


def spark_line(values: Sequence[int]) -> str:
    """One cell a value, its height the share of the greatest; a dot where there is nothing."""
    top = max(values, default=0)
    return "".join(
        "·" if value <= 0 else _HEIGHTS[min(len(_HEIGHTS) - 1, value * len(_HEIGHTS) // (top + 1))]
        for value in values
    )


def columns(values: Sequence[int], height: int) -> list[str]:
    """The same over several lines, the topmost first."""
    top = max(values, default=0)
    eighths = [0 if top == 0 else max(1 if v > 0 else 0, round(v * height * 8 / top)) for v in values]
    lines = []
    for row in range(height - 1, -1, -1):
        rest = [min(max(value - row * 8, 0), 8) for value in eighths]
        lines.append("".join(" " if part == 0 else _HEIGHTS[part - 1] for part in rest))
    return lines


def bar(share: float, width: int) -> tuple[str, str]:
    """The filled and the empty part of a bar of `width` cells."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    full, part = divmod(eighths, 8)
    filled = "█" * full + (_PARTS[part] if part else "")
    return filled, "░" * (width - len(filled))
