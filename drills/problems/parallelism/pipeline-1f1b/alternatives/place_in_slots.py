"""Each operation is put straight at its place in the list."""


def schedule_1f1b(stages, microbatches):
    rows = [[""] * (2 * microbatches) for _ in range(stages)]
    for rank, row in enumerate(rows):
        warm = min(microbatches, stages - 1 - rank)
        for i in range(microbatches):
            row[i if i < warm else 2 * i - warm] = "F" + str(i)
            row[warm + 2 * i + 1 if i < microbatches - warm else microbatches + i] = "B" + str(i)
    return rows
