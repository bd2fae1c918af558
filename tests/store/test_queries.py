from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statement_nlp.errors import UnknownPartyError, UnknownPlaceError
from statement_nlp.records import Place
from statement_nlp.store import export, queries
from statement_nlp.store.explaining import explain
from statement_nlp.store.naming import find_party, find_places


@pytest.fixture
def full(db, make, run):
    db.save(make(), run)
    db.save(make(statement_id="madaya-2", published="2017-01"), run)
    return db


@pytest.mark.parametrize("name", queries.QUERIES)
def test_each_query_runs_with_every_parameter_and_with_none(full, name):
    query = queries.QUERIES[name]
    given_one = {"place": "Syria", "addressee": "Russia", "status": "asserted", "condition": "trapped",
                 "theme": "end_siege", "since": "2016", "until": "2017"}  # fmt: skip
    chosen = {p: given_one[p] for p in query.parameters}
    assert len(queries.run(full, name, **chosen).fetchall()) == 2
    everything = queries.run(full, name, **({"place": "Syria"} if name == "claims_in_place" else {})).fetchall()
    assert len(everything) >= 2
    empty = dict.fromkeys(query.parameters, "") | ({"place": "Syria"} if name == "claims_in_place" else {})
    assert [tuple(r) for r in queries.run(full, name, **empty)] == [tuple(r) for r in everything], "an empty form"
    assert len(queries.run(full, name, limit=1, **empty).fetchall()) == 1


def test_newest_first_and_the_same_text_for_datasette(full):
    rows = queries.run(full, "claims_in_place", place="geonames:170652").fetchall()
    assert [r["statement_id"] for r in rows] == ["madaya-2", "madaya-2", "madaya-1", "madaya-1"]
    canned = queries.for_datasette()
    assert set(canned) == {*queries.QUERIES, "search"}
    parameters = dict.fromkeys(canned["claims_in_place"]["params"], "") | {"place": "rif-dimashq"}
    assert len(full.execute(canned["claims_in_place"]["sql"], parameters).fetchall()) == 4, "by name, whatever the case"


def test_claims_in_a_place_are_read_from_the_closure_in_order(full):
    parameters = dict.fromkeys(("place", "status", "condition", "since", "until"), None) | {"limit": 50}
    plan = full.execute("EXPLAIN QUERY PLAN " + queries.CLAIMS_IN_PLACE, parameters).fetchall()
    steps = " ".join(row["detail"] for row in plan if row["parent"] == 0)
    assert "SEARCH i USING PRIMARY KEY (ancestor_id=?)" in steps
    assert "B-TREE FOR ORDER BY" not in steps, "no sorting of all claims of a country to show its newest fifty"


def test_a_pcode_finds_its_place(db, make, run):
    extraction = make()
    coded = tuple(replace(m, place=replace(m.place, pcode="SY0304")) for m in extraction.places if m.name == "Daraya")
    db.save(replace(extraction, places=coded), run)
    assert len(queries.run(db, "claims_in_place", place="sy0304").fetchall()) == 1
    assert find_places(db, "sy0304").name == "Daraya"


@pytest.mark.parametrize(
    ("since", "until", "expected", "why"),
    [
        ("2016", "2016", ("2016-01-01", "2016-12-31"), "a year, both ends included"),
        ("2016-02", "2016-02", ("2016-02-01", "2016-02-29"), "a leap month"),
        (None, "2016-09-12", (None, "2016-09-12"), "a day"),
        (None, None, (None, None), "nothing"),
    ],
)
def test_day_range(since, until, expected, why):
    assert queries.day_range(since, until) == expected, why


def test_wrong_queries_and_parameters_are_named(full):
    with pytest.raises(ValueError, match="no query 'claim': there are claims_in_place"):
        queries.run(full, "claim")
    with pytest.raises(ValueError, match="query 'claims' has no place"):
        queries.run(full, "claims", place="Syria")
    with pytest.raises(ValueError, match="'soon' is no date"):
        queries.run(full, "claims", since="soon")


@settings(max_examples=30, deadline=None)
@given(words=st.text(max_size=20))
def test_no_words_break_the_search(words):
    from statement_nlp.store import Database

    with Database(":memory:") as empty:
        assert queries.search(empty, words) == []


def twins(make):
    """A Tripoli in Libya, one in Lebanon inside a district of the same name."""
    libya = Place("x:ly", "Libya", "LY", "country", 27.0, 17.0)
    lebanon = Place("x:lb", "Lebanon", "LB", "country", 34.0, 36.0)
    places = (
        Place("x:1", "Tripoli", "LY", "city", 32.9, 13.2, parents=("x:ly",)),
        Place("x:2", "Tripoli", "LB", "city", 34.4, 35.8, parents=("x:3", "x:lb")),
        Place("x:3", "Tripoli", "LB", "district", 34.4, 35.8, parents=("x:lb",)),
    )
    extraction = make()
    mentions = tuple(replace(m, place=p) for m, p in zip(extraction.places, places, strict=False))
    return replace(extraction, places=mentions), {p.id: p for p in (libya, lebanon, *places)}


def test_places_of_one_name_are_all_found_nested_ones_once(db, make, run):
    extraction, world = twins(make)
    db.lookup = world.get
    db.save(extraction, run)
    found = find_places(db, "tripoli")
    assert set(found.ids) == {"x:1", "x:3"}
    assert found.remark == "several places: Tripoli (LB), Tripoli (LY); --country narrows"
    assert find_places(db, "Tripoli", country="ly").ids == ("x:1",)
    assert set(find_places(db, "Tripoli", country="LB", nested=True).ids) == {"x:2", "x:3"}, "what holds for it alone"


@pytest.mark.parametrize(
    ("name", "nearest", "why"),
    [("Madraja", "Madaya", "two letters wrong: offered"), ("Xyzzy", None, "like nothing"), ("", None, "nothing asked")],
)
def test_unknown_places(full, name, nearest, why):
    with pytest.raises(UnknownPlaceError) as caught:
        find_places(full, name)
    assert (nearest in caught.value.nearest) if nearest else caught.value.nearest == (), why


def test_parties_by_variant_and_misspelling(full):
    assert find_party(full, "RUSSIA").name == "Russia"
    assert find_party(full, "Moscow", {"Moscow": "Russia"}.get).name == "Russia"
    assert find_party(full, "Russsia").remark == "no party 'Russsia' here: taken for Russia"
    with pytest.raises(UnknownPartyError, match="nothing here is asked of 'France'"):
        find_party(full, "Republic of France", {"Republic of France": "France"}.get)


def test_annotation_is_the_guides_format(make):
    row = export.annotation(make())
    assert row["figures"][0] | {"confidence": 0, "method": ""} == {
        "quote": "40,000 people", "occurrence": 1, "start": 36, "end": 49, "low": 40000, "high": 40000,
        "qualifier": "exact", "unit": "people", "condition": "trapped", "places": ["Madaya"], "date": None,
        "since": None, "until": None, "confidence": 0, "method": "",
    }  # fmt: skip
    assert [p["occurrence"] for p in row["places"] if p["name"] == "Madaya"] == [1, 2, 3]
    assert row["demands"][0]["addressees"] == ["Russia"]
    assert (row["stated"], [s["note"] for s in row["signatories"]]) == (3, [None, "UK"])
    assert json.loads(export.to_line(row)) == row


def test_geojson_geometries():
    rows = [
        {"claim": "a", "points": "[[36.1, 33.69]]"},
        {"claim": "b", "points": "[[36.1, 33.69], [37.2, 36.2]]"},
        {"claim": "c", "points": "[]"},
        {"claim": "d", "latitude": 1.5, "longitude": 2.0},
    ]
    features = json.loads("".join(export.to_geojson(rows)))["features"]
    assert [f["geometry"] for f in features] == [
        {"type": "Point", "coordinates": [36.1, 33.69]},
        {"type": "MultiPoint", "coordinates": [[36.1, 33.69], [37.2, 36.2]]},
        None,
        {"type": "Point", "coordinates": [2.0, 1.5]},
    ]
    assert [f["properties"]["claim"] for f in features] == list("abcd")
    assert json.loads("".join(export.to_json(rows)))[0] == {"claim": "a"}
    assert json.loads("".join(export.to_json([]))) == []


def test_every_column_of_a_query_has_an_hxl_hashtag(full):
    for name in queries.QUERIES:
        cursor = queries.run(full, name, **({"place": "Syria"} if name == "claims_in_place" else {}))
        columns = [d[0] for d in cursor.description]
        tags = next(iter(list(export.to_csv([], columns, hxl=True))[1:])).strip().split(",")
        assert all(tag.startswith("#") for tag in tags)
        assert len(set(tags)) == len(tags), f"{name}: two columns under one hashtag"


def test_explanations_say_rule_or_model_version_and_words(db, make, run):
    extraction = make()
    found = replace(extraction.claims[0], method="model:claims@0.2", cues=("trapped", "has a figure"), confidence=0.914)
    db.save(replace(extraction, claims=(found,)), run)
    words = next(e.in_words() for e in explain(db, "madaya-1") if e.layer == "claim")
    assert "found by the trained model claims, version 0.2, by: trapped; has a figure (confidence 91%)" in words
    assert {e.layer for e in explain(db, "madaya-1")} == {"place", "party", "figure", "demand", "claim", "signatory"}


@pytest.mark.parametrize(
    ("cell", "written", "why"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)", "a formula"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0", "a program"),
        ("@SUM(A1)", "'@SUM(A1)", "a function of old"),
        ("-2+3", "'-2+3", "a sum"),
        ("  =1+1", "'  =1+1", "blanks are skipped"),
        ("\t=1", "'\t=1", "a tab is"),
        ("\n=1", "'\n=1", "a line break is"),
        ("\uff1d1+1", "'\uff1d1+1", "a wide sign"),
        ("- first item", "'- first item", "a list"),
        ("-5", "-5", "a number"),
        ("+3.5e+4", "+3.5e+4", "a number"),
        ("-12%", "-12%", "a share"),
        (-5.25, -5.25, "a longitude"),
        (None, None, "nothing"),
        ("", "", "nothing"),
        ("a = b", "a = b", "words"),
        ("#loc +name", "#loc +name", "a hashtag"),
        ("'=1", "'=1", "written so already"),
    ],
)
def test_no_cell_is_a_formula(cell, written, why):
    assert export.inert(cell) == written, why


@given(st.text())
def test_a_cell_is_inert_once_and_for_all(text):
    once = export.inert(text)
    assert export.inert(once) == once
    assert once in (text, f"'{text}")
    line = list(export.to_csv([{"claim": text}], ["claim"]))[1]
    assert next(csv.reader(io.StringIO(line, newline="")))[:1] in ([once], []), "and is read as it was written"
