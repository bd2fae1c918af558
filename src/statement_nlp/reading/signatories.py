"""Reads the list of those who signed a statement: name, acronym, note, the number stated and the number listed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from statement_nlp.reading.entries import Entry, split_entries
from statement_nlp.reading.lexicon import word_set
from statement_nlp.reading.names import (
    has_date,
    is_branch,
    is_person,
    is_place,
    is_role,
    is_sentence,
    without_addresses,
    without_links,
)
from statement_nlp.reading.openings import opens_statement
from statement_nlp.reading.roster_lines import is_list_heading
from statement_nlp.reading.rosters import Roster, find_rosters
from statement_nlp.reading.stated import stated_count
from statement_nlp.records import Signatory, SignatoryList, Zone

METHOD = "rule:signatories@1"
_LOGO = re.compile(
    r"""^[!\[(]*\s*(?:the\s)?(?:image|img|photo|logo(?:type)?)\b\s*(?:of|:|[-–])?\s*(?:the\s)?
    |(?:\s*[-–_(])?\s*\blogo(?:type)?\b[\s)\]]*(?:\.\w{3,4})?$
    |\.(?:png|jpe?g|svg|gif|webp)$""",
    re.IGNORECASE | re.VERBOSE,
)
_GROUP = re.compile(r"\s*\(([^()]*)\)")
_DASH = re.compile(r"\s+[-–—]\s*|\s*[-–—]\s+")
_SUFFIX = re.compile(r"(?:inc|ltd|llc|nfp|e\.v|gmbh|plc|a\.s|s\.a|b\.v)\.?", re.IGNORECASE)


def find_signatories(
    text: str, zones: Sequence[Zone], title: str | None = None, publisher: str | None = None
) -> SignatoryList:
    """The signatories of a statement.

    Args:
        text: The statement's text.
        zones: As `find_zones` gives them.
        title: The statement's title, where the number of signatories may stand.
        publisher: Its publisher, for the same reason: "22 humanitarian agencies".

    Returns:
        Those who signed in the order of the list, each once, and the number that the text states.
    """
    rosters = [
        roster
        for roster in find_rosters(text, title)
        if any(zone.kind == "signatories" and zone.start <= roster.body < zone.end for zone in zones)
    ]
    found: list[Signatory] = []
    for roster in _of_one_statement(text, rosters):
        found.extend(_read(text, roster, len(found)))
    found = _once(found)
    stated = next(((r.stated, text[r.start : r.body].strip()) for r in rosters if r.stated is not None), None)
    stated = stated or stated_count(text, zones, title, publisher)
    hidden = [roster for roster in rosters if roster.hidden]
    if stated is None and hidden:
        stated = len(found) + hidden[0].hidden, text[hidden[0].tail : hidden[0].end].strip()
    return SignatoryList(tuple(found), *(stated or (None, None)))


def _of_one_statement(text: str, rosters: Sequence[Roster]) -> list[Roster]:
    """The lists up to where another statement's text begins: a second body with a list of its own."""
    out: list[Roster] = []
    for roster in rosters:
        between = text[out[-1].end : roster.start] if out else ""
        if len(re.findall(r"[.!?](?:\s|$)", between)) >= 6 or any(map(opens_statement, between.split("\n"))):
            break
        out.append(roster)
    return out


def _read(text: str, roster: Roster, before: int) -> list[Signatory]:
    """The signatories of one list; headings inside it give their country to the names below them."""
    out: list[Signatory] = []
    heading: str | None = None
    entries = _people(split_entries(text, roster.body, roster.tail))
    places = sum(is_place(entry.text) for entry in entries)
    people = _are_people(entries)
    headings = _headings(text, entries)
    for number, entry in enumerate(entries):
        if number in headings or (is_list_heading(entry.text) and places <= 0.5 * len(entries) and not entry.marked):
            bare = re.sub(r"\s*[(\[]?\d+[)\]]?\s*$", "", entry.text.strip(" :*#")).strip(" :")
            heading = bare if is_place(bare) else None
            continue
        if has_date(entry.text) and len(entry.text) < 60 and not entry.marked:
            continue
        name, acronym, note = parse_entry(entry.text, people=people)
        if len(name) > 1:
            position = before + len(out) + 1
            out.append(Signatory(entry.start, entry.end, position, name, acronym, note or heading, METHOD))
    return out


def _are_people(entries: Sequence[Entry]) -> bool:
    """Whether a list is one of people, whose posts stand behind commas, brackets or, in a list with titles, dashes."""
    if not all(is_person(entry.text) for entry in entries):
        return False
    titles = word_set("signatories", "titles")
    titled = 3 * sum(entry.text.split()[0].casefold() in titles for entry in entries) >= len(entries)
    behind = re.compile(r"[,(]|\s[-–—]\s" if titled else "[,(]")
    return 2 * sum(behind.search(entry.text) is not None for entry in entries) >= len(entries)


def _headings(text: str, entries: Sequence[Entry]) -> set[int]:
    """The indices of entries that head a part of the list: by a colon, by bold letters, or without the others' mark."""
    marked = sum(entry.marked for entry in entries)
    bold = [text[entry.start - 1 : entry.start] in ("*", "_") for entry in entries]
    few_bold = 2 * sum(bold) <= len(entries)
    return {
        index
        for index, entry in enumerate(entries[:-1])
        if not entry.marked
        and (
            entry.text.endswith(":")
            or (bold[index] and few_bold)
            or (2 * marked > len(entries) and entries[index + 1].marked and (entry.blank_before or not index))
        )
    }


def _once(found: Sequence[Signatory]) -> list[Signatory]:
    """Each signatory once, positions counted anew."""
    kept = {(s.name.casefold(), (s.note or "").casefold()): s for s in reversed(found)}
    ordered = sorted(kept.values(), key=lambda s: s.position)
    return [Signatory(s.start, s.end, n, s.name, s.acronym, s.note, s.method) for n, s in enumerate(ordered, start=1)]


def _people(entries: Sequence[Entry]) -> list[Entry]:
    """Joins the lines of signature blocks: name, post and organisation of one person."""
    posts = sum(is_role(entry.text) and not is_person(entry.text.split(",")[0]) for entry in entries)
    if 4 * posts < len(entries):
        return list(entries)
    groups: list[list[Entry]] = []
    for entry in entries:
        if entry.blank_before or not groups:
            groups.append([entry])
        else:
            groups[-1].append(entry)
    if not all(2 <= len(group) <= 4 and is_person(group[0].text) and is_role(group[1].text) for group in groups):
        groups = _persons(entries)
    return [
        Entry(", ".join(e.text for e in group), group[0].start, group[-1].end, group[0].marked, group[0].number)
        for group in groups
    ]


def _persons(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The lines of each person where no blank lines part them."""
    groups: list[list[Entry]] = []
    for entry in entries:
        if groups and _is_rest_of_person(groups[-1], entry):
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


def _is_rest_of_person(group: Sequence[Entry], entry: Entry) -> bool:
    """Whether a line right below a person is that person's post, or the house below the post."""
    name = group[0].text
    if not is_person(name) or "," in name or entry.marked or entry.blank_before or is_person(entry.text.split(",")[0]):
        return False
    return is_role(entry.text) or len(group) > 1


def parse_entry(text: str, *, people: bool = False) -> tuple[str, str | None, str | None]:
    """Parts an entry into name, acronym and note (country, branch or post), each as printed.

    Args:
        text: An entry without bullet or number: "Norwegian Asylum Council (NAC), Sudan".
        people: Whether the list is one of people, so that what is in brackets is no part of a name.

    Returns:
        Name, acronym or None, note or None.
    """
    text = _tidy(text)
    if is_person(text) and (parted := _person(text, people=people)) is not None:
        return parted
    name, acronym, note = _brackets(text)
    if note is None:
        name, note = _tail_note(name)
    if acronym is None:
        name, acronym = _acronym_by_dash(name)
    return name.strip(" ,;-–—"), acronym, note.strip(" ,;()") if note else None


def _tidy(text: str) -> str:
    """An entry without logo words, Markdown, footnote marks and final full stop."""
    text = without_addresses(without_links(text.strip())).strip()
    text = re.sub(r"(?:\[\d+\]|[¹²³⁴⁵⁶⁷⁸⁹]+|\*+)$", "", text.strip("*_ "))
    bare = _LOGO.sub("", _LOGO.sub("", text)).strip(" ![]")
    text = re.sub(r"_", " ", bare) if bare and bare != text.strip(" ![]") else text
    text = re.sub(r"(?<=\s)\[([^\[\]\d]+)\]$", r"(\1)", text)
    if text.endswith(".") and text.split()[-1].casefold() not in word_set("signatories", "abbreviations"):
        text = text if text.endswith("...") else text[:-1]
    text = re.sub(r"^(?:(?:and|&)\s+)?(?:the\s+)?(?=[A-Z])", "", text)
    return re.sub(r"\s*[,;]\s*(?:and|&)$", "", text).strip(" ;,")


def _person(text: str, *, people: bool) -> tuple[str, None, str | None] | None:
    """A person and what stands behind the name: a post, a party, a subject."""
    match = re.match(r"([^,(]+?)(?<!\s)(?:\s*+,\s*+(.+)|\s*+\(([^()]+)\)|\s++[-–—]\s(.+))$", text)
    if match is None:
        return (text, None, None) if text.split()[0].casefold() in word_set("signatories", "titles") else None
    titled = people or text.split()[0].casefold() in word_set("signatories", "titles")
    note = next(group for group in match.groups()[1:] if group is not None)
    if titled or note[0].islower() or (is_role(note) and not is_place(note)):
        return match[1], None, note
    return None


def _brackets(text: str) -> tuple[str, str | None, str | None]:
    """Takes acronym and place out of brackets; other brackets belong to the name."""
    for match in _GROUP.finditer(text):
        inner, before, behind = match[1].strip(), text[: match.start()].strip(), text[match.end() :].strip()
        if not before or not inner:
            continue
        if is_place(inner) and not (_initials(before) == inner.upper() and len(inner) > 1):
            return before, None, ", ".join(filter(None, (inner, behind.strip(" ,-–—")))) or None
        if _is_acronym(inner):
            note = re.sub(r"^\s*[,–—-]\s*", "", behind)
            return (before, inner, None) if not note else _note_behind(before, inner, note)
        if _is_acronym(before) and _abbreviates(before, inner):
            return inner, before, behind.strip(" ,-–—") or None
        where = len(inner) > 8 and inner.isalpha() and inner.istitle() and not _is_of_organisations(inner)
        if not behind and (where or inner[0].islower() or is_branch(inner) or is_sentence(inner)):
            return before, None, inner
    return text, None, None


def _is_of_organisations(word: str) -> bool:
    return word.casefold() in word_set("signatories", "organisation_words")


def _note_behind(name: str, acronym: str, behind: str) -> tuple[str, str | None, str | None]:
    """What stands behind an acronym is a note."""
    return name, acronym, behind.strip(" ()")


def _tail_note(name: str) -> tuple[str, str | None]:
    """A place behind the last comma or dash is a note, and so is what begins small."""
    head, comma, tail = name.rpartition(",")
    if comma and head.strip() and not _SUFFIX.fullmatch(tail.strip()):
        tail = tail.strip()
        words = [word.casefold() for word in tail.split()]
        plain = len(words) <= 4 and not any(word in word_set("signatories", "organisation_words") for word in words)
        if is_place(tail) or (plain and "and" not in words and "&" not in words):
            return head.strip(), tail
    cuts = list(_DASH.finditer(name))
    if cuts and name[: cuts[-1].start()].strip() and _is_note(name[cuts[-1].end() :]):
        return name[: cuts[-1].start()].strip(), name[cuts[-1].end() :].strip()
    return name, None


def _is_note(text: str) -> bool:
    """Whether what stands behind a dash is a place, or a branch of what stands before it."""
    return is_place(text) or is_branch(text)


def _acronym_by_dash(name: str) -> tuple[str, str | None]:
    """Name and acronym of "DAC - Danish Asylum Council" and "Danish Asylum Council - DAC"."""
    match = re.fullmatch(r"(\S+)\s+[-–—]\s+(.+)", name)
    if (
        match
        and sum(c.isupper() for c in match[1]) >= 2
        and _is_acronym(match[1])
        and (_abbreviates(match[1], match[2]) or len(match[2].split()) >= 3)
    ):
        return match[2], match[1]
    match = re.fullmatch(r"(.+?)(?<!\s)(?:\s++[-–—]\s++|,\s*+)(\S+)", name)
    if match and _is_acronym(match[2]) and _abbreviates(match[2], match[1]):
        return match[1], match[2]
    return name, None


def _is_acronym(token: str) -> bool:
    """Whether the text in brackets is an acronym: one or two words, one of them with two capitals or more."""
    parts = token.split()
    if not 1 <= len(parts) <= 2 or not 2 <= len(token) <= 20 or token.casefold() in ("ngo", "ingo", "cso", "cbo"):
        return False
    first = parts[0]
    capitals = sum(c.isupper() for c in first)
    if capitals >= 2 and capitals >= 0.5 * sum(c.isalpha() for c in re.sub(r"-\w+$", "", first)):
        return True
    return len(parts) == 1 and capitals >= 1 and len(token) <= 8 and not is_place(token)


def _abbreviates(acronym: str, name: str) -> bool:
    """Whether an acronym has the first letters of a name's words, small ones left out or not."""
    letters = re.sub(r"\W", "", acronym).upper()
    every = "".join(word[0] for word in re.findall(r"[^\W\d_][\w’']*", name)).upper()
    return letters in (_initials(name), every)


def _initials(name: str) -> str:
    small = word_set("signatories", "open_ends")
    return "".join(w[0] for w in re.findall(r"[^\W\d_][\w’']*", name) if w.casefold() not in small).upper()
