"""Trains what finds places and parties: the named-entity recogniser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from statement_nlp.extraction.classifier import write_card
from statement_nlp.extraction.entities_ner import LAYER, save_ner
from statement_nlp.extraction.pipeline import StatementTokenizer
from statement_nlp.learning.entities_ner_training import gold_spans, passages, stock_ner, train_ner
from statement_nlp.reading.layout import find_zones
from statement_nlp.records import Statement

Example = tuple[Statement, Mapping[str, Any]]


def train(examples: Sequence[Example], directory: Path) -> dict[str, float]:
    """Train the models of places and parties into `directory`/entities.

    Args:
        examples: statements with their gold rows.
        directory: folder of the trained models.

    Returns:
        What the card holds: counts of passages and mentions.
    """
    nlp = stock_ner()
    tokenizer = StatementTokenizer(nlp.tokenizer, nlp.vocab)
    docs = []
    for statement, gold in examples:
        doc = tokenizer.make_doc(statement.text, find_zones(statement.text, statement.title))
        docs += passages(doc, gold_spans(doc, statement, gold))
    path = directory / LAYER
    path.mkdir(parents=True, exist_ok=True)
    save_ner(train_ner(docs), path)
    metrics = {"statements": len(examples), "passages": len(docs), "mentions": sum(len(d.ents) for d in docs)}
    write_card(path, "Places and parties", {"trained": date.today().isoformat(), **metrics})
    return {name: float(value) for name, value in metrics.items()}
