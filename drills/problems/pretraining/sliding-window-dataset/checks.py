"""Checks of `sliding-window-dataset`: pair by pair in plain lists, window after window."""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_equal, check, expect_error, require, unpack
from drills.strategies import sizes, sources


def windows_of(tokens, length, stride, drop_last, pad_id):
    """Rows of inputs and rows of targets, from the definition."""
    inputs, targets, predicted = [], [], set()
    for start in range(0, len(tokens) + length + stride, stride):
        places = [j for j in range(start, start + length) if j + 1 < len(tokens)]
        missing = length - len(places)
        if missing and (drop_last or predicted.issuperset(j + 1 for j in places)):
            break
        inputs.append([tokens[j] for j in places] + [pad_id] * missing)
        targets.append([tokens[j + 1] for j in places] + [-100] * missing)
        predicted.update(j + 1 for j in places)
        if missing:
            break
    return inputs, targets


def holds(candidate, tokens, length, *more, dtype=np.int64, **options):
    """The windows of one call; `more` and `options` are passed on as they are."""
    given = dict(zip(("stride", "drop_last", "pad_id"), more, strict=False)) | options
    stride = given.get("stride")
    want = windows_of(
        [int(token) for token in tokens],
        length,
        length if stride is None else stride,
        given.get("drop_last", True),
        given.get("pad_id", 0),
    )
    ids = np.array(tokens, dtype=dtype)
    got = unpack(candidate.next_token_windows(ids, length, *more, **options), 2, "inputs", "targets")
    for name, mine, rows in zip(("inputs", "targets"), got, want, strict=True):
        assert_equal(mine, np.array(rows, dtype=dtype).reshape(len(rows), length), name=name)
        require(
            mine.dtype == dtype,
            f"{name} must have the dtype of ids, {np.dtype(dtype).name}.",
            f"{name} 的 dtype 应与 ids 相同，即 {np.dtype(dtype).name}。",
            actual=mine,
            name=name,
        )


def stream(count, first=10):
    """Distinct tokens, so that a shift shows."""
    return list(range(first, first + count))


@check(
    "Worked by hand: windows of three from three, four and eight tokens, with and without the tail.",
    "手算例子：三个、四个和八个词元，窗口长度三，保留与丢弃尾部。",
)
def test_by_hand(candidate):
    for count, drop_last, inputs, targets in (
        (3, True, [], []),
        (4, True, [[10, 11, 12]], [[11, 12, 13]]),
        (8, True, [[10, 11, 12], [13, 14, 15]], [[11, 12, 13], [14, 15, 16]]),
        (8, False, [[10, 11, 12], [13, 14, 15], [16, 0, 0]], [[11, 12, 13], [14, 15, 16], [17, -100, -100]]),
    ):
        got = candidate.next_token_windows(np.array(stream(count)), 3, drop_last=drop_last)
        for name, mine, want in zip(
            ("inputs", "targets"), unpack(got, 2, "inputs", "targets"), (inputs, targets), strict=True
        ):
            assert_equal(mine, np.array(want, dtype=np.int64).reshape(-1, 3), name=name)


@check(
    "A full window needs length + 1 tokens: one less gives none, exactly as many give one.",
    "一个完整窗口需要 length + 1 个词元：少一个就没有，恰好够就有一个。",
)
def test_exact_fit(candidate):
    for length in (4, 1, 2):
        for count in (length, length + 1, length + 2, 2 * length, 2 * length + 1, 2 * length + 2):
            holds(candidate, stream(count), length)
            holds(candidate, stream(count), length, 1)


@check(
    "The stride says where the next window starts; without one they follow each other.",
    "stride 决定下一个窗口的起点；不传时窗口首尾相接。",
)
def test_stride(candidate):
    for stride in (None, 1, 2, 3, 4, 5, 7, 30):
        holds(candidate, stream(23), 4, stride)
        holds(candidate, stream(23), 4, stride=stride)
    holds(candidate, stream(23), 4)


@check(
    "With drop_last=False the tail is kept in one padded window, if a target is left over.",
    "drop_last=False 时，只要还有没用到的目标，尾部就放进一个填充过的窗口。",
)
def test_tail(candidate):
    for count in range(2, 15):
        for stride in (None, 1, 2, 3, 4):
            holds(candidate, stream(count), 4, stride, False, 0)
    holds(candidate, [7] * 6, 4, None, False)  # the last target is new, though its id is not
    holds(candidate, [1, 2, 1, 2, 1, 2, 1, 2], 3, None, False)


@check(
    "Windows that would repeat targets only, or hold none, are not kept.",
    "只会重复已有目标的窗口、一个目标都没有的窗口，都不保留。",
)
def test_nothing_new(candidate):
    holds(candidate, stream(9), 4, 2, False)  # the windows at 0, 2 and 4 hold every target
    holds(candidate, stream(8), 4, 1, False)
    holds(candidate, stream(9), 4, 4, False)
    holds(candidate, stream(6), 2, 5, False)  # the next start is the last token
    holds(candidate, stream(5), 2, 7, False)  # or lies past the end
    holds(candidate, stream(9), 2, 7, False)  # one pair at 7


@check(
    "Padding: pad_id in the inputs, −100 in the targets, at the end; a token may have the id pad_id.",
    "填充在末尾：inputs 用 pad_id，targets 用 −100；真实词元的 id 也可以等于 pad_id。",
)
def test_padding(candidate):
    for pad_id in (0, 3, 12, 50256, -1):
        holds(candidate, [3, 0, 3, 12, 0, 3, 5, 0, 12], 5, drop_last=False, pad_id=pad_id)
        holds(candidate, [pad_id] * 4, 6, None, False, pad_id)


@check(
    "A text shorter than a window: dropped, or kept as one padded row; fewer than two tokens give no row.",
    "文本比窗口短：要么丢弃，要么填充成一行；不足两个词元则一行都没有。",
)
def test_short_texts(candidate):
    for count in range(6):
        for drop_last in (True, False):
            for stride in (None, 1, 9):
                holds(candidate, stream(count), 5, stride, drop_last)


@check("A length or a stride below 1 is a ValueError.", "length 或 stride 小于 1 时抛出 ValueError。")
def test_errors(candidate):
    ids = np.arange(9)
    for length, stride in ((0, None), (-1, None), (3, 0), (3, -2), (0, 1), (-2, 3)):
        for drop_last in (True, False):
            expect_error(candidate.next_token_windows, "ValueError", ids, length, stride, drop_last)
    expect_error(candidate.next_token_windows, "ValueError", np.arange(0), 0)


@check("The result has the dtype of ids.", "结果的 dtype 与 ids 相同。")
def test_dtype(candidate):
    for dtype in (np.int64, np.int32):
        for count in (0, 3, 11):
            for drop_last in (True, False):
                holds(candidate, stream(count), 4, None, drop_last, dtype=dtype)


@check(
    "Windows equal the definition on drawn streams.",
    "在随机词元流上，窗口等于定义。",
    source=sources(("normal",), ("int64", "int32")),
    count=st.integers(0, 30),
    length=sizes(1, 8),
    stride=st.one_of(st.none(), st.integers(1, 12)),
    drop_last=st.booleans(),
    pad_id=st.integers(0, 5),
    examples=60,
)
def test_drawn(candidate, source, count, length, stride, drop_last, pad_id):
    tokens = source.integers(0, 6, count).tolist()
    holds(candidate, tokens, length, stride, drop_last, pad_id, dtype=np.dtype(source.dtype))
