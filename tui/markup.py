"""Question texts, prompts and explanations as lines of styled cells: a small, safe Markdown.

The blocks are CommonMark's, read by markdown-it; inside a line only code, formulas, bold, emphasis and links
are known, so that `2*3*4` or `<b>` in a question stays what it is. Nothing is ever parsed as Textual markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol

from textual.content import Content

from tui.text_layout import break_lines, clean, cut, join_lines

if TYPE_CHECKING:
    from markdown_it.token import Token

CODE = "$text-accent"
MUTED = "$text-muted"
CONTINUED = "↪ "
NO_BREAK = "\u00a0"
SHORT_FORMULA = 24  # characters; a formula up to this length stays on one line
SHORT_LINE = 60  # cells; question files are wrapped at about 100

_SIGNS = frozenset("`$*[\\")
_INLINE = (
    r"(?P<code>(?P<ticks>`+)(?P<code_text>.+?)(?<!`)(?P=ticks)(?!`))"
    r"|\$\$(?P<display>.+?)\$\$"
    r"|(?<!\\)\$(?=\S)(?P<formula>(?:\\.|[^$\\\n])+?)(?<=\S)\$(?!\d)"
    r"|\*\*(?=\S)(?P<bold>.+?)(?<=\S)\*\*"
    r"|(?<![A-Za-z0-9_*])\*(?=[^\s*])(?P<emphasis>[^*\n]+?)(?<=\S)\*(?![A-Za-z0-9_*])"
    r"|\[(?P<link>[^\]\n]+)\]\((?P<target>[^)\s]+)\)"
    r"|\\(?P<escaped>[\\`*$_\[\]<>#|~-])"
)


_compiled = cache(re.compile)  # when first needed: the first frame has nothing of it


@dataclass
class _Formulas:
    raw: bool = False


_formulas = _Formulas()


def show_raw_formulas(raw: bool) -> None:
    """Formulas as they are written, "$\\frac{a}{b}$", from now on, or as signs again."""
    _formulas.raw = raw
    blocks.cache_clear()


class Block(Protocol):
    """A paragraph, a piece of code, a table."""

    @property
    def gap(self) -> bool:
        """Whether an empty line stands before it."""

    def lines(self, width: int) -> list[Content]:
        """Its lines, none wider than `width` cells."""


def inline(text: str) -> Content:
    """One paragraph's text with code, formulas, bold, emphasis and links set; the rest as it stands."""
    if _SIGNS.isdisjoint(text):
        return Content(text)
    pieces: list[Content] = []
    at = 0
    for match in _compiled(_INLINE, re.DOTALL).finditer(text):
        pieces.append(Content(text[at : match.start()]))
        pieces.append(_inline_piece(match))
        at = match.end()
    pieces.append(Content(text[at:]))
    return Content("").join(pieces)


def _inline_piece(match: re.Match[str]) -> Content:
    if match["code"] is not None:
        return Content.styled(match["code_text"].strip() or match["code_text"], CODE)
    if (formula := match["formula"] or match["display"]) is not None:
        if _formulas.raw:
            return Content.styled(match[0], CODE)
        from tui.formulas import to_unicode

        text = to_unicode(formula)
        if len(text) <= SHORT_FORMULA:
            text = text.replace(" ", NO_BREAK)
        return Content.styled(text, "italic")
    if match["bold"] is not None:
        return inline(match["bold"]).stylize("bold")
    if match["emphasis"] is not None:
        return inline(match["emphasis"]).stylize("italic")
    if match["link"] is not None:
        target = match["target"]
        shown = inline(match["link"])
        return shown if shown.plain == target else Content.assemble(shown, (f" ({target})", MUTED))
    return Content(match["escaped"])


def wrap(content: Content, width: int) -> list[Content]:
    """Content broken into lines of `width` cells by the rules of `text_layout`; its newlines stay."""
    lines = []
    for paragraph in content.split("\n", allow_blank=True):
        if paragraph.cell_length <= width:
            lines.append(paragraph)
        else:
            lines += [paragraph[start:end] for start, end in break_lines(paragraph.plain, width)]
    return lines


@dataclass(frozen=True)
class Paragraph:
    """Text behind a marker ("• ", "1. "), under which its further lines hang, or which each line has."""

    content: Content
    marker: str = ""
    gap: bool = True
    on_each_line: bool = False

    def lines(self, width: int) -> list[Content]:
        indent = len(self.marker)
        wrapped = wrap(self.content, max(width - indent, 4))
        return [
            Content.assemble((self.marker if index == 0 or self.on_each_line else " " * indent, MUTED), line)
            for index, line in enumerate(wrapped)
        ]


@dataclass(frozen=True)
class Code:
    """A program or its output: highlighted, on a ground of its own; a line that is too long is continued
    behind a sign, never wrapped silently."""

    text: str
    language: str = ""
    gap: bool = True
    indent: int = 0
    ground: str = "on $panel 60%"

    def lines(self, width: int) -> list[Content]:
        inner = max(width - self.indent - 2, 8)
        lines = []
        for line in self.highlighted():
            pieces = [line]
            if line.cell_length > inner:
                points = [len(cut(line.plain, inner)[0])]
                for text in cut(line.plain[points[0] :], inner - len(CONTINUED))[:-1]:
                    points.append(points[-1] + len(text))
                head, *tails = line.divide(points)
                pieces = [head, *(Content.assemble((CONTINUED, MUTED), tail) for tail in tails)]
            for piece in pieces:
                padded = piece.pad_left(1).pad_right(max(0, inner + 1 - piece.cell_length))
                lines.append(Content(" " * self.indent) + padded.stylize_before(self.ground))
        return lines

    def highlighted(self) -> list[Content]:
        text = self.text.rstrip("\n")
        if self.language in ("python", "py"):
            from textual.highlight import highlight

            return highlight(text, language="python").split("\n", allow_blank=True)
        return Content(text).split("\n", allow_blank=True)


@dataclass(frozen=True)
class Table:
    """Rows of cells in columns as wide as they need, the widest narrowed until all fit."""

    rows: list[list[Content]] = field(default_factory=list)
    gap: bool = True

    def lines(self, width: int) -> list[Content]:
        columns = max((len(row) for row in self.rows), default=0)
        if not columns:
            return []
        sizes = [max(row[i].cell_length for row in self.rows if i < len(row)) for i in range(columns)]
        while sum(sizes) + 2 * (columns - 1) > width and max(sizes) > 4:
            sizes[sizes.index(max(sizes))] -= 1
        lines: list[Content] = []
        for index, row in enumerate(self.rows):
            lines += self._row(row, sizes)
            if index == 0:
                lines.append(Content.styled("  ".join("─" * size for size in sizes), MUTED))
        return lines

    @staticmethod
    def _row(row: list[Content], sizes: list[int]) -> list[Content]:
        cells = [wrap(cell, size) for cell, size in zip(row, sizes, strict=False)]
        height = max(len(cell) for cell in cells)
        lines = []
        for y in range(height):
            parts = [
                (cell[y] if y < len(cell) else Content("")).pad_right(
                    size - (cell[y].cell_length if y < len(cell) else 0)
                )
                for cell, size in zip(cells, sizes, strict=False)
            ]
            lines.append(Content("  ").join(parts).rstrip())
        return lines


@lru_cache(maxsize=256)
def blocks(source: str, short: int = 0) -> tuple[Block, ...]:
    """The blocks of a Markdown text, cleaned of control characters; `short` as in `join_lines`."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark").enable("table").disable(["html_block", "reference"])
    return tuple(_Builder(reader.parse(clean(source)), short).build())


def paragraph(source: str) -> tuple[Block, ...]:
    """A text that is no document, such as an option: lines and inline signs only."""
    return (Paragraph(inline(join_lines(clean(source), short=SHORT_LINE))),)


def layout(parts: tuple[Block, ...], width: int) -> list[Content]:
    """All lines of some blocks, with the empty lines between them."""
    lines: list[Content] = []
    for part in parts:
        if lines and part.gap:
            lines.append(Content(""))
        lines += part.lines(width)
    return lines


class _Builder:
    """Turns markdown-it's flat tokens into blocks, keeping track of lists."""

    def __init__(self, tokens: list[Token], short: int) -> None:
        self.tokens = tokens
        self.short = short
        self.out: list[Block] = []
        self.markers: list[tuple[str, int]] = []  # of the open lists: bullet or "", number
        self.pending = ""  # the marker of an item whose first paragraph is still to come
        self.tight = False
        self.first_item = False
        self.quote = 0
        self.row: list[Content] | None = None
        self.rows: list[list[Content]] = []
        self.heading = False

    def build(self) -> list[Block]:
        for token in self.tokens:
            handler = getattr(self, f"on_{token.type}", None)
            if handler is not None:
                handler(token)
        return self.out

    @property
    def indent(self) -> int:
        return 2 * self.quote + sum(len(self._marker(*marker)) for marker in self.markers)

    @staticmethod
    def _marker(bullet: str, number: int) -> str:
        return f"{bullet} " if bullet else f"{number}. "

    def on_bullet_list_open(self, token: Token) -> None:
        self.markers.append(("•", 0))

    def on_ordered_list_open(self, token: Token) -> None:
        self.markers.append(("", int(token.attrs.get("start", 1)) - 1))

    def on_bullet_list_close(self, token: Token) -> None:
        self.markers.pop()

    on_ordered_list_close = on_bullet_list_close

    def on_list_item_open(self, token: Token) -> None:
        bullet, number = self.markers[-1]
        self.markers[-1] = (bullet, number + 1)
        own = self._marker(*self.markers[-1])
        self.pending = " " * (self.indent - len(own)) + own
        self.first_item = number == 0

    def on_blockquote_open(self, token: Token) -> None:
        self.quote += 1

    def on_blockquote_close(self, token: Token) -> None:
        self.quote -= 1

    def on_paragraph_open(self, token: Token) -> None:
        self.tight = token.hidden

    def on_heading_open(self, token: Token) -> None:
        self.heading = True

    def on_inline(self, token: Token) -> None:
        content = inline(join_lines(token.content, short=self.short))
        if self.row is not None:
            self.row.append(content)
            return
        if self.heading:
            self.heading = False
            self.out.append(Paragraph(content.stylize("bold $text-primary")))
            return
        marker, self.pending = self.pending or " " * self.indent, ""
        gap = not (self.tight and marker.strip()) or (self.first_item and len(self.markers) == 1)
        if self.quote and not self.markers:
            self.out.append(Paragraph(content, "▎ " * self.quote, on_each_line=True))
        else:
            self.out.append(Paragraph(content, marker, gap))

    def on_fence(self, token: Token) -> None:
        self.out.append(Code(token.content, token.info.strip().split(" ")[0], indent=self.indent))

    def on_code_block(self, token: Token) -> None:
        self.out.append(Code(token.content, indent=self.indent))

    def on_hr(self, token: Token) -> None:
        self.out.append(Paragraph(Content.styled("─" * 12, MUTED)))

    def on_tr_open(self, token: Token) -> None:
        self.row = []

    def on_tr_close(self, token: Token) -> None:
        if self.row is not None:
            self.rows.append([cell.stylize("bold") if not self.rows else cell for cell in self.row])
        self.row = None

    def on_table_close(self, token: Token) -> None:
        self.out.append(Table(self.rows))
        self.rows = []
