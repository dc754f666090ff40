"""Who handed in what: every layout that course systems make, and archives that mean harm."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from pathlib import Path

import pytest

from drills.cohort import archives
from drills.cohort.submissions import LARGEST, Found, SubmissionError, find

DRILLS = ["attention", "attention-backward", "top-k"]


def look(root: Path, tmp_path: Path) -> Found:
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    return find(root, DRILLS, scratch)


def folder(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n", encoding="utf-8")
    return root


def archive(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as opened:
        for name, data in members.items():
            opened.writestr(name, data)
    return path


def claims(found: Found) -> list[tuple[str, str]]:
    return [(one.person, one.drill) for one in found.submissions]


def said(found: Found) -> str:
    return "\n".join(problem.en for problem in found.problems)


def test_a_folder_a_person(tmp_path: Path):
    root = folder(
        tmp_path / "class", "wang/attention.py", "wang/top_k.py", "李雷/attention-backward.py", "li/notes.py"
    )
    found = look(root, tmp_path)
    assert claims(found) == [("wang", "attention"), ("wang", "top-k"), ("李雷", "attention-backward")]
    assert found.submissions[1].read() == "# wang/top_k.py\n"
    assert found.problems == []


def test_a_checkout_is_searched_and_the_nearest_file_counts(tmp_path: Path):
    root = folder(
        tmp_path / "class",
        "wang/.git/attention.py",
        "wang/src/attention.py",
        "wang/src/old/attention.py",
        "wang/venv/lib/attention.py",
    )
    found = look(root, tmp_path)
    assert [one.shown for one in found.submissions] == ["wang/src/attention.py"]
    assert said(found) == "wang/src/old/attention.py: not graded, wang/src/attention.py is nearer to the top"


def test_names_as_moodle_and_canvas_give_them(tmp_path: Path):
    root = folder(
        tmp_path / "class",
        "Wang Fang_12345_assignsubmission_file_/attention.py",
        "Li Wei_1_assignsubmission_file/attention.py",
        "Li Wei_2_assignsubmission_file/attention.py",
        "doejane_LATE_123_456_attention_backward-2.py",
        "smith_john_top-k.py",
    )
    assert claims(look(root, tmp_path)) == [
        ("Li Wei_1_assignsubmission_file", "attention"),
        ("Li Wei_2_assignsubmission_file", "attention"),
        ("Wang Fang", "attention"),
        ("doejane", "attention-backward"),
        ("smith_john", "top-k"),
    ]


def test_a_file_without_an_author_is_told(tmp_path: Path):
    found = look(folder(tmp_path / "class", "attention.py"), tmp_path)
    assert claims(found) == []
    assert "attention.py: whose is it?" in said(found)


def test_a_zip_of_the_class_and_a_zip_a_person(tmp_path: Path):
    one = archive(tmp_path / "class.zip", **{"wang/attention.py": b"a = 1\n", "li/top_k.py": b"b = 2\n"})
    found = look(one, tmp_path)
    assert claims(found) == [("li", "top-k"), ("wang", "attention")]
    assert found.submissions[0].read() == "b = 2\n"
    assert found.submissions[0].shown == "class.zip/li/top_k.py"
    root = folder(tmp_path / "class", "wang/attention.py")
    archive(root / "li.zip", **{"hw/attention.py": b"c = 3\n"})
    (root / "zhao").mkdir()
    archive(root / "zhao" / "hand-in.zip", **{"attention.py": b"d = 4\n"})
    found = look(root, tmp_path)
    assert claims(found) == [("li", "attention"), ("wang", "attention"), ("zhao", "attention")]
    assert [one.read() for one in found.submissions] == ["c = 3\n", "# wang/attention.py\n", "d = 4\n"]


def test_the_folder_around_everything_is_taken_off(tmp_path: Path):
    found = look(
        archive(tmp_path / "c.zip", **{"hw1/wang/attention.py": b"", "hw1/li/attention.py": b""}), tmp_path
    )
    assert claims(found) == [("li", "attention"), ("wang", "attention")]


@pytest.mark.parametrize(
    "name", ["../attention.py", "/wang/attention.py", "wang/../../attention.py", "C:/wang/attention.py"]
)
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str):
    found = look(archive(tmp_path / "c.zip", **{name: b"", "li/top_k.py": b""}), tmp_path)
    assert claims(found) == [("li", "top-k")]
    assert "leads out of the archive" in said(found)
    assert all(one.path.is_relative_to(tmp_path / "scratch") for one in found.submissions)


def test_a_backslash_is_refused():
    # ZipFile itself turns backslashes into slashes on Windows only, so the name is checked as it is stored.
    member = zipfile.ZipInfo("wang/x")
    member.filename = "wang\\..\\attention.py"
    fault = archives._fault(member, set())
    assert fault is not None


def test_a_link_in_an_archive_is_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as opened:
        link = zipfile.ZipInfo("wang/attention.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(link, "/etc/passwd")
    found = look(tmp_path / "c.zip", tmp_path)
    assert claims(found) == []
    assert "a link, which is not followed" in said(found)


def test_a_bomb_is_read_no_further_than_a_submission_may_be(tmp_path: Path):
    path = tmp_path / "c.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("wang/attention.py", b"\0" * (64 << 20))
        opened.writestr("li/attention.py", b"x = 1\n")
    assert path.stat().st_size < 100_000
    found = look(path, tmp_path)
    assert claims(found) == [("li", "attention")]
    assert "wang/attention.py: larger than 1 MiB" in said(found)


def test_an_archive_that_unpacks_to_too_much_ends_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archives, "LARGEST_TOTAL", 100)
    found = look(
        archive(tmp_path / "c.zip", **{"a/attention.py": b"#" * 90, "b/attention.py": b"#" * 90}), tmp_path
    )
    assert claims(found) == [("a", "attention")]
    assert "unpacks to more than" in said(found)


def test_a_size_that_the_archive_lies_about_is_no_help_to_it(tmp_path: Path):
    """The header says ten bytes, the stream holds two megabytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("wang/attention.py", b"#" * (2 << 20))
    data = buffer.getvalue().replace((2 << 20).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    (tmp_path / "c.zip").write_bytes(data)
    found = look(tmp_path / "c.zip", tmp_path)
    assert not found.submissions or len(found.submissions[0].read()) <= LARGEST


def test_encrypted_damaged_doubled_and_nested(tmp_path: Path):
    path = tmp_path / "c.zip"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("wang/attention.py", b"first")
        with pytest.warns(UserWarning, match="Duplicate"):
            opened.writestr("wang/attention.py", b"second")
        opened.writestr("li/more.zip", b"PK")
        opened.writestr("zhao/attention.py", b"x" * 100)
    data = bytearray(path.read_bytes())
    data[data.rindex(b"x" * 100) + 5] ^= 1  # zhao's content no longer has its checksum
    path.write_bytes(data)
    found = look(path, tmp_path)
    assert [(one.person, one.read()) for one in found.submissions] == [("wang", "first")]
    assert "a second file of this name" in said(found)
    assert "a zip within a zip is not opened" in said(found)
    assert "zhao/attention.py: it is damaged" in said(found)


def test_an_encrypted_member_is_told(tmp_path: Path):
    path = archive(tmp_path / "c.zip", **{"wang/attention.py": b"x"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[data.index(b"PK\x03\x04") + 6] |= 1
    path.write_bytes(data)
    assert "it is encrypted" in said(look(path, tmp_path))


def test_a_file_that_is_no_zip_is_told_and_the_rest_goes_on(tmp_path: Path):
    root = folder(tmp_path / "class", "wang/attention.py")
    (root / "li.zip").write_bytes(b"not a zip")
    found = look(root, tmp_path)
    assert claims(found) == [("wang", "attention")]
    assert said(found) == "li.zip is no zip file, or damaged"


def test_links_in_folders_are_not_followed(tmp_path: Path):
    secret = folder(tmp_path / "elsewhere", "attention.py")
    root = folder(tmp_path / "class", "wang/notes.py")
    (root / "wang" / "attention.py").symlink_to(secret / "attention.py")
    (root / "li").symlink_to(secret, target_is_directory=True)
    found = look(root, tmp_path)
    assert claims(found) == [("wang", "attention")]
    with pytest.raises(SubmissionError, match="a link, which is not followed"):
        found.submissions[0].read()
    assert "li is a link" in said(found)


def test_what_is_no_text_or_too_large_is_told(tmp_path: Path):
    root = folder(tmp_path / "class", "a/attention.py", "b/attention.py", "c/attention.py")
    (root / "a" / "attention.py").write_bytes(b"x = '\xff'")
    (root / "b" / "attention.py").write_bytes(b"#" * (LARGEST + 1))
    (root / "c" / "attention.py").unlink()
    os.mkfifo(root / "c" / "attention.py")
    found = look(root, tmp_path)
    for one, message in zip(
        found.submissions,
        [r"not UTF-8 text \(byte 5\)", "larger than 1 MiB", "no ordinary file"],
        strict=True,
    ):
        with pytest.raises(SubmissionError, match=message):
            one.read()


def test_a_missing_folder_is_an_error(tmp_path: Path):
    with pytest.raises(SubmissionError, match="there is no folder or zip"):
        look(tmp_path / "nowhere", tmp_path)
