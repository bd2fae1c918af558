"""How firm a claim is: asserted, reported, hedged or negated, told by a small model from named cues."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc, Span, Token

from statement_nlp.extraction.claim_sources import (
    FIRM,
    KINDS,
    OURS,
    Source,
    in_quotes,
    lexicon,
    sentence_around,
    subject_of,
)
from statement_nlp.extraction.claim_stance import speaker_names
from statement_nlp.extraction.claim_tree import SUBJECTS
from statement_nlp.extraction.clauses import Clause
from statement_nlp.extraction.token_lists import token_lists
from statement_nlp.records import ClaimStatus

STATUSES: tuple[ClaimStatus, ...] = ("asserted", "hedged", "negated", "reported")
COMPLEMENTS = frozenset({"acomp", "attr", "advmod", "xcomp", "prep"})
CLAUSAL = frozenset({"ccomp", "csubj", "xcomp"})
HELPERS = frozenset({"aux", "auxpass", "neg", "advmod"})
MODALS = {"may": "may", "might": "may", "could": "could", "would": "would", "will": "will", "wo": "will", "'ll": "will",
          "can": "can", "ca": "can", "must": "must", "should": "should"}  # fmt: skip
FEATURES: tuple[str, ...] = (
    *(f"source:{k}" for k in KINDS),
    *(f"{k}:{v}" for k in ("own", "above", "beside_after", "beside_before") for v in ("strong", "soft", "weak")),
    *(f"modal:{m}" for m in dict.fromkeys(MODALS.values())),
    "hedge_word", "strong_hedge", "hedged_above", "hedge_head", "hedging_above",
    "condition_inside", "condition_before", "future_time",
    "negated_head", "negative_subject", "negator",
    "no_longer",
    "denial", "verbless", "passive", "infinitive", "in_quotes", "first_person_subject", "question",
    "hedge_above_verbless", "negated_above_verbless", "negative_start", "not_before_verb", "no_object", "without",
    "unable",
    "enough", "above_pronoun", "above_speaker", "above_negative",
    "previous_reported", "previous_hedged", "previous_negated", "previous_verbless_reported",
    "previous_verbless_hedged",
    "introduced_by_source", "firm", "firm_hedge",
)  # fmt: skip


_COLUMN = {name: at for at, name in enumerate(FEATURES)}


def status_features(
    doc: Doc, clause: Clause, found: list[Source], previous: ClaimStatus | None = None
) -> npt.NDArray[np.float32]:
    """Cues for the status of a clause as numbers: shape (len(FEATURES),).

    Args:
        doc: the parsed Doc.
        clause: the claim.
        found: its `sources`.
        previous: status of the claim before it in the same sentence, None where there is none.
    """
    span, head, words = doc[clause.start : clause.end], doc[clause.head], lexicon()
    helpers = _helpers(head)
    lists = token_lists(doc)
    lower, written = lists.lowers[clause.start : clause.end], lists.text(clause.start, clause.end)
    inside = frozenset(lower)
    sentence = sentence_around(span)
    on: set[str] = {f"source:{s.kind}" for s in found} | {f"{s.kind}:{s.verb}" for s in found if s.verb}
    on |= {f"modal:{MODALS[h.lower_]}" for h in helpers if h.lower_ in MODALS}
    verbless = head.pos_ not in {"VERB", "AUX"}
    outer = next((a for a in head.ancestors if a.pos_ in {"VERB", "AUX"}), None)
    outer_helpers = _helpers(outer) if outer is not None else []
    subject = subject_of(head)
    checks = {
        "hedge_word": not inside.isdisjoint(words["hedge_word"]),
        "hedge_head": head.lemma_ in words["hedging"]
        or any(c.lower_ in words["hedge_word"] for c in head.children if c.dep_ in COMPLEMENTS),
        "strong_hedge": not inside.isdisjoint(words["strong_hedge"]),
        "hedged_above": outer is not None
        and any(c.lower_ in words["strong_hedge"] and not clause.start <= c.i < clause.end for c in outer.children),
        "hedging_above": outer is not None and outer.lemma_ in words["hedging"],
        "condition_inside": not inside.isdisjoint(words["condition"]),
        "condition_before": not words["condition"].isdisjoint(lists.lowers[sentence.start : clause.start]),
        "future_time": not inside.isdisjoint({"next", "coming", "tomorrow", "until", "by", "before"}),
        "negated_head": any(h.dep_ == "neg" for h in helpers),
        "negative_subject": subject is not None and any(t.lower_ in words["negative_subject"] for t in subject.subtree),
        "negator": not inside.isdisjoint(words["negator"]),
        "no_longer": " no longer" in written or "no fewer" in written or "no less" in written,
        "denial": head.lemma_ in words["denial"],
        "verbless": verbless,
        "passive": any(h.dep_ == "auxpass" for h in helpers),
        "infinitive": head.tag_ == "VB" and any(h.lower_ == "to" for h in helpers),
        "in_quotes": in_quotes(span),
        "first_person_subject": subject is not None and subject.lower_ in OURS,
        "question": lists.text(sentence.start, sentence.end).rstrip().endswith("?"),
        "hedge_above_verbless": verbless and any(h.lower_ in words["hedge_word"] for h in outer_helpers),
        "negated_above_verbless": verbless and any(h.dep_ == "neg" for h in outer_helpers),
        "negative_start": bool(lower) and lower[0] in words["negative_subject"],
        "not_before_verb": not {"not", "n't", "n’t", "never", "neither", "nor"}.isdisjoint(lower[:6]),
        "no_object": "no" in inside and any(
            t.lower_ == "no" and t.head.head.i == head.i and t.head.dep_ != "npadvmod" for t in span
        ),
        "introduced_by_source": _introduced_by_source(doc, span),
        "firm": any(s.kind in FIRM for s in found),
        "firm_hedge": _is_firm_hedge(span, head, helpers),
        "enough": "enough" in inside or "any" in inside,
        "without": "without" in inside,
        "unable": not inside.isdisjoint({"unable", "impossible", "lack", "lacks", "lacking"}),
    }  # fmt: skip
    on |= {f"previous_{previous}"} if previous else set()
    on |= {f"previous_verbless_{previous}"} if previous and verbless else set()
    on |= _above_cues(doc, found, words)
    on |= {name for name, true in checks.items() if true}
    row = np.zeros(len(FEATURES), dtype=np.float32)
    row[[_COLUMN[name] for name in on if name in _COLUMN]] = 1.0
    return row


def _is_firm_hedge(span: Span, head: Token, helpers: Sequence[Token]) -> bool:
    """Whether the predicate itself says that it is not certain: "may", "will", "is likely to", "is at risk of"."""
    words = lexicon()
    if any(h.dep_ == "neg" for h in helpers):
        return False
    if any(h.tag_ == "MD" and h.lower_ in words["firm_modal"] for h in helpers):
        return True
    below = [c for c in head.children if span.start <= c.i < span.end]
    if head.lemma_ in words["seeming"] and any(c.dep_ in {"xcomp", "oprd", "acomp"} for c in below):
        return True
    if head.lemma_ in words["foretelling"] and any(c.dep_ == "auxpass" for c in below):
        return True
    predicate = [head, *(c for c in below if c.dep_ in COMPLEMENTS)]
    if head.dep_ in CLAUSAL:  # it is likely that
        predicate += head.head.children
    if any(token.lower_ in words["uncertain"] for token in predicate):
        return True
    return any(c.dep_ == "prep" and any(g.lower_ in words["endangered"] for g in c.children) for c in below)


def _helpers(verb: Token) -> list[Token]:
    """Auxiliaries, negations and adverbs of a verb; of the first conjunct where it has no auxiliary of its own."""
    own = [c for c in verb.children if c.dep_ in HELPERS]
    stands_alone = any(c.dep_ in {"aux", "auxpass"} or c.dep_ in SUBJECTS for c in verb.children)
    if verb.dep_ == "conj" and verb.head.i != verb.i and not stands_alone:
        own += [c for c in verb.head.children if c.dep_ in HELPERS]
    return own


def _above_cues(doc: Doc, found: list[Source], words: Mapping[str, frozenset[str]]) -> set[str]:
    on = set()
    for source in found:
        named = (source.words or "").lower()
        if source.kind in {"above", "own"} and named:
            if named in {"it", "they", "he", "she", "this"}:
                on.add("above_pronoun")
            if named.split()[-1] in speaker_names(doc):
                on.add("above_speaker")
            if named.split()[0] in words["negative_subject"]:
                on.add("above_negative")
    return on


def _introduced_by_source(doc: Doc, span: Span) -> bool:
    """Whether the list around a clause is introduced by a source ("According to ...:", "The ministry reports:")."""
    found, at = doc._.blocks, token_lists(doc).starts[span.start]
    block = next((b for b in found if b.start <= at < b.end), None)
    if block is None or block.introduction is None:
        return False
    above = found[block.introduction]
    introduction = doc.char_span(above.start, above.end, alignment_mode="expand")
    text = introduction.text.lower() if introduction is not None else ""
    return "according to" in text or bool(re.search(r"\b(?:reports?|counts?|says|figures of|data from|source)\b", text))
