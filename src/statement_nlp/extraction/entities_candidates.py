"""Which stretches of a text may be a place or a party.

What our recogniser found, names that the gazetteer or the register knows, runs of capitalised words, and descriptions
around an actor noun ("the de facto authorities").

A stretch is a pair of token indexes. The classifier decides which of them are mentions (`entities_classify`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from spacy.lang.en.stop_words import STOP_WORDS
from spacy.tokens import Doc

from statement_nlp.extraction.entities_parties import register
from statement_nlp.extraction.entities_resolve import gazetteer
from statement_nlp.extraction.entities_tokens import LONGEST_PHRASE, Tokens, read_tokens
from statement_nlp.extraction.entities_words import Words, words
from statement_nlp.knowledge.gazetteer import Gazetteer
from statement_nlp.knowledge.parties import is_acronym
from statement_nlp.records import Party

__all__ = ["Candidates", "Stretch", "Tokens", "Trie", "candidates", "read_tokens", "trie"]

Stretch = tuple[int, int]
LONGEST_RUN = 5
"""Most capitalised segments that connectors join to one name."""
_JOINERS = frozenset({"-", "–", "'", "’", "&", "/"})
_PARTICLES = frozenset(
    {"al", "el", "ez", "esh", "as", "ar", "ad", "an", "at", "bin", "ibn", "de", "del", "da", "di", "la", "-al", "al-"}
)
LONGEST_NAME = 10
"""Tokens of a place name."""
_POSSESSIVE = frozenset({"'s", "’s", "'", "’"})
_INSIDE_NAMES = _JOINERS | _POSSESSIVE | {"\n"}
_LOUD_SMALL = frozenset({"of", "for", "the", "and", "on", "in", "to", "with", "against", "without", "by"})
"""Small words that begin no name in a heading in capitals ("MINISTRY OF HEALTH")."""
_QUOTES = frozenset({"“", '"', "‘", "«", "”"})
_ARTICLES_INSIDE = frozenset(
    {"al", "el", "ad", "an", "ar", "as", "ash", "at", "az", "ed", "en", "er", "es", "et", "ez"}
)
"""Arabic articles, as they stand before a hyphen and the rest of a name ("al-Shifa")."""
_SMALL = frozenset(
    {"DET", "ADP", "CCONJ", "SCONJ", "PRON", "ADV", "AUX", "PART", "INTJ", "VERB", "NUM", "PUNCT", "SPACE"}
)
_COUNTRIES = frozenset({"US"})
"""Names in capitals that are small words otherwise."""
_DISTANCING = frozenset({"so-called", "called", "alleged"})
_OUTSIDE = _DISTANCING | {"the", "a", "an", "so", "-"}
"""What never begins a mention, though the recogniser may think so."""
_MODIFIERS = frozenset({"ADJ", "PROPN", "NOUN"})
_QUANTIFIERS = frozenset({"all", "both", "other", "your", "those"})


class Trie:
    """Longest register names at a token: keys of names by their first word."""

    def __init__(self, names: Iterator[tuple[str, Party]]) -> None:
        self.parties: dict[str, tuple[Party, bool]] = {}
        self.longest: dict[str, int] = {}
        key = register().key
        for name, party in names:
            folded = key(name)
            if not folded:
                continue
            self.parties.setdefault(folded, (party, is_acronym(name)))
            parts = folded.split()
            self.longest[parts[0]] = max(self.longest.get(parts[0], 0), len(parts))

    def match(self, tokens: Tokens, start: int) -> tuple[int, Party] | None:
        """(end, party) of the longest name that starts at a token; None where none does."""
        first = tokens.keys[start].split(" ", 1)[0]
        most = self.longest.get(first)
        if most is None:
            return None
        best, joined, count = None, "", 0
        for i in range(start, len(tokens)):
            word = tokens.keys[i]
            if not word:
                if tokens.lowers[i] not in _INSIDE_NAMES:
                    break
                continue
            if i > start and tokens.starts[i] and tokens.texts[i - 1] != "\n":
                break
            count += word.count(" ") + 1
            if count > most:
                break
            joined = f"{joined} {word}" if joined else word
            hit = self.parties.get(joined)
            if hit is not None:
                best = (i + 1, hit[0])
        return best


@lru_cache(maxsize=1)
def trie() -> Trie:
    """All names of the register, those of the states too."""
    return Trie(register().variants(countries=True))


@dataclass(slots=True)
class Candidates:
    """Stretches with what proposed them, and the matches that the features read."""

    found: dict[Stretch, set[str]]
    entities: list[tuple[int, int, str]]
    known_places: list[Stretch]
    known_parties: list[tuple[int, int, Party]]

    def add(self, start: int, end: int, source: str) -> None:
        """Note a stretch; empty ones are dropped."""
        if start < end:
            self.found.setdefault((start, end), set()).add(source)


def candidates(doc: Doc, tokens: Tokens) -> Candidates:
    """All stretches of a parsed doc, with `ents` from our recogniser, that may be a mention."""
    entities = [
        (start, end, e.label_)
        for e in doc.ents
        if not tokens.skipped[e.start]
        for start, end in _parted(tokens, e.start, e.end)
    ]
    out = Candidates({}, entities, [], [])
    for start, end, _ in entities:
        out.add(*_trimmed(tokens, start, end), "recogniser")
    segments = list(_segments(tokens))
    _runs(tokens, segments, out)
    _known(tokens, out)
    _beside_known(tokens, segments, out)
    _descriptions(tokens, out)
    _whole_joints(tokens, out)
    return out


def _whole_joints(tokens: Tokens, out: Candidates) -> None:
    """A description of two nations is one: in "Greek and Turkish authorities", "Turkish authorities" is no mention."""
    demonyms = register().demonyms()
    halves = [
        (start, end)
        for start, end in out.found
        if start > 1
        and end - start == 2
        and tokens.lowers[start - 1] == "and"
        and tokens.caps[start]
        and not tokens.caps[end - 1]
        and tokens.texts[start - 2] in demonyms
        and any((first, end) in out.found for first in (start - 2, start - 3))
    ]
    for half in halves:
        del out.found[half]


def _parted(tokens: Tokens, start: int, end: int) -> Iterator[Stretch]:
    """What the recogniser took for one name is two where a slash parts them ("Doctors of Hope/Médecins d'Espoir")."""
    first = start
    for i in range(start + 1, end - 1):
        if tokens.texts[i] == "/" and tokens.caps[i + 1] and (i - first > 1 or end - i > 2):
            yield first, i
            first = i + 1
    yield first, end


def _trimmed(tokens: Tokens, start: int, end: int) -> Stretch:
    while start < end and tokens.lowers[start] in _OUTSIDE:
        start += 1
    while start < end and (tokens.lowers[end - 1] in _POSSESSIVE or tokens.poses[end - 1] in ("PUNCT", "SPACE")):
        end -= 1
    return start, end


def _segments(tokens: Tokens) -> Iterator[Stretch]:
    """Runs of capitalised tokens, hyphens and particles inside them, without small words at the start of a sentence."""
    i = 0
    while i < len(tokens):
        if not tokens.caps[i] or tokens.skipped[i] or (tokens.lowers[i] in _LOUD_SMALL and tokens.texts[i].isupper()):
            i += 1
            continue
        start = i
        i += 1
        while i < len(tokens) and not tokens.starts[i]:
            if tokens.caps[i] and tokens.lowers[i] not in words().connectors:
                i += 1
            elif _inside(tokens, i):
                i += 2 if tokens.lowers[i] in _JOINERS or tokens.lowers[i] in _PARTICLES else 1
            else:
                break
        i = min(i, len(tokens))
        if i - start > 1 and _opens(tokens, start) and _is_small(tokens, start):
            start += 1
        if i - start > 1 or tokens.lowers[start] not in STOP_WORDS or tokens.texts[start] in _COUNTRIES:
            yield start, i


def _opens(tokens: Tokens, i: int) -> bool:
    """Whether a token begins a sentence, or a quotation."""
    return tokens.starts[i] or tokens.texts[i - 1] in _QUOTES


def _is_small(tokens: Tokens, i: int) -> bool:
    """Whether a capitalised word at the start of a sentence is no part of a name behind it ("Near Rawah")."""
    lower = tokens.lowers[i]
    small = lower in STOP_WORDS or lower in words().place_prepositions or tokens.poses[i] in _SMALL
    return small and tokens.texts[i] not in _COUNTRIES


def _inside(tokens: Tokens, i: int) -> bool:
    """Whether a joiner or particle stands between two parts of one name ("Um al-Mayathen")."""
    if i + 1 >= len(tokens):
        return False
    after = tokens.caps[i + 1] or tokens.lowers[i + 1] in _PARTICLES
    if tokens.lowers[i] in _JOINERS:
        return after and not tokens.spaces[i]
    return tokens.lowers[i] in _PARTICLES and (after or tokens.lowers[i + 1] == "-")


def _runs(tokens: Tokens, segments: Sequence[Stretch], out: Candidates) -> None:
    """Capitalised segments, their parts, and segments joined by small words or a possessive."""
    for n, (start, end) in enumerate(segments):
        out.add(start, end, "capitals")
        _pieces(tokens, start, end, out)
        at = end
        for after in segments[n + 1 : n + LONGEST_RUN]:
            between = tokens.lowers[at : after[0]]
            if not between or len(between) > 3 or not all(w in words().connectors or w in _POSSESSIVE for w in between):
                break
            out.add(start, after[1], "capitals")
            at = after[1]


def _pieces(tokens: Tokens, start: int, end: int, out: Candidates) -> None:
    """Parts of a run: behind a title, before a possessive, on either side of a hyphen or acronym; what widens it."""
    lowers, titles = tokens.lowers, words().titles
    for i in range(start, end - 1):
        if lowers[i] in _JOINERS or lowers[i].rstrip(".") in titles or lowers[i] in words().calendar:
            out.add(start, i, "capitals")
            out.add(i + 1, end, "capitals")
    if end - start == 2:
        out.add(start, start + 1, "part")
    elif end - start > 2 and is_acronym(tokens.texts[start]):
        out.add(start, start + 1, "part")
        out.add(start + 1, end, "part")
    if start > 1 and tokens.texts[start - 1] == "-" and lowers[start - 2] in _ARTICLES_INSIDE:
        start -= 2
        out.add(start, end, "capitals")
    if end < len(tokens) and not tokens.starts[end] and lowers[end] in words().place_nouns:
        out.add(start, end + 1, "capitals")


def _beside_known(tokens: Tokens, segments: Sequence[Stretch], out: Candidates) -> None:
    """What is left of a capitalised segment behind a known name in it ("Haiti Ana Brun"), and behind a title."""
    ends = {end: start for start, end in [*out.known_places, *((a, b) for a, b, _ in out.known_parties)]}
    for start, end in segments:
        for at in range(start + 1, end - 1):
            if at in ends:
                out.add(at, end, "beside")
    titles = words().titles
    for start, end in list(out.found):
        at = start
        while at < end - 1 and tokens.lowers[at].rstrip(".") in titles:
            at += 1
        if at > start:
            out.add(at, end, "untitled")


def _known(tokens: Tokens, out: Candidates) -> None:
    names, index, lexicon = trie(), gazetteer(), words()
    for i in range(len(tokens)):
        if tokens.skipped[i] or not tokens.keys[i]:
            continue
        hit = names.match(tokens, i)
        if hit is not None:
            out.known_parties.append((i, hit[0], hit[1]))
            out.add(*_trimmed(tokens, i, hit[0]), "register")
            many = hit[1].kind in ("collective", "armed_group")
            if many and i and tokens.lowers[i - 1] in ("all", "both") and not tokens.starts[i]:
                out.known_parties.append((i - 1, hit[0], hit[1]))
                out.add(i - 1, hit[0], "register")
        if end := _joint(tokens, i, names):
            out.known_parties.append((i, end, Party(tokens.text(i, end), "state")))
            out.add(i, end, "register")
        if not tokens.caps[i]:
            continue
        end = _end_of_place(tokens, i, index)
        if end > i and tokens.lowers[i] not in lexicon.connectors:
            start, end = _trimmed(tokens, i, end)
            out.known_places.append((start, end))
            out.add(start, end, "gazetteer")
            if end - start > 1 and tokens.lowers[end - 1] in lexicon.place_nouns:
                out.add(start, end - 1, "gazetteer")
            if end < len(tokens) and tokens.lowers[end] in lexicon.place_nouns:
                out.add(start, end + 1, "gazetteer")


def _joint(tokens: Tokens, start: int, names: Trie) -> int:
    """Where a joint description of states that begins at a plural ends ("Governments of Chad and Niger"); else 0."""
    lower = tokens.lowers[start]
    if words().actor_nouns.get(lower) not in ("government", "office") or not lower.endswith("s"):
        return 0
    at, states, end = start + 2, 0, 0
    if start + 3 >= len(tokens) or tokens.lowers[start + 1] != "of":
        return 0
    while at < len(tokens):
        if tokens.lowers[at] in ("the", "and", ","):
            at += 1
            continue
        hit = names.match(tokens, at)
        if hit is None or hit[1].kind != "state":
            break
        states, end, at = states + 1, hit[0], hit[0]
    return end if states > 1 else 0


def _end_of_place(tokens: Tokens, start: int, index: Gazetteer) -> int:
    """Where the longest known place name ends that begins at a token; a line break may stand inside it."""
    end = start + LONGEST_NAME
    if "\n" not in tokens.texts[start:end]:
        return start + index.longest(tokens.texts[start:end], 0)
    at = [i for i in range(start, min(end, len(tokens))) if tokens.texts[i] != "\n"]
    length = index.longest([tokens.texts[i] for i in at], 0)
    return at[length - 1] + 1 if length else start


def _descriptions(tokens: Tokens, out: Candidates) -> None:
    lexicon = words()
    known = {end for _, end in out.known_places}
    for i, lower in enumerate(tokens.lowers):
        if lower not in lexicon.actor_nouns or tokens.poses[i] not in ("NOUN", "PROPN", "ADJ") or tokens.skipped[i]:
            continue
        lefts = _left_edges(tokens, i, lexicon)
        for start in lefts:
            out.add(start, i + 1, "description")
        wide = {i, min(lefts), _first_capital(tokens, i)}
        for end in {*_right_edges(tokens, i, known), *_joined(tokens, i, lexicon)}:
            for start in wide:
                out.add(start, end, "description")


def _first_capital(tokens: Tokens, head: int) -> int:
    """The first of the capitalised tokens that end in a noun ("Chief Minister")."""
    while head and tokens.caps[head] and tokens.caps[head - 1] and not tokens.starts[head]:
        head -= 1
    return head


def _joined(tokens: Tokens, head: int, lexicon: Words) -> Iterator[int]:
    """Where a pair of actor nouns ends that begins at one ("leaders and institutions")."""
    at = head + 2
    if at >= len(tokens) or tokens.lowers[head + 1] not in ("and", "or") or tokens.starts[at]:
        return
    while at + 1 < len(tokens) and at - head < 5 and tokens.poses[at] in ("ADJ", "NOUN", "PROPN"):
        if tokens.lowers[at] in lexicon.actor_nouns and tokens.poses[at + 1] not in ("NOUN", "PROPN"):
            yield at + 1
            return
        at += 1


def _left_edges(tokens: Tokens, head: int, lexicon: Words) -> set[int]:
    """Where a description may begin: at its noun, at each adjective or noun before it, at a quantifier, a possessor."""
    edges = {head}
    i = head - 1
    while i >= 0 and not tokens.starts[i + 1] and head - i < 8:
        lower, pos = tokens.lowers[i], tokens.poses[i]
        if lower in _DISTANCING:
            break
        if pos in ("ADJ", "NOUN", "PROPN") or tokens.tags[i] in ("VBN", "VBG", "FW", "AFX") or lower in ("de", "facto"):
            edges.add(i)
        elif lower in _QUANTIFIERS:
            edges.add(i)
            break
        elif lower in _POSSESSIVE and i > 0 and tokens.caps[i - 1]:
            edges.add(i - 1)
        elif lower.endswith("ly") and tokens.tags[i + 1] in ("VBN", "JJ"):
            edges.add(i)
        elif lower != "-" and not _links_modifiers(tokens, i):
            break
        i -= 1
    if len(edges) > 4:
        ordered = sorted(edges)
        edges = {ordered[0], ordered[1], ordered[-2], ordered[-1]}
    return edges


def _links_modifiers(tokens: Tokens, i: int) -> bool:
    """Whether a token joins two modifiers of one noun ("central and state")."""
    joins = i > 0 and tokens.lowers[i] in ("and", "or")
    return joins and tokens.poses[i - 1] in _MODIFIERS and tokens.poses[i + 1] in _MODIFIERS


def _right_edges(tokens: Tokens, head: int, known: Collection[int]) -> Iterator[int]:
    """Where a description may end behind its noun: after each "of ...", "to the conflict", "in ...", "that ..."."""
    for child in range(head + 1, min(head + 4, len(tokens))):
        if tokens.heads[child] != head or tokens.starts[child]:
            continue
        if tokens.deps[child] in ("prep", "relcl", "acl") or tokens.lowers[child] in ("of", "to", "in"):
            edge = tokens.last_below[child]
            if edge - head <= LONGEST_PHRASE:
                yield edge + 1
            of = child + 1
            while (
                of < len(tokens) and of - head <= LONGEST_PHRASE and tokens.poses[of] in ("DET", "ADJ", "PROPN", "NOUN")
            ):
                of += 1
                if of in known:
                    yield of
            if of > child + 1 and of != edge + 1:
                yield of
