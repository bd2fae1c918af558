"""What a demand is about: themes of the annotation guide, by lexicon.

One classifier a theme over the lexicon's hits, and over the words, was tried and was worse in cross-validation and on
real statements (docs/accuracy.md): there are too few demands of each theme to learn from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from statement_nlp.extraction.demand_lexicon import read_data


@lru_cache(maxsize=1)
def patterns() -> Mapping[tuple[str, str], re.Pattern[str]]:
    """(theme, "strong" or "weak") -> one regular expression of all its patterns."""
    raw = read_data("demands_themes.yaml")
    return {
        (theme, strength): re.compile(r"\b(?:" + "|".join(_expression(p) for p in words) + ")", re.I)
        for theme, kinds in raw.items()
        for strength, words in kinds.items()
    }


def _expression(pattern: str) -> str:
    escaped = re.escape(pattern.strip("_")).replace("_", " ").replace(r"\ ", " ")
    tail = r"\b" if pattern.endswith("_") else ""
    return escaped.replace(r"\*", r"\w*(?:\W+\w+){0,3}?\W*").replace(" ", r"\s+") + tail


def lexicon_hits(text: str, names: str = "") -> dict[tuple[str, str], int]:
    """(theme, "strong" or "weak") -> how many different words the lexicon has for it.

    Args:
        text: what is asked, without the names of parties.
        names: the same with them, for the patterns that look at names.
    """
    out: dict[tuple[str, str], int] = {}
    for (theme, strength), pattern in patterns().items():
        if strength in {"strong", "weak", "party"}:
            found = {m.group().lower() for m in pattern.finditer(names if strength == "party" else text)}
            if found:
                key = (theme, "strong" if strength == "party" else strength)
                out[key] = out.get(key, 0) + len(found)
    for (theme, strength), pattern in patterns().items():
        if strength == "except" and (theme, "strong") in out and pattern.search(text):
            del out[theme, "strong"]
    return out


def rule_themes(text: str, *, names: str = "", before: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Themes by the lexicon: the two with most strong hits, else the best weak one.

    Args:
        text: the demand, without the names of parties.
        names: the demand with the names.
        before: the themes of the demand before it, taken where the lexicon finds nothing.
    """
    hits = lexicon_hits(text, names)
    strong = {theme: n for (theme, strength), n in hits.items() if strength == "strong"}
    if strong:
        return tuple(sorted(strong, key=lambda t: (-strong[t], t))[:2])
    weak = {theme: n for (theme, _), n in hits.items()}
    return (max(weak, key=lambda t: weak[t]),) if weak else before or ("other",)
