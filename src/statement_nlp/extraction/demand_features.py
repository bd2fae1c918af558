"""What a unit is judged by: abstract features of its cues, its form and its place in the statement, by name.

No word of the text is a feature but the closed-class ones of the lexicon, so that what is learnt on one crisis holds
on the next. `features` gives the names that are true of a unit; the model is a logistic regression over them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from statement_nlp.extraction.demand_context import Context
from statement_nlp.extraction.demand_cues import cues
from statement_nlp.extraction.demand_lexicon import lexicon
from statement_nlp.extraction.demand_syntax import Cue
from statement_nlp.extraction.demand_units import Unit, units

ITEM_FORMS = frozenset({"imperative", "item_to", "item_that", "item_noun"})
GROUPS = {
    **dict.fromkeys(("party_state", "party_org", "party_igo", "party_person", "actor", "name", "those"), "actor"),
    **dict.fromkeys(("they", "it", "this", "there"), "pronoun"),
    **dict.fromkeys(("we", "own"), "speaker"),
}
"""Subject classes that a demand treats alike."""
WORDS = {"must": "strong", "shall": "strong", "ought": "should", "need_to": "need", "have_to": "need"}
SHORT = 5
"""Tokens below which a unit is too short for a clause."""
BAD_POSITIONS = frozenset({"reported", "conditional"})
BAD_MARKS = frozenset({"epistemic", "discourse", "inverted", "reported", "embedded_question", "value"})
ACTORS = frozenset(
    {
        "party_state",
        "party_org",
        "party_igo",
        "party_person",
        "actor",
        "they",
        "you",
        "this",
        "it",
        "name",
        "there",
        "those",
    }
)
SPEAKERS = frozenset({"we", "own"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit with its cues and whose quoted words it is ("no", "self", "other", "open")."""

    unit: Unit
    cues: tuple[Cue, ...]
    quoted: str
    intro: str
    asks: bool


def candidates(context: Context) -> Iterator[Candidate]:
    """The units of a Doc, each with its cues."""
    for unit in units(context.doc, context.starts, context.text):
        yield Candidate(
            unit,
            tuple(cues(unit, context)),
            context.quoted(unit.start, unit.end),
            introduced(unit, context),
            context.text[unit.start : unit.end].rstrip("”’\"' )").endswith("?"),
        )


def introduced(unit: Unit, context: Context) -> str:
    """What stands above a unit: "call", "to" (a label that names who is asked), "promise", "other" or "none"."""
    if not unit.introductions:
        return "none"
    if any(i.is_promise for i in unit.introductions[-1:]):
        return "promise"
    if any(i.is_call for i in unit.introductions):
        return "call"
    for introduction in unit.introductions:
        first = context.text[introduction.start : introduction.end].split()[0].lower()
        if introduction.is_label and first in lexicon()["label_starts"]:
            return "to"
    return "other"


def is_plausible(cue: Cue, candidate: Candidate) -> bool:
    """The rule for one cue: a demand of the speaker to somebody else, not past, not reported, not a guess."""
    marks, own = cue.marks, cue.subject_class in SPEAKERS
    if cue.quoted == "other" or cue.position in BAD_POSITIONS or marks & BAD_MARKS:
        return False
    if "perfect" in marks and not (own and cue.kind in {"call", "call_noun"}):
        return False
    if "past" in marks and not own:
        return False
    if cue.kind == "modal":
        return _is_duty(cue)
    if cue.kind in {"call", "call_noun"}:
        if cue.subject_class == "none" or "operative" in marks:
            return bool(marks & {"operative", "passive"}) or candidate.unit.item or cue.position == "main"
        return own and not marks & {"modal", "negated"}
    if cue.kind in ITEM_FORMS:
        return _is_instruction(cue, candidate)
    if cue.kind == "need_noun":
        return own or cue.subject_class == "none"
    if cue.kind == "question":
        return cue.subject_class == "you" and cue.word in {"will", "would", "could"}
    return cue.kind in {"duty", "necessity", "time", "want", "please"}


def _is_duty(cue: Cue) -> bool:
    """A modal over somebody who can act, or a passive or "be able to" over those who cannot."""
    subject, marks = cue.subject_class, cue.marks
    if cue.position == "relative" or ("count" in marks and subject in {"people", "thing"}):
        return False
    if "ending" in marks and subject in {"thing", "it", "this", "actor"}:
        return True
    if subject in {"people", "own", "we"}:
        return bool(marks & {"passive", "able"}) and not (subject == "we" and "passive" in marks)
    if subject == "thing":
        return "passive" in marks or cue.word in {"must", "need_to", "ought", "shall", "cannot"} or "copula" in marks
    return subject in ACTORS and not (subject == "you" and "copula" in marks)


def _is_instruction(cue: Cue, candidate: Candidate) -> bool:
    """A bare verb or noun under an introduction that calls, or an imperative sentence."""
    if candidate.intro in {"call", "to"}:
        return True
    running = cue.kind == "imperative" and candidate.intro in {"none", "other"}
    return running and bool(cue.marks & {"root", "after_label", "negated", "please"}) and "noun_tag" not in cue.marks


def rule_score(candidate: Candidate) -> float:
    """1 where a cue is plausible or a list introduced by a call holds the unit, else 0."""
    if candidate.unit.introduces:
        return 0.0
    if candidate.unit.item and candidate.intro == "call" and not candidate.asks:
        return 1.0
    return float(any(is_plausible(cue, candidate) for cue in candidate.cues))


def features(here: Candidate) -> dict[str, float]:
    """Named features of a candidate, 1.0 where true; "+" before a cue's name where the rule holds it plausible."""
    out: dict[str, float] = {"rule": rule_score(here)}
    for cue in here.cues:
        for name in _of_cue(cue, here):
            out[name] = 1.0
    for name in _of_form(here):
        out[name] = 1.0
    return out


def _of_cue(cue: Cue, here: Candidate) -> Iterator[str]:
    sign = "+" if is_plausible(cue, here) else "-"
    group = GROUPS.get(cue.subject_class, cue.subject_class)
    kind = f"{sign}{cue.kind}"
    yield kind
    if cue.kind == "modal":
        word = WORDS.get(cue.word, cue.word)
        yield f"{kind}|{group}"
        yield f"{kind}|{word}"
        yield f"{kind}|{group}|{word}|{'passive' if 'passive' in cue.marks else 'active'}"
        if "copula" in cue.marks:
            yield f"{kind}|copula"
    if cue.kind in {"call", "call_noun"}:
        yield f"{sign}call|{group}"
    if cue.kind in ITEM_FORMS:
        yield f"{kind}|{here.intro}"
    if cue.position not in {"main", "own"}:
        yield f"{kind}|subordinate"


def _of_form(here: Candidate) -> Iterator[str]:
    unit = here.unit
    yield f"quoted={here.quoted}"
    yield f"intro={here.intro}"
    yield f"zone={unit.zone}"
    if unit.item:
        yield "item"
    if here.asks:
        yield "question"
    if len(unit.span) < SHORT:
        yield "short"
    if any(t.tag_ == "VBD" and t.dep_ in {"ROOT", "conj"} for t in unit.span):
        yield "past root"
