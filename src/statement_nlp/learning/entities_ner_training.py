"""Trains the named-entity recogniser: the base pipeline's, with labels of our own, on annotated statements.

The new recogniser takes over the weights of the stock one, its token vectors as they are and its actions by label (an
organisation of ours begins as its ORG); so a few passes over a small corpus are enough.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from thinc.api import Adam, fix_random_seed

from statement_nlp.errors import ModelError
from statement_nlp.extraction.entities_ner import KIND_LABELS, LABELS, PLACE
from statement_nlp.extraction.pipeline import BASE_PIPELINES
from statement_nlp.learning.scoring import span_of
from statement_nlp.records import Statement

STOCK_LABELS = {PLACE: "GPE", "STATE": "GPE", "PERSON": "PERSON", "ORG": "ORG", "COLLECTIVE": "NORP"}
"""Whose weights each label starts from."""
EPOCHS = 6
LEARN_RATE = 1e-3
DROPOUT = 0.25
BATCH_WORDS = 600
Gold = Mapping[str, Any]


def stock_ner() -> Language:
    """The base pipeline with nothing but its tokenizer and its recogniser."""
    for name in BASE_PIPELINES:
        if spacy.util.is_package(name):
            return spacy.load(name, exclude=["tok2vec", "tagger", "parser", "lemmatizer", "attribute_ruler", "senter"])
    raise ModelError(f"no base pipeline: install one of {', '.join(BASE_PIPELINES)}")


def gold_spans(doc: Doc, statement: Statement, gold: Gold) -> list[Span]:
    """The gold's places and parties as spans of the doc, in order, without those that do not fit its tokens."""
    found: list[Span | None] = []
    for item in gold.get("places", ()):
        found.append(doc.char_span(*span_of(item, statement.text), label=PLACE))
    for item in gold.get("parties", ()):
        found.append(doc.char_span(*span_of(item, statement.text), label=KIND_LABELS[item["kind"]]))
    return spacy.util.filter_spans([s for s in found if s is not None])


def passages(doc: Doc, spans: Sequence[Span]) -> list[Doc]:
    """The doc cut at its preset sentence starts (blocks), each a Doc of its own with `ents`; no signatory list."""
    lists = [(z.start, z.end) for z in doc._.zones if z.kind == "signatories"]
    starts = [t.i for t in doc if t.is_sent_start or t.i == 0]
    out = []
    for start, end in zip(starts, [*starts[1:], len(doc)], strict=True):
        here = doc[start:end]
        if any(a <= here.start_char < b for a, b in lists):
            continue
        part = Doc(doc.vocab, words=[t.text for t in here], spaces=[bool(t.whitespace_) for t in here])
        part.ents = [
            Span(part, s.start - start, s.end - start, label=s.label_)
            for s in spans
            if start <= s.start and s.end <= end
        ]
        out.append(part)
    return out


def _examples(nlp: Language, docs: Sequence[Doc]) -> list[Example]:
    out = []
    for doc in docs:
        words, spaces = [t.text for t in doc], [bool(t.whitespace_) for t in doc]
        reference = Doc(nlp.vocab, words=words, spaces=spaces)
        reference.ents = [Span(reference, e.start, e.end, label=e.label_) for e in doc.ents]
        out.append(Example(Doc(nlp.vocab, words=words, spaces=spaces), reference))
    return out


def _relabelled(nlp: Language, docs: Sequence[Doc]) -> Any:
    """Replace the pipeline's recogniser by one with our labels and the old one's weights."""
    old: Any = nlp.get_pipe("ner")
    config = {k: v for k, v in copy.deepcopy(nlp.get_pipe_config("ner")).items() if k != "factory"}
    actions = {old.moves.get_class_name(i): i for i in range(old.moves.n_moves)}
    parts = {name: old.model.get_ref(name).to_bytes() for name in ("tok2vec", "lower")}
    weights = {name: old.model.get_ref("upper").get_param(name).copy() for name in ("W", "b")}
    nlp.remove_pipe("ner")
    ner: Any = nlp.add_pipe("ner", config=config)
    for label in LABELS:
        ner.add_label(label)
    ner.initialize(lambda: _examples(nlp, docs[:200]), nlp=nlp)
    for name, data in parts.items():
        ner.model.get_ref(name).from_bytes(data)
    upper = ner.model.get_ref("upper")
    for name, values in weights.items():
        fresh = np.zeros_like(upper.get_param(name))
        for i in range(ner.moves.n_moves):
            kind, dash, label = ner.moves.get_class_name(i).partition("-")
            before = actions.get(f"{kind}-{STOCK_LABELS[label]}" if label else kind + dash)
            if before is not None:
                fresh[i] = values[before]
        upper.set_param(name, fresh)
    return ner


def _batches(examples: Sequence[Example], words: int) -> list[list[Example]]:
    out: list[list[Example]] = [[]]
    size = 0
    for example in examples:
        if out[-1] and size + len(example) > words:
            out.append([])
            size = 0
        out[-1].append(example)
        size += len(example)
    return out


def train_ner(
    docs: Sequence[Doc],
    *,
    epochs: int = EPOCHS,
    seed: int = 0,
    augment: Callable[[Sequence[Doc], int], Sequence[Doc]] | None = None,
) -> Language:
    """Train a recogniser on passages with `ents`; gives a pipeline that holds it alone.

    Args:
        docs: passages as `passages` gives them.
        epochs: passes over them.
        seed: the same seed gives the same model on the same machine.
        augment: gives further passages for an epoch (its number, from 0).
    """
    random.seed(seed)
    fix_random_seed(seed)
    shuffler = random.Random(seed)
    nlp = stock_ner()
    ner = _relabelled(nlp, docs)
    optimizer = Adam(LEARN_RATE, L2=0.01, L2_is_weight_decay=True, grad_clip=1.0, use_averages=True)
    for epoch in range(epochs):
        examples = _examples(nlp, [*docs, *(augment(docs, epoch) if augment else ())])
        shuffler.shuffle(examples)
        for batch in _batches(examples, BATCH_WORDS):
            ner.update(batch, sgd=optimizer, drop=DROPOUT)
    for node in ner.model.walk():
        for name in node.param_names:
            average = optimizer.averages.get((node.id, name))
            if average is not None:
                node.set_param(name, average)
    return nlp
