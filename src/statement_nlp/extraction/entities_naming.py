"""How a text names its actors: short forms in brackets, the noun that heads a name, family names."""

from __future__ import annotations

from collections.abc import Sequence

from statement_nlp.extraction.entities_candidates import Candidates
from statement_nlp.extraction.entities_tokens import Tokens

LONGEST_ACRONYM = 14
"""Characters of a short form in brackets."""
_OPENERS = frozenset({"“", '"', "‘", "'", "the", "hereafter"})
_CLOSERS = frozenset({")", "”", '"', "’", "'", ",", ";"})
_PERSONAL = frozenset({"mr", "mrs", "ms", "dr", "prof", "professor"})
_CUTS = frozenset({"of", "for", "on", "in", "at", "against", "to", "and"})
_TELLING = frozenset({"othernoun", "actornoun", "placenoun"})


def acronyms(tokens: Tokens) -> dict[int, str]:
    """Index of each opening bracket -> the short form that stands in it ("E-Horn" of "(“E-Horn”)")."""
    out: dict[int, str] = {}
    texts = tokens.texts
    for i in (i for i, text in enumerate(texts) if text == "("):
        start = i + 1
        while start < len(texts) and texts[start] in _OPENERS:
            start += 1
        end = start
        while end < len(texts) and end - start < 4 and texts[end] not in _CLOSERS:
            end += 1
        if start < end < len(texts) and texts[end] in _CLOSERS:
            short = tokens.text(start, end)
            if len(short) <= LONGEST_ACRONYM and " " not in short and sum(map(str.isupper, short)) > 1:
                out[i] = short
    return out


def fits(name: Sequence[str], acronym: str) -> str:
    """How the words of a name fit a short form: whether it begins alike, has all its letters, and nothing before."""
    initials = [w[0].lower() for w in name if w[0].isalpha()]
    letters = [c.lower() for c in acronym if c.isupper()]
    rest = iter(initials)
    whole = all(letter in rest for letter in letters)
    return f"{initials[:1] == letters[:1]}|{whole}"


def core_of(tokens: Tokens, sorts: Sequence[str], start: int, end: int) -> str:
    """The sort of the noun that heads a name: the last that tells before its first preposition, else in all of it."""
    cut = next((i for i in range(start + 1, end) if tokens.lowers[i] in _CUTS), end)
    for part in (sorts[start:cut], sorts[cut:end]):
        for sort in reversed(part):
            if sort in _TELLING:
                return sort
    return "unknown"


def surnames(tokens: Tokens, found: Candidates) -> frozenset[str]:
    """Family names of the persons that the recogniser found or that a title stands before."""
    named = {tokens.texts[end - 1] for start, end, label in found.entities if label == "PERSON" and end - start > 1}
    for i, word in enumerate(tokens.lowers[:-1]):
        if word.rstrip(".") in _PERSONAL and tokens.caps[i] and tokens.caps[i + 1]:
            at = i + 1
            while at + 1 < len(tokens) and tokens.caps[at + 1] and not tokens.starts[at + 1]:
                at += 1
            named.add(tokens.texts[at])
    return frozenset(named)
