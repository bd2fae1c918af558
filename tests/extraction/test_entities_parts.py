"""The parts of the finder of places and parties, without trained models."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statement_nlp.extraction.entities_classify import agreed, choose
from statement_nlp.extraction.entities_cues import in_words
from statement_nlp.extraction.entities_naming import fits
from statement_nlp.extraction.entities_parties import Naming, explained_acronyms, tidy
from statement_nlp.extraction.entities_resolve import FEATURES, Context, Name, Resolver, context_of

ACRONYMS = [
    (
        "The Halvenian Relief Association (HRA) left.",
        "Halvenian Relief Association",
        {"HRA": "Halvenian Relief Association"},
    ),
    (
        "The HRA (Halvenian Relief Association) left.",
        "Halvenian Relief Association",
        {"HRA": "Halvenian Relief Association"},
    ),
    (
        "The Halvenian Relief Association (“HRA”) left.",
        "Halvenian Relief Association",
        {"HRA": "Halvenian Relief Association"},
    ),
    ("The Lantern Group (Oslo) left.", "Lantern Group", {}),
    ("The Lantern Group left.", "Lantern Group", {}),
]


@pytest.mark.parametrize(("text", "name", "expected"), ACRONYMS)
def test_explained_acronyms(text, name, expected):
    start = text.index(name)
    assert explained_acronyms(text, [(start, start + len(name))]) == expected


TIDY = [
    ("Government of\nKenya", "Government of Kenya", "a line break inside a name"),
    ("Russia's", "Russia", "a possessive"),
    ("  UN  agencies ", "UN agencies", "blanks"),
]


@pytest.mark.parametrize(("name", "expected", "why"), TIDY)
def test_tidy(name, expected, why):
    assert tidy(name) == expected, why


NAMES = [
    (["Security Council", "Council"], ["UN Security Council", "UN Security Council"], "the end of a name before"),
    (["Russian Federation", "Russia"], ["Russia", "Russia"], "variants in the register"),
    (["Ilva Tarn-Corvo", "Tarn-Corvo"], ["Ilva Tarn-Corvo", "Ilva Tarn-Corvo"], "a family name alone"),
    (["Lantern Aid", "Lantern Aid"], ["Lantern Aid", "Lantern Aid"], "a new party stays one"),
]


@pytest.mark.parametrize(("quotes", "expected", "why"), NAMES)
def test_names_of_parties(quotes, expected, why):
    naming = Naming()
    kinds = ["person" if "Tarn" in quote else "ngo" for quote in quotes]
    assert [naming.name(q, k)[0].name for q, k in zip(quotes, kinds, strict=True)] == expected, why


def test_an_explained_acronym_is_never_another_party_of_the_register():
    naming = Naming(acronyms={"WHO": "Women of Halvenia Organisation"})
    assert naming.name("WHO", "ngo")[0].name == "Women of Halvenia Organisation"


def test_what_a_name_says_itself_is_no_evidence_for_it():
    context = Context()
    context.add("SY", 2.0)
    context.add("AM", 1.0, "garni")
    assert context.without("garni") == {"SY": 2.0}
    assert context.without("aleppo") == {"SY": 2.0, "AM": 1.0}
    assert context.main() == "SY"


def test_context_counts_countries_and_the_title():
    names = [Name("Syria"), Name("Syria"), Name("Turkey")]
    plain = context_of(names, (), {}, None).total
    titled = context_of(names, (), {}, "On Turkey").total
    assert plain["SY"] > plain["TR"]
    assert titled["TR"] > plain["TR"]


def test_a_resolver_leaves_open_what_it_is_not_sure_of():
    never = Resolver(tuple(0.0 for _ in FEATURES), -9.0)
    sense = never.resolve([Name("Aleppo")], Context())["aleppo"]
    assert sense.place is None
    assert sense.country is None


def test_a_resolver_takes_the_foremost_of_equals():
    weights = tuple(1.0 if f == "population" else 0.0 for f in FEATURES)
    sense = Resolver(weights, -2.0).resolve([Name("Aleppo")], Context())["aleppo"]
    assert sense.place is not None
    assert (sense.place.feature, sense.country) == ("city", "SY")


@st.composite
def scored(draw):
    spans = draw(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 3)), max_size=6, unique=True))
    stretches = [(start, start + size) for start, size in spans]
    odds = draw(st.lists(st.tuples(*[st.floats(0.05, 1.0)] * 3), min_size=len(stretches), max_size=len(stretches)))
    chances = np.array(odds).reshape(-1, 3)
    return stretches, chances / chances.sum(axis=1, keepdims=True)


def _gain(chances, n):
    return float(np.log(chances[n, 1:].max() + 1e-9) - np.log(chances[n, 0] + 1e-9))


def _disjoint(stretches, chosen):
    spans = sorted(stretches[n] for n in chosen)
    return all(a[1] <= b[0] for a, b in pairwise(spans))


@settings(max_examples=60, deadline=None)
@given(scored())
def test_the_kept_stretches_are_the_likeliest_that_do_not_overlap(case):
    stretches, chances = case
    kept = [n for n, _ in choose(stretches, chances)]
    assert _disjoint(stretches, kept)
    everything = range(len(stretches))
    best = max(
        (sum(_gain(chances, n) for n in some) for k in range(len(stretches) + 1)
         for some in combinations(everything, k) if _disjoint(stretches, some)),
        default=0.0,
    )  # fmt: skip
    assert sum(_gain(chances, n) for n in kept) == pytest.approx(best)


@pytest.mark.parametrize(
    ("feature", "expected", "why"),
    [
        ("party=exact:armed_group", ("in the register as an armed group",), "a sort of party has a name"),
        ("entity+party=exact:PLACE|none", ("the recogniser calls it a place", "not in the register of parties"), "two"),
        ("gazetteer=own:city:4", ("the gazetteer knows a town so named",), "sizes are for the model"),
        ("before=\n", ("behind a line break",), "a mark that does not print"),
        ("before=^", (), "nothing stands before"),
        ("left=other", (), "the sort of an ordinary word says nothing"),
        ("dep+governor=nsubj|urges", ("subject of “urges”",), "a role in the parse"),
        ("suffix=ish", (), "three letters say nothing to a reader"),
    ],
)
def test_features_in_plain_words(feature, expected, why):
    assert in_words(feature) == expected, why


FITS = [
    ("Northern Lakes Observers Network", "NLON", "True|True", "initials of all words"),
    ("the Northern Lakes Observers Network", "NLON", "False|True", "a word too many in front"),
    ("Lakes Observers Network", "NLON", "False|False", "a word too few"),
    ("Northern Lakes Electoral Observers", "NoLEO", "True|True", "small letters in a short form"),
]


@pytest.mark.parametrize(("name", "acronym", "expected", "why"), FITS)
def test_how_a_name_fits_its_short_form(name, acronym, expected, why):
    assert fits(name.split(), acronym) == expected, why


def test_a_name_hears_what_it_is_elsewhere_in_the_statement():
    chances = np.array([[0.1, 0.9, 0.0], [0.6, 0.4, 0.0], [0.6, 0.4, 0.0], [0.6, 0.4, 0.0]])
    out = agreed(["Lantern Aid", "Lantern Aid", None, "Harbour Aid"], chances)
    assert out[1, 1] > 0.5, "the same name is surely a party before"
    assert (out[[0, 2, 3]] == chances[[0, 2, 3]]).all(), (
        "the sure one, a description and a name that stands once keep theirs"
    )
    np.testing.assert_allclose(out.sum(axis=1), 1.0)


def test_a_name_that_is_a_party_here_and_a_place_there_is_judged_alone():
    chances = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.4, 0.3, 0.3]])
    assert (agreed(["Orrin"] * 3, chances) == chances).all()


@pytest.mark.parametrize(
    ("quote", "expected", "why"),
    [
        ("all Afghan parties", True, "a nation's parties"),
        ("belligerents in the northern region", True, "where they fight"),
        ("political parties", False, "those who stand for election"),
        ("parties of the coalition", False, "whose they are"),
    ],
)
def test_those_who_fight(quote, expected, why):
    assert (Naming().name(quote, "collective")[0].name == "parties to the conflict") == expected, why
