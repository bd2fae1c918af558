"""Look-ups in the real index: names, variants, parents, directions, scanning."""

import pytest

from statement_nlp.knowledge.gazetteer import Gazetteer, distance_km, fold, split_modifier
from statement_nlp.records import Place


@pytest.fixture(scope="module")
def gazetteer():
    index = Gazetteer.open()
    yield index
    index.close()


@pytest.mark.parametrize(
    ("name", "expected", "country", "feature", "why"),
    [
        ("Aleppo", "Aleppo", "SY", "city", "the city comes before the governorate"),
        ("Darayya", "Daraya", "SY", "city", "a variant finds the common name"),
        ("DARAYYA", "Daraya", "SY", "city", "as in a heading"),
        ("Rif Dimashq", "Rural Damascus", "SY", "region", "a division under its Arabic name"),
        ("rural Damascus", "Rural Damascus", "SY", "region", "in small letters"),
        ("Sana'a", "Sanaa", "YE", "city", "an apostrophe"),
        ("Hudaydah", "Hodeidah", "YE", "city", "without the article"),
        ("El-Fashir", "El Fasher", "SD", "city", "a transliteration"),
        ("Zamzam camp", "Zamzam", "SD", "camp", "a camp that open gazetteers lack"),
        ("Eastern Ghouta", "Eastern Ghouta", "SY", "region", "an informal region"),
        ("Tigray", "Tigray", "ET", "region", "a division with its English name"),
        ("Borno", "Borno", "NG", "region", "not the town in Italy"),
        ("Rakhine State", "Rakhine", "MM", "region", "the word for its sort is no part of the name"),
        ("Kiev", "Kyiv", "UA", "city", "an older name"),
        ("Burma", "Myanmar", "MM", "country", "an older name of a country"),
        ("Türkiye", "Turkey", "TR", "country", "a country's own spelling"),
        ("DRC", "DR Congo", "CD", "country", "an acronym"),
        ("the Democratic Republic of the Congo", "DR Congo", "CD", "country", "with its article"),
        ("occupied Palestinian territory", "Palestine", "PS", "country", "as the UN writes"),
        ("Gaza", "Gaza", "PS", "region", "the Strip in most uses"),
        ("Gaza City", "Gaza City", "PS", "city", "the city when it is said"),
        ("Georgia", "Georgia", "GE", "country", "the country before the state of the same name"),
        ("Bab al-Hawa", "Bab al-Hawa", "SY", "crossing", "a border crossing"),
        ("Horn of Africa", "Horn of Africa", None, "region", "a region that spans states has no country"),
        ("Red Sea", "Red Sea", None, "water", "a sea has no country"),
        ("Côte d’Ivoire", "Côte d'Ivoire", "CI", "country", "a diacritic and an apostrophe"),
    ],
)
def test_best_candidate(gazetteer, name, expected, country, feature, why):
    best = gazetteer.candidates(name)[0]
    assert (best.name, best.country, best.feature) == (expected, country, feature), why


def test_points_of_the_first_statement(gazetteer):
    points = {"Syria": (35, 38.5), "Aleppo": (36.20, 37.16), "Madaya": (33.69, 36.10), "Darayya": (33.458, 36.233)}
    for name, point in points.items():
        place = next(p for p in gazetteer.candidates(name) if p.country == "SY")
        assert distance_km(place, point) < (100 if name == "Syria" else 5)


def test_all_places_of_a_name_are_offered(gazetteer):
    countries = [p.country for p in gazetteer.candidates("Tripoli")]
    assert {"LB", "LY"} <= set(countries)


def test_our_table_decides_who_bears_a_name(gazetteer):
    assert [p.name for p in gazetteer.candidates("Gaza") if p.country == "PS" and p.feature != "district"] == ["Gaza"]


def test_no_place_stands_twice(gazetteer):
    for name in ("Aleppo", "Daraya", "Hodeidah", "Gaza", "Tigray", "Kyiv"):
        ids = [p.id for p in gazetteer.candidates(name)]
        assert len(ids) == len(set(ids))


def test_a_word_for_the_sort_selects_divisions(gazetteer):
    found = gazetteer.candidates("Homs governorate")
    assert found
    assert {p.feature for p in found} <= {"region", "district"}


@pytest.mark.parametrize("name", ["Qwxyzzy", "", "—", "us", "Us"])
def test_what_is_no_place(gazetteer, name):
    assert not gazetteer.has(name)


def test_acronyms_are_known_in_capitals_and_as_keys(gazetteer):
    assert gazetteer.has("US")
    assert gazetteer.has("U.S.")
    assert gazetteer.candidates("US")[0].country == "US"
    assert gazetteer.candidates(fold("US"))[0].country == "US"
    assert all(p.feature != "country" for p in gazetteer.candidates("Us"))


def test_ancestors_go_from_the_nearest_to_the_country(gazetteer):
    madaya = next(p for p in gazetteer.candidates("Madaya") if p.country == "SY")
    above = gazetteer.ancestors(madaya.id)
    assert above[-1].name == "Syria"
    assert "Rural Damascus" in [p.name for p in above]
    assert madaya.parents == tuple(p.id for p in above)
    assert gazetteer.ancestors("no such id") == ()
    assert gazetteer.ancestors(above[-1].id) == ()


def test_containment(gazetteer):
    syria, camp = gazetteer.country("sy"), gazetteer.candidates("Zamzam camp")[0]
    darfur = gazetteer.candidates("Darfur")[0]
    assert gazetteer.contains(darfur.id, camp.id)
    assert gazetteer.contains(camp.id, camp.id)
    assert not gazetteer.contains(syria.id, camp.id)
    assert not gazetteer.contains(camp.id, darfur.id)


def test_parents_of_all_curated_places_are_known(gazetteer):
    for name in ("Kutupalong", "Al-Waer", "Foah", "Kakhovka Dam", "Cité Soleil", "Bunagana", "Shuja'iyya"):
        place = gazetteer.candidates(name)[0]
        assert gazetteer.ancestors(place.id)[-1].id == gazetteer.country(place.country).id


def test_get_and_country(gazetteer):
    assert gazetteer.get("geonames:170063").name == "Aleppo"
    assert gazetteer.get("geonames:0") is None
    assert gazetteer.country("PS").name == "Palestine"
    assert gazetteer.country("XK").name == "Kosovo"
    assert gazetteer.country("QQ") is None
    assert gazetteer.by_pcode("SY99999") is None


@pytest.mark.parametrize(
    ("name", "expected", "why"),
    [
        ("eastern Aleppo", ("eastern", "Aleppo"), "a part of the city"),
        ("Eastern Aleppo", ("Eastern", "Aleppo"), "at the start of a sentence"),
        ("eastern Tigray", ("eastern", "Tigray"), "small letters: not the zone of that name"),
        ("north-western Syria", ("north-western", "Syria"), "a compound direction"),
        ("southern Lebanon", ("southern", "Lebanon"), "a part of the country"),
        ("south and central Gaza", ("south and central", "Gaza"), "two directions"),
        ("Eastern Ghouta", (None, "Eastern Ghouta"), "a name"),
        ("eastern Ghouta", (None, "eastern Ghouta"), "the same name"),
        ("South Sudan", (None, "South Sudan"), "a country"),
        ("East Jerusalem", (None, "East Jerusalem"), "a name"),
        ("North Darfur", (None, "North Darfur"), "a state"),
        ("rural Damascus", (None, "rural Damascus"), "a governorate"),
        ("Aleppo", (None, "Aleppo"), "no direction"),
        ("eastern Qwxyzzy", (None, "eastern Qwxyzzy"), "nothing known is left"),
    ],
)
def test_split_modifier(gazetteer, name, expected, why):
    assert gazetteer.split_modifier(name) == expected, why
    assert split_modifier(name) == expected


@pytest.mark.parametrize(
    ("tokens", "start", "expected", "why"),
    [
        (["in", "Aleppo", "and"], 1, 1, "one word"),
        (["Deir", "ez", "-", "Zor", "fell"], 0, 4, "a mark inside"),
        (["Khan", "al", "-", "Ahmar"], 0, 4, "three words"),
        (["al", "-", "Hasakah", "fell"], 0, 3, "an article in front"),
        (["Democratic", "Republic", "of", "the", "Congo", "said"], 0, 5, "words that are no names alone"),
        (["Aleppo", ",", "Damascus"], 0, 1, "a comma ends it"),
        (["Sana’a"], 0, 1, "an apostrophe inside a token"),
        (["us"], 0, 0, "a pronoun"),
        (["US"], 0, 1, "a country"),
        (["Qwxyzzy"], 0, 0, "unknown"),
        (["Aleppo"], 1, 0, "past the end"),
        (["—"], 0, 0, "a mark alone"),
    ],
)
def test_longest(gazetteer, tokens, start, expected, why):
    assert gazetteer.longest(tokens, start) == expected, why


def test_what_longest_finds_has_candidates(gazetteer):
    text = "Fighting in the Nuba Mountains , Port Sudan and El Fasher forced people to Adré"
    tokens = text.split()
    found = [" ".join(tokens[i : i + n]) for i in range(len(tokens)) if (n := gazetteer.longest(tokens, i)) > 0]
    assert {"Nuba Mountains", "Port Sudan", "El Fasher", "Adré"} <= set(found)
    assert all(gazetteer.candidates(name) for name in found)


def test_nearest_names(gazetteer):
    assert gazetteer.nearest("Allepo")[0] == "Aleppo"
    assert "Rural Damascus" in gazetteer.nearest("Rural Damscus")
    assert "Zamzam" in gazetteer.nearest("Zamzan")
    assert gazetteer.nearest("") == ()
    assert len(gazetteer.nearest("Kabl", limit=3)) <= 3


def test_common_names(gazetteer):
    geneina = gazetteer.candidates("Al-Junaynah")[0]
    assert gazetteer.common_name(geneina, "Al-Junaynah") == "El Geneina"
    hamlet = Place("geonames:1", "Ad Dar", "SY", "city", None, None)
    assert gazetteer.common_name(hamlet, "Dar") == "Dar"
    assert gazetteer.common_name(hamlet, "AD DAR") == "Ad Dar"


def test_distance_without_a_point(gazetteer):
    aleppo = gazetteer.get("geonames:170063")
    assert distance_km(aleppo, Place("x", "x", None, "other", None, None)) is None
    assert distance_km(aleppo, (36.2, 37.2)) < 10


def test_a_look_up_reads_no_whole_table():
    fresh = Gazetteer.open()
    asked = []
    for db in fresh._both:
        db.set_trace_callback(asked.append)
    for name in ("Aleppo", "al-Hasakah", "Homs governorate", "Qwxyzzy"):
        fresh.candidates(name)
        fresh.longest(name.split(), 0)
    assert fresh.get("geonames:170063")
    assert not fresh.by_pcode("SY02")
    for db in fresh._both:
        db.set_trace_callback(None)
    plans = {sql: [row[-1] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")] for sql in asked for db in fresh._both}
    fresh.close()
    assert len(plans) > 4
    whole = {sql: plan for sql, plan in plans.items() if any("SCAN" in step for step in plan)}
    assert not whole
