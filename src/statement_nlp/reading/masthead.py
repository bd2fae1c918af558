"""Title and date of a text that does not say them in a header: from its headings and its dateline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from textwrap import shorten

from statement_nlp.reading.names import DATE, MONTH
from statement_nlp.records import Zone

_GENERIC = re.compile(
    r"(?:(?:for )?immediate (?:release|use)|embargoed?\b.*|(?:joint |open |press |public |news |media )*"
    r"(?:statement|letter|release|petition|appeal|declaration|opinion|update|report|briefing|note|communiqué|advisory)s?"
    r"(?:\s*[–—:-]*\s*for immediate (?:use|release))?)[\s:.!–—-]*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:to|cc|copy|from|re|ref|attn)\s*:|to (?:the|his|her|members)\b|H\.?E\.?\b", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\b(?:conference|meeting|summit|session|eve of|ahead of|anniversary|since|between|until)\b", re.IGNORECASE
)
_DATE = re.compile(DATE, re.IGNORECASE)
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
LONGEST_TITLE = 300


def find_title(text: str, zones: Sequence[Zone]) -> str | None:
    """The title of a text: the first heading above its body that says more than "Press release".

    Args:
        text: The statement's text.
        zones: As `find_zones` gives them.

    Returns:
        The heading's line without bullet or number; else what the heading is and to whom ("Open letter – To: the
        members of the Council"); else the first words of the body; None where there are no words.
    """
    kinds: list[str] = []
    for line in _masthead(text, zones):
        if not _GENERIC.fullmatch(line) and not _ADDRESS.match(line):
            return line
        kinds.append(line)
    return " – ".join(kinds[:2]) or _first_words(text, zones)


def _masthead(text: str, zones: Sequence[Zone]) -> Iterator[str]:
    """The headings above the body, line by line, plain."""
    for zone in zones:
        if zone.kind == "body" and zone.end - zone.start > 60:
            return
        if zone.kind == "heading":
            for line in text[zone.start : zone.end].split("\n"):
                plain = re.sub(r"^\s*(?:[•*#>–—-]+|\d+[.)])\s+", "", line).strip(" *_#")
                if 0 < len(plain) <= LONGEST_TITLE:
                    yield plain


def _first_words(text: str, zones: Sequence[Zone]) -> str | None:
    """The first sentence of the body, shortened."""
    start = next((zone.start for zone in zones if zone.kind == "body"), zones[0].start if zones else 0)
    sentence = re.split(r"(?<=[.!?])\s", text[start : start + 500].strip(), maxsplit=1)[0].split("\n")[0]
    return shorten(sentence, 100, placeholder=" …") or None


def find_date(text: str, zones: Sequence[Zone]) -> str | None:
    """The date of the dateline, else of a by-line among the headings.

    Args:
        text: The statement's text.
        zones: As `find_zones` gives them.

    Returns:
        "2016-09-12" or "2016-09", with the precision that stands there, or None.
    """
    datelines = [text[z.start : z.end] for z in zones if z.kind == "dateline"]
    first_body = next((z.start for z in zones if z.kind == "body" and z.end - z.start > 200), len(text))
    headings = [text[z.start : z.end] for z in zones if z.kind == "heading" and z.start < first_body]
    lines = [line for heading in headings for line in heading.split("\n") if not _ELSEWHERE.search(line)]
    for line in (*datelines, *lines):
        for match in _DATE.finditer(line):
            if (value := iso_date(match.group())) is not None:
                days = re.search(r"\d ?(?:[-–]|to|and) ?$", line[: match.start()])  # "1-15 September 2018"
                return value[:7] if days else value
    return None


def iso_date(words: str) -> str | None:
    """A date in words as ISO 8601 with the precision it has; None where its year is missing or day and month blur.

    Args:
        words: "26 February 2014", "September 3, 2016", "September 2016", "2016-09-12", "26/02/2014".
    """
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words):
        return _valid(*map(int, words.split("-")))
    if (numeric := re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", words)) is not None:
        first, second, year = map(int, numeric.groups())
        day, month = (first, second) if first > 12 or first == second else (second, first)
        return _valid(year, month, day) if day > 12 or first == second else None
    year_match = re.search(r"\b((?:19|20)\d{2})\b", words)
    month_match = re.search(MONTH, words, re.IGNORECASE)
    if year_match is None or month_match is None:
        return None
    month = _MONTHS.index(month_match.group()[:3].lower()) // 3 + 1
    day_match = re.search(r"(?<!\d)(\d{1,2})(?!\d)", words)
    year = int(year_match[1])
    return _valid(year, month, int(day_match[1])) if day_match else f"{year}-{month:02d}"


def _valid(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
