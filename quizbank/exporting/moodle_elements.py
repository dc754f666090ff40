"""The pieces that Moodle XML is made of: values, texts and texts in HTML, free of what XML forbids."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fraction_of(percent: float) -> str:
    """One of the grades that Moodle knows, with the digits that it writes."""
    return f"{percent:.5f}".rstrip("0").rstrip(".")


def clean(text: str) -> str:
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)


def value(parent: ET.Element, tag: str, said: str) -> None:
    ET.SubElement(parent, tag).text = clean(said)


def text(parent: ET.Element, tag: str, said: str) -> None:
    value(ET.SubElement(parent, tag), "text", said)


def html(parent: ET.Element, tag: str, said: str) -> None:
    value(ET.SubElement(parent, tag, format="html"), "text", said)
