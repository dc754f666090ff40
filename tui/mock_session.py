"""A mock interview under way: what is asked, what was answered and how long it took; no screen in here."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from quizbank.entries import EPOCH, MILLISECOND
from quizbank.interviews import Interview, Outcome, Step, follow_up, plan_interview
from quizbank.models import Recall, Text
from quizbank.record import Record, new_entry
from quizbank.scheduling import rate_answer
from tui import attempts, mock_saved

if TYPE_CHECKING:
    from drills.catalog import Drill
    from drills.grading.report import Report
    from quizbank.asking import Asked
    from quizbank.models import FollowUp
    from tui.services import Services


@dataclass
class Given:
    """What was answered at a step: a JSON answer, a text, or a drill's code; None for nothing."""

    answer: Any = None
    seconds: float = 0.0
    ticked: list[int] | None = None
    """Of an answer in words: the points of the rubric it had; of a follow-up: [0] where it was right."""
    report: Report | None = None


class MockRun:
    """Asks step by step; then `to_tick` and the drill are settled, and `finish` writes it all down at once.

    An interview that is left early leaves no answer in the log: nothing was revealed, nothing was graded. What `keep`
    wrote waits for `mock_resuming`. The clock counts only while the interview is at hand.
    """

    def __init__(
        self,
        services: Services,
        steps: list[Step],
        *,
        minutes: int,
        role: str | None,
        began: datetime | None = None,
        elapsed: float = 0.0,
        spent: float = 0.0,
    ) -> None:
        """One that is gone on with has been `elapsed` seconds under way, and `spent` at its step."""
        self._services = services
        self.steps = steps
        self.minutes, self.role = minutes, role
        self.given = [Given() for _ in steps]
        self.place = 0
        self.typed: Any = None
        """What stands in the widget of the step, or is chosen among the points to tick; None for nothing."""
        self.finishing: datetime | None = None
        """When `finish` first began to write."""
        self._since = self._asked_at = services.now()
        self.began = began or self._since
        self._elapsed, self._spent = elapsed, spent

    @classmethod
    def planned(cls, services: Services, *, minutes: int, role: str | None) -> MockRun:
        """For a worker thread: reads the bank and the drills."""
        with services.own_record() as record:
            cards = record.cards()
        steps = plan_interview(
            services.bank.questions,
            services.candidates(),
            list(services.drills.values()),
            cards,
            minutes=minutes,
            role=role,
            seed=services.new_seed(),
        )
        return cls(services, steps, minutes=minutes, role=role)

    # --- asking

    @property
    def step(self) -> Step | None:
        """What to ask now; None when all has been asked."""
        return self.steps[self.place] if self.place < len(self.steps) else None

    @property
    def seconds_left(self) -> float:
        """Of the whole interview; negative when it has run over."""
        return self.minutes * 60 - self.elapsed

    @property
    def elapsed(self) -> float:
        """Seconds that it has been at hand."""
        return self._elapsed + self._seconds_since(self._since)

    def _seconds_since(self, moment: datetime) -> float:
        return max((self._services.now() - moment).total_seconds(), 0.0)

    def go_on(self) -> None:
        """The clock runs from now on: the time before was spent elsewhere."""
        self._since = self._asked_at = self._services.now()

    def asked(self, step: Step) -> Asked:
        from quizbank.asking import ask

        return ask(self._services.bank.questions[step.item.removeprefix("q:")], step.seed)

    def drill(self, step: Step) -> Drill:
        return self._services.drills[step.item.removeprefix("d:")]

    def follow_up(self, step: Step) -> FollowUp:
        """What is asked after the deep question, by how it was answered."""
        question = self.asked(step).question
        assert isinstance(question, Recall)
        before = self.given[self.steps.index(step) - 1].answer
        return follow_up(question, before or "")

    def start_clock(self) -> None:
        """The step is on the screen."""
        self._asked_at = self._services.now()

    def answer(self, answer: Any) -> None:
        """Take the answer (None for none) and go on. Raises AnswerError for what is none; one stays then."""
        step = self.step
        assert step is not None
        if step.kind == "quick":
            self.grade(step, answer)
        given = self.given[self.place]
        given.answer = answer
        given.seconds = self._spent + self._seconds_since(self._asked_at)
        self.place += 1
        self.typed, self._spent, self._asked_at = None, 0.0, self._services.now()

    @property
    def id(self) -> str:
        return f"{self.began:%Y%m%d-%H%M%S}"

    # --- keeping it, to go on with it later

    def to_text(self) -> str:
        """All of it but what follows from it: a grader's report is made anew."""
        given = [{"answer": one.answer, "seconds": one.seconds, "ticked": one.ticked} for one in self.given]
        state = {
            "version": mock_saved.VERSION,
            "minutes": self.minutes,
            "role": self.role,
            "began": self.began.isoformat(),
            "elapsed": self.elapsed,
            "spent": self._spent + self._seconds_since(self._asked_at),
            "place": self.place,
            "steps": [asdict(step) for step in self.steps],
            "given": given,
            "typed": self.typed,
            "finishing": self.finishing and self.finishing.isoformat(),
        }
        return json.dumps(state, ensure_ascii=False)

    def keep(self, record: Record) -> None:
        """Write it beside the log, in one transaction; raises RecordError."""
        mock_saved.keep(record, self.to_text())

    # --- settling, once all is answered

    def to_tick(self) -> list[int]:
        """The steps answered in words, which the learner has yet to compare with what a strong answer has."""
        return [
            index
            for index, (step, given) in enumerate(zip(self.steps, self.given, strict=True))
            if step.kind in ("deep", "follow_up") and given.answer and given.ticked is None
        ]

    def points(self, index: int) -> list[Text]:
        """What to tick at such a step."""
        step = self.steps[index]
        question = self.asked(step).question
        assert isinstance(question, Recall)
        if step.kind == "deep":
            return [point.point for point in question.rubric]
        return [self.follow_up(step).answer]

    def tick(self, index: int, ticked: list[int]) -> None:
        self.given[index].ticked = ticked
        self.typed = None

    def coding(self) -> tuple[int, Drill, str] | None:
        """The drill that was handed in and is not graded yet."""
        for index, step in enumerate(self.steps):
            given = self.given[index]
            if step.kind == "drill" and given.answer and given.report is None:
                return index, self.drill(step), given.answer
        return None

    def settle(self, index: int, report: Report) -> None:
        """The drill has been graded."""
        self.given[index].report = report

    def report(self, record: Record) -> Interview | None:
        """What it came to, where it was finished: elsewhere, or just before the app was killed."""
        return next((one for one in interviews(record) if one.id == self.id), None)

    def finish(self, record: Record) -> Interview:
        """Write the answers, the attempt and the report; raises RecordError, and may then be called again.

        What an earlier try wrote before it failed, or was killed, is not written twice.
        """
        if (before := self.report(record)) is not None:
            mock_saved.forget(record)
            return before
        now = self._services.now()
        interview = Interview(
            id=self.id,
            began=self.began.isoformat(timespec="seconds"),
            ended=now.isoformat(timespec="seconds"),
            minutes=self.minutes,
            role=self.role,
            outcomes=[self._outcome(index) for index in range(len(self.steps))],
        )
        written = self._written(record)
        self.finishing = self.finishing or now
        self.keep(record)
        for index, (step, outcome) in enumerate(zip(self.steps, interview.outcomes, strict=True)):
            given = self.given[index]
            if step.item in written:
                continue
            if step.kind == "drill" and given.report is not None:
                drill, source = self.drill(step), given.answer
                attempts.record_attempt(record, drill, given.report, source, now, outcome.seconds)
            elif step.kind in ("quick", "deep") and given.seconds:
                question = self.asked(step).question
                record.append(
                    new_entry(
                        step.item,
                        rev=question.rev,
                        score=outcome.score,
                        correct=outcome.right,
                        rating=rate_answer(outcome.score, outcome.seconds, step.seconds, None, outcome.right),
                        seconds=outcome.seconds,
                        now=now,
                        seed=step.seed,
                        detail={"answer": outcome.answer, "mock": interview.id},
                    )
                )
        record.keep_report(
            new_entry(
                f"m:{interview.id}",
                rev=1,
                score=interview.score,
                rating=1,
                seconds=interview.seconds,
                now=now,
                detail=interview.to_json(),
            )
        )
        mock_saved.forget(record)
        return interview

    def _written(self, record: Record) -> set[str]:
        """The items whose answers an earlier try has written."""
        if self.finishing is None:
            return set()
        codes = [
            given.answer for step, given in zip(self.steps, self.given, strict=True) if step.kind == "drill"
        ]
        after = ((self.finishing - EPOCH) // MILLISECOND, "")
        return {
            entry.item
            for entry in record.entries(after=after)
            if entry.detail.get("mock") == self.id
            or (entry.item.startswith("d:") and entry.detail.get("code") in codes)
        }

    # --- outcomes

    def grade(self, step: Step, answer: Any) -> tuple[float, Text, list[Text]]:
        """Score, what is right, and what was wrong with the answer; raises AnswerError."""
        from quizbank.answering import grade

        feedback = grade(self.asked(step).question, answer, step.seed)
        score = feedback.score if feedback.correct else min(feedback.score, 0.8)
        return score, feedback.expected, [part.text for part in feedback.parts if not part.ok]

    def _outcome(self, index: int) -> Outcome:
        step, given = self.steps[index], self.given[index]
        strong: list[Text]
        lacked: list[Text]
        if step.kind == "drill":
            drill = self.drill(step)
            asked, topic = drill.title, drill.topics[0] if drill.topics else drill.track
            score, strong, lacked = self._coded(given)
        else:
            whole = self.asked(step)
            asked, topic = whole.stem, whole.question.topic
            if step.kind == "quick":
                score, expected, lacked = self.grade(step, given.answer)
                strong = [expected]
            else:
                strong = self.points(index)
                ticked = given.ticked or []
                lacked = [point for place, point in enumerate(strong) if place not in ticked]
                score = self._share(step, ticked, len(strong))
                if step.kind == "follow_up":
                    asked = self.follow_up(step).ask
        answer = (
            {"text": given.answer or "", "ticked": given.ticked or []}
            if step.kind == "deep"
            else given.answer
        )
        return Outcome(
            step.kind, step.item, topic, given.seconds, step.seconds, score, answer, asked, strong, lacked
        )

    def _share(self, step: Step, ticked: list[int], points: int) -> float:
        question = self.asked(step).question
        assert isinstance(question, Recall)
        if step.kind == "follow_up":
            return len(ticked) / points
        weights = [point.weight for point in question.rubric]
        return sum(weights[index] for index in ticked) / sum(weights)

    @staticmethod
    def _coded(given: Given) -> tuple[float, list[Text], list[Text]]:
        report = given.report
        if report is None:
            return 0.0, [], [Text(en="No code was handed in.", zh="没有提交代码。")]
        if report.passed:
            return 1.0, [Text(en="It passes every check.", zh="通过了全部检查。")], []
        lacked = [check.text for check in report.checks if check.state == "failed"]
        if report.diagnosis is not None:
            lacked.insert(0, report.diagnosis.text)
        made = sum(check.state == "passed" for check in report.checks)
        passed = Text(
            en=f"{made} of {len(report.checks)} checks pass.",
            zh=f"{len(report.checks)} 项检查通过 {made} 项。",
        )
        return 0.5 * made / max(len(report.checks), 1), [], [passed, *lacked]


def interviews(record: Record) -> list[Interview]:
    """The finished interviews, oldest first; one that cannot be read is left out."""
    found = []
    for entry in record.reports():
        try:
            found.append(Interview.from_json(entry.detail))
        except (KeyError, TypeError, ValueError):
            continue
    return found
