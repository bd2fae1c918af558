"""Rules alone, a model alone, both together: what each way of finding is worth on the same statements.

Rules alone: the candidates that names, grammar and cues propose, taken as they come. A model alone: what learns from
the annotated statements without our rules and lexicons (our recogniser for places and parties, TF-IDF of the words of a
sentence for demands and claims), and spaCy's stock recogniser for numbers. Both: the pipeline as it ships.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from spacy.language import Language
from spacy.tokens import Doc

from statement_nlp.extraction import text_of
from statement_nlp.extraction.claims import speaking
from statement_nlp.extraction.clauses import clauses
from statement_nlp.extraction.demands import Models, demands
from statement_nlp.extraction.entities import EntityFinder, EntityModels, find_mentions, resolve_mentions
from statement_nlp.extraction.entities_candidates import Candidates, Stretch, candidates, read_tokens
from statement_nlp.extraction.entities_classify import Mention
from statement_nlp.extraction.entities_ner import PLACE
from statement_nlp.extraction.figures import candidates as numbers
from statement_nlp.extraction.pipeline import read_docs
from statement_nlp.learning import baseline
from statement_nlp.learning.scoring import Row, Span, overlap, span_of
from statement_nlp.reading.given import Given
from statement_nlp.reading.layout import sentence_spans
from statement_nlp.records import Statement

RULES, MODEL, GOLD_SPANS = "rules alone", "model alone", "gold spans"
"""The last: the gold's place names resolved by the pipeline, so that recognition and resolution can be told apart."""
COMPARED = (
    "places exact", "parties exact", "figures value", "demands sentences", "demand addressees", "claims sentences",
)  # fmt: skip
SENTENCES_C = 30.0
"""Inverse of the regularisation of the plain sentence classifiers."""
Place = Callable[[int, int], tuple[int, int]]


class PlainSentences:
    """Which sentences hold a record, by their words alone: TF-IDF of words and pairs, logistic regression."""

    def __init__(self, examples: Sequence[tuple[Statement, Row]], layer: str) -> None:
        texts, labels = [], []
        for statement, row in examples:
            golden = [span_of(item, statement.text) for item in row.get(layer, ())]
            for span in sentence_spans(statement.text):
                texts.append(statement.text[span[0] : span[1]])
                labels.append(any(_holds(span, other) for other in golden))
        self.model = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
            LogisticRegression(C=SENTENCES_C, class_weight="balanced", max_iter=1000),
        ).fit(texts, labels)

    def spans(self, text: str) -> list[Span]:
        """The sentences of a text that are said to hold a record."""
        found = sentence_spans(text)
        if not found:
            return []
        said = self.model.predict([text[a:b] for a, b in found])
        return [span for span, yes in zip(found, said, strict=True) if yes]


def _holds(sentence: Span, record: Span) -> bool:
    """The guide's measure: more than 30 % of the shorter of the two."""
    return overlap(sentence, record) > 0.3 * min(sentence[1] - sentence[0], record[1] - record[0])


def predict(
    given: Sequence[Given], nlp: Language, examples: Sequence[tuple[Statement, Row]], gold: Mapping[str, Row]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Rows of the guide's format by way and statement id.

    Args:
        given: the statements.
        nlp: the whole pipeline.
        examples: statements with gold that are not among `given`, for the plain classifiers.
        gold: rows by statement id, for the names that are to be resolved.
    """
    plain = {layer: PlainSentences(examples, layer) for layer in ("demands", "claims")}
    stock = {row["id"]: row["figures"] for row in baseline.predict(g.statement for g in given)}
    out: dict[str, dict[str, dict[str, Any]]] = {RULES: {}, MODEL: {}, GOLD_SPANS: {}}
    finder = nlp.get_pipe("statement_entities")
    assert isinstance(finder, EntityFinder)
    for item, doc in zip(given, read_docs((g.statement for g in given), nlp), strict=True):
        key = item.statement.id
        out[RULES][key] = {"id": key} | _by_rules(doc, item.to_given)
        out[MODEL][key] = {"id": key} | _by_model(doc, item.to_given, plain, stock[key])
        out[GOLD_SPANS][key] = {"id": key, "places": _resolved(doc, item, gold.get(key, {}), finder.models)}
    return out


def _by_rules(doc: Doc, place: Place) -> dict[str, list[dict[str, Any]]]:
    text = text_of(doc)
    tokens = read_tokens(doc)
    found = candidates(doc, tokens)
    spans = {kind: [(doc[a].idx, doc[b - 1].idx + len(doc[b - 1])) for a, b in part] for kind, part in _known(found)}
    return {
        "places": [_span(s, place, country=None) for s in spans["places"]],
        "parties": [_span(s, place, name=text[s[0] : s[1]]) for s in spans["parties"]],
        "figures": [
            _span((c.start, c.end), place, low=c.value.low, high=c.value.high, condition="other", places=[])
            for c in numbers(doc)
        ],
        "demands": [
            _span((d.start, d.end), place, addressees=list(d.addressees), themes=list(d.themes), places=list(d.places))
            for d in demands(doc, models=Models.none())
        ],
        "claims": [_span(s, place, status="asserted", places=[]) for s in _stated(doc)],
    }


def _known(found: Candidates) -> Iterator[tuple[str, list[Stretch]]]:
    """Names that the gazetteer or the register knows, and descriptions; the longest wins, then a place."""
    places = {stretch for stretch, sources in found.found.items() if "gazetteer" in sources}
    parties = {stretch for stretch, sources in found.found.items() if sources & {"register", "description"}} - places
    taken: list[Stretch] = []
    for start, end in sorted(places | parties, key=lambda s: (s[0] - s[1], s)):
        if not any(a < end and start < b for a, b in taken):
            taken.append((start, end))
    yield "places", [s for s in taken if s in places]
    yield "parties", [s for s in taken if s not in places]


def _stated(doc: Doc) -> list[Span]:
    """Main clauses with a finite verb in a sentence without a demand."""
    wanted = [(d.start, d.end) for d in demands(doc, models=Models.none())]
    found = set()
    for clause in speaking(doc, clauses(doc)):
        sentence = doc[clause.head].sent
        span = (sentence.start_char, sentence.end_char)
        if clause.kind == "main" and doc[clause.head].pos_ in ("VERB", "AUX") and not any(
            _holds(span, other) for other in wanted
        ):  # fmt: skip
            found.add(span)
    return sorted(found)


def _by_model(
    doc: Doc, place: Place, plain: Mapping[str, PlainSentences], figures: Iterable[Mapping[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    text = text_of(doc)
    names = [((e.start_char, e.end_char), e.label_ == PLACE, e.text) for e in doc.ents]
    sentences = {layer: [_span(s, place) for s in model.spans(text)] for layer, model in plain.items()}
    return {
        "places": [_span(s, place, country=None) for s, is_place, _ in names if is_place],
        "parties": [_span(s, place, name=name) for s, is_place, name in names if not is_place],
        "figures": [{**f, **_span((f["start"], f["end"]), place)} for f in figures],
        "demands": [s | {"addressees": [], "themes": [], "places": []} for s in sentences["demands"]],
        "claims": [s | {"status": "asserted", "places": []} for s in sentences["claims"]],
    }


def _span(span: Span, place: Place, **more: Any) -> dict[str, Any]:
    start, end = place(*span)
    return {"start": start, "end": end, **more}


def _resolved(doc: Doc, given: Given, gold: Row, models: EntityModels) -> list[dict[str, Any]]:
    """The gold's place names with what the pipeline takes them for, among the parties that it found itself."""
    tokens = read_tokens(doc)
    at = {given.to_given(t.idx, t.idx + len(t)): t.i for t in doc}
    starts, ends = {span[0]: i for span, i in at.items()}, {span[1]: i + 1 for span, i in at.items()}
    spans = [span_of(item, given.text) for item in gold.get("places", ())]
    named = [
        Mention(starts[a], ends[b], PLACE, 1.0, (), ())
        for a, b in spans
        if a in starts and b in ends and starts[a] < ends[b]
    ]
    parties = [m for m in find_mentions(doc, tokens, models) if m.label != PLACE]
    mentions = sorted((*named, *parties), key=lambda m: (m.start, m.end))
    return [
        _span((p.start, p.end), given.to_given, country=p.country)
        | ({"latitude": p.place.latitude, "longitude": p.place.longitude} if p.place else {})
        for p in resolve_mentions(doc, tokens, mentions, models)
    ]
