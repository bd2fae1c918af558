"""Finds where the lists of signatories of a text stand: by their opening words, or by form alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from statement_nlp.reading.entries import LABELLED, LONGEST_LIST, is_comma_list, run_parts, separated, split_entries
from statement_nlp.reading.lexicon import NUMBER, alternatives, number_value, word_set, words
from statement_nlp.reading.lines import Line, split_lines
from statement_nlp.reading.names import (
    DATE,
    count_function_words,
    has_date,
    is_name,
    is_person,
    is_place,
    is_role,
    is_sentence,
    is_strong_name,
    without_addresses,
)

Opening = Literal["cue", "closing", "none"]
LEAST_UNCUED = 4
"""Names that a list without opening words must have at the end of a text; elsewhere, twice as many."""
_FOOTNOTE = re.compile(r"(?:\[\d{1,3}\]|[¹²³⁴⁵⁶⁷⁸⁹⁰]+)\s*\S")
_DIVIDED = re.compile(r"[;|•·●▪■◆\t]| / |  ")
_ASKS = re.compile(
    r"\b(?:call|urge|demand|ask|appeal|condemn|request|express|welcome|recommend|believe)", re.IGNORECASE
)
_RULE = re.compile(r"[\W_]*(?:ends?|#{2,}|_{3,}|-{3,}|\*{3,})[\W_]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Roster:
    """A list of signatories: `text[start:end]`, its names from `body` to `tail`, and the number it gives itself.

    `opening` says by what it was found: opening words, the end of a letter, or form alone. `hidden` is the number of
    signatories that are not named ("and 12 others").
    """

    start: int
    body: int
    tail: int
    end: int
    opening: Opening
    stated: int | None = None
    hidden: int = 0


@lru_cache(maxsize=64)  # asked for the zones and again for the signatories: a batch of statements later
def find_rosters(text: str, title: str | None = None) -> tuple[Roster, ...]:
    """The lists of signatories of a text, in order."""
    lines = split_lines(text)
    out: list[Roster] = []
    index = 0
    while index < len(lines):
        found = _opened(text, lines, index, title, again=bool(out))
        if found is not None:
            roster, index = found
            out.append(roster)
        else:
            index += 1
    return tuple(out or _unopened(text, lines, title))


def _opened(
    text: str, lines: Sequence[Line], index: int, title: str | None, *, again: bool
) -> tuple[Roster, int] | None:
    """The list that the line at `index` opens, with the index of the line behind it."""
    line = lines[index]
    opening: Opening = "cue"
    cue = _cue(text[line.content : line.end], again=again)
    if cue is None:
        if not _closing().fullmatch(text[line.start : line.end]) or index < 2:
            return None
        opening, cue = "closing", (line.end - line.content, None)
    body, stated = line.content + cue[0], cue[1]
    inline = bool(text[body : line.end].strip())
    if inline and not _is_row(text[body : line.end], cued=True):
        return None
    last = _gather(text, lines, index + 1, title, inline=inline)
    if last == index and not inline:
        return None
    if not inline:
        body = lines[index + 1].start
    roster = _roster(text, lines[index : last + 1], body, line.start, opening, stated)
    least = 1 if stated == 1 else 2
    count = len(split_entries(text, roster.body, roster.tail))
    if count < least or (opening == "closing" and not _is_group(text, roster)):
        return None
    if opening == "closing":
        roster = Roster(roster.body, roster.body, roster.tail, roster.end, opening, stated, roster.hidden)
    return roster, last + 1


def _is_group(text: str, roster: Roster) -> bool:
    """Whether what stands under the end of a letter are several signers, not the name, post and house of one."""
    entries = split_entries(text, roster.body, roster.tail)
    names = [e for e in entries if is_strong_name(e.text) or is_person(e.text)]
    if roster.hidden:
        return True
    one = len(entries) <= 4 and is_person(entries[0].text) and any(is_role(e.text) for e in entries[1:])
    return len(names) >= 2 and not (one and not is_person(entries[-1].text))


def _roster(text: str, lines: Sequence[Line], body: int, start: int, opening: Opening, stated: int | None) -> Roster:
    """The list over these lines, with what is no name taken off its end."""
    hidden, tail = 0, lines[-1].end
    for line in reversed(lines):
        remark = text[line.start : line.end]
        if line.end <= body or not (_others().fullmatch(remark.strip(" .;,()")) or _is_remark(remark)):
            break
        if (match := _others().fullmatch(remark.strip(" .;,()"))) is not None:
            hidden += number_value(match["number"])
        tail = line.start
    if (match := re.search(rf"[,;]?\s*{_others().pattern}\.?\s*$", text[body:tail], re.IGNORECASE)) is not None:
        hidden += number_value(match["number"])
        tail = body + match.start()
    return Roster(start, body, max(tail, body), lines[-1].end, opening, stated, hidden)


def _gather(text: str, lines: Sequence[Line], index: int, title: str | None, *, inline: bool) -> int:
    """The index of the last line of a list whose names begin at `index`; `index - 1` where there is none."""
    last = index - 1
    marked: bool | None = None
    gaps = 0
    for at in range(index, len(lines)):
        line = lines[at]
        body = text[line.content : line.end]
        if last == index - 1 and not inline and has_date(body) and len(body) < 60:
            last = at  # a dateline between the opening words and the names
            continue
        if _stops(text, line, title) or (inline and at > index - 1 and line.blank_before and not line.marker):
            break
        remark = _others().fullmatch(body.strip(" .;,()")) or _is_remark(text[line.start : line.end])
        known = remark or _is_row(body, cued=True) or is_list_heading(body) or _is_rest(text, lines, at, last)
        if not (known or _is_odd_name(text, lines, at, marked=marked)):
            break
        if marked is None:
            marked = bool(line.marker)
        if marked and not line.marker and line.blank_before and not remark and not is_list_heading(body):
            break
        gaps += line.blank_before > 0
        last = at
    return _without_heading(text, lines, index, last, gaps)


def _without_heading(text: str, lines: Sequence[Line], first: int, last: int, gaps: int) -> int:
    """Leaves off last lines that are the heading of the paragraph behind the list."""
    while last > first and last + 1 < len(lines):
        line, behind = lines[last], text[lines[last + 1].start : lines[last + 1].end]
        apart = line.blank_before > 0 and gaps < 0.5 * (last - first)
        body = text[line.content : line.end]
        shouts = body.isupper() and len(body) > 12 and not text[lines[first].start : line.start].isupper()
        if (is_sentence(behind) or has_date(behind)) and (apart or shouts or is_list_heading(body)) and not line.marker:
            last -= 1
            gaps -= 1
        else:
            break
    return last


def _is_rest(text: str, lines: Sequence[Line], at: int, last: int) -> bool:
    """Whether a line goes on with the name before it."""
    if at - 1 != last or lines[at].blank_before or lines[at].marker:
        return False
    before, body = text[lines[at - 1].start : lines[at - 1].end], text[lines[at].content : lines[at].end]
    if is_sentence(body) or len(body) > 100:
        return False
    return body[0].islower() or body[0] in "(&" or before.split()[-1].casefold() in word_set("signatories", "open_ends")


def _is_odd_name(text: str, lines: Sequence[Line], at: int, *, marked: bool | None) -> bool:
    """Whether a line among names may be one although it has no capitals: short, behind a bullet or above a name."""
    line = lines[at]
    body = text[line.content : line.end]
    if marked is None or re.search(r"[.;:?!,]$", body) or count_function_words(body) or has_date(body):
        return False
    if marked:
        return bool(line.marker) and len(body.split()) <= 8
    behind = lines[at + 1] if at + 1 < len(lines) else None
    return len(body.split()) <= 4 and behind is not None and _is_row(text[behind.content : behind.end], cued=True)


def _is_row(body: str, *, cued: bool) -> bool:
    """Whether a line holds nothing but names."""
    if len(body) > 60 and not _DIVIDED.search(body) and count_function_words(body[:200]) > 2:
        return False
    if len(body) > LONGEST_LIST:
        return False
    body = without_addresses(body)
    if (match := LABELLED.match(body)) is not None and is_place(match[1]):
        body = match[2]
    parts = separated(body)
    if len(parts) == 1 and len(body) > 60 and is_comma_list(body):
        parts = run_parts(body)
    if not cued and len(parts) < LEAST_UNCUED and not all(map(is_strong_name, parts)):
        return False
    good = sum(is_name(part) or (cued and len(parts) > 2 and len(part) > 1 and not is_sentence(part)) for part in parts)
    return good >= 0.85 * len(parts) and (len(parts) > 1 or len(body) <= 160)


def is_list_heading(body: str) -> bool:
    """Whether a line is a heading inside a list: a country, or a kind of organisations."""
    bare = re.sub(r"\s*[(\[]?\d+[)\]]?\s*$", "", body.strip(" :*#")).strip(" :")
    if is_place(bare):
        return True
    tokens = re.findall(r"[\w-]+", bare.casefold())
    return bool(tokens) and len(tokens) <= 6 and all(token in word_set("signatories", "categories") for token in tokens)


def _is_remark(body: str) -> bool:
    """Whether a line in brackets says something about the list: "(Two more have asked not to be named.)"."""
    return bool(re.fullmatch(r"[(\[*].*[)\].*]", body)) and (
        is_sentence(body.strip("()[]*")) or re.search(_pattern("anonymous"), body, re.IGNORECASE) is not None
    )


def _stops(text: str, line: Line, title: str | None) -> bool:
    """Whether another part of the text begins with this line."""
    body = text[line.content : line.end]
    plain = body.strip(" :*#_-–—").casefold()
    if _RULE.fullmatch(text[line.start : line.end]) or _FOOTNOTE.match(text[line.start : line.end]) or has_date(body):
        return True
    if title and plain == title.strip().casefold():
        return True
    word = _after().match(plain)
    if word is None:
        return False
    return word.end() == len(plain) or ":" in body or " " in word.group()


def _unopened(text: str, lines: Sequence[Line], title: str | None) -> list[Roster]:
    """A list without opening words: at the end of the text, or long enough anywhere."""
    best: Roster | None = None
    at = 0
    while at < len(lines):
        last = at
        while last < len(lines) and not _stops(text, lines[last], title) and _fits(text, lines, last, at):
            last += 1
        if last > at:
            roster = _trimmed(text, lines, at, last - 1)
            if roster is not None and (best is None or roster.end - roster.start > best.end - best.start):
                best = roster
        at = max(last, at + 1)
    return [best] if best else []


def _fits(text: str, lines: Sequence[Line], at: int, first: int) -> bool:
    """Whether a line may belong to a list that opened with none of the words for it."""
    body = text[lines[at].content : lines[at].end]
    if _others().fullmatch(body.strip(" .;,()")):
        return at > first
    return _is_row(body, cued=False) or (at > first and (_is_row(body, cued=True) or _is_rest(text, lines, at, at - 1)))


def _trimmed(text: str, lines: Sequence[Line], first: int, last: int) -> Roster | None:
    """The list over these lines where it is convincing, else None."""
    gaps = sum(line.blank_before > 0 for line in lines[first : last + 1])
    last = _without_heading(text, lines, first, last, gaps)
    if first > 0 and text[lines[first - 1].end - 1] == ":":
        return None
    if last == first and ":" in text[lines[first].content : lines[first].content + 40]:
        return None  # a label in front: "Partners: ...", "Tags: ..."
    roster = _roster(text, lines[first : last + 1], lines[first].start, lines[first].start, "none", None)
    entries = split_entries(text, roster.body, roster.tail)
    rows = last - first + 1
    at_end = all(_stops(text, line, None) or n > 0 for n, line in enumerate(lines[last + 1 : last + 3])) and first > 0
    people = at_end and last == len(lines) - 1 and len(entries) >= 3 and _all_people(text, entries)
    strong = sum(is_strong_name(entry.text) for entry in entries)
    telling = sum(_tells(entry.text) for entry in entries)
    enough = LEAST_UNCUED if at_end else 2 * LEAST_UNCUED
    if people or (len(entries) >= enough and strong >= 0.6 * len(entries) and telling >= 0.3 * len(entries)):
        return roster if rows > 1 or len(entries) >= LEAST_UNCUED else None
    return None


def _all_people(text: str, entries: Sequence[object]) -> bool:
    names = [getattr(entry, "text", "") for entry in entries]
    titled = sum(name.split()[0].casefold() in word_set("signatories", "titles") for name in names if name)
    return all(map(is_person, names)) and titled >= 0.5 * len(names)


def _tells(name: str) -> bool:
    """Whether a name has a word of organisations or an acronym in it."""
    tokens = [word.strip(".,;:\"'“”()").casefold() for word in name.split()]
    return any(t in word_set("signatories", "organisation_words") for t in tokens) or bool(
        re.search(r"\b[A-Z]{2}[A-Z&-]+\b", name)
    )


def _cue(body: str, *, again: bool = False) -> tuple[int, int | None] | None:
    """Where the names may begin behind the words that open a list, and the number those words give.

    Args:
        body: A line.
        again: Whether a list stands above it; only then "Supported by:" is more than a line about donors.
    """
    match = _cues().match(body.strip("*#_ ").strip()) if len(body) < 200 else _cues().match(body)
    if match is None:
        return None
    behind = match.end("all")
    offset = body.find(match.group("all"))
    rest = body[offset + behind :].strip(" *_")
    sign = re.match(r"\s*(?:[:：]|[–—-]\s|,\s*$|,(?=\s))", body[offset + behind :])
    if not again and re.fullmatch(r"(?:also )?supported by", match.group("all").strip(), re.IGNORECASE):
        return None
    if rest and not sign:
        more = re.fullmatch(r"[^.;:]{1,90}:", rest)
        if match.group("all").rstrip().endswith(" by") and is_comma_list(rest):
            return offset + behind, None
        if more is None or _ASKS.search(rest) or not (match["tail"] or "").strip():
            return None
        sign = re.match(r"[^:]*:", body[offset + behind :])
    numbers = re.findall(rf"\b{NUMBER}\b", re.sub(DATE, "", match["tail"] or "", flags=re.IGNORECASE), re.I)
    at = offset + behind + (sign.end() if sign else 0)
    at += len(body[at:]) - len(body[at:].lstrip(" *_"))
    return at, number_value(numbers[0]) if numbers else None


def _pattern(name: str) -> str:
    nouns = alternatives(words("signatories", "counted"))
    return alternatives(words("signatories", name), quoted=False).replace("{number}", NUMBER).replace("{nouns}", nouns)


@cache
def _after() -> re.Pattern[str]:
    return re.compile(alternatives(words("signatories", "after")) + r"(?=[ :]|$)", re.IGNORECASE)


@cache
def _cues() -> re.Pattern[str]:
    nouns = alternatives(words("signatories", "cue_nouns"))
    dated = rf"[\s,]*(?:as (?:of|at) |updated |\()?{DATE}\)?"
    tail = rf"(?:{dated}|[\s,]*(?:\(\s*)?(?:\b{NUMBER}\b|\b{nouns}(?!\w))[\s,]*\)?|\s*\([^()]{{0,40}}\))*"
    return re.compile(rf"(?P<all>{_pattern('cues')}(?!\w)(?P<tail>{tail}))", re.IGNORECASE)


@cache
def _closing() -> re.Pattern[str]:
    return re.compile(rf"{_pattern('closings')}\s*[,.:!]?", re.IGNORECASE)


@cache
def _others() -> re.Pattern[str]:
    return re.compile(_pattern("others"), re.IGNORECASE)
