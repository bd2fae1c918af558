"""Which party a pronoun or a short description stands for: "they", "it", "both", "the two countries", "the Council".

Rule-based, over the party mentions of a Doc: agreement in number, grammatical role and distance choose; where
nothing agrees within reach the answer is empty, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from spacy.tokens import Doc, Token

from statement_nlp.extraction.demand_lexicon import lexicon
from statement_nlp.extraction.entities_parties import register
from statement_nlp.records import PartyMention

REACH = 110
"""Tokens back that a pronoun may reach: two or three sentences."""
PLURAL_PRONOUNS = frozenset({"they", "them", "their", "theirs", "these", "those"})
SINGULAR_PRONOUNS = frozenset({"it", "its"})
PERSON_PRONOUNS = frozenset({"he", "she", "him", "her", "his"})
PAIRS = frozenset({"both", "two"})
GROUPS = frozenset(
    {"country", "government", "side", "party", "state", "power", "nation", "leader", "force", "authority"}
)
GOVERNING = frozenset({"government", "authorities", "regime", "authority", "administration", "state", "cabinet"})
_DEFINING = frozenset({"relcl", "acl", "amod", "prep", "advmod"})
"""What makes "those" a description of its own ("those who carry weapons"), not a pronoun."""
_ROLE = {
    "nsubj": 3.0,
    "nsubjpass": 2.0,
    "pobj": 1.0,
    "dobj": 1.5,
    "conj": 1.0,
    "appos": 0.5,
    "poss": 0.3,
    "compound": 0.2,
}


@dataclass(frozen=True, slots=True)
class _Heard:
    mention: PartyMention
    head: Token
    first: int
    last: int


class PartyCoreference:
    """Resolves references to the parties of one Doc (with `_.parties` set and parsed)."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.heard = [h for m in sorted(doc._.parties, key=lambda m: m.start) if (h := _hear(doc, m)) is not None]

    def resolve(self, token: Token) -> tuple[str, ...]:
        """Canonical names of the parties that `token` (a pronoun or the head of a short description) stands for.

        Empty where it stands for none that can be told.
        """
        lower = token.lower_
        if lower in {"those", "these"} and any(c.dep_ in _DEFINING for c in token.children):
            return ()
        if lower in PAIRS or (token.lemma_.lower() in GROUPS and any(c.lower_ in PAIRS for c in token.lefts)):
            return self._pair(token)
        if lower in PLURAL_PRONOUNS and token.pos_ in {"PRON", "DET"}:
            return self._group(token)
        if lower in SINGULAR_PRONOUNS:
            return self._one(token, frozenset({"state", "intergovernmental", "armed_group", "ngo", "other"}))
        if lower in PERSON_PRONOUNS:
            return self._one(token, frozenset({"person"}))
        if token.pos_ in {"NOUN", "PROPN"}:
            return self._described(token)
        return ()

    def _before(self, token: Token, reach: int = REACH) -> list[_Heard]:
        return [h for h in self.heard if h.last < token.i and h.first >= token.i - reach]

    def _pair(self, token: Token) -> tuple[str, ...]:
        """The last two parties that are named side by side, else the last two named."""
        groups = [g for g in self._coordinations(self._before(token, 2 * REACH)) if len(_names(g)) == 2]
        if groups:
            return _names(groups[-1])
        names = _names(reversed([h for h in self._before(token) if h.mention.party.kind == "state"]))
        return tuple(reversed(names[:2])) if len(names) > 1 else ()

    def _group(self, token: Token) -> tuple[str, ...]:
        """The best group of coordinated parties, or a party that is many ("donors"), or one spoken of as they."""
        best: tuple[float, tuple[str, ...]] = (0.0, ())
        for group in self._coordinations(self._before(token)):
            if len(group) == 1 and not _is_plural(group[0]) and group[0].mention.party.kind in {"person", "ngo"}:
                continue
            score = self._salience(group[0], token) + (1.0 if len(group) > 1 or _is_plural(group[0]) else 0.0)
            if score > best[0]:
                best = (score, _names(group))
        return best[1]

    def _one(self, token: Token, kinds: frozenset[str]) -> tuple[str, ...]:
        best: tuple[float, tuple[str, ...]] = (0.0, ())
        for heard in self._before(token):
            if heard.mention.party.kind not in kinds or _is_plural(heard):
                continue
            score = self._salience(heard, token)
            if score > best[0]:
                best = (score, (heard.mention.party.name,))
        return best[1]

    def _described(self, token: Token) -> tuple[str, ...]:
        """A description whose noun ends an earlier party's name ("the Council"), or the governing state."""
        noun = token.lower_
        for heard in reversed([h for h in self.heard if h.last < token.i]):
            words = heard.mention.party.name.lower().split()
            if len(words) > 1 and words[-1] == noun:
                return (heard.mention.party.name,)
        return self._governing(token) if noun in GOVERNING else ()

    def _governing(self, token: Token) -> tuple[str, ...]:
        """The country named last before "the authorities", else the last state that is no organ of one."""
        before = [h.mention.party for h in reversed(self.heard) if h.last < token.i]
        states = [p.name for p in before if p.kind == "state" and not set(p.name.lower().split()) & lexicon()["organs"]]
        countries = [name for name in states if is_country(name)]
        return tuple((countries or states)[:1])

    def _salience(self, heard: _Heard, token: Token) -> float:
        distance = token.i - heard.last
        score = _ROLE.get(heard.head.dep_, 0.5) + 2.0 * (1.0 - distance / REACH)
        score += 1.5 if heard.first >= token.sent.start else 0.0
        if heard.head.sent.start == token.sent.start and token.dep_ == "nsubj" and heard.head.dep_ != "nsubj":
            score -= 0.7
        return score

    def _coordinations(self, heard: list[_Heard]) -> list[list[_Heard]]:
        groups: list[list[_Heard]] = []
        for item in heard:
            if groups and self._joined(groups[-1][-1], item):
                groups[-1].append(item)
            else:
                groups.append([item])
        return groups

    def _joined(self, left: _Heard, right: _Heard) -> bool:
        between = self.doc[left.last + 1 : right.first]
        return len(between) <= 4 and all(
            t.lower_ in {",", "and", "the", "or", "as", "well", "with", "government", "of", "both"} for t in between
        )


@lru_cache(maxsize=4096)
def is_country(name: str) -> bool:
    """Whether the canonical name of a party is that of a country."""
    known = register().lookup(name)
    state = register().state(known.country) if known is not None and known.country else None
    return state is not None and state.name == name


def _names(heard: Iterable[_Heard]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(h.mention.party.name for h in heard))


def _hear(doc: Doc, mention: PartyMention) -> _Heard | None:
    span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
    return None if span is None or not len(span) else _Heard(mention, span.root, span.start, span.end - 1)


def _is_plural(heard: _Heard) -> bool:
    return heard.mention.party.kind == "collective" or heard.head.tag_ in {"NNS", "NNPS"}
