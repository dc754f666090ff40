"""The 1F1B pipeline schedule."""


def schedule_1f1b(stages: int, microbatches: int) -> list[list[str]]:
    """Return what each stage does, in its own order: one list for each rank 0 … stages − 1.

    "F3" is the forward of micro-batch 3, "B3" its backward; micro-batches count from 0.
    """
    raise NotImplementedError
