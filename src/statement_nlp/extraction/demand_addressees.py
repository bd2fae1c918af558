"""Who is asked to act: the parties of a demand, by name, pronoun, label, introduction or context.

`AddresseeFinder.candidates` names every party that could be meant, each with features that say how the text leads to it
(object of the call, subject of the modal, label, introduction, pronoun, the demand before ...); `rule` is the plain
order of preference among them, a logistic regression over the features is what ships.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from spacy.tokens import Token

from statement_nlp.extraction.coreference import PartyCoreference, is_country
from statement_nlp.extraction.demand_context import SUBJECTS, Context
from statement_nlp.extraction.demand_cues import cues
from statement_nlp.extraction.demand_features import Candidate, is_plausible
from statement_nlp.extraction.demand_lexicon import lexicon
from statement_nlp.extraction.demand_phrases import (
    QUALIFIERS,
    is_asked_itself,
    phrase,
    plain_phrase,
    role_of,
    speaking,
    told,
)
from statement_nlp.extraction.demand_syntax import Cue, conjuncts
from statement_nlp.extraction.demand_units import Introduction, Unit
from statement_nlp.extraction.entities_parties import register
from statement_nlp.records import PartyMention

PRONOUNS = frozenset({"they", "them", "it", "he", "she", "him", "her", "both", "these", "those"})
_OWNER = re.compile(r"['’]s?\b")
EXPLICIT = frozenset({"named", "label", "intro", "leading", "agent"})
"""Ways in which the words themselves name who is asked."""
MORE = frozenset(
    {"inner", "joined", "range", "out_of_range", "in_clause", "poss", "prep", "letter", "carried", "speaker", "told"}
)
"""What is looked at of a party that is not named so, where another one is."""


@lru_cache(maxsize=1)
def _joining() -> re.Pattern[str]:
    words = sorted(map(re.escape, lexicon()["joining_words"]), key=len, reverse=True)
    return re.compile(r"(?:[\s,–—()]|" + "|".join(words) + ")*", re.I)


class AddresseeFinder:
    """Finds who is addressed by the demands of one Doc; ask in the order of the text, for demands carry over.

    Args:
        context: of the Doc.
        demands: all units that are taken for demands; whom some of them name tells whom the others mean.
    """

    def __init__(self, context: Context, demands: Sequence[Candidate] = ()) -> None:
        self.context = context
        self.coreference = PartyCoreference(context.doc)
        self._last: tuple[str, ...] = ()
        self._last_block = -9
        self._roots: dict[int, Token | None] = {}
        self._letter = self._addressed()
        self._kinds = {m.party.name: m.party.kind for m in context.doc._.parties}
        counts = Counter(m.party.name for m in context.doc._.parties if not context.is_own(m.quote))
        self._counts = counts
        own = self.context.author_names
        self._own = {m.party.name.lower() for m in context.doc._.parties if m.quote.lower() in own}
        self._main_state = self._state_in_question()
        self._asked_by_name = self._profile(demands)
        self._titled = self._in_title()

    def _state_in_question(self) -> str | None:
        """The country that the text is about: most of its places and mentions; else the state named most."""
        places = Counter(m.country for m in self.context.doc._.places if m.country)
        counts: Counter[str] = Counter()
        for code, count in places.items():
            if (state := register().state(code)) is not None:
                counts[state.name] += count
        for name, count in self._counts.items():
            if is_country(name):
                counts[name] += count
        for name in [name for name in counts if self._is_author(name) or name in self.context.own_parties]:
            del counts[name]
        if counts:
            return counts.most_common(1)[0][0]
        return next((n for n, _ in self._counts.most_common() if self._kinds[n] == "state"), None)

    def _profile(self, demands: Sequence[Candidate]) -> Counter[str]:
        """How often each party is asked by name, by a label or by an introduction in the whole text."""
        return Counter(n for d in demands for n in dict.fromkeys(self._explicit(d)) if not self._is_author(n))

    def _explicit(self, candidate: Candidate) -> tuple[str, ...]:
        label = self._in(*candidate.unit.label) if candidate.unit.label is not None else ()
        named = tuple(n for cue in self._good(candidate) for n in self.asked(cue))
        return label or named or self._introduced(candidate.unit)

    def _in_title(self) -> frozenset[str]:
        statement = self.context.doc._.statement
        title = (statement.title or "") if statement is not None else ""
        return frozenset(m.party.name for m in self.context.doc._.parties if m.quote in title)

    def remember(self, candidate: Candidate, names: Iterable[str]) -> None:
        """Note what a demand was decided to address; what follows may carry it on."""
        if names := tuple(names):
            self._last, self._last_block = names, candidate.unit.block

    def candidates(self, candidate: Candidate) -> dict[str, dict[str, float]]:
        """Party names that the demand may address, each with named features (1.0 where true), in the order found."""
        found: dict[str, set[str]] = {}
        for source, names in self._sources(candidate):
            for name in names:
                found.setdefault(name, set()).add(source)
        explicit = {s for sources in found.values() for s in sources} & EXPLICIT
        self._add_mentions(candidate, found)
        self._add_joined(candidate, found)
        out = {}
        for name, sources in found.items():
            if self._is_author(name) and "label" not in sources:
                continue
            if "speaker" in sources and not sources & EXPLICIT:
                continue
            out[name] = self._features(name, sources, explicit, candidate)
        return out

    def _is_author(self, name: str) -> bool:
        plain = name.lower()
        return plain in self.context.author_names or plain in self._own

    def rule(self, candidate: Candidate) -> tuple[str, ...]:
        """The addressees by order of preference alone: label, introduction, named, leading, carried."""
        sources = [(source, names) for source, names in self._sources(candidate) if names]
        by_name = dict(sources)
        good = self._good(candidate)
        modal = any(c.kind == "modal" and self.asked(c) for c in good)
        order = ("label", "named", "intro") if modal else ("label", "intro", "named")
        for source in (*order, "leading", "agent", "carried"):
            if source in by_name:
                return tuple(dict.fromkeys((*by_name[source], *by_name.get("inner", ()))))
        return ()

    def _good(self, candidate: Candidate) -> list[Cue]:
        return [c for c in candidate.cues if is_plausible(c, candidate)] or list(candidate.cues)

    def _sources(self, candidate: Candidate) -> Iterator[tuple[str, tuple[str, ...]]]:
        unit = candidate.unit
        good = self._good(candidate)
        if unit.label is not None:
            yield "label", self._in(*unit.label)
        yield "intro", self._introduced(unit)
        yield "named", tuple(dict.fromkeys(n for cue in good for n in self.asked(cue)))
        for cue in good:
            yield f"named:{cue.kind}", self.asked(cue)
        yield "agent", tuple(n for cue in good for n in self._agents(cue))
        yield "inner", self._inner(candidate)
        yield "told", tuple(n for t in unit.span if (o := told(t)) is not None for n in self.names(o))
        if unit.item:
            yield "leading", self._leading(unit)
        if candidate.unit.block - self._last_block <= 1:
            yield "carried", self._last
        elif self._last:
            yield "carried_far", self._last
        if re.search(r"\byour?\b", self.context.text[unit.start : unit.end], re.I):
            yield "letter", self._letter
        yield "letter_weak", self._letter
        for cue in good:
            for token in cue.asked:
                if token.lower_ in PRONOUNS:
                    yield (
                        f"pronoun:{'they' if token.lower_ in {'they', 'them'} else 'it'}",
                        self.coreference.resolve(token),
                    )
        if self._main_state:
            yield "main_state", (self._main_state,)
        most = self._asked_by_name.most_common(1)
        if most:
            yield "asked_most", tuple(n for n, count in self._asked_by_name.items() if count == most[0][1])
        yield "asked", tuple(self._asked_by_name)
        yield "titled", tuple(sorted(self._titled))
        yield "warring", self.general()
        if any("ending" in cue.marks for cue in good):
            yield "warring|ending", self.general()

    def _add_mentions(self, candidate: Candidate, found: dict[str, set[str]]) -> None:
        """Parties that stand in the unit or the two sentences before it, by the part that they play there."""
        unit = candidate.unit
        anchors = self._anchors(candidate)
        for mention in self.context.doc._.parties:
            if mention.end <= unit.start - 400 or mention.start >= unit.end:
                continue
            root = self._root(mention)
            if root is None:
                continue
            inside = mention.start >= unit.start
            sources = found.setdefault(mention.party.name, set())
            if not inside:
                same = "\n" not in self.context.text[mention.start : unit.start]
                sources.add(f"before:{'subject' if root.dep_ in SUBJECTS else 'other'}:{'same' if same else 'far'}")
                continue
            sources.add("inside")
            sources.update(role_of(root, anchors))
            sources.update(speaking(root, candidate))

    def _root(self, mention: PartyMention) -> Token | None:
        if mention.start not in self._roots:
            span = self.context.doc.char_span(mention.start, mention.end, alignment_mode="expand")
            self._roots[mention.start] = None if span is None else span.root
        return self._roots[mention.start]

    def _anchors(self, candidate: Candidate) -> list[tuple[int, int]]:
        """Token ranges in which those who are asked stand: before a modal, between a call and its act."""
        start = candidate.unit.span.start
        out = []
        for cue in self._good(candidate):
            if cue.kind == "modal":
                out.append((start, cue.token.i))
            elif cue.kind in {"call", "call_noun", "necessity", "time", "duty"} and cue.acts:
                last = max((a.i for a in cue.acts[:1]), default=cue.token.i)
                out.append((cue.token.i, max(last, cue.token.i)))
        return out

    def _features(self, name: str, sources: set[str], explicit: set[str], candidate: Candidate) -> dict[str, float]:
        kind = self._kinds.get(name, "state" if name == self._main_state else "described")
        direct = sources & EXPLICIT
        if direct:
            out = {f"direct:{source}": 1.0 for source in sources if source.split(":")[0] in EXPLICIT}
            out[f"direct|{kind}"] = 1.0
            out.update(
                {
                    f"direct&{s}": 1.0
                    for s in sources
                    if s in {"speaker", "told", "poss", "in_clause"} or s[:7] == "pronoun"
                }
            )
        elif explicit:
            seen = {s for s in sources if s[:5] != "prep:"} if "joined" in sources else sources
            out = {f"more:{source}": 1.0 for source in seen if source.split(":")[0] in MORE}
            out[f"more|{kind}"] = 1.0
            if "inner" in sources:
                out[f"inner|{kind}"] = 1.0
            if "range" in sources and "in_clause" not in sources:
                out["more:range alone"] = 1.0
        else:
            out = {f"open:{source}": 1.0 for source in sources}
            out[f"open|{kind}"] = 1.0
            voice = (
                "passive" if any("passive" in c.marks for c in self._good(candidate) if c.kind == "modal") else "active"
            )
            out.update({f"open:{s}|{voice}": 1.0 for s in sources & {"carried", "main_state", "inside", "carried_far"}})
            out["open"] = 1.0
            out["open:asked share"] = self._asked_by_name[name] / (sum(self._asked_by_name.values()) or 1)
            if not self._asked_by_name:
                out["open:none asked"] = 1.0
        if self.context.is_own(name):
            out["own"] = 1.0
        out["share"] = self._counts[name] / (sum(self._counts.values()) or 1)
        return out

    def _add_joined(self, candidate: Candidate, found: dict[str, set[str]]) -> None:
        """Mark parties that only joining words part from one who is asked: "Russia, and in particular its allies"."""
        near = sorted(
            (m for m in self.context.doc._.parties if m.start < candidate.unit.end and m.end > candidate.unit.start),
            key=lambda m: m.start,
        )
        linked = {m.party.name for m in near if found.get(m.party.name, set()) & EXPLICIT}
        for pairs in (pairwise(near), pairwise(reversed(near))):
            for left, right in pairs:
                first, second = (left, right) if left.start <= right.start else (right, left)
                if left.party.name in linked and _joining().fullmatch(self.context.text, first.end, second.start):
                    sources = found.setdefault(right.party.name, set())
                    if "range" in sources or "leading" in found[left.party.name]:
                        sources.add("joined")
                        linked.add(right.party.name)

    def general(self) -> tuple[str, ...]:
        """Whom a call that names nobody beside a call that does is made to: the parties to the conflict, if named."""
        return ("parties to the conflict",) if "parties to the conflict" in self._kinds else ()

    def asked(self, cue: Cue) -> tuple[str, ...]:
        """Canonical names of those whom the construction itself asks."""
        if cue.kind == "modal" and "passive" in cue.marks:
            return self._agents(cue)
        out: list[str] = []
        for token in cue.asked:
            out += self.names(token) or self._described(token, cue)
        if not out and cue.kind in {"call", "call_noun"} and cue.acts and not cue.asked:
            out += self._between(cue)
        if not out and cue.kind == "call" and "noun" in cue.marks and cue.acts:
            owners = [c for a in cue.acts for c in a.lefts if c.lower_ in {"their", "its"}]
            out += [n for owner in owners for n in self.coreference.resolve(owner)]
        if not out and cue.kind == "modal" and cue.subject_class == "you":
            return self._letter
        return tuple(dict.fromkeys(out))

    def names(self, head: Token) -> tuple[str, ...]:
        """Party names of the noun phrase that `head` heads (without what is coordinated with it)."""
        parties = self.context.parties
        if head.lower_ in PRONOUNS:
            return self.coreference.resolve(head)
        if head.lower_ == "you":
            return self._letter
        inside = list(phrase(head))
        at_head = parties.get(head.i)
        found = [
            m.party.name for t in inside if (m := parties.get(t.i)) is not None and is_asked_itself(t, head, at_head)
        ]
        if found:
            return tuple(dict.fromkeys(found))
        resolved = self._ruled(head) or self.coreference.resolve(head)
        if resolved:
            return resolved
        lemmas = {head.lemma_.lower(), head.lower_, head.lower_.removesuffix("s")}
        if lemmas & lexicon()["actor_nouns"] and head.pos_ in {"NOUN", "PROPN"} and not self.context.is_own(head.text):
            return (plain_phrase(head),)
        return ()

    def _described(self, token: Token, cue: Cue) -> tuple[str, ...]:
        """The words for those whom a call asks to act, whatever noun it is: "the bars of the world"."""
        calls = cue.kind == "call" and cue.acts and not {"noun", "that", "for"} & cue.marks
        owned = any(c.tag_ == "PRP$" for c in token.lefts)
        if not calls or owned or token.pos_ not in {"NOUN", "PROPN"} or self.context.is_own(token.text):
            return ()
        return (plain_phrase(token),)

    def _ruled(self, head: Token) -> tuple[str, ...]:
        """The country of "Ethiopia's leaders": they and its government are one."""
        if head.lemma_.lower() not in lexicon()["ruler_nouns"]:
            return ()
        before = [(c, self.context.parties.get(c.i)) for c in head.lefts if c.dep_ in QUALIFIERS]
        if len(before) != 1 or (mention := before[0][1]) is None or not is_country(mention.party.name):
            return ()
        return (mention.party.name,)

    def _agents(self, cue: Cue) -> tuple[str, ...]:
        out: list[str] = []
        for act in cue.acts:
            for child in act.children:
                if child.dep_ == "agent":
                    for agent in child.children:
                        for token in conjuncts(agent):
                            out += self.names(token)
        return tuple(dict.fromkeys(out))

    def _inner(self, candidate: Candidate) -> tuple[str, ...]:
        """Those whom the addressee is to press or to ask for something ("press X to make Y stop")."""
        out: list[str] = []
        acts = {a.i for c in candidate.cues for a in c.acts}
        for cue in candidate.cues:
            inside = (
                cue.token.i in acts or {"infinitive", "participle"} & cue.marks or cue.token.dep_ in {"xcomp", "conj"}
            )
            if cue.kind == "call" and inside and {"infinitive", "that", "on"} & cue.marks:
                for token in cue.asked:
                    if token.lower_ not in PRONOUNS:
                        out += self.names(token)
        return tuple(dict.fromkeys(out))

    def _between(self, cue: Cue) -> tuple[str, ...]:
        """Parties between a call and what it asks for, where the parse gives no object."""
        first = min(a.i for a in cue.acts)
        found = [m.party.name for i in range(cue.token.i + 1, first) if (m := self.context.parties.get(i)) is not None]
        return tuple(dict.fromkeys(found))

    def _in(self, start: int, end: int) -> tuple[str, ...]:
        found = [m for m in self.context.doc._.parties if m.start < end and m.end > start]
        return tuple(dict.fromkeys(m.party.name for m in sorted(found, key=lambda m: m.start)))

    def _introduced(self, unit: Unit) -> tuple[str, ...]:
        """Those named above a list: in the nearest label, else those that the introduction calls on."""
        for introduction in reversed(unit.introductions):
            names = self._of_introduction(introduction, unit)
            if names:
                return names
        return ()

    def _of_introduction(self, introduction: Introduction, unit: Unit) -> tuple[str, ...]:
        span = self.context.doc.char_span(introduction.start, introduction.end, alignment_mode="expand")
        if span is None:
            return ()
        if introduction.is_call:
            above = Unit(introduction.start, introduction.end, span, unit.block, unit.zone, False, True)
            calls = [cue for cue in cues(above, self.context) if cue.kind != "item_to"]
            found = [n for cue in calls for n in self.asked(cue)]
            if found:
                return tuple(dict.fromkeys(found))
        if re.search(r"\byou\b", span.text):
            return self._letter
        if span[0].tag_ == "VBG":
            return ()
        own = {m.party.name for m in self.context.doc._.parties if self.context.is_own(m.quote)}
        owners = {m.party.name for m in self.context.doc._.parties if _OWNER.match(self.context.text, m.end)}
        return tuple(n for n in self._in(introduction.start, introduction.end) if n not in own | owners)

    def _leading(self, unit: Unit) -> tuple[str, ...]:
        """The party that a list item begins with ("the Council to convene ...", "donors pay ...")."""
        tokens = [t for t in unit.span if not t.is_space and not t.is_punct]
        for token in tokens[:6]:
            if token.i in self.context.parties:
                return self.names(token.head if token.dep_ == "poss" else token)
            if token.pos_ in {"VERB", "AUX"}:
                break
        return ()

    def _addressed(self) -> tuple[str, ...]:
        """Whom a letter is written to: the parties after "to" in its title or first lines."""
        text = self.context.text
        title = self.context.doc._.statement.title if self.context.doc._.statement is not None else None
        for match in re.finditer(
            r"(?m)^(?:to:?|dear|open letter to|letter [^\n]*?to|your excellenc\w+,?) ([^\n]{3,160})", text[:900], re.I
        ):
            if names := self._in(match.start(1), match.end(1)):
                return names
        if title and (by := re.search(r"\bto (?:the )?(.{3,120})", title, re.I)):
            named = [m.party.name for m in self.context.doc._.parties if m.quote in by[1] or m.party.name in by[1]]
            if named:
                return tuple(dict.fromkeys(named))[:1]
        return ()
