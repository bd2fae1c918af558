"""Who speaks and who is spoken of: what demands are judged by beside the words of their own sentence.

The same "must" is a demand in the speaker's mouth and a report in somebody else's. `Context` knows the names under
which the author speaks of itself, what stands in quotation marks and whose words those are, and which tokens name a
party.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np
from spacy.attrs import IDX, LEMMA, LOWER
from spacy.tokens import Doc, Span, Token

from statement_nlp.extraction.demand_lexicon import lexicon, trigger_ids
from statement_nlp.extraction.entities_parties import register
from statement_nlp.records import PartyMention
from statement_nlp.remembering import remembered

SUBJECTS = frozenset({"nsubj", "nsubjpass", "expl", "csubj", "csubjpass"})
_ACRONYM = re.compile(r"\(([A-Z][A-Za-z]*[A-Z][A-Za-z]*)\)")
_QUOTED = re.compile(r"“[^”\n]*(?:”|(?=\n|\Z))|\"[^\"\n]*\"")
_SAID = re.compile(
    r"\b(?:said|says|say|added|adds|told|tells|wrote|writes|explained|explains|noted|recalled|warned|stated|shouted|cried|asked|replied|insisted|stressed|recalls|tells|remembers)\b"
)
_TITLE_SPEAKER = re.compile(
    r"(?:statement|address|communiqué|message|declaration|letter|resolution|appeal|call|remarks)s?,? "
    r"(?:by|of|from|attributable to|on behalf of) (.+)",
    re.I,
)
_SPEAKER_END = re.compile(
    r"\s*(?:,|;|[–—|:-]\s|\bon\b|\bto\b|\babout\b|\bahead\b|\bregarding\b|\bfollowing\b|\bafter\b)"
)
_FIRST_PERSON = re.compile(r"\b(?:[Ww]e|[Oo]ur|I)\b")
_UNITED_NATIONS = re.compile(r"\bUN\b|United Nations|\bOCHA\b|\bOHCHR\b|UNHCR|UNICEF", re.I)
_TOPIC = re.compile(r"(?:solidarity|concern|support|condolence|intent|principle|action|facts|claim)", re.I)
_SPOKESPERSON = re.compile(r"^(?:the )?spokes\w+ (?:for|of) ", re.I)
_PERSONS = {
    "we": "we", "i": "we", "us": "we", "you": "you", "they": "they", "it": "it", "he": "person", "she": "person",
    "this": "this", "that": "this", "these": "this", "those": "those", "who": "relative", "which": "relative",
    "there": "there", "everyone": "people", "nobody": "people", "anyone": "people", "whoever": "those", "one": "people",
}  # fmt: skip
_PERSON = r"[A-Z][\w'’.-]+(?: (?:(?:al|bin|da|de|del|den|der|di|dos|el|ibn|la|le|van|von) )*[A-Z][\w'’.-]+){1,3}"
LEAD = 400
"""Characters at the start of a text in which a nameless group that speaks is the author."""
_PARTY_CLASS = {"person": "party_person", "ngo": "party_org", "other": "party_org", "intergovernmental": "party_igo"}


@dataclass(frozen=True, slots=True)
class Quotation:
    """Text in quotation marks and whose it is: "self", "other", or "open" where nobody is named."""

    start: int
    end: int
    whose: str


class Context:
    """What is known of a Doc before its sentences are judged one by one."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.text: str = doc.text if doc._.statement is None else doc._.statement.text
        columns = doc.to_array([IDX, LEMMA, LOWER])
        self.starts: list[int] = columns[:, 0].tolist()
        """Offset of each token."""
        known = trigger_ids()
        self._triggers: list[int] = np.flatnonzero(np.isin(columns[:, 1:], known).any(axis=1)).tolist()
        self.parties: dict[int, PartyMention] = _by_token(self.starts, doc._.parties)
        self._publisher: str = (doc._.statement.publisher or "") if doc._.statement is not None else ""
        self.own_parties = _own_parties(self._publisher)
        """Canonical names of the author among the parties: a ministry speaks for its state."""
        self.own_names = _own_names(doc, self.text)
        self.author_names = self.own_names
        """What publisher and title say; `own_names` has those, too, whom only their own speech acts tell."""
        self.own_names |= self._performers()
        self.own_staff = self._staff()
        """Lower-case names of persons who are said to belong to the author."""
        self.quotations = [
            Quotation(m.start(), m.end(), self._whose(m.start(), m.end())) for m in _QUOTED.finditer(self.text)
        ]

    def triggers(self, start: int, end: int) -> list[int]:
        """Indices, among the tokens start to end, of the words that a cue can begin with."""
        return self._triggers[bisect_left(self._triggers, start) : bisect_left(self._triggers, end)]

    def quoted(self, start: int, end: int) -> str:
        """Whose quoted words hold most of text[start:end]: "self", "other", "open", or "no" where it is none."""
        for quotation in self.quotations:
            inside = min(end, quotation.end) - max(start, quotation.start)
            if inside > 0.6 * (end - start):
                return quotation.whose
        return "no"

    def is_own(self, words: str) -> bool:
        """Whether these words (a subject without its article) name the author of the statement."""
        plain = re.sub(r"^(?:the|our|this) ", "", words.lower().strip())
        if not plain:
            return False
        if plain in self.own_names or plain in lexicon()["own_groups"]:
            return True
        return len(plain) > 3 and any(f" {plain} " in f" {name} " for name in self.own_names)

    def subject_class(self, token: Token | None) -> str:
        """What kind of subject a token heads: we, own, party_state, party_org, actor, people, thing, it ... none."""
        if token is None:
            return "none"
        if token.lower_ in _PERSONS and token.pos_ in {"PRON", "DET", "SCONJ"}:
            return self._pronoun_class(token)
        mention = self.parties.get(token.i)
        if self._is_author(token, mention):
            return "own"
        if mention is not None:
            return _PARTY_CLASS.get(mention.party.kind, "party_state")
        lemma = token.lemma_.lower()
        if lemma in lexicon()["people_nouns"]:
            return "people"
        if lemma in lexicon()["actor_nouns"] or token.lower_ in lexicon()["actor_nouns"]:
            return "actor"
        return "name" if token.pos_ == "PROPN" or (token.text.isupper() and len(token) > 2) else "thing"

    @staticmethod
    def first_subject(span: Span) -> Token | None:
        """The subject that a sentence opens with, None where it opens otherwise."""
        return next((t for t in span[:12] if t.dep_ in SUBJECTS), None)

    def _is_author(self, token: Token, mention: PartyMention | None) -> bool:
        """Whether a subject is the author, somebody who holds an office of it, or one of its people."""
        if self._is_office(token) or self._is_spokesperson(token) or token.lower_ in {"undersigned", "signatories"}:
            return True
        phrase = _noun_phrase(token)
        if mention is not None:
            if mention.party.name in self.own_parties or mention.quote.lower() in self.own_staff:
                return True
            if mention.party.kind == "state" and phrase.lower() not in self.own_names:
                return False  # part of the author's name at most: "New Zealand" in that of a party there
        return self.is_own(phrase)

    def _is_office(self, token: Token) -> bool:
        """Whether a token is an office or the members of the author: "the director of X", "members of X"."""
        if token.lower_ not in lexicon()["office_nouns"]:
            return False
        wholes = [g for c in token.rights if c.lower_ in {"of", "for"} for g in c.children if g.dep_ == "pobj"]
        return any(self._names_author(t) for whole in wholes for t in (whole, *whole.lefts) if t.dep_ != "det")

    def _names_author(self, token: Token) -> bool:
        mention = self.parties.get(token.i)
        if mention is not None and mention.party.name in self.own_parties:
            return True
        return self.is_own(_noun_phrase(token))

    def _staff(self) -> frozenset[str]:
        """Persons whom the text gives an office of the author: "X director Jane Roe", "Jane Roe, director of X"."""
        found: set[str] = set()
        lines = [(line, line.lower()) for line in self.text.split("\n")]
        for name in self.author_names:
            for line, pattern in product((line for line, lower in lines if name in lower), _staff_of(name)):
                for match in pattern.finditer(line):
                    words = match[1].lower().split()
                    if words[0] != "the" and not set(words) & lexicon()["office_nouns"]:
                        found |= {" ".join(words), words[-1]}
        return frozenset(found)

    def _is_spokesperson(self, token: Token) -> bool:
        """The author by its office: "the alliance" where no publisher is known, a UN title where the UN publishes.

        A group without a name that opens the text is the author too ("A coalition of 36 organisations today urged").
        """
        lemma = token.lemma_.lower()
        if token.idx < LEAD and token.i not in self.parties and any(t.lower_ in {"a", "an"} for t in token.lefts):
            joined = (token, *(c for c in token.rights if c.dep_ == "conj"))
            if any(t.lemma_.lower() in lexicon()["self_nouns"] for t in joined):
                return True
        if not self._publisher:
            definite = any(c.lower_ in {"the", "our"} for c in token.lefts)
            return definite and lemma in lexicon()["self_nouns"] and token.i not in self.parties
        return lemma in lexicon()["un_titles"] and bool(_UNITED_NATIONS.search(self._publisher))

    def _pronoun_class(self, token: Token) -> str:
        """The class of a pronoun; of a third person, with that of the subject that it stands for."""
        person = _PERSONS[token.lower_]
        if person not in {"they", "it", "person"}:
            return person
        antecedent = self.antecedent(token)
        if antecedent is None:
            return person
        found = self.subject_class(antecedent)
        if found == "own":
            return "own"
        if person == "they" and found in {"people", "thing"}:
            return "people"
        return person

    def antecedent(self, token: Token) -> Token | None:
        """The subject that a third-person pronoun stands for: the nearest before it that agrees in number."""
        plural = token.lower_ in {"they", "them", "their"}
        low = max(token.i - 70, 0)
        for before in reversed(self.doc[low : token.i]):
            if before.dep_ not in {"nsubj", "nsubjpass"} or before.pos_ not in {"NOUN", "PROPN"}:
                continue
            if self.text.count("\n", before.idx, token.idx) > 2:
                return None
            many = before.tag_ in {"NNS", "NNPS"} or any(c.dep_ == "conj" for c in before.children)
            if many == plural or before.i in self.parties:
                return before
        return None

    def _performers(self) -> frozenset[str]:
        """Subjects of speech acts in the present tense ("X condemns and calls on"): the author, if it speaks as "X".

        One such verb is enough where the text has no "we"; else it takes two, for a report has seldom more than one.
        """
        counts: Counter[str] = Counter()
        verbs = lexicon()["performative_verbs"]
        for at in self._triggers:
            token = self.doc[at]
            going_on = token.tag_ == "VBG" and any(c.lower_ in {"is", "are"} and c.dep_ == "aux" for c in token.lefts)
            if not (going_on or token.tag_ in {"VBZ", "VBP"}) or token.dep_ not in {"ROOT", "conj"}:
                continue
            if token.lemma_.lower() not in verbs:
                continue
            head = token
            while head.dep_ == "conj" and not any(c.dep_ == "nsubj" for c in head.lefts) and head.head.i != head.i:
                head = head.head
            for child in head.lefts:
                if child.dep_ == "nsubj" and self._is_name(child) and not _in_quotes(child):
                    counts[_noun_phrase(child).lower()] += 1
        enough = 1 if len(_FIRST_PERSON.findall(self.text)) < 2 else 2
        return frozenset(name for name, count in counts.items() if count >= enough)

    def _is_name(self, token: Token) -> bool:
        return token.pos_ == "PROPN" or token.text.isupper() or token.i in self.parties

    def _whose(self, start: int, end: int) -> str:
        """The speaker of a quotation, from the words of saying around it in its paragraph or in the line above."""
        left = self.text.rfind("\n", 0, start) + 1
        right = self.text.find("\n", end)
        after = self.text[end : len(self.text) if right < 0 else right][:200]
        before = self.text[left:start][-200:]
        if not before.strip():
            above = self.text[:left].rstrip()
            line = above[above.rfind("\n") + 1 :]
            before = line[-260:] if line.endswith(":") else ""
        for words in (after, before):
            if _SAID.search(words) or words.rstrip().endswith(":"):
                return "self" if self._speaks_for_us(words) else "other"
        return "open"

    def _speaks_for_us(self, words: str) -> bool:
        lowered = words.lower()
        known = self.own_names | self.own_staff
        named = any(re.search(rf"\b{re.escape(name)}\b", lowered) for name in known)
        return named or any(w in lexicon()["spokesperson_words"] for w in re.findall(r"[a-z-]+", lowered))


def _office_words() -> str:
    return "|".join(map(re.escape, sorted({*lexicon()["office_nouns"], *lexicon()["office_modifiers"]}, key=len)[::-1]))


@remembered(256)
def _staff_of(name: str) -> tuple[re.Pattern[str], ...]:
    """Persons beside an office of an author: behind it, or before it."""
    office, own = f"(?i:{_office_words()})", f"(?i:{re.escape(name)})"
    joined = f"(?:{office}|the|of|for|at|in|with|from|and)"
    return (
        re.compile(rf"\b{own}(?:['’]s)?(?:,? {office}\b)+,? ({_PERSON})"),
        re.compile(rf"\b{office}\b(?: {joined}\b){{1,3}} {own},? ({_PERSON})"),
        re.compile(rf"({_PERSON}),? (?:{joined}\b,? ){{1,10}}{own}\b"),
    )


def _own_parties(publisher: str) -> frozenset[str]:
    """Canonical names of who publishes, and of the state that an organ which publishes belongs to."""
    known = register()
    out: set[str] = set()
    for part in (publisher, *re.split(r"\s*(?:,|;| and )\s*", publisher)):
        party = known.lookup(part) if part else None
        country = known.capitals().get(part)
        if party is not None:
            out.add(party.name)
            country = party.country if party.kind == "state" else None
        state = known.state(country) if country else None
        if state is not None:
            out.add(state.name)
    return frozenset(out)


def _by_token(starts: list[int], mentions: Iterable[PartyMention]) -> dict[int, PartyMention]:
    out: dict[int, PartyMention] = {}
    for mention in mentions:
        first = max(bisect_right(starts, mention.start) - 1, 0)
        last = bisect_right(starts, max(mention.end - 1, mention.start))
        out.update(dict.fromkeys(range(first, last), mention))
    return out


def _own_names(doc: Doc, text: str) -> frozenset[str]:
    """Lower-case names of the author: the publisher, its acronym, and what the title says the statement is by."""
    statement = doc._.statement
    names: set[str] = set()
    sources = [statement.publisher or "", statement.title or ""] if statement is not None else []
    publisher = sources[0] if sources else ""
    for part in re.split(r"\s*(?:,| and others?\b|;| and (?=[A-Z]))\s*", publisher):
        if part:
            names.add(re.sub(r"^(?:the|a) ", "", part.lower()))
    for source in (*sources[1:], text[:160]):
        if by := _TITLE_SPEAKER.search(source.split("\n")[0]):
            name = _SPEAKER_END.split(_SPOKESPERSON.sub("", by[1]), maxsplit=1)[0]
            if not _TOPIC.match(name):
                names.add(re.sub(r"^(?:the|a|an) ", "", name.lower().strip(" .")))
    for match in _ACRONYM.finditer(text[:1500]):
        before = text[max(match.start() - 90, 0) : match.start()].strip().lower()
        if any(before.endswith(name) for name in names) or (not publisher and match.start() < 200):
            names.add(match[1].lower())
    initials = "".join(word[0] for word in publisher.split() if word[0].isupper())
    for short in (initials, initials[1:], initials[2:]):  # without the country in front
        if len(short) > 2 and re.search(rf"\b{short}\b", text):
            names.add(short.lower())
    return frozenset(name for name in names if len(name) > 1)


def _in_quotes(token: Token) -> bool:
    """Whether a quotation that is closed in its sentence is open before the token."""
    sentence = token.sent
    before, after = token.doc[sentence.start : token.i].text, token.doc[token.i : sentence.end].text
    opened = before.count("“") > before.count("”") and "”" in after
    return opened or (before.count('"') % 2 == 1 and '"' in after)


def _noun_phrase(token: Token) -> str:
    words = [t.text for t in token.lefts if t.dep_ in {"compound", "amod", "nmod", "poss"}]
    return " ".join([*words, token.text])
