"""The schedule falls out of a clock: each tick, each stage does what is ready, backward first."""


def schedule_1f1b(stages, microbatches):
    schedule = [[] for _ in range(stages)]
    done = set()
    while len(done) < 2 * stages * microbatches:
        finished = []
        for rank in range(stages):
            forwards = sum(name.startswith("F") for name in schedule[rank])
            backwards = len(schedule[rank]) - forwards
            f, b = f"F{forwards}", f"B{backwards}"
            backward_ready = backwards < forwards and (rank == stages - 1 or (rank + 1, b) in done)
            room = forwards < microbatches and forwards - backwards < stages - rank
            forward_ready = room and (rank == 0 or (rank - 1, f) in done)
            if backward_ready:
                finished.append((rank, b))
            elif forward_ready:
                finished.append((rank, f))
        for rank, name in finished:
            schedule[rank].append(name)
        done.update(finished)
    return schedule
