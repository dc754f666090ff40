"""Pictures of screens as text: the characters, and the style of every cell, compared with a file that is kept.

A picture is the same on every machine: nothing in it comes from a font, a clock or a colour system.
"""

from __future__ import annotations

import difflib
from itertools import groupby
from pathlib import Path

from rich.style import Style
from textual.widgets import Input, TextArea

from tui.app import PreptrainApp

FOLDER = Path(__file__).parent / "snapshots"
NAMES = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse", "strike")


class Pictures:
    """Pictures of one screen, in one file: each style has a letter, the same in all of them."""

    def __init__(self) -> None:
        self._styles: dict[str, str] = {}
        self._parts: list[str] = []

    def take(self, app: PreptrainApp, title: str) -> None:
        """Add what the app shows now."""
        width, height = app.size
        strips = app.screen._compositor.render_strips()
        lines = [strip.text.rstrip() for strip in strips]
        styles = []
        for strip in strips:
            cells = [self._letter(style) for _, style, _ in strip for style in [style or Style()]]
            lengths = [segment.cell_length for segment in strip]
            runs = groupby(zip(cells, lengths, strict=True), key=lambda pair: pair[0])
            styles.append(" ".join(f"{letter}{sum(length for _, length in run)}" for letter, run in runs))
        head = f"=== {title} {width}x{height}"
        self._parts.append("\n".join([head, *lines, "--- styles", *_folded(styles)]))

    def _letter(self, style: Style) -> str:
        told = _told(style)
        if told not in self._styles:
            count = len(self._styles)
            self._styles[told] = NAMES[count] if count < len(NAMES) else f"({count})"
        return self._styles[told]

    def text(self) -> str:
        legend = [f"{letter} {told}" for told, letter in self._styles.items()]
        return "\n".join([*self._parts, "=== legend", *legend, ""])


def _told(style: Style) -> str:
    colours = [
        colour.get_truecolor().hex if colour is not None and not colour.is_default else "default"
        for colour in (style.color, style.bgcolor)
    ]
    return " ".join([*(name for name in ATTRIBUTES if getattr(style, name)), f"{colours[0]} on {colours[1]}"])


def _folded(lines: list[str]) -> list[str]:
    """Lines that are alike, one after the other, as one: "3-20: a80"."""
    folded = []
    start = 1
    for line, group in groupby(lines):
        end = start + len(list(group)) - 1
        folded.append(f"{start}: {line}" if start == end else f"{start}-{end}: {line}")
        start = end + 1
    return folded


def still(app: PreptrainApp) -> None:
    """Let no cursor blink, and no notice stand over the page."""
    for widget in app.screen.query("*"):
        if isinstance(widget, Input | TextArea):
            widget.cursor_blink = False
    app.clear_notifications()


def compare(name: str, found: str, *, update: bool) -> None:
    """Compare with the file of that name, or write it; fails with what differs."""
    path = FOLDER / f"{name}.txt"
    if update:
        path.write_text(found, "utf-8")
        return
    kept = path.read_text("utf-8") if path.exists() else ""
    if kept != found:
        difference = "\n".join(
            difflib.unified_diff(kept.split("\n"), found.split("\n"), "kept", "found", "", "", 2, "")
        )
        raise AssertionError(
            f"{path.name} shows something else now. If that is meant: pytest tests/tui/test_snapshots.py -m '' "
            f"--update-snapshots, and look at the difference.\n{difference}"
        )
