"""Checks of `pipeline-1f1b`: the schedule is run on a clock, and compared with the definition."""

from drills.checking import Mismatch, assert_equal, check, require
from drills.strategies import sizes
from quizbank.models import Text

SHAPES = [(p, m) for p in (1, 2, 3, 4, 6) for m in (1, 2, 3, 4, 6, 7, 12)]


def oracle(stages, microbatches):
    """One operation after another: a rank holds at most stages − rank micro-batches, and fills up first."""
    schedule = []
    for rank in range(stages):
        order, forwards, backwards = [], 0, 0
        while backwards < microbatches:
            full = forwards - backwards == stages - rank
            if forwards < microbatches and not full:
                order.append("F" + str(forwards))
                forwards += 1
            else:
                order.append("B" + str(backwards))
                backwards += 1
        schedule.append(order)
    return schedule


def well_formed(schedule, stages, microbatches):
    """A list for each rank, and in it each forward and each backward once."""
    lists = isinstance(schedule, list) and all(isinstance(order, list) for order in schedule)
    require(
        lists and len(schedule) == stages,
        f"It must return a list of {stages} lists, one for each stage.",
        f"应返回由 {stages} 个列表组成的列表，每个阶段一个。",
        actual=schedule,
        name="schedule",
    )
    every = sorted(f"{kind}{i}" for kind in "FB" for i in range(microbatches))
    for rank, order in enumerate(schedule):
        strings = all(isinstance(name, str) for name in order)
        require(
            strings and sorted(order) == every,
            f"Rank {rank} must run each forward and each backward exactly once.",
            f"rank {rank} 应把每个前向和每个反向恰好各执行一次。",
            expected=every,
            actual=order,
            name=f"schedule[{rank}]",
        )


def run(schedule, stages):
    """Run it, each operation taking one tick; returns how many ticks the step lasts."""
    position, done, ticks = [0] * stages, set(), 0
    while any(position[rank] < len(schedule[rank]) for rank in range(stages)):
        ready = []
        for rank in range(stages):
            if position[rank] == len(schedule[rank]):
                continue
            name = schedule[rank][position[rank]]
            if name[0] == "F":
                possible = rank == 0 or (rank - 1, name) in done
            else:
                own = (rank, "F" + name[1:]) in done
                possible = own and (rank == stages - 1 or (rank + 1, name) in done)
            if possible:
                ready.append((rank, name))
        if not ready:
            stuck = [
                f"{rank}: {schedule[rank][position[rank]]}"
                for rank in range(stages)
                if position[rank] < len(schedule[rank])
            ]
            raise Mismatch(
                Text(
                    en=f"The pipeline is stuck: rank {', rank '.join(stuck)} wait for each other.",
                    zh=f"流水线死锁：rank {'、rank '.join(stuck)} 互相等待。",
                ),
                actual=schedule,
                name="schedule",
            )
        for rank, _ in ready:
            position[rank] += 1
        done.update(ready)
        ticks += 1
    return ticks


@check("Worked by hand: three stages and four micro-batches.", "手算例子：三个阶段、四个微批次。")
def test_by_hand(candidate):
    expected = [
        ["F0", "F1", "F2", "B0", "F3", "B1", "B2", "B3"],
        ["F0", "F1", "B0", "F2", "B1", "F3", "B2", "B3"],
        ["F0", "B0", "F1", "B1", "F2", "B2", "F3", "B3"],
    ]
    assert_equal(candidate.schedule_1f1b(3, 4), expected, name="schedule")
    assert_equal(candidate.schedule_1f1b(stages=3, microbatches=4), expected, name="schedule")


@check("Each rank runs every forward and every backward once.", "每个 rank 把每个前向和每个反向各执行一次。")
def test_complete(candidate):
    for stages, microbatches in SHAPES:
        well_formed(candidate.schedule_1f1b(stages, microbatches), stages, microbatches)


@check(
    "Run on a clock, no stage waits for ever (a forward needs the stage before it, a backward the one after).",
    "按时钟执行不会死锁（前向等待上一阶段，反向等待下一阶段）。",
)
def test_no_deadlock(candidate):
    for stages, microbatches in SHAPES:
        schedule = candidate.schedule_1f1b(stages, microbatches)
        well_formed(schedule, stages, microbatches)
        run(schedule, stages)


@check(
    "Rank r holds the activations of at most min(stages − r, m) micro-batches.",
    "rank r 最多同时保存 min(stages − r, m) 个微批次的激活。",
)
def test_memory(candidate):
    for stages, microbatches in SHAPES:
        schedule = candidate.schedule_1f1b(stages, microbatches)
        well_formed(schedule, stages, microbatches)
        for rank, order in enumerate(schedule):
            held = peak = 0
            for name in order:
                held += 1 if name[0] == "F" else -1
                peak = max(peak, held)
            allowed = min(stages - rank, microbatches)
            require(
                peak <= allowed,
                f"Rank {rank} holds {peak} micro-batches at once; 1F1B holds at most {allowed}.",
                f"rank {rank} 同时保存了 {peak} 个微批次，1F1B 最多 {allowed} 个。",
                actual=order,
                name=f"schedule[{rank}]",
            )


@check(
    "A step lasts 2 (m + stages − 1) ticks when each operation takes one.",
    "每个操作耗时一拍时，整步耗时 2 (m + stages − 1) 拍。",
)
def test_makespan(candidate):
    for stages, microbatches in SHAPES:
        schedule = candidate.schedule_1f1b(stages, microbatches)
        well_formed(schedule, stages, microbatches)
        ticks, expected = run(schedule, stages), 2 * (microbatches + stages - 1)
        require(
            ticks == expected,
            f"The step lasts {ticks} ticks, it must last {expected}.",
            f"整步耗时 {ticks} 拍，应为 {expected} 拍。",
            expected=expected,
            actual=ticks,
            name="ticks",
        )


@check("One stage only alternates: F0 B0 F1 B1 …", "只有一个阶段时直接交替：F0 B0 F1 B1 …")
def test_one_stage(candidate):
    assert_equal(candidate.schedule_1f1b(1, 1), [["F0", "B0"]], name="schedule")
    assert_equal(candidate.schedule_1f1b(1, 3), [["F0", "B0", "F1", "B1", "F2", "B2"]], name="schedule")


@check(
    "Fewer micro-batches than stages: early ranks run all forwards before the first backward.",
    "微批次少于阶段数时，靠前的 rank 先做完全部前向，再做反向。",
)
def test_few_microbatches(candidate):
    for stages, microbatches in ((2, 1), (5, 1), (4, 2), (5, 3), (8, 7), (9, 4)):
        got = candidate.schedule_1f1b(stages, microbatches)
        assert_equal(got, oracle(stages, microbatches), name="schedule")


@check("A second call does not remember the first.", "第二次调用不受第一次影响。")
def test_no_state(candidate):
    for stages, microbatches in ((3, 5), (2, 2), (3, 5), (4, 1), (2, 6)):
        got = candidate.schedule_1f1b(stages, microbatches)
        assert_equal(got, oracle(stages, microbatches), name="schedule")


@check(
    "Every rank's order is that of the definition, for drawn numbers of stages and micro-batches.",
    "对随机的阶段数和微批次数，每个 rank 的顺序都等于定义。",
    examples=100,
    stages=sizes(1, 9),
    microbatches=sizes(1, 24),
)
def test_order(candidate, stages, microbatches):
    got = candidate.schedule_1f1b(stages, microbatches)
    assert_equal(got, oracle(stages, microbatches), name="schedule")
