"""No counters: who holds a block is read off the sequences, each a small object; the lowest free block is taken."""

from dataclasses import dataclass, field


@dataclass
class Sequence:
    length: int = 0
    blocks: tuple = field(default=())


class BlockTable:
    def __init__(self, num_blocks, block_size):
        self.num_blocks, self.block_size = num_blocks, block_size
        self.sequences = {}

    def holders(self, block):
        return sum(block in sequence.blocks for sequence in self.sequences.values())

    def unused(self):
        return [block for block in range(self.num_blocks) if not self.holders(block)]

    @property
    def num_free(self):
        return len(self.unused())

    def append(self, seq_id):
        now = self.sequences.get(seq_id, Sequence())
        whole, rest = divmod(now.length, self.block_size)
        blocks = now.blocks
        if rest == 0 or self.holders(blocks[-1]) > 1:
            free = self.unused()
            if not free:
                raise MemoryError
            blocks = (*blocks[:whole], free[0])
        self.sequences[seq_id] = Sequence(now.length + 1, blocks)
        return blocks[-1], rest

    def slot(self, seq_id, position):
        sequence = self.sequences[seq_id]
        if position < 0 or position >= sequence.length:
            raise IndexError(position)
        logical, offset = divmod(position, self.block_size)
        return sequence.blocks[logical], offset

    def free(self, seq_id):
        del self.sequences[seq_id]

    def fork(self, parent, child):
        if child in self.sequences:
            raise ValueError(child)
        self.sequences[child] = self.sequences[parent]  # never changed, only replaced
