r"""HTML from other programs as the text of a question: code, formulas, bold, lists; the rest as plain text."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

_BLOCKS = {"p", "div", "blockquote", "table", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "section"}
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
_SILENT = {"style", "script", "head", "title"}
_FORMULAS = (
    (re.compile(r"\\\((.+?)\\\)|\[\$\](.+?)\[/\$\]|<anki-mathjax>(.+?)</anki-mathjax>", re.DOTALL), "$"),
    (re.compile(r"\\\[(.+?)\\\]|\[\$\$\](.+?)\[/\$\$\]", re.DOTALL), "$$"),
)
_SOUND = re.compile(r"\[sound:[^\]]*\]")
# Plain text that would be read as markup.
_MARKUP = re.compile(
    r"\$(?=\S)[^$]*\$|\$\$|`|\*\*(?=\S).+?\*\*|(?<![A-Za-z0-9_*])\*(?=[^\s*])[^*\n]+?(?<=\S)\*(?![A-Za-z0-9_*])"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Html(HTMLParser):
    """Reads a piece of HTML; afterwards `text`, and how much of it was no text (`media`)."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.media = len(_SOUND.findall(html))
        self._pieces: list[str] = []
        self._formulas: list[str] = []
        self._plain: list[str] = []
        self._silent = 0
        self._code: str | None = None
        self._lists: list[int | None] = []
        for pattern, sign in _FORMULAS:
            html = pattern.sub(lambda found, sign=sign: self._keep(found, sign), html)  # type: ignore[misc]
        self.feed(_SOUND.sub("", html))
        self.close()
        self._flush()
        text = _CONTROL.sub("", "".join(self._pieces))
        text = re.sub("\ue010(\\d+)\ue011", lambda found: self._formulas[int(found[1])], text)
        self.text = re.sub(r"\n{3,}", "\n\n", text).strip()

    def _keep(self, found: re.Match[str], sign: str) -> str:
        """A formula is put aside, or its `<` and `_` would be read as HTML and as markup."""
        tex = next(group for group in found.groups() if group is not None)
        inner = unescape(re.sub(r"<br ?/?>|</?(div|span|p)[^>]*>", " ", tex)).strip()
        inner = inner.replace("} }", "}}").replace("{ {", "{{")  # put apart for Anki; the same to TeX
        self._formulas.append(f"{sign}{inner}{sign}" if inner else "")
        return f"\ue010{len(self._formulas) - 1}\ue011"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in {"img", "audio", "video", "object", "svg"}:
            self.media += 1
        elif tag == "br":
            self._plain.append("\n")
        elif tag == "pre":
            self._block()
            self._code = ""
        elif tag == "code" and self._code is None:
            self._flush()
            self._pieces.append("`")
        elif tag == "li":
            self._item()
        elif tag in _BLOCKS:
            self._block()
            if tag in {"ul", "ol"}:
                begin = dict(attrs).get("start") or "1"
                self._lists.append(None if tag == "ul" else int(begin) if begin.isdigit() else 1)
        elif tag in _MARKS:
            self._flush()
            self._pieces.append(_MARKS[tag])

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag == "pre" and self._code is not None:
            code, self._code = self._code.strip("\n"), None
            self._pieces.append(f"```\n{code}\n```\n\n" if code else "")
        elif tag == "code" and self._code is None:
            self._flush(code=True)
            self._pieces.append("`")
        elif tag in _BLOCKS:
            if tag in {"ul", "ol"} and self._lists:
                self._lists.pop()
            self._block()
        elif tag in _MARKS:
            self._flush()
            self._pieces.append(_MARKS[tag])

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._code is not None:
            self._code += data
        else:
            self._plain.append(data)

    def _item(self) -> None:
        self._flush()
        if self._pieces and not self._pieces[-1].endswith("\n"):
            self._pieces.append("\n")
        number = self._lists[-1] if self._lists else None
        self._pieces.append("- " if number is None else f"{number}. ")
        if number is not None:
            self._lists[-1] = number + 1

    def _block(self) -> None:
        self._flush()
        if self._pieces and not "".join(self._pieces[-2:]).endswith(("\n\n", "- ", ". ")):
            self._pieces.append("\n\n")

    def _flush(self, code: bool = False) -> None:
        text = "".join(self._plain)
        self._plain = []
        if not code and _MARKUP.search(text):
            text = re.sub(r"[$`*]", r"\\\g<0>", text)
        self._pieces.append(text.replace("\xa0", " "))


def to_text(html: str) -> tuple[str, int]:
    """The text, and how many pictures and sounds were left out."""
    read = Html(html)
    return read.text, read.media
