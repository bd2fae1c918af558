"""A plain baseline: the stock named-entity recogniser and a handful of cue words, nothing of this project's own.

It stands beside our scores so that a reader can tell what the work is worth. Rows are the guide's format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from statement_nlp.extraction.pipeline import BASE_PIPELINES
from statement_nlp.reading.layout import sentence_spans
from statement_nlp.records import Statement

PLACE_LABELS = frozenset({"GPE", "LOC", "FAC"})
PARTY_LABELS = frozenset({"ORG", "PERSON", "NORP"})
FIGURE_LABELS = frozenset({"CARDINAL", "MONEY", "PERCENT", "QUANTITY"})
DEMAND_CUES = re.compile(
    r"\b(?:call(?:s|ed|ing)? (?:on|upon|for)|urge[sd]?|must|should|demands?|need(?:s)? to)\b", re.IGNORECASE
)
CONDITION_CUES = {
    "killed": re.compile(r"\b(?:kill|dead|died|death)", re.I),
    "injured": re.compile(r"\b(?:injur|wound)", re.I),
    "displaced": re.compile(r"\b(?:displace|fled|flee|refugee)", re.I),
    "in_need": re.compile(r"\b(?:need)", re.I),
    "funding": re.compile(r"[$€£]|\b(?:fund|donor)", re.I),
}
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}


@lru_cache(maxsize=1)
def stock_pipeline() -> Language:
    """The base pipeline as it is published, with its own named-entity recogniser."""
    return spacy.load(next(name for name in BASE_PIPELINES if spacy.util.is_package(name)))


def predict(statements: Iterable[Statement]) -> Iterator[dict[str, Any]]:
    """A row of the guide's format for each statement, in order."""
    statements = list(statements)
    for statement, doc in zip(statements, stock_pipeline().pipe(s.text for s in statements), strict=True):
        places = [_entity(e) | {"country": None} for e in doc.ents if e.label_ in PLACE_LABELS]
        passages = [(a, b) for a, b in sentence_spans(statement.text) if b - a > 20]
        row: dict[str, Any] = {
            "id": statement.id,
            "places": places,
            "parties": [_entity(e) | {"kind": "other"} for e in doc.ents if e.label_ in PARTY_LABELS],
            "figures": list(_figures(doc, places)),
            "demands": [],
            "claims": [],
        }
        for start, end in passages:
            stripped = statement.text[start:end].rstrip()
            span = {"start": start, "end": start + len(stripped), "quote": stripped}
            named = sorted({p["name"] for p in places if start <= p["start"] < end})
            if DEMAND_CUES.search(stripped):
                parties = sorted({p["name"] for p in row["parties"] if start <= p["start"] < end})
                row["demands"].append(span | {"addressees": parties, "themes": ["other"], "places": named})
            else:
                row["claims"].append(span | {"status": "asserted", "attribution": None, "places": named})
        yield row


def _entity(entity: Span) -> dict[str, Any]:
    return {"start": entity.start_char, "end": entity.end_char, "quote": entity.text, "name": entity.text}


def _figures(doc: Doc, places: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for entity in doc.ents:
        digits = NUMBER.search(entity.text) if entity.label_ in FIGURE_LABELS else None
        if digits is None:
            continue
        value = float(digits.group().replace(",", ""))
        for word, factor in SCALES.items():
            value *= factor if word in entity.text.casefold() else 1
        value *= 0.01 if entity.label_ == "PERCENT" else 1
        head = entity.root.head
        end = head.idx + len(head.text) if head.pos_ == "NOUN" and entity.end <= head.i <= entity.end + 2 else None
        sentence = entity.sent
        condition = next((c for c, cue in CONDITION_CUES.items() if cue.search(sentence.text)), "other")
        inside = [p["name"] for p in places if sentence.start_char <= p["start"] < sentence.end_char]
        start = entity.start_char
        yield {
            "start": start,
            "end": end or entity.end_char,
            "quote": doc.text[start : end or entity.end_char],
            "low": value,
            "high": value,
            "qualifier": "exact",
            "unit": head.text,
            "condition": condition,
            "places": inside[:1],
            "date": None,
        }
