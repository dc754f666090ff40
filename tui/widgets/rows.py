"""A list of rows moved through by keys: the ground of choices, orderings and pairings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message

from tui import markup
from tui.commands import bindings
from tui.messages import Bilingual, Language
from tui.text_layout import clean, join_lines
from tui.widgets.document import Document


@dataclass
class Row:
    """One row: its text, what stands before it, and what is said under it after grading."""

    text: Bilingual
    mark: str = ""
    sign: str = ""
    note: Bilingual | None = None
    code: bool = False


SIGN_STYLE = {"✓": "bold $text-success", "✗": "bold $text-error"}


@dataclass(frozen=True)
class RowBlock:
    """A row laid out: number, mark and sign before, the text hanging beside them, the note beneath."""

    lead: Content
    content: Content
    note: Content | None
    is_current: bool
    is_code: bool = False
    gap: bool = False

    def lines(self, width: int) -> list[Content]:
        indent = self.lead.cell_length
        room = max(width - indent, 6)
        body = [self.content] if self.is_code else markup.wrap(self.content, room)
        if self.is_code and self.content.cell_length > room:
            head, *rest = markup.Code(self.content.plain, "python", ground="").lines(room)
            body = [head.rstrip(), *(line.rstrip() for line in rest)]
        lines = [
            Content.assemble(self.lead if index == 0 else " " * indent, line)
            for index, line in enumerate(body)
        ]
        if self.is_current:
            lines = [
                line.pad_right(max(0, width - line.cell_length)).stylize_before("on $panel") for line in lines
            ]
        if self.note is not None:
            lines += [
                Content.assemble(" " * indent, line.stylize_before(markup.MUTED))
                for line in markup.wrap(self.note, room)
            ]
        return lines


class RowList(Document, can_focus=True):
    """Rows with a cursor. Subclasses say what picking, moving and a number do."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("answer")]
    DEFAULT_CSS = """
    RowList { height: auto; }
    """

    class Changed(Message):
        """The learner changed something."""

    class Entered(Message):
        """The learner is done here."""

    def __init__(self, rows: Sequence[Row], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows = list(rows)
        self.cursor: int | None = 0
        self.frozen = False

    # --- drawing

    def make(self, language: Language) -> tuple[markup.Block, ...]:
        return tuple(self._block(index, row, language) for index, row in enumerate(self.rows))

    def _block(self, index: int, row: Row, language: Language) -> RowBlock:
        is_current = index == self.cursor and self.has_focus and not self.frozen
        lead = Content.assemble(
            ("› " if is_current else "  ", "bold $text-primary"),
            (f"{index + 1} ", "$text-accent" if not self.frozen else markup.MUTED),
            (f"{row.sign} " if row.sign else "  " if self.frozen else "", SIGN_STYLE.get(row.sign, "")),
            (f"{row.mark} " if row.mark else "", ""),
        )
        text = clean(row.text[language])
        if row.code:
            content = markup.Code(text, "python", ground="").highlighted()[0]
        else:
            content = markup.inline(join_lines(text, short=markup.SHORT_LINE))
        note = None
        if row.note is not None and (said := clean(row.note[language])):
            note = markup.inline(join_lines(said))
        return RowBlock(lead, content, note, is_current, row.code)

    def redraw(self) -> None:
        """Draw again after rows, marks or the cursor changed."""
        self.language_changed()

    def lines_of(self, index: int) -> Region:
        """Where a row stands within the list."""
        width = max(self.content_size.width, 4)
        heights = [len(block.lines(width)) for block in self.render().parts]
        return Region(0, sum(heights[:index]), width, heights[index])

    def show_cursor(self) -> None:
        if self.cursor is not None and self.parent is not None:
            self.call_after_refresh(self._scroll_to_cursor)

    def _scroll_to_cursor(self) -> None:
        if self.cursor is None or not self.is_attached:
            return
        region = self.lines_of(self.cursor)
        for ancestor in self.ancestors:
            if getattr(ancestor, "is_scrollable", False) and getattr(ancestor, "max_scroll_y", 0) > 0:
                top = self.region.y - ancestor.region.y + round(ancestor.scroll_y) + region.y  # type: ignore[attr-defined]
                target = Region(0, top, 1, region.height)
                ancestor.scroll_to_region(target, animate=False)  # type: ignore[attr-defined]
                return

    # --- moving

    def watch_has_focus(self, _has_focus: bool) -> None:
        """No style here asks for the focus: the cursor is drawn."""

    def on_focus(self) -> None:
        if self.cursor is not None:
            self.redraw()

    def on_blur(self) -> None:
        if self.cursor is not None:
            self.redraw()

    def move_to(self, index: int) -> None:
        self.cursor = min(max(index, 0), len(self.rows) - 1)
        self.redraw()
        self.show_cursor()

    def changed(self) -> None:
        self.redraw()
        self.post_message(self.Changed())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not self.frozen

    def action_move(self, step: int) -> None:
        if self.cursor is None:
            self.move_to(0 if step > 0 else len(self.rows) - 1)
        else:
            self.move_to(self.cursor + step)

    def action_pick(self) -> None:
        """Space."""

    def action_number(self, number: int) -> None:
        """A digit."""
        if number <= len(self.rows):
            self.move_to(number - 1)
            self.action_pick()

    def action_enter(self) -> None:
        self.post_message(self.Entered())

    def on_click(self, event: events.Click) -> None:
        if self.frozen:
            return
        for index in range(len(self.rows)):
            region = self.lines_of(index)
            if region.y <= event.y < region.bottom:
                self.move_to(index)
                self.action_pick()
                return

    def freeze(self) -> None:
        """Take no more input; shows signs and notes from now on."""
        self.frozen = True
        self.can_focus = False
        self.redraw()


class ChoiceList(RowList):
    """Choose one row, or several."""

    def __init__(self, rows: Sequence[Row], *, several: bool, id: str | None = None) -> None:
        super().__init__(rows, id=id)
        self.several = several
        self.chosen: set[int] = set()
        self.cursor = 0 if several else None
        self._mark()

    def choose(self, chosen: Sequence[int]) -> None:
        """Set what is chosen, by place."""
        self.chosen = {index for index in chosen if 0 <= index < len(self.rows)}
        if not self.several and self.chosen:
            self.cursor = min(self.chosen)
        self._mark()
        self.redraw()

    def _mark(self) -> None:
        for index, row in enumerate(self.rows):
            on, off = ("■", "□") if self.several else ("●", "○")
            row.mark = on if index in self.chosen else off

    def move_to(self, index: int) -> None:
        super().move_to(index)
        if not self.several and self.cursor is not None:
            # One choice: it goes with the cursor, so that Enter hands in what is highlighted.
            self.chosen = {self.cursor}
            self._mark()
            self.changed()

    def action_pick(self) -> None:
        if self.cursor is None:
            return
        if self.several:
            self.chosen ^= {self.cursor}
            self._mark()
        self.changed()


class OrderList(RowList):
    """Rows that can be moved. `arrangement[place]` is the first place of the row that stands there now."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("order")]

    def __init__(self, rows: Sequence[Row], *, id: str | None = None) -> None:
        super().__init__(rows, id=id)
        self.arrangement = list(range(len(rows)))

    def put_in_order(self, arrangement: Sequence[int]) -> None:
        if sorted(arrangement) == list(range(len(self.rows))):
            by_origin = dict(zip(self.arrangement, self.rows, strict=True))
            self.arrangement = list(arrangement)
            self.rows = [by_origin[origin] for origin in self.arrangement]
            self.redraw()

    def put(self, place: int) -> None:
        """Put the row under the cursor at a place; the others close up."""
        assert self.cursor is not None
        place = min(max(place, 0), len(self.rows) - 1)
        if place == self.cursor:
            return
        arrangement = list(self.arrangement)
        arrangement.insert(place, arrangement.pop(self.cursor))
        self.put_in_order(arrangement)
        self.move_to(place)
        self.changed()

    def action_shift(self, step: int) -> None:
        if self.cursor is not None:
            self.put(self.cursor + step)

    def action_number(self, number: int) -> None:
        if number <= len(self.rows):
            self.put(number - 1)


class MatchList(RowList):
    """Rows that each take a letter."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("match")]

    def __init__(self, rows: Sequence[Row], letters: int, *, id: str | None = None) -> None:
        super().__init__(rows, id=id)
        self.letters = letters
        self.given: list[int | None] = [None] * len(rows)
        self._mark()

    def give(self, given: Sequence[int | None]) -> None:
        if len(given) == len(self.rows):
            self.given = [one if one is None or 0 <= one < self.letters else None for one in given]
            self._mark()
            self.redraw()

    def _mark(self) -> None:
        for row, letter in zip(self.rows, self.given, strict=True):
            row.mark = f"[{' ' if letter is None else letter_name(letter)}]"

    def set_letter(self, letter: int | None) -> None:
        assert self.cursor is not None
        self.given[self.cursor] = letter
        self._mark()
        self.changed()

    def action_letter(self, key: str) -> None:
        letter = ord(key) - ord("a")
        if letter < self.letters:
            self.set_letter(letter)
            self.action_move(1)

    def action_turn(self, step: int) -> None:
        assert self.cursor is not None
        now = self.given[self.cursor]
        first = 0 if step > 0 else self.letters - 1
        self.set_letter(first if now is None else (now + step) % self.letters)

    def action_clear(self) -> None:
        self.set_letter(None)


def letter_name(index: int) -> str:
    return chr(ord("a") + index)
