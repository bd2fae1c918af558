"""Trains what finds places and parties, from annotated statements.

Four models below `directory`/entities: the named-entity recogniser (`ner/`), the classifier of candidate stretches
(`mentions`), that of the kinds of unknown parties (`kinds`), and that of gazetteer entries (`places`). The classifiers
learn from what a recogniser says of statements that it has not seen (inner folds), so that they trust it as far as it
can be trusted on new text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from spacy.language import Language
from spacy.tokens import Doc

from statement_nlp.extraction.classifier import save, write_card
from statement_nlp.extraction.entities import name_of
from statement_nlp.extraction.entities_candidates import Stretch, candidates, read_tokens
from statement_nlp.extraction.entities_classify import NONE, PARTY
from statement_nlp.extraction.entities_features import features, surroundings
from statement_nlp.extraction.entities_ner import LAYER, PLACE, VERSION, save_ner
from statement_nlp.extraction.entities_resolve import FEATURES, Name
from statement_nlp.extraction.pipeline import base_docs
from statement_nlp.learning.entities_ner_training import EPOCHS, gold_spans, passages, train_ner
from statement_nlp.learning.entities_places_training import PlaceGold, train_places
from statement_nlp.learning.folds import folds
from statement_nlp.learning.scoring import span_of
from statement_nlp.records import Statement

Example = tuple[Statement, Mapping[str, Any]]
INNER_FOLDS = 3
RAREST = 2
"""Features seen in fewer candidates of the training data are left out."""
WITHOUT_RECOGNISER = 0.2
"""How much a candidate counts a second time, described as if the recogniser had found nothing: on new text it misses
more than on the corpus, and then the other features must do."""
STRENGTH = 0.2
"""Inverse of the regularisation of the classifiers; chosen by cross-validation and on the real statements."""


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate of the training data: its features, what it is, and its kind where it is a party."""

    features: tuple[str, ...]
    label: str
    kind: str | None


def recognise_unseen(docs: Mapping[str, Doc], golds: Mapping[str, Mapping[str, Any]], k: int = INNER_FOLDS) -> None:
    """Set `ents` of each doc by a recogniser that was trained without its series."""
    statements = {i: d._.statement for i, d in docs.items()}
    pieces = {i: passages(d, gold_spans(d, statements[i], golds[i])) for i, d in docs.items()}
    for fold in folds(statements.values(), min(k, max(2, len(docs)))):
        if not fold or len(fold) == len(docs):
            continue
        nlp = train_ner([p for i in docs if i not in set(fold) for p in pieces[i]])
        for i in fold:
            recognise(nlp, docs[i])


def recognise(nlp: Language, doc: Doc) -> None:
    """Set the `ents` of a doc by the recogniser of another pipeline."""
    copy = Doc(nlp.vocab, words=[t.text for t in doc], spaces=[bool(t.whitespace_) for t in doc])
    for token in copy:
        token.is_sent_start = doc[token.i].is_sent_start
    found = nlp.get_pipe("ner")(copy)
    doc.ents = [spacy.tokens.Span(doc, e.start, e.end, label=e.label_) for e in found.ents]


def gold_labels(doc: Doc, statement: Statement, gold: Mapping[str, Any]) -> dict[Stretch, tuple[str, str | None]]:
    """(start, end) in tokens -> (class, kind) of the gold's mentions that fit the doc's tokens."""
    out: dict[Stretch, tuple[str, str | None]] = {}
    for layer, label in (("places", PLACE), ("parties", PARTY)):
        for item in gold.get(layer, ()):
            found = doc.char_span(*span_of(item, statement.text))
            if found is not None:
                out[found.start, found.end] = (label, item.get("kind"))
    return out


def rows_of(doc: Doc, gold: Mapping[str, Any]) -> list[Row]:
    """Every candidate of a parsed doc with `ents`, with its features and what the gold says it is."""
    tokens = read_tokens(doc)
    found = candidates(doc, tokens)
    around = surroundings(doc, tokens, found)
    labels = gold_labels(doc, doc._.statement, gold)
    out = []
    for stretch in found.found:
        label, kind = labels.get(stretch, (NONE, None))
        out.append(Row(tuple(features(tokens, around, found, stretch)), label, kind))
    return out


def _fit(
    rows: Sequence[Row], targets: Sequence[str], vocabulary: Mapping[str, int], weights: Sequence[float]
) -> LogisticRegression:
    columns: list[int] = []
    ends = [0]
    for row in rows:
        columns += [vocabulary[f] for f in row.features if f in vocabulary]
        ends.append(len(columns))
    shape = (len(rows), len(vocabulary))
    matrix = sparse.csr_matrix((np.ones(len(columns)), columns, ends), shape=shape)
    return LogisticRegression(C=STRENGTH, max_iter=300).fit(matrix, list(targets), sample_weight=list(weights))


def train_classifiers(rows: Sequence[Row], blind: Sequence[Row], path: Path) -> dict[str, float]:
    """Fit and save the classifiers of candidates and of kinds; they share their features, in the same order.

    Args:
        rows: the candidates of the training data.
        blind: the same, described without what the recogniser found.
        path: folder of the layer.
    """
    counts = Counter(f for row in rows for f in row.features)
    names = sorted(f for f, n in counts.items() if n >= RAREST)
    vocabulary = {name: i for i, name in enumerate(names)}
    both = [*rows, *blind]
    weights = [1.0] * len(rows) + [WITHOUT_RECOGNISER] * len(blind)
    mentions = _fit(both, [r.label for r in both], vocabulary, weights)
    save(mentions, path / "mentions.skops", name="entities-mentions", version=VERSION, features=names)
    parties = [r for r in both if r.kind]
    kinds = _fit(parties, [str(r.kind) for r in parties], vocabulary, [1.0] * len(parties))
    save(kinds, path / "kinds.skops", name="entities-kinds", version=VERSION, features=names)
    found = sum(r.label != NONE for r in rows)
    return {"candidates": len(rows), "features": len(names), "candidates that are mentions": found}


def classifier_rows(docs: Mapping[str, Doc], golds: Mapping[str, Mapping[str, Any]]) -> tuple[list[Row], list[Row]]:
    """Rows of docs with the `ents` that they have, and once more without any (which they then lose)."""
    rows = [row for i, d in docs.items() for row in rows_of(d, golds[i])]
    for doc in docs.values():
        doc.ents = ()
    return rows, [row for i, d in docs.items() for row in rows_of(d, golds[i])]


def place_gold(doc: Doc, gold: Mapping[str, Any]) -> PlaceGold:
    """The gold's places of a parsed doc as names with the country of each."""
    tokens = read_tokens(doc)
    labels = gold_labels(doc, doc._.statement, gold)
    spans = sorted(s for s, (label, _) in labels.items() if label == PLACE)
    countries = {
        found.start: item.get("country")
        for item in gold.get("places", ())
        if (found := doc.char_span(*span_of(item, doc._.statement.text))) is not None
    }
    starts = dict(spans)
    names: list[tuple[Name, str | None]] = [(name_of(tokens, a, b, starts), countries[a]) for a, b in spans]
    others = [tokens.text(a, b) for (a, b), (label, _) in labels.items() if label != PLACE]
    visible = [t for t, skipped in zip(tokens.texts, tokens.skipped, strict=True) if not skipped]
    return PlaceGold(doc._.statement, names, visible, others)


def train(examples: Sequence[Example], directory: Path) -> dict[str, float]:
    """Train the models of places and parties into `directory`/entities.

    Args:
        examples: statements with their gold rows.
        directory: folder of the trained models.

    Returns:
        What the card holds: counts of statements, passages, candidates, features.
    """
    golds = {s.id: g for s, g in examples}
    docs = dict(zip(golds, base_docs(s for s, _ in examples), strict=True))
    pieces = [p for i, d in docs.items() for p in passages(d, gold_spans(d, d._.statement, golds[i]))]
    path = directory / LAYER
    path.mkdir(parents=True, exist_ok=True)
    save_ner(train_ner(pieces), path)
    recognise_unseen(docs, golds)
    metrics: dict[str, float] = {"statements": len(docs), "passages": len(pieces)}
    metrics |= train_classifiers(*classifier_rows(docs, golds), path)
    metrics |= train_places([place_gold(d, golds[i]) for i, d in docs.items()], path)
    _write_card(path, metrics)
    return {name: float(value) for name, value in metrics.items()}


def _write_card(path: Path, metrics: Mapping[str, float]) -> None:
    facts = {
        "version": VERSION,
        "trained": date.today().isoformat(),
        "data": "the annotated statements of corpus/ (docs/annotation.md)",
        "command": "statement-nlp train",
        "ner": f"spaCy's transition-based recogniser on en_core_web_sm 3.8's weights, {EPOCHS} epochs",
        "mentions, kinds": f"logistic regression (C={STRENGTH}) over named features of candidates",
        "places": f"logistic regression over {len(FEATURES)} named features of gazetteer entries",
        **{name: int(value) for name, value in metrics.items()},
        "accuracy": "docs/accuracy.md",
    }
    write_card(path, "Places and parties", facts)
