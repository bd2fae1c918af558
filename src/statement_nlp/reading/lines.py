"""The lines of a text with what marks them: bullets, numbers, indents, blank lines before."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARKERS = (
    ("bullet", re.compile(r"[•·▪▫◦‣⁃∙●○■□◆◇►▸➢➤→✓✔✦»]+[ \t]*(?=\S)")),
    ("star", re.compile(r"\*+[ \t]+(?=\S)")),
    ("arrow", re.compile(r"(?:-?>|=>)[ \t]+(?=\S)")),
    ("dash", re.compile(r"[-–—][ \t]+(?=\S)")),
    ("o", re.compile(r"o[ \t]+(?=[A-Z])")),
    ("number", re.compile(r"(?:\(\d{1,3}\)|\d{1,3}[.)]|\d{1,3}[-–:](?=[ \t])|\d{1,3}/(?=[ \t]))[ \t]+(?=\S)")),
    ("roman", re.compile(r"(?:\((?:[ivx]{1,5})\)|(?:[ivx]{2,5}|i|v|x)[.)])[ \t]+(?=\S)")),
    ("letter", re.compile(r"(?:\([a-zA-Z]\)|[a-z][.)]|[A-Z]\))[ \t]+(?=\S)")),
)
_QUOTED = re.compile(r"(?:>[ \t]?)+(?=\S)")
"""The marks of a quotation in Markdown and mail, which are no bullets in front of a whole sentence."""
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank.

    `start` and `end` leave out blanks around it; `content` is where its words start, behind the marker; `marker` names
    the kind of bullet or number in front of it ("" for none) and `number` its number.
    """

    start: int
    end: int
    content: int
    indent: int
    blank_before: int
    marker: str
    number: int | None


def split_lines(text: str, start: int = 0, end: int | None = None) -> list[Line]:
    """The lines of `text[start:end]` that are not blank, with offsets in `text`."""
    out: list[Line] = []
    blank, at = 0, start
    for raw in text[start:end].split("\n"):
        if raw.strip():
            first, last = at + len(raw) - len(raw.lstrip()), at + len(raw.rstrip())
            kind, content = marker(text, first, last)
            digits = _DIGITS.search(text, first, content) if kind == "number" else None
            indent = len(raw[: first - at].expandtabs(4))
            out.append(Line(first, last, content, indent, blank, kind, int(digits.group()) if digits else None))
            blank = 0
        else:
            blank += 1
        at += len(raw) + 1
    return out


def marker(text: str, start: int, end: int) -> tuple[str, int]:
    """The kind of bullet or number at `start` ("" for none) and where the words behind it start."""
    quoted = _QUOTED.match(text, start, end)
    if quoted is not None and text[end - 1] in ".!?…”\"’'" and not text[quoted.end()].islower():
        start = quoted.end()
    for kind, pattern in _MARKERS:
        if (match := pattern.match(text, start, end)) is not None:
            return kind, match.end()
    return "", start
