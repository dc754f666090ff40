"""What a terminal shows, from what was written to it: for tests that read the app's own output."""

from __future__ import annotations

import re

from rich.cells import cell_len

PIECES = re.compile(
    r"\x1b\[(?P<place>\d*;?\d*)H|\x1b\[[0-9;?<>=$]*[a-zA-Z]|\x1b\][^\x07]*\x07|\x1b[^\[\]]|(?P<text>[^\x1b]+)"
)


class Cells:
    """The characters of a terminal, as far as Textual draws: it places the cursor, and writes line by line."""

    def __init__(self) -> None:
        self._rest = ""
        self._lines: dict[int, dict[int, str]] = {}
        self._line = self._column = 0

    def feed(self, text: str) -> None:
        text = self._rest + text
        cut = text.rfind("\x1b")
        whole = len(text) if cut < 0 or PIECES.match(text, cut) else cut
        self._rest = text[whole:]
        for piece in PIECES.finditer(text, 0, whole):
            if piece["place"] is not None:
                line, _, column = piece["place"].partition(";")
                self._line, self._column = int(line or 1) - 1, int(column or 1) - 1
            for char in piece["text"] or "":
                self._put(char)

    def _put(self, char: str) -> None:
        if char == "\n":
            self._line += 1
        elif char == "\r":
            self._column = 0
        elif char >= " ":
            width = cell_len(char)
            for column in range(self._column, self._column + width):
                self._lines.setdefault(self._line, {})[column] = char if column == self._column else ""
            self._column += width

    def text(self) -> str:
        return "\n".join(
            "".join(cells.get(column, " ") for column in range(max(cells) + 1)).rstrip()
            for _, cells in sorted(self._lines.items())
        )
