"""Errors that a person reads: what is wrong, where and what to do, in English and Chinese."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # pydantic is imported only when an error is shown as a Text
    from quizbank.models import Language, Text

_REASONS = {
    errno.EACCES: ("permission denied", "没有权限"),
    errno.EPERM: ("operation not permitted", "不允许该操作"),
    errno.EROFS: ("the file system is read-only", "文件系统是只读的"),
    errno.ENOSPC: ("the disk is full", "磁盘已满"),
    errno.EDQUOT: ("the disk quota is used up", "磁盘配额已用完"),
    errno.EFBIG: ("the file would grow beyond its size limit", "文件超出了大小限制"),
    errno.ENOTDIR: ("a file stands where a folder should be", "路径中本应是文件夹的位置是一个文件"),
    errno.EEXIST: ("a file stands where a folder should be", "路径中本应是文件夹的位置是一个文件"),
    errno.EISDIR: ("it is a folder", "它是一个文件夹"),
    errno.ENOENT: ("no such file or folder", "文件或文件夹不存在"),
    errno.ENAMETOOLONG: ("the name is too long", "名称过长"),
    errno.ELOOP: ("a loop of symbolic links", "符号链接成环"),
    errno.EIO: ("an input/output error", "输入输出错误"),
}


class PlainError(Exception):
    """An expected failure told in plain words; `str()` is the English text."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh

    def __getitem__(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    @property
    def text(self) -> Text:
        from quizbank.models import Text

        return Text(en=self.en, zh=self.zh)


class RecordError(PlainError):
    """The learner's record cannot be opened, read or written."""


def reason(error: OSError) -> tuple[str, str]:
    """Why the operating system refused, in English and Chinese."""
    other = error.strerror or str(error)
    return _REASONS.get(error.errno or 0, (other, other))
