"""The block table of a paged KV cache (PagedAttention: Kwon et al. 2023, §4.2 to §4.4)."""

from collections.abc import Hashable


class BlockTable:
    """Which block and offset hold each token of each sequence; forked sequences share blocks."""

    def __init__(self, num_blocks: int, block_size: int) -> None:
        self.block_size = block_size
        self.unused = list(range(num_blocks))
        self.refs = [0] * num_blocks  # how many sequences hold each block
        self.tables: dict[Hashable, list[int]] = {}  # logical block → physical block
        self.lengths: dict[Hashable, int] = {}

    @property
    def num_free(self) -> int:
        """How many blocks no sequence holds."""
        return len(self.unused)

    def append(self, seq_id: Hashable) -> tuple[int, int]:
        """Make room for one more token; a MemoryError comes before anything has changed."""
        table, length = self.tables.get(seq_id, []), self.lengths.get(seq_id, 0)
        offset = length % self.block_size
        if offset == 0:  # the first token, or the last block is full
            table.append(self.take())
        elif self.refs[table[-1]] > 1:  # partly filled and shared: copy on write
            block = self.take()
            self.refs[table[-1]] -= 1
            table[-1] = block
        self.tables[seq_id], self.lengths[seq_id] = table, length + 1
        return table[-1], offset

    def take(self) -> int:
        """A block from the free list, held once."""
        if not self.unused:
            raise MemoryError("no free block")
        block = self.unused.pop()
        self.refs[block] = 1
        return block

    def slot(self, seq_id: Hashable, position: int) -> tuple[int, int]:
        """Where a token lies."""
        table = self.tables[seq_id]
        if not 0 <= position < self.lengths[seq_id]:
            raise IndexError(f"position {position} of sequence {seq_id!r}")
        return table[position // self.block_size], position % self.block_size

    def free(self, seq_id: Hashable) -> None:
        """Forget a sequence; a block is free when its last holder lets go."""
        for block in self.tables.pop(seq_id):
            self.refs[block] -= 1
            if self.refs[block] == 0:
                self.unused.append(block)
        del self.lengths[seq_id]

    def fork(self, parent: Hashable, child: Hashable) -> None:
        """The child begins with the parent's tokens, in the same blocks."""
        if child in self.tables:
            raise ValueError(f"sequence {child!r} exists")
        table = self.tables[parent]
        for block in table:
            self.refs[block] += 1
        self.tables[child], self.lengths[child] = list(table), self.lengths[parent]
