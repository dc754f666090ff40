"""A state machine: go forward while fewer than stages − rank micro-batches are in flight, else backward."""


def one_rank(limit, microbatches):
    forward = backward = 0
    while backward < microbatches:
        if forward < microbatches and forward - backward < limit:
            yield f"F{forward}"
            forward += 1
        else:
            yield f"B{backward}"
            backward += 1


def schedule_1f1b(stages, microbatches):
    return [list(one_rank(stages - rank, microbatches)) for rank in range(stages)]
