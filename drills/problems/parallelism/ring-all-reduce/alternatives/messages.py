"""All ranks send at the same time: the messages of a step are collected first, then delivered."""


def ring_all_reduce(buffers):
    p, n = len(buffers), buffers[0].size
    edges = [n * c // p for c in range(p + 1)]
    held = [buffer.copy() for buffer in buffers]
    sent = [0 for _ in range(p)]
    for step in range(2 * (p - 1)):
        messages = []
        for rank in range(p):
            c = (rank - step) % p if step < p - 1 else (rank + 1 - (step - (p - 1))) % p
            piece = held[rank][edges[c] : edges[c + 1]].copy()
            sent[rank] += len(piece)
            messages.append(((rank + 1) % p, c, piece))
        for target, c, piece in messages:
            mine = held[target][edges[c] : edges[c + 1]]
            mine[...] = mine + piece if step < p - 1 else piece
    return held, sent
