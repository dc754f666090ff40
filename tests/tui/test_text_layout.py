"""Line breaking by kinsoku rules, in cells, and the cleaning of foreign text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.text_layout import (
    NOT_AT_END,
    NOT_AT_START,
    break_lines,
    clean,
    cut,
    join_lines,
    pad,
    shorten,
    wrap,
)

CHINESE = (
    "在计算注意力时，为什么需要将QK^T除以维度的平方根？请选择最合适的解释：这是一段很长的中文，用来测试自动换行是否正确"
    "（包括全角标点，如“引号”、《书名号》、——破折号……以及省略号）。因此，答案是B。"
)
MIXED = st.text(alphabet="中文字符测试，。（）“”《》abcDEF 012.,()!?—…", max_size=80)


@pytest.mark.parametrize("width", range(12, 101))
def test_no_line_begins_or_ends_with_what_may_not(width: int) -> None:
    lines = wrap(CHINESE, width)
    assert all(line[0] not in NOT_AT_START for line in lines[1:])
    assert all(line[-1] not in NOT_AT_END for line in lines[:-1])
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines) == CHINESE


@given(MIXED, st.integers(2, 60))
def test_lines_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_words_stay_whole() -> None:
    assert wrap("the encoder-decoder attends to it", 17) == [
        "the encoder-",
        "decoder attends",
        "to it",
    ] or wrap("the encoder-decoder attends to it", 17) == ["the", "encoder-decoder", "attends to it"]
    assert wrap("用 softmax 归一化", 10) == ["用 softmax", "归一化"]


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert wrap("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert wrap("x " + "注意力机制", 4) == ["x 注", "意力", "机制"]


def test_newlines_stay() -> None:
    assert wrap("a\n\nb", 10) == ["a", "", "b"]


def test_no_break_at_a_no_break_space() -> None:
    assert wrap("set K = 3 here".replace(" = ", "\u00a0=\u00a0"), 8) == ["set", "K\u00a0=\u00a03", "here"]


def test_spaces_at_a_break_belong_to_no_line() -> None:
    assert [("ab  cd")[start:end] for start, end in break_lines("ab  cd", 3)] == ["ab", "cd"]
    assert break_lines("", 10) == [(0, 0)]


def test_code_is_cut_anywhere() -> None:
    assert cut("中文ab", 3) == ["中", "文a", "b"]


def test_marks_stay_with_their_letter() -> None:
    assert cut("x\u0302y\u0304", 2) == ["x\u0302y\u0304"]
    assert wrap("x\u0302" * 6, 4) == ["x\u0302" * 4, "x\u0302" * 2]


def test_shorten_and_pad_count_cells() -> None:
    assert shorten("缩放点积注意力", 8) == "缩放点…"
    assert cell_len(shorten("缩放点积注意力", 7)) <= 7
    assert shorten("short", 8) == "short"
    assert cell_len(pad("注意", 7)) == 7


def test_source_lines_become_a_paragraph() -> None:
    assert join_lines("第一行，\n第二行") == "第一行，第二行"
    assert join_lines("one\n  two") == "one two"
    assert join_lines("秩不超过\nr") == "秩不超过 r"
    assert join_lines("中文 English 中文") == "中文 English 中文"


def test_a_short_source_line_was_meant() -> None:
    long = "x" * 70
    assert join_lines(f"a = 1\nb = 2\n{long}\nend", short=60) == f"a = 1\nb = 2\n{long} end"


@pytest.mark.parametrize(
    ("dirty", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link", "link"),
        ("a\x07b\x00c\x08", "abc"),
        ("a\x9bb", "ab"),
        ("right\u202eto left\u2066", "rightto left"),
        ("zero\u200bwidth", "zerowidth"),
        ("a\r\nb\rc", "a\nbc"),
        ("\ttab", "    tab"),
        ("[bold]stays[/]", "[bold]stays[/]"),
    ],
)
def test_control_characters_go(dirty: str, shown: str) -> None:
    assert clean(dirty) == shown


@given(st.text())
def test_nothing_that_controls_a_terminal_is_left(text: str) -> None:
    shown = clean(text)
    assert not any((ord(char) < 32 and char != "\n") or 0x7F <= ord(char) <= 0x9F for char in shown)
