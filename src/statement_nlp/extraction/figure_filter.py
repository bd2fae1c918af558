"""Which numbers are figures: rules for what never is one (dates, ages, labels, lists), named features for a model."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from spacy.tokens import Doc, Token

from statement_nlp.extraction import text_of
from statement_nlp.extraction.dates import DateExpression
from statement_nlp.extraction.figure_models import FeatureValue
from statement_nlp.extraction.figure_units import Unit
from statement_nlp.extraction.values import Value


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number that may be a figure: its value, its unit, and the tokens of the number, `first` to `last`."""

    value: Value
    unit: Unit
    first: int
    last: int

    @property
    def start(self) -> int:
        """Where the quote starts, in code points."""
        return self.value.start

    @property
    def end(self) -> int:
        """Where the quote ends: behind the unit."""
        return max(self.value.end, self.unit.end)


@lru_cache(maxsize=1)
def unit_classes() -> Mapping[str, str]:
    """Lemma -> class of unit (people, structures, goods, events, speakers, abstract)."""
    source = files("statement_nlp.extraction").joinpath("data/figures_units.yaml")
    data: dict[str, list[str]] = yaml.safe_load(source.read_text(encoding="utf8"))
    return {lemma: name for name, lemmas in reversed(data.items()) for lemma in lemmas}


@lru_cache(maxsize=1)
def _context() -> Mapping[str, Any]:
    source = files("statement_nlp.extraction").joinpath("data/figures_context.yaml")
    data: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf8"))
    return data


def unit_class(unit: Unit, value: Value) -> str:
    """Class of what a value counts; "bare" where the text before gives the unit, "unknown" for nouns not listed."""
    if value.kind == "money":
        return "money"
    if unit.bare or unit.head is None:
        return "bare"
    head = unit.head
    return unit_classes().get(head.lemma_.lower()) or unit_classes().get(head.lower_.rstrip("s")) or "unknown"


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """The patterns of the lexicon, with its word lists filled in."""
    context = _context()
    lists = {
        name: "|".join(re.escape(w) for w in context[name])
        for name in ("time_units", "distance_units", "labels", "small_numbers")
    }
    found = {}
    for name, parts in context["patterns"].items():
        pattern = "".join(parts)
        for key, words in lists.items():
            pattern = pattern.replace(f"<{key}>", words)
        found[name] = re.compile(pattern, re.IGNORECASE)
    return found


def _is_date(doc: Doc, c: Candidate, dates: tuple[DateExpression, ...]) -> bool:
    return any(d.start < c.value.number_end and c.value.number_start < d.end for d in dates)


def _is_time(doc: Doc, c: Candidate, dates: tuple[DateExpression, ...]) -> bool:
    if c.value.kind in ("money", "ratio"):
        return False
    return bool(_patterns()["time_after"].match(text_of(doc), c.value.end))


def _is_distance(doc: Doc, c: Candidate, dates: tuple[DateExpression, ...]) -> bool:
    return c.value.kind == "count" and bool(_patterns()["distance_after"].match(text_of(doc), c.value.end))


def _is_label(doc: Doc, c: Candidate, dates: tuple[DateExpression, ...]) -> bool:
    if c.value.kind != "count":
        return False
    start = c.value.number_start
    if not _patterns()["label_before"].search(text_of(doc), max(0, start - 40), start):
        return bool(_patterns()["ordinal_after"].match(text_of(doc), c.value.end))
    return c.unit.bare or (not c.value.words and c.unit.head is not None and c.unit.head.tag_ not in ("NNS", "NNPS"))


def _is_age(doc: Doc, c: Candidate, dates: tuple[DateExpression, ...]) -> bool:
    text, v = text_of(doc), c.value
    if v.kind != "count" or (v.low or v.high or 0) > 110:
        return False
    if _patterns()["age_before"].search(text, max(0, v.start - 30), v.start):
        return c.unit.bare
    if _patterns()["age_of_person"].search(text, max(0, v.start - 20), v.start):
        return c.unit.bare
    if _patterns()["years_old"].match(text, v.end):
        return True
    under = text[v.start : v.number_start].strip().casefold() in ("under", "over", "below", "above", "the age of")
    beside = PERSON_BEFORE.search(text[max(0, v.start - 25) : v.start])
    if beside and c.unit.bare and not v.words and re.match(r"\s?[,.;)”\"’]", text[v.end : v.end + 2]):
        return True
    return under and c.unit.bare and (v.low or v.high or 0) <= 70


def _is_list_number(doc: Doc, c: Candidate, dates: tuple[DateExpression, ...]) -> bool:
    text, v = text_of(doc), c.value
    if v.kind != "count" or v.words or (v.low or 0) > 999:
        return False
    before = text[max(0, v.start - 6) : v.start]
    after = text[v.end : v.end + 3]
    bracketed = re.search(r"\[$", before) and after.startswith("]")
    footnote = re.search(r"\($", before) and after.startswith(")") and len(text[v.start : v.end]) <= 2
    line = _patterns()["list_line"].search(before) or v.start == 0
    return bool(
        bracketed or footnote or (line and _patterns()["list_after"].match(after)) or (re.search(r"n\s?=\s?$", before))
    )


def _is_phone(doc: Doc, c: Candidate, dates: tuple[DateExpression, ...]) -> bool:
    text, v = text_of(doc), c.value
    if v.kind != "count" or v.words:
        return False
    window_start = max(0, v.start - 25)
    window = text[window_start : v.end + 25]
    low, high = v.start - window_start, v.end - window_start
    written = text[v.number_start : v.number_end]
    if re.match(r"0\d", written) and "." not in written:
        return True
    return any(m.start() <= low and m.end() >= high for m in _patterns()["phone"].finditer(window))


def _is_clock(doc: Doc, c: Candidate, dates: tuple[DateExpression, ...]) -> bool:
    text, v = text_of(doc), c.value
    if v.kind not in ("count", "share") or (v.high or v.low or 0) >= 25:
        return False
    if _patterns()["clock_after"].match(text, v.end):
        return True
    before = text[max(0, v.start - 12) : v.start]
    if re.search(r"\bhalf\s(?:past)\s$", before) or re.match(
        r"\s+(?:past|an\shour|a\s(?:day|year|century|month|mile|kilomet))", text[v.end : v.end + 14]
    ):
        return True
    sharp = (
        re.search(
            r"(?<!toll )(?<!ber )(?<!ure )(?<!tal )(?<!nds )\bat\s$",
            text[max(0, v.start - 20) : v.start],
            re.IGNORECASE,
        )
        and c.unit.bare
        and v.kind == "count"
    )
    return bool(sharp and (v.words or "." in text[v.start : v.end]) and v.qualifier in ("exact", "about"))


def _is_multiple(doc: Doc, c: Candidate, dates: tuple[DateExpression, ...]) -> bool:
    return c.value.kind == "count" and bool(_patterns()["times_after"].match(text_of(doc), c.value.end))


def _is_pronoun(doc: Doc, c: Candidate, dates: tuple[DateExpression, ...]) -> bool:
    """Whether "one" counts nothing: no one, one another, this one."""
    text, v = text_of(doc), c.value
    if text[v.number_start : v.number_end].casefold() != "one" or v.kind != "count":
        return False
    before = text[max(0, v.start - 10) : v.start]
    if re.search(r"\bno\s$", before, re.IGNORECASE):
        return True
    if c.unit.bare or c.unit.head is None:
        return bool(_patterns()["pronoun_one"].match(text, v.end) or _patterns()["before_one"].search(before))
    return bool(_patterns()["one_of_a_kind"].match(text, v.end))


def _is_ordinal(doc: Doc, c: Candidate, dates: tuple[DateExpression, ...]) -> bool:
    """Whether it is an ordinal ("a third earthquake"), not a share."""
    if c.value.kind != "share" or not ORDINAL.fullmatch(text_of(doc), c.value.number_start, c.value.number_end):
        return False
    return c.last + 1 < len(doc) and doc[c.last + 1].pos_ in ("NOUN", "PROPN", "ADJ")


def _is_in_a_name(doc: Doc, c: Candidate, dates: tuple[DateExpression, ...]) -> bool:
    """Whether it stands inside the name of a place ("Kilo 16", "Four Towns")."""
    return any(p.start <= c.value.number_start and c.value.number_end <= p.end for p in doc._.places)


def _is_zero(doc: Doc, c: Candidate, dates: tuple[DateExpression, ...]) -> bool:
    return c.value.high == 0 or (c.value.low == 0 and c.value.high is None)


def _is_rate_of_money(doc: Doc, c: Candidate, dates: tuple[DateExpression, ...]) -> bool:
    return c.value.kind == "money" and bool(re.match(r"\s?=", text_of(doc)[c.value.end : c.value.end + 3]))


def _is_denominator(doc: Doc, c: Candidate, dates: tuple[DateExpression, ...]) -> bool:
    """Whether it is the whole of which another number is the counted part ("3 of 7 hospitals")."""
    if c.value.kind != "count":
        return False
    start = c.value.start
    return bool(_patterns()["part_before"].search(text_of(doc)[max(0, start - 45) : start]))


PERSON_BEFORE = re.compile(
    r"(?:[A-Z][\w’'-]+|\bson|daughter|brother|sister|wife|husband|mother|father|\w+er|\w+or|\w+ist),\s$"
)
ORDINAL = re.compile(r"an?\s(?:third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)", re.IGNORECASE)
Rule = Callable[[Doc, Candidate, tuple[DateExpression, ...]], bool]
RULES: Mapping[str, Rule] = {
    "date": _is_date,
    "duration": _is_time,
    "distance": _is_distance,
    "label": _is_label,
    "age": _is_age,
    "list-number": _is_list_number,
    "phone": _is_phone,
    "clock": _is_clock,
    "multiple": _is_multiple,
    "pronoun": _is_pronoun,
    "ordinal": _is_ordinal,
    "name": _is_in_a_name,
    "zero": _is_zero,
    "exchange-rate": _is_rate_of_money,
    "denominator": _is_denominator,
}


def excluded_by(doc: Doc, candidate: Candidate, dates: tuple[DateExpression, ...]) -> str | None:
    """Name of the rule that says that a number is no figure; None where none does."""
    return next((name for name, rule in RULES.items() if rule(doc, candidate, dates)), None)


def features(doc: Doc, c: Candidate) -> dict[str, FeatureValue]:
    """Named features of a number for the model that decides whether it is a figure."""
    text, v = text_of(doc), c.value
    before = doc[c.first - 1] if c.first > 0 else None
    after = doc[c.last + 1] if c.last + 1 < len(doc) else None
    head = c.unit.head
    size = v.low if v.low is not None else v.high or 0.0
    sentence = doc[c.first].sent if doc.has_annotation("SENT_START") else doc[:]
    verb = _verb(head if head is not None else doc[c.first])
    found: dict[str, FeatureValue] = {
        "kind": v.kind,
        "qualifier": v.qualifier,
        "words": v.words,
        "size": "one" if size == 1 else str(min(7, int(math.log10(size)))) if size >= 1 else "share",
        "size words": f"{v.words} {min(3, int(math.log10(max(size, 1))))} {v.kind}",
        "unit class": unit_class(c.unit, v),
        "unit class size": f"{unit_class(c.unit, v)} {size == 1} {size < 10} {v.kind}",
        "plural": bool(head is not None and head.tag_ in ("NNS", "NNPS")),
        "before": before.lower_
        if before is not None and before.lower_ in _closed()
        else before.pos_
        if before is not None
        else "start",
        "after": after.lower_
        if after is not None and after.lower_ in _closed()
        else after.pos_
        if after is not None
        else "end",
        "role": head.dep_ if head is not None else "none",
        "line start": v.start == 0 or "\n" in text[max(0, v.start - 3) : v.start],
        "signers before": bool(_patterns()["signers_before"].search(text, max(0, v.start - 80), v.start)),
        "early": v.start < 150,
        "speaker": any(t.lower_ in ("we", "our", "us", "undersigned") for t in sentence),
        "demand": any(
            t.lower_ in ("must", "should", "ought", "call", "urge", "ask", "demand", "let") for t in sentence
        ),
        "verb class": verb_class(verb) or "other",
        "verb negated": bool(verb is not None and any(t.dep_ == "neg" for t in verb.children)),
        "one": f"{size == 1 and v.kind == 'count'} {unit_class(c.unit, v)} {head.dep_ if head is not None else ''}"
        if size == 1
        else "no",
    }
    if head is not None:
        found["unit"] = head.lemma_.lower()
    if verb is not None:
        found["verb"] = verb.lemma_.lower()
    return found


@lru_cache(maxsize=1)
def _closed() -> frozenset[str]:
    """The words around a number that the model sees as they are; of all others it sees the part of speech."""
    return frozenset((*_context()["closed_words"], *'.,:;()-–“”"'))


def _verb(token: Token) -> Token | None:
    """The verb that governs a token."""
    for ancestor in (token, *token.ancestors):
        if ancestor.pos_ in ("VERB", "AUX"):
            return ancestor
    return None


@lru_cache(maxsize=1)
def condition_words() -> Mapping[str, Mapping[str, float]]:
    """Lemma -> the conditions that it speaks of, with 1 for a word that names one and 0.4 for one that goes with it."""
    found: dict[str, dict[str, float]] = {}
    for name, lists in condition_lexicon().items():
        for weight, words in ((0.4, lists["weak"]), (1.0, lists["strong"])):
            for lemma in words:
                found.setdefault(lemma, {})[name] = weight
    return found


@lru_cache(maxsize=1)
def condition_lexicon() -> Mapping[str, Mapping[str, list[str]]]:
    """The lexicon of conditions: for each its strong and weak lemmas and its phrases."""
    source = files("statement_nlp.extraction").joinpath("data/figures_conditions.yaml")
    data: dict[str, dict[str, list[str]]] = yaml.safe_load(source.read_text(encoding="utf8"))
    return data


def verb_class(verb: Token | None) -> str | None:
    """The condition that a verb speaks of, None for other verbs."""
    spoken = condition_words().get(verb.lemma_.lower()) if verb is not None else None
    return max(spoken, key=lambda name: spoken[name]) if spoken else None
