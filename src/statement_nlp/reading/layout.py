"""Finds the parts of a statement by structure: zones, blocks (lines, list items) and sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from statement_nlp.records import Zone, ZoneKind

_LINE = re.compile(r"[^\n]+")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|No|U\.S|U\.N|e\.g|i\.e|approx|vs|Gen|Gov|Sen|Lt|Col|Art|para)\.$")
_FINAL = re.compile(r"[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[•A-Z0-9])")
_BULLET = re.compile(
    r"[ \t]*(?:[•·▪◦‣∙●○*»►➢→✓–—-][ \t]+|\(?(?:\d{1,3}|[a-z]|[ivxl]{1,5})[.)][ \t]+|o[ \t]+(?=[A-Z])|\d{1,2}/[ \t])"
)
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = rf"(?:\d{{1,2}}\.? {_MONTH}(?:,? \d{{4}})?|{_MONTH} \d{{1,2}}(?:,? \d{{4}})?|{_MONTH} \d{{4}})"
_DATELINE = re.compile(rf"[^.:;!?\n]{{0,60}}\b{_DATE}[^.!?\n]{{0,20}}")
_NOTES = re.compile(
    r"(?:notes?(?: (?:to|for) (?:the )?editors?)?|footnotes?|endnotes?|end notes)\s*:?|ends|\W*ends\W*", re.I
)
_FOOTNOTE = re.compile(r"(?:\[\d{1,3}\]|[¹²³⁴⁵⁶⁷⁸⁹]+)\s*\S")
_CONTACT = re.compile(
    r"(?:(?:media|press) )?(?:contacts?|enquir\w+|inquir\w+)\b.{0,40}:|for (?:more|further) information\b", re.I
)


@dataclass(frozen=True, slots=True)
class Block:
    """A line, paragraph or list item: `text[start:end]`, without blanks around it.

    `content` is where its words start, behind a bullet or number. `level` counts from 0 for what is no list item, 1
    for an item of an outer list. `introduction` is the index of the block that introduces it, or None.
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
    for line in _LINE.finditer(text):
        start = line.start()
        for match in _FINAL.finditer(line.group()):
            if _ABBREVIATION.search(text[start : line.start() + match.start() + 1]):
                continue
            out.append((start, line.start() + match.end()))
            start = line.start() + match.end()
        if text[start : line.end()].strip():
            out.append((start, line.end()))
    return out


def find_zones(text: str, title: str | None = None) -> tuple[Zone, ...]:
    """Zones of the text in order, not overlapping, covering all that is not blank."""
    zones: list[Zone] = []
    kind: ZoneKind = "body"
    lines = [(m.start() + len(m.group()) - len(m.group().lstrip()), m.start() + len(m.group().rstrip()))
             for m in _LINE.finditer(text) if m.group().strip()]  # fmt: skip
    for number, (start, end) in enumerate(lines):
        line = text[start:end]
        here: ZoneKind = kind
        if _CONTACT.match(line):
            here = kind = "contact"
        elif _NOTES.fullmatch(line):
            here = kind = "notes"
        elif _FOOTNOTE.match(line):
            here = "notes"
        elif kind == "body":
            if len(line) < 100 and _DATELINE.fullmatch(line):
                here = "dateline"
            elif (number < 3 or line.isupper()) and len(line) < 160 and not line.endswith((".", ":", ";", ",")):
                here = "heading"
        if zones and zones[-1].kind == here:
            zones[-1] = Zone(zones[-1].start, end, here)
        else:
            zones.append(Zone(start, end, here))
    return tuple(zones)


def blocks(text: str, zones: Sequence[Zone]) -> tuple[Block, ...]:
    """The lines, paragraphs and list items of all zones, in order."""
    out: list[Block] = []
    introduction: int | None = None
    for zone in zones:
        for match in _LINE.finditer(text, zone.start, zone.end):
            if not (line := match.group()).strip():
                continue
            start = match.start() + len(line) - len(line.lstrip())
            end = match.start() + len(line.rstrip())
            bullet = _BULLET.match(text, start, end)
            if bullet:
                out.append(Block(start, end, zone.kind, True, 1, introduction, bullet.end()))
                continue
            out.append(Block(start, end, zone.kind, content=start))
            introduction = len(out) - 1 if text[end - 1] == ":" else None
    return tuple(out)
