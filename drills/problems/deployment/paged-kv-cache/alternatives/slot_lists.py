"""Keeps the (block, offset) of every token; the free list is a queue, the holders of a block are a set."""

from collections import defaultdict, deque


class BlockTable:
    def __init__(self, num_blocks, block_size):
        self._size = block_size
        self._free = deque(range(num_blocks))
        self._slots = {}
        self._holders = defaultdict(set)

    num_free = property(lambda self: len(self._free))

    def append(self, seq_id):
        slots = list(self._slots.get(seq_id, ()))
        if slots and slots[-1][1] + 1 < self._size:
            block, offset = slots[-1][0], slots[-1][1] + 1
            if len(self._holders[block]) > 1:
                fresh = self._grab()
                slots = [(fresh, o) if b == block else (b, o) for b, o in slots]
                self._holders[block].discard(seq_id)
                block = fresh
        else:
            block, offset = self._grab(), 0
        self._holders[block].add(seq_id)
        self._slots[seq_id] = [*slots, (block, offset)]
        return block, offset

    def _grab(self):
        try:
            return self._free.popleft()
        except IndexError:
            raise MemoryError("all blocks are in use") from None

    def slot(self, seq_id, position):
        slots = self._slots[seq_id]
        if position not in range(len(slots)):
            raise IndexError(position)
        return slots[position]

    def free(self, seq_id):
        slots = self._slots.pop(seq_id)
        for block in {block for block, _ in slots}:
            self._holders[block].remove(seq_id)
            if not self._holders[block]:
                self._free.append(block)

    def fork(self, parent, child):
        slots = self._slots[parent]
        if child in self._slots:
            raise ValueError("the child exists")
        self._slots[child] = slots.copy()
        for block, _ in slots:
            self._holders[block].add(child)
