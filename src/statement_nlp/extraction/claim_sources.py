"""Whose word a claim is: the sources that its sentence, its quotation or its list names, by rules."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import yaml
from spacy.tokens import Doc, Span, Token

from statement_nlp.extraction.claim_tree import SUBJECTS
from statement_nlp.extraction.clauses import Clause
from statement_nlp.extraction.token_lists import token_lists

LEXICON = Path(__file__).with_name("data") / "claims_status.yaml"
OURS = frozenset({"we", "i", "our", "my", "us"})
SPEAKING = frozenset(
    {"say", "tell", "add", "explain", "recall", "write", "ask", "continue", "report", "declare", "note", "warn"}
)
_DAY = r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}"
BRACKETED = re.compile(rf"\(((?:[A-Z](?:(?!{_DAY})[\w&.’'-])*+[ ,;/]*+){{1,6}})\s*{_DAY}[^()]*\)")
ONLY_WITH = {"put": {"at"}, "speak": {"of"}}
NEVER_WITH = {"call": {"for", "on", "upon"}, "count": {"on"}}
"""Prepositions that tell whether a verb reports."""
FIRM = frozenset({"parenthetical", "witness", "count", "according", "adverb", "bracket", "rumour"})
"""Kinds of sources that leave no doubt: what they cover is reported unless it is hedged or denied."""
PARTING = frozenset({",", "(", ")", "–", "—", ".", "”", "“"})
FINAL = re.compile(r"[.!?\n”]")
KINDS = (
    "own", "own_ours", "above", "according", "parenthetical", "count", "adverb", "passive", "noun", "rumour", "bracket",
    "witness", "member", "beside_after", "beside_before",
)  # fmt: skip
"""How a source shows: the clause's own verb, a verb above it, "according to", "reportedly", "is said to", "reports of",
a dated source in brackets, a quotation of somebody outside or inside the speaking organisation, a clause beside it."""


@lru_cache(maxsize=1)
def lexicon() -> Mapping[str, frozenset[str]]:
    """Word classes of the status lexicon."""
    data = yaml.safe_load(LEXICON.read_text(encoding="utf8"))
    return {name: frozenset(map(str, words)) for name, words in data.items()}


@lru_cache(maxsize=1)
def _counted() -> re.Pattern[str]:
    nouns = "|".join(sorted(map(re.escape, lexicon()["count_noun"])))
    return re.compile(
        r"\b(?i:by|in|on)\s+(?:(?P<owner>[^,;.:]{2,70}?)(?:'s|’s|'|’)\s+(?:\w+\s+){0,2}?"
        r"|(?P<some>the|some|several|most|many|all|various|official|local|conservative|early|preliminary)\s+(?:\w+\s+)??)"
        rf"(?P<noun>(?:{nouns})s?)\b(?:\s+of\s+(?P<of>[^,;.:]{{3,80}}))?"
    )


@dataclass(frozen=True, slots=True)
class Source:
    """Where a claim comes from: `kind` of `KINDS`, and the words that name the source (None where none do)."""

    kind: str
    words: str | None
    verb: str | None = None


def sources(doc: Doc, clause: Clause) -> list[Source]:
    """All that tells whose word a clause is, the closest first; empty where it is the speaker's own."""
    span = doc[clause.start : clause.end]
    head = doc[clause.head]
    found = (
        _own(span, head), _above(span, head), _parenthetical(span), _according(span), _count(span), _adverb(span),
        _passive(span, head), _noun(span, head), _bracket(span), _quotation(span), _beside(span),
    )  # fmt: skip
    kept = [source for source in found if source is not None]
    if any(source.kind in {"member", "witness"} for source in kept):
        kept = [
            source for source in kept if source.kind not in {"above", "parenthetical", "beside_after", "beside_before"}
        ]
    return kept


def subject_of(verb: Token) -> Token | None:
    """Subject of a verb, or of the verb that it is coordinated with."""
    while True:
        subject = next((c for c in verb.children if c.dep_ in SUBJECTS), None)
        if subject is not None or verb.dep_ != "conj" or verb.head.i == verb.i:
            return subject
        verb = verb.head


def _words(token: Token, stop: int | None = None) -> str:
    """The phrase of a token as written, up to a relative clause or apposition behind a comma."""
    start, end = token.left_edge.i, token.right_edge.i + 1
    for part in token.subtree:
        if part.i > token.i and (part.dep_ == "relcl" or part.text in {",", "(", "“", ";", ":", "–", "—"}):
            end = min(end, part.left_edge.i if part.dep_ == "relcl" else part.i)
    if stop is not None:
        end = min(end, stop)
    return str(token.doc[start : max(end, start + 1)].text).strip(" ,\n")


def _strength(verb: Token) -> str:
    """Whether a verb only reports ("say"), states what its subject knows ("note"), or may be the event itself."""
    words = lexicon()
    after = {c.lower_ for c in verb.rights if c.dep_ in {"prep", "advmod", "prt"}}
    only = ONLY_WITH.get(verb.lemma_)
    if (only and not after & only) or (after & NEVER_WITH.get(verb.lemma_, frozenset())):
        return "weak"
    if verb.lemma_ in words["confirming"] and any(c.dep_ == "ccomp" for c in verb.children):
        return "strong"
    return "strong" if verb.lemma_ in words["strong"] else "soft" if verb.lemma_ in words["soft"] else "weak"


def _is_third(subject: Token | None) -> bool:
    return subject is not None and (subject.lower_ not in OURS or subject.text == "US") and subject.dep_ != "expl"


def _own(span: Span, head: Token) -> Source | None:
    verb = head
    if verb.lemma_ not in lexicon()["reporting"]:
        return None
    if verb.lemma_ in lexicon()["clausal"] and not any(c.dep_ == "ccomp" for c in verb.children):
        return None
    subject = subject_of(verb)
    if not _is_third(subject) or subject is None or not span.start <= subject.i < span.end:
        return None
    if subject.dep_ != "nsubj":
        return None
    ours = any(t.lower_ in OURS and t.text != "US" for t in subject.subtree)
    return Source("own_ours" if ours else "own", _words(subject), _strength(verb))


def _above(span: Span, head: Token) -> Source | None:
    below = head
    for verb in head.ancestors:
        if verb.lemma_ in lexicon()["reporting"] and below.dep_ in {
            "ccomp",
            "xcomp",
            "conj",
            "parataxis",
            "dep",
            "pcomp",
        }:
            subject = subject_of(verb)
            if not span.start <= verb.i < span.end and subject is not None and subject.dep_ == "nsubj":
                if any(c.dep_ == "auxpass" for c in verb.children):
                    return Source("passive", None)
                return Source("above", _words(subject), _strength(verb)) if _is_third(subject) else None
        if verb.pos_ in {"VERB", "AUX"} and below.dep_ not in {"ccomp", "conj", "xcomp", "parataxis", "dep"}:
            return None
        below = verb
    return None


def _according(span: Span) -> Source | None:
    doc, part, lowers = span.doc, _part(span), token_lists(span.doc).lowers
    for at in range(part.start, part.end - 2):
        if lowers[at] == "according" and lowers[at + 1] == "to":
            named = next((c for c in doc[at + 1].children if c.dep_ == "pobj"), None)
            return Source("according", _words(named) if named is not None else None)
    return None


def _count(span: Span) -> Source | None:
    """The source of "by OCHA's count", "by the estimate of aid groups", "by several accounts"."""
    part = _part(span)
    for match in _counted().finditer(token_lists(span.doc).text(part.start, part.end)):
        owner = match["owner"] or match["of"]
        if owner and owner.lower().split()[0] in OURS:
            continue
        return Source("count", (owner or match["some"] + " " + match["noun"]).strip())
    return None


def _parenthetical(span: Span) -> Source | None:
    """The source of ", the UN says,", ", say residents", ", as the ministry has counted": verb first or last."""
    doc, part, words, lists = span.doc, _part(span), lexicon(), token_lists(span.doc)
    if words["parenthetical"].isdisjoint(lists.lower_lemmas[part.start : part.end]):
        return None
    verbs_at = [i for i in range(part.start, part.end) if lists.lower_lemmas[i] in words["parenthetical"]]
    inside = range(part.start, part.end)
    marks = [part.start - 1, *(i for i in inside if lists.texts[i] in PARTING), part.end]
    for low, high in pairwise(marks):
        if not any(low < i < high for i in verbs_at):
            continue
        piece = [t for t in doc[low + 1 : high] if not t.is_space]
        if not 2 <= len(piece) <= 14 or (
            piece[0].i >= span.start and piece[-1].i < span.end and piece[0].i == span.start
        ):
            continue
        verbs = [
            t
            for t in piece
            if t.lemma_.lower() in words["parenthetical"]
            and t.pos_ != "PROPN"
            and t.lower_ not in {"reporting", "counting"}
        ]
        if not verbs or sum(t.pos_ == "VERB" for t in piece) > 1:
            continue
        if verbs[0].i == piece[0].i or (piece[0].lower_ == "as" and verbs[0].i == piece[1].i):
            named = doc[verbs[0].i + 1 : high]
        elif piece[-1].i - verbs[-1].i <= 2 and piece[0].pos_ in {
            "DET",
            "PROPN",
            "NOUN",
            "ADJ",
            "SCONJ",
            "PRON",
            "ADP",
            "NUM",
        }:
            named = doc[piece[0].i + (piece[0].lower_ == "as") : verbs[-1].i]
        else:
            continue
        text = re.sub(r"\s+(?:have|has|had|now|also|later|since|first)$", "", named.text.strip())
        if text and text.lower().split()[0] not in {*OURS, "who", "which", "that", "it", "to"}:
            return Source("parenthetical", text)
    return None


def _part(span: Span) -> Span:
    """The sentence around a span between semicolons."""
    known: dict[tuple[int, int], tuple[int, int]] = span.doc.user_data.setdefault("claims.parts", {})
    if (span.start, span.end) in known:
        start, end = known[span.start, span.end]
        return span.doc[start:end]
    sentence = sentence_around(span)
    start, end = sentence.start, sentence.end
    texts = token_lists(span.doc).texts
    for at in range(sentence.start, sentence.end):
        if texts[at] in {";", ":"}:
            if at < span.start:
                start = at + 1
            elif at >= span.end:
                end = at
                break
    known[span.start, span.end] = start, end
    return span.doc[start:end]


def _adverb(span: Span) -> Source | None:
    adverbs = lexicon()["report_adverb"]
    absent = adverbs.isdisjoint(token_lists(span.doc).lowers[span.start : span.end])
    return None if absent else Source("adverb", None)


def _passive(span: Span, head: Token) -> Source | None:
    """For "is said to", "were reported", "it is believed that", and "troops reported near the town"."""
    below = None
    for token in (head, *head.ancestors):
        outside = not span.start <= token.i < span.end
        if outside and (below is None or below.dep_ not in {"ccomp", "xcomp"}):
            return None
        if token.lemma_ in lexicon()["reported_passive"]:
            helped = any(c.dep_ == "auxpass" for c in token.children)
            reduced = token.dep_ in {"acl", "ROOT"} and token.lower_ in {"reported", "alleged"} and not outside
            if helped or (reduced and not _has_object(token)):
                return Source("passive", None)
        if outside:
            return None
        below = token
    return None


def _has_object(verb: Token) -> bool:
    return any(c.dep_ in {"dobj", "ccomp"} for c in verb.children)


def _noun(span: Span, head: Token) -> Source | None:
    above = head.head
    if head.dep_ in {"relcl", "acl"} and span.start <= above.i < span.end:
        above = above.head
    for _ in range(6):
        if above.lemma_ in lexicon()["report_noun"] and above.pos_ == "NOUN" and not span.start <= above.i < span.end:
            kind = "rumour" if above.lemma_ in lexicon()["rumour_noun"] else "noun"
            return Source(kind, _words(above, stop=span.start).removesuffix(" of").removesuffix(" that"))
        if above.pos_ not in {"ADP", "NOUN", "PROPN"} or above.head.i == above.i:
            break
        above = above.head
    return None


def _bracket(span: Span) -> Source | None:
    _, end = _paragraph(span.doc, span.start)
    if span.end >= end:
        return None
    match = BRACKETED.search(token_lists(span.doc).text(span.end, end))
    return Source("bracket", match.group(1).strip(" ,;")) if match else None


def _paragraph(doc: Doc, at: int) -> tuple[int, int]:
    """Tokens of the line around a token."""
    breaks: list[int] | None = doc.user_data.get("claims.breaks")
    if breaks is None:
        breaks = [-1, *(i for i, text in enumerate(token_lists(doc).texts) if "\n" in text), len(doc)]
        doc.user_data["claims.breaks"] = breaks
    after = bisect_left(breaks, at, 1)
    return min(breaks[after - 1] + 1, at), breaks[after]


def in_quotes(span: Span) -> bool:
    """Whether a span starts inside quotation marks of its line."""
    low, _ = _paragraph(span.doc, span.start)
    before = token_lists(span.doc).text(low, span.start)
    opened = before.count("“") - before.count("”")
    return opened > 0 or before.count('"') % 2 == 1


def _quotation(span: Span) -> Source | None:
    if not in_quotes(span):
        return None
    doc = span.doc
    low, high = _paragraph(doc, span.start)
    spoken = [t for t in doc[low:high] if t.lemma_ in SPEAKING and t.tag_ in {"VBD", "VBZ", "VBP", "VBN"}]
    if not spoken and low > 1:
        earlier, _ = _paragraph(doc, low - 2)
        spoken = [t for t in doc[earlier : low - 1] if t.lemma_ in SPEAKING][-1:]
        if not spoken and doc[earlier : low - 1].text.rstrip().endswith(":"):
            spoken = [doc[earlier : low - 1].root]
    named = [(verb, s) for verb in spoken if (s := subject_of(verb) or _inverted(verb)) is not None and _is_third(s)]
    if not named:
        return None
    _, speaker = min(named, key=lambda pair: abs(pair[0].i - span.start))
    return Source("member" if _is_member(doc, speaker) else "witness", _words(speaker))


def _inverted(verb: Token) -> Token | None:
    """The subject behind the verb ("said a midwife"), where the parser took it for an object."""
    return next((c for c in verb.rights if c.dep_ in {"dobj", "nsubj", "attr", "npadvmod", "oprd"}), None)


def _is_member(doc: Doc, speaker: Token) -> bool:
    """Whether somebody quoted belongs to the speaking organisation: by role, or named in title or publisher."""
    phrase = list(speaker.subtree)
    if any(t.lower_ in lexicon()["member"] for t in phrase):
        return True
    statement = doc._.statement
    known = f"{statement.title or ''} {statement.publisher or ''}" if statement is not None else ""
    names = set(re.findall(r"[A-Z]\w{2,}", known))
    return any(t.text in names and t.pos_ == "PROPN" for t in phrase)


def _beside(span: Span) -> Source | None:
    """A clause of the same sentence that names a source without governing this one: ", residents say"."""
    doc, sentence = span.doc, sentence_around(span)
    lists, reporting = token_lists(doc), lexicon()["reporting"]
    for at in range(sentence.start, sentence.end):
        if span.start <= at < span.end or lists.poses[at] != "VERB" or lists.lemmas[at] not in reporting:
            continue
        token = doc[at]
        subject = subject_of(token) or _inverted(token)
        if any(c.dep_ == "auxpass" for c in token.children):
            continue
        if subject is None or not _is_third(subject) or span.start <= subject.i < span.end:
            continue
        low, high = (
            (span.end, min(token.i, subject.left_edge.i))
            if token.i >= span.end
            else (max(token.i, subject.i), span.start)
        )
        if high - low <= 2 and not any(t.text == ";" for t in doc[min(low, high) : max(low, high)]):
            return Source("beside_after" if token.i >= span.end else "beside_before", _words(subject), _strength(token))
    return None


def sentence_around(span: Span) -> Span:
    """The sentence around a span, up to final punctuation: the parser sometimes cuts one in two."""
    doc = span.doc
    known: dict[tuple[int, int], tuple[int, int]] = doc.user_data.setdefault("claims.sentences", {})
    if (span.start, span.end) not in known:
        sentences, texts = _sentences(doc), token_lists(doc).texts
        start, end = sentences[span.start]
        end = max(end, span.end)
        while start > 0 and not FINAL.search(texts[start - 1]):
            start = sentences[start - 1][0]
        while end < len(doc) and not FINAL.search(texts[end - 1]):
            end = sentences[end][1]
        known[span.start, span.end] = start, end
    start, end = known[span.start, span.end]
    return doc[start:end]


def _sentences(doc: Doc) -> list[tuple[int, int]]:
    """First token and end of the sentence of each token."""
    known: list[tuple[int, int]] | None = doc.user_data.get("claims.bounds")
    if known is None:
        known = [(s.start, s.end) for s in doc.sents for _ in range(s.start, s.end)]
        doc.user_data["claims.bounds"] = known
    return known
