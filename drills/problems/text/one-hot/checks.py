"""Checks of `one-hot`: a loop over all positions is the specification."""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, expect_error
from drills.strategies import leading_axes, sizes, sources

DTYPES = [np.int64, np.int32, np.int16, np.int8, np.uint8]


def oracle(ids, num_classes, ignore_index=None):
    out = np.zeros((*ids.shape, num_classes), dtype=np.float32)
    for place in np.ndindex(ids.shape):
        if int(ids[place]) != ignore_index:
            out[(*place, int(ids[place]))] = 1
    return out


def same(candidate, ids, num_classes, **options):
    got = candidate.one_hot(ids.copy(), num_classes, **options)
    assert_close(
        got, oracle(ids, num_classes, **options), dtype=np.float32, rtol=0, atol=0, name="one-hot rows"
    )


def refused(candidate, ids, num_classes, **options):
    expect_error(candidate.one_hot, "ValueError", np.array(ids), num_classes, **options)


@check("Worked by hand: a batch with an ignored position.", "手算例子：一个批次，其中有一个被忽略的位置。")
def test_by_hand(candidate):
    got = candidate.one_hot(np.array([[2, 0], [-100, 1]]), 3, ignore_index=-100)
    wanted = [[[0, 0, 1], [1, 0, 0]], [[0, 0, 0], [0, 1, 0]]]
    assert_close(
        got, np.array(wanted, dtype=np.float32), dtype=np.float32, rtol=0, atol=0, name="one-hot rows"
    )


@check("There are num_classes columns, whichever ids occur.", "列数总是 num_classes，与出现了哪些 id 无关。")
def test_columns(candidate):
    same(candidate, np.array([0, 1, 2]), 3)
    same(candidate, np.array([0, 1, 0]), 5)
    same(candidate, np.array([4]), 5)
    same(candidate, np.array([0, 0]), 1)


@check("The new axis is the last, for any shape of the ids.", "新增的轴总在最后，ids 可以是任意形状。")
def test_shapes(candidate):
    same(candidate, np.array([[0, 1], [2, 0]]), 3)
    same(candidate, np.array([[1, 0, 2]]), 3)
    same(candidate, np.arange(24).reshape(2, 3, 4) % 4, 4)
    same(candidate, np.array([[[1]]]), 2)


@check("A single id without an axis gives one row.", "没有轴的单个 id 得到一行。")
def test_scalar(candidate):
    same(candidate, np.array(2), 4)
    same(candidate, np.array(-100), 3, ignore_index=-100)
    same(candidate, np.array(1), 3, ignore_index=1)


@check("Empty ids give an empty result of the right shape.", "空的 ids 得到形状正确的空结果。")
def test_empty(candidate):
    same(candidate, np.zeros((0,), dtype=np.int64), 3)
    same(candidate, np.zeros((2, 0), dtype=np.int64), 4, ignore_index=0)
    same(candidate, np.array([-100, -100]), 3, ignore_index=-100)


@check(
    "A negative id is a ValueError; it does not count from the end.",
    "负的 id 抛出 ValueError，不会从末尾数起。",
)
def test_negative(candidate):
    refused(candidate, [0, -1, 2], 3)
    refused(candidate, [[-3, 0]], 3)
    refused(candidate, [-100], 3)
    refused(candidate, [0, -1, -100, 1], 3, ignore_index=-100)
    for ignore_index in (-1, 0, 5):
        refused(candidate, [0, ignore_index, -100], 3, ignore_index=ignore_index)


@check("An id of num_classes or more is a ValueError.", "id 等于或大于 num_classes 时抛出 ValueError。")
def test_too_large(candidate):
    refused(candidate, [0, 3, 1], 3)
    refused(candidate, [[0, 0], [0, 7]], 3)
    refused(candidate, [1], 1)
    refused(candidate, [0, 3, -100], 3, ignore_index=-100)
    for bits in (8, 16, 32):
        refused(candidate, [0, 2**bits + 1], 3)


@check(
    "ignore_index may be a class number, 0 among them, or any other number.",
    "ignore_index 可以是类别编号（包括 0），也可以是别的数。",
)
def test_ignore_index(candidate):
    ids = np.array([[0, 1, 2], [2, 0, 0]])
    for ignore_index in (0, 1, 2, 3, 255, -1, -100):
        same(candidate, ids, 3, ignore_index=ignore_index)
        same(candidate, np.where(ids == 0, ignore_index, ids), 3, ignore_index=ignore_index)


@check(
    "Any integer dtype will do, also one too small to hold num_classes.",
    "任意整数 dtype 都可以，哪怕装不下 num_classes。",
)
def test_dtypes(candidate):
    for dtype in DTYPES:
        same(candidate, np.array([[3, 0], [1, 127]], dtype=dtype), 300)
        same(candidate, np.array([1, 0, 2], dtype=dtype), 3, ignore_index=2)
    same(candidate, np.array([255, 0, 44, 43], dtype=np.uint8), 300)
    for ignore_index in (-100, 256 + 44):  # neither is an id of this dtype
        same(candidate, np.array([156, 44, 3], dtype=np.uint8), 200, ignore_index=ignore_index)
        refused(candidate, np.array([0, 156, 44], dtype=np.uint8), 3, ignore_index=ignore_index)


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    for ids in ([0, 1], [1, 1], [0, 1]):
        same(candidate, np.array(ids), 3)
        same(candidate, np.array(ids), 2, ignore_index=1)


@check(
    "The rows equal the definition for drawn ids.",
    "在随机的 ids 上，结果等于定义。",
    examples=60,
    source=sources(("normal",), ("float64",)),
    shape=leading_axes(3, 4, 0),
    num_classes=sizes(1, 7),
    dtype=st.sampled_from(DTYPES),
    ignore_index=st.none() | st.sampled_from([-100, -1, 0, 1, 5]),
)
def test_values(candidate, source, shape, num_classes, dtype, ignore_index):
    ids = source.integers(0, num_classes, *shape)
    if ignore_index is not None and (ignore_index >= 0 or dtype is not np.uint8):
        ids = np.where(source.mask(*shape), ids, ignore_index)
    same(candidate, np.asarray(ids).astype(dtype), num_classes, ignore_index=ignore_index)


@check(
    "One id outside the range anywhere is a ValueError.",
    "任何位置有一个越界的 id 都抛出 ValueError。",
    examples=30,
    source=sources(("normal",), ("float64",)),
    shape=leading_axes(2, 4),
    num_classes=sizes(1, 6),
    beyond=st.integers(0, 3),
    below=st.booleans(),
    ignore_index=st.sampled_from([None, -100, 0]),
)
def test_outside(candidate, source, shape, num_classes, beyond, below, ignore_index):
    ids = np.asarray(source.integers(0, num_classes, *shape))
    place = tuple(int(source.integers(0, size)) for size in shape)
    ids[place] = -1 - beyond if below else num_classes + beyond
    refused(candidate, ids, num_classes, ignore_index=ignore_index)
