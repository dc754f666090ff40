"""Checks of `chunk`: what the contract says of starts, lengths and the end, and the windows they determine."""

from hypothesis import strategies as st

from drills.checking import assert_equal, check, expect_error
from drills.strategies import sources


def windows(tokens, size, overlap):
    """The chunks, by the definition: the fewest starts whose windows cover every token."""
    step = size - overlap
    count = 0
    while tokens and (count == 0 or (count - 1) * step + size < len(tokens)):
        count += 1
    return [tokens[i * step : i * step + size] for i in range(count)]


def holds(candidate, tokens, size, overlap):
    got = candidate.chunk(list(tokens), size, overlap)
    assert_equal(got, windows(list(tokens), size, overlap), name="chunks")


@check(
    "Worked by hand: five tokens and four, size 3, overlap 1.",
    "手算例子：五个和四个 token，size = 3，overlap = 1。",
)
def test_by_hand(candidate):
    got = candidate.chunk(["a", "b", "c", "d", "e"], 3, 1)
    assert_equal(got, [["a", "b", "c"], ["c", "d", "e"]], name="chunks")
    assert_equal(candidate.chunk(["a", "b", "c", "d"], 3, 1), [["a", "b", "c"], ["c", "d"]], name="chunks")


@check("No tokens give no chunks.", "没有 token 就没有块。")
def test_empty(candidate):
    for size, overlap in ((1, 0), (4, 2), (7, 6)):
        assert_equal(candidate.chunk([], size, overlap), [], name="chunks")


@check("A list no longer than size is one chunk.", "不超过 size 的列表只有一块。")
def test_one_chunk(candidate):
    for length in (1, 2, 3, 4):
        for overlap in range(4):
            holds(candidate, range(length), 4, overlap)
    holds(candidate, ["x"], 100, 99)


@check("Without overlap the chunks are disjoint.", "overlap = 0 时各块互不相交。")
def test_no_overlap(candidate):
    for length in range(1, 10):
        holds(candidate, range(length), 3, 0)
        holds(candidate, range(length), 1, 0)


@check(
    "Around the end: no chunk inside the one before, no token lost.",
    "末尾附近：没有一块落在上一块里面，也不丢 token。",
)
def test_end(candidate):
    for size, overlap in ((4, 1), (4, 2), (4, 3), (5, 2), (2, 1)):
        for length in range(size - 1, 3 * size + 2):
            holds(candidate, range(length), size, overlap)


@check("An overlap of size or more raises ValueError.", "overlap 不小于 size 时抛出 ValueError。")
def test_overlap_too_large(candidate):
    for size, overlap in ((3, 3), (3, 4), (1, 1), (2, 7)):
        expect_error(candidate.chunk, "ValueError", list(range(9)), size, overlap)
        expect_error(candidate.chunk, "ValueError", list(range(size)), size, overlap)


@check("Tokens of any kind come back as they are, in their order.", "任何类型的 token 都原样、按序返回。")
def test_any_tokens(candidate):
    holds(candidate, ["模型", "b", "a", "模型", "", "z"], 3, 2)
    holds(candidate, [3, 1, 2, 1, 0, -5, 3], 2, 1)
    holds(candidate, [None, "x", 1.5, None], 3, 0)
    holds(candidate, ["a", "b", "c", "a", "b", "c", "a", "b", "c"], 3, 1)
    holds(candidate, [7] * 10, 4, 2)


@check(
    "On drawn lengths, sizes and overlaps.",
    "在随机的长度、size 和 overlap 上正确。",
    examples=120,
    source=sources(("normal",), ("float64",)),
    length=st.integers(0, 40),
    size=st.integers(1, 12),
    share=st.floats(0, 0.999),
)
def test_drawn(candidate, source, length, size, share):
    tokens = [int(token) for token in source.integers(0, 50, length)]
    holds(candidate, tokens, size, int(size * share))
