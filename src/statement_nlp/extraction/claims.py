"""Finds claims: what a statement puts forward as a fact, clause by clause, with whose word it is and how firm.

The way: candidate clauses of the parse (`clauses`) -> numbers (`claim_features`) -> a regression says how well each
would fit a claim -> the best set that does not overlap -> status and source (`claim_status`), places, date, figures.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.tokens import Doc

from statement_nlp.extraction import classifier
from statement_nlp.extraction.attachment import places_for
from statement_nlp.extraction.claim_features import FEATURES, features, lexicon
from statement_nlp.extraction.claim_sources import FIRM, Source, sentence_around, sources
from statement_nlp.extraction.claim_status import FEATURES as STATUS_FEATURES
from statement_nlp.extraction.claim_status import STATUSES, status_features
from statement_nlp.extraction.claim_tree import Tree
from statement_nlp.extraction.clauses import Clause, clauses
from statement_nlp.extraction.dates import date_for
from statement_nlp.extraction.token_lists import token_lists
from statement_nlp.records import Claim, ClaimStatus

LINE = "claims/line.skops"
TREES = "claims/trees.skops"
CONFIDENCE = "claims/confidence.skops"
STATUS = "claims/status.skops"
THRESHOLD = 0.4
"""Score that a clause must exceed; chosen on real statements (docs/accuracy.md)."""
COST = 0.36
"""What each clause costs where sets of them are compared: below the threshold, so that of two readings of a sentence
the one with more claims wins more often; chosen in cross-validation and on real statements."""
LINE_WEIGHT = 0.35
"""Weight of the linear score beside that of the trees."""
FLOOR = 0.2
"""Linear score below which the trees are not asked: no such clause was ever chosen."""
OWN_WORDS = 0.5
"""What the score of a clause is worth whose head is the speaker's own call, feeling, promise or wish, anybody's resolve
("is committed to", "stands ready"), or what ought to be ("should be reconsidered")."""
JUDGED = 0.7
"""What the score of a judgement ("is a tragedy", "peace is the only way") or of a part of a question is worth."""
TOO_WIDE = 0.75
"""What the score of a clause is worth that goes on into a resolve ("... and stands ready") or past a quotation."""
GRANTED = 0.45
"""Score, at least, of what its sentence takes for granted (`claim_facts`): the event that is condemned or is to end,
and, inside a demand, the relative clause behind a comma ("..., where 9,000 people are trapped, should come first")."""
GRANTED_SHARE = 0.2
"""Share of the models' score that is added to it, so that of two such clauses the better one wins."""
APART = 0.16
"""Added to the score of a clause that starts behind a joint or ends before one (`claim_joints`): a new subject with its
verb is a new claim."""
SILENT_ZONES = frozenset({"notes", "contact", "signatories", "dateline"})
"""Zones without claims (docs/annotation.md)."""

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Models:
    """What was trained: the score of a clause (two models), its confidence, its status; and where the models lie."""

    line: classifier.Model
    trees: classifier.Model
    confidence: classifier.Model
    status: classifier.Model
    directory: Path | None = None

    @classmethod
    def read(cls, directory: Path | None = None) -> Models:
        """Read them from a models folder, the package's own where None is given.

        Raises:
            ModelError: one is missing or was trained on other features.
        """
        folder = directory or classifier.models_dir()
        return cls(
            classifier.load(folder / LINE),
            classifier.load(folder / TREES),
            classifier.load(folder / CONFIDENCE, features=("score",)),
            classifier.load(folder / STATUS, features=STATUS_FEATURES),
            directory,
        )


@Language.factory("statement_claims", assigns=["doc._.claims"], requires=["token.dep", "token.tag", "token.lemma"])
def make_claims(nlp: Language, name: str, models: str | None = None) -> ClaimFinder:
    """The spaCy component; `models` is a folder of trained models, None for the package's own."""
    return ClaimFinder(Models.read(Path(models) if models else None))


class ClaimFinder:
    """Sets `doc._.claims`; needs a parse, and uses what the finders before it have set."""

    def __init__(self, models: Models) -> None:
        self.models = models

    def __call__(self, doc: Doc) -> Doc:
        """Find the claims of a Doc."""
        doc._.claims = tuple(claims(doc, models=self.models))
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 16) -> Iterator[Doc]:
        """The same for many Docs, the candidates of a batch scored at once."""
        waiting = iter(stream)
        while batch := list(islice(waiting, batch_size)):
            for doc, found in zip(batch, _of_batch(batch, self.models), strict=True):
                doc._.claims = tuple(found)
                yield doc


def claims(doc: Doc, *, models: Models | None = None) -> Iterator[Claim]:
    """Yield the claims of a parsed Doc in the order of the text; they do not overlap.

    Args:
        doc: parsed; `_.places`, `_.parties`, `_.figures`, `_.demands`, `_.blocks` and `_.zones` are used where set.
        models: the trained models; None for the package's own.
    """
    yield from _of_batch([doc], models or Models.read())[0]


def _of_batch(docs: Sequence[Doc], models: Models) -> list[list[Claim]]:
    trees = [Tree(doc) for doc in docs]
    candidates = [speaking(doc, clauses(doc, tree)) for doc, tree in zip(docs, trees, strict=True)]
    matrices = [features(doc, found, tree) for doc, found, tree in zip(docs, candidates, trees, strict=True)]
    scores = score(np.vstack(matrices), models.line, models.trees)
    ends = np.cumsum([len(found) for found in candidates])
    return [
        list(_chosen(doc, found, part, models))
        for doc, found, part in zip(docs, candidates, np.split(scores, ends[:-1]), strict=True)
    ]


def _chosen(doc: Doc, candidates: Sequence[Clause], scores: Scores, models: Models) -> Iterator[Claim]:
    chosen = select([(c.start, c.end) for c in candidates], scores, THRESHOLD, COST)
    if not chosen:
        return
    likely = classifier.chances(models.confidence, scores[chosen].reshape(-1, 1))
    previous: tuple[int, ClaimStatus] | None = None
    for at, confidence in zip(chosen, likely, strict=True):
        clause = candidates[at]
        sentence = sentence_around(doc[clause.start : clause.end]).start
        before = previous[1] if previous and previous[0] == sentence else None
        status, found = judge(doc, clause, models.status, before)
        previous = sentence, status
        yield _record(doc, clause, status, found, float(confidence), models)


def speaking(doc: Doc, candidates: Iterator[Clause]) -> list[Clause]:
    """The candidates outside the zones that hold no claims."""
    silent = [(z.start, z.end) for z in doc._.zones if z.kind in SILENT_ZONES]
    if not silent:
        return list(candidates)
    starts = token_lists(doc).starts
    return [c for c in candidates if not any(start <= starts[c.head] < end for start, end in silent)]


def score(matrix: npt.NDArray[np.float32], line: classifier.Model, trees: classifier.Model) -> Scores:
    """How well each candidate would fit a claim, 0 to 1: shape (candidates,); `matrix` as `features` gives it."""
    if not len(matrix):
        return np.zeros(0)
    linear = _predict(matrix, line)
    out = LINE_WEIGHT * linear
    asked = np.flatnonzero(linear > FLOOR)
    if len(asked):
        out[asked] += (1 - LINE_WEIGHT) * _predict(matrix[asked], trees)
    _adjust(out, matrix)
    return out


def _adjust(scores: Scores, matrix: npt.NDArray[np.float32]) -> None:
    """Change scores by what grammar says whatever the corpus holds: facts taken for granted, joints, promises."""

    def column(name: str) -> npt.NDArray[np.float32]:
        values: npt.NDArray[np.float32] = matrix[:, _COLUMN[name]]
        return values

    granted = (column("stated_event") > 0) | ((column("stated_aside") > 0) & (column("in:wanted") > 0))
    scores[granted] = np.maximum(scores[granted], GRANTED) + GRANTED_SHARE * scores[granted]
    beside = (column("starts_at_joint") > 0) | (column("ends_at_joint") > 0)
    scores[beside & (scores > FLOOR)] += APART
    own = (column("speaker_subject") > 0) & (matrix[:, _OWN].sum(axis=1) > 0)
    scores[own | (column("resolve") > 0) | (column("prescribed") > 0)] *= OWN_WORDS
    maybe = column("stance:possibility") + column("stance:ability") + column("stance:future")
    judged = (column("stance:judgement") > 0) | ((column("predicate:judgement") > 0) & (maybe > 0))
    valued = (column("subject:abstract") > 0) & (column("predicate:abstract") > 0) & (column("head:pos=AUX") > 0)
    scores[judged | valued | (column("sentence_question") > 0)] *= JUDGED
    scores[(column("resolve_inside") > 0) | (column("torn_quotation") > 0)] *= TOO_WIDE


def _predict(matrix: npt.NDArray[np.float32], model: classifier.Model) -> Scores:
    size = len(model.features)
    # the model's columns are ours, or the first of ours: nothing is to be copied
    known = matrix[:, :size] if model.features == FEATURES[:size] else matrix[:, [_COLUMN[f] for f in model.features]]
    return np.clip(np.asarray(model.estimator.predict(known), dtype=np.float64), 0.0, 1.0)


_COLUMN = {name: at for at, name in enumerate(FEATURES)}
_FIRM_HEDGE = STATUS_FEATURES.index("firm_hedge")
_OWN = [_COLUMN[f"stance:{name}"] for name in ("call", "feeling", "commitment", "wish")]


def select(spans: Sequence[tuple[int, int]], scores: Scores, threshold: float, cost: float | None = None) -> list[int]:
    """The set of spans that do not overlap with the highest sum of (score - cost), in order of the text.

    Weighted interval scheduling (Kleinberg and Tardos, Algorithm Design, 6.1).

    Args:
        spans: half-open intervals.
        scores: their scores, shape (spans,).
        threshold: what a span must be worth.
        cost: of each span that is taken; the threshold where None is given.

    Returns:
        Indices into `spans`.
    """
    cost = threshold if cost is None else cost
    order = sorted((k for k in range(len(spans)) if scores[k] > threshold), key=lambda k: (spans[k][1], spans[k][0]))
    ends = [spans[k][1] for k in order]
    best = [0.0]
    taken: list[int | None] = [None]
    for j, k in enumerate(order, start=1):
        before = bisect_right(ends, spans[k][0], 0, j - 1)
        worth = best[before] + float(scores[k]) - cost
        taken.append(before if worth > best[j - 1] else None)
        best.append(max(worth, best[j - 1]))
    out = []
    j = len(order)
    while j > 0:
        before_j = taken[j]
        if before_j is None:
            j -= 1
        else:
            out.append(order[j - 1])
            j = before_j
    return out[::-1]


def judge(
    doc: Doc, clause: Clause, model: classifier.Model, before: ClaimStatus | None
) -> tuple[ClaimStatus, list[Source]]:
    """Status of a claim and its sources; `before` is the status of the claim before it in the same sentence."""
    found = sources(doc, clause)
    row = status_features(doc, clause, found, before)
    # what the estimator's own predict does, without its checks of every row
    status: ClaimStatus = STATUSES[int(np.argmax(model.estimator.coef_ @ row + model.estimator.intercept_))]
    if status != "negated" and row[_FIRM_HEDGE]:
        status = "hedged"
    elif status == "asserted" and any(source.kind in FIRM for source in found):
        status = "reported"
    return status, found


def _record(
    doc: Doc, clause: Clause, status: ClaimStatus, found: Sequence[Source], confidence: float, models: Models
) -> Claim:
    lists = token_lists(doc)
    start, end = lists.starts[clause.start], lists.ends[clause.end - 1]
    date = date_for(doc, start, end)
    inside = [figure for figure in doc._.figures if start <= figure.start < end]
    source = next((s.words for s in found if s.words), None) if status != "asserted" else None
    return Claim(
        start=start,
        end=end,
        quote=lists.whole[start:end],
        status=status,
        attribution=source,
        places=places_for(doc, start, end, models=models.directory, kind="claim"),
        date=date.text if date else None,
        since=date.since if date else None,
        until=date.until if date else None,
        figures=tuple(figure.start for figure in inside),
        confidence=round(confidence, 3),
        method=models.trees.method,
        cues=_cues(doc, clause, status, found),
    )


TOLD: tuple[tuple[str, str], ...] = (
    ("event", "event"), ("event_noun", "event"), ("condition", "condition"), ("victims", "people"),
    ("hedge", "hedged by"), ("negation", "denied by"),
)  # fmt: skip


def _cues(doc: Doc, clause: Clause, status: ClaimStatus, found: Sequence[Source]) -> tuple[str, ...]:
    """What speaks for it, in plain words: its verb, its figure, the words of the lexicon, its source."""
    lists, words = token_lists(doc), lexicon()
    lemmas, start, end = lists.lower_lemmas, lists.starts[clause.start], lists.ends[clause.end - 1]
    kind = "verb" if lists.poses[clause.head] in {"VERB", "AUX"} else "word"
    out = [f"{kind}: {lists.texts[clause.head]}", f"{clause.kind} clause"]
    out += [f"figure: {f.quote}" for f in doc._.figures if start <= f.start < end][:2]
    wanted = {"hedge": status == "hedged", "negation": status == "negated"}
    for name, label in TOLD:
        if wanted.get(name, True):
            told = (i for i in range(clause.start, clause.end) if lemmas[i] in words[name] and i != clause.head)
            out += [f"{label}: {lists.texts[i]}" for i in told][:1]
    if status == "reported":
        out += [f"source: {s.words or s.kind}" for s in found][:1]
    return tuple(dict.fromkeys(out))[:7]
