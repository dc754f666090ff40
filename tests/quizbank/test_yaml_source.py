"""Untrusted YAML: every limit and every trap is refused with a place, and nothing crashes."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from quizbank import yaml_source
from quizbank.problems import Problem
from quizbank.yaml_source import MAX_BYTES, MAX_DEPTH, YamlError, parse, read_text

HERE = Path("some.yaml")


def problems(text: str) -> list[str]:
    with pytest.raises(YamlError) as caught:
        parse(HERE, text)
    return [str(problem) for problem in caught.value.problems]


def test_plain_data_as_yaml_has_it():
    text = "a: 1\nb: [1.5, true, ~, text, '007', \"x\\ty\"]\nc: {d: 2026-11-23, e: |\n   two\n   lines\n  }\n"
    text = text.replace("|\n   two\n   lines\n  ", "12e3")
    assert parse(HERE, text).data == {
        "a": 1,
        "b": [1.5, True, None, "text", "007", "x\ty"],
        "c": {"d": date(2026, 11, 23), "e": "12e3"},
    }


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a: [1, 2\nb: 3\n", 2, 2, "YAML"),
        ("a: 1\n\tb: 2\n", 2, 1, "not with tabs"),
        ("a: what: this\n", 1, 8, "must be quoted"),
        ('a: "\\sqrt"\n', 1, 5, "single quotes"),
        ("a: 1\nb: &x [1]\nc: *x\n", 3, 4, "aliases are not allowed"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, 4, "the tag !!python/object/apply:os.system"),
        ("a: !mine 3\n", 1, 4, "the tag !mine"),
        ("a: 1\n---\nb: 2\n", 2, 1, "second document"),
        ("{[a]: 1}\n", 1, 2, "as a key"),
        ("? {a: 1}\n: 2\n", 1, 3, "as a key"),
        ("zh: no\n", 1, 5, "write 'no' in quotes"),
        ("zh: On\n", 1, 5, "write 'On' in quotes"),
        ("seconds: 12:30\n", 1, 10, "write '12:30' in quotes"),
        ("seconds: 1:30.5\n", 1, 10, "another number"),
        ("seconds: 010\n", 1, 10, "another number"),
        ("checked: 2026-02-30\n", 1, 10, "takes 2026-02-30 for a timestamp"),
        ("a: " + "9" * 5000 + "\n", 1, 4, "for a int"),
        ("", 1, 1, "the file is empty"),
        ("# nothing but words\n", 1, 1, "the file is empty"),
    ],
)
def test_each_fault_has_its_place(text: str, line: int, column: int, message: str):
    first = problems(text)[0]
    assert first.startswith(f"some.yaml:{line}:{column}: ")
    assert message in first


def test_duplicate_keys_name_both_places():
    assert problems("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n") == [
        "some.yaml:5:3: duplicate key 'c', first on line 3, column 3"
    ]


def test_the_same_key_in_two_mappings_is_fine():
    assert parse(HERE, "- {a: 1}\n- {a: {a: 2}}\n").data == [{"a": 1}, {"a": {"a": 2}}]


def test_all_coercions_are_reported_at_once():
    assert len(problems("a: no\nb: off\nc: 1:20\nd: 1\nd: 2\n")) == 4


def test_quoted_words_stay_words():
    assert parse(HERE, "[\"no\", 'on', \"12:30\", '2026-01-01', '010']").data == [
        "no",
        "on",
        "12:30",
        "2026-01-01",
        "010",
    ]


def test_keys_are_text_as_written():
    assert parse(HERE, "{on: 1, 12: 2, true: 3, ~: 4}").data == {"on": 1, "12": 2, "true": 3, "~": 4}


@pytest.mark.parametrize("bomb", ["[" * 2000, "{a: " * 2000, "- " * 2000 + "x"])
def test_nesting_2000_deep_is_refused_where_the_limit_is(bomb: str):
    assert f"nested deeper than {MAX_DEPTH} levels" in problems(bomb)[0]


def test_nesting_up_to_the_limit_passes():
    data = parse(HERE, "[" * MAX_DEPTH + "]" * MAX_DEPTH).data
    for _ in range(MAX_DEPTH - 1):
        data = data[0]
    assert data == []


def test_a_bomb_of_aliases_is_refused_before_it_is_built():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 20)]
    assert problems("\n".join(lines)) == ["some.yaml:2:10: *a0: aliases are not allowed, write the text out"]


def test_too_large_a_file(tmp_path: Path):
    path = tmp_path / "large.yaml"
    path.write_bytes(b"# " + b"x" * MAX_BYTES)
    with pytest.raises(YamlError, match="larger than 5 MB"):
        read_text(path)


@pytest.mark.parametrize(
    ("content", "line", "column", "message"),
    [
        ("a: 1\nb: 中文\n".encode("gb18030"), 2, 4, "not UTF-8 (byte 0xd6)"),
        (b"\x7fELF\x02\x01\x01\x00", 1, 1, "control character '\\x7f'"),
        (b"a: 1\nb: x\x00y\n", 2, 5, "control character '\\x00'"),
        (b"\xff\xfea\x00", 1, 1, "not UTF-8"),
    ],
)
def test_binary_files(tmp_path: Path, content: bytes, line: int, column: int, message: str):
    path = tmp_path / "binary.yaml"
    path.write_bytes(content)
    with pytest.raises(YamlError) as caught:
        read_text(path)
    [problem] = caught.value.problems
    assert (problem.line, problem.column) == (line, column)
    assert message in problem.message


def test_a_byte_order_mark_is_no_fault(tmp_path: Path):
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert parse(path, read_text(path)).data == {"a": 1}


def test_missing_file_folder_and_impossible_name(tmp_path: Path):
    for path, message in [
        (tmp_path / "none.yaml", "no such file"),
        (tmp_path, "not a file"),
        (Path("a\0b.yaml"), "null byte"),
    ]:
        with pytest.raises(YamlError, match=message):
            read_text(path)


def test_an_unreadable_file(monkeypatch: pytest.MonkeyPatch):
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:  # root may read everything, so a mode would prove nothing
        patched.setattr("builtins.open", denied)
        with pytest.raises(YamlError) as caught:
            read_text(HERE)
    assert str(caught.value) == "some.yaml: cannot be read: Permission denied"


def test_marks_of_keys_and_values():
    document = parse(HERE, "a: 1\nb:\n  - x\n  - {c: 2}\n", marks=True)
    assert document.locate(("b", 1, "c")) == (4, 9)
    assert document.locate(("b", 1, "c"), at_key=True) == (4, 6)
    assert document.locate(("b", 1, "missing")) == (4, 5)
    assert document.locate(("b", 7)) == (3, 3)
    assert document.locate(()) == (1, 1)


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("zh: >-\n  注意力的权重\n  由 softmax 得到，\n  和为一\n", "注意力的权重由 softmax 得到，和为一"),
        ("zh: 注意力\n  的权重\n", "注意力的权重"),
        ('zh: "注意力\n  的权重"\n', "注意力的权重"),
        ("zh: >-\n  用 softmax\n  归一化\n", "用 softmax 归一化"),
        ("zh: >-\n  我 爱\n  北京 天安门\n", "我 爱北京 天安门"),
        ("en: >-\n  two\n  words\n", "two words"),
        ("code: |\n  苹果\n  香蕉\n", "苹果\n香蕉\n"),
        ("zh: >-\n  第一段。\n\n  第二段。\n", "第一段。\n第二段。"),
    ],
)
def test_folding_puts_no_space_into_chinese(text: str, joined: str):
    assert list(parse(HERE, text).data.values()) == [joined]


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcdef", min_size=1), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(PLAIN)
def test_what_pyyaml_writes_is_read_back(data: object):
    text = yaml.safe_dump(data, allow_unicode=True, width=10_000)
    yaml_source_data = yaml_source.parse(HERE, text).data
    assert yaml_source_data == yaml.load(text, Loader=yaml.SafeLoader)


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]))
    | st.text("[]{}:-?&*!|>'\"%@`,# \nab")
)
def test_no_text_makes_anything_but_a_problem_with_a_place(text: str):
    found: list[Problem] = []
    try:
        parse(HERE, text, marks=True)
    except YamlError as error:
        found = error.problems or [Problem(HERE, 0, 0, "", "an error without a problem")]
    assert all(problem.line >= 1 and problem.column >= 1 for problem in found)


@pytest.mark.parametrize(
    ("folded", "read"),
    [
        ("一行\n  二行", "一行二行"),
        ("结束。\n  Python 的", "结束。Python 的"),
        ("其余 10\n  （两个", "其余 10（两个"),
        ("用 `x`；\n  ZeRO-2 是", "用 `x`；ZeRO-2 是"),
        ("in English\n  words", "in English words"),
        ("中文\n  English", "中文 English"),
        ("一段。\n\n  二段", "一段。\n二段"),
    ],
)
def test_lines_of_chinese_are_joined_as_chinese_is_written(folded: str, read: str):
    assert parse(HERE, f"text: >-\n  {folded}\n").data == {"text": read}
