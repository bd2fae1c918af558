"""Cuts a text into zones by its structure: heading, dateline, body, notes, contact, signatories."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from statement_nlp.reading.lexicon import alternatives, word_set, words
from statement_nlp.reading.lines import Line, split_lines
from statement_nlp.reading.names import DATE, has_address, has_date, is_place, is_sentence
from statement_nlp.reading.rosters import find_rosters
from statement_nlp.reading.wrapping import continuations
from statement_nlp.records import Zone, ZoneKind

LONGEST_CAPTION = 200
"""Characters above which a line is no caption and no furniture of a page."""
LONGEST_HEADING = 130
"""Characters above which a line is a paragraph."""
_FOOTNOTE = re.compile(r"(?:\[\d{1,3}\]|[¹²³⁴⁵⁶⁷⁸⁹⁰]+)\s*\S")
_WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? )?"
_LINK = r"(?:and |of |al-|el-|de |du |la |sur |upon )?"
_TOWN = rf"(?-i:[A-ZÀ-Þ‘’'][\w’‘'.-]*(?:[ /–—][ /–—-]*{_LINK}[A-ZÀ-Þ‘’'(][\w’‘'.)-]*){{0,6}})"
_TOWNS = rf"{_TOWN}(?:, ?{_TOWN})*"
_SIGN = r"(?:,| \||:| [–—-])"
_ISSUED = r"(?:(?:adopted|issued|published|released|dated|updated|date|posted) ?:? ?(?:on )?)?"
_DATELINE_LINE = re.compile(
    rf"(?:{_ISSUED}{_WEEKDAY}{DATE}|{_TOWNS}{_SIGN}? ?(?:the )?{_WEEKDAY}{DATE}|{_WEEKDAY}{DATE}{_SIGN} ?{_TOWNS})"
    r"[,.]?(?:,? \d{1,2}[:.]\d{2}(?: ?[A-Z]{3,4})?)?",
    re.IGNORECASE,
)
_CAPITALS = r"(?-i:[A-Z][A-Z’'. -]+(?: ?[/,] ?[A-Z][\w’' .-]+){0,3})"
_DATED = (
    rf"(?:{_TOWNS}(?:,| ?[|:]| ?[–—-])? ?\(?{_WEEKDAY}{DATE}"
    rf"|{_WEEKDAY}{DATE}(?:[,:|]| ?[|–—-])? ?\(?{_TOWNS})"
)
_WIRE = r"(?: ?\((?-i:[A-Z])[\w .&-]{1,25}\))?"
_DASH = r"(?:[–—:|]|--?|\.(?=\s))"
_DATELINE_START = re.compile(
    rf"(?:[*_]{{0,2}}[(\[]{_DATED}[)\]][*_]{{0,2}}(?:\s*{_DASH})?"
    rf"|[*_]{{0,2}}{_DATED}\)?[*_]{{0,2}}{_WIRE}\s*{_DASH}[*_]{{0,2}}"
    rf"|{_WEEKDAY}{DATE}(?<=\d{{4}})\s*[–—-]{{1,2}}(?=\s)"
    rf"|(?:{_CAPITALS}|{_TOWN}(?: / {_TOWN})+){_WIRE}\s+[–—]|(?-i:[A-Z][A-Z’' -]+, [A-Z]\w+){_WIRE}\s+--?"
    rf"|(?P<bare>(?-i:[A-Z][A-Z’'/ -]{{3,}})){_WIRE}\s+--?|(?P<pair>{_TOWN}, ?(?P<land>{_TOWN}))\s+(?:[–—]|--?)"
    r")\s*(?=\S)",
    re.IGNORECASE,
)
_LONGEST_DATELINE = 90
_END = re.compile(r"\W*(?:ends?|#{2,})\W*", re.IGNORECASE)
LATEST_RESUMPTION = 0.75
"""Share of a text behind which notes go on to its end."""
_CLOSED = re.compile(r"[.!?…][\"'”’)\]]*$")
_BOLD = re.compile(r"(?:\*\*|__)((?:(?!\*\*|__).)+)(?:\*\*|__)")
"""A line of nothing but emphasised words."""
_RULE = re.compile(r"(?:_{3,}|-{3,}|\*{3,}|(?:\* ){2,}\*|={3,})")


def find_zones(text: str, title: str | None = None) -> tuple[Zone, ...]:
    """Zones of a text.

    Args:
        text: The statement's text.
        title: Its title, which may stand in it as a heading.

    Returns:
        Zones in order, not overlapping, which together cover all that is not blank.
    """
    lines = split_lines(text)
    spans: list[tuple[int, int, ZoneKind]] = []
    rosters = find_rosters(text, title)
    inside = [any(r.start <= line.start < r.end for r in rosters) for line in lines]
    kinds = _kinds(text, lines, inside, title)
    opened = False
    for line, kind, listed in zip(lines, kinds, inside, strict=True):
        if listed:
            spans.append((line.start, line.end, "signatories"))
            continue
        cut = _dateline_end(text, line) if kind == "body" and not opened else None
        if cut is not None:
            spans.append((line.start, line.start + len(text[line.start : cut].rstrip()), "dateline"))
            spans.append((cut, line.end, "body"))
        else:
            spans.append((line.start, line.end, kind))
        opened = opened or (kind == "body" and line.end - line.start > LONGEST_HEADING)
    return _merged(spans)


def _dateline_end(text: str, line: Line) -> int | None:
    """Where the words begin behind a dateline at the start of a line; None where it starts with none."""
    cut = _DATELINE_START.match(text, line.start, min(line.end, line.start + 120))
    if cut is None or cut.end() - line.start > _LONGEST_DATELINE or cut.end() >= line.end:
        return None
    bare, pair = cut["bare"], cut["pair"]
    if bare and (bare.strip().casefold() in word_set("layout", "no_dateline") or not text[cut.end()].isupper()):
        return None
    return cut.end() if not pair or is_place(cut["land"]) else None


def _merged(spans: Sequence[tuple[int, int, ZoneKind]]) -> tuple[Zone, ...]:
    zones: list[Zone] = []
    for start, end, kind in spans:
        if zones and zones[-1].kind == kind:
            zones[-1] = Zone(zones[-1].start, end, kind)
        else:
            zones.append(Zone(start, end, kind))
    return tuple(zones)


def _kinds(text: str, lines: Sequence[Line], listed: Sequence[bool], title: str | None) -> list[ZoneKind]:
    """The zone of each line, lists of signatories left aside."""
    out: list[ZoneKind] = []
    state: ZoneKind = "body"
    top = True
    joined = continuations(text, lines)
    for index, line in enumerate(lines):
        body = text[line.start : line.end]
        if index in joined and not listed[index] and not listed[index - 1]:
            kind = out[-1]
        elif listed[index]:
            state, kind = "body", "signatories"
        elif (part := _part(text, lines, index, state)) is not None:
            state, kind = part
        elif out and out[-1] == "contact" and has_address(body) and len(body) < 200:
            kind = "contact"
        elif state != "body" and not _resumes(text, lines, index, title):
            kind = state
        elif is_dateline(body):
            kind = "dateline"
        elif index + 1 not in joined and _is_heading(text, lines, index, title, top=top):
            state, kind = "body", "heading"
        else:
            kind = "body"
            top = False
        out.append(kind)
    return out


def _resumes(text: str, lines: Sequence[Line], index: int, title: str | None) -> bool:
    """Whether the text goes on behind notes: a heading of a paragraph, well before the end, and no END before it."""
    if index + 1 == len(lines) or lines[index].start > LATEST_RESUMPTION * len(text):
        return False
    if any(_END.fullmatch(text[line.start : line.end]) for line in lines[:index]):
        return False
    behind = lines[index + 1]
    return behind.end - behind.start > LONGEST_HEADING and _is_heading(text, lines, index, title, top=False)


def _part(text: str, lines: Sequence[Line], index: int, state: ZoneKind) -> tuple[ZoneKind, ZoneKind] | None:
    """The part that a line opens: the zone from here on, and the line's own; None where it opens none."""
    line = lines[index]
    body = text[line.start : line.end]
    plain = text[line.content : line.end].strip("*_ ")
    late = index >= 1 and (index >= len(lines) - 2 or line.start > 0.3 * len(text))
    if _opens("contact").match(plain) and len(body) < 400 and (late or has_address(body)):
        alone = late and re.search(r":\s*\S", plain) is None and len(plain) < 40
        return ("contact", "contact") if alone else (state, "contact")
    if late and _opens("notes").fullmatch(plain):
        return "notes", "notes"
    if line.start > 0.6 * len(text) and _opens("notes_late").fullmatch(plain):
        return "notes", "notes"
    if _RULE.fullmatch(body):
        behind = len(text) - line.end
        return ("notes", "notes") if index >= 2 and behind < 0.35 * len(text) and behind < 1500 else (state, state)
    if _FOOTNOTE.match(body) or (_opens("notes_inline").match(plain) and late):
        return state if state == "notes" else "body", "notes"
    if len(plain) <= LONGEST_CAPTION and (_opens("captions").match(plain) or _is_furniture(plain)):
        return state, "notes"
    return None


def _is_furniture(plain: str) -> bool:
    """Whether a line belongs to the page around the text: "Share this"; a whole sentence does not."""
    sentence = plain.endswith(".") and len(plain.split()) > 5
    return not sentence and _opens("furniture").fullmatch(plain) is not None


def is_dateline(line: str) -> bool:
    """Whether a line holds nothing but places and a date."""
    return len(line) <= 100 and _DATELINE_LINE.fullmatch(line.strip("*_ ()")) is not None


def _is_heading(text: str, lines: Sequence[Line], index: int, title: str | None, *, top: bool) -> bool:
    """Whether a line is a heading by its form and what stands around it."""
    line = lines[index]
    body = text[line.start : line.end]
    if (bold := _BOLD.fullmatch(body)) is not None:
        body = bold[1]
    behind = lines[index + 1] if index + 1 < len(lines) else None
    if title and body.strip("#*_ ").casefold() == title.strip().casefold():
        return True
    if re.match(r"#{1,6} ", body):
        return True
    words_only = text[line.content : line.end] if bold is None else body
    if behind is None or len(body) > (220 if top and index < 2 else LONGEST_HEADING) or re.search(r"[.;,!:]$", body):
        return top and index < 6 and len(body) <= LONGEST_HEADING and _opens("address").match(body) is not None
    if re.match(r"\d[\d,. ]*(?:[a-z%]|million|billion)", words_only) and not has_date(words_only):
        return False
    if index and text[lines[index - 1].end - 1] == ":" and not lines[index - 1].end - lines[index - 1].start < 4:
        return False
    if line.marker and (line.marker not in ("number", "roman", "letter") or behind.marker or not line.blank_before):
        return top and index == 0 and not behind.marker
    if top and index < 8 and (not is_sentence(body) or (index < 3 and body[0].isupper() and not _CLOSED.search(body))):
        return True
    if top and index < 8 and (_opens("address").match(body) or _opens("byline").match(body)):
        return True
    if top and index == 0:
        return len(body) <= LONGEST_HEADING and (behind.blank_before > 0 or behind.end - behind.start > len(body))
    if words_only.isupper() and len(words_only) > 3:
        return True
    if body.endswith("?") and text[behind.end - 1] == "?":
        return False
    apart = line.blank_before > 0 or text[lines[index - 1].end - 1] in '.!?:”"’)'
    leads = behind.end - behind.start > len(body) or (behind.marker != "" and not _opens("label").match(body))
    return (
        apart
        and leads
        and words_only[:1].isupper() | words_only[:1].isdigit()
        and len(body) <= 90
        and (
            not is_sentence(body)
            or body.endswith("?")
            or (line.blank_before > 0 and not behind.blank_before)
            or (line.blank_before > 0 and behind.end - behind.start > LONGEST_HEADING and len(body) < 60)
        )
    )


@cache
def _opens(name: str) -> re.Pattern[str]:
    return re.compile(alternatives(words("layout", name), quoted=False), re.IGNORECASE)
