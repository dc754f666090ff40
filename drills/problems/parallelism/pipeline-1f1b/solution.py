"""The 1F1B pipeline schedule (PipeDream-Flush; Narayanan et al. 2021, §2.2.1)."""


def schedule_1f1b(stages: int, microbatches: int) -> list[list[str]]:
    """Return the order of forwards and backwards of each rank."""
    schedule = []
    for rank in range(stages):
        warmup = min(stages - rank - 1, microbatches)  # forwards that the later stages need to start working
        steady = microbatches - warmup
        order = [f"F{i}" for i in range(warmup)]
        for i in range(steady):  # one forward, one backward
            order += [f"F{warmup + i}", f"B{i}"]
        order += [f"B{i}" for i in range(steady, microbatches)]  # drain
        schedule.append(order)
    return schedule
