"""What a progress report says, as plain data in both languages: Markdown and HTML print the same sections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from quizbank.exporting.writing import Options
from quizbank.goals import Goal, by_track
from quizbank.insights import Insights, insights
from quizbank.interviews import Interview
from quizbank.models import Text
from quizbank.record import Record
from quizbank.scheduling import learner_day
from quizbank.statistics import Summary, summary
from quizbank.syllabus import load_syllabus

LISTED = 10
SURE = {
    1: Text(en="a guess", zh="猜的"),
    2: Text(en="fairly", zh="比较有把握"),
    3: Text(en="certain", zh="很确定"),
}

Cell = str | Text | float | None
"""A text, a text in both languages, or a share from 0 to 1 (None: not known yet)."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table under a title; one without rows is left out of the report."""

    title: Text
    headings: Sequence[Text]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Report:
    day: date
    summary: Summary
    insights: Insights
    sections: Sequence[Section]


def progress_report(record: Record, options: Options) -> Report:
    """The report at `options.now`; without a bank the tracks and topics are empty."""
    items = options.items()
    now = options.now.astimezone()
    today = learner_day(now)
    found, more = summary(record, items, now), insights(record, items, now)
    goal = Goal.from_json(record.setting("goal"))
    outlooks = by_track(items, record.cards(), goal, today, record.schedule) if goal is not None else {}
    syllabus = load_syllabus()
    tracks = {track.id: track.title for track in syllabus.tracks}
    topics = {topic.id: topic.title for _, topic in syllabus.topics()}
    weakest = sorted((topic for topic in more.topics if topic.seen), key=lambda topic: topic.known)
    sections = [
        Section(
            Text(en="Tracks", zh="各方向"),
            [
                Text(en="track", zh="方向"),
                Text(en="seen", zh="已学"),
                Text(en="right", zh="正确率"),
                Text(en="known now", zh="预计掌握"),
                Text(en="due", zh="到期"),
            ],
            [
                (
                    tracks.get(name, name),
                    f"{row.seen}/{row.total}",
                    row.correct_share,
                    row.recall,
                    str(row.due),
                )
                for name, row in found.tracks.items()
            ],
        ),
        Section(
            Text(
                en=f"Interview on {goal.day}" if goal else "Interview",
                zh=f"面试日期 {goal.day}" if goal else "面试",
            ),
            [
                Text(en="track", zh="方向"),
                Text(en="if you stop", zh="就此停下"),
                Text(en="on plan", zh="按计划"),
            ],
            [(tracks.get(name, name), row.if_stopped, row.if_kept) for name, row in outlooks.items()],
        ),
        Section(
            Text(en="Remembered, by days since last asked", zh="记住的比例（按距上次的天数）"),
            [Text(en="days", zh="天"), Text(en="remembered", zh="记住"), Text(en="of", zh="共")],
            [(_days(first, last), kept.share, str(kept.asked)) for first, last, kept in more.by_age],
        ),
        Section(
            Text(en="Right, by how sure", zh="按把握的正确率"),
            [Text(en="sure", zh="把握"), Text(en="right", zh="正确率"), Text(en="answers", zh="次数")],
            [(SURE[row.confidence], row.right / row.answers, str(row.answers)) for row in more.calibration],
        ),
        Section(
            Text(en="Weakest topics", zh="最薄弱的知识点"),
            [Text(en="topic", zh="知识点"), Text(en="known now", zh="预计掌握"), Text(en="seen", zh="已学")],
            [
                (topics.get(row.topic, row.topic), row.known, f"{row.seen}/{row.total}")
                for row in weakest[:LISTED]
            ],
        ),
        Section(
            Text(en="Mistakes found in drills", zh="编程题中诊断出的错误"),
            [Text(en="mistake", zh="错误"), Text(en="times", zh="次数")],
            [(name, str(count)) for name, count in list(more.mistakes.items())[:LISTED]],
        ),
        Section(
            Text(en="Mock interviews", zh="模拟面试"),
            [
                Text(en="when", zh="时间"),
                Text(en="minutes", zh="分钟"),
                Text(en="role", zh="岗位"),
                Text(en="score", zh="得分"),
            ],
            [
                (one.began[:16].replace("T", " "), str(one.minutes), one.role or "–", one.score)
                for one in _interviews(record)
            ],
        ),
    ]
    return Report(today, found, more, [section for section in sections if section.rows])


def _days(first: int, last: int) -> str:
    if last > 999:
        return f"{first}+"
    return f"{first}–{last}" if last > first else str(first)


def _interviews(record: Record) -> Iterator[Interview]:
    for entry in record.reports():
        try:
            yield Interview.from_json(entry.detail)
        except (KeyError, TypeError, ValueError):
            continue
