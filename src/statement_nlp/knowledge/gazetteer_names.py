"""The key under which a place name is found, and what around a name is no part of it.

A key is the name in lower-case ASCII letters and digits, words parted by one space: `Al-Ḩasakah` and `al hasakah` have
the key `al hasakah`, `Sana’a` and `Sanaa` have `sanaa`. Names in other scripts keep their letters.
Words (sorts of places, articles) come from `data/place_words.toml`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path

from statement_nlp.remembering import remembered

WORDS: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "data" / "place_words.toml").read_text("utf-8"))
_REGION_WORDS = frozenset(WORDS["region_words"])
TYPE_WORDS = _REGION_WORDS | frozenset(WORDS["other_words"])
"""Words behind (or, rarely, before) a name that say what kind of place it is."""
_CAMP_WORDS = frozenset(("camp", "camps", "settlement", "site"))
_CAMP_ADJECTIVES = frozenset(WORDS["camp_adjectives"])
_ARTICLE = re.compile(rf"^(?:{'|'.join(WORDS['articles'])}) (?=\w{{3}})")
_NO_WORD = re.compile(r"[\W_]+")
_APOSTROPHES = "'’‘ʿʾʻʼ`´′ʹ"
_LETTERS = str.maketrans(
    {**dict.fromkeys(_APOSTROPHES), "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
     "ə": "a", "ħ": "h", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ɛ": "e", "ɔ": "o", "ŋ": "ng"}
)  # fmt: skip
_POINT = r"(?:north|south|east|west)"
_MODIFIER = re.compile(
    rf"^((?:(?:far|rural|central|extreme|deep) )?"
    rf"(?:{_POINT}[- ]?{_POINT}(?:ern)?|{_POINT}(?:ern)?|cent(?:ral|er|re)|upper|lower|rural|greater|inner|outer|"
    rf"mainland|coastal|downtown)"
    rf"(?:(?:,| and| or|/) ?(?:{_POINT}[- ]?)?(?:{_POINT}|central)(?:ern)?)*)[ -](?=\S)",
    re.IGNORECASE,
)


@remembered(65536)
def fold(name: str) -> str:
    """The key of a name: lower case, no diacritics, no apostrophes, one space for all that is no letter or digit."""
    if name.isascii():
        text = name.lower().replace("'", "").replace("`", "")
    else:
        parts = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
        text = "".join(c for c in parts if not unicodedata.combining(c)).casefold().translate(_LETTERS)
    return _NO_WORD.sub(" ", text).strip()


def without_article(key: str) -> str | None:
    """The key without its Arabic (or English) article; None where there is none: `al hasakah` -> `hasakah`."""
    bare = _ARTICLE.sub("", key, count=1)
    return bare if bare != key else None


def without_type(key: str) -> tuple[str, str] | None:
    """(key, type word) of a key with a type word at its end or, with `of`, at its start; None where there is none."""
    words = key.split()
    if len(words) > 2 and words[-1] in _CAMP_WORDS and words[-2] in _CAMP_ADJECTIVES:
        return " ".join(words[:-2]), "camp"
    if len(words) > 1 and words[-1] in TYPE_WORDS:
        return " ".join(words[:-1]), words[-1]
    if len(words) > 2 and words[0] in TYPE_WORDS and words[1] == "of":
        return " ".join(words[2:]), words[0]
    return None


def is_region_word(word: str) -> bool:
    """Whether a type word says that the place is an area with others inside it (`governorate`, not `camp`)."""
    return word in _REGION_WORDS


def direction(name: str) -> tuple[str, str] | None:
    """(direction, rest) of a name that begins with one, as written: `north-eastern Syria`; None where there is none."""
    found = _MODIFIER.match(name)
    return (found.group(1), name[found.end() :]) if found else None
