"""What a demand is about: themes of the annotation guide, by lexicon and by a classifier for each theme.

`theme_features` turns a demand into named features: the lexicon's hits and the content words of what is asked; where no
theme is likely enough, the likeliest is taken, for every demand is about something ("other" at the least).
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


def lexicon_hits(text: str) -> dict[tuple[str, str], int]:
    """(theme, "strong" or "weak") -> how many different words of the text the lexicon has for it."""
    out = {key: len({m.group().lower() for m in pattern.finditer(text)}) for key, pattern in patterns().items()}
    return {key: count for key, count in out.items() if count}


def rule_themes(text: str, before: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Themes by the lexicon alone: the two with most strong hits, else the best weak one, else those of `before`."""
    hits = lexicon_hits(text)
    strong = {theme: n for (theme, strength), n in hits.items() if strength == "strong"}
    if strong:
        return tuple(sorted(strong, key=lambda t: (-strong[t], t))[:2])
    weak = {theme: n for (theme, _), n in hits.items()}
    return (max(weak, key=lambda t: weak[t]),) if weak else before or ("other",)


def theme_features(text: str, *, above: str = "", title: str = "", before: tuple[str, ...] = ()) -> dict[str, float]:
    """Named features of a demand for the theme classifiers.

    Args:
        text: what is asked, without the names of those who are asked.
        above: the introductions that it stands under.
        title: the title of the statement.
        before: themes of the demand before it in the same list or paragraph.
    """
    out: dict[str, float] = {}
    hits = lexicon_hits(text)
    for (theme, strength), count in hits.items():
        out[f"{strength}:{theme}"] = 1.0
        if count > 1:
            out[f"{strength}>1:{theme}"] = 1.0
    for theme, strength in lexicon_hits(" ".join(text.split()[:7])):
        out[f"first:{strength}:{theme}"] = 1.0
    if not hits:
        out["no_hit"] = 1.0
    if not any(strength == "strong" for _, strength in hits):
        out["no_strong"] = 1.0
        for theme in before:
            out[f"before:{theme}"] = 1.0
        for theme, strength in lexicon_hits(f"{title} {above}"):
            out[f"title:{strength}:{theme}"] = 1.0
    return out
