"""Chunking with overlap."""


def chunk(tokens: list, size: int, overlap: int) -> list[list]:
    """Cut tokens into windows of `size`, each sharing its first `overlap` tokens with the one before.

    Chunk i starts at i * (size - overlap); only the last may be shorter, and none lies wholly inside the one before.
    Raises ValueError when overlap >= size.
    """
    raise NotImplementedError
