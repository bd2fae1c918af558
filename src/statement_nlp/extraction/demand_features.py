"""What a unit is judged by: abstract features of its cues, its form and its place in the statement, by name.

No word of the text is a feature but the closed-class ones of the lexicon, so that what is learnt on one crisis holds
on the next. `features` gives the names that are true of a unit; the model is a logistic regression over them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from statement_nlp.extraction.demand_context import Context
from statement_nlp.extraction.demand_cues import Cue, cues
from statement_nlp.extraction.demand_lexicon import lexicon
from statement_nlp.extraction.demand_units import Unit, units

ITEM_FORMS = frozenset({"imperative", "item_to", "item_that", "item_noun"})
BAD_POSITIONS = frozenset({"reported", "conditional"})
BAD_MARKS = frozenset({"perfect", "past", "epistemic", "discourse", "inverted", "reported"})
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
SPEAKERS = frozenset({"we", "own", "none"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit with its cues and whose quoted words it is ("no", "self", "other", "open")."""

    unit: Unit
    cues: tuple[Cue, ...]
    quoted: str
    intro: str


def candidates(context: Context) -> Iterator[Candidate]:
    """The units of a Doc, each with its cues."""
    for unit in units(context.doc):
        yield Candidate(
            unit, tuple(cues(unit, context)), context.quoted(unit.start, unit.end), introduced(unit, context)
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
    if cue.quoted == "other" or cue.position in BAD_POSITIONS:
        return False
    subject, marks = cue.subject_class, cue.marks
    own = subject in {"we", "own"}
    if marks & (BAD_MARKS - {"past"}) or ("past" in marks and not own):
        return False
    if cue.kind == "modal":
        if cue.position == "relative":
            return False
        if subject in {"people", "thing"}:
            return "passive" in marks or (subject == "thing" and cue.word != "have_to")
        return subject in ACTORS
    if cue.kind in {"call", "call_noun"}:
        if subject == "none":
            return bool(marks & {"operative", "passive"}) or candidate.unit.item or cue.position == "main"
        return own and not marks & {"modal", "negated"}
    if cue.kind in ITEM_FORMS:
        if candidate.intro in {"call", "to"}:
            return True
        running = cue.kind == "imperative" and candidate.intro in {"none", "other"}
        return running and bool(marks & {"root", "after_label", "negated", "please"}) and "noun_tag" not in marks
    if cue.kind == "need_noun":
        return own or subject == "none"
    if cue.kind == "question":
        return subject == "you" and cue.word in {"will", "would", "could"}
    return cue.kind in {"duty", "necessity", "time", "want", "please"}


def rule_score(candidate: Candidate) -> float:
    """1 where a cue is plausible or a list introduced by a call holds the unit, else 0."""
    if candidate.unit.introduces:
        return 0.0
    if candidate.unit.item and candidate.intro == "call" and "?" not in candidate.unit.span.text:
        return 1.0
    return float(any(is_plausible(cue, candidate) for cue in candidate.cues))


def features(all_candidates: Sequence[Candidate], at: int) -> dict[str, float]:
    """Named features of the candidate at index `at` among those of its statement, 1.0 where true."""
    here = all_candidates[at]
    out: dict[str, float] = {"bias": 1.0}
    for cue in here.cues:
        for name in _of_cue(cue, here):
            out[name] = 1.0
    plausible = [cue for cue in here.cues if is_plausible(cue, here)]
    out["rule"] = rule_score(here)
    out["plausible>1"] = float(len(plausible) > 1)
    out["no_cue"] = float(not here.cues)
    for name in _of_form(here):
        out[name] = 1.0
    for offset, name in ((-1, "before"), (1, "after"), (-2, "before2")):
        if 0 <= at + offset < len(all_candidates):
            out[f"{name}:rule"] = rule_score(all_candidates[at + offset])
    window = all_candidates[max(at - 4, 0) : at + 5]
    out["near"] = sum(rule_score(c) for c in window) / len(window)
    out["place"] = at / max(len(all_candidates) - 1, 1)
    return out


def _of_cue(cue: Cue, here: Candidate) -> Iterator[str]:
    kind = cue.kind
    yield kind
    yield f"{kind}|{cue.subject_class}"
    yield f"{kind}|{cue.position}"
    yield f"{kind}|quoted={cue.quoted}"
    for mark in cue.marks:
        yield f"{kind}|{mark}"
    if kind == "modal":
        yield f"modal={cue.word}"
        yield f"modal={cue.word}|{cue.subject_class}"
        yield f"modal|{cue.subject_class}|{'passive' if 'passive' in cue.marks else 'active'}"
    if kind == "call":
        yield f"call={cue.strength}"
    if kind in ITEM_FORMS:
        yield f"{kind}|intro={here.intro}"
        yield f"{kind}|{'item' if here.unit.item else 'running'}"
    if is_plausible(cue, here):
        yield f"{kind}|plausible"


def _of_form(here: Candidate) -> Iterator[str]:
    unit = here.unit
    yield f"quoted={here.quoted}"
    yield f"intro={here.intro}"
    yield f"zone={unit.zone}"
    if unit.item:
        yield "item"
    if unit.item and not unit.first:
        yield "item_rest"
    if unit.label is not None:
        yield "label"
        words = {t.lower_ for t in unit.span if t.idx < unit.label[1]}
        if words & lexicon()["label_starts"]:
            yield "label_to"
    text = unit.span.text.rstrip()
    if text.endswith("?"):
        yield "question"
    if text.endswith(":"):
        yield "colon"
    yield f"length={min(len(unit.span) // 8, 6)}"
    if any(t.tag_ == "VBD" and t.dep_ in {"ROOT", "conj"} for t in unit.span):
        yield "past_root"
