"""Cues of a demand in a parsed sentence: calls, modals, duties, necessities, imperatives and list items.

A cue is a construction, not a word: "call" asks only with "on" or "for", "must" only over somebody who can act or
over a passive. Each cue knows its subject, who is asked and the verbs asked for, and carries marks (past, reported,
epistemic ...) that a classifier weighs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Span, Token

from statement_nlp.extraction.demand_context import SUBJECTS, Context
from statement_nlp.extraction.demand_lexicon import lexicon
from statement_nlp.extraction.demand_units import Unit
from statement_nlp.records import Strength

_ADVERB_LEAD = frozenset(
    ["also", "further", "strongly", "again", "once", "more", "urgently", "firmly", "reiterates", "therefore", "earnestly", "respectfully", "jointly", "solemnly", "further,", "additionally", "moreover", "and", "hereby", "now"]
)
_COMPLEMENTS = frozenset({"xcomp", "ccomp", "advcl", "dep", "acl", "relcl"})
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


def cues(unit: Unit, context: Context) -> Iterator[Cue]:
    """Yield the cues of a unit in the order of its words, those of a list item's form last."""
    for cue in _cues(unit, context):
        at = cue.token.idx
        yield replace(cue, quoted=context.quoted(at, at + len(cue.token)))


def _cues(unit: Unit, context: Context) -> Iterator[Cue]:
    for token in unit.span:
        yield from _modal(token, context)
        yield from _call(token, unit, context)
        yield from _stressed(token, unit, context)
        yield from _duty(token, context)
        yield from _necessity(token, context)
        yield from _wanted(token, context)
        yield from _asking(token, unit, context)
        yield from _pleading(token, unit)
    yield from _imperative(unit, context)


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


def _marks(verb: Token, context: Context) -> set[str]:
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


def _modal(token: Token, context: Context) -> Iterator[Cue]:
    lower = token.lower_
    words = lexicon()
    if lower in words["deontic_modals"] and (token.tag_ == "MD" or token.dep_ == "aux" or lower in {"must", "should"}):
        verb = token.head if token.dep_ in {"aux", "auxpass"} else token
    elif token.lemma_.lower() in words["semi_modals"] and (verb_ := _semi_modal(token)) is not None:
        verb = verb_
    elif lower in {"can", "may"} and _never_allowed(token):
        verb = token.head
    else:
        return
    subject = subject_of(verb) or subject_of(token)
    marks = _marks(verb, context) | _marks(token, context)
    if token.tag_ == "VBD":
        marks.add("past")
    if token.text == "Should" and subject is not None and token.i < subject.i:
        marks.add("inverted")
    if any(c.dep_ == "attr" for c in verb.children):
        marks.add("copula")
    if lower in {"can", "may"} and verb.lemma_.lower() in words["fact_verbs"]:
        marks.add("epistemic")
    if _as_others_say(verb, context):
        marks.add("reported")
    if subject is None:
        subject = next(
            (
                t
                for t in token.sent
                if t.i < token.i and t.dep_ in {"nsubj", "nsubjpass", "ROOT"} and t.pos_ in {"NOUN", "PROPN"}
            ),
            None,
        )
    asked = tuple(conjuncts(subject)) if subject is not None else ()
    word = lower if lower in words["deontic_modals"] else f"{token.lemma_.lower()}_to" if verb is not token else lower
    if "negated" in marks and lower in {"can", "could", "may"}:
        word = "cannot"
    acts = tuple(conjuncts(verb)) if verb is not token else ()
    yield Cue(
        "modal", word, token, subject, context.subject_class(subject), asked, acts,
        "recommend" if word in {"should", "ought"} else "demand", position(verb, context), frozenset(marks),
    )  # fmt: skip


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


def _never_allowed(token: Token) -> bool:
    head = token.head
    follow = token.doc[token.i + 1 : token.i + 2]
    if token.lower_ != "can" or not follow or follow[0].lower_ not in {"not", "n't", "never"}:
        return False
    passive = any(c.dep_ == "auxpass" for c in head.children) or any(
        t.tag_ == "VBN" for t in token.doc[token.i + 2 : token.i + 5]
    )
    return passive or head.lemma_.lower() in {"continue", "go"}


def _as_others_say(verb: Token, context: Context) -> bool:
    """ "As the Rapporteur stated, ..." and "according to ..." beside the verb."""
    for child in verb.sent:
        if child.lower_ == "according" and child.i < verb.i:
            return True
        if child.dep_ == "advcl" and child.lemma_.lower() in lexicon()["say_verbs"]:
            if any(c.lower_ == "as" for c in child.children) and context.subject_class(subject_of(child)) not in {
                "we",
                "own",
                "none",
            }:
                return True
    return False


def _call(token: Token, unit: Unit, context: Context) -> Iterator[Cue]:
    lemma = _call_lemma(token, unit)
    if lemma is None:
        return
    asked, acts, frame = _frame(token, lemma, unit)
    if not frame:
        return
    marks = _marks(token, context) | {frame}
    subject = subject_of(token)
    subject_class = context.subject_class(subject)
    passive = token.tag_ == "VBN" and any(c.dep_ in {"auxpass", "nsubjpass"} for c in token.children)
    if passive:
        asked = tuple(conjuncts(subject)) if subject is not None else ()
        agent = next((g for c in token.children if c.dep_ == "agent" for g in c.children), None)
        subject_class = "none" if agent is None else context.subject_class(agent)
        marks.add("passive")
        past = any(c.dep_ == "auxpass" and c.lower_ in {"was", "were", "been"} for c in token.children)
    else:
        past = token.tag_ == "VBD" or (token.tag_ == "VBN" and any(c.lemma_ == "have" for c in token.children))
    if past:
        marks.add("past")
    if token.tag_ == "VBG":
        marks.add("participle")
    if any(c.tag_ == "MD" for c in token.children):
        marks.add("modal")
    if any(c.tag_ == "TO" for c in token.lefts):
        marks.add("infinitive")
    governor = token
    while (
        subject_class == "none"
        and not passive
        and governor.dep_ in {"xcomp", "advcl", "pcomp", "acl", "prep", "conj", "ccomp", "pobj"}
    ):
        governor = governor.head
        if (found := subject_of(governor)) is not None:
            subject_class = context.subject_class(found)
            marks.add("raised")
            if governor.tag_ == "VBD":
                marks.add("past")
    if subject is None and _starts(token, unit):
        marks.add("operative")
    if token.dep_ == "acl" and any(c.dep_ == "poss" and c.lower_ in {"our", "my"} for c in token.head.children):
        subject_class = "we"
    if _as_others_say(token, context):
        marks.add("reported")
    yield Cue(
        "call", lemma, token, subject, subject_class, asked, acts, lexicon().call_verbs[lemma],
        position(token, context), frozenset(marks),
    )  # fmt: skip


def _call_lemma(token: Token, unit: Unit) -> str | None:
    verbs = lexicon().call_verbs
    lemma = token.lemma_.lower()
    if token.pos_ == "VERB" and lemma in verbs:
        return lemma
    before = {t.lower_ for t in unit.span.doc[max(token.i - 2, unit.span.start) : token.i]}
    if not _starts(token, unit) and not before & {"we", "i"}:
        return None
    for form in (
        token.lower_,
        token.lower_.rstrip("s"),
        token.lower_.removesuffix("ing"),
        token.lower_.removesuffix("es"),
    ):
        if (
            form in verbs
            and token.pos_ in {"NOUN", "PROPN", "VERB", "ADJ"}
            and (token.lower_ != form or _starts(token, unit) is False or token.text.isupper())
        ):
            return form
    return None


def _starts(token: Token, unit: Unit) -> bool:
    """Whether only adverbs and numbers stand before the token in its unit."""
    for before in unit.span.doc[unit.span.start : token.i]:
        if before.lower_ not in _ADVERB_LEAD and not before.is_punct and not before.like_num and not before.is_space:
            return False
    return True


def _frame(token: Token, lemma: str, unit: Unit) -> tuple[tuple[Token, ...], tuple[Token, ...], str]:
    """Who is asked and for what: (asked, acts, name of the construction), the name empty where it asks nothing."""
    prepositions = lexicon().call_prepositions.get(lemma, frozenset())
    asked: list[Token] = []
    acts: list[Token] = []
    frame = ""
    end = unit.span.end
    for child in token.rights:
        if child.i >= end:
            break
        dep = child.dep_
        if dep in {"prep", "prt", "agent", "dative"} and child.lower_ in prepositions:
            objects = [g for g in child.children if g.dep_ in {"pobj", "pcomp"}]
            if child.lower_ in {"for", "of"}:
                acts += objects
                frame = frame or "for"
            else:
                asked += [c for o in objects for c in conjuncts(o)]
                frame = "on"
                acts += [v for o in objects for v in o.children if v.dep_ in {"acl", "relcl", "xcomp"} and _to(v)]
        elif dep in {"dobj", "dative", "iobj"}:
            asked += list(conjuncts(child))
            acts += [v for v in child.children if v.dep_ in {"acl", "xcomp"} and _to(v)]
            frame = frame or (
                "object" if lemma not in lexicon().call_prepositions or lemma in {"ask", "press", "push"} else ""
            )
        elif (dep == "prt" and child.lower_ in {"out", "off", "in"}) or (dep == "ccomp" and any(
            t.tag_ in {"WP", "WRB", "WDT"} or t.lower_ in {"if", "whether"} for t in child.lefts
        )):
            return (), (), ""
        elif dep in {"xcomp", "ccomp", "advcl"} and (_to(child) or dep == "ccomp"):
            acts.append(child)
            inner = next((c for c in child.children if c.dep_ in {"nsubj", "nsubjpass"} and c.i > token.i), None)
            if inner is not None:
                asked += list(conjuncts(inner))
            frame = "infinitive" if _to(child) else "that" if frame in {"", "object"} else frame
    if asked and not acts and frame in {"on", "object"}:
        last = max(a.i for a in asked)
        acts += [t for t in token.doc[last + 1 : end] if t.tag_ == "VB" and _to(t) and t.dep_ != "conj"][:1]
    if lemma in {"call", "appeal"} and frame in {"", "object"}:
        follow = token.nbor(1).lower_ if token.i + 1 < len(token.doc) else ""
        frame = "on" if follow in {"on", "upon", "for", "to"} else ""
    if (
        lemma in {"ask", "press", "push", "order", "direct", "advise", "suggest", "propose", "challenge", "require"}
        and frame == "object"
        and not acts
    ):
        frame = ""
    if frame == "object" and not acts:
        acts, asked = [t for t in asked], []
        frame = "noun"
    return tuple(asked), tuple(acts), frame


def _to(verb: Token) -> bool:
    return any(c.tag_ == "TO" for c in verb.lefts)


def _stressed(token: Token, unit: Unit, context: Context) -> Iterator[Cue]:
    """ "repeats its call on", "stresses the need to", "our demand that": a noun that carries a call, need or duty."""
    words = lexicon()
    lemma = token.lemma_.lower()
    is_call = lemma in words["call_nouns"]
    if token.pos_ not in {"NOUN", "PROPN"} or not (is_call or lemma in words["need_nouns"]):
        return
    acts = [
        c
        for c in token.rights
        if c.dep_ in {"acl", "xcomp", "relcl", "ccomp"} and (_to(c) or c.dep_ in {"acl", "ccomp"})
    ]
    asked: list[Token] = []
    for prep in (c for c in token.rights if c.dep_ == "prep"):
        objects = [g for g in prep.children if g.dep_ in {"pobj", "pcomp"}]
        if prep.lower_ in {"for", "of"} and objects and not (prep.lower_ == "of" and is_call):
            acts += objects
        elif prep.lower_ in {"on", "upon", "to", "of"}:
            asked += [c for o in objects for c in conjuncts(o)]
            acts += [v for o in objects for v in o.children if v.dep_ in {"acl", "xcomp"} and _to(v)]
    governor = token.head
    verb = (
        governor.lemma_.lower()
        if governor.pos_ in {"VERB", "AUX"} and token.dep_ in {"dobj", "attr", "pobj", "oprd", "ROOT"}
        else ""
    )
    if token.dep_ == "pobj" and governor.head.pos_ == "VERB":
        governor = governor.head
        verb = governor.lemma_.lower()
    if is_call and (verb not in words["stress_verbs"] or not acts):
        near = [
            t for t in token.doc[max(token.i - 6, 0) : token.i] if t.lemma_.lower().rstrip("s") in words["stress_verbs"]
        ]
        if near or verb in words["stress_verbs"]:
            near = near or [governor]
            governor, verb = near[-1], near[-1].lemma_.lower().rstrip("s")
            acts = (
                acts
                or [t for t in token.doc[token.i + 1 : unit.span.end] if t.dep_ == "pobj" and t.head.lower_ == "for"][
                    :1
                ]
            )
            acts = acts or [t for t in token.doc[token.i + 2 : token.i + 4] if t.tag_ == "VB"][:1]
    if not acts or verb not in words["stress_verbs"] | {"be"}:
        return
    possessor = next((c for c in token.lefts if c.dep_ == "poss"), None)
    subject = subject_of(governor)
    where = position(governor, context)
    marks = {"past"} if governor.tag_ == "VBD" else set()
    if possessor is not None and possessor.lower_ in {"our", "its", "my"}:
        marks.add("own_noun")
        root = subject_of(governor.sent.root)
        if where == "reported" and context.subject_class(root) in {"we", "own"}:
            subject, where = root, "main"
    kind = "call_noun" if is_call else "need_noun"
    yield Cue(
        kind, lemma, token, subject, context.subject_class(subject), tuple(asked), tuple(acts), "urge",
        where, frozenset(marks | {f"verb={'be' if verb == 'be' else 'stress'}"}),
    )  # fmt: skip


def _asking(token: Token, unit: Unit, context: Context) -> Iterator[Cue]:
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
        tuple(conjuncts(verb)), "recommend", position(verb, context), frozenset(_marks(verb, context)),
    )  # fmt: skip


def _pleading(token: Token, unit: Unit) -> Iterator[Cue]:
    """ "please" within a sentence, with the verb that follows it."""
    if token.lower_ != "please":
        return
    verb = next(
        (t for t in unit.span.doc[token.i + 1 : unit.span.end] if t.tag_ in {"VB", "VBP"} and t.lower_ != "do"), None
    )
    if verb is not None:
        yield Cue("please", "please", token, None, "none", (), tuple(conjuncts(verb)), "urge", "main", frozenset())


def _duty(token: Token, context: Context) -> Iterator[Cue]:
    """ "X has a responsibility to", "X is obliged to", "it is the duty of X to"."""
    words = lexicon()
    lemma = token.lemma_.lower()
    if lemma in words["duty_nouns"] and token.pos_ == "NOUN":
        verb = token.head
        if verb.lemma_.lower() not in words["duty_verbs"] or token.dep_ not in {"dobj", "attr", "nsubj", "oprd"}:
            return
        acts = tuple(
            c for c in (*token.rights, *verb.rights) if c.dep_ in {"acl", "xcomp", "advcl", "ccomp"} and _to(c)
        )
        holder = [
            o
            for p in token.rights
            if p.dep_ == "prep" and p.lower_ in {"of", "on"}
            for o in p.children
            if o.dep_ == "pobj"
        ]
        if holder and verb.lemma_ == "be" and not acts:
            acts = tuple(t for t in token.sent if t.i > holder[0].i and t.tag_ == "VB" and _to(t) and t.dep_ != "conj")[
                :1
            ]
    elif lemma in words["duty_adjectives"] or token.lower_ in words["duty_adjectives"]:
        verb = token if any(c.dep_ in {"auxpass", "nsubjpass"} for c in token.children) else token.head
        if token is not verb and verb.lemma_ != "be":
            return
        acts = tuple(c for c in (*token.rights,) if c.dep_ in {"xcomp", "advcl", "ccomp"} and _to(c))
        holder = []
    else:
        return
    if not acts:
        return
    subject = subject_of(verb)
    asked = holder or ([subject] if subject is not None and subject.i != token.i else [])
    marks = {"past"} if verb.tag_ == "VBD" else set()
    first = asked[0] if asked else None
    yield Cue(
        "duty", lemma, token, subject, context.subject_class(first), tuple(c for a in asked for c in conjuncts(a)), acts,
        "demand", position(verb, context), frozenset(marks),
    )  # fmt: skip


def _necessity(token: Token, context: Context) -> Iterator[Cue]:
    """ "it is vital that X ...", "it is time for X to", "what is needed is"."""
    words = lexicon()
    if token.lemma_.lower() not in words["necessity"] or token.pos_ not in {"ADJ", "NOUN", "VERB"}:
        return
    verb = token.head
    if verb.pos_ != "AUX" or token.dep_ not in {"acomp", "attr", "oprd"}:
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
    if not expletive or not acts or ordinal:
        return
    asked = [c for a in acts for c in a.children if c.dep_ in {"nsubj", "nsubjpass"}]
    asked += [o for p in (*token.rights, *verb.rights) if p.lower_ == "for" for o in p.children if o.dep_ == "pobj"]
    marks = {"past"} if verb.tag_ == "VBD" else set()
    if any(not _to(a) for a in acts):
        marks.add("that")
    kind = "time" if token.lemma_ == "time" else "necessity"
    yield Cue(
        kind, token.lemma_.lower(), token, subject, context.subject_class(asked[0] if asked else None),
        tuple(c for a in asked for c in conjuncts(a)), acts, "demand", position(verb, context), frozenset(marks),
    )  # fmt: skip


def _wanted(token: Token, context: Context) -> Iterator[Cue]:
    """ "we need access", "we want them to", "there must be"."""
    if (
        token.lemma_.lower() not in lexicon()["speaker_verbs"]
        or token.pos_ != "VERB"
        or token.tag_ not in {"VBP", "VBZ", "VB"}
    ):
        return
    subject = subject_of(token)
    if context.subject_class(subject) not in {"we", "own"}:
        return
    objects = [
        c
        for c in token.rights
        if c.dep_ in {"dobj", "ccomp", "xcomp"} and not (c.dep_ == "xcomp" and _semi_modal(token) is c)
    ]
    if not objects or any(o.lemma_.lower() in lexicon()["attention_verbs"] for o in objects):
        return
    yield Cue(
        "want", token.lemma_.lower(), token, subject, "we",
        tuple(g for o in objects for g in o.children if g.dep_ == "nsubj"), tuple(objects), "urge",
        position(token, context), frozenset(_marks(token, context) - {"discourse"}),
    )  # fmt: skip


def _imperative(unit: Unit, context: Context) -> Iterator[Cue]:
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
    """Tokens behind the unit's label."""
    if unit.label is None:
        return list(unit.span)
    return [t for t in unit.span if t.idx >= unit.label[1] + 1]


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
