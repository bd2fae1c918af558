"""Date expressions of a statement as half-open intervals, taken relative to the statement's own date.

"since 1 July", "on Friday", "in the past two weeks", "mid-June", "2014": each becomes `since <= day < until`, full ISO
dates, as far as it can be told. What names a time by an event ("before the war") keeps its words without an interval.
Days are read by dateparser with the statement's date as base; months, years and spans are counted here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import dateparser
from spacy.tokens import Doc

from statement_nlp.extraction import text_of
from statement_nlp.extraction.attachment_features import sentence_of
from statement_nlp.extraction.values import parse_number
from statement_nlp.remembering import remembered

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip
MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER"
    r"|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)(?!\w)"
)
YEAR = r"(?:1[89]|20)\d\d(?!\w|[,.]\d)"
DAY = r"(?:[0-2]?\d|3[01])(?:st|nd|rd|th)?(?![\d.,]\d|\d)"
WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
PART = r"(?:(?:[Ee]arly|[Mm]id|[Ll]ate)(?:\s(?:in|on))?[\s-]|(?:[Tt]he\s)?(?:start|beginning|middle|end)\sof\s)"
SPANS = (
    r"hours?|days?|nights?|weekends?|weeks?|fortnights?|months?|quarters?|years?|decades?"
    r"|(?:summer|winter|spring|autumn)s?"
)
SPAN = rf"(?:{SPANS})"
COUNT = (
    r"(?:\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|eighteen|twenty|thirty|several"
    r"|few|couple\sof)"
)
NO_NUMBER = r"(?<![\w/.,-])"
PEOPLE = (
    r"(?!\s(?:people|persons|civilians|families|children|women|men|households|individuals|deaths|cases|refugees)\b)"
)

DAY_MONTH = rf"(?:{WEEKDAY},?\s)?(?:the\s)?{DAY}\s(?:of\s)?{MONTH}(?:,?\s{YEAR})?"
MONTH_DAY = rf"(?:{WEEKDAY},?\s)?{MONTH}\s{DAY}(?!\s{MONTH})(?:,?\s{YEAR})?"
CORE = {
    "iso": r"(?<![\w/.,-])(?:19|20)\d\d-\d\d-\d\d(?!\d)|(?<![\w/.,-])\d{1,2}[/.]\d{1,2}[/.](?:20)?\d\d(?![\w/])",
    "days": rf"{NO_NUMBER}(?:{DAY},\s)*{DAY}(?:\s{MONTH})?\s?(?:-|–|to|and|until)\s?{DAY}\s{MONTH}(?:,?\s{YEAR})?",
    "day": rf"{NO_NUMBER}(?:{DAY_MONTH}|{MONTH_DAY})",
    "half": (
        rf"[Tt]he\s(?:first|second|last)\s(?:half|(?:{COUNT}\s)?(?:quarter|months?|weeks?|days?))\sof\s"
        rf"(?:{MONTH}\s)?(?:{YEAR}|(?:the|this|last)\syear)"
    ),
    "month": rf"{NO_NUMBER}{PART}?{MONTH}(?:\sof)?(?:,?\s{YEAR}|\sof\s(?:this|last)\syear|\s(?:this|last)\syear)?",
    "whole": rf"(?:[Tt]he\swhole\sof|[Aa]ll\sof|[Aa]ll)\s{YEAR}",
    "year": rf"{NO_NUMBER}{PART}?{YEAR}(?![-–/]\d|%){PEOPLE}",
    "ago": rf"(?:{COUNT}|half\sa)\s{SPAN}\sago",
    "past": rf"(?:[Tt]he\s)?(?:past|last|previous|preceding|recent)\s{COUNT}\s{SPAN}|[Tt]he\s(?:past|last)\s{SPAN}",
    "coming": rf"(?:[Tt]he\s)?(?:coming|next)\s(?:{COUNT}\s)?{SPAN}",
    "relative": (
        rf"(?:[Ee]arlier\s|[Ll]ater\s|[Ss]o\sfar\s)?(?:[Tt]his|[Ll]ast|[Nn]ext)\s"
        rf"(?:{SPANS}|{WEEKDAY}|{MONTH}|morning|evening|afternoon)(?!\w)"
    ),
    "plain": r"(?:[Tt]oday|[Yy]esterday|[Tt]onight|[Tt]omorrow)(?!['’\w])",
    "weekday": rf"{WEEKDAY}(?:\s(?:morning|evening|night|afternoon))?",
    "year_end": r"[Tt]he\s(?:end|start|beginning|middle)\sof\s(?:the|this|last|next)\s(?:year|month|week)",
    "nth": r"(?<=[Oo]n\s)the\s\d{1,2}(?:st|nd|rd|th)(?!\s[A-Za-z]+\s(?:session|anniversary|meeting))",
}  # fmt: skip
EVENT = (
    r"(?:[Ss]ince|[Bb]efore|[Aa]fter|[Uu]ntil)\s(?:then\b|(?:the\s)(?:[a-z-]+\s){0,2}(?:war|conflict|fighting|attack|siege|"
    r"blockade|earthquake|coup|takeover|crisis|ceasefire|truce|offensive|invasion|revolution|cyclone|floods?|agreement|"
    r"violence|hostilities|assault|explosion|eruption|elections?|ban|pandemic|shutdown|uprising)\b(?:\s(?:began|started|broke\sout|ended|struck))?)"
)  # fmt: skip
PREFIX = r"(?P<prefix>[Ss]ince|[Uu]ntil|[Tt]ill|[Bb]y|[Bb]efore|[Aa]fter|[Aa]s\sof|[Ff]rom|[Uu]p\sto|[Ff]ollowing)"
ONE = "|".join(f"(?P<{name}>{pattern})" for name, pattern in CORE.items())
DATE = re.compile(
    rf"\b(?:[Bb]etween|[Ff]rom)\s(?P<first>{'|'.join(CORE.values())})\s(?:and|to|until|till|through)\s(?P<second>{'|'.join(CORE.values())})"
    rf"|(?P<event>{EVENT})|(?:\b{PREFIX}\s)?(?:[Tt]he\snight\sof\s)?(?:{ONE})"
)
START = re.compile(
    r"\d|[Aa](?=fter\s|s\sof|ll\s|n?\s|pr|PR|ug|UG)|[Bb](?=e[fgt]|y\s)|c(?=o[mu])|D(?=ec|EC)|[Ee](?=arl|ight|leven|nd\s)"
    r"|[Ff](?=eb|EB|ew\s|i[fv]|ollow|our|ri|rom)|h(?=alf\s)|J(?=an|AN|u[ln]|U[LN])|[Ll]a(?=st|te)|[Mm](?=a[ry]|A[RY]|id|on)"
    r"|[Nn](?=ine|ext|ov|OV)|[Oo](?=ne\s|ct|CT)|p(?=ast|re[cv])|r(?=ecent)|[Ss](?=at|e[pv]|EP|ince|ix\s|o\s|tart|un)"
    r"|[Tt](?=en\s|h[eiru]|ill|o[dmn]|ues|w[eo])|[Uu](?=ntil|p\sto)|W(?=ed)|[Yy](?=est)"
)
"""Where a date may start: told far quicker than by trying `DATE` at each character."""
SINGLE = re.compile(ONE)
MODAL = re.compile(r"(?:^|[.!?:\n]\s*|[\"“]\s*)$")


@dataclass(frozen=True, slots=True)
class DateExpression:
    """A date or period in the text: `text[start:end]`, and the half-open interval of full ISO dates where known."""

    start: int
    end: int
    text: str
    since: str | None = None
    until: str | None = None


Interval = tuple[date, date]
Base = tuple[date, int]
"""The statement's date with its precision: 3 a day, 2 a month, 1 a year."""


def find_dates(text: str, base: str | None = None) -> Iterator[DateExpression]:
    """Date expressions of a text, in order, not overlapping.

    Args:
        text: any text.
        base: the statement's date (ISO, any precision); without it only full dates get an interval.
    """
    day = parse_base(base)
    for found in _matches(text):
        if found.lastgroup == "month" and found.group() in ("May", "March") and MODAL.search(text[: found.start()]):
            continue
        since, until = _interval(found, day)
        yield DateExpression(
            found.start(),
            found.end(),
            found.group(),
            since.isoformat() if since else None,
            until.isoformat() if until else None,
        )


def _matches(text: str) -> Iterator[re.Match[str]]:
    """What `DATE.finditer` gives."""
    end = 0
    for start in START.finditer(text):
        at = start.start()
        if at >= end and (found := DATE.match(text, at)):
            end = found.end()
            yield found


def parse_base(written: str | None) -> Base | None:
    """An ISO date of any precision ("2016", "2016-09", "2016-09-12", a timestamp) as its first day and precision."""
    found = re.match(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", written or "")
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        return date(year or 1, month or 1, day or 1), 1 + (month is not None) + (day is not None)
    except ValueError:
        return None


def date_for(doc: Doc, start: int, end: int) -> DateExpression | None:
    """The date that a span (code points) of the statement holds for; None where its sentence gives none.

    Inside the span first, else the nearest of the same clause, else of the sentence.
    """
    low, high = sentence_of(doc, start)
    inside = [d for d in dates_of(doc) if low <= d.start and d.end <= max(high, end)]
    if not inside:
        return None
    if len(inside) == 1:
        return inside[0]
    text = text_of(doc)
    return min(inside, key=lambda d: _distance(text, d, start, end))


def dates_of(doc: Doc) -> tuple[DateExpression, ...]:
    """All date expressions of a Doc, found once, relative to the date of its statement."""
    known: tuple[DateExpression, ...] | None = doc.user_data.get("statement_dates")
    if known is None:
        base = doc._.statement.published if doc._.statement is not None else None
        known = tuple(find_dates(text_of(doc), base))
        doc.user_data["statement_dates"] = known
    return known


def _distance(text: str, found: DateExpression, start: int, end: int) -> float:
    if found.start < end and start < found.end:
        return 0.0
    between = text[end : found.start] if found.start >= end else text[found.end : start]
    return len(between) + 80.0 * len(re.findall(r"[;:]|, (?:but|while|whereas)\b| [–—-] ", between))


def _interval(found: re.Match[str], base: Base | None) -> tuple[date | None, date | None]:
    if found["event"]:
        return None, None
    if found["first"]:
        first, second = _single(found["first"], base), _single(found["second"], base)
        if second and re.fullmatch(DAY, found["first"].strip()):
            return None, second[1]
        if first and second and not re.search(YEAR, found["first"]) and re.search(YEAR, found["second"]):
            first = _single(f"{found['first']} {second[0].year}", base) or first
        if first and second and first[0] >= second[1]:
            return first[0], _year_later(second[1])
        return (first[0] if first else None), (second[1] if second else None)
    kind = found.lastgroup or ""
    prefix = (found["prefix"] or "").casefold()
    span = _core(kind, found[kind], base, ahead=prefix in ("until", "till", "by", "before"))
    if span is None:
        return None, None
    return span if kind == "days" and prefix == "from" else _prefixed(prefix, span, base)


def _prefixed(prefix: str, span: Interval, base: Base | None) -> tuple[date | None, date | None]:
    known_until = base[0] + timedelta(days=1) if base and base[1] == 3 else None
    if prefix in ("since", "from", "following", "after"):
        since = span[1] if prefix in ("after", "following") else span[0]
        return since, known_until if known_until and known_until > since else None
    if prefix in ("until", "till", "by", "up to"):
        return None, span[1]
    if prefix == "before":
        return None, span[0]
    return span


def _year_later(day: date) -> date | None:
    """The same day a year on: of "between April and September", said in June, September lies ahead."""
    return date(day.year + 1, day.month, min(day.day, 28)) if day.year < 9998 else None


def _single(written: str, base: Base | None) -> Interval | None:
    found = SINGLE.fullmatch(written)
    return _core(found.lastgroup or "", written, base) if found else None


def _core(kind: str, written: str, base: Base | None, *, ahead: bool = False) -> Interval | None:
    """The interval of an expression without its preposition."""
    if kind in ("iso", "day"):
        return _day(written, base, ahead=ahead)
    if kind == "days":
        return _days(written, base)
    if kind in ("month", "half", "whole", "year", "year_end"):
        return _calendar(written, base, ahead=ahead)
    if base is None or base[1] < 3:
        return None
    return _relative(kind, written, base[0])


@remembered(4096)
def _parse(written: str, base: date, ahead: bool) -> date | None:
    parsed = dateparser.parse(
        written,
        languages=["en"],
        settings={
            "RELATIVE_BASE": datetime(base.year, base.month, base.day),
            "PREFER_DATES_FROM": "future" if ahead else "past",
            "DATE_ORDER": "DMY",
            "RETURN_AS_TIMEZONE_AWARE": False,
        },
    )
    return parsed.date() if parsed else None


def _day(written: str, base: Base | None, *, ahead: bool = False) -> Interval | None:
    bare = re.sub(rf"^{WEEKDAY},?\s|\bthe\s|\bof\s", "", written)
    has_year = re.search(YEAR, bare) or re.search(r"[/.]\d\d$", bare)
    if not has_year and base is None:
        return None
    start = base[0] if base else date(2000, 1, 1)
    if base and base[1] < 3:
        start = date(start.year, 12 if base[1] == 1 else start.month, 28)
    parsed = _parse(re.sub(r"(?<=\d)(?:st|nd|rd|th)", "", bare), start, ahead)
    return (parsed, parsed + timedelta(days=1)) if parsed and parsed.year < 9999 else None


def _days(written: str, base: Base | None) -> Interval | None:
    """The days of "10-13 April 2025", from the first day to the last."""
    parts = re.split(r"\s?(?:-|–|\bto\b|\band\b|\buntil\b)\s?", written, maxsplit=1)
    last = _day(parts[1], base)
    if last is None or len(parts) < 2:
        return None
    found = re.search(MONTH, parts[0])
    number = int(re.match(r"\s*(\d+)", parts[0]).group(1))  # type: ignore[union-attr]
    month = _month(found.group()) if found else last[0].month
    try:
        first = date(last[0].year - (month > last[0].month), month, number)
    except ValueError:
        return None
    return (first, last[1]) if first < last[1] else None


def _month(written: str) -> int:
    return next(n for n, name in enumerate(MONTHS, 1) if name.startswith(written.casefold().strip(".")[:3]))


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year = min(max(index // 12, 1), 9998)
    return date(year, index % 12 + 1, 1)


def _calendar(written: str, base: Base | None, *, ahead: bool = False) -> Interval | None:
    """Months, years, halves and quarters, with "early", "mid-", "the end of" cutting a third of them."""
    year_found = re.search(YEAR, written)
    year = int(year_found.group()) if year_found else None
    lower = written.casefold()
    if year is None and base is not None:
        shift = -1 if "last year" in lower else 1 if "next year" in lower else 0
        year = base[0].year + shift if re.search(r"(?:the|this|last|next) year", lower) else None
    month_found = re.search(MONTH, written)
    if month_found:
        span = _month_span(_month(month_found.group()), year, base, ahead=ahead)
    elif year is not None:
        span = date(year, 1, 1), date(year + 1, 1, 1)
    elif base is not None and base[1] == 3 and (unit := re.search(r"\b(\w+) (month|week)$", lower)):
        span = _around(unit.group(2), base[0], {"last": -1, "next": 1}.get(unit.group(1), 0))
    else:
        span = None
    return _part(lower, span) if span else None


def _month_span(month: int, year: int | None, base: Base | None, *, ahead: bool) -> Interval | None:
    if year is None:
        if base is None or base[1] < 2:
            return None
        year = base[0].year
        if month > base[0].month and not ahead:
            year -= 1
        elif month < base[0].month and ahead:
            year += 1
    start = date(year, month, 1)
    return start, _add_months(start, 1)


def _part(lower: str, span: Interval) -> Interval:
    """The part of a period that "early", "mid", "the first half" or "the last three months" leaves."""
    start, end = span
    if found := re.search(r"(?<!of )\b(first|second|last) (?:(\w+) )?(half|quarter|months?|weeks?|days?)\b", lower):
        which, count, unit = found.groups()
        if unit in ("half", "quarter"):
            months = 6 if unit == "half" else 3
            first = {"first": start, "second": _add_months(start, months), "last": _add_months(end, -months)}[which]
            return first, _add_months(first, months)
        number = int(parse_number(count or "one") or 1)
        if unit.startswith("month"):
            return (start, _add_months(start, number)) if which == "first" else (_add_months(end, -number), end)
        length = timedelta(days=number * (7 if unit.startswith("week") else 1))
        return (start, start + length) if which == "first" else (end - length, end)
    third = (end - start) / (6 if "start of" in lower or "beginning of" in lower or "end of" in lower else 3)
    if re.match(r"early|(?:the )?(?:start|beginning)", lower):
        return start, start + third
    if re.match(r"mid|(?:the )?middle", lower):
        return start + third, end - third
    if re.match(r"late|(?:the )?end", lower):
        return end - third, end
    return span


def _around(unit: str, base: date, shift: int) -> Interval:
    """The day, week (from Monday), month or year around a day, moved by `shift` of them."""
    if unit.startswith(("month", "quarter")):
        start = _add_months(base, shift)
        return start, _add_months(start, 1)
    if unit.startswith("year"):
        return date(base.year + shift, 1, 1), date(base.year + shift + 1, 1, 1)
    if unit.startswith("week"):
        monday = base - timedelta(days=base.weekday()) + timedelta(weeks=shift)
        return (monday + timedelta(days=5 * unit.startswith("weekend")), monday + timedelta(days=7))
    start = base + timedelta(days=shift)
    return start, start + timedelta(days=1)


LENGTHS = {"hour": 1 / 24, "day": 1, "night": 1, "weekend": 7, "week": 7, "fortnight": 14, "month": 30.44,
           "quarter": 91.3,
           "year": 365.25, "decade": 3652.5}  # fmt: skip


def _length(written: str) -> timedelta:
    """Days of "three weeks", at least one."""
    unit = re.search(r"(\w+?)s?(?: ago)?$", written.casefold())
    count = re.search(rf"\b({COUNT}|half)\s(?:a\s)?\w+(?: ago)?$", written.casefold())
    words = count.group(1) if count else "one"
    number = (
        {"several": 3.0, "few": 3.0, "couple of": 2.0, "a": 1.0, "an": 1.0, "half": 0.5}.get(words)
        or parse_number(words)
        or 1.0
    )
    return timedelta(days=max(1, round(number * LENGTHS.get(unit.group(1) if unit else "day", 1))))


def _relative(kind: str, written: str, base: date) -> Interval | None:
    """Expressions that only the statement's day makes a date of."""
    lower = written.casefold()
    if kind == "past":
        return base - _length(lower), base + timedelta(days=1)
    if kind == "coming" and (unit := re.fullmatch(r"next (week|month|year)", lower)):
        return _around(unit.group(1), base, 1)
    if kind == "coming":
        return base + timedelta(days=1), base + timedelta(days=1) + _length(lower)
    if kind in ("plain", "weekday", "ago", "nth"):
        return _pointed(kind, lower, base)
    shift = {"this": 0, "last": -1, "next": 1}[re.sub(r"^(?:earlier|later|so far)\s", "", lower).split()[0]]
    word = lower.split()[-1]
    if re.fullmatch(WEEKDAY, word, re.IGNORECASE):
        parsed = _parse(word, base, shift > 0)
        return (parsed, parsed + timedelta(days=1)) if parsed else None
    if re.fullmatch(MONTH, word, re.IGNORECASE):
        return _month_span(
            _month(word), base.year - (shift < 0 and _month(word) >= base.month), (base, 3), ahead=shift > 0
        )
    if word.startswith(("summer", "winter", "spring", "autumn", "fortnight", "decade", "hour", "night")):
        return None
    whole = _around(word, base, shift)
    known_until = base + timedelta(days=1)
    return (whole[0], min(whole[1], known_until)) if lower.startswith(("earlier this", "so far this")) else whole


def _pointed(kind: str, lower: str, base: date) -> Interval | None:
    """One day: yesterday, Friday, three days ago, "the 10th"; of "two months ago" its month."""
    if kind == "ago":
        day = base - _length(lower)
        if "month" in lower or "year" in lower:
            return _around("month" if "month" in lower else "year", day, 0)
        return day, day + timedelta(days=1)
    if kind == "nth":
        number = int(re.search(r"\d+", lower).group())  # type: ignore[union-attr]
        start = base if number <= base.day else _add_months(base, -1)
        try:
            parsed: date | None = start.replace(day=number)
        except ValueError:
            return None
    elif kind == "weekday" and lower.split()[0] == base.strftime("%A").casefold():
        parsed = base
    else:
        parsed = _parse({"tonight": "today"}.get(lower.split()[0], lower.split()[0]), base, lower == "tomorrow")
    return (parsed, parsed + timedelta(days=1)) if parsed else None
