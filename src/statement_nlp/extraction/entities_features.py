"""What the classifier of candidates looks at.

Named features of a stretch, its neighbours, its place in the parse, what the gazetteer, the register and our recogniser
know of it, and how the rest of the statement uses the same words.

A feature is a string "name=value"; a stretch has each at most once.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

from spacy.tokens import Doc

from statement_nlp.extraction.entities_candidates import Candidates, Stretch, Tokens
from statement_nlp.extraction.entities_parties import register
from statement_nlp.extraction.entities_resolve import gazetteer
from statement_nlp.extraction.entities_words import words

_ENDS = frozenset({".", ";", ":", "!", "?", "\n"})


@dataclass(slots=True)
class Surroundings:
    """What is looked up once a doc for all its stretches."""

    entity_at: list[tuple[int, int, str] | None]
    place_at: list[tuple[int, int, str] | None]
    party_at: list[tuple[int, int, str] | None]
    exact_party: dict[Stretch, str]
    labels: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    lower_words: set[str] = field(default_factory=set)
    repeated: Counter[str] = field(default_factory=Counter)
    zones: list[str] = field(default_factory=list)
    capitals: list[bool] = field(default_factory=list)
    located: Counter[str] = field(default_factory=Counter)


def surroundings(doc: Doc, tokens: Tokens, found: Candidates) -> Surroundings:
    """Read what the stretches of a doc share."""
    size = len(tokens)
    out = Surroundings([None] * size, [None] * size, [None] * size, {})
    for start, end, label in found.entities:
        out.labels[tokens.text(start, end).lower()][label] += 1
        for i in range(start, end):
            out.entity_at[i] = (start, end, label)
    for start, end in sorted(found.known_places, key=lambda s: s[1] - s[0]):
        for i in range(start, end):
            out.place_at[i] = (start, end, "name")
    for start, end, party in sorted(found.known_parties, key=lambda s: s[1] - s[0]):
        out.exact_party[start, end] = party.kind
        for i in range(start, end):
            out.party_at[i] = (start, end, party.kind)
    out.lower_words = {t for t in tokens.texts if t.islower()}
    out.zones, out.capitals = _zones(doc, tokens)
    for start, end in found.found:
        text = tokens.text(start, end)
        out.repeated[text] += 1
        if start and tokens.lowers[start - 1] in ("in", "into", "across", "throughout", "inside"):
            out.located[text] += 1
    return out


def _zones(doc: Doc, tokens: Tokens) -> tuple[list[str], list[bool]]:
    """Zone kind of each token, and whether its line is in capitals."""
    kinds, capitals = ["body"] * len(tokens), [False] * len(tokens)
    blocks = list(doc._.blocks)
    at, loud = 0, False
    for i, token in enumerate(doc):
        while at < len(blocks) and blocks[at].end <= token.idx:
            at += 1
            loud = at < len(blocks) and doc.text[blocks[at].start : blocks[at].end].isupper()
        if at < len(blocks) and blocks[at].start <= token.idx:
            kinds[i], capitals[i] = blocks[at].kind, loud
    return kinds, capitals


@lru_cache(maxsize=50_000)
def _gazetteer_says(name: str) -> str:
    found = gazetteer().candidates(name)
    if not found:
        return "none"
    best = found[0]
    size = int(math.log10((best.population or 0) + 1))
    own = "own:" if best.id.startswith(("extra:", "user:")) else ""
    return f"{own}{best.feature}:{size}" if best.feature == "city" else f"{own}{best.feature}"


@lru_cache(maxsize=50_000)
def _register_says(name: str) -> str:
    party = register().lookup(name)
    return party.kind if party else "none"


@lru_cache(maxsize=1)
def _names() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    known = register()
    return frozenset(known.demonyms()), frozenset(known.country_names()), frozenset(known.capitals())


def _shape(text: str) -> str:
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return "none"
    if all(c.isupper() for c in letters):
        return "acronym" if " " not in text and len(text) < 9 else "capitals"
    parts = text.split()
    if parts[0][0].isupper():
        return "title" if all(p[0].isupper() or not p[0].isalpha() for p in parts) else "mixed"
    return "lower" if text.islower() else "lowermixed"


def _class_of(word: str, text: str) -> str:
    """The sort of a neighbouring word; itself where it is of no sort."""
    lexicon = words()
    if text in _names()[0]:
        return "demonym"
    for name, members in (
        ("placeprep", lexicon.place_prepositions),
        ("title", lexicon.titles),
        ("placenoun", lexicon.place_nouns),
        ("actornoun", lexicon.actor_nouns),
        ("othernoun", lexicon.other_nouns),
        ("direction", lexicon.directions),
    ):
        if word in members:
            return name
    return "cap" if text[:1].isupper() else "num" if text[:1].isdigit() else "other" if word.isalpha() else word[:3]


def _root(tokens: Tokens, start: int, end: int) -> int:
    """The token of a stretch that hangs outside of it; the last such in the tokens' order."""
    for i in range(end - 1, start - 1, -1):
        head = tokens.heads[i]
        if not start <= head < end or head == i:
            return i
    return end - 1


def features(tokens: Tokens, around: Surroundings, found: Candidates, stretch: Stretch) -> list[str]:
    """The features of one stretch."""
    start, end = stretch
    text = tokens.text(start, end)
    names = _knowledge(tokens, around, stretch, text)
    out = [
        *names,
        *(f"source={s}" for s in found.found[stretch]),
        *_form(tokens, around, stretch, text),
        *_neighbours(tokens, stretch),
    ]
    out += _syntax(tokens, stretch, names)
    out += _document(tokens, around, text, stretch)
    return out


def _relation(stretch: Stretch, at: list[tuple[int, int, str] | None]) -> str:
    """How a stretch lies to what is marked: exact, inside, contains, crosses, none; with its label."""
    start, end = stretch
    first, last = at[start], at[end - 1]
    other = first or last
    if other is None:
        inner = next((x for x in at[start:end] if x), None)
        return f"contains:{inner[2]}" if inner else "none"
    if (other[0], other[1]) == stretch:
        return f"exact:{other[2]}"
    if other[0] <= start and end <= other[1]:
        return f"inside:{other[2]}"
    if start <= other[0] and other[1] <= end:
        return f"contains:{other[2]}"
    return f"crosses:{other[2]}"


def _knowledge(tokens: Tokens, around: Surroundings, stretch: Stretch, text: str) -> list[str]:
    start, end = stretch
    entity = _relation(stretch, around.entity_at)
    place = _relation(stretch, around.place_at)
    known = around.exact_party.get(stretch) or (_register_says(text) if end - start > 1 else "none")
    longer = around.party_at[start]
    inside = longer is not None and longer[0] <= start and end <= longer[1] and longer[1] - longer[0] > end - start
    party = _relation(stretch, around.party_at) if known == "none" else f"{'part' if inside else 'exact'}:{known}"
    says = _gazetteer_says(text) if tokens.caps[start] else "none"
    state = text in _names()[1]
    seat = text in _names()[2]
    sort = "state" if state else "seat" if seat else says
    return [
        f"entity={entity}", f"place={place}", f"party={party}", f"gazetteer={sort}",
        f"entity+gazetteer={entity}|{sort}", f"entity+party={entity}|{party}", f"party+place={party}|{place}",
        f"party+size={party}|{min(end - start, 3)}|{_shape(text)}",
    ]  # fmt: skip


def _form(tokens: Tokens, around: Surroundings, stretch: Stretch, text: str) -> list[str]:
    start, end = stretch
    lexicon = words()
    first, last = tokens.lowers[start], tokens.lowers[end - 1]
    noun = next((lexicon.actor_nouns[w] for w in tokens.lowers[start:end] if w in lexicon.actor_nouns), "none")
    head = lexicon.actor_nouns.get(
        last, "placenoun" if last in lexicon.place_nouns else "othernoun" if last in lexicon.other_nouns else "none"
    )
    shape = _shape(text)
    size = min(end - start, 6)
    demonym = tokens.texts[start] in _names()[0]
    loud = around.capitals[start]
    return [
        f"shape={shape}", f"size={size}", f"first={first}", f"last={last}", f"noun={noun}", f"head={head}",
        f"shape+head={shape}|{head}", f"shape+size={shape}|{size}", f"first+head={first}|{head}",
        f"demonym={demonym}", f"demonym+head={demonym}|{head}|{size}", f"loud={loud}", f"zone={around.zones[start]}",
        f"lastpos={tokens.tags[end - 1]}", f"firstpos={tokens.tags[start]}", f"connector={any(w in lexicon.connectors for w in tokens.lowers[start:end])}",
        f"lower={first in around.lower_words and shape == 'title' and size == 1}", f"starts={tokens.starts[start]}",
        f"othernoun={any(w in lexicon.other_nouns for w in tokens.lowers[start:end])}", f"suffix={last[-3:]}",
    ]  # fmt: skip


def _neighbours(tokens: Tokens, stretch: Stretch) -> list[str]:
    start, end = stretch
    before = tokens.lowers[start - 1] if start and not tokens.starts[start] else "^"
    before2 = tokens.lowers[start - 2] if start > 1 and before != "^" and not tokens.starts[start - 1] else "^"
    after = tokens.lowers[end] if end < len(tokens) and not tokens.starts[end] else "$"
    after2 = tokens.lowers[end + 1] if end + 1 < len(tokens) and after != "$" and not tokens.starts[end + 1] else "$"
    left = _class_of(before, tokens.texts[start - 1]) if before != "^" else "^"
    right = _class_of(after, tokens.texts[end]) if after != "$" else "$"
    right2 = _class_of(after2, tokens.texts[end + 1]) if after2 != "$" else "$"
    glued = (
        bool(start and not tokens.spaces[start - 1] and before in ("-", "’", "'")),
        after == "-" and not tokens.spaces[end - 1],
    )
    upper = tokens.caps[start]
    return [
        f"before={before}", f"before2={before2} {before}", f"after={after}", f"after2={after} {after2}", f"left={left}", f"right={right}",
        f"left+right={left}|{right}", f"right2={right}|{right2}", f"glued={glued}", f"left+upper={left}|{upper}",
        f"beforepos={tokens.tags[start - 1] if start else '^'}", f"afterpos={tokens.tags[end] if end < len(tokens) else '$'}",
        f"before+after={before}|{after}",
    ]  # fmt: skip


def _syntax(tokens: Tokens, stretch: Stretch, names: list[str]) -> list[str]:
    start, end = stretch
    root = _root(tokens, start, end)
    dep, head = tokens.deps[root], tokens.heads[root]
    governor = tokens.lowers[head]
    above = tokens.lowers[tokens.heads[head]] if dep == "pobj" else governor
    acts = above in words().party_verbs or governor in words().party_verbs
    known = names[3]
    return [
        f"dep={dep}", f"governor={governor}", f"dep+governor={dep}|{governor}", f"dep+known={dep}|{known}", f"acts={acts}|{dep}",
        f"above={above}|{governor if dep == 'pobj' else dep}", f"known+governor={known}|{dep}|{governor if dep == 'pobj' else acts}",
        f"rootlast={root == end - 1}", f"headpos={tokens.poses[head]}|{dep}",
    ]  # fmt: skip


def _document(tokens: Tokens, around: Surroundings, text: str, stretch: Stretch) -> list[str]:
    start, end = stretch
    labels = around.labels.get(text.lower())
    most = "none"
    if labels:
        label, times = labels.most_common(1)[0]
        most = f"{label}|{times > 1}|{times == sum(labels.values())}"
    bracketed = start and tokens.texts[start - 1] == "(" and end < len(tokens) and tokens.texts[end] == ")"
    explains = (
        end + 2 < len(tokens)
        and tokens.texts[end] == "("
        and tokens.texts[end + 1].isupper()
        and tokens.texts[end + 2] == ")"
    )
    times = min(around.repeated[text], 3)
    located = around.located[text]
    return [
        f"labels={most}", f"times={times}", f"bracketed={bool(bracketed)}|{_shape(text)}", f"explains={explains}",
        f"located={min(located, 2)}|{located == around.repeated[text]}",
    ]  # fmt: skip
