"""How a party's name becomes the key under which the register finds it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from statement_nlp.remembering import remembered

_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_POSSESSIVE = re.compile(r"(?<=\w)['’ʼ](?:s\b|(?=\s|$))", re.I)
_APOSTROPHE = re.compile(r"['’‘ʿʾ`ʼ]")
_WORD = re.compile(r"\w+")
_ACRONYM = re.compile(r"(?=.*[A-Z].*[A-Z0-9])[A-Z0-9]{2,}")
_SMALL_WORD = re.compile(
    r"the|an?|of|for|in|on|to|at|by|and|or|with|against|from|without|as|sans|al|el|ash|ar|d|de|du|des|del|l|la|les?|di|da|e|i|s"
    r"|und|für|y|para|pour|et|contra|contre|bin|ibn|von|van"
)
_ARTICLES = frozenset({"the", "a", "an"})
_SPELLINGS = (
    (re.compile(r"isation(s?)$"), r"ization\1"),
    (re.compile(r"^defence"), "defense"),
    (re.compile(r"^programme"), "program"),
    (re.compile(r"^centre"), "center"),
    (re.compile(r"^(neighb|lab)our"), r"\1or"),
    (re.compile(r"isational$"), "izational"),
    (re.compile(r"^(un|inter|re)?recognised$"), r"\1recognized"),
    (re.compile(r"^stabilisation$"), "stabilization"),
    (re.compile(r"^revitalised$"), "revitalized"),
)


def acronyms_of(names: Iterable[str]) -> frozenset[str]:
    """All words of the names that are written in capitals: `{"UN", "M23"}`. Dots are dropped: "U.S." counts as "US"."""
    return frozenset(word for name in names for word in _WORD.findall(_undotted(name)) if _ACRONYM.fullmatch(word))


def is_acronym(name: str) -> bool:
    """Whether the whole name is one word in capitals ("WHO", "U.S.", "M23"), to be found only as it is written."""
    return _ACRONYM.fullmatch(_undotted(name).strip()) is not None


def is_capitalised(name: str) -> bool:
    """Whether each word but small ones ("of", "al-", "sans") begins with a capital or a digit, as in a proper name."""
    words = [word for word in _WORD.findall(_APOSTROPHE.sub("", name)) if not _SMALL_WORD.fullmatch(word)]
    return bool(words) and all(not word[0].islower() for word in words)


@remembered(65536)
def party_key(name: str, acronyms: frozenset[str] = frozenset()) -> str:
    """Fold a name: no case, diacritics, possessive, punctuation or leading article; one spelling (-ize, -or).

    Words in `acronyms` keep their capitals, so that "US government" is not "us government" and "WHO" not "who".

    Args:
        name: as it stands in a text.
        acronyms: the words that mean something else in small letters, from `acronyms_of`.

    Returns:
        The words joined by single spaces; empty for a name without letters or digits.
    """
    text = _POSSESSIVE.sub("", _undotted(name).replace("&", " and "))
    text = _APOSTROPHE.sub("", text)
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = [word if word in acronyms else _spelling(word.casefold()) for word in _WORD.findall(text)]
    while len(words) > 1 and words[0] in _ARTICLES:
        del words[0]
    return " ".join(words)


def _undotted(name: str) -> str:
    return _DOTTED.sub(lambda m: m.group().replace(".", ""), name)


@remembered(8192)
def _spelling(word: str) -> str:
    for pattern, spelling in _SPELLINGS:
        word = pattern.sub(spelling, word)
    return word
