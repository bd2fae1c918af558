"""Tells lines that were broken for width from lines that mean something, and joins the former."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from statement_nlp.reading.lines import Line, split_lines
from statement_nlp.reading.names import is_name

WIDEST = 100
"""Characters above which a line was not broken for width."""
NARROWEST = 40
"""Characters below which a column of lines is a list, no text."""
_ALMOST_ALL = 0.96
_GAP = re.compile(r"\S(?: {3,}|\t)\S")
_CLOSED = re.compile(r"[.!?:;…][\"'”’)\]]*$")


def is_hard_wrapped(text: str, lines: Sequence[Line] | None = None) -> bool:
    """Whether the paragraphs of a text are broken into lines of about one width.

    Args:
        text: Any text.
        lines: Its lines, where they are known.

    Returns:
        True where hardly a line (an address of a page, say) is wider than `WIDEST`, and of those with another right
        below them most are nearly as wide as the widest, most end inside a sentence, and a fair share goes on with a
        small letter.
    """
    lines = split_lines(text) if lines is None else lines
    pairs = [(a, b) for a, b in pairwise(lines) if not b.blank_before and not b.marker]
    lengths = sorted(line.end - line.start for line in lines if not _GAP.search(text, line.start, line.end))
    if len(pairs) < 2 or not lengths or lengths[int(_ALMOST_ALL * (len(lengths) - 1))] > WIDEST:
        return False
    width = lengths[int(0.95 * (len(lengths) - 1))]
    if width < NARROWEST:
        return False
    full = sum(above.end - above.start >= 0.72 * width for above, _ in pairs) / len(pairs)
    inside = sum(not _CLOSED.search(text[above.start : above.end]) for above, _ in pairs) / len(pairs)
    small = sum(text[below.start].islower() for _, below in pairs) / len(pairs)
    few = len(pairs) < 4
    return full >= (1 if few else 0.7) and inside >= (1 if few else 0.6) and small >= 0.25


def continuations(text: str, lines: Sequence[Line], *, wrapped: bool | None = None) -> set[int]:
    """The indices of lines that go on with the line before them.

    Args:
        text: The text of the lines.
        lines: Lines in order.
        wrapped: Whether the lines were broken for width, where that is known.

    Returns:
        Indices into `lines`, never 0.
    """
    wrapped = is_hard_wrapped(text, lines) if wrapped is None else wrapped
    gaps = [_GAP.search(text, line.start, line.end) is not None for line in lines]
    widths = sorted(line.end - line.start for line, gap in zip(lines, gaps, strict=True) if not gap)
    width = widths[int(0.9 * (len(widths) - 1))] if widths else 0
    found: set[int] = set()
    for index in range(1, len(lines)):
        before, line = lines[index - 1], lines[index]
        if line.blank_before or line.marker or gaps[index] or gaps[index - 1]:
            continue
        length = before.end - before.start
        closed = bool(_CLOSED.search(text[before.start : before.end]))
        if wrapped and width >= NARROWEST:
            word = re.match(r"\S+", text[line.start : line.end])
            full = length + 1 + len(word.group() if word else "") > 0.85 * width
            names = is_name(text[before.start : before.end]) and is_name(text[line.start : line.end])
            here = text[line.start : line.end]
            heading = closed and len(here) < 0.7 * width and not _CLOSED.search(here)
            if (full and not names and not heading) or (text[line.start].islower() and not closed):
                found.add(index)
        elif text[line.start].islower() and 40 <= length <= WIDEST and not closed and text[before.end - 1] != ",":
            found.add(index)
    return found


def join_lines(text: str) -> str:
    """A text broken for width with its paragraphs joined in place: blanks for line ends, so that all offsets hold.

    Args:
        text: Any text.

    Returns:
        A text of the same length; the same text where it was not broken for width.
    """
    lines = split_lines(text)
    if not is_hard_wrapped(text, lines):
        return text
    characters = list(text)
    for index in continuations(text, lines, wrapped=True):
        for at in range(lines[index - 1].end, lines[index].start):
            characters[at] = " "
    return "".join(characters)


def unwrap(text: str, *, wrapped: bool | None = None) -> str:
    """Joins the lines of paragraphs that were broken for width; a text that was not comes back as it is.

    Words that a hyphen divides at a line end become one where the second half begins small ("humani-" + "tarian").

    Args:
        text: Any text.
        wrapped: Whether it is broken for width, where that is known, as of a page of a PDF.
    """
    lines = split_lines(text)
    if not lines or not (is_hard_wrapped(text, lines) if wrapped is None else wrapped):
        return text
    joined = continuations(text, lines, wrapped=True)
    out = [text[: lines[0].end]]
    for index in range(1, len(lines)):
        before, line = lines[index - 1], lines[index]
        if index not in joined:
            out.append(text[before.end : line.end])
        elif re.search(r"[a-z]-$", text[before.start : before.end]) and text[line.start].islower():
            out[-1] = out[-1][:-1]
            out.append(text[line.start : line.end])
        else:
            out.append(" " + text[line.start : line.end])
    return "".join(out) + text[lines[-1].end :]
