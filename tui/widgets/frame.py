"""What surrounds every page: the title line, the key hints, and the notice of a terminal too small."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widgets import Static

from tui.commands import Active, active
from tui.messages import TOO_SMALL, Bilingual, Phrase, language_of, same
from tui.text_layout import clean, shorten
from tui.widgets.document import Line, Localised

SMALLEST = (32, 8)


class TitleBar(Localised):
    """One line: where one is on the left, how it stands on the right."""

    DEFAULT_CSS = """
    TitleBar { dock: top; height: 1; padding: 0 2; background: $surface; color: $text-muted; }
    """

    def __init__(self, title: Bilingual, status: Bilingual | None = None) -> None:
        super().__init__()
        self.title = title
        self.status: Bilingual = status or same("")

    def show(self, *, title: Bilingual | None = None, status: Bilingual | None = None) -> None:
        self.title = title or self.title
        self.status = status or self.status
        self.refresh()

    def render(self) -> Line:
        return Line(self._drawn)

    def _drawn(self, width: int) -> Content:
        language = language_of(self)
        status = shorten(clean(self.status[language]), width)
        title = shorten(clean(self.title[language]), max(0, width - cell_len(status) - 2))
        gap = max(1, width - cell_len(title) - cell_len(status))
        return Content.assemble((title, "bold $text-primary"), " " * gap, status)


class KeyHints(Localised):
    """The footer: the keys that work now, the least important dropped when space is short.

    A click on one gives its command; the pointer over it shows what it does.
    """

    DEFAULT_CSS = """
    KeyHints { dock: bottom; height: 1; padding: 0 1; background: $surface; color: $text-muted; }
    """
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[int, int, Active]] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> Line:
        return Line(self._drawn)

    def _drawn(self, width: int) -> Content:
        language = language_of(self)
        shown = self.fitting(width)
        pieces: list[Content] = []
        self._spans = []
        x = 0
        for entry in shown:
            label = Content.assemble(
                " ", (entry.command.key_label(), "bold $text-accent"), " ", entry.title(language), " "
            )
            if not entry.enabled:
                label = label.stylize("dim")
            self._spans.append((x, x + label.cell_length, entry))
            x += label.cell_length
            pieces.append(label)
        return Content("").join(pieces)

    def fitting(self, width: int) -> list[Active]:
        """What fits, the page's own first, the app's last; one entry for each title."""
        language = language_of(self)
        by_title: dict[str, Active] = {}
        for entry in active(self.screen):
            title = entry.title(language)
            if entry.command.footer > by_title.get(title, entry).command.footer or title not in by_title:
                by_title[title] = entry
        kept = [entry for entry in by_title.values() if entry.command.footer]
        kept.sort(key=lambda entry: -entry.command.footer)
        while kept and sum(self._width(entry) for entry in kept) > width:
            kept.pop()
        return [e for e in kept if not e.command.id.startswith("app.")] + [
            e for e in kept if e.command.id.startswith("app.")
        ]

    def _width(self, entry: Active) -> int:
        return cell_len(f" {entry.command.key_label()} {entry.title(language_of(self))} ")

    def _at(self, x: int) -> Active | None:
        inner = x - self.styles.padding.left
        return next((entry for start, end, entry in self._spans if start <= inner < end), None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        found = self._at(event.x)
        self.tooltip = Content(found.command.help[language_of(self)]) if found else None

    def on_click(self, event: events.Click) -> None:
        if (found := self._at(event.x)) is not None and found.enabled:
            self.app.simulate_key(found.key)


class TooSmall(Static):
    """Covers a page that has no room."""

    DEFAULT_CSS = """
    TooSmall {
        layer: notice; display: none; width: 100%; height: 100%;
        background: $background; content-align: center middle; text-align: center;
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)

    def render(self) -> Content:
        width, height = SMALLEST
        return Content(TOO_SMALL.format(width=width, height=height)[language_of(self)])


def counted(count: int, what: Phrase) -> Phrase:
    """A number before what it counts, as both languages write it."""
    return Phrase(f"{count} {what.en}", f"{what.zh} {count}")
