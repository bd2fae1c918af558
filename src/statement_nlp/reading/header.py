"""The metadata header of a text file: lines `Field: value`, then a line `---`, then the text.

    Title: Reopen every port
    Published: 2017-11-13
    Publisher: 22 humanitarian agencies
    ---

    YEMEN: REOPEN EVERY PORT, TODAY
    ...

A text that merely starts with something like `Note: ...` has no header: one needs the closing `---` straight after
lines that are all fields, at least one of them known. The front matter of Markdown files (the same between two lines
`---`) is read too; there unknown fields are other programs' and left alone.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

from statement_nlp.errors import HeaderError
from statement_nlp.records import Statement

FIELDS = (
    "id", "title", "published", "publisher", "kind", "language", "url", "source", "countries", "series",
    "modelled_on", "links_read",
)  # fmt: skip
_OTHER_NAMES = {"date": "published", "country": "countries", "author": "publisher", "organisation": "publisher"}
_FIELD = re.compile(r"([A-Za-z][A-Za-z _-]{0,30}):[ \t]*(.*)")
_FENCE = re.compile(r"-{3,}[ \t]*")
HEADER_INSIDE = re.compile(
    r"\n[ \t]*\n(?=(?:id|title): .*\n(?:[A-Za-z][A-Za-z _-]{0,30}:.*\n)*-{3,}[ \t]*\n)", re.IGNORECASE
)
"""The blank line above a header that stands inside a text, where the next statement begins."""
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
KINDS = ("original", "illustrative", "own")


def split_header(text: str) -> tuple[dict[str, str], str]:
    """Takes the header off a text.

    Args:
        text: A normalised text.

    Returns:
        The fields under their names in `Statement`, as written, empty ones left out; and the rest of the text without
        blank lines around it. No header: no fields.

    Raises:
        HeaderError: A field is unknown, stands twice, or has a value that cannot be read.
    """
    lines = text.lstrip("\n").split("\n")
    front_matter = bool(_FENCE.fullmatch(lines[0]))
    found: dict[str, str] = {}
    unknown: list[str] = []
    for number, line in enumerate(lines[front_matter:], start=int(front_matter)):
        if _FENCE.fullmatch(line):
            if not found:
                break
            if unknown and not front_matter:
                raise HeaderError(_unknown(unknown[0]))
            _check(found)
            return found, "\n".join(lines[number + 1 :]).strip("\n")
        match = _FIELD.fullmatch(line)
        if match is None:
            if front_matter and (not line.strip() or line[0] in " \t-#"):
                continue  # nested values and comments of front matter
            break
        name = re.sub(r"[ -]", "_", match[1].strip().lower())
        name = _OTHER_NAMES.get(name, name)
        if name not in FIELDS:
            unknown.append(match[1])
        elif name in found:
            raise HeaderError(f"the header has two fields {match[1]!r}; keep one")
        elif value := match[2].strip().strip("\"'" if front_matter else ""):
            found[name] = value[:10] if front_matter and name == "published" else value
    return {}, text.strip("\n")


def _unknown(name: str) -> str:
    near = get_close_matches(name.lower(), FIELDS, n=1)
    hint = f"did you mean {near[0].capitalize()!r}?" if near else "known are " + ", ".join(FIELDS)
    return f"the header has an unknown field {name!r}; {hint}"


def check_date(date: str) -> None:
    """Raises HeaderError where a date is none of 2016, 2016-09, 2016-09-12."""
    if not _DATE.fullmatch(date):
        raise HeaderError(f"the date {date!r} cannot be read; write 2016, 2016-09 or 2016-09-12")


def _check(found: dict[str, str]) -> None:
    """Raises HeaderError where a value cannot be read."""
    if "published" in found:
        check_date(found["published"])
    if (kind := found.get("kind")) is not None and kind not in KINDS:
        raise HeaderError(f"the header's kind {kind!r} is none of {', '.join(KINDS)}")
    for code in countries(found):
        if not re.fullmatch(r"[A-Z]{2}", code):
            raise HeaderError(f"the header's country {code!r} is no ISO 3166-1 code of two letters, such as SY")


def countries(found: dict[str, str]) -> tuple[str, ...]:
    """The country codes of a header, in order."""
    return tuple(code for code in re.split(r"[,;\s]+", found.get("countries", "").upper()) if code)


def write_statement(statement: Statement) -> str:
    """A statement as a text file with header; reading it gives the same fields and text again.

    Args:
        statement: Its text starts and ends without blank lines.

    Returns:
        The file's content, with a line end at the end.
    """
    values = {
        "Id": statement.id,
        "Title": statement.title,
        "Published": statement.published,
        "Publisher": statement.publisher,
        "Kind": statement.kind,
        "Language": statement.language,
        "URL": statement.url,
        "Countries": ", ".join(statement.countries),
        "Series": statement.series,
        "Modelled on": statement.modelled_on,
        "Links read": "yes" if statement.links_read else None,
    }
    header = "".join(f"{name}: {value}\n" for name, value in values.items() if value)
    return f"{header}---\n\n{statement.text}\n"
