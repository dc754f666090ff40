"""A text in two languages, broken by Chinese and English rules, with formulas and code set."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.css.styles import RulesMap
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widget import Widget

from tui import markup
from tui.messages import Bilingual, Language, language_of

Source = Bilingual | Callable[[Language], tuple[markup.Block, ...]]


class Layout(Visual):
    """Blocks as a Textual visual: laid out anew for each width, and kept for the last one."""

    def __init__(self, parts: tuple[markup.Block, ...]) -> None:
        self.parts = parts
        self._laid_out: tuple[int, Content, int] | None = None

    def at(self, width: int) -> tuple[Content, int]:
        """The whole text with its line breaks, and the number of lines."""
        if self._laid_out is None or self._laid_out[0] != width:
            lines = markup.layout(self.parts, max(width, 4))
            self._laid_out = (width, Content("\n").join(lines), len(lines))
        return self._laid_out[1], self._laid_out[2]

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        return self.at(width)[0].render_strips(width, height, style, options)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        lines = self.at(container_width)[0].split("\n", allow_blank=True)
        return max((line.cell_length for line in lines), default=0)

    def get_height(self, rules: RulesMap, width: int) -> int:
        return self.at(width)[1]


class Line(Visual):
    """A content that depends on its width alone, so that the widget need not ask where it stands: Textual answers that
    by laying the whole page out."""

    def __init__(self, at: Callable[[int], Content]) -> None:
        self._at = at
        self._made: tuple[int, Content] | None = None

    def at(self, width: int) -> Content:
        if self._made is None or self._made[0] != width:
            self._made = (width, self._at(width))
        return self._made[1]

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        return self.at(width).render_strips(width, height, style, options)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return self.at(container_width).get_optimal_width(rules, container_width)

    def get_height(self, rules: RulesMap, width: int) -> int:
        return self.at(width).get_height(rules, width)


class Localised(Widget):
    """A widget whose look depends on the language: told when that changes, it draws itself again."""

    def language_changed(self) -> None:
        self.refresh(layout=True)


class Document(Localised):
    """Shows a bilingual text, or blocks that a function makes for a language; `inline` for one paragraph."""

    DEFAULT_CSS = """
    Document { height: auto; }
    """

    def __init__(
        self,
        source: Source | None = None,
        *,
        inline: bool = False,
        short: int = 0,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.source = source
        self.inline = inline
        self.short = short
        self._shown: Layout | None = None

    def update(self, source: Source | None) -> None:
        self.source = source
        self.language_changed()

    def language_changed(self) -> None:
        self._shown = None
        self.clear_cached_dimensions()
        self.refresh(layout=True)

    def render(self) -> Layout:
        if self._shown is None:
            self._shown = Layout(self.make(language_of(self)))
        return self._shown

    def make(self, language: Language) -> tuple[markup.Block, ...]:
        """The blocks in one language."""
        if self.source is None:
            return ()
        if callable(self.source):
            return self.source(language)
        text = self.source[language]
        return markup.paragraph(text) if self.inline else markup.blocks(text, self.short)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selection.extract(self.render().at(self.content_size.width)[0].plain), "\n"
