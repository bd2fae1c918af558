"""What the classifier of candidates looks at.

Named features of a stretch, its neighbours, its place in the parse, what the gazetteer, the register and our recogniser
know of it, and how the rest of the statement uses the same words. A feature is a string "name=value"; a stretch has
each at most once.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

from spacy.tokens import Doc

from statement_nlp.extraction.entities_candidates import Candidates, Stretch, Tokens
from statement_nlp.extraction.entities_naming import acronyms, core_of, fits, surnames
from statement_nlp.extraction.entities_ner import KIND_LABELS
from statement_nlp.extraction.entities_parties import register
from statement_nlp.extraction.entities_resolve import countries_in, gazetteer
from statement_nlp.extraction.entities_words import words
from statement_nlp.remembering import remembered

Marked = tuple[int, int, str]
HOME_SHARE = 0.25
"""Least share of a statement's demonyms and names of countries that makes a country one that it is about."""
_CACHE = 50_000
_IN = frozenset({"in", "into", "across", "throughout", "inside"})


@dataclass(slots=True)
class Surroundings:
    """What is looked up once a doc for all its stretches. Lists have an item a token."""

    entity_at: list[Marked | None]
    place_at: list[Marked | None]
    party_at: list[Marked | None]
    exact_party: dict[Stretch, str]
    texts: dict[Stretch, str]
    labels: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    lower_words: set[str] = field(default_factory=set)
    repeated: Counter[str] = field(default_factory=Counter)
    located: Counter[str] = field(default_factory=Counter)
    zones: list[str] = field(default_factory=list)
    capitals: list[bool] = field(default_factory=list)
    sorts: list[str] = field(default_factory=list)
    expansions: dict[str, str] = field(default_factory=dict)
    acronym_behind: dict[int, str] = field(default_factory=dict)
    surnames: frozenset[str] = frozenset()
    homes: frozenset[str] = frozenset()


def surroundings(doc: Doc, tokens: Tokens, found: Candidates) -> Surroundings:
    """Read what the stretches of a doc share."""
    size = len(tokens)
    texts = {stretch: tokens.text(*stretch) for stretch in found.found}
    out = Surroundings([None] * size, [None] * size, [None] * size, {}, texts)
    for start, end, label in found.entities:
        out.labels[tokens.text(start, end).lower()][label] += 1
        out.entity_at[start:end] = [(start, end, label)] * (end - start)
    for start, end in sorted(found.known_places, key=lambda s: s[1] - s[0]):
        out.place_at[start:end] = [(start, end, "name")] * (end - start)
    for start, end, party in sorted(found.known_parties, key=lambda s: s[1] - s[0]):
        out.exact_party[start, end] = party.kind
        out.party_at[start:end] = [(start, end, party.kind)] * (end - start)
    _trust_register(tokens, found, out)
    out.lower_words = {t for t in tokens.texts if t.islower()}
    out.zones, out.capitals = _zones(doc, tokens)
    out.sorts = [_sort_of(lower, text) for lower, text in zip(tokens.lowers, tokens.texts, strict=True)]
    for (start, _), text in texts.items():
        out.repeated[text] += 1
        if start and tokens.lowers[start - 1] in _IN:
            out.located[text] += 1
    out.homes = _homes(doc, tokens, found)
    out.acronym_behind = acronyms(tokens)
    out.expansions = _expansions(tokens, out)
    out.surnames = surnames(tokens, found)
    return out


def _trust_register(tokens: Tokens, found: Candidates, around: Surroundings) -> None:
    """Count names of several capitalised words as recognised where only the register knows them."""
    for start, end, party in found.known_parties:
        if end - start < 2 or party.kind not in _PROPER or not (tokens.caps[start] and tokens.caps[end - 1]):
            continue
        seen = around.entity_at[start]
        longer = seen is not None and seen[0] <= start and end <= seen[1]
        if not longer or party.kind == "person":
            around.entity_at[start:end] = [(start, end, KIND_LABELS[party.kind])] * (end - start)


_PROPER = frozenset({"armed_group", "intergovernmental", "ngo", "other", "person"})


def _expansions(tokens: Tokens, around: Surroundings) -> dict[str, str]:
    """Acronym -> the sort of what it is explained to stand for: a register's kind, or the sort of its last words."""
    out: dict[str, str] = {}
    for i, acronym in around.acronym_behind.items():
        if acronym in out or not i:
            continue
        party = around.party_at[i - 1]
        start = max(0, i - len(acronym) - 1)
        while start < i - 1 and not (tokens.caps[start] and tokens.lowers[start][0] == acronym[0].lower()):
            start += 1
        named = core_of(tokens, around.sorts, start, i)
        out[acronym] = (
            f"known:{party[2]}" if party and party[1] == i else f"{named}|{around.entity_at[i - 1] is not None}"
        )
    return out


def _homes(doc: Doc, tokens: Tokens, found: Candidates) -> frozenset[str]:
    """ISO codes of the countries that the statement is about, by the demonyms and names of countries in it."""
    weights = defaultdict(float, countries_in(tokens.texts, (), doc._.statement.title if doc._.statement else None))
    names = register().country_names()
    for start, end in found.known_places:
        code = names.get(tokens.text(start, end))
        if code:
            weights[code] += 1.0
    total = sum(weights.values())
    return frozenset(c for c, w in weights.items() if w >= HOME_SHARE * total)


def _zones(doc: Doc, tokens: Tokens) -> tuple[list[str], list[bool]]:
    """Zone kind of each token, and whether its line is in capitals."""
    kinds, capitals = ["body"] * len(tokens), [False] * len(tokens)
    blocks, text = list(doc._.blocks), tokens.whole
    at, loud = -1, False
    for i, offset in enumerate(tokens.offsets):
        while at + 1 < len(blocks) and blocks[at + 1].start <= offset:
            at += 1
            loud = text[blocks[at].start : blocks[at].end].isupper()
        if at >= 0 and offset < blocks[at].end:
            kinds[i], capitals[i] = blocks[at].kind, loud
    return kinds, capitals


@remembered(_CACHE)
def _gazetteer_says(name: str) -> tuple[str, tuple[str | None, ...]]:
    """(what a name's best entry is, countries of its foremost entries)."""
    found = gazetteer().candidates(name)[:6]
    if not found:
        return "none", ()
    best = found[0]
    own = "own:" if best.id.startswith(("extra:", "user:")) else ""
    size = f":{int(math.log10((best.population or 0) + 1))}" if best.feature == "city" else ""
    return f"{own}{best.feature}{size}", tuple(p.country for p in found)


@remembered(_CACHE)
def _register_says(name: str) -> str:
    party = register().lookup(name)
    return party.kind if party else "none"


@lru_cache(maxsize=1)
def _names() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    known = register()
    return frozenset(known.demonyms()), frozenset(known.country_names()), frozenset(known.capitals())


@remembered(_CACHE)
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


@remembered(_CACHE)
def _sort_of(word: str, text: str) -> str:
    """The sort of a word as a neighbour; a mark is itself."""
    lexicon = words()
    if text in _names()[0]:
        return "demonym"
    sorts = (
        ("placeprep", lexicon.place_prepositions), ("title", lexicon.titles), ("placenoun", lexicon.place_nouns),
        ("actornoun", lexicon.actor_nouns), ("othernoun", lexicon.other_nouns), ("direction", lexicon.directions),
    )  # fmt: skip
    word = word.rstrip(".") or word
    for name, members in sorts:
        if word in members:
            return name
    return "cap" if text[:1].isupper() else "num" if text[:1].isdigit() else "other" if word.isalpha() else word[:3]


def features(tokens: Tokens, around: Surroundings, found: Candidates, stretch: Stretch) -> list[str]:
    """The features of one stretch."""
    known, out = _knowledge(tokens, around, stretch)
    out += [f"source={s}" for s in found.found[stretch]]
    out += _form(tokens, around, stretch)
    out += _neighbours(tokens, around, stretch)
    out += _syntax(tokens, around, stretch, known)
    out += _mates(tokens, around, stretch, known)
    out += _document(tokens, around, stretch)
    return out


def _relation(stretch: Stretch, at: list[Marked | None]) -> str:
    """How a stretch lies to what is marked: exact, inside, contains, crosses, none; with its label."""
    start, end = stretch
    other = at[start] or at[end - 1]
    if other is None:
        inner = next((x for x in at[start:end] if x), None) if end - start > 2 else None
        return f"contains:{inner[2]}" if inner else "none"
    if other[0] == start and other[1] == end:
        return f"exact:{other[2]}"
    if other[0] <= start and end <= other[1]:
        return f"inside:{other[2]}"
    if start <= other[0] and other[1] <= end:
        return f"contains:{other[2]}"
    return f"crosses:{other[2]}"


def _knowledge(tokens: Tokens, around: Surroundings, stretch: Stretch) -> tuple[str, list[str]]:
    """(what the gazetteer and the lists of states say, features)."""
    start, end = stretch
    text = around.texts[stretch]
    entity, place = _relation(stretch, around.entity_at), _relation(stretch, around.place_at)
    party = _party(around, stretch, text)
    says, countries = _gazetteer_says(text) if tokens.caps[start] else ("none", ())
    _, states, seats = _names()
    sort = "state" if text in states else "seat" if text in seats else says
    home = "none"
    if countries and sort != "state":
        home = "first" if countries[0] in around.homes else "some" if around.homes.intersection(countries) else "no"
    feature = says.partition(":")[0]
    return sort, [
        f"entity={entity}", f"place={place}", f"party={party}", f"gazetteer={sort}",
        f"entity+gazetteer={entity}|{sort}", f"entity+party={entity}|{party}", f"party+place={party}|{place}",
        f"party+size={party}|{min(end - start, 3)}|{_shape(text)}", f"home={home}|{feature}",
        f"home+entity={home}|{entity}", f"home+place={home}|{place}|{tokens.starts[start]}",
    ]  # fmt: skip


def _party(around: Surroundings, stretch: Stretch, text: str) -> str:
    start, end = stretch
    known = around.exact_party.get(stretch) or (_register_says(text) if end - start > 1 else "none")
    if known == "none":
        return _relation(stretch, around.party_at)
    longer = around.party_at[start]
    inside = longer is not None and longer[0] <= start and end <= longer[1] and longer[1] - longer[0] > end - start
    return f"{'part' if inside else 'exact'}:{known}"


def _form(tokens: Tokens, around: Surroundings, stretch: Stretch) -> list[str]:
    start, end = stretch
    lexicon = words()
    text, inner = around.texts[stretch], tokens.lowers[start:end]
    first, last = inner[0], inner[-1]
    sorts = around.sorts[start:end]
    noun = next((lexicon.actor_nouns[w] for w in inner if w in lexicon.actor_nouns), "none")
    head = lexicon.actor_nouns.get(last) or (sorts[-1] if sorts[-1] in ("placenoun", "othernoun") else "none")
    shape, size = _shape(text), min(end - start, 6)
    demonym = sorts[0] == "demonym"
    core = core_of(tokens, around.sorts, start, end) if end - start > 1 else head
    return [
        f"shape={shape}", f"size={size}", f"first={first}", f"last={last}", f"noun={noun}", f"head={head}",
        f"shape+head={shape}|{head}", f"shape+size={shape}|{size}", f"first+head={first}|{head}",
        f"demonym+head={demonym}|{head}|{size}", f"loud={around.capitals[start]}", f"zone={around.zones[start]}",
        f"lastpos={tokens.tags[end - 1]}", f"firstpos={tokens.tags[start]}", f"suffix={last[-3:]}",
        f"connector={any(w in lexicon.connectors for w in inner)}", f"core={core}|{shape}",
        f"starts={tokens.starts[start]}",
        f"lower={size == 1 and shape == 'title' and first in around.lower_words}", f"othernoun={'othernoun' in sorts}",
    ]  # fmt: skip


def _neighbours(tokens: Tokens, around: Surroundings, stretch: Stretch) -> list[str]:
    start, end = stretch
    size, lowers, starts, sorts = len(tokens), tokens.lowers, tokens.starts, around.sorts
    before, left, before2 = "^", "^", "^"
    if start and not starts[start]:
        before, left = lowers[start - 1], sorts[start - 1]
        before2 = lowers[start - 2] if start > 1 and not starts[start - 1] else "^"
    after, right, after2, right2 = "$", "$", "$", "$"
    if end < size and not starts[end]:
        after, right = lowers[end], sorts[end]
        if end + 1 < size and not starts[end + 1]:
            after2, right2 = lowers[end + 1], sorts[end + 1]
    glued = f"{before in _GLUE and not tokens.spaces[start - 1]}|{after == '-' and not tokens.spaces[end - 1]}"
    return [
        f"before={before}", f"before2={before2} {before}", f"after={after}", f"after2={after} {after2}",
        f"left={left}", f"right={right}", f"left+right={left}|{right}", f"right2={right}|{right2}", f"glued={glued}",
        f"left+upper={left}|{tokens.caps[start]}", f"before+after={before}|{after}",
        f"beforepos={tokens.tags[start - 1] if start else '^'}", f"afterpos={tokens.tags[end] if end < size else '$'}",
    ]  # fmt: skip


_GLUE = frozenset({"-", "’", "'"})


def _root(tokens: Tokens, start: int, end: int) -> int:
    """The token of a stretch that hangs outside of it; the last such in the tokens' order."""
    for i in range(end - 1, start - 1, -1):
        head = tokens.heads[i]
        if not start <= head < end or head == i:
            return i
    return end - 1


_LINKS = frozenset({"and", "or", ",", "/", "-", "–", "&", "nor"})
_LINKS_THE = _LINKS | {"the"}


def _mates(tokens: Tokens, around: Surroundings, stretch: Stretch, known: str) -> list[str]:
    """What stands on the other side of "and" or a comma: members of a list are mostly of one sort."""
    start, end = stretch
    before = after = "none"
    if start > 1 and tokens.lowers[start - 1] in _LINKS_THE:
        at = start - 2
        while at > 0 and tokens.lowers[at] in _LINKS:
            at -= 1
        if tokens.lowers[start - 1] in _LINKS or at < start - 2:
            before = _mate(around, at)
    if end + 1 < len(tokens) and tokens.lowers[end] in _LINKS:
        at = end + 1
        while at + 1 < len(tokens) and (tokens.lowers[at] in _LINKS or tokens.lowers[at] == "the"):
            at += 1
        after = _mate(around, at)
    sort = known if known in ("state", "seat", "none") else "place"
    return [f"mates={before}|{after}", f"mate={before}|{sort}", f"next={after}|{sort}"]


def _mate(around: Surroundings, at: int) -> str:
    entity, place, party = around.entity_at[at], around.place_at[at], around.party_at[at]
    if entity is not None:
        return entity[2]
    return f"party:{party[2]}" if party is not None else "place" if place is not None else "other"


def _syntax(tokens: Tokens, around: Surroundings, stretch: Stretch, known: str) -> list[str]:
    start, end = stretch
    sorts = around.sorts[end - 1]
    register = around.exact_party.get(stretch, "none")
    of = end - start > 2 and tokens.lowers[start + 1] == "of"
    root = _root(tokens, start, end)
    dep, head = tokens.deps[root], tokens.heads[root]
    governor = tokens.lowers[head]
    above = tokens.lowers[tokens.heads[head]] if dep == "pobj" else governor
    verbs = words().party_verbs
    acts = above in verbs or governor in verbs
    place = governor if dep == "pobj" else dep
    return [
        f"dep={dep}", f"governor={governor}", f"dep+governor={dep}|{governor}", f"dep+known={dep}|{known}",
        f"acts={acts}|{dep}", f"above={above}|{place}", f"known+governor={known}|{place}|{acts}",
        f"party+dep={register}|{dep}|{root == end - 1}", f"sort+dep={sorts}|{dep}|{tokens.poses[head]}",
        f"opens={around.sorts[start]}|{of}|{end - 1 == tokens.last_below[root]}|{tokens.caps[end - 1]}",
        f"whole={end - 1 == tokens.last_below[root]}|{dep}",
        f"rootlast={root == end - 1}", f"headpos={tokens.poses[head]}|{dep}",
    ]  # fmt: skip


def _document(tokens: Tokens, around: Surroundings, stretch: Stretch) -> list[str]:
    start, end = stretch
    texts, text = tokens.texts, around.texts[stretch]
    times, located = around.repeated[text], around.located[text]
    closed = end < len(texts) and texts[end] in (")", ",", ";")
    out = [f"times={min(times, 3)}", f"located={min(located, 2)}|{located == times}"]
    expansion = around.expansions.get(text)
    if expansion:
        out.append(f"expansion={expansion}")
    if start and texts[start - 1] in ("(", "“", '"') and closed:
        out.append(f"bracketed={_shape(text)}|{around.sorts[start - 2] if start > 1 else '^'}")
    if end in around.acronym_behind:
        out.append(f"explains={fits(texts[start:end], around.acronym_behind[end])}")
    if end - start == 1 and text in around.surnames:
        out.append("surname=True")
    labels = around.labels.get(text.lower())
    if labels:
        label, most = labels.most_common(1)[0]
        out.append(f"labels={label}|{most > 1}|{most == sum(labels.values())}")
    return out
