"""Every sentence about a fault has its Chinese, suggestions included."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import quizbank
from quizbank.problem_texts import SENTENCES, TAILS, chinese
from quizbank.problems import Problem

HAN = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("the text is empty", "文本是空的"),
        ("no such field; did you mean 'stem'?", "没有这个字段；是否想写 'stem'？"),
        ("no such field; there are: en, zh", "没有这个字段；可用的有：en, zh"),
        ("the field is missing (is 'stm' meant to be it?)", "缺少这个字段（是否误写成了 'stm'？）"),
        ("a text is expected, not nothing: write a value", "应为文本，这里却是空的：请填写"),
        ("a mapping is expected, not a list", "应为映射，而不是列表"),
        (
            "a text is expected, not '3', which YAML takes for a number: put it in quotes",
            "应为文本，而 '3' 会被 YAML 当作数：请加引号",
        ),
        (
            "a mapping is expected, not '3', which YAML takes for a number: write {en: …, zh: …}, or put it in quotes",
            "应为映射，而 '3' 会被 YAML 当作数：请写成 {en: …, zh: …}，或加引号",
        ),
        ("input should be less than or equal to 5 (it is '9')", "应不大于 5（现在是 '9'）"),
        (
            "input should be a valid integer, unable to parse string as an integer (it is 'x')",
            "应为整数（现在是 'x'）",
        ),
        ("no such name 'k' (there are: m, n)", "没有名字 'k'（已有：m, n）"),
        ("n * k: no such name 'k' (there are: n)", "n * k：没有名字 'k'（已有：n）"),
        ("1 / 0: division by zero", "1 / 0：除以零"),
        ("../up.yaml: a control character in a name", "../up.yaml：名字中有控制字符"),
        ("no such fact A_B; write it into facts.yaml", "没有共用数 A_B；请写入 facts.yaml"),
        (
            "YAML: mapping values are not allowed in this context; a text with ': ' in it must be quoted, "
            "or be a block (|, >-)",
            "YAML 语法错误：mapping values are not allowed in this context；含 ': ' 的文本要加引号，或用块（|、>-）",
        ),
        ("en: does not show the drawn n, m", "en：没有显示抽取的 n, m"),
        ("quite another sentence", "quite another sentence"),
    ],
)
def test_a_sentence_and_its_tails(english: str, said: str) -> None:
    assert chinese(english) == said
    assert Problem(Path("a.yaml"), 2, 3, "q.stem", english).shown("zh") == f"a.yaml:2:3: q.stem: {said}"


def test_each_template_is_found_and_says_the_same_values() -> None:
    names = {"a": "'x1'", "b": "'x2'", "c": "'x3'", "d": "'x4'", "k": "a text", "l": "a list"}
    for english, template in SENTENCES.items():
        if english.startswith("input should"):
            names["a"] = ""
        said = chinese(english.format(**names))
        assert HAN.search(said), english
        for value in re.findall(r"\{([a-d])\}", template):
            assert names[value] in said, (english, said)
        names["a"] = "'x1'"
    assert all(HAN.search(template) for template in TAILS.values())


def _sentences(path: Path) -> list[str]:
    """The texts of a module that go into problems, with their values as `'x1'`."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if name in ("refuse", "_report", "_refused", "ExpressionError", "ValueError", "Broken"):
                found += [
                    argument for argument in node.args if isinstance(argument, ast.Constant | ast.JoinedStr)
                ]
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            found += [one for one in node.value.elts[-1:] if isinstance(one, ast.Constant | ast.JoinedStr)]
    texts = []
    for one in found:
        parts = one.values if isinstance(one, ast.JoinedStr) else [one]
        texts.append(
            "".join(
                part.value if isinstance(part, ast.Constant) else "'x1'"
                for part in parts
                if not isinstance(part, ast.Constant) or isinstance(part.value, str)
            )
        )
    return [text for text in texts if re.search("[a-z] [a-z]", text)]


@pytest.mark.parametrize(
    "module",
    [
        "yaml_source",
        "faults",
        "loader",
        "packs",
        "bank_files",
        "zip_packs",
        "facts",
        "fact_lint",
        "parametric",
        "expressions",
        "lint",
        "models",
    ],
)
def test_what_the_code_says_is_known(module: str) -> None:
    path = Path(quizbank.__file__).parent / f"{module}.py"
    unknown = [text for text in _sentences(path) if not HAN.search(chinese(text))]
    assert unknown == []
