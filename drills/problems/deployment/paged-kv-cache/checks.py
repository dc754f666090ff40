"""Checks of `paged-kv-cache`: a ledger follows the blocks that the learner's table chooses, and knows what they imply.

Which free block is taken is free; everything else is compared after every call: each slot of each sequence,
and the number of free blocks. Calls that must raise may change nothing.
"""

import numpy as np
from hypothesis import strategies as st

from drills.checking import check, error_name, require
from drills.strategies import sizes, sources

LATEST = 24
"""Calls shown when a check fails."""


class Ledger:
    """A table of the learner's, every call of which is checked."""

    def __init__(self, candidate, num_blocks, block_size):
        self.candidate, self.num_blocks, self.block_size = candidate, num_blocks, block_size
        self.table = candidate.BlockTable(num_blocks, block_size)
        self.blocks, self.lengths = {}, {}  # of each sequence
        self.names = {}  # the blocks in the order in which they were taken: what a diagnosis compares
        self.taken = 0
        self.calls = []
        candidate.show(num_blocks=num_blocks, block_size=block_size, calls=self.calls)
        self.verify()

    def holders(self, block):
        return sum(block in blocks for blocks in self.blocks.values())

    def free_blocks(self):
        return self.num_blocks - len({block for blocks in self.blocks.values() for block in blocks})

    def shown(self):
        """Print this table's calls, where a check uses two."""
        self.candidate.show(num_blocks=self.num_blocks, block_size=self.block_size, calls=self.calls)

    def call(self, name, *args):
        """The method's result; a MemoryError here is one too many."""
        self.calls.append(f"{name}({', '.join(map(repr, args))})")
        del self.calls[:-LATEST]
        try:
            result = getattr(self.table, name)(*args)
        except MemoryError:
            self.tell(name, "MemoryError")
            require(
                False,
                f"{self.calls[-1]} raised MemoryError, but it can be done: {self.free_blocks()} blocks are free.",
                f"{self.calls[-1]} 抛出了 MemoryError，但其实可以完成：还有 {self.free_blocks()} 个空闲块。",
            )
        return result

    def tell(self, *facts):
        """A diagnosis compares every result, blocks by the order in which they were taken."""
        if self.candidate.witness is not None:
            self.candidate.witness.saw(["call", *facts], drawn=True)

    def pair(self, name, result):
        """(block, offset) as two ints."""
        both = isinstance(result, (tuple, list)) and len(result) == 2
        require(
            both and all(isinstance(v, (int, np.integer)) and not isinstance(v, bool) for v in result),
            f"{name} must return two ints, (block, offset).",
            f"{name} 应返回两个整数 (block, offset)。",
            actual=result,
        )
        return int(result[0]), int(result[1])

    def append(self, seq_id):
        length, blocks = self.lengths.get(seq_id, 0), list(self.blocks.get(seq_id, []))
        offset = length % self.block_size
        needed = offset == 0 or self.holders(blocks[-1]) > 1
        if needed and self.free_blocks() == 0:
            self.must_raise(MemoryError, "append", seq_id)
            if seq_id not in self.lengths:
                self.must_raise(KeyError, "slot", seq_id, 0)
            return None
        block, got = self.pair("append", self.call("append", seq_id))
        self.calls[-1] += f" -> {(block, got)}"
        unheld = 0 <= block < self.num_blocks and self.holders(block) == 0
        self.tell("append", "unheld" if unheld else self.names.get(block, "illegal"), got)
        require(
            got == offset,
            f"The offset is {got}; the token at position {length} lies at offset {offset} of its block.",
            f"偏移量是 {got}，而位置 {length} 的 token 应在块内偏移 {offset} 处。",
            expected=offset,
            actual=got,
            name="offset",
        )
        require(
            0 <= block < self.num_blocks,
            f"Block {block} does not exist.",
            f"不存在编号为 {block} 的块。",
            actual=block,
            name="block",
        )
        if offset == 0:
            require(
                unheld,
                f"A new block is needed here, and block {block} is in use.",
                f"这里需要一个新块，而块 {block} 正在使用中。",
                actual=block,
                name="block",
            )
            blocks.append(block)
        elif needed:
            require(
                block != blocks[-1],
                f"Block {block} is shared and partly filled: it must be copied before it is written to.",
                f"块 {block} 被共享且未写满，写入之前必须先复制。",
                actual=block,
                name="block",
            )
            require(
                unheld,
                f"The copy needs a free block, and block {block} is in use.",
                f"复制需要一个空闲块，而块 {block} 正在使用中。",
                actual=block,
                name="block",
            )
            blocks[-1] = block
        else:
            require(
                block == blocks[-1],
                f"The sequence's last block {blocks[-1]} has room and is its own; block {block} came instead.",
                f"该序列最后的块 {blocks[-1]} 还有空位且不与别人共享，返回的却是块 {block}。",
                expected=blocks[-1],
                actual=block,
                name="block",
            )
        if needed:
            self.names[block], self.taken = self.taken, self.taken + 1
        self.blocks[seq_id], self.lengths[seq_id] = blocks, length + 1
        self.verify()
        return block

    def free(self, seq_id):
        if seq_id not in self.lengths:
            return self.must_raise(KeyError, "free", seq_id)
        self.call("free", seq_id)
        del self.blocks[seq_id], self.lengths[seq_id]
        self.verify()
        return self.must_raise(KeyError, "slot", seq_id, 0)

    def fork(self, parent, child):
        if parent not in self.lengths:
            self.must_raise(KeyError, "fork", parent, child)
            return self.must_raise(KeyError, "slot", child, 0)
        if child in self.lengths:
            return self.must_raise(ValueError, "fork", parent, child)
        self.call("fork", parent, child)
        self.blocks[child], self.lengths[child] = list(self.blocks[parent]), self.lengths[parent]
        return self.verify()

    def slot(self, seq_id, position):
        """A position that may lie outside, or an id that may be unknown."""
        if seq_id not in self.lengths:
            self.must_raise(KeyError, "slot", seq_id, position)
        elif not 0 <= position < self.lengths[seq_id]:
            self.must_raise(IndexError, "slot", seq_id, position)
        else:
            self.verify()

    def must_raise(self, error, name, *args):
        """The call raises this exception, and nothing has changed."""
        self.calls.append(f"{name}({', '.join(map(repr, args))})")
        del self.calls[:-LATEST]
        raised = None
        try:
            getattr(self.table, name)(*args)
        except Exception as problem:
            raised = problem
        met, came = isinstance(raised, error), error_name(raised)
        self.tell(name, error.__name__ if met else came)
        instead = "a value came back" if raised is None else f"{came} came"
        instead_zh = "返回了值" if raised is None else f"抛出的是 {came}"
        require(
            met,
            f"{self.calls[-1]} must raise {error.__name__}, but {instead}.",
            f"{self.calls[-1]} 应抛出 {error.__name__}，实际{instead_zh}。",
        )
        self.calls[-1] += f" -> {error.__name__}"
        self.verify()

    def verify(self):
        """The number of free blocks and every slot are what the calls so far imply."""
        free = self.table.num_free
        require(
            not callable(free),
            "num_free must be a property, not a method.",
            "num_free 应是 property，而不是方法。",
        )
        whole = isinstance(free, (int, np.integer)) and not isinstance(free, bool)
        if not whole or int(free) != self.free_blocks():
            self.tell("num_free", int(free) if whole else type(free).__name__)
            require(
                False,
                f"num_free is {free!r}; {self.free_blocks()} blocks are free.",
                f"num_free 是 {free!r}，实际有 {self.free_blocks()} 个空闲块。",
                expected=self.free_blocks(),
                actual=free,
                name="num_free",
            )
        places = [(seq_id, i) for seq_id, length in self.lengths.items() for i in range(length)]
        found = self.candidate.each(self.table.slot, places)
        for (seq_id, position), slot in zip(places, found, strict=True):
            logical, offset = divmod(position, self.block_size)
            want = (self.blocks[seq_id][logical], offset)
            got = self.pair("slot", slot)
            if got != want:
                self.tell("slot", position, self.names.get(got[0], "other"), got[1])
            require(
                got == want,
                f"slot({seq_id!r}, {position}) is {got}; that token was put at {want}.",
                f"slot({seq_id!r}, {position}) 是 {got}，而该 token 放在 {want}。",
                expected=want,
                actual=got,
                name="slot",
            )

    def appended(self, seq_id, count):
        """Several tokens; the blocks they went to."""
        return [self.append(seq_id) for _ in range(count)]


@check("Worked by hand: the calls of the task.", "手算例子：题目中的调用序列。")
def test_by_hand(candidate):
    ledger = Ledger(candidate, 4, 4)
    ledger.appended("a", 6)
    ledger.fork("a", "b")
    ledger.append("b")
    ledger.append("a")
    ledger.appended("a", 2)
    ledger.must_raise(MemoryError, "append", "c")
    ledger.free("a")
    ledger.append("c")


@check(
    "A block is taken when one is needed, not before and not later; all blocks can be used.",
    "需要时才取新块，不早也不晚；所有块都能用上。",
)
def test_blocks_as_needed(candidate):
    for num_blocks, block_size in ((3, 4), (4, 1), (1, 3), (2, 2)):
        ledger = Ledger(candidate, num_blocks, block_size)
        ledger.appended("only", num_blocks * block_size + 1)  # the last is one too many
        ledger = Ledger(candidate, num_blocks, block_size)
        for i in range(num_blocks + 1):
            ledger.append(i)
        for i in range(num_blocks):
            ledger.appended(i, block_size)


@check(
    "MemoryError when full, and nothing has changed: a new sequence is still unknown.",
    "空间不足时抛出 MemoryError，且状态不变：新序列仍然未知。",
)
def test_full(candidate):
    ledger = Ledger(candidate, 2, 2)
    ledger.appended("a", 2)
    ledger.append("b")
    for seq_id in ("new", "a", "new"):
        ledger.append(seq_id)  # no block for it
    ledger.must_raise(KeyError, "free", "new")
    ledger.must_raise(KeyError, "fork", "new", "other")
    ledger.append("b")  # there is room in its block
    ledger.append("b")
    ledger.free("b")
    ledger.append("a")
    ledger.free("a")
    ledger.appended("new", 4)


@check(
    "Freed blocks can be taken again, and a freed id begins anew.",
    "释放的块可以再次使用，释放过的 id 可以从头开始。",
)
def test_free(candidate):
    ledger = Ledger(candidate, 3, 2)
    for _ in range(3):
        ledger.appended("a", 3)
        ledger.append("b")
        ledger.free("a")
        ledger.free("a")  # unknown by now
        ledger.appended("c", 2)
        ledger.free("b")
        ledger.free("c")
    ledger.appended("a", 6)


@check(
    "A fork takes no block; the first to write to the shared last block copies it, the other keeps it.",
    "fork 不占新块；先写共享末块的一方复制它，另一方继续用原来的块。",
)
def test_copy_on_write(candidate):
    for first, second in (("child", "parent"), ("parent", "child")):
        for length in (1, 2, 5):
            ledger = Ledger(candidate, 6, 3)
            ledger.appended("parent", length)
            ledger.fork("parent", "child")
            ledger.append(first)
            ledger.append(second)
            ledger.appended(first, 2)
            ledger.appended(second, 2)


@check(
    "A full block is never copied: after a fork at a block's end both go on in blocks of their own.",
    "写满的块从不复制：在块的末尾 fork 之后，双方各用自己的新块继续。",
)
def test_fork_at_the_end_of_a_block(candidate):
    for block_size, length in ((2, 2), (2, 4), (1, 1), (1, 3), (3, 3)):
        ledger = Ledger(candidate, 6, block_size)
        ledger.appended("parent", length)
        ledger.fork("parent", "child")
        ledger.append("child")
        ledger.append("parent")
        ledger.append("child")


@check(
    "A block is copied only while it is shared: once the other has gone, it is written to in place.",
    "只有在共享期间才复制：另一方释放之后，就直接写入原块。",
)
def test_no_longer_shared(candidate):
    for gone, stays in (("parent", "child"), ("child", "parent")):
        ledger = Ledger(candidate, 3, 4)
        ledger.appended("parent", 6)
        ledger.fork("parent", "child")
        ledger.free(gone)
        ledger.append(stays)
        ledger.free(stays)


@check(
    "Three sequences share: two copy, the last one writes in place.",
    "三个序列共享：前两个复制，最后一个原地写。",
)
def test_three_share(candidate):
    ledger = Ledger(candidate, 5, 4)
    ledger.appended("a", 2)
    ledger.fork("a", "b")
    ledger.fork("b", "c")
    for seq_id in ("b", "c", "a", "b"):
        ledger.append(seq_id)
    ledger.fork("a", "d")
    for seq_id in ("a", "b", "c", "d"):
        ledger.free(seq_id)


@check(
    "Without a free block for the copy there is a MemoryError, and nothing has changed.",
    "没有空闲块可供复制时抛出 MemoryError，状态不变。",
)
def test_no_room_for_the_copy(candidate):
    ledger = Ledger(candidate, 2, 3)
    ledger.appended("a", 4)
    ledger.fork("a", "b")
    ledger.append("b")  # raises
    ledger.append("a")  # raises
    ledger.fork("b", "c")  # takes no block
    ledger.append("c")
    ledger.free("c")
    ledger.free("a")
    ledger.append("b")
    ledger.append("b")
    ledger.append("b")
    ledger = Ledger(candidate, 3, 3)
    ledger.appended("a", 4)
    ledger.fork("a", "b")
    ledger.appended("b", 2)  # no block is free now, and the full block stays shared
    ledger.appended("a", 2)
    ledger.append("a")  # raises


@check(
    "A freed sequence gives back only the blocks that nobody else holds.",
    "释放一个序列，只归还没有别人持有的块。",
)
def test_free_shared(candidate):
    ledger = Ledger(candidate, 5, 2)
    ledger.appended("a", 5)
    ledger.fork("a", "b")
    ledger.appended("b", 2)
    ledger.free("a")
    ledger.appended("c", 3)
    ledger.free("b")
    ledger.appended("c", 3)


@check(
    "An unknown id is a KeyError, an existing child a ValueError, and nothing has changed.",
    "未知 id 抛出 KeyError，child 已存在抛出 ValueError，状态不变。",
)
def test_ids(candidate):
    ledger = Ledger(candidate, 4, 2)
    for seq_id in ("nobody", 0):
        ledger.slot(seq_id, 0)
        ledger.free(seq_id)
        ledger.fork(seq_id, "child")
    ledger.appended("a", 3)
    ledger.append("b")
    ledger.fork("a", "b")
    ledger.fork("a", "a")
    ledger.fork("b", "a")
    ledger.append("a")
    ledger.append("b")
    ledger.fork("nobody", "child")
    ledger.free("child")


@check(
    "A position outside the sequence is an IndexError, a negative one and one inside the last block too.",
    "位置超出序列范围抛出 IndexError，负数和落在末块空位上的也一样。",
)
def test_positions(candidate):
    ledger = Ledger(candidate, 4, 3)
    for seq_id, length in (("a", 4), ("b", 1), ("c", 3)):
        ledger.appended(seq_id, length)
        for position in (-1, -length, length + 1, 3 * length + 5, length):
            ledger.slot(seq_id, position)


@check("Ids are any hashable values, 0 and None among them.", "id 可以是任何可哈希的值，包括 0 和 None。")
def test_any_id(candidate):
    ledger = Ledger(candidate, 9, 2)
    for seq_id in (0, "", None, (1, 2), 10**12, "0"):
        ledger.append(seq_id)
    ledger.fork(0, -1)
    ledger.append(-1)
    ledger.fork("", (1, 3))
    ledger.append(None)
    ledger.append("")
    ledger.free(0)
    ledger.append((1, 3))


@check("Two tables know nothing of each other.", "两张表互不影响。")
def test_two_tables(candidate):
    one, two = Ledger(candidate, 2, 2), Ledger(candidate, 5, 3)
    for _ in range(3):
        for ledger in (two, one):
            ledger.shown()
            ledger.append("a")
            ledger.append("b")
            ledger.verify()
    one.shown()
    one.free("a")
    one.verify()
    two.shown()
    two.verify()
    two.free("a")


@check(
    "Any mixture of calls, legal or not, keeps every slot and the number of free blocks right.",
    "任意混合的调用（无论合法与否）之后，所有位置和空闲块数都正确。",
    examples=60,
    source=sources(("normal",), ("float64",)),
    num_blocks=sizes(1, 8),
    block_size=sizes(1, 5),
    calls=st.integers(1, 40),
)
def test_random_calls(candidate, source, num_blocks, block_size, calls):
    ledger, rng = Ledger(candidate, num_blocks, block_size), source.rng
    ids = ["a", "b", 0, 1]
    for _ in range(calls):
        kind = rng.random()
        seq_id, other = (ids[i] for i in rng.permutation(4)[:2])
        if kind < 0.6:
            ledger.append(seq_id)
        elif kind < 0.8:
            if seq_id in ledger.lengths or other not in ledger.lengths:  # else two errors would be right
                ledger.fork(seq_id, other)
        elif kind < 0.92:
            ledger.free(seq_id)
        else:
            length = ledger.lengths.get(seq_id)
            ledger.slot(seq_id, 0 if length is None else int(rng.integers(-2, length + 3)))


@check(
    "Hundreds of sequences come and go without a block lost.",
    "几百个序列来来去去，没有一个块丢失。",
    examples=3,
    source=sources(("normal",), ("float64",)),
)
def test_long_run(candidate, source):
    ledger, rng = Ledger(candidate, 12, 3), source.rng
    for step in range(120):
        known = list(ledger.lengths)
        if known and rng.random() < 0.3:
            ledger.fork(known[int(rng.integers(len(known)))], step)
        else:
            ledger.append(step)
        for _ in range(2):
            if ledger.lengths:
                ledger.append(list(ledger.lengths)[int(rng.integers(len(ledger.lengths)))])
        while len(ledger.lengths) > 5 or (ledger.lengths and ledger.free_blocks() < 2):
            ledger.free(list(ledger.lengths)[int(rng.integers(len(ledger.lengths)))])
    for seq_id in list(ledger.lengths):
        ledger.free(seq_id)
    ledger.appended("all", 36)
