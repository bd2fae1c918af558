"""A fact as others cite it: a line of plain text, BibTeX, CSL-JSON, and schema.org's JSON-LD.

Sources: CSL 1.0.2 input schema (citation-style-language/schema, csl-data.json); schema.org Claim, Quotation, Place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from statement_nlp.publish.facts import ONE, Fact
from statement_nlp.store.dates import ISO

ILLUSTRATIVE = "illustrative: written for a demonstration, evidence of nothing"
BIBTEX = str.maketrans(
    {
        "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    }
)  # fmt: skip
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Cited:
    """What is cited.

    `statement` and `fact` are rows of `facts`; `address` is the permanent address of the fact, `page` that of the
    statement here, `source` the web address it came from, or None; `today` the day of citing.
    """

    statement: dict[str, Any]
    fact: Fact
    layer: str
    address: str
    page: str
    source: str | None
    today: date


def _line(text: str) -> str:
    """Words in one line, without what no line of text can hold."""
    return " ".join("".join(c for c in text if c >= " " or c.isspace()).split())


def _where(cited: Cited) -> str:
    fact = cited.fact
    return f"{ONE[cited.layer]} at characters {fact['start']}–{fact['end']}"


def _read(cited: Cited) -> str:
    run = cited.statement
    return f"read by statement-nlp {run['version']} on {run['extracted'][:10]}"


def plain(cited: Cited) -> str:
    """One line: who published what, when; the words and where they stand; where it came from, and what read it."""
    statement = cited.statement
    kind = f" [{ILLUSTRATIVE}]" if statement["kind"] == "illustrative" else ""
    source = f" {cited.source}." if cited.source else ""
    return _line(
        f"{statement['publisher'] or 'Unknown publisher'}, “{statement['title']}”{kind}, "
        f"{statement['published'] or 'undated'}: “{cited.fact['quote']}” ({_where(cited)}; {_read(cited)}).{source} "
        f"{cited.address} (retrieved {cited.today})."
    )


def _key(cited: Cited) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "-", cited.statement["id"]).strip("-")[-60:] or "statement"
    return f"{words}-{cited.layer}-{cited.fact['start']}-{cited.fact['end']}"


def _parts(published: str | None) -> list[int]:
    found = ISO.match(published or "")
    return [int(part) for part in found.groups() if part] if found else []


def bibtex(cited: Cited) -> str:
    """An entry of the type `misc`; what TeX would take for a command is escaped."""
    statement = cited.statement
    known = _parts(statement["published"])
    note = f"“{cited.fact['quote']}”, {_where(cited)}, {_read(cited)}"
    if statement["kind"] == "illustrative":
        note += f"; {ILLUSTRATIVE}"
    fields = {
        "author": "{" + _tex(statement["publisher"] or "Unknown publisher") + "}",
        "title": "{" + _tex(statement["title"]) + "}",
        "year": str(known[0]) if known else "",
        "month": MONTHS[known[1] - 1] if len(known) > 1 else "",
        "note": _tex(note),
        "howpublished": _url(cited.source) if cited.source else "",
        "url": _url(cited.address),
        "urldate": str(cited.today),
    }
    written = [
        f"  {name} = {value if name == 'month' else '{' + value + '}'}" for name, value in fields.items() if value
    ]
    return f"@misc{{{_key(cited)},\n" + ",\n".join(written) + "\n}\n"


def _tex(text: str) -> str:
    return _line(text).translate(BIBTEX)


def _url(address: str) -> str:
    """An address within braces: what would close them is percent-encoded."""
    return address.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def csl(cited: Cited) -> list[dict[str, Any]]:
    """CSL-JSON: a list with one item, as Zotero, Mendeley and pandoc read it."""
    statement = cited.statement
    item: dict[str, Any] = {
        "id": _key(cited),
        "type": "document",
        "title": _line(statement["title"]),
        "author": [{"literal": _line(statement["publisher"] or "Unknown publisher")}],
        "publisher": _line(statement["publisher"] or ""),
        "URL": cited.address,
        "accessed": {"date-parts": [[cited.today.year, cited.today.month, cited.today.day]]},
        "language": statement["language"],
        "note": _line(f"“{cited.fact['quote']}”, {_where(cited)}, {_read(cited)}"),
    }
    if known := _parts(statement["published"]):
        item["issued"] = {"date-parts": [known]}
    if cited.source:
        item["source"] = cited.source
    if statement["kind"] == "illustrative":
        item["genre"] = ILLUSTRATIVE
    return [item]


def json_ld(cited: Cited) -> dict[str, Any]:
    """schema.org: a Claim (a demand or a signatory is a Quotation) with its appearance, place and date."""
    statement, fact = cited.statement, cited.fact
    appearance = _without_nothing(
        {
            "@type": "Article",
            "@id": cited.page,
            "name": statement["title"],
            "url": cited.source or cited.page,
            "datePublished": statement["published"],
            "inLanguage": statement["language"],
            "publisher": {"@type": "Organization", "name": statement["publisher"]} if statement["publisher"] else None,
            "creativeWorkStatus": ILLUSTRATIVE if statement["kind"] == "illustrative" else None,
        }
    )
    is_claim = cited.layer in ("claims", "figures")
    since, until = fact.get("since"), fact.get("until")
    places = [_place(place) for place in fact["places_known"]]
    return _without_nothing(
        {
            "@context": "https://schema.org",
            "@type": "Claim" if is_claim else "Quotation",
            "@id": cited.address,
            "url": cited.address,
            "text": fact["quote"],
            "datePublished": statement["published"],
            "appearance" if is_claim else "isPartOf": appearance,
            "author": {"@type": "Thing", "name": fact["attribution"]} if fact.get("attribution") else None,
            "temporalCoverage": f"{since}/{until or '..'}" if since else None,
            "spatialCoverage": places or None,
            "contentLocation": places or None,
            "creativeWorkStatus": ILLUSTRATIVE if statement["kind"] == "illustrative" else None,
        }
    )


def _place(place: dict[str, Any]) -> dict[str, Any]:
    geo = {"@type": "GeoCoordinates", "latitude": place["latitude"], "longitude": place["longitude"]}
    return _without_nothing(
        {
            "@type": "Place",
            "name": place["name"],
            "geo": geo if place["latitude"] is not None else None,
            "address": {"@type": "PostalAddress", "addressCountry": place["country"]} if place["country"] else None,
            "sameAs": f"https://sws.geonames.org/{place['geonameid']}/" if place["geonameid"] else None,
        }
    )


def _without_nothing(known: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in known.items() if value is not None}
