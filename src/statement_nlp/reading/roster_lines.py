"""Tells by the form of a line whether it holds names of a list, heads a part of it, or goes on with a name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from statement_nlp.reading.entries import LABELLED, LONGEST_LIST, is_comma_list, run_parts, separated
from statement_nlp.reading.lexicon import word_set
from statement_nlp.reading.lines import Line
from statement_nlp.reading.names import (
    count_function_words,
    has_date,
    is_name,
    is_place,
    is_sentence,
    is_strong_name,
    without_addresses,
    without_links,
)

LEAST_UNCUED = 4
"""Names that a list without opening words must have at the end of a text; elsewhere, twice as many."""
LONGEST_SUBHEAD = 80
"""Characters above which a line heads no part of a list."""
_DIVIDED = re.compile(r"[;|•·●▪■◆\t]| / |  ")
_BRACKETS = re.compile(r"\([^()]*\)")
_BOLD = re.compile(r"(?:\*\*|__).+(?:\*\*|__):?|#{1,6} .+")


def is_row(body: str, *, cued: bool) -> bool:
    """Whether a line holds nothing but names; behind opening words (`cued`) less has to show it."""
    if len(body) > 60 and not _DIVIDED.search(body) and count_function_words(body[:200]) > 2:
        return False
    if len(body) > LONGEST_LIST:
        return False
    body = without_addresses(without_links(body)).strip()
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


def is_subhead(text: str, lines: Sequence[Line], at: int) -> bool:
    """Whether a line heads a part of a list: short, set off by a colon or bold letters, with names below it."""
    line = lines[at]
    body = text[line.start : line.end]
    if line.marker or len(body) > LONGEST_SUBHEAD or at + 1 >= len(lines):
        return False
    plain = body.strip(" *#_:")
    if not plain or is_sentence(plain) or not (body.rstrip("*_ ").endswith(":") or _BOLD.fullmatch(body)):
        return False
    behind = lines[at + 1 : at + 3]
    if not body.rstrip("*_ ").endswith(":") and _BOLD.fullmatch(text[behind[0].start : behind[0].end]):
        return False
    return all(is_row(text[b.content : b.end], cued=True) for b in behind[: 2 if behind[0].marker else 1])


def is_table_rule(line: str) -> bool:
    """Whether a line is the rule between the head and the rows of a Markdown table."""
    return "|" in line and "--" in line and not line.strip("|-: \t")


def is_rest(text: str, lines: Sequence[Line], at: int, last: int) -> bool:
    """Whether a line goes on with the name before it."""
    if at - 1 != last or lines[at].blank_before or lines[at].marker:
        return False
    before, body = text[lines[at - 1].start : lines[at - 1].end], text[lines[at].content : lines[at].end]
    if is_sentence(body) or len(body) > 100:
        return False
    return body[0].islower() or body[0] in "(&" or before.split()[-1].casefold() in word_set("signatories", "open_ends")


def is_odd_name(text: str, lines: Sequence[Line], at: int, *, marked: bool | None) -> bool:
    """Whether a line among names may be one although it has no capitals: short, behind a bullet or above a name."""
    line = lines[at]
    body = _BRACKETS.sub("", text[line.content : line.end]).strip()
    if marked is None or not body or re.search(r"[.;:?!,]$", body) or count_function_words(body) or has_date(body):
        return False
    if marked:
        return bool(line.marker) and len(body.split()) <= 8
    behind = lines[at + 1] if at + 1 < len(lines) else None
    return len(body.split()) <= 4 and behind is not None and is_row(text[behind.content : behind.end], cued=True)
