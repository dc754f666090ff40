"""JUnit XML: a test suite a submission, a test case a check.

The dialect is what Jenkins, GitLab and GitHub's reporters read: `testsuites`, `testsuite`, `testcase` with
`failure`, `error` or `skipped`, and `system-out` with what the code printed.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from drills.grading.report import Report
from drills.results.grading import Grading, check_details, details, failed_check, plain, verdict
from quizbank.models import Language

# A wrong answer is a failure; code or a grader that broke is an error.
FAILURES = {"wrong"}


def render(gradings: Sequence[Grading], language: Language) -> str:
    root = ET.Element("testsuites", name="preptrain")
    for grading in gradings:
        _suite(root, grading, language)
    suites = list(root)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    root.set("time", f"{sum(grading.report.seconds for grading in gradings):.3f}")
    ET.indent(root)
    return "<?xml version='1.0' encoding='utf-8'?>\n" + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, grading: Grading, language: Language) -> None:
    report = grading.report
    suite = ET.SubElement(root, "testsuite", name=plain(f"{grading.drill.id} ({grading.file})"))
    where = {"classname": f"preptrain.{grading.drill.id}", "file": plain(grading.file)}
    for check in report.checks:
        case = _case(suite, check.text[language], check.seconds, where)
        said = check_details(check, report, language)
        if check.state == "failed":
            _fault(case, report, language, said)
        elif check.state == "not_run":
            ET.SubElement(case, "skipped", message=said)
    if not report.passed and failed_check(report) is None:
        # The code did not load, or a fault belongs to no check: the suite must not look green.
        _fault(_case(suite, report.verdict, 0.0, where), report, language, details(report, language))
    if report.output:
        ET.SubElement(suite, "system-out").text = plain(report.output)
    suite.set("tests", str(len(suite.findall("testcase"))))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("time", f"{report.seconds:.3f}")


def _case(suite: ET.Element, name: str, seconds: float, where: dict[str, str]) -> ET.Element:
    return ET.SubElement(suite, "testcase", {"name": plain(name), "time": f"{seconds:.3f}", **where})


def _fault(case: ET.Element, report: Report, language: Language, said: str) -> None:
    tag = "failure" if report.verdict in FAILURES else "error"
    message = said.partition("\n")[0] or verdict(report, language)
    fault = ET.SubElement(case, tag, message=message, type=report.verdict)
    fault.text = said
