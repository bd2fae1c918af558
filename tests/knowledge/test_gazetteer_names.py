"""Keys of names, sorts of places and directions around them, distances."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from statement_nlp.knowledge.gazetteer_names import (
    direction,
    fold,
    is_region_word,
    without_article,
    without_type,
)
from statement_nlp.records import distance


@pytest.mark.parametrize(
    ("name", "key", "why"),
    [
        ("Al-Ḩasakah", "al hasakah", "a romaniser's dots, a hyphen"),
        ("AL HASAKAH", "al hasakah", "headings stand in capitals"),
        ("Sana'a", "sanaa", "a straight apostrophe"),
        ("Sana’a", "sanaa", "a curly one"),
        ("‘Afrīn", "afrin", "an ayn and a macron"),
        ("Deir ez-Zor", "deir ez zor", "a hyphen inside"),
        ("Cox’s Bazar", "coxs bazar", "an English genitive"),
        ("São Tomé", "sao tome", "diacritics of Latin languages"),
        ("Diyarbakır", "diyarbakir", "the dotless i has no decomposition"),
        ("Łódź", "lodz", "nor has the barred l"),
        ("U.S.", "u s", "points part"),
        ("  Khan   Younis ", "khan younis", "spaces are one"),
        ("Киев", "киев", "other scripts keep their letters"),
        ("—", "", "no letter, no key"),
    ],
)
def test_fold(name, key, why):
    assert fold(name) == key, why


@given(st.text(max_size=40))
@example("\N{MATHEMATICAL BOLD FRAKTUR CAPITAL A}")
def test_fold_of_a_key_is_the_key(name):
    assert fold(fold(name)) == fold(name)


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=30))
def test_fold_gives_single_spaces_and_no_edges(name):
    key = fold(name)
    assert key == key.strip()
    assert "  " not in key


@given(st.from_regex(r"[A-Za-z]{1,8}( [A-Za-z]{1,8}){0,3}", fullmatch=True))
def test_fold_does_not_mind_case(name):
    assert fold(name.upper()) == fold(name.lower()) == fold(name)


@pytest.mark.parametrize(
    ("key", "bare"),
    [
        ("al hasakah", "hasakah"),
        ("ar raqqah", "raqqah"),
        ("the gambia", "gambia"),
        ("albania", None),
        ("al", None),
        ("al ab", None),
    ],
)
def test_without_article(key, bare):
    assert without_article(key) == bare


@pytest.mark.parametrize(
    ("key", "expected", "why"),
    [
        ("homs governorate", ("homs", "governorate"), "behind the name"),
        ("state of rakhine", ("rakhine", "state"), "before it"),
        ("kalma camp", ("kalma", "camp"), "a camp"),
        ("kakuma refugee camp", ("kakuma", "camp"), "with the word for whom"),
        ("state", None, "no name is left"),
        ("united states", ("united", "states"), "looked up only where the whole is unknown"),
        ("aleppo", None, "no word for a sort"),
    ],
)
def test_without_type(key, expected, why):
    assert without_type(key) == expected, why


def test_region_words_are_areas():
    assert is_region_word("governorate")
    assert not is_region_word("camp")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("eastern Aleppo", ("eastern", "Aleppo")),
        ("north-western Syria", ("north-western", "Syria")),
        ("Northeast Nigeria", ("Northeast", "Nigeria")),
        ("far north Cameroon", ("far north", "Cameroon")),
        ("northern and central Mali", ("northern and central", "Mali")),
        ("Northampton", None),
        ("Aleppo", None),
        ("eastern", None),
    ],
)
def test_direction(name, expected):
    assert direction(name) == expected


def test_distance_of_known_cities():
    aleppo, damascus = (36.2, 37.16), (33.51, 36.29)
    assert distance(aleppo, damascus) == pytest.approx(309, abs=3)
    assert distance(aleppo, aleppo) == 0
    assert distance(aleppo, (None, None)) is None


POINT = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(POINT, POINT)
def test_distance_is_symmetric_and_at_most_half_the_earth(a, b):
    one, two = distance(a, b), distance(b, a)
    assert one == pytest.approx(two, abs=1e-6)
    assert 0 <= one <= 20016
