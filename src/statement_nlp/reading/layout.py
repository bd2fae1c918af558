"""The layout of a statement: zones, sentences, and blocks with the lists they form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from statement_nlp.reading.lexicon import alternatives, words
from statement_nlp.reading.lines import Line, split_lines
from statement_nlp.reading.wrapping import continuations
from statement_nlp.reading.zones import find_zones
from statement_nlp.records import Zone, ZoneKind

__all__ = ["Block", "blocks", "find_zones", "sentence_spans"]

_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|No|U\.S|U\.N|e\.g|i\.e|approx|vs|Gen|Gov|Sen|Lt|Col|Art|para)\.$")
_FINAL = re.compile(r"[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[•A-Z0-9])")
_CLOSED = re.compile(r"[.!?…][\"'”’)\]]*$")


@dataclass(frozen=True, slots=True)
class Block:
    """A line, paragraph or list item: `text[start:end]`, without blanks around it.

    `content` is where its words start, behind a bullet or number. `level` is 0 for what is no list item, 1 for an item
    of an outer list, 2 for one of a list inside. `introduction` is the index of the block that introduces the list it
    belongs to ("We call on the Council to:"), or None; a label above bullets ("To donors:") may itself have one.
    """

    start: int
    end: int
    kind: ZoneKind
    is_bullet: bool = False
    level: int = 0
    introduction: int | None = None
    content: int = 0


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence: lines first, then final punctuation before a capital (docs/annotation.md)."""
    out: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        for match in _FINAL.finditer(line.group()):
            if _ABBREVIATION.search(text[start : line.start() + match.start() + 1]):
                continue
            out.append((start, line.start() + match.end()))
            start = line.start() + match.end()
        if text[start : line.end()].strip():
            out.append((start, line.end()))
    return out


def blocks(text: str, zones: Sequence[Zone]) -> tuple[Block, ...]:
    """The lines, paragraphs and list items of all zones, in order.

    Args:
        text: The statement's text.
        zones: As `find_zones` gives them.

    Returns:
        Blocks that do not overlap; lines broken for width are one block; a list of signatories is one block.
    """
    found: list[Block] = []
    markers: list[Line] = []
    for zone in zones:
        if zone.kind == "signatories":
            found.append(Block(zone.start, zone.end, zone.kind, content=zone.start))
            markers.append(Line(zone.start, zone.end, zone.start, 0, 1, "", None))
            continue
        lines = split_lines(text, zone.start, zone.end)
        joined = continuations(text, lines)
        for index, line in enumerate(lines):
            if index in joined:
                found[-1] = replace(found[-1], end=line.end)
                continue
            is_bullet = bool(line.marker) and zone.kind != "heading"
            found.append(Block(line.start, line.end, zone.kind, is_bullet, int(is_bullet), None, line.content))
            indent = line.start - text.rfind("\n", 0, line.start) - 1
            markers.append(replace(line, indent=indent))
    return _introduced(text, found, markers)


def _introduced(text: str, found: Sequence[Block], markers: Sequence[Line]) -> tuple[Block, ...]:
    """The blocks with level and introduction."""
    out: list[Block] = []
    opening: int | None = None  # the block that opens a list, or a row of lists under labels
    label: int | None = None  # the label above the items at hand
    for index, block in enumerate(found):
        if block.kind in ("notes", "contact", "signatories", "dateline"):
            opening = label = None
            out.append(block)
        elif block.is_bullet:
            parent = _parent(text, out, markers, index)
            level = 1 if parent is None else out[parent].level + 1
            above = label if label is not None else opening
            out.append(replace(block, level=level, introduction=above if parent is None else parent))
        elif not _opens_list(text, found, index, opening):
            item = _is_item(text, out, block, opening)
            if not item:
                opening = label = None
            out.append(replace(block, level=int(item), introduction=label if label is not None else opening))
        elif opening is not None and _is_label(text, found, index, opening):
            label = index
            out.append(replace(block, introduction=opening))
        else:
            opening, label = index, None
            out.append(block)
    return tuple(out)


def _opens_list(text: str, found: Sequence[Block], index: int, opening: int | None) -> bool:
    """Whether items follow: behind a colon, or behind words without a full stop above an item or a label."""
    block = found[index]
    said = text[block.start : block.end]
    if said.endswith(":"):
        return True
    if said.endswith(",") and _preambular().match(said):
        return False
    in_preamble = opening is not None and text[found[opening].end - 1] == ","
    if _CLOSED.search(said) or said.endswith(";") or (in_preamble and said.endswith(",")) or index + 1 == len(found):
        return False
    behind = found[index + 1]
    if behind.is_bullet and behind.kind == "body":
        return True
    if re.match(r"(?:The|We)\b.*,$", said) and len(said) < 200 and text[behind.end - 1] in ",;":
        return True
    if behind.kind != "body" or _CLOSED.search(text[behind.start : behind.end]):
        return behind.kind == "body" and text[behind.start].islower() and not said.endswith(",")
    below = found[index + 2] if index + 2 < len(found) else None
    small = text[behind.start].islower() and not said.endswith(",")
    return small or (_is_short(text, behind) and below is not None and below.is_bullet)


@cache
def _preambular() -> re.Pattern[str]:
    return re.compile(alternatives(words("layout", "preambular"), quoted=False), re.IGNORECASE)


def _is_short(text: str, block: Block) -> bool:
    words = text[block.start : block.end].rstrip(":")
    return len(words) <= 140 and not re.search(r"[.!?]\s", words)


def _is_label(text: str, found: Sequence[Block], index: int, opening: int) -> bool:
    """Whether a block only names those whom the items below it are for, in a row of such labels under an opening."""
    first = found[opening + 1]
    return _is_short(text, found[index]) and not first.is_bullet and found[index].start >= first.start


def _is_item(text: str, before: Sequence[Block], block: Block, opening: int | None) -> bool:
    """Whether a block without a bullet is an item: it begins small under an introduction, or follows a semicolon."""
    if opening is None or block.kind == "heading":
        return False
    last = text[block.end - 1]
    if (
        last == "?"
        and text[before[opening].end - 1] == ":"
        and not re.search(r"[.!?]\s", text[block.start : block.end])
    ):
        return before[-1].level == 1 or len(before) - 1 == opening
    if text[block.start].islower() or last == ";" or (last == "," and text[before[opening].end - 1] == ","):
        return True
    return before[-1].level == 1 and not before[-1].is_bullet and text[before[-1].end - 1] in ";,"


def _parent(text: str, out: Sequence[Block], markers: Sequence[Line], index: int) -> int | None:
    """The item that the list of this item stands in: the last one further left, or one that ends with a colon."""
    for at in range(len(out) - 1, -1, -1):
        if not out[at].is_bullet:
            return None
        if markers[at].marker == markers[index].marker and markers[at].indent == markers[index].indent:
            inside = out[at].introduction
            return inside if inside is not None and out[inside].is_bullet else None
        if markers[at].indent < markers[index].indent - 1 or text[out[at].end - 1] == ":":
            return at
    return None
