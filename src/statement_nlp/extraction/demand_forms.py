"""Cues by form: imperatives, what a list item begins with, questions that ask for an act, "please"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.tokens import Span, Token

from statement_nlp.extraction.demand_context import SUBJECTS, Context
from statement_nlp.extraction.demand_lexicon import lexicon
from statement_nlp.extraction.demand_syntax import Cue, conjuncts, marks_of, position, subject_of
from statement_nlp.extraction.demand_units import Unit

LOOKED_AT = 24
"""Tokens of a unit in which its form shows."""


def questions(token: Token, unit: Unit, context: Context) -> Iterator[Cue]:
    """A question that asks for an act: "Will you ...?", "when will the members ...?", "Is it too much to ...?"."""
    if not context.text[unit.start : unit.end].rstrip('”"’ ').endswith("?") or token.dep_ not in {"aux", "ROOT"}:
        return
    if token.lower_ not in {"will", "would", "could", "can", "are", "is"} or token.i + 1 >= unit.span.end:
        return
    verb = token.head if token.dep_ == "aux" else token
    subject = subject_of(verb)
    if subject is None or subject.i < token.i:
        return
    yield Cue(
        "question", token.lower_, token, subject, context.subject_class(subject), tuple(conjuncts(subject)),
        tuple(conjuncts(verb)), "recommend", position(verb, context), frozenset(marks_of(verb, context)),
    )  # fmt: skip


def pleas(token: Token, unit: Unit) -> Iterator[Cue]:
    """The word "please" within a sentence, with the verb that follows it."""
    if token.lower_ != "please":
        return
    verb = next(
        (t for t in unit.span.doc[token.i + 1 : unit.span.end] if t.tag_ in {"VB", "VBP"} and t.lower_ != "do"), None
    )
    if verb is not None and verb.lemma_.lower() not in lexicon()["service_verbs"]:
        yield Cue("please", "please", token, None, "none", (), tuple(conjuncts(verb)), "urge", "main", frozenset())


def forms(unit: Unit, context: Context) -> Iterator[Cue]:
    """The form of a unit that begins with a bare verb, "to" + verb, "that" + clause or a noun of action."""
    tokens = [t for t in _body(unit) if not t.is_space and not t.is_punct]
    if not tokens:
        return
    words = lexicon()
    at = 0
    while at < len(tokens) - 1 and tokens[at].lower_ in {
        "please",
        "and",
        "also",
        "therefore",
        "instead",
        "then",
        "now",
    }:
        at += 1
    first = tokens[at]
    follow = tokens[at + 1] if at + 1 < len(tokens) else None
    if any(t.lower_ == "please" for t in tokens[: at + 1]) and first.lemma_.lower() in words["service_verbs"]:
        return
    marks: set[str] = {"please"} if any(t.lower_ == "please" for t in tokens[: at + 1]) else set()
    kind, act = "", first
    if (
        first.lower_ == "to"
        and follow is not None
        and (follow.tag_ == "VB" or follow.lower_ in words["action_verbs"] or follow.lower_ == "not")
    ):
        kind, act = "item_to", _after_not(tokens, at + 1)
    elif (
        first.lower_ in {"do", "never", "not", "don't"}
        and follow is not None
        and follow.lower_ in {"not", "n't", "ever", *words["action_verbs"]}
    ):
        kind, act = "imperative", _after_not(tokens, at)
        marks.add("negated")
    elif first.lower_ == "let" and follow is not None:
        if follow.lower_ in {"’s", "'s", "us"}:
            return
        kind = "imperative"
    elif first.lower_ == "that" and unit.item:
        kind = "item_that"
        act = next(
            (t for t in tokens if t.dep_ in {"ROOT", "ccomp", "acl", "relcl"} and t.pos_ in {"VERB", "AUX"}), first
        )
    elif first.lower_ in words["action_verbs"] and first.tag_ in {
        "VB",
        "VBP",
        "NN",
        "NNP",
        "JJ",
        "VBD",
        "VBN",
        "UH",
        "RB",
        "IN",
        "VBZ",
    }:
        kind = "imperative"
        if subject_of(first) is not None and subject_of(first).i < first.i:  # type: ignore[union-attr]
            return
        if first.tag_ in {"NN", "NNP", "JJ", "IN"}:
            marks.add("noun_tag")
    elif _is_action_noun(unit.span, tokens, at):
        kind = "item_noun"
    if not kind:
        return
    subjects = any(t.dep_ in SUBJECTS and t.i < act.i for t in tokens)
    if act.dep_ == "ROOT" or act.head.i == act.i:
        marks.add("root")
    if unit.label is not None:
        marks.add("after_label")
    if subjects:
        marks.add("subject_before")
    acts = tuple(conjuncts(act)) if kind != "item_noun" else (act,)
    yield Cue(kind, first.lower_, first, None, "none", (), acts, "demand", "main", frozenset(marks))


def _body(unit: Unit) -> list[Token]:
    """The first tokens behind the unit's label."""
    span = unit.span
    if unit.label is None:
        return list(span.doc[span.start : min(span.end, span.start + LOOKED_AT)])
    behind = next((t.i for t in span if t.idx >= unit.label[1] + 1), span.end)
    return list(span.doc[behind : min(span.end, behind + LOOKED_AT)])


def _after_not(tokens: list[Token], at: int) -> Token:
    while at < len(tokens) - 1 and tokens[at].lower_ in {"do", "not", "n't", "never", "ever", "again", "also"}:
        at += 1
    return tokens[at]


def _is_action_noun(span: Span, tokens: list[Token], at: int) -> bool:
    """Whether the first noun phrase is headed by a noun of action."""
    nouns = lexicon()["action_nouns"]
    if tokens[at].lower_ in nouns:
        return True
    for token in tokens[at : at + 7]:
        if token.pos_ in {"ADP", "SCONJ"}:
            return False
        if token.pos_ in {"NOUN", "PROPN"}:
            return (
                token.lower_ in nouns or token.lemma_.lower() in nouns
                if token.dep_ not in {"compound", "nmod"}
                else token.lower_ in nouns
            )
        if token.pos_ in {"VERB", "AUX", "PRON"} and not re.match(r"VB[GN]", token.tag_):
            return False
    return False
