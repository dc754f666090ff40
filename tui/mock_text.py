"""The report of a mock interview as Markdown: the same on the page, in the terminal and in a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quizbank.interviews import Interview, change
from quizbank.models import Language, Text
from quizbank.syllabus import load_syllabus

LONG = 400  # letters of one point, beyond which it is cut: the question itself explains more


def lines(done: Interview, others: Sequence[Interview], language: Language) -> Iterator[str]:
    """The parts, then topic by topic what a strong answer has and what this one lacked, the weakest first."""
    zh = language == "zh"
    colon = "：" if zh else ": "
    moved = change(done, others)
    better = (
        ""
        if moved is None
        else f"（比上次 {moved * 100:+.0f}）"
        if zh
        else f" ({moved * 100:+.0f} against the last one)"
    )
    yield f"# {'模拟面试' if zh else 'Mock interview'} {done.id}{colon}{done.score:.0%}{better}"
    yield ""
    used = f"{done.seconds / 60:.0f}/{done.minutes}"
    yield f"- {'用时' if zh else 'minutes used'}{colon}{used}{' 分钟' if zh else ''}"
    parts = (
        (("quick",), "quick questions", "快问快答"),
        (("deep", "follow_up"), "in depth", "深入追问"),
        (("drill",), "coding", "编程"),
    )
    for kinds, en, name in parts:
        score = done.part(*kinds)
        if score is not None:
            yield f"- {name if zh else en}{colon}{score:.0%}"
    titles = {topic.id: topic.title for _, topic in load_syllabus().topics()}
    for topic in done.topics():
        title = titles[topic.topic][language] if topic.topic in titles else topic.topic
        late = topic.seconds > 1.5 * topic.allotted
        slow = ("，偏慢" if zh else ", slow") if late else ""
        yield ""
        yield f"## {title}{colon}{topic.score:.0%}{slow}"
        yield from _points("好的回答包含" if zh else "A strong answer has", topic.strong, language)
        if topic.lacked:
            yield from _points(
                "这次缺少或有误" if zh else "Missing or wrong this time", topic.lacked, language
            )


def _points(title: str, texts: Sequence[Text], language: Language) -> Iterator[str]:
    if texts:
        yield ""
        yield f"{title}{'：' if language == 'zh' else ':'}"
        yield ""
    for text in texts:
        said = " ".join(text[language].split())
        yield f"- {said if len(said) <= LONG else said[:LONG] + '…'}"
