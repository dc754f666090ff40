"""Checks of `pad-batch`: each row put together from its tokens and its padding."""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_equal, check, require, unpack
from drills.strategies import sources


def padded(sequences, pad_id, max_length, side):
    cut = [list(s) if max_length is None else list(s)[:max_length] for s in sequences]
    width = max(len(s) for s in cut)
    ids = np.empty((len(cut), width), dtype=np.int64)
    mask = np.empty((len(cut), width), dtype=bool)
    for row, s in enumerate(cut):
        gap = width - len(s)
        for place in range(width):
            at = place if side == "right" else place - gap
            mask[row, place] = 0 <= at < len(s)
            ids[row, place] = s[at] if mask[row, place] else pad_id
    return ids, mask


def same(mine, want, name):
    """Equal in dtype, shape and every entry."""
    require(
        getattr(mine, "dtype", want.dtype) == want.dtype,
        f"{name} must be {want.dtype}, not {getattr(mine, 'dtype', '')}.",
        f"{name} 的 dtype 应为 {want.dtype}，实际是 {getattr(mine, 'dtype', '')}。",
        actual=mine,
        name=name,
    )
    assert_equal(mine, want, name=name)


def holds(candidate, sequences, pad_id, *more):
    max_length, side = (*more, *(None, "right")[len(more) :])
    got = candidate.pad_batch([list(s) for s in sequences], pad_id, *more)
    for name, mine, want in zip(
        ("ids", "mask"),
        unpack(got, 2, "ids", "mask"),
        padded(sequences, pad_id, max_length, side),
        strict=True,
    ):
        same(mine, want, name)


@check("Worked by hand: three tokens and one.", "手算例子：三个 token 和一个 token。")
def test_by_hand(candidate):
    for more, row, on in (
        ((None, "right"), [8, 0, 0], [True, False, False]),
        ((None, "left"), [0, 0, 8], [False, False, True]),
    ):
        ids, mask = unpack(candidate.pad_batch([[5, 6, 7], [8]], 0, *more), 2, "ids", "mask")
        same(ids, np.array([[5, 6, 7], row], dtype=np.int64), "ids")
        same(mask, np.array([[True, True, True], on]), "mask")
    holds(candidate, [[5, 6, 7], [8]], 0, 2)


@check("Padding goes to the right unless said otherwise, and nothing is cut.", "默认右填充、不截断。")
def test_defaults(candidate):
    holds(candidate, [[1, 2], [3, 4, 5, 6], [7]], 9)


@check("A real token may have the id of the padding.", "真实 token 的 id 可以与填充相同。")
def test_pad_id_among_tokens(candidate):
    for side in ("right", "left"):
        holds(candidate, [[0, 1, 0], [0]], 0, None, side)
        holds(candidate, [[7, 7, 7], [1, 7], [7]], 7, 2, side)
        holds(candidate, [[-1, 3], []], -1, None, side)


@check("Cutting keeps the start, on both sides.", "无论哪一边填充，截断都保留开头。")
def test_cut(candidate):
    for side in ("right", "left"):
        for max_length in (1, 2, 3, 4, 9):
            holds(candidate, [[1, 2, 3, 4], [5, 6], [7, 8, 9]], 0, max_length, side)


@check(
    "The width is that of the longest that is left, not max_length.",
    "宽度取剩下最长的序列，而不是 max_length。",
)
def test_width(candidate):
    for side in ("right", "left"):
        holds(candidate, [[1, 2], [3]], 0, 10, side)
        holds(candidate, [[1]], 0, 3, side)


@check("Empty sequences are rows of padding.", "空序列是一整行填充。")
def test_empty(candidate):
    for side in ("right", "left"):
        holds(candidate, [[], [1, 2]], 5, None, side)
        holds(candidate, [[3], []], 5, 1, side)
        holds(candidate, [[], []], 5, None, side)
        holds(candidate, [[]], 5, 4, side)


@check("Ids beyond 32 bits and negative padding survive.", "超过 32 位的 id 和负的填充 id 都保持不变。")
def test_wide_ids(candidate):
    holds(candidate, [[2**40, 1], [3]], -100, None, "left")
    holds(candidate, [[2**24 + 1, 1], [3]], 2**24 + 3, None, "right")  # float32 holds neither


@check(
    "On drawn batches.",
    "在随机批次上正确。",
    examples=100,
    source=sources(("normal",), ("float64",)),
    lengths=st.lists(st.integers(0, 7), min_size=1, max_size=5),
    max_length=st.one_of(st.none(), st.integers(1, 9)),
    side=st.sampled_from(["right", "left"]),
    pad_id=st.integers(-1, 4),
)
def test_drawn(candidate, source, lengths, max_length, side, pad_id):
    sequences = [[int(token) for token in source.integers(0, 6, length)] for length in lengths]
    holds(candidate, sequences, pad_id, max_length, side)
