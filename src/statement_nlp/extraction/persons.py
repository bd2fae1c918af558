"""Persons whom a statement names, and whether they act in an office or are private: whose names can be hidden.

A name is a person's where the recogniser says so, a title or an age stands beside it, a word for a human being heads
it, or it does what only people do. Whoever is not shown to hold an office, or to speak for an organisation, is private:
an error then hides a name too many, not one too few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from spacy.tokens import Doc

from statement_nlp.extraction.token_lists import TokenLists, token_lists
from statement_nlp.records import PartyMention, PersonMention

METHOD = "rule:persons@2"
LONGEST = 6
"""Words of a name."""
_WORD = re.compile(r"[^\W\d_][\w’'.-]*")
_SMALL = re.compile(r"(?:al|el|an|as|ash)-[A-Z][\w’'-]*|d['’][A-Z][\w-]*")
"""Words of a name that begin with a small letter."""
_AGE = re.compile(r"(?:, |\s\()(?:aged? )?\d{1,2}(?:[,.;)]| years?\b|-year-old)")
_SENTENCE = re.compile(r"[.!?](?:\s|$)")
_IS = re.compile(r"\s(?:is|was) (?:an? |the )?([^,.;\n]{2,60})")
_ACTS_FOR = re.compile(r"\s*(?:,|of|with|from|for|at|\()\s*(?:the )?$")
_PARENT = ("Abu", "Abou", "Umm", "Um", "Oum")
"""Father or mother of: a title that is a part of the name."""
ORGANISED = ("ngo", "intergovernmental", "state", "other")


@dataclass(frozen=True, slots=True)
class Words:
    """Sets of lower-case words."""

    office_nouns: frozenset[str]
    roles: frozenset[str]
    past: frozenset[str]
    harms: frozenset[str]
    plain_titles: frozenset[str]
    human_nouns: frozenset[str]
    human_verbs: frozenset[str]
    press_words: frozenset[str]
    joiners: frozenset[str]
    no_names: frozenset[str]


@lru_cache(maxsize=1)
def words() -> Words:
    """The lexicon of the package."""
    data = yaml.safe_load((Path(__file__).parent / "data" / "persons_words.yaml").read_text(encoding="utf8"))
    return Words(**{name: frozenset(line.split()) for name, line in data.items()})


@dataclass(slots=True)
class _Name:
    """A stretch of tokens that may be a person's name, half-open, and what was found out about it."""

    start: int
    end: int
    sure: bool = False
    office: bool = False
    cues: tuple[str, ...] = ()

    def family(self, tokens: TokenLists) -> str:
        return tokens.lowers[self.end - 1].removesuffix("'s").removesuffix("’s")


def find_persons(doc: Doc) -> tuple[PersonMention, ...]:
    """The persons named in a Doc whose `ents`, places, parties and zones are set, in the order of the text."""
    tokens = token_lists(doc)
    whole = tokens.whole
    parties: Sequence[PartyMention] = doc._.parties
    taken = [(m.start, m.end) for m in doc._.places] + [(m.start, m.end) for m in parties if m.party.kind != "person"]
    taken += [(z.start, z.end) for z in doc._.zones if z.kind == "signatories"]
    persons = {(m.start, m.end): m for m in parties if m.party.kind == "person"}
    named = [(e.start, e.end) for e in doc.ents if e.label_ == "PERSON"]
    names = [n for n in _candidates(tokens, taken) if whole[tokens.starts[n.start] : tokens.ends[n.end - 1]].strip()]
    contacts = [(z.start, z.end) for z in doc._.zones if z.kind == "contact"]
    common = _common(tokens)
    for name in names:
        _judge(name, tokens, named, common)
        at = tokens.starts[name.start]
        known = any(s <= at < e and m.party.registered for (s, e), m in persons.items())
        if known or any(s <= at < e for s, e in contacts) or _acts_for(name, tokens, parties):
            name.office = True
            name.sure = name.sure or known
    _follow(names, tokens, common)
    return tuple(_records(names, tokens))


def _candidates(tokens: TokenLists, taken: Iterable[tuple[int, int]]) -> Iterator[_Name]:
    """Stretches of capitalised words outside of places, organisations and lists of signatories."""
    free = [_is_name(tokens, i) for i in range(len(tokens.texts))]
    spans = sorted(taken)
    for i, start in enumerate(tokens.starts):
        if free[i] and any(s <= start < e for s, e in spans):
            free[i] = False
    titles = words().plain_titles | words().office_nouns
    i = 0
    while i < len(free):
        if not free[i] or tokens.lowers[i].rstrip(".") in titles:
            i += 1
            continue
        end = i + 1
        while (
            end < len(free)
            and end - i < LONGEST
            and (
                free[end]
                or (tokens.lowers[end] in words().joiners and end + 1 < len(free) and free[end + 1])
                or tokens.texts[end] == "-"
            )
            and "\n" not in tokens.whole[tokens.ends[end - 1] : tokens.starts[end]]
        ):
            end += 1
        while end > i + 1 and tokens.texts[end - 1] == "-":
            end -= 1
        yield _Name(i, end)
        i = end


def _is_name(tokens: TokenLists, i: int) -> bool:
    text = tokens.texts[i]
    if not (_WORD if text[:1].isupper() else _SMALL).fullmatch(text):
        return False
    if tokens.lowers[i] in words().no_names or (text.isupper() and len(text) > 2):
        return False
    return tokens.poses[i] in ("PROPN", "NOUN", "ADJ", "X") and (len(text) > 1 or text.endswith("."))


def _judge(name: _Name, tokens: TokenLists, named: Iterable[tuple[int, int]], common: frozenset[str]) -> None:
    """Whether it is a person's, and whether an office stands beside it."""
    lexicon = words()
    own = tokens.lowers[name.start : name.end]
    before = [tokens.lowers[i].rstrip(".") for i in range(max(0, name.start - 7), name.start)]
    end = tokens.ends[name.end - 1]
    after = tokens.whole[end : end + 90]
    last = before[-1] if before else ""
    near = _beside(after)
    held = _held(before) | (near & lexicon.office_nouns) | (set(own[:-1]) & lexicon.office_nouns)
    if not (lexicon.past & near or lexicon.harms & set(re.findall(r"[a-z]+", _SENTENCE.split(after, maxsplit=1)[0]))):
        held |= near & lexicon.roles
    else:
        held -= lexicon.roles
    cues = [last] if last in lexicon.plain_titles | lexicon.human_nouns | {"named"} else []
    if any(s < name.end and name.start < e for s, e in named):
        cues.append("recognised")
    if not set(own) & common:  # "Nurses, 12 of them" and "People say" name nobody
        cues += ["age"] if _AGE.match(after) else []
        cues += sorted(near & lexicon.human_nouns)[:1]
        verb = _verb_of(name, tokens)
        cues += [verb] if verb in lexicon.human_verbs and tokens.poses[name.end - 1] == "PROPN" else []
    name.sure = bool(cues)
    name.office = bool(held)
    name.cues = (*cues, *sorted(held)[:1])


def _held(before: Sequence[str]) -> set[str]:
    """Words of an office before a name: in one phrase with it, or before a comma ("the envoy, Jan Egeland")."""
    lexicon = words()
    found = set(before[-4:]) & lexicon.press_words
    phrase = list(before[:-1] if before[-1:] == [","] else before[-5:])
    for word in reversed(phrase):
        if not re.fullmatch(r"[\w’'-]+", word) or word in (
            "by",
            "said",
            "says",
            "and",
            "to",
            "that",
            "against",
            "with",
        ):
            break
        found |= {word} & (lexicon.office_nouns | lexicon.roles)
        if word in lexicon.past:
            found -= lexicon.roles
    return found


def _beside(after: str) -> set[str]:
    """The words of what stands beside a name: "Amal, a nurse from Madaya, ...", "Amal is a nurse", or the next line."""
    match = re.match(r"\s?[,(–—\n]\s?([^,.;)–—\n]{2,80})", after) or _IS.match(after)
    return set(re.findall(r"[a-z][\w-]*", match[1].lower())[:8]) if match else set()


def _verb_of(name: _Name, tokens: TokenLists) -> str:
    """The verb that has the name as its subject."""
    for i in range(name.start, name.end):
        if tokens.deps[i] in ("nsubj", "nsubjpass"):
            return tokens.lower_lemmas[tokens.heads[i]]
    return ""


def _acts_for(name: _Name, tokens: TokenLists, parties: Iterable[PartyMention]) -> bool:
    """Whether an organisation stands right behind the name: "said Amal Haddad of Lantern Relief"."""
    end = tokens.ends[name.end - 1]
    near = [m for m in parties if 0 <= m.start - end < 20 and m.party.kind in ORGANISED]
    return any(_ACTS_FOR.fullmatch(tokens.whole[end : m.start]) for m in near)


def _common(tokens: TokenLists) -> frozenset[str]:
    """Words that stand in the text without a capital, too, in singular or plural: no names."""
    lower = {t for t in tokens.texts if t.islower()}
    return frozenset(lower | {f"{t}s" for t in lower} | {t.removesuffix("s") for t in lower})


def _follow(names: Sequence[_Name], tokens: TokenLists, common: frozenset[str]) -> None:
    """One person is the same all through a statement: whoever is known once is known by any of their names."""
    known = {tokens.lowers[i] for n in names if n.sure for i in range(n.start, n.end) if len(tokens.texts[i]) > 2}
    known -= common
    office = {n.family(tokens) for n in names if n.sure and n.office}
    for name in names:
        if not name.sure and known.intersection(tokens.lowers[name.start : name.end]):
            name.sure, name.cues = True, ("named before",)
        if name.family(tokens) in office:
            name.office = True


def _records(names: Iterable[_Name], tokens: TokenLists) -> Iterator[PersonMention]:
    for name in names:
        if name.sure:
            first = name.start - (name.start > 0 and tokens.texts[name.start - 1] in _PARENT)
            start, end = tokens.starts[first], tokens.ends[name.end - 1]
            quote = tokens.whole[start:end]
            yield PersonMention(start, end, quote, "office" if name.office else "private", METHOD, name.cues)
