"""The curated table: honest, whole and without contradictions."""

import csv
import datetime
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing

import pytest

from statement_nlp.knowledge.gazetteer import Gazetteer
from statement_nlp.knowledge.gazetteer_build import base_path, cache_dir
from statement_nlp.knowledge.gazetteer_names import fold
from statement_nlp.knowledge.gazetteer_sources import COUNTRY_NAMES, EXTRA, EXTRA_COLUMNS, FEATURES

BEYOND_CITIES = 1.2
"""Degrees that a place may lie outside the box of its country's known cities."""
WIDER = {"SS": (3.4, 12.3, 23.4, 36.0), "NE": (11.6, 23.6, 0.1, 16.1), "IQ": (29.0, 37.4, 38.7, 48.7)}
"""South, north, west and east of countries whose cities leave a part of them empty."""


@pytest.fixture(scope="module")
def rows():
    with EXTRA.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def base():
    Gazetteer.open().close()
    with closing(sqlite3.connect(base_path(cache_dir()))) as db:
        yield db


def names(row):
    return [row["name"], *filter(None, row["variants"].split("|"))]


def test_columns_and_kinds(rows):
    assert tuple(rows[0]) == EXTRA_COLUMNS
    assert {row["kind"] for row in rows} <= set(FEATURES)


def test_enough_of_it(rows):
    countries = Counter(row["country"] for row in rows)
    assert len(rows) >= 400
    assert sum(number >= 5 for country, number in countries.items() if country) >= 25
    assert Counter(row["kind"] for row in rows)["camp"] >= 100
    assert countries[""] >= 60, "seas and regions that span states"


def test_no_name_stands_twice_inside_a_country(rows):
    held = defaultdict(set)
    for row in rows:
        for key in {fold(name) for name in names(row)}:
            held[row["country"], key].add(row["name"])
    assert {where: who for where, who in held.items() if len(who) > 1} == {}
    assert all(count == 1 for count in Counter((row["country"], fold(row["name"])) for row in rows).values())


def test_no_variant_is_empty_or_padded(rows):
    for row in rows:
        assert all(name == name.strip() and fold(name) for name in names(row)), row["name"]


def test_coordinates_lie_inside_the_country(rows, base):
    corners = "min(latitude), max(latitude), min(longitude), max(longitude)"
    sql = f"SELECT country, {corners} FROM place WHERE feature = 'city' GROUP BY country"
    boxes = {country: box for country, *box in base.execute(sql)} | WIDER
    for row in rows:
        point = float(row["latitude"]), float(row["longitude"])
        assert -90 <= point[0] <= 90, row
        assert -180 <= point[1] <= 180, row
        if row["country"]:
            south, north, west, east = boxes[row["country"]]
            assert south - BEYOND_CITIES <= point[0] <= north + BEYOND_CITIES, row
            assert west - BEYOND_CITIES <= point[1] <= east + BEYOND_CITIES, row


def test_parents_exist(rows, base):
    held = {(fold(name), row["country"]) for row in rows for name in names(row)}
    for row in rows:
        key = (fold(row["parent"]), row["country"])
        if not row["parent"] or key in held:
            continue
        sql = "SELECT 1 FROM name n JOIN place p ON p.number = n.place WHERE n.key = ? AND p.country = ?"
        assert base.execute(sql, key).fetchone(), f"{row['name']}: no {row['parent']} in {row['country']}"


def test_nothing_is_called_checked_without_a_source(rows):
    for row in rows:
        assert bool(row["source"]) == bool(row["checked_on"]), row["name"]
        if row["checked_on"]:
            assert datetime.date.fromisoformat(row["checked_on"])


def test_a_source_in_geonames_is_there_and_near(rows, base):
    """`source` says which entry a row agrees with: it is of the same country."""
    for row in rows:
        kind, _, number = row["source"].partition(" ")
        if kind == "GeoNames":
            sql = "SELECT country FROM place WHERE id = ?"
            assert base.execute(sql, (f"geonames:{number}",)).fetchone() == (row["country"],), row["name"]


def test_every_curated_place_is_found_by_each_of_its_names(rows):
    gazetteer = Gazetteer.open()
    lost = [
        (row["country"], name)
        for row in rows
        for name in names(row)
        if not any((p.country or "") == row["country"] for p in gazetteer.candidates(name))
    ]
    gazetteer.close()
    assert lost == []


def test_countries_have_names_codes_and_points():
    with COUNTRY_NAMES.open(encoding="utf-8", newline="") as file:
        countries = list(csv.DictReader(file))
    assert len({row["code"] for row in countries}) == len(countries) >= 190
    assert all(row["name"] and row["latitude"] and row["longitude"] for row in countries)
    taken = Counter(
        key for row in countries for key in {fold(n) for n in (row["name"], *row["variants"].split("|"))} - {""}
    )
    assert {name for name, times in taken.items() if times > 1} == {"congo"}, "Congo alone may be either"
