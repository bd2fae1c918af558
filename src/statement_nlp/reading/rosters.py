"""Finds where the lists of signatories of a text stand: by their opening words, or by form alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from statement_nlp.reading.entries import Entry, is_comma_list, split_entries
from statement_nlp.reading.lexicon import word_set
from statement_nlp.reading.lines import Line, split_lines
from statement_nlp.reading.names import (
    has_date,
    is_person,
    is_place,
    is_role,
    is_sentence,
    is_strong_name,
    without_links,
)
from statement_nlp.reading.openings import (
    Cue,
    is_closing,
    is_remark,
    names_statement,
    opening,
    opens_other_part,
    others,
    others_at_end,
)
from statement_nlp.reading.roster_lines import (
    LEAST_UNCUED,
    is_list_heading,
    is_odd_name,
    is_rest,
    is_row,
    is_subhead,
    is_table_rule,
)

Opening = Literal["cue", "closing", "none"]
HIGHEST_BYLINE = 5
"""Lines at the top of a text among which a by-line of organisations may stand."""
_FOOTNOTE = re.compile(r"(?:\[\d{1,3}\]|[¹²³⁴⁵⁶⁷⁸⁹⁰]+)\s*\S")
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
    return tuple(out or _unopened(text, lines, title) or _byline(text, lines, title))


def _opened(
    text: str, lines: Sequence[Line], index: int, title: str | None, *, again: bool
) -> tuple[Roster, int] | None:
    """The list that the line at `index` opens, with the index of the line behind it."""
    line = lines[index]
    cue = opening(text[line.content : line.end], again=again)
    ends_letter = cue is None and index >= 2 and is_closing(text[line.start : line.end])
    if cue is None and not ends_letter:
        return None
    cue = cue or Cue(line.end - line.content, None, sure=True)
    body = line.content + cue.at
    inline = bool(text[body : line.end].strip())
    if inline and not is_row(text[body : line.end], cued=True):
        return None
    last = _gather(text, lines, index + 1, title, inline=inline)
    if last == index and not inline:
        return None
    if not inline:
        body = lines[index + 1].start
    roster = _roster(text, lines[index : last + 1], body, line.start, "closing" if ends_letter else "cue", cue.stated)
    entries = split_entries(text, roster.body, roster.tail)
    if len(entries) < (1 if cue.stated == 1 else 2) or not (cue.sure or _convinces(entries)):
        return None
    if ends_letter:
        if not _is_group(roster, entries):
            return None
        roster = replace(roster, start=roster.body)
    return roster, last + 1


def _convinces(entries: Sequence[Entry]) -> bool:
    """Whether entries look like signatories by themselves: names, not places, most of two words or more."""
    names = [entry.text for entry in entries if not is_list_heading(entry.text) and not entry.text.endswith(":")]
    strong = sum(map(is_strong_name, names))
    return len(names) >= 2 and strong >= 0.5 * len(names) and sum(map(is_place, names)) <= 0.5 * len(names)


def _is_group(roster: Roster, entries: Sequence[Entry]) -> bool:
    """Whether what stands under the end of a letter are several signers, not the name, post and house of one."""
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
        more = others(text[line.content : line.end])
        if line.end <= body or (more is None and not is_remark(remark)):
            break
        hidden += more or 0
        tail = line.start
    if (found := others_at_end(text[body:tail])) is not None:
        hidden += found[1]
        tail = body + found[0]
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
        if is_table_rule(body):
            last = at
            continue
        if _counts_on(text, lines, at, last, index):
            last = at
            continue
        if _stops(text, line, title) or (inline and at > index - 1 and line.blank_before and not line.marker):
            break
        remark = others(body) is not None or is_remark(text[line.start : line.end])
        below_colon = is_subhead(text, lines, at)
        if below_colon and opening(body, again=True) is not None:
            break  # another list
        head = below_colon or is_list_heading(body)
        if not (
            remark
            or head
            or is_row(body, cued=True)
            or is_rest(text, lines, at, last)
            or is_odd_name(text, lines, at, marked=marked)
        ):
            break
        if marked and not line.marker and line.blank_before and not remark and not head:
            break
        if marked is None and not head:
            marked = bool(line.marker)
        gaps += line.blank_before > 0
        last = at
    return _without_heading(text, lines, index, last, gaps)


def _counts_on(text: str, lines: Sequence[Line], at: int, last: int, first: int) -> bool:
    """Whether a line has the number behind that of the name before it, in a list that has counted to three."""
    number, before = lines[at].number, lines[at - 1].number
    if number is None or before is None or number != before + 1 or last != at - 1 or at < first + 3:
        return False
    body = text[lines[at].content : lines[at].end]
    return len(body) <= 160 and body[0].isupper() and not is_sentence(body)


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


def _stops(text: str, line: Line, title: str | None) -> bool:
    """Whether another part of the text begins with this line."""
    body = text[line.content : line.end]
    plain = body.strip(" :*#_-–—").casefold()
    if _RULE.fullmatch(text[line.start : line.end]) or _FOOTNOTE.match(text[line.start : line.end]) or has_date(body):
        return True
    if title and plain == title.strip().casefold():
        return True
    return opens_other_part(body)


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
    if others(body) is not None:
        return at > first
    return is_row(body, cued=False) or (at > first and (is_row(body, cued=True) or is_rest(text, lines, at, at - 1)))


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
    people = at_end and last == len(lines) - 1 and len(entries) >= 3 and _all_people(entries)
    names = [without_links(entry.text) for entry in entries]
    strong = sum(map(is_strong_name, names))
    telling = sum(map(_tells, names))
    enough = LEAST_UNCUED if at_end else 2 * LEAST_UNCUED
    if people or (len(entries) >= enough and strong >= 0.6 * len(entries) and telling >= 0.3 * len(entries)):
        return roster if rows > 1 or len(entries) >= LEAST_UNCUED else None
    return None


def _byline(text: str, lines: Sequence[Line], title: str | None) -> list[Roster]:
    """A run of organisations between commas right below the heading of a joint statement."""
    said = title or ""
    for at, line in enumerate(lines[:HIGHEST_BYLINE]):
        body = text[line.start : line.end]
        if is_sentence(body):
            break
        if "," in body and not line.marker and names_statement(said) and is_comma_list(body):
            roster = _roster(text, [line], line.start, line.start, "none", None)
            names = [entry.text for entry in split_entries(text, line.start, line.end)]
            if all(map(is_strong_name, names)) and 2 * sum(map(_tells, names)) >= len(names) and at + 1 < len(lines):
                return [roster]
        said = f"{said} {body}"
    return []


def _all_people(entries: Sequence[Entry]) -> bool:
    names = [entry.text for entry in entries]
    titled = sum(name.split()[0].casefold() in word_set("signatories", "titles") for name in names if name)
    return all(map(is_person, names)) and titled >= 0.5 * len(names)


def _tells(name: str) -> bool:
    """Whether a name has a word of organisations or an acronym in it."""
    tokens = [word.strip(".,;:\"'“”()[]!").casefold() for word in name.split()]
    return any(t == "logo" or t in word_set("signatories", "organisation_words") for t in tokens) or bool(
        re.search(r"\b[A-Z]{2}[A-Z&-]+\b", name)
    )
