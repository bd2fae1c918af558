"""Finds demands: who is asked to do or to stop what, in the speaker's own voice.

The way: units (sentences, list items) -> cues (calls, modals, duties, imperatives) -> a logistic regression over their
abstract features says whether a unit is a demand -> parts, addressees, actions, themes, places, deadline, strength.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from statement_nlp.extraction import classifier
from statement_nlp.extraction.demand_actions import actions, deadline
from statement_nlp.extraction.demand_addressees import AddresseeFinder
from statement_nlp.extraction.demand_context import Context
from statement_nlp.extraction.demand_features import Candidate, candidates, features, is_plausible, rule_score
from statement_nlp.extraction.demand_parts import Part, parts
from statement_nlp.extraction.demand_places import places_of
from statement_nlp.extraction.demand_syntax import Cue
from statement_nlp.extraction.demand_themes import rule_themes
from statement_nlp.records import Demand, Strength

SENTENCES = "demands/sentences.skops"
ADDRESSEES = "demands/addressees.skops"
THRESHOLD = 0.4
"""Probability from which a unit is taken; best in cross-validation and on real statements (docs/accuracy.md)."""
ADDRESSEE_THRESHOLD = 0.55
"""The same for an addressee; higher and lower ones are no better in cross-validation and on real statements."""
NEAR = 300
"""Characters before a demand, in its paragraph, that tell its theme where it does not itself."""
_RANK: dict[Strength, int] = {"recommend": 0, "urge": 1, "demand": 2}


@dataclass(frozen=True, slots=True)
class Models:
    """The two classifiers of demands; None for both works by the rules alone."""

    sentences: classifier.Model | None
    addressees: classifier.Model | None

    @classmethod
    def read(cls, directory: Path | None = None) -> Models:
        """Read them from a models folder, the package's own where None is given."""
        folder = directory or classifier.models_dir()
        return cls(classifier.load(folder / SENTENCES), classifier.load(folder / ADDRESSEES))

    @classmethod
    def none(cls) -> Models:
        """No models: rules alone."""
        return cls(None, None)


@Language.factory("statement_demands", assigns=["doc._.demands"], requires=["token.dep", "token.tag"])
def make_demands(nlp: Language, name: str, models: str | None = None) -> DemandFinder:
    """The spaCy component; `models` is a folder of trained models, None for the package's own."""
    return DemandFinder(Models.read(Path(models) if models else None))


class DemandFinder:
    """Sets `doc._.demands`; needs a parse, and `doc._.parties` and `doc._.places` for names."""

    def __init__(self, models: Models) -> None:
        self.models = models

    def __call__(self, doc: Doc) -> Doc:
        """Find the demands of a Doc."""
        doc._.demands = tuple(demands(doc, models=self.models))
        return doc


def demands(doc: Doc, *, models: Models | None = None) -> Iterator[Demand]:
    """Yield the demands of a parsed Doc in the order of the text.

    Args:
        doc: parsed; `_.parties`, `_.places`, `_.blocks` and `_.statement` are used where they are set.
        models: the classifiers; None for the package's own.
    """
    if not doc.has_annotation("DEP"):
        return
    models = models or Models.read()
    context = Context(doc)
    found = [c for c in candidates(context) if not c.unit.introduces]
    taken = [(c, p) for c, p in zip(found, _probabilities(found, models), strict=True) if p >= THRESHOLD]
    finder = AddresseeFinder(context, [candidate for candidate, _ in taken])
    for candidate, likely in taken:
        yield from _of_unit(candidate, likely, context, finder, models)


def _probabilities(found: Sequence[Candidate], models: Models) -> list[float]:
    """That each candidate is a demand; 0 without a look at the model where it has no cue and no list calls for it."""
    if models.sentences is None:
        return [0.9 * rule_score(candidate) for candidate in found]
    looked_at = [at for at, c in enumerate(found) if c.cues or c.intro == "call"]
    likely = dict(zip(looked_at, _predict(models.sentences, [features(found[at]) for at in looked_at]), strict=True))
    return [likely.get(at, 0.0) for at in range(len(found))]


def _predict(model: classifier.Model, named: Sequence[dict[str, float]]) -> list[float]:
    """Probabilities of a binary logistic regression, straight from its weights: most features of a row are zero."""
    weights = dict(zip(model.features, model.estimator.coef_[0].tolist(), strict=True))
    bias = float(model.estimator.intercept_[0])
    sums = [bias + sum(weights.get(name, 0.0) * value for name, value in row.items()) for row in named]
    return [1.0 / (1.0 + math.exp(-min(max(total, -60.0), 60.0))) for total in sums]


def _of_unit(
    candidate: Candidate, likely: float, context: Context, finder: AddresseeFinder, models: Models
) -> Iterator[Demand]:
    pieces = parts(candidate, finder.asked, context.text)
    for part in pieces:
        names = _addressees(candidate, part, len(pieces), finder, models.addressees)
        finder.remember(candidate, names)
        yield _record(candidate, part, names, likely, context, models)


def _addressees(
    candidate: Candidate, part: Part, pieces: int, finder: AddresseeFinder, model: classifier.Model | None
) -> tuple[str, ...]:
    if pieces > 1:
        return part.names or finder.general()
    if model is None:
        return finder.rule(candidate)
    named_features = finder.candidates(candidate)
    if not named_features:
        return ()
    likely = _together(named_features, _predict(model, list(named_features.values())))
    return tuple(name for name, p in zip(named_features, likely, strict=True) if p >= ADDRESSEE_THRESHOLD)


def _together(named: dict[str, dict[str, float]], likely: Sequence[float]) -> list[float]:
    """Those who carry over from the demand before do so together: each gets their mean probability."""
    group = [p for values, p in zip(named.values(), likely, strict=True) if "open:carried" in values]
    if not group:
        return list(likely)
    mean = sum(group) / len(group)
    return [mean if "open:carried" in values else p for values, p in zip(named.values(), likely, strict=True)]


def _record(
    candidate: Candidate, part: Part, names: tuple[str, ...], likely: float, context: Context, models: Models
) -> Demand:
    text = context.text
    quote = text[part.start : part.end]
    asked_for = actions(part, text, context.doc)
    cues = [c for c in part.cues if is_plausible(c, candidate)] or list(part.cues)
    return Demand(
        start=part.start,
        end=part.end,
        quote=quote,
        addressees=names,
        actions=asked_for,
        themes=_themes(part, context),
        places=places_of(part, context.doc, text),
        deadline=deadline(quote),
        strength=_strength(cues, candidate),
        confidence=round(likely, 3),
        method=models.sentences.method if models.sentences else "rule:demand-cues@1",
        cues=_words(cues, candidate),
    )


def _themes(part: Part, context: Context) -> tuple[str, ...]:
    text, statement = context.text, context.doc._.statement
    line = text.rfind("\n", 0, part.start) + 1
    return rule_themes(
        _without_parties(part, context),
        names=text[part.start : part.end],
        near=text[max(line, part.start - NEAR) : part.start],
        title=(statement.title or "") if statement is not None else "",
    )


def _without_parties(part: Part, context: Context) -> str:
    out = list(context.text[part.start : part.end])
    for mention in context.doc._.parties:
        for at in range(max(mention.start, part.start), min(mention.end, part.end)):
            out[at - part.start] = " "
    return "".join(out)


def _strength(cues: Sequence[Cue], candidate: Candidate) -> Strength:
    """The strongest of the cues that stand in the main clause; a bare list item demands."""
    if not cues:
        return "demand"
    return max((c.strength for c in cues), key=lambda s: _RANK[s])


def _words(cues: Sequence[Cue], candidate: Candidate) -> tuple[str, ...]:
    """The words that found it, in plain English."""
    out = [f"{cue.kind.replace('_', ' ')}: {cue.token.text}" for cue in cues]
    if candidate.intro in {"call", "to"}:
        out.append("under an introduction that calls for it")
    return tuple(dict.fromkeys(out))[:6]
