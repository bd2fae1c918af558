"""Tells by its words whether a line opens a list of signatories, ends one, or speaks of those it does not name."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from statement_nlp.reading.entries import is_comma_list
from statement_nlp.reading.lexicon import NUMBER, alternatives, number_value, words
from statement_nlp.reading.names import DATE, is_sentence

LONGEST_OPENING = 300
"""Characters above which a line that announces a list is a paragraph."""
_SIGN = re.compile(r"\s*(?:[:：]|[–—-]\s|,\s*$|,(?=\s))")
_SENTENCE_END = re.compile(r"[.!?]\s")


class Cue(NamedTuple):
    """What opens a list: where its names may begin in the line, the number it gives, and whether its words are sure.

    Words that are not sure open a list only where what follows is convincing by itself.
    """

    at: int
    stated: int | None
    sure: bool


def opening(body: str, *, again: bool = False) -> Cue | None:
    """The cue of a line that opens a list.

    Args:
        body: A line.
        again: Whether a list stands above it; only then "Supported by:" is more than a line about donors.

    Returns:
        None where the line opens no list.
    """
    return _labelled(body, again=again) or _announced(body)


def _labelled(body: str, *, again: bool) -> Cue | None:
    """The cue of a line that begins with words such as "Signed by"."""
    match = _cues().match(body.strip("*#_ ").strip()) if len(body) < 200 else _cues().match(body)
    if match is None:
        return None
    behind = match.end("all")
    offset = body.find(match.group("all"))
    rest = body[offset + behind :].strip(" *_")
    sign = _SIGN.match(body[offset + behind :])
    if not again and re.fullmatch(r"(?:also )?supported by", match.group("all").strip(), re.IGNORECASE):
        return None
    sure = True
    if rest and not sign:
        more = re.fullmatch(r"[^.;:]{1,90}:", rest)
        if match.group("all").rstrip().endswith(" by") and is_comma_list(rest):
            return Cue(offset + behind, None, sure=True)
        if more is None or _asks().search(rest):
            return None
        sure = bool((match["tail"] or "").strip())
        sign = re.match(r"[^:]*:", body[offset + behind :])
    at = _behind(body, offset + behind + (sign.end() if sign else 0))
    return Cue(at, _number(match["tail"] or ""), sure)


def _announced(body: str) -> Cue | None:
    """The cue of a sentence that announces the list: "The coalition behind this letter is made up of:"."""
    if len(body) > LONGEST_OPENING or not _ends_open(body):
        return None
    if not _holds(body, "announcing"):  # cheaper to look for than the patterns
        return None
    match = _announcements().search(body)
    if match is None or _SENTENCE_END.search(body[: match.end()]):
        return None
    if not names_statement(match.group()) and _barred().search(body[match.start() : match.end() + 40]):
        return None
    rest = body[match.end() :].strip(" *_")
    if rest.rstrip(":,.") and is_comma_list(rest):
        return Cue(match.end(), _number(body[: match.end()]), sure=False)
    sign = re.match(r"[^.;:]{0,60}:", body[match.end() :]) if rest else re.match(r"[ *_]*", body[match.end() :])
    if sign is None or _asks().search(sign.group()) or re.search(r"\b(?:to|that)\W*$", sign.group()):
        return None
    return Cue(_behind(body, match.end() + sign.end()), _number(body), sure=False)


def _holds(text: str, stems: str) -> bool:
    """Whether one of a list of stems stands in the text."""
    lowered = text.casefold()
    return any(stem in lowered for stem in words("signatories", stems))


def _ends_open(body: str) -> bool:
    """Whether a line ends as an announcement may: with a colon or a word, or with a run of names and a full stop."""
    last = body.rstrip("*_ ")[-1:]
    return last in (":", ")") or last.isalnum() or (last == "." and body.count(",") + body.count(" and ") >= 2)


def _behind(body: str, at: int) -> int:
    """The offset of what stands behind blanks and marks of emphasis."""
    return at + len(body[at:]) - len(body[at:].lstrip(" *_"))


def _number(text: str) -> int | None:
    """The number in the opening words, dates left aside."""
    found = re.findall(rf"\b{NUMBER}\b", re.sub(DATE, "", text, flags=re.IGNORECASE), re.IGNORECASE)
    return number_value(found[0]) if found else None


def is_closing(line: str) -> bool:
    """Whether a line is the end of a letter: "Yours sincerely,"."""
    return _closings().fullmatch(line) is not None


def others(line: str) -> int | None:
    """How many signatories a line counts without naming them ("and 12 others"); None where it does not."""
    if not _holds(line, "other_words"):
        return None
    match = _others().fullmatch(line.strip(" .;,()"))
    return number_value(match["number"]) if match else None


def others_at_end(text: str) -> tuple[int, int] | None:
    """Where such a count begins at the end of a run of names, and the count."""
    match = _others_last().search(text) if _holds(text, "other_words") else None
    return (match.start(), number_value(match["number"])) if match else None


def is_remark(line: str) -> bool:
    """Whether a line in brackets says something about the list: "(Two more have asked not to be named.)"."""
    return (
        line[:1] in "([*"
        and bool(re.fullmatch(r"[(\[*].*[)\].*]", line))
        and (is_sentence(line.strip("()[]*")) or re.search(_pattern("anonymous"), line, re.IGNORECASE) is not None)
    )


def opens_other_part(line: str) -> bool:
    """Whether a line opens a part that is no list of signatories: notes, contacts, related pages."""
    if opens_statement(line):
        return True
    plain = line.strip(" :*#_-–—").casefold()
    word = _after().match(plain)
    return word is not None and (word.end() == len(plain) or ":" in line or " " in word.group())


def names_statement(words_of: str) -> bool:
    """Whether a statement, letter, call or the like is spoken of."""
    return _statements().search(words_of) is not None


def opens_statement(line: str) -> bool:
    """Whether a line numbers a statement among several: "STATEMENT 2"."""
    return _numbered_statement().fullmatch(line.strip(" :*#_-–—")) is not None


def _pattern(name: str) -> str:
    nouns = alternatives(words("signatories", "counted"))
    found = alternatives(words("signatories", name), quoted=False)
    for placeholder, pattern in (
        ("{number}", NUMBER),
        ("{nouns}", nouns),
        ("{statement}", rf"{alternatives(words('signatories', 'statement_words'))}s?"),
        ("{alliance}", alternatives(words("signatories", "alliances"))),
    ):
        found = found.replace(placeholder, pattern)
    return found


@cache
def _numbered_statement() -> re.Pattern[str]:
    kinds = alternatives(words("signatories", "statement_words"))
    return re.compile(rf"(?:joint |open |press )?{kinds} (?:no\.? ?)?(?:\d{{1,2}}|[IVX]+)\b.{{0,80}}", re.IGNORECASE)


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
def _announcements() -> re.Pattern[str]:
    return re.compile(rf"\b{_pattern('announcements')}(?!\w)", re.IGNORECASE)


@cache
def _statements() -> re.Pattern[str]:
    return re.compile(rf"\b{alternatives(words('signatories', 'statement_words'))}", re.IGNORECASE)


@cache
def _barred() -> re.Pattern[str]:
    return re.compile(rf"\b{alternatives(words('signatories', 'barred'), quoted=False)}", re.IGNORECASE)


@cache
def _asks() -> re.Pattern[str]:
    return re.compile(rf"\b{alternatives(words('signatories', 'asking'))}", re.IGNORECASE)


@cache
def _closings() -> re.Pattern[str]:
    return re.compile(rf"{_pattern('closings')}\s*[,.:!]?", re.IGNORECASE)


@cache
def _others_last() -> re.Pattern[str]:
    return re.compile(rf"[,;]?\s*{_pattern('others')}\.?\s*$", re.IGNORECASE)


@cache
def _others() -> re.Pattern[str]:
    return re.compile(_pattern("others"), re.IGNORECASE)
