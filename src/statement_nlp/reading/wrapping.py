"""Tells lines that were broken for width from lines that mean something, and joins the former."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from statement_nlp.reading.lines import Line, split_lines
from statement_nlp.reading.names import is_name

WIDEST = 100
"""Characters above which a line was not broken for width."""
_GAP = re.compile(r"\S(?: {3,}|\t)\S")
_CLOSED = re.compile(r"[.!?:;…][\"'”’)\]]*$")


def is_hard_wrapped(text: str, lines: Sequence[Line] | None = None, *, widest: int = WIDEST) -> bool:
    """Whether the paragraphs of a text are broken into lines of about one width.

    Args:
        text: Any text.
        lines: Its lines, where they are known.
        widest: Characters above which a line was not broken for width.

    Returns:
        True where no line is wider than `widest`, and of those with another right below them most are nearly as wide
        as the widest, most end inside a sentence, and a fair share goes on with a small letter.
    """
    lines = split_lines(text) if lines is None else lines
    pairs = [(a, b) for a, b in pairwise(lines) if not b.blank_before and not b.marker]
    lengths = sorted(line.end - line.start for line in lines if not _GAP.search(text, line.start, line.end))
    if len(pairs) < 2 or not lengths or lengths[-1] > widest:
        return False
    width = lengths[int(0.95 * (len(lengths) - 1))]
    if width < 40:
        return False
    full = sum(above.end - above.start >= 0.72 * width for above, _ in pairs) / len(pairs)
    inside = sum(not _CLOSED.search(text[above.start : above.end]) for above, _ in pairs) / len(pairs)
    small = sum(text[below.start].islower() for _, below in pairs) / len(pairs)
    few = len(pairs) < 4
    return full >= (1 if few else 0.7) and inside >= (1 if few else 0.6) and small >= 0.25


def continuations(text: str, lines: Sequence[Line], *, widest: int = WIDEST) -> set[int]:
    """The indices of lines that go on with the line before them.

    Args:
        text: The text of the lines.
        lines: Lines in order.
        widest: Characters above which a line was not broken for width.

    Returns:
        Indices into `lines`, never 0.
    """
    wrapped = is_hard_wrapped(text, lines, widest=widest)
    gaps = [_GAP.search(text, line.start, line.end) is not None for line in lines]
    width = max((line.end - line.start for line, gap in zip(lines, gaps, strict=True) if not gap), default=0)
    found: set[int] = set()
    for index in range(1, len(lines)):
        before, line = lines[index - 1], lines[index]
        if line.blank_before or line.marker or gaps[index] or gaps[index - 1]:
            continue
        length = before.end - before.start
        closed = bool(_CLOSED.search(text[before.start : before.end]))
        if wrapped:
            word = re.match(r"\S+", text[line.start : line.end])
            full = length + 1 + len(word.group() if word else "") > 0.85 * width
            names = is_name(text[before.start : before.end]) and is_name(text[line.start : line.end])
            if (full and not names) or (text[line.start].islower() and not closed):
                found.add(index)
        elif text[line.start].islower() and 40 <= length <= WIDEST and not closed and text[before.end - 1] != ",":
            found.add(index)
    return found


def unwrap(text: str, *, widest: int = WIDEST) -> str:
    """Joins the lines of paragraphs that were broken for width; a text that was not comes back as it is.

    Words that a hyphen divides at a line end become one where the second half begins small ("humani-" + "tarian").
    """
    lines = split_lines(text)
    if not is_hard_wrapped(text, lines, widest=widest):
        return text
    joined = continuations(text, lines, widest=widest)
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
