"""A progress report in Markdown, both languages side by side: for a mentor, a blog, or oneself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from quizbank.exporting.writing import Options, Out
from quizbank.goals import Goal, by_track
from quizbank.insights import insights
from quizbank.interviews import Interview
from quizbank.record import Record
from quizbank.scheduling import learner_day
from quizbank.sessions import Candidate, candidates
from quizbank.statistics import summary
from quizbank.syllabus import load_syllabus

LISTED = 10
SURE = {1: "a guess · 猜的", 2: "fairly · 比较有把握", 3: "certain · 很确定"}


def write(record: Record, out: Out, options: Options) -> None:
    items = candidates(options.bank) if options.bank is not None else []
    for line in lines(record, items, options):
        out.write(line + "\n")


def lines(record: Record, items: Sequence[Candidate], options: Options) -> Iterator[str]:
    """The report; a section that has nothing to show is left out."""
    syllabus = load_syllabus()
    tracks = {track.id: f"{track.title.en} · {track.title.zh}" for track in syllabus.tracks}
    topics = {topic.id: f"{topic.title.en} · {topic.title.zh}" for _, topic in syllabus.topics()}
    now = options.now.astimezone()
    found, more = summary(record, items, now), insights(record, items, now)
    yield "# preptrain: progress · 学习进度"
    yield ""
    yield f"{learner_day(now)} · {found.answers} answers · 次作答, {_percent(found.correct_share)} right · 正确, {found.minutes:.0f} min · 分钟"
    yield from _section(
        "Tracks · 各方向",
        ("track · 方向", "seen · 已学", "right · 正确率", "known now · 预计掌握", "due · 到期"),
        (
            (
                tracks.get(name, name),
                f"{row.seen}/{row.total}",
                _percent(row.correct_share),
                _percent(row.recall),
                str(row.due),
            )
            for name, row in found.tracks.items()
        ),
    )
    goal = Goal.from_json(record.setting("goal"))
    if goal is not None:
        outlooks = by_track(items, record.cards(), goal, learner_day(now), record.schedule)
        yield from _section(
            f"Interview on · 面试日期 {goal.day}",
            ("track · 方向", "if you stop · 就此停下", "on plan · 按计划"),
            (
                (tracks.get(name, name), _percent(row.if_stopped), _percent(row.if_kept))
                for name, row in outlooks.items()
            ),
        )
    yield from _section(
        "Remembered, by days since last asked · 记住的比例",
        ("days · 天", "remembered · 记住", "of · 共"),
        (
            (f"{first}–{last}" if last < 999 else f"{first}+", _percent(kept.share), str(kept.asked))
            for first, last, kept in more.by_age
        ),
    )
    yield from _section(
        "Right, by how sure · 按把握的正确率",
        ("sure · 把握", "right · 正确率", "answers · 次数"),
        (
            (SURE[row.confidence], _percent(row.right / row.answers), str(row.answers))
            for row in more.calibration
        ),
    )
    weakest = sorted((topic for topic in more.topics if topic.seen), key=lambda topic: topic.known)
    yield from _section(
        "Weakest topics · 最薄弱的知识点",
        ("topic · 知识点", "known now · 预计掌握", "seen · 已学"),
        (
            (topics.get(row.topic, row.topic), _percent(row.known), f"{row.seen}/{row.total}")
            for row in weakest[:LISTED]
        ),
    )
    yield from _section(
        "Mistakes found in drills · 编程题中诊断出的错误",
        ("mistake · 错误", "times · 次数"),
        ((f"`{name}`", str(count)) for name, count in list(more.mistakes.items())[:LISTED]),
    )
    yield from _section(
        "Mock interviews · 模拟面试",
        ("when · 时间", "minutes · 分钟", "role · 岗位", "score · 得分"),
        (
            (one.began[:16].replace("T", " "), str(one.minutes), one.role or "–", _percent(one.score))
            for one in _interviews(record)
        ),
    )


def _interviews(record: Record) -> Iterator[Interview]:
    for entry in record.reports():
        try:
            yield Interview.from_json(entry.detail)
        except (KeyError, TypeError, ValueError):
            continue


def _section(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    listed = list(rows)
    if not listed:
        return
    yield ""
    yield f"## {title}"
    yield ""
    yield "| " + " | ".join(headings) + " |"
    yield "|" + "---|" * len(headings)
    for row in listed:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
