"""The block table of a paged KV cache."""

from collections.abc import Hashable


class BlockTable:
    """Which block and offset hold each token of each sequence; forked sequences share blocks."""

    def __init__(self, num_blocks: int, block_size: int) -> None:
        """num_blocks ≥ 1 blocks, numbered from 0, with room for block_size ≥ 1 tokens each."""
        raise NotImplementedError

    @property
    def num_free(self) -> int:
        """How many blocks no sequence holds."""
        raise NotImplementedError

    def append(self, seq_id: Hashable) -> tuple[int, int]:
        """Make room for the sequence's next token and return its (block, offset).

        An unknown sequence is created. MemoryError when a block is needed and none is free.
        """
        raise NotImplementedError

    def slot(self, seq_id: Hashable, position: int) -> tuple[int, int]:
        """Return the (block, offset) of the token at a position; KeyError, IndexError."""
        raise NotImplementedError

    def free(self, seq_id: Hashable) -> None:
        """Forget a sequence and give back the blocks that nobody else holds; KeyError."""
        raise NotImplementedError

    def fork(self, parent: Hashable, child: Hashable) -> None:
        """Create `child` with the tokens of `parent`, in shared blocks; ValueError, KeyError."""
        raise NotImplementedError
