"""Cues that call: "we urge X to", "Demands that", "repeats its call on", "stresses the need to", "we want X to"."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field

from spacy.tokens import Token

from statement_nlp.extraction.demand_context import Context
from statement_nlp.extraction.demand_lexicon import lexicon
from statement_nlp.extraction.demand_syntax import Cue, as_others_say, conjuncts, has_to, marks_of, position, subject_of
from statement_nlp.extraction.demand_units import Unit

_ASKING_MODALS = frozenset({"would", "must", "’d", "'d"})
"""After these the call is made: "we would ask", "we must insist"; after others it is a promise or a guess."""

_AND = re.compile(r"\band (?:the )?$")


def calls(token: Token, unit: Unit, context: Context) -> Iterator[Cue]:
    """Verbs of asking with who is asked for what: "we call on X to", "Demands that X", "donors are urged to"."""
    lemma = _call_lemma(token, unit)
    if lemma is None:
        return
    asked, acts, frame = _frame(token, lemma, unit)
    if not frame and (is_operative(token, unit) or _continues(token, unit)):
        asked, acts, frame = _surface_frame(token, unit)
    if not frame:
        return
    marks = marks_of(token, context) | {frame}
    subject = subject_of(token)
    subject_class = context.subject_class(subject)
    passive = token.tag_ == "VBN" and any(c.dep_ in {"auxpass", "nsubjpass"} for c in token.children)
    own_staff = any(c.lower_ in {"my", "our"} for a in asked for c in a.lefts if c.dep_ == "poss")
    if lemma in lexicon()["ruling_verbs"] and (passive or own_staff):
        return
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
    if any(c.tag_ == "MD" and c.lower_ not in _ASKING_MODALS for c in token.children):
        marks.add("modal")
    if any(c.tag_ == "TO" for c in token.lefts):
        marks.add("infinitive")
    governor, opening = token, lexicon()["opening_verbs"] | set(lexicon().call_verbs)
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
            if "infinitive" in marks and governor.lemma_.lower() not in opening:
                marks.add("modal")  # a purpose: "has worked with X to encourage Y"
    if (subject is None and starts_unit(token, unit)) or is_operative(token, unit):
        marks.add("operative")
    if token.dep_ == "acl" and any(c.dep_ == "poss" and c.lower_ in {"our", "my"} for c in token.head.children):
        subject_class = "we"
    if as_others_say(token, context):
        marks.add("reported")
    where = position(token, context)
    if subject_class not in {"we", "own"} and not passive and _continues(token, unit):
        first = context.first_subject(unit.span)
        if first is not None and context.subject_class(first) in {"we", "own"}:
            subject, subject_class, where = first, context.subject_class(first), "main"
            marks -= {"participle", "reported"}
    yield Cue(
        "call", lemma, token, subject, subject_class, asked, acts, lexicon().call_verbs[lemma], where, frozenset(marks),
    )  # fmt: skip
    for other, act in _further(token, acts, unit, context):
        yield Cue(
            "call", lemma, token, subject, subject_class, tuple(conjuncts(other)), (act,), lexicon().call_verbs[lemma],
            "main", frozenset(marks | {"further"}),
        )  # fmt: skip


def _further(call: Token, acts: Sequence[Token], unit: Unit, context: Context) -> Iterator[tuple[Token, Token]]:
    """Others who are asked by the same verb: "urge A to stop, and B to withdraw" -> (B, withdraw)."""
    if not acts:
        return
    seen = acts[0].i
    for other in (*conjuncts(acts[0]), *acts[1:], *(c for c in call.rights if c.dep_ == "conj")):
        own = next((c for c in other.lefts if c.dep_ == "nsubj" and c.i > seen), None)
        if own is not None and has_to(other):
            yield own, other
            return
    for token in unit.span.doc[seen + 1 : unit.span.end]:
        if token.lower_ in {"on", "upon"} and token.nbor(-1).lower_ == "and":
            asked = next((c for c in token.children if c.dep_ == "pobj"), None)
            act = next((t for t in unit.span.doc[token.i : unit.span.end] if t.tag_ == "VB" and has_to(t)), None)
            if asked is not None and act is not None:
                yield asked, act
                return
    for token in unit.span.doc[seen + 1 : unit.span.end - 2]:
        mention = context.parties.get(token.i)
        follow = [token.nbor(1), token.nbor(2)]
        if mention is None or follow[0].tag_ != "TO" or follow[1].tag_ != "VB":
            continue
        before = context.text[max(mention.start - 9, 0) : mention.start]
        if _AND.search(before) and follow[1].i not in {a.i for a in acts[:1]}:
            yield token, follow[1]
            return


def _call_lemma(token: Token, unit: Unit) -> str | None:
    """The call verb that a token is a form of, also where the tagger takes it for a noun ("Demands that ...")."""
    verbs = lexicon().call_verbs
    lemma = token.lemma_.lower()
    if token.pos_ == "VERB" and lemma in verbs:
        return lemma
    before = {t.lower_ for t in unit.span.doc[max(token.i - 2, unit.span.start) : token.i]}
    joined = "and" in before and token.nbor(1).lower_ == "that" if token.i + 1 < len(token.doc) else False
    own = before & {"we", "i"} and token.tag_ != "NNS"
    if not is_operative(token, unit) and not joined and not own and not _continues(token, unit):
        return None
    return _verb_form(token, verbs)


def _continues(token: Token, unit: Unit) -> bool:
    """Whether a word looks like one more verb of a long sentence: "and calls upon the", taken for a noun."""
    if token.i <= unit.span.start or token.i + 1 >= len(token.doc) or not token.lower_.endswith("s"):
        return False
    back = token.i - 1
    while back > unit.span.start and token.doc[back].lower_ in lexicon()["lead_adverbs"] - {"and", "more"}:
        back -= 1
    return token.doc[back].lower_ in {"and", ","} and token.nbor(1).lower_ in {"on", "upon", "that", "the"}


def _verb_form(token: Token, verbs: Container[str]) -> str | None:
    lower = token.lower_
    for form in (lower, lower.removesuffix("s"), lower.removesuffix("es"), lower.removesuffix("ing")):
        if form in verbs:
            return form
    return None


def is_operative(token: Token, unit: Unit) -> bool:
    """Whether a token is an operative verb of a resolution: first in its unit, or coordinated with one that is.

    "Demands that ...", "Strongly urges ...", "Welcomes the report and calls for ...", "DEMANDS the release ...".
    """
    verbs = lexicon()["performative_verbs"] | set(lexicon().call_verbs)
    if not (token.lower_.endswith("s") or token.text.isupper()) or _verb_form(token, verbs) is None:
        return False
    if starts_unit(token, unit):
        return True
    first = next((t for t in unit.span if not _is_lead(t)), None)
    if first is None or first.i >= token.i or not first.lower_.endswith("s") or _verb_form(first, verbs) is None:
        return False
    back = token.i - 1
    while back > first.i and token.doc[back].lower_ in lexicon()["lead_adverbs"] - {"and"}:
        back -= 1
    return token.doc[back].lower_ in {"and", ";", ","}


def _surface_frame(token: Token, unit: Unit) -> tuple[tuple[Token, ...], tuple[Token, ...], str]:
    """The frame of an operative verb by word order, where the parse is no help."""
    after = token.doc[token.i + 1 : unit.span.end]
    follow = after[0].lower_ if len(after) else ""
    act = next((t for t in after if t.tag_ == "VB" and has_to(t)), None)
    if follow == "that":
        verb = next((t for t in after if t.pos_ in {"VERB", "AUX"} and t.tag_ in {"VB", "VBP", "MD"}), None)
        return (), (verb,) if verb is not None else (), "that"
    if follow in {"on", "upon"} or (act is not None and act.i < token.i + 25):
        return (), (act,) if act is not None else (), "on"
    noun = next((t for t in after if t.pos_ == "NOUN"), None)
    return (), (noun,) if noun is not None else (), "for" if follow == "for" else "noun"


def starts_unit(token: Token, unit: Unit) -> bool:
    """Whether only adverbs and numbers stand before the token in its unit."""
    return all(_is_lead(before) for before in unit.span.doc[unit.span.start : token.i])


def _is_lead(token: Token) -> bool:
    return bool(token.lower_ in lexicon()["lead_adverbs"] or token.is_punct or token.like_num or token.is_space)


@dataclass
class _Frame:
    """Who is asked and for what, and the name of the construction; the name is empty where it asks nothing."""

    asked: list[Token] = field(default_factory=list)
    acts: list[Token] = field(default_factory=list)
    name: str = ""


def _frame(token: Token, lemma: str, unit: Unit) -> tuple[tuple[Token, ...], tuple[Token, ...], str]:
    """Who is asked and for what: (asked, acts, name of the construction), the name empty where it asks nothing."""
    frame = _Frame()
    for child in token.rights:
        if child.i >= unit.span.end:
            break
        if _asks_nothing(child):
            return (), (), ""
        _read_child(child, lemma, frame)
    if frame.asked and not frame.acts and frame.name in {"on", "object"}:
        after = token.doc[max(a.i for a in frame.asked) + 1 : unit.span.end]
        frame.acts += [t for t in after if t.tag_ == "VB" and has_to(t) and t.dep_ != "conj"][:1]
    _settle(frame, token, lemma)
    return tuple(frame.asked), tuple(frame.acts), frame.name


def _asks_nothing(child: Token) -> bool:
    """True of "called out", "asked what I want", "asks whether": they are no calls."""
    if child.dep_ == "prt":
        return child.lower_ in {"out", "off", "in"}
    wondering = any(t.tag_ in {"WP", "WRB", "WDT"} or t.lower_ in {"if", "whether"} for t in child.lefts)
    return child.dep_ == "ccomp" and wondering


def _read_child(child: Token, lemma: str, frame: _Frame) -> None:
    prepositions = lexicon().call_prepositions
    dep = child.dep_
    if dep in {"prep", "prt", "agent", "dative"} and child.lower_ in prepositions.get(lemma, ()):
        objects = [g for g in child.children if g.dep_ in {"pobj", "pcomp"}]
        if child.lower_ in {"for", "of"}:
            frame.acts += objects
            frame.name = frame.name or "for"
        else:
            frame.asked += [c for o in objects for c in conjuncts(o)]
            frame.acts += [v for o in objects for v in o.children if v.dep_ in {"acl", "relcl", "xcomp"} and has_to(v)]
            frame.name = "on"
    elif dep in {"dobj", "dative", "iobj"}:
        frame.asked += list(conjuncts(child))
        frame.acts += [v for v in child.children if v.dep_ in {"acl", "xcomp"} and has_to(v)]
        if lemma not in prepositions or lemma in {"ask", "press", "push"}:
            frame.name = frame.name or "object"
    elif dep in {"xcomp", "pcomp"} and child.tag_ == "VBG" and lemma in lexicon()["advising_verbs"]:
        frame.acts.append(child)
        frame.name = "infinitive"
    elif dep in {"xcomp", "ccomp", "advcl"} and (has_to(child) or dep == "ccomp"):
        frame.acts.append(child)
        inner = next((c for c in child.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)
        frame.asked += list(conjuncts(inner)) if inner is not None else []
        frame.name = "infinitive" if has_to(child) else "that" if frame.name in {"", "object"} else frame.name


def _settle(frame: _Frame, token: Token, lemma: str) -> None:
    """What single verbs demand of their frame."""
    words = lexicon()
    if lemma in {"call", "appeal"} and frame.name in {"", "object"}:
        follow = token.nbor(1).lower_ if token.i + 1 < len(token.doc) else ""
        frame.name = "on" if follow in {"on", "upon", "for", "to"} else ""
    if lemma == "insist" and frame.name == "on":
        frame.acts, frame.asked = frame.acts or frame.asked, []
    if lemma in words["infinitive_verbs"] and not frame.acts:
        frame.name = ""
    if lemma in {"rely", "count", "look"} and not any(_can_act(t) for t in frame.asked):
        frame.name = ""
    if lemma == "remind" and frame.name != "infinitive":
        frame.name = ""
    if frame.name == "object" and not frame.acts:
        frame.acts, frame.asked, frame.name = list(frame.asked), [], "noun"


def _can_act(token: Token) -> bool:
    """Whether a token is a name, a pronoun of a person or a noun of an actor: who can be relied on to act."""
    return token.pos_ in {"PROPN", "PRON"} or token.lemma_.lower() in lexicon()["actor_nouns"]


def stressed(token: Token, unit: Unit, context: Context) -> Iterator[Cue]:
    """A noun that carries a call, need or duty: "repeats its call on", "stresses the need to", "our demand that"."""
    words = lexicon()
    lemma = token.lemma_.lower()
    is_call = lemma in words["call_nouns"]
    if token.pos_ not in {"NOUN", "PROPN"} or not (is_call or lemma in words["need_nouns"]):
        return
    acts = [
        c
        for c in token.rights
        if c.dep_ in {"acl", "xcomp", "relcl", "ccomp"} and (has_to(c) or c.dep_ in {"acl", "ccomp"})
    ]
    asked: list[Token] = []
    for prep in (c for c in token.rights if c.dep_ == "prep"):
        objects = [g for g in prep.children if g.dep_ in {"pobj", "pcomp"}]
        if prep.lower_ in {"for", "of"} and objects and not (prep.lower_ == "of" and is_call):
            acts += objects
        elif prep.lower_ in {"on", "upon", "to", "of"}:
            asked += [c for o in objects for c in conjuncts(o)]
            acts += [v for o in objects for v in o.children if v.dep_ in {"acl", "xcomp"} and has_to(v)]
    governor = token.head
    verb = (
        governor.lemma_.lower()
        if governor.pos_ in {"VERB", "AUX"} and token.dep_ in {"dobj", "attr", "pobj", "oprd", "ROOT"}
        else ""
    )
    if token.dep_ in {"pobj", "pcomp"}:
        governor = governor.head.head if governor.head.dep_ == "dobj" else governor.head
        verb = governor.lemma_.lower()
    if is_call and (verb not in words["stress_verbs"] or not acts):
        near = _stressing_before(token)
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
    if not acts and lemma in words["need_nouns"] and verb not in {"be", ""}:
        acts = [t for t in token.doc[token.i + 1 : unit.span.end] if t.tag_ == "VB" and has_to(t)][:1]
    first = next((t for t in unit.span if not _is_lead(t)), token)
    operative = is_operative(first, unit) and _verb_form(first, words["stress_verbs"]) is not None
    if operative and token.i - first.i < 6:
        verb = "stress"
        acts = acts or [t for t in token.doc[token.i + 1 : unit.span.end] if t.tag_ == "VB"][:1]
    if not acts or verb not in words["stress_verbs"] | {"be", "stress"}:
        return
    possessor = next((c for c in token.lefts if c.dep_ == "poss"), None)
    subject = subject_of(governor)
    where = position(governor, context)
    marks = {"past"} if governor.tag_ == "VBD" else set()
    if operative:
        marks.add("operative")
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


def _stressing_before(token: Token) -> list[Token]:
    """Verbs near before a noun that put weight on it; those that join in a call may stand further off."""
    words, before = lexicon(), token.doc[max(token.i - 14, token.sent.start) : token.i]
    return [
        t
        for t in before
        if t.lemma_.lower().rstrip("s") in words["joining_verbs"]
        or (token.i - t.i <= 6 and t.lemma_.lower().rstrip("s") in words["stress_verbs"])
    ]


def wanted(token: Token, context: Context) -> Iterator[Cue]:
    """What the speaker wants, needs or expects of others: "we want them to", "we need access"."""
    words = lexicon()
    lemma = token.lemma_.lower()
    if lemma not in words["speaker_verbs"] or token.pos_ != "VERB" or token.tag_ not in {"VBP", "VBZ", "VB"}:
        return
    subject = subject_of(token)
    subject_class = context.subject_class(subject)
    if subject_class not in {"we", "own"}:
        return
    objects = [c for c in token.rights if c.dep_ in {"dobj", "ccomp"} or (c.dep_ == "xcomp" and not _is_own_act(c))]
    if not objects or any(o.lemma_.lower() in words["attention_verbs"] for o in objects):
        return
    things = [o for o in objects if o.pos_ in {"NOUN", "PROPN"}]
    infinitive = any(has_to(c) for o in objects for c in (o, *o.rights) if c.pos_ in {"VERB", "AUX"})
    if (
        len(things) == len(objects)
        and not infinitive
        and not any(o.lemma_.lower() in words["action_nouns"] for o in things)
    ):
        return
    asked = [g for o in objects for g in o.children if g.dep_ == "nsubj"] or (things if infinitive else [])
    yield Cue(
        "want", lemma, token, subject, subject_class, tuple(c for a in asked for c in conjuncts(a)), tuple(objects),
        "urge", position(token, context), frozenset(marks_of(token, context) - {"discourse"}),
    )  # fmt: skip


def _is_own_act(verb: Token) -> bool:
    """An infinitive without a subject of its own: what the speaker itself needs to do."""
    return has_to(verb) and not any(c.dep_ == "nsubj" for c in verb.lefts)
