"""The app's colours: dark, light and high contrast, and the same for code in the editor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.theme import BUILTIN_THEMES, Theme

if TYPE_CHECKING:
    from textual.widgets.text_area import TextAreaTheme

DARK = Theme(
    name="preptrain-dark",
    primary="#8ab0e0",
    secondary="#a99bd6",
    accent="#e0b072",
    warning="#dcb567",
    error="#e07f84",
    success="#8cc084",
    foreground="#d6dae2",
    background="#15171c",
    surface="#1d2026",
    panel="#272a33",
    dark=True,
    variables={"text-muted": "#8f96a5"},
)
LIGHT = Theme(
    name="preptrain-light",
    primary="#23588f",
    secondary="#63508f",
    accent="#8a4b0a",
    warning="#7a5a00",
    error="#a82c35",
    success="#2c6a2b",
    foreground="#25282e",
    background="#fbfaf7",
    surface="#f2f1ee",
    panel="#e4e2dd",
    dark=False,
    variables={"text-muted": "#605c55"},
)
CONTRAST = Theme(
    name="preptrain-contrast",
    primary="#5fd7ff",
    secondary="#d7afff",
    accent="#ffd75f",
    warning="#ffd700",
    error="#ff8787",
    success="#87ff87",
    foreground="#ffffff",
    background="#000000",
    surface="#0c0c0c",
    panel="#262626",
    dark=True,
    variables={"text-muted": "#d0d0d0"},
)
TERMINAL = replace(
    BUILTIN_THEMES["ansi-dark"],
    name="preptrain-terminal",
    secondary="ansi_magenta",
    accent="ansi_cyan",
    variables=BUILTIN_THEMES["ansi-dark"].variables | {"text-muted": "ansi_default"},
)
"""The sixteen colours that the learner gave their own terminal."""
ALL = (DARK, LIGHT, CONTRAST, TERMINAL)


def editor_theme(theme: Theme) -> TextAreaTheme:
    """Colours for Python in the editor, from the app's own."""
    from rich.style import Style
    from textual.widgets.text_area import TextAreaTheme

    def style(color: str | None, *, bold: bool | None = None, italic: bool | None = None) -> Style:
        # Rich has the same names without the prefix for a terminal's own colours.
        return Style(color=color and color.removeprefix("ansi_"), bold=bold, italic=italic)

    quiet = style("bright_black" if theme.ansi else "#7d8594" if theme.dark else "#767065", italic=True)
    keyword = style(theme.secondary)
    name = style(theme.primary)
    literal = style(theme.accent)
    return TextAreaTheme(
        name=theme.name,
        syntax_styles={
            "comment": quiet,
            "string": style(theme.success),
            "string.documentation": style(theme.success, italic=True),
            "number": literal,
            "boolean": literal,
            "constant.builtin": literal,
            "keyword": keyword,
            "keyword.function": keyword,
            "keyword.return": keyword,
            "keyword.operator": keyword,
            "conditional": keyword,
            "repeat": keyword,
            "exception": keyword,
            "include": keyword,
            "operator": style(theme.foreground),
            "function": name,
            "function.call": name,
            "method": name,
            "method.call": name,
            "class": style(theme.primary, bold=True),
            "type": style(theme.primary, bold=True),
            "type.class": style(theme.primary, bold=True),
            "type.builtin": name,
            "parameter": style(theme.foreground),
        },
    )
