r"""A question's text as HTML for other programs: code, formulas (`\(…\)`, for MathJax), bold, emphasis, lists.

The same small Markdown as on the screen; all else is escaped, so that `<b>` or `a < b` stays what it is.
"""

from __future__ import annotations

import re
from html import escape

_INLINE = re.compile(
    r"(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|\$\$(?P<display>.+?)\$\$"
    r"|(?<!\\)\$(?=\S)(?P<formula>(?:\\.|[^$\\])+?)(?<=\S)\$(?!\d)"
    r"|\*\*(?=\S)(?P<bold>.+?)(?<=\S)\*\*"
    r"|(?<![A-Za-z0-9_*])\*(?=[^\s*])(?P<emphasis>[^*\n]+?)(?<=\S)\*(?![A-Za-z0-9_*])"
    r"|\[(?P<link>[^\]\n]+)\]\((?P<target>https?://[^)\s]+)\)"
    r"|\\(?P<escaped>[\\`*$_\[\]<>#|~-])",
    re.DOTALL,
)
_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```[ ]*$\n?", re.DOTALL | re.MULTILINE)
_ITEM = re.compile(r"(?:[-*]|\d+[.)]) +")


def to_html(text: str) -> str:
    """Paragraphs, lists and fenced code; one paragraph alone is given without `<p>`."""
    pieces = _FENCE.split(text)  # prose and code by turns
    blocks = []
    for place, piece in enumerate(pieces):
        if place % 2:
            blocks.append(code_block(piece))
        else:
            blocks += [_block(part) for part in re.split(r"\n\s*\n", piece.strip("\n")) if part.strip()]
    if len(blocks) == 1 and blocks[0].startswith("<p>"):
        return blocks[0][3:-4]
    return "".join(blocks)


def inline(text: str) -> str:
    """One paragraph's text, escaped and set."""
    pieces, at = [], 0
    for match in _INLINE.finditer(text):
        pieces += [_plain(text[at : match.start()]), _set(match)]
        at = match.end()
    return "".join([*pieces, _plain(text[at:])])


def code_block(code: str) -> str:
    # Two braces would be a field or a gap to Anki, one would be a gap to Moodle: entities are neither.
    return f"<pre><code>{_no_braces(escape(code.rstrip(), quote=False))}</code></pre>"


def listed(items: list[str], *, ordered: bool = True, start: int = 1) -> str:
    """A list of pieces of HTML."""
    tag = "ol" if ordered else "ul"
    begin = f' start="{start}"' if ordered and start != 1 else ""
    return f"<{tag}{begin}>" + "".join(f"<li>{item}</li>" for item in items) + f"</{tag}>"


def _block(paragraph: str) -> str:
    lines = paragraph.strip("\n").split("\n")
    if not _ITEM.match(lines[0]):
        return f"<p>{inline(paragraph.strip())}</p>"
    items: list[str] = []
    for line in lines:
        if found := _ITEM.match(line):
            items.append(line[found.end() :])
        else:
            items[-1] += f"\n{line.strip()}"
    return listed([inline(item) for item in items], ordered=lines[0][0].isdigit())


def _set(match: re.Match[str]) -> str:
    if (code := match["code"]) is not None:
        return f"<code>{_plain(code)}</code>"
    if (formula := match["formula"]) is not None:
        return rf"\({_formula(formula)}\)"
    if (display := match["display"]) is not None:
        return rf"\[{_formula(display.strip())}\]"
    if match["bold"] is not None:
        return f"<b>{inline(match['bold'])}</b>"
    if match["emphasis"] is not None:
        return f"<i>{inline(match['emphasis'])}</i>"
    if match["link"] is not None:
        return f'<a href="{_no_braces(escape(match["target"]))}">{inline(match["link"])}</a>'
    return _plain(match["escaped"])


def _formula(tex: str) -> str:
    """Braces that close twice, as in `{a_{b}}`, would end a gap of Anki's: a space keeps them apart."""
    return escape(tex, quote=False).replace("{{", "{ {").replace("}}", "} }")


def _plain(text: str) -> str:
    """A backslash before a bracket in prose must not begin a formula; two braces must not begin a field."""
    return re.sub(r"\\(?=[()\[\]])", "&#92;", _no_braces(escape(text, quote=False)))


def _no_braces(text: str) -> str:
    return text.replace("{", "&#123;").replace("}", "&#125;")
