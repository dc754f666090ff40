"""The editor for drills: Python highlighted in the app's own colours, lines never wrapped."""

from __future__ import annotations

from functools import lru_cache

from textual import events
from textual._tree_sitter import get_language
from textual.document._syntax_aware_document import SyntaxAwareDocument
from textual.widgets import TextArea
from tree_sitter import Query

from tui import themes
from tui.widgets.fields import InOrder

compiled = lru_cache(maxsize=4)(Query)
"""The query that finds what to highlight. TextArea compiles it thrice as it opens and once for each text, 0.13 s each time."""


def _prepare(document: SyntaxAwareDocument, query: str) -> Query:
    return compiled(document.language, query)


SyntaxAwareDocument.prepare_query = _prepare  # type: ignore[assignment]


def warm() -> None:
    """Compile it ahead of the first editor; for a worker thread."""
    language = get_language("python")
    if language is not None:
        compiled(language, TextArea._get_builtin_highlight_query("python"))


class CodeEditor(InOrder, TextArea):
    """A TextArea for a learner's Python file."""

    DEFAULT_CSS = """
    CodeEditor { border: none; padding: 0; background: $surface; }
    CodeEditor:focus { border: none; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(
            id=id,
            language="python",
            soft_wrap=False,
            show_line_numbers=True,
            tab_behavior="indent",
            compact=True,
        )

    def on_mount(self) -> None:
        for theme in themes.ALL:
            self.register_theme(themes.editor_theme(theme))
        self.watch(self.app, "theme", self._take_theme)

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self._show_line_starts)

    def _show_line_starts(self) -> None:
        """After a narrow moment the lines would stay shifted to the left."""
        self.scroll_to(x=0, animate=False)
        self.scroll_cursor_visible(animate=False)

    def _take_theme(self, name: str) -> None:
        if name in self.available_themes:
            self.theme = name
