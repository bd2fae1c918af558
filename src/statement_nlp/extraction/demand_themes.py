"""What a demand is about: themes of the annotation guide, by lexicon.

One classifier a theme over the lexicon's hits, and over the words, was tried and was worse in cross-validation and on
real statements (docs/accuracy.md): there are too few demands of each theme to learn from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from statement_nlp.extraction.demand_lexicon import read_data

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One pattern of the lexicon; `rest` is None where its first word's stem is all of it."""

    theme: str
    strength: str
    rest: re.Pattern[str] | None


@lru_cache(maxsize=1)
def patterns() -> Mapping[str, tuple[_Pattern, ...]]:
    """First stem of a pattern -> the patterns that begin with it. A stem is looked up for each prefix of a word."""
    out: dict[str, list[_Pattern]] = {}
    for theme, kinds in read_data("demands_themes.yaml").items():
        for strength, words in kinds.items():
            for word in words:
                stem = re.match(r"[^\W_]+", word)
                if stem is None:
                    raise ValueError(f"a pattern of {theme} begins with no letter: {word!r}")
                plain = stem.group() == word
                rest = None if plain else re.compile(_expression(word))
                out.setdefault(stem.group(), []).append(_Pattern(theme, strength, rest))
    return {stem: tuple(found) for stem, found in out.items()}


def _expression(pattern: str) -> str:
    escaped = re.escape(pattern.strip("_")).replace("_", " ").replace(r"\ ", " ")
    tail = r"\b" if pattern.endswith("_") else ""
    # a blank behind the stretch of words is one: the stretch takes those before it, so that no run is parted three ways
    open_words = r"\w*(?:\W+\w+){0,3}?\W*"
    return escaped.replace(r"\* ", rf"{open_words}\s").replace(r"\*", open_words).replace(" ", r"\s+") + tail


def _found(text: str) -> dict[tuple[str, str], set[str]]:
    """(theme, strength) -> the words of a lower-case text that the lexicon has for it."""
    index = patterns()
    out: dict[tuple[str, str], set[str]] = {}
    for word in _WORD.finditer(text):
        at, letters = word.start(), word.group()
        for length in range(2, len(letters) + 1):
            for pattern in index.get(letters[:length], ()):
                match = pattern.rest.match(text, at) if pattern.rest is not None else None
                if pattern.rest is None or match is not None:
                    hit = match.group() if match is not None else letters[:length]
                    out.setdefault((pattern.theme, pattern.strength), set()).add(hit)
    return out


def lexicon_hits(text: str, names: str = "") -> dict[tuple[str, str], int]:
    """(theme, "strong" or "weak") -> how many different words the lexicon has for it.

    Args:
        text: what is asked, without the names of parties.
        names: the same with them, for the patterns that look at names.
    """
    found = _found(text.lower())
    out = {key: len(words) for key, words in found.items() if key[1] in {"strong", "weak"}}
    for (theme, strength), words in _found(names.lower()).items():
        if strength == "party":
            out[theme, "strong"] = out.get((theme, "strong"), 0) + len(words)
    for theme, strength in found:
        if strength == "except":
            out.pop((theme, "strong"), None)
    return out


def rule_themes(text: str, *, names: str = "", near: str = "", title: str = "") -> tuple[str, ...]:
    """Themes by the lexicon: the two with most strong hits, else the best weak one, else what the text around says.

    Args:
        text: the demand, without the names of parties.
        names: the demand with the names.
        near: what stands before the demand in its paragraph; it parts themes with as many hits, and speaks for a
            demand in which the lexicon finds nothing.
        title: of the statement, for the same.
    """
    hits = lexicon_hits(text, names)
    strong = _of(hits, "strong")
    if len(strong) > 2:
        weak, around, above = _of(hits, "weak"), _of(lexicon_hits(near), "strong"), _of(lexicon_hits(title), "strong")
        return tuple(
            sorted(strong, key=lambda t: (-strong[t], -weak.get(t, 0), -around.get(t, 0) - above.get(t, 0), t))[:2]
        )
    if strong:
        return tuple(sorted(strong, key=lambda t: (-strong[t], t)))
    weak = {theme: n for (theme, _), n in hits.items()}
    if weak:
        return (max(weak, key=lambda t: weak[t]),)
    return _most(lexicon_hits(near), 1) or _most(lexicon_hits(title), 2) or ("other",)


def _of(hits: Mapping[tuple[str, str], int], strength: str) -> dict[str, int]:
    return {theme: n for (theme, other), n in hits.items() if other == strength}


def _most(hits: Mapping[tuple[str, str], int], most: int) -> tuple[str, ...]:
    strong = _of(hits, "strong")
    return tuple(sorted(strong, key=lambda t: (-strong[t], t))[:most])
