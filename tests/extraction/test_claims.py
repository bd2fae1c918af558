"""Claims: which clauses state a fact, whose word they are, and how firm."""

from itertools import combinations, pairwise

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from statement_nlp.errors import ModelError
from statement_nlp.extraction.claim_features import FEATURES, features
from statement_nlp.extraction.claim_sources import KINDS, sources
from statement_nlp.extraction.claim_status import FEATURES as STATUS_FEATURES
from statement_nlp.extraction.claim_status import status_features
from statement_nlp.extraction.claims import Models, claims, select
from statement_nlp.extraction.clauses import Clause, clauses
from statement_nlp.extraction.pipeline import StatementTokenizer, base_pipeline
from statement_nlp.records import Demand, Figure, Zone


@pytest.fixture(scope="module")
def nlp():
    loaded = base_pipeline()
    loaded.tokenizer = StatementTokenizer(loaded.tokenizer, loaded.vocab)
    return loaded


@pytest.fixture(scope="module")
def models():
    return Models.read()


def quotes(doc, models):
    return [claim.quote for claim in claims(doc, models=models)]


FACTS = [
    ("At least 40 people were killed in Aleppo on Monday.", "40 people were killed", "an event with a figure"),
    (
        "Since March the road has been closed and 20,000 people are trapped.",
        "20,000 people are trapped",
        "second clause",
    ),
    ("The hospital, which was hit twice last month, has no fuel.", "hit twice", "a relative clause"),
    ("We know that soldiers burned three villages in May.", "soldiers burned three villages", "a that-clause"),
    ("12,000 people have fled, most of them children.", "12,000 people have fled", "a figure beside its part"),
]


@pytest.mark.parametrize(("text", "expected", "why"), FACTS)
def test_a_fact_is_a_claim(nlp, models, text, expected, why):
    assert any(expected in quote for quote in quotes(nlp(text), models)), why


NO_FACTS = [
    ("We call on all parties to lift the siege at once.", "a demand"),
    ("We are deeply saddened and we stand with the people.", "a feeling"),
    ("We hope that peace will come.", "a wish"),
    ("We will continue our work.", "a promise"),
    ("This is unacceptable.", "a judgement alone"),
]


@pytest.mark.parametrize(("text", "why"), NO_FACTS)
def test_what_is_no_fact_is_no_claim(nlp, models, text, why):
    assert quotes(nlp(text), models) == [], why


STATUSES = [
    ("At least 40 people were killed in the market.", "asserted", "the speaker's own word"),
    ("At least 40 people were killed in the market, according to the health ministry.", "reported", "a source"),
    ("At least 40 people were reportedly killed in the market.", "reported", "an implied source"),
    ("At least 40 people were killed in the market, residents say.", "reported", "a clause between commas"),
    ("More than 40,000 children may die of hunger before winter.", "hedged", "a modal"),
    ("No convoy has reached the town since March.", "negated", "a negative subject"),
    ("The trucks have not reached the town.", "negated", "a negated verb"),
    ("About 20,000 people in the camp live without water.", "asserted", "a lack stated positively"),
]


@pytest.mark.parametrize(("text", "status", "why"), STATUSES)
def test_status(nlp, models, text, status, why):
    assert [claim.status for claim in claims(nlp(text), models=models)] == [status], why


SOURCES = [
    ("Ninety houses burned down, according to the fire brigade.", "according", "the fire brigade"),
    ("Ninety houses burned down, the mayor says.", "parenthetical", "the mayor"),
    ("Ninety houses burned down, says the mayor of Velm.", "parenthetical", "the mayor of Velm"),
    ("By the ministry's count ninety houses burned down.", "count", "the ministry"),
    ("Ninety houses reportedly burned down.", "adverb", None),
    ("There are reports of burned houses.", "rumour", "reports"),
    ("Ninety houses burned down. (Relief Cell 12/03/2024)", "bracket", "Relief Cell"),
    ("Ninety houses burned down.", None, None),
]


@pytest.mark.parametrize(("text", "kind", "words"), SOURCES)
def test_sources_are_named_as_written(nlp, text, kind, words):
    doc = nlp(text)
    house = next(t for t in doc if t.text == "houses")
    verb = house if kind == "rumour" else next(t for t in doc if t.text == "burned")
    first = house.left_edge.i
    found = sources(doc, Clause(first, max(house.i, verb.i) + 1, verb.i, "main"))
    if kind is None:
        assert found == []
    else:
        assert (kind, words) in [(s.kind, s.words) for s in found]


def test_no_claims_in_notes_and_contacts(nlp, models):
    text = (
        "At least 40 people were killed in the market.\n\nNotes\nThe network has nine members and was founded in 2013."
    )
    doc = nlp(text)
    assert [zone.kind for zone in doc._.zones][-1] == "notes"
    assert quotes(doc, models) == ["At least 40 people were killed in the market"]
    doc._.zones = (Zone(0, len(text), "contact"),)
    assert quotes(doc, models) == []


def test_figures_inside_are_linked(nlp, models):
    doc = nlp("At least 40 people were killed in the market.")
    doc._.figures = (Figure(0, 18, "At least 40 people", 40, None, "at_least", "people", "killed"),)
    (claim,) = claims(doc, models=models)
    assert claim.figures == (0,)
    assert "figure: At least 40 people" in claim.cues


def test_a_fact_inside_a_demand_is_found(nlp, models):
    text = "Besieged towns like Velm, where 9,000 people are trapped and starving, must be reached first."
    doc = nlp(text)
    doc._.demands = (Demand(0, len(text), text),)
    doc._.figures = (Figure(32, 44, "9,000 people", 9000, 9000, "exact", "people", "trapped"),)
    assert any("9,000 people are trapped" in quote for quote in quotes(doc, models))
    assert not any("must" in quote for quote in quotes(doc, models))


def test_a_doc_without_parse_or_layout_has_no_claims_and_no_crash(models):
    blank = spacy.blank("en")
    assert list(claims(blank("Forty people were killed."), models=models)) == []


def test_missing_models_say_what_to_do(tmp_path):
    with pytest.raises(ModelError, match="statement-nlp train"):
        Models.read(tmp_path)


@settings(deadline=None, max_examples=25)
@given(st.text(alphabet=st.sampled_from("ab ,.;:—“”()\n•1é'The was killed and who said"), max_size=120))
def test_any_text_gives_valid_spans(text):
    doc, models = _parsed(text), Models.read()
    found = list(claims(doc, models=models))
    for claim in found:
        assert text[claim.start : claim.end] == claim.quote
        assert claim.quote.strip()
        assert 0.0 <= claim.confidence <= 1.0
    assert all(a.end <= b.start for a, b in pairwise(found))


_LOADED = []


def _parsed(text):
    if not _LOADED:
        loaded = base_pipeline()
        loaded.tokenizer = StatementTokenizer(loaded.tokenizer, loaded.vocab)
        _LOADED.append(loaded)
    return _LOADED[0](text)


def test_candidates_are_distinct_spans_around_their_head(nlp):
    doc = nlp("When the rain came, the river rose, and 300 families, who had lost everything, left for the hills.")
    found = list(clauses(doc))
    assert len({(c.start, c.end) for c in found}) == len(found)
    assert all(c.start <= c.head < c.end for c in found)
    assert "300 families" in {doc[c.start : c.start + 2].text for c in found}


def test_features_have_names_and_rows(nlp):
    doc = nlp("The river rose and 300 families left.")
    found = list(clauses(doc))
    matrix = features(doc, found)
    assert matrix.shape == (len(found), len(FEATURES))
    assert len(set(FEATURES)) == len(FEATURES)
    assert np.isfinite(matrix).all()
    assert features(doc, []).shape == (0, len(FEATURES))


def test_status_features_are_zeros_and_ones(nlp):
    doc = nlp("The convoy may not arrive, officials say.")
    found = next(clauses(doc))
    row = status_features(doc, found, sources(doc, found), "reported")
    assert row.shape == (len(STATUS_FEATURES),)
    assert set(row.tolist()) <= {0.0, 1.0}
    assert set(KINDS) == {name.split(":")[1] for name in STATUS_FEATURES if name.startswith("source:")}


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(1, 6), st.floats(0, 1)), max_size=7),
    st.sampled_from([0.0, 0.3, 0.5]),
)
def test_selection_is_the_best_set_without_overlap(items, threshold):
    spans = [(start, start + length) for start, length, _ in items]
    scores = np.array([value for *_, value in items])
    chosen = select(spans, scores, threshold)

    def worth(indices):
        return sum(scores[k] - threshold for k in indices)

    def fits(indices):
        return all(spans[a][1] <= spans[b][0] or spans[b][1] <= spans[a][0] for a, b in combinations(indices, 2))

    best = max(worth(c) for n in range(len(items) + 1) for c in combinations(range(len(items)), n) if fits(c))
    assert fits(chosen)
    assert chosen == sorted(chosen, key=lambda k: spans[k])
    assert worth(chosen) == pytest.approx(best)


def test_a_low_cost_prefers_several_spans_to_a_wide_one() -> None:
    spans, scores = [(0, 10), (0, 4), (5, 10)], np.array([0.6, 0.48, 0.48])
    assert select(spans, scores, 0.4) == [0]
    assert select(spans, scores, 0.4, 0.34) == [1, 2]
    assert select(spans, scores, 0.5, 0.34) == [0], "the threshold holds beside the cost"
