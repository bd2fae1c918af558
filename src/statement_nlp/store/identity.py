"""Ids that stay: the same record of the same statement has the same id in every extraction and every database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b, sha256

BITS = 52
"""Ids stay below 2**53, the largest whole number that a browser's JSON reads exactly."""


def stable_id(*parts: str | int) -> int:
    """A positive whole number below 2**53, always the same for the same parts."""
    digest = blake2b("\0".join(map(str, parts)).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> (64 - BITS)) + 1


def text_hash(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def key(name: str) -> str:
    """A name as an identifier: lower case, no diacritics or apostrophes, hyphens between words.

    The key of a party and of an organisation: names that differ only in case, accents or punctuation are one. A name
    without any letter or digit keeps a hash, so that it still is somebody.

    >>> key("Côte d'Ivoire")
    'cote-divoire'
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "-", re.sub(r"['’‘ʿʾ`]", "", plain)).strip("-") or f"name-{stable_id(name)}"


class RecordIds:
    """Gives the records of one statement their ids: by layer, quote and the how-manieth time the quote stands there.

    Offsets are no part of it, so a sentence added above does not change the id of what stands below.
    """

    def __init__(self, statement_id: str, text: str) -> None:
        self._statement_id = statement_id
        self._text = text
        self._starts: dict[str, list[int]] = {}
        self._given: set[int] = set()

    def occurrence(self, quote: str, start: int) -> int:
        """The how-manieth time, from 1, the quote stands in the text where it stands at `start` (code points)."""
        if quote not in self._starts:
            self._starts[quote] = list(find_all(self._text, quote))
        return sum(1 for at in self._starts[quote] if at <= start)

    def give(self, layer: str, start: int, end: int) -> int:
        """The id of the record of a layer at `text[start:end]`; a second record of the layer there gets its own."""
        quote = self._text[start:end]
        again = 0
        while (
            made := stable_id(self._statement_id, layer, quote, self.occurrence(quote, start), again)
        ) in self._given:
            again += 1
        self._given.add(made)
        return made


def find_all(text: str, quote: str) -> Iterable[int]:
    """Starts (code points) of every occurrence of a quote, overlapping ones too, as the guide counts them."""
    if not quote:
        return
    at = text.find(quote)
    while at >= 0:
        yield at
        at = text.find(quote, at + 1)
