"""Two programs beside each other, line by line, as a block of a page."""

from __future__ import annotations

from difflib import SequenceMatcher

from rich.cells import cell_len
from textual.content import Content

from tui.messages import Bilingual, Language
from tui.text_layout import clean, pad, shorten

SIDE_BY_SIDE = 96  # cells; below that one stands under the other, as in a patch
MINUS, PLUS, MUTED = "$text-error", "$text-success", "$text-muted"


class Difference:
    """What `left` would have to change to be `right`; equal lines stand once in narrow windows."""

    gap = False

    def __init__(
        self, left: str, right: str, titles: tuple[Bilingual, Bilingual], language: Language
    ) -> None:
        self.left = clean(left).rstrip().split("\n")
        self.right = clean(right).rstrip().split("\n")
        self.titles = titles[0][language], titles[1][language]
        self.changes = SequenceMatcher(None, self.left, self.right, autojunk=False).get_opcodes()

    def lines(self, width: int) -> list[Content]:
        return self._columns(width) if width >= SIDE_BY_SIDE else self._patch(width)

    def _columns(self, width: int) -> list[Content]:
        half = (width - 3) // 2
        lines = [Content.styled(f"{pad(self.titles[0], half)} │ {self.titles[1]}", "bold")]
        for kind, a, b, c, d in self.changes:
            ours, theirs = self.left[a:b], self.right[c:d]
            for row in range(max(len(ours), len(theirs))):
                left = _cut(ours[row], half) if row < len(ours) else ""
                right = _cut(theirs[row], half) if row < len(theirs) else ""
                lines.append(
                    Content.assemble(
                        (left, "" if kind == "equal" else MINUS),
                        " " * (half - cell_len(left)),
                        (" │ ", MUTED),
                        (right, "" if kind == "equal" else PLUS),
                    )
                )
        return lines

    def _patch(self, width: int) -> list[Content]:
        lines = [Content.assemble((f"- {self.titles[0]}", MINUS), ("   ", ""), (f"+ {self.titles[1]}", PLUS))]
        for kind, a, b, c, d in self.changes:
            if kind == "equal":
                lines += [Content("  " + _cut(line, width - 2)) for line in self.left[a:b]]
            else:
                lines += [Content.styled("- " + _cut(line, width - 2), MINUS) for line in self.left[a:b]]
                lines += [Content.styled("+ " + _cut(line, width - 2), PLUS) for line in self.right[c:d]]
        return lines


def _cut(line: str, width: int) -> str:
    """The line within `width` cells, its indentation kept."""
    code = line.lstrip(" ")
    indent = min(len(line) - len(code), max(width - 1, 0))
    return " " * indent + shorten(code, width - indent)
