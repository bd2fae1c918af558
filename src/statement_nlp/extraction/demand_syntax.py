"""What the cues of a demand share: the cue itself, and reading subjects, clauses and marks off a dependency parse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from statement_nlp.extraction.demand_context import SUBJECTS, Context
from statement_nlp.extraction.demand_lexicon import lexicon
from statement_nlp.records import Strength

_CONDITIONAL = frozenset({"if", "unless", "when", "whether", "once", "until", "as", "while", "because", "since", "so"})
_NEGATIONS = frozenset({"neg"})


@dataclass(frozen=True, slots=True)
class Cue:
    """One construction that may demand something.

    `asked` are the heads of the noun phrases asked to act, `acts` the verbs (or nouns) asked for.
    """

    kind: str
    word: str
    token: Token
    subject: Token | None
    subject_class: str
    asked: tuple[Token, ...]
    acts: tuple[Token, ...]
    strength: Strength
    position: str
    marks: frozenset[str]
    quoted: str = "no"


def conjuncts(token: Token) -> Iterator[Token]:
    """A token and what is coordinated with it, in order."""
    yield token
    for child in token.rights:
        if child.dep_ == "conj":
            yield from conjuncts(child)


def subject_of(verb: Token) -> Token | None:
    """The subject of a verb, its own or the one that it shares with the verb it is coordinated with."""
    seen: Token = verb
    while True:
        for child in seen.children:
            if child.dep_ in SUBJECTS and child.dep_ != "expl":
                return child
        for child in seen.children:
            if child.dep_ == "expl":
                return child
        if seen.dep_ != "conj" or seen.head.i == seen.i:
            return None
        seen = seen.head


def position(verb: Token, context: Context) -> str:
    """Where a verb's clause stands: main, own (what we say), reported, conditional, relative, adverbial, complement."""
    token = verb
    for _ in range(8):
        dep = token.dep_
        if dep in {"conj", "parataxis"} and token.head.i != token.i:
            token = token.head
        elif dep == "relcl":
            subject = subject_of(token)
            if subject is None or subject.tag_ in {"WDT", "WP"} or subject.i > token.head.i:
                return "relative"
            return "main"
        elif dep == "advcl":
            marks = {c.lower_ for c in token.children if c.dep_ in {"mark", "advmod"} and c.i < token.i}
            return "conditional" if marks & _CONDITIONAL else "adverbial"
        elif dep in {"ccomp", "acl"}:
            return _complement(token, context)
        else:
            return "main" if dep == "ROOT" else "embedded"
    return "embedded"


def _complement(token: Token, context: Context) -> str:
    head = token.head
    if token.dep_ == "acl" and any(c.dep_ == "poss" and c.lower_ in {"our", "my"} for c in head.children):
        return "own"
    if token.i < head.i and not any(c.dep_ == "mark" for c in token.children):
        return "main"
    if head.lemma_.lower() in lexicon()["say_verbs"]:
        subject = context.subject_class(subject_of(head))
        if subject in {"we", "own", "none"}:
            return "own"
        return "reported"
    return "complement"


def marks_of(verb: Token, context: Context) -> set[str]:
    """What a verb group tells of itself: negated, passive, perfect, epistemic, discourse."""
    marks: set[str] = set()
    if any(c.dep_ in _NEGATIONS or c.lower_ in {"never", "no"} for c in verb.children):
        marks.add("negated")
    if any(c.dep_ in {"auxpass", "nsubjpass"} for c in verb.children):
        marks.add("passive")
    if any(c.dep_ in {"aux", "auxpass"} and c.lower_ == "have" for c in verb.children) and verb.tag_ == "VBN":
        marks.add("perfect")
    if any(c.lower_ in lexicon()["epistemic_adverbs"] for c in verb.children):
        marks.add("epistemic")
    if verb.lemma_.lower() in lexicon()["discourse_verbs"]:
        marks.add("discourse")
    return marks


def as_others_say(verb: Token, context: Context) -> bool:
    """Whether "as the Rapporteur stated" or "according to" stands beside the verb."""
    for child in verb.sent:
        if child.lower_ == "according" and child.i < verb.i and child.head.i >= verb.i:
            return True
        says = child.dep_ == "advcl" and child.lemma_.lower() in lexicon()["say_verbs"]
        if says and any(c.lower_ == "as" for c in child.children):
            return context.subject_class(subject_of(child)) not in {"we", "own", "none"}
    return False


def has_to(verb: Token) -> bool:
    """Whether a verb is an infinitive with "to"."""
    return any(c.tag_ == "TO" for c in verb.lefts)
