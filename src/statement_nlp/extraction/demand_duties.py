"""Cues of duty: modals ("must", "has to"), duties ("has an obligation to"), necessities ("it is vital that")."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from statement_nlp.extraction.demand_context import Context
from statement_nlp.extraction.demand_lexicon import lexicon
from statement_nlp.extraction.demand_syntax import Cue, as_others_say, conjuncts, has_to, marks_of, position, subject_of


def modals(token: Token, context: Context) -> Iterator[Cue]:
    """Modals of duty with their subject: "X must", "X has to", "X cannot be allowed to"."""
    lower = token.lower_
    words = lexicon()
    if lower in words["deontic_modals"] and (token.tag_ == "MD" or token.dep_ == "aux" or lower in {"must", "should"}):
        verb = token.head if token.dep_ in {"aux", "auxpass"} else _governed(token)
    elif token.lemma_.lower() in words["semi_modals"] and (verb_ := _semi_modal(token)) is not None:
        verb = verb_
    elif lower in {"can", "may"} and (_never_allowed(token) or _there_can_be_no(token)):
        verb = token.head
    else:
        return
    subject = subject_of(verb) or subject_of(token) or _nearest_subject(token)
    marks = marks_of(verb, context) | marks_of(token, context)
    if token.tag_ == "VBD":
        marks.add("past")
    if token.text == "Should" and subject is not None and token.i < subject.i:
        marks.add("inverted")
    if any(c.dep_ == "attr" for c in verb.children):
        marks.add("copula")
    if lower in {"can", "may"} and verb.lemma_.lower() in words["fact_verbs"]:
        marks.add("epistemic")
    if as_others_say(verb, context):
        marks.add("reported")
    marks |= _more_marks(token, verb, subject)
    if verb.lemma_ == "be" and any(c.lower_ in {"able", "free"} for c in verb.children):
        marks.add("able")
    if subject is not None and subject.tag_ == "WP":
        marks.add("embedded_question")
    asked = tuple(conjuncts(subject)) if subject is not None else ()
    word = lower if lower in words["deontic_modals"] else f"{token.lemma_.lower()}_to" if verb is not token else lower
    if "negated" in marks and lower in {"can", "could", "may"}:
        word = "cannot"
    acts = tuple(conjuncts(verb)) if verb is not token else ()
    yield Cue(
        "modal", word, token, subject, context.subject_class(subject), asked, acts,
        "recommend" if word in {"should", "ought"} else "demand", position(verb, context), frozenset(marks),
    )  # fmt: skip


def _governed(token: Token) -> Token:
    """The verb after a modal that the parse makes the head of its clause ("ought to have known")."""
    return next((c for c in token.rights if c.dep_ in {"xcomp", "ccomp"} and c.pos_ in {"VERB", "AUX"}), token)


def _more_marks(token: Token, verb: Token, subject: Token | None) -> set[str]:
    words = lexicon()
    marks: set[str] = set()
    lemma = verb.lemma_.lower()
    if verb is not token and any(c.lower_ in {"may", "might", "could", "would"} for c in token.lefts):
        marks.add("epistemic")
    if any(c.dep_ == "attr" and c.lemma_.lower() in words["value_nouns"] for c in verb.rights):
        marks.add("value")
    if lemma in words["ending_verbs"]:
        marks.add("ending")
    if lemma == "have" and any(c.dep_ == "dobj" and c.lemma_.lower() in words["due_nouns"] for c in verb.rights):
        marks.add("able")
    if any(c.lower_ == "have" and c.dep_ == "aux" for c in verb.lefts) and verb.tag_ in {"VBN", "VBD"}:
        marks.add("perfect")
    if token.lemma_ == "need" and any(c.tag_ == "WP" and c.dep_ == "dobj" for c in (*token.lefts, *verb.lefts)):
        marks.add("embedded_question")  # "what it needs to defend itself"
    if token.lemma_ == "need" and subject is not None and _is_count(subject):
        marks.add("count")
    for prep in (c for c in verb.lefts if c.dep_ == "prep" and c.lower_ == "under"):
        if any(o.lemma_.lower() in words["rule_nouns"] for o in prep.children):
            marks.add("reported")
    return marks


def _is_count(subject: Token) -> bool:
    """A subject that is counted, or a bare plural: "22,900 schools", "roads"."""
    lefts = list(subject.lefts)
    if any(c.dep_ == "nummod" or c.like_num for c in subject.subtree if c.i <= subject.i):
        return True
    return subject.tag_ == "NNS" and not any(c.dep_ in {"det", "poss", "amod", "compound"} for c in lefts)


def _semi_modal(token: Token) -> Token | None:
    """The verb after "has to", "needs to"; None where the word means something else."""
    after = token.doc[token.i + 1 : token.i + 5]
    if len(after) > 1 and after[0].lower_ == "to" and token.lower_ in {"needs", "need", "has", "have", "had"}:
        verb = next((t for t in after[1:] if t.tag_ == "VB" and t.dep_ not in {"aux", "auxpass"}), None)
        if verb is not None and (token.tag_ not in {"NN", "NNS"} or after[1].lower_ == "be"):
            return verb
    if token.tag_ in {"NN", "NNS", "NNP"}:
        return None
    for child in token.rights:
        if child.dep_ in {"xcomp", "ccomp"} and any(c.tag_ == "TO" for c in child.lefts):
            between = token.doc[token.i + 1 : child.i]
            if not any(t.dep_ in {"dobj", "attr"} and t.head.i == token.i for t in between):
                return child
    return None


def _there_can_be_no(token: Token) -> bool:
    """True of "there can be no impunity", but not of "there can be no military solution"."""
    nouns = {c.lemma_.lower() for c in token.head.rights if c.dep_ in {"attr", "nsubj"}}
    return token.lower_ == "can" and bool(nouns & {"impunity", "excuse", "exception", "delay"})


def _nearest_subject(token: Token) -> Token | None:
    """A subject that the parse hangs elsewhere: the first noun of the sentence that is one, before the modal."""
    for before in token.sent:
        if before.i >= token.i:
            return None
        if before.dep_ in {"nsubj", "nsubjpass", "ROOT"} and before.pos_ in {"NOUN", "PROPN"}:
            return before
    return None


def _never_allowed(token: Token) -> bool:
    head = token.head
    follow = token.doc[token.i + 1 : token.i + 2]
    if token.lower_ != "can" or not follow or follow[0].lower_ not in {"not", "n't", "never"}:
        return False
    passive = any(c.dep_ == "auxpass" for c in head.children) or any(
        t.tag_ == "VBN" for t in token.doc[token.i + 2 : token.i + 5]
    )
    goes_on = head.lemma_.lower() == "go" and any(c.lower_ == "on" for c in head.children)
    return passive or goes_on or head.lemma_.lower() == "continue"


def duties(token: Token, context: Context) -> Iterator[Cue]:
    """Duties told: "X has a responsibility to", "X is obliged to", "it is the duty of X to"."""
    words = lexicon()
    lemma = token.lemma_.lower()
    if lemma in words["duty_nouns"] and token.pos_ == "NOUN":
        verb = token.head
        if verb.lemma_.lower() not in words["duty_verbs"] or token.dep_ not in {"dobj", "attr", "nsubj", "oprd"}:
            return
        acts = tuple(
            c for c in (*token.rights, *verb.rights) if c.dep_ in {"acl", "xcomp", "advcl", "ccomp"} and has_to(c)
        )
        holder = [
            o
            for p in token.rights
            if p.dep_ == "prep" and p.lower_ in {"of", "on"}
            for o in p.children
            if o.dep_ == "pobj"
        ]
        if holder and verb.lemma_ == "be" and not acts:
            acts = tuple(
                t for t in token.sent if t.i > holder[0].i and t.tag_ == "VB" and has_to(t) and t.dep_ != "conj"
            )[:1]
    elif lemma in words["duty_adjectives"] or token.lower_ in words["duty_adjectives"]:
        active = token.pos_ == "VERB" and any(c.dep_ == "nsubj" for c in token.lefts)
        passive = any(c.dep_ in {"auxpass", "nsubjpass"} for c in token.children)
        verb = token if active or passive else token.head
        if token is not verb and verb.lemma_ != "be":
            return
        acts = tuple(c for c in (*token.rights,) if c.dep_ in {"xcomp", "advcl", "ccomp"} and has_to(c))
        holder = _bound(token)
        acts = acts or tuple(v for o in holder for v in o.rights if v.dep_ in {"acl", "xcomp"} and has_to(v))
    else:
        return
    if not acts:
        return
    subject = subject_of(verb)
    asked = holder or ([subject] if subject is not None and subject.i != token.i else [])
    marks = {"past"} if verb.tag_ == "VBD" else set()
    first = asked[0] if asked else None
    yield Cue(
        "duty", lemma, token, subject, context.subject_class(first), tuple(c for a in asked for c in conjuncts(a)),
        acts, "demand", position(verb, context), frozenset(marks),
    )  # fmt: skip


def _bound(token: Token) -> list[Token]:
    """Whom a rule binds, in the active voice: "the Charter obliges States to"."""
    if token.pos_ != "VERB" or any(c.dep_ in {"auxpass", "nsubjpass"} for c in token.children):
        return []
    return [c for c in token.rights if c.dep_ in {"dobj", "dative"}] or [
        g for c in token.rights if c.dep_ in {"xcomp", "ccomp"} for g in c.lefts if g.dep_ == "nsubj"
    ]


def necessities(token: Token, context: Context) -> Iterator[Cue]:
    """Words of necessity: "it is vital that X ...", "it is time for X to", "the time has come to"."""
    words = lexicon()
    if token.lower_ == "time" and token.dep_ == "nsubj" and token.head.lemma_ == "come":
        yield from _time_has_come(token, context)
        return
    if token.lemma_.lower() not in words["necessity"] or token.pos_ not in {"ADJ", "NOUN", "VERB"}:
        return
    verb = token.head
    behind = token.dep_ == "nsubj" and token.i > verb.i and token.lower_ == "time"
    is_be = verb.pos_ == "AUX" or verb.lower_ in {"’s", "'s", "remains"}
    if not is_be or not (behind or token.dep_ in {"acomp", "attr", "oprd"}):
        return
    subject = subject_of(verb)
    expletive = subject is not None and subject.lower_ in {"it", "time", "there"}
    acts = tuple(
        c
        for c in (*token.rights, *verb.rights)
        if c.dep_ in {"ccomp", "xcomp", "advcl", "relcl", "acl", "csubj"} and c.i > token.i
    )
    if not acts:
        inside = [t for t in verb.subtree if t.i > token.i and t.dep_ in {"ccomp", "relcl", "acl", "advcl"}]
        acts = tuple(t for t in inside if any(c.lower_ == "that" and c.dep_ in {"mark", "dobj"} for c in t.lefts))[:1]
    ordinal = token.lemma_ == "time" and any(
        c.lower_ in {"first", "second", "third", "last", "only", "next"} for c in token.lefts
    )
    now = token.lower_ == "time" and (subject is None or subject.i == token.i)
    told = any(a.lemma_.lower() in words["discourse_verbs"] for a in acts)
    if not (expletive or now) or not acts or ordinal or told:
        return
    asked = [c for a in acts for c in a.children if c.dep_ in {"nsubj", "nsubjpass"}]
    asked += [o for p in (*token.rights, *verb.rights) if p.lower_ == "for" for o in p.children if o.dep_ == "pobj"]
    marks = {"past"} if verb.tag_ == "VBD" else set()
    if any(not has_to(a) for a in acts):
        marks.add("that")
    kind = "time" if token.lemma_ == "time" else "necessity"
    yield Cue(
        kind, token.lemma_.lower(), token, subject, context.subject_class(asked[0] if asked else None),
        tuple(c for a in asked for c in conjuncts(a)), acts, "demand", position(verb, context), frozenset(marks),
    )  # fmt: skip


def _time_has_come(token: Token, context: Context) -> Iterator[Cue]:
    verb = token.head
    acts = tuple(t for t in token.sent if t.i > verb.i and t.tag_ == "VB" and has_to(t) and t.dep_ != "conj")[:1]
    if not acts:
        return
    asked = tuple(t for t in token.doc[verb.i + 1 : acts[0].i] if t.dep_ in {"pobj", "nsubj"})[:1]
    subject = context.subject_class(asked[0] if asked else None)
    yield Cue("time", "time", token, token, subject, asked, acts, "demand", "main", frozenset())
