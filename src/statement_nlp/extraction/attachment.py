"""Where something holds: the places that a span of a statement (a figure, a claim) is about.

A reader takes the most specific place that the sentence gives, else the one that the text is speaking of: the paragraph,
the sentences before it, the heading, at last the country of the whole statement.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from spacy.tokens import Doc

from statement_nlp.records import PlaceMention

JOINED = re.compile(r"\s*(?:,|and|or|as well as|, and|&|/)\s*(?:in |at |the |near |around )*", re.IGNORECASE)
CLAUSE_END = re.compile(r"[;:]|\.\s|\n| – | - |—|, (?:but|while|whereas|and)\b")


def places_for(
    doc: Doc, start_char: int, end_char: int, *, mentions: Sequence[PlaceMention] | None = None
) -> tuple[str, ...]:
    """Names of the places that a span holds for, the most specific ones, usually one.

    Args:
        doc: with `_.places` set, and sentences where the pipeline found them.
        start_char: start of the span in code points of the text.
        end_char: its end, exclusive.
        mentions: the place mentions to choose from; None for those of the doc.

    Returns:
        Names of place mentions of the statement in the order of the text; empty where the text names no place.
    """
    found = sorted(doc._.places if mentions is None else mentions, key=lambda m: m.start)
    if not found:
        return ()
    inside = _coordinated(doc.text, _in_sentence(doc, start_char, end_char, found), found)
    if inside:
        return tuple(dict.fromkeys(m.name for m in inside))
    before = _carried_over(doc, start_char, found)
    if before is not None:
        return (before.name,)
    main = main_country(doc, found)
    return (main,) if main else ()


def main_country(doc: Doc, mentions: Sequence[PlaceMention]) -> str | None:
    """Name of the country that the statement is about: the one named most, the title counting thrice."""
    counts: Counter[str] = Counter()
    for mention in mentions:
        if mention.country and (mention.place is None or mention.place.feature == "country"):
            counts[mention.name] += 1
    title = (doc._.statement.title or "") if doc._.statement is not None else ""
    for name in counts:
        counts[name] += 3 * (name in title)
    if counts:
        return max(counts, key=lambda n: (counts[n], n))
    named = Counter(m.name for m in mentions)
    return named.most_common(1)[0][0] if named else None


def sentence_of(doc: Doc, start_char: int) -> tuple[int, int]:
    """Start and end, in code points, of the sentence (or, without sentences, the line) around an offset."""
    if doc.has_annotation("SENT_START"):
        token = _token_at(doc, start_char)
        sentence = doc[token].sent
        return sentence.start_char, sentence.end_char
    text = doc.text
    start = text.rfind("\n", 0, start_char) + 1
    end = text.find("\n", start_char)
    return start, len(text) if end < 0 else end


def _token_at(doc: Doc, char: int) -> int:
    low, high = 0, len(doc) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if doc[middle].idx <= char:
            low = middle
        else:
            high = middle - 1
    return low


def _in_sentence(doc: Doc, start: int, end: int, mentions: Sequence[PlaceMention]) -> PlaceMention | None:
    """The mention of the sentence that stands nearest, clause boundaries and what stands before weighing more."""
    low, high = sentence_of(doc, start)
    high = max(high, end)
    best: tuple[float, PlaceMention] | None = None
    for mention in mentions:
        if mention.end <= low or mention.start >= high:
            continue
        between = doc.text[end : mention.start] if mention.start >= end else doc.text[mention.end : start]
        cost = len(between) + 60.0 * len(CLAUSE_END.findall(between))
        if best is None or cost < best[0]:
            best = (cost, mention)
    return best[1] if best else None


def _coordinated(text: str, chosen: PlaceMention | None, mentions: Sequence[PlaceMention]) -> list[PlaceMention]:
    """The chosen mention with those that it is joined to by commas and "and", without the ones that contain it."""
    if chosen is None:
        return []
    at = list(mentions).index(chosen)
    group = [chosen]
    joined_by_and = False
    for step in (-1, 1):
        near, here = at + step, chosen
        while 0 <= near < len(mentions):
            first, second = (mentions[near], here) if step < 0 else (here, mentions[near])
            link = text[first.end : second.start]
            if not JOINED.fullmatch(link):
                break
            joined_by_and = joined_by_and or link.strip(" ,") != ""
            group.append(mentions[near])
            here = mentions[near]
            near += step
    if not joined_by_and:
        return [chosen]
    return sorted(group, key=lambda m: m.start)


def _carried_over(doc: Doc, start: int, mentions: Sequence[PlaceMention]) -> PlaceMention | None:
    """The last mention of the same paragraph before the sentence."""
    low, _ = sentence_of(doc, start)
    paragraph = doc.text.rfind("\n", 0, start) + 1
    earlier = [m for m in mentions if paragraph <= m.start < low]
    return earlier[-1] if earlier else None
