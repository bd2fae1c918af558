"""What a candidate clause looks like, as numbers: named features that tell a claim from all else.

Each token has bits (word class, part of speech, dependency, marks, what the finders before us found on it). A feature
of a clause is the count of a bit inside it, before it or behind it in its sentence, or the bit of one token: its head,
the head's governor, the head's subject, the first token, the one before it, the one after the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml
from spacy.attrs import DEP, LEMMA, LOWER, POS, TAG
from spacy.strings import StringStore
from spacy.tokens import Doc

from statement_nlp.extraction.claim_facts import COLUMNS as FACTS
from statement_nlp.extraction.claim_facts import fact_columns
from statement_nlp.extraction.claim_stance import STANCES, HeadView, look, speakers, stance
from statement_nlp.extraction.claim_tree import SUBJECTS, Tree
from statement_nlp.extraction.clauses import KINDS, Clause
from statement_nlp.extraction.token_lists import token_lists
from statement_nlp.remembering import forgetting

Matrix = npt.NDArray[np.float32]
Words = npt.NDArray[np.int64]

LEXICON = Path(__file__).with_name("data") / "claims_words.yaml"
PARTS = ("VERB", "AUX", "NOUN", "PROPN", "NUM", "ADJ", "ADV", "PRON", "ADP", "DET", "SCONJ")
TAGS = ("VBD", "VBZ", "VBP", "VBN", "VBG", "VB", "MD", "TO", "WDT", "WP", "WRB", "NNS")
DEPENDENCIES = (
    "ROOT", "nsubj", "nsubjpass", "expl", "csubj", "aux", "auxpass", "ccomp", "xcomp", "advcl", "relcl", "acl", "conj",
    "cc", "appos", "parataxis", "mark", "neg", "dobj", "attr", "acomp", "agent", "prep", "pobj", "pcomp", "npadvmod",
    "advmod", "dep", "intj",
)  # fmt: skip
MARKS: Mapping[str, str] = {
    ",": "comma", ";": "semicolon", ":": "colon", "–": "dash", "—": "dash", "--": "dash", "-": "dash", '"': "quote",
    "“": "quote", "”": "quote", "‘": "quote", "(": "bracket", ")": "bracket", "[": "bracket", "]": "bracket",
    "?": "question", "!": "exclamation", ".": "stop", "…": "stop",
}  # fmt: skip
MARK_NAMES = tuple(dict.fromkeys(MARKS.values()))
NUMERIC = ("number", "year", "percent", "finite", "joined")
CONTEXT = ("figure", "place", "party", "quoted", "wanted")
"""Bits from the finders before us and from the layout."""
ZONES = ("heading", "dateline", "body", "notes", "contact", "signatories")


@lru_cache(maxsize=1)
def lexicon() -> Mapping[str, frozenset[str]]:
    """Word classes of the claims lexicon: class -> lemmas in lower case."""
    data = yaml.safe_load(LEXICON.read_text(encoding="utf8"))
    return {name: frozenset(map(str, words)) for name, words in data.items()}


CLASSES = tuple(lexicon())
WORD_BITS = (*CLASSES, *(f"pos={p}" for p in PARTS), *(f"tag={t}" for t in TAGS), *(f"dep={d}" for d in DEPENDENCIES),
             *MARK_NAMES, *NUMERIC)  # fmt: skip
BITS = (*WORD_BITS, *CONTEXT)
_INDEX = {name: i for i, name in enumerate(BITS)}
AROUND = (
    *(b for b in BITS if not b.startswith(("pos=", "dep=", "tag="))), "pos=VERB", "pos=NOUN", "dep=nsubj",
    "dep=ccomp", "dep=conj", "dep=relcl", "tag=MD",
)  # fmt: skip
EDGE = (
    *(b for b in BITS if b.startswith(("pos=", "dep=")) or b in MARK_NAMES), "wh", "relative", "cause", "part",
    "number", "time", "purpose", "demonstrative", "first_person", "third_person",
    "negation", "figure", "place", "report_word", "speech", "tag=TO", "tag=VBG", "tag=VBN",
)  # fmt: skip
GOVERNOR = CLASSES + tuple(b for b in BITS if b.startswith(("pos=", "tag=")))
SPEAKER = ("speaker_subject", "speaker_above", "of_speaker")
SCALARS = (
    "length", "sentence_length", "share", "at_start", "at_end", "before", "behind", "head_at", "children_out",
    "subject_inside", "subject_missing", "subtree_out_left", "subtree_out_right", "depth", "bullet", "introduced",
    "in_quotes_all", "sentence_question", "finite_heads", "subjects_inside", "upper", "ends_block",
)  # fmt: skip
FEATURES: tuple[str, ...] = (
    *(f"in:{b}" for b in BITS), *(f"before:{b}" for b in AROUND), *(f"behind:{b}" for b in AROUND),
    *(f"head:{b}" for b in BITS), *(f"governor:{b}" for b in GOVERNOR), *(f"subject:{b}" for b in GOVERNOR),
    *(f"above:{b}" for b in GOVERNOR), *(f"predicate:{b}" for b in GOVERNOR), *(f"with:{b}" for b in CLASSES),
    *(f"first:{b}" for b in EDGE), *(f"previous:{b}" for b in EDGE), *(f"next:{b}" for b in EDGE),
    *(f"stance:{x}" for x in STANCES), *(f"root:{x}" for x in STANCES), *(f"above_stance:{x}" for x in STANCES),
    *SPEAKER,
    *(f"kind:{k}" for k in KINDS), *(f"zone:{z}" for z in ZONES), *SCALARS, *FACTS,
)  # fmt: skip

_COLUMNS_AROUND = np.array([_INDEX[b] for b in AROUND])
_COLUMNS_EDGE = np.array([_INDEX[b] for b in EDGE])
_COLUMNS_GOVERNOR = np.array([_INDEX[b] for b in GOVERNOR])
_NAMED = [_INDEX[name] for name in ("figure", "place", "party")]
_KIND = {kind: i for i, kind in enumerate(KINDS)}
_ZONE = {kind: i for i, kind in enumerate(ZONES)}
_ATTRIBUTES = (LEMMA, LOWER, POS, TAG, DEP)
_CACHE_LIMIT = 50_000


class _Rows:
    """Bits of the words seen so far, one row each, so that a known word costs a look-up."""

    def __init__(self) -> None:
        self.number: dict[tuple[int, ...], int] = {}
        self.table = np.zeros((1024, len(WORD_BITS)), dtype=np.float32)

    def forget(self) -> None:
        """Forget all words."""
        self.number.clear()
        self.table = np.zeros((1024, len(WORD_BITS)), dtype=np.float32)

    def of(self, strings: StringStore, values: Sequence[tuple[int, ...]]) -> Matrix:
        """Rows of words, given by the ids of their `_ATTRIBUTES`: shape (words, len(WORD_BITS))."""
        if len(self.number) > _CACHE_LIMIT:
            self.number.clear()
        where = np.empty(len(values), dtype=np.int64)
        for at, word in enumerate(values):
            number = self.number.get(word)
            if number is None:
                number = self.number[word] = len(self.number)
                if number >= len(self.table):
                    self.table = np.vstack([self.table, np.zeros_like(self.table)])
                self.table[number] = _word_row(strings, word)
            where[at] = number
        rows: Matrix = self.table[where]
        return rows


_ROWS = _Rows()
forgetting(_ROWS.forget)


def token_bits(doc: Doc) -> Matrix:
    """Bits of each token: shape (tokens, len(BITS)), 0 or 1."""
    values = [tuple(row) for row in doc.to_array(list(_ATTRIBUTES)).tolist()]
    bits = np.zeros((len(doc), len(BITS)), dtype=np.float32)
    bits[:, : len(WORD_BITS)] = _ROWS.of(doc.vocab.strings, values)
    _mark_context(doc, bits)
    return bits


def _word_row(strings: StringStore, values: tuple[int, ...]) -> Matrix:
    lemma, lower, pos, tag, dep = (strings[v] if v else "" for v in values)
    lemma = lemma.lower()
    row = np.zeros(len(WORD_BITS), dtype=np.float32)
    names = [c for c, words in lexicon().items() if lemma in words or lower in words]
    names += [f"pos={pos}", f"tag={tag}", f"dep={dep}"]
    if lower in MARKS:
        names.append(MARKS[lower])
    digits = lower.replace(",", "").replace(".", "")
    if digits.isdigit() or pos == "NUM":
        is_year = len(lower) == 4 and lower.isdigit() and lower[:2] in {"19", "20"}
        names.append("year" if is_year else "number")
    if lower in {"%", "per", "percent", "cent", "$", "€", "£", "us$", "million", "billion", "thousand"}:
        names.append("percent")
    if tag in {"VBD", "VBZ", "VBP", "MD"}:
        names.append("finite")
    if dep in {"cc", "mark"}:
        names.append("joined")
    if pos == "PROPN":  # the US is not "us"
        names = [name for name in names if name != "first_person"]
    for name in names:
        if name in _INDEX:
            row[_INDEX[name]] = 1.0
    return row


def _mark_context(doc: Doc, bits: Matrix) -> None:
    for layer, name in (("figures", "figure"), ("places", "place"), ("parties", "party")):
        for mention in getattr(doc._, layer):
            span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
            if span is not None:
                bits[span.start, _INDEX[name]] = 1.0
    for demand in doc._.demands:
        span = doc.char_span(demand.start, demand.end, alignment_mode="expand")
        if span is not None:
            bits[span.start : span.end, _INDEX["wanted"]] = 1.0
    bits[:, _INDEX["quoted"]] = quoted(doc)


QUOTES = frozenset({"“", "”", '"'})


def quoted(doc: Doc) -> npt.NDArray[np.float32]:
    """1 for each token inside quotation marks; a quotation ends at the end of its line at the latest."""
    out = np.zeros(len(doc), dtype=np.float32)
    opened: int | None = None
    for i, name in enumerate(token_lists(doc).texts):
        if name not in QUOTES and "\n" not in name:
            continue
        if opened is not None:
            out[opened + 1 : i] = 1.0
        opens = name == "“" or (name == '"' and opened is None)
        opened = i if opens else None
    if opened is not None:
        out[opened + 1 :] = 1.0
    return out


def features(doc: Doc, candidates: Sequence[Clause], tree: Tree | None = None) -> Matrix:
    """Features of the candidates of one Doc: shape (candidates, len(FEATURES)), in the order of `FEATURES`.

    Args:
        doc: parsed; what the finders before us and the layout have set on it is used.
        candidates: its `clauses`.
        tree: its parse as lists, where it is there already.
    """
    if not candidates:
        return np.zeros((0, len(FEATURES)), dtype=np.float32)
    bits = token_bits(doc)
    span = _Spans(doc, tree or Tree(doc), candidates)
    sums = np.vstack([np.zeros((1, bits.shape[1]), dtype=np.float32), np.cumsum(bits, axis=0, dtype=np.float32)])
    padded = np.vstack([bits, np.zeros((1, bits.shape[1]), dtype=np.float32)])
    outside = (span.governor < span.start) | (span.governor >= span.end)
    previous = np.where(span.start > span.low, span.start - 1, len(doc))
    following = np.where(span.end < span.high, span.end, len(doc))
    return np.hstack([
        sums[span.end] - sums[span.start],
        (sums[span.start] - sums[span.low])[:, _COLUMNS_AROUND],
        (sums[span.high] - sums[span.end])[:, _COLUMNS_AROUND],
        bits[span.head],
        (padded[span.governor] * outside[:, None])[:, _COLUMNS_GOVERNOR],
        padded[span.subject][:, _COLUMNS_GOVERNOR],
        padded[span.above][:, _COLUMNS_GOVERNOR],
        padded[span.predicate][:, _COLUMNS_GOVERNOR],
        span.helpers(padded)[:, : len(CLASSES)],
        bits[span.start][:, _COLUMNS_EDGE],
        padded[previous][:, _COLUMNS_EDGE],
        padded[following][:, _COLUMNS_EDGE],
        *_stance_columns(doc, span, padded),
        _one_hot([_KIND[c.kind] for c in candidates], len(KINDS)),
        _zones(doc, candidates),
        _scalars(doc, span, sums),
        fact_columns(span.tree, candidates, sums[:, _NAMED].sum(axis=1)),
    ])  # fmt: skip


def _one_hot(values: Sequence[int], width: int) -> Matrix:
    out = np.zeros((len(values), width), dtype=np.float32)
    out[np.arange(len(values)), values] = 1.0
    return out


class _Spans:
    """Arrays over the candidates of a Doc: bounds, sentence bounds, and what stands around each head."""

    def __init__(self, doc: Doc, tree: Tree, candidates: Sequence[Clause]) -> None:
        self.tree = tree
        self.start, self.end, self.head = (
            np.array(x) for x in zip(*((c.start, c.end, c.head) for c in candidates), strict=True)
        )
        low = np.zeros(len(doc), dtype=np.int64)
        high = np.zeros(len(doc), dtype=np.int64)
        for sentence in doc.sents:
            low[sentence.start : sentence.end], high[sentence.start : sentence.end] = sentence.start, sentence.end
        self.low, self.high = low[self.head], high[self.head]
        self.wanted, self.which = np.unique(self.head, return_inverse=True)
        self.heads = [look(tree, h) for h in self.wanted.tolist()]
        columns = zip(
            *((h.governor, h.above, h.subject, h.predicate, h.left, h.right) for h in self.heads), strict=True
        )
        self.governor, self.above, self.subject, self.predicate, self.left, self.right = (
            np.array(c)[self.which] for c in columns
        )

        self.depth = tree.depth[self.head]

    def helpers(self, padded: Matrix) -> Matrix:
        """Sum of the bits of the helpers of each candidate's head."""
        out = np.zeros((len(self.heads), padded.shape[1]), dtype=np.float32)
        for i, head in enumerate(self.heads):
            if head.helpers:
                out[i] = padded[list(head.helpers)].sum(axis=0)
        summed: Matrix = out[self.which]
        return summed


def _scalars(doc: Doc, span: _Spans, sums: Matrix) -> Matrix:
    length, sentence = span.end - span.start, span.high - span.low
    quotes = sums[span.end, _INDEX["quoted"]] - sums[span.start, _INDEX["quoted"]]
    inside = (span.subject >= span.start) & (span.subject < span.end)

    def within(bit: str, low: Words, high: Words) -> Matrix:
        out: Matrix = sums[high, _INDEX[bit]] - sums[low, _INDEX[bit]]
        return out

    columns: list[Any] = [
        length, sentence, length / np.maximum(sentence, 1), span.start == span.low, span.end >= span.high - 1,
        span.start - span.low, span.high - span.end, (span.head - span.start) / np.maximum(length, 1),
        (span.left < span.start).astype(int) + (span.right > span.end), inside, span.subject == len(doc),
        np.maximum(span.start - span.left, 0), np.maximum(span.right - span.end, 0), span.depth,
        *_block_columns(doc, span), quotes >= length - 1,
        within("question", span.low, span.high), within("finite", span.start, span.end),
        within("dep=nsubj", span.start, span.end) + within("dep=nsubjpass", span.start, span.end),
        *_case_columns(doc, span),
    ]  # fmt: skip
    return np.column_stack(columns).astype(np.float32)


def _block_columns(doc: Doc, span: _Spans) -> tuple[Words, Words]:
    """Of the block around each candidate: whether it is a bullet, whether it is introduced."""
    found = doc._.blocks
    if not found:
        nothing = np.zeros(len(span.start), dtype=np.int64)
        return nothing, nothing
    starts = np.array([b.start for b in found])
    at = np.clip(np.searchsorted(starts, np.array([doc[int(i)].idx for i in span.head]), side="right") - 1, 0, None)
    return (
        np.array([b.is_bullet for b in found]).astype(np.int64)[at],
        np.array([b.introduction is not None for b in found]).astype(np.int64)[at],
    )


def _case_columns(doc: Doc, span: _Spans) -> tuple[Words, Words]:
    upper = np.array([doc[int(i)].is_upper and len(doc[int(i)]) > 1 for i in span.head]).astype(np.int64)
    ends = np.array([int(h) >= len(doc) or "\n" in doc[int(h) - 1].text for h in span.high]).astype(np.int64)
    return upper, ends


def _zones(doc: Doc, candidates: Iterable[Clause]) -> Matrix:
    zones = doc._.zones
    starts = np.array([z.start for z in zones] or [0])
    kinds = [_ZONE[z.kind] for z in zones] or [_ZONE["body"]]
    where = np.searchsorted(starts, np.array([doc[c.head].idx for c in candidates]), side="right") - 1
    return _one_hot([kinds[max(int(w), 0)] for w in where], len(ZONES))


def _stance_columns(doc: Doc, span: _Spans, padded: Matrix) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """Stance of each head, of its sentence's root and of the nearest verb above it, one-hot; and who speaks."""
    known: dict[int, HeadView] = dict(zip(span.wanted.tolist(), span.heads, strict=True))
    ours = speakers(doc, span.tree, padded[:, _INDEX["call"]] + padded[:, _INDEX["feeling"]])
    cache: dict[int, int] = {}

    def number(at: int) -> int:
        if at not in cache:
            view = known.get(at) or look(span.tree, at)
            cache[at] = STANCES.index(stance(view, at, padded, _INDEX, ours))
        return cache[at]

    roots = {sentence.start: sentence.root.i for sentence in doc.sents}
    of_head = np.array([number(h) for h in span.wanted.tolist()])[span.which]
    of_root = np.array([number(roots[low]) for low in span.low.tolist()])
    above = {v: number(v) for v in set(span.above.tolist()) if v < span.tree.size}
    out = np.zeros((3, len(span.start), len(STANCES)), dtype=np.float32)
    rows = np.arange(len(span.start))
    out[0, rows, of_head] = 1.0
    out[1, rows, of_root] = 1.0
    for at, value in above.items():
        out[2, span.above == at, value] = 1.0
    return out[0], out[1], out[2], _speaker_columns(span, ours)


def _speaker_columns(span: _Spans, ours: Sequence[bool]) -> Matrix:
    """Whether the head's subject is the speaker, whether the verb above has it, how often the clause names it."""
    told = np.array([*ours, False], dtype=np.int64)
    subject_of = {v: span.tree.child(v, SUBJECTS) for v in set(span.above.tolist()) if v < span.tree.size}
    above = [told[s] if (s := subject_of.get(v)) is not None else 0 for v in span.above.tolist()]
    counted = np.concatenate([[0], np.cumsum(told)])
    return np.column_stack([told[span.subject], above, counted[span.end] - counted[span.start]]).astype(np.float32)
