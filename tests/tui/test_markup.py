"""The small Markdown: what it knows, what it leaves alone, and that everything fits its width."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.content import Content

from quizbank.loader import load_bank
from tui.markup import Code, Paragraph, blocks, inline, layout, paragraph
from tui.messages import LANGUAGES

DOCUMENT = r"""
# Scaled attention

> **Asked:** why divide by $\sqrt{d_k}$?

Write `attention(q, k)`,
with *no* loop.

- one
- two, which is long enough to be broken at a width of thirty cells
  1. inner

```python
def attention(q, k):  # a comment that goes past the end of the line
    return q
```

| name | meaning |
|---|---|
| `q` | the queries, a long text that has to be narrowed |
"""


def plain(source: str, width: int = 60) -> list[str]:
    return [line.plain.rstrip() for line in layout(blocks(source), width)]


def test_a_document() -> None:
    lines = plain(DOCUMENT, 40)
    assert lines[0] == "Scaled attention"
    assert "▎ Asked: why divide by √dₖ?" in lines
    assert "Write attention(q, k), with no loop." in lines
    assert "• one" in lines
    assert "  1. inner" in lines
    assert any(line.startswith(" ↪ ") for line in lines)  # code is never wrapped silently
    assert any(line.startswith("name") for line in lines)


@pytest.mark.parametrize("width", range(8, 120, 7))
def test_every_line_fits(width: int) -> None:
    assert all(line.cell_length <= max(width, 11) for line in layout(blocks(DOCUMENT), width))


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4",
        "a * b * c",
        "<b>bold</b>",
        "[red]not markup[/red]",
        "costs $5 and $6",
        "__init__",
        "a_b_c",
        "[/]",
        "1 < 2 & 3",
    ],
)
def test_what_is_no_markdown_stays(text: str) -> None:
    assert inline(text).plain == text


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("`x[0]` and ``a`b``", "x[0] and a`b"),
        ("**bold $x_i$**", "bold xᵢ"),
        ("这是*重点*的", "这是重点的"),
        ("[title](https://x.org)", "title (https://x.org)"),
        (r"5 \* 3 \$", "5 * 3 $"),
        ("$a = b$", "a\u00a0=\u00a0b"),
    ],
)
def test_what_is_known_is_set(source: str, shown: str) -> None:
    assert inline(source).plain == shown


def test_styles_never_come_from_the_text() -> None:
    styles = {str(span.style) for span in inline("[bold red]x[/] `[on blue]`").spans}
    assert styles == {"$text-accent"}


def test_escape_sequences_are_gone() -> None:
    assert plain("\x1b[31mred\x07") == ["red"]
    assert paragraph("\x1b[31mred")[0].lines(20)[0].plain == "red"


def test_indented_code_and_rules() -> None:
    assert "  x = 1" in [line.rstrip() for line in plain("a\n\n     x = 1")]
    assert "─" * 12 in plain("a\n\n---\n\nb")


def test_code_keeps_its_lines() -> None:
    lines = Code("a\n\n    b\n", "python").lines(20)
    assert [line.plain.rstrip() for line in lines] == [" a", "", "     b"]


def test_a_marker_hangs() -> None:
    lines = Paragraph(Content("one two three"), "• ").lines(8)
    assert [line.plain for line in lines] == ["• one", "  two", "  three"]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab *_`$|#->\n[]()1.中，\\", max_size=60), st.integers(12, 40))
def test_any_text_can_be_laid_out(source: str, width: int) -> None:
    assert all(line.cell_length <= width for line in layout(blocks(source), width))


def test_every_text_of_the_bank_can_be_laid_out() -> None:
    for question in load_bank().questions.values():
        for language in LANGUAGES:
            for text in (question.stem, question.explanation):
                lines = layout(blocks(text[language], 60), 74)
                assert all(line.cell_length <= 74 for line in lines)
                assert not any("\\frac" in line.plain or "\\text" in line.plain for line in lines), (
                    question.id
                )
