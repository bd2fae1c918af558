"""A user's own places: tables, GeoNames dumps, COD-AB tables with P-codes; over the real index."""

import csv
import zipfile
from contextlib import closing

import pytest

from statement_nlp.errors import GazetteerError
from statement_nlp.knowledge.gazetteer import Gazetteer
from statement_nlp.knowledge.gazetteer_build import base_path, cache_dir
from statement_nlp.knowledge.gazetteer_user import Added, add, user_file

COD = """\
ADM0_EN,ADM0_PCODE,ADM1_EN,ADM1_AR,ADM1_PCODE,ADM2_EN,ADM2_PCODE,ADM3_EN,ADM3_PCODE
Syrian Arab Republic,SY,Aleppo,حلب,SY02,Jebel Saman,SY0200,Jebel Saman,SY020000
Syrian Arab Republic,SY,Aleppo,حلب,SY02,Al Bab,SY0202,Tadaf,SY020201
Syrian Arab Republic,SY,Rural Damascus,ريف دمشق,SY03,Az-Zabdani,SY0307,Madaya,SY030702
Syrian Arab Republic,SY,Al-Hasakeh,الحسكة,SY08,Quamishli,SY0802,Amuda,SY080203
"""


def dump_line(number, name, variants, lat, lon, sort, code, country="SY", admin1="09", people="0"):
    cells = [
        str(number),
        name,
        name,
        variants,
        lat,
        lon,
        sort,
        code,
        country,
        "",
        admin1,
        "",
        "",
        "",
        people,
        "",
        "300",
        "",
        "",
    ]
    return "\t".join([*cells[:18], "2026-01-01"]) + "\n"


DUMP = (
    dump_line(163843, "Syria", "", "35", "38", "A", "PCLI")
    + dump_line(170062, "Aleppo Governorate", "Halab", "36.2", "37.5", "A", "ADM1")
    + dump_line(170063, "Aleppo", "Shahba city", "36.20124", "37.16117", "P", "PPLA", people="2098210")
    + dump_line(900000001, "Kafr Nothing", "Kafr an-Nothing,كفر", "36.5", "37.1", "P", "PPL", people="120")
    + dump_line(900000002, "Kafr Nothing Camp", "", "36.51", "37.12", "S", "CMPRF")
    + dump_line(900000003, "Hotel Nothing", "", "36.5", "37.1", "S", "HTL")
    + dump_line(900000004, "Nahr Nothing", "", "36.6", "37.1", "H", "STM")
)


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Folders of the test's own, with the real index of the open sources in the cache."""
    Gazetteer.open().close()
    real = base_path(cache_dir())
    monkeypatch.setenv("STATEMENT_NLP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("STATEMENT_NLP_DATA", str(tmp_path / "data"))
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / real.name).symlink_to(real)
    return tmp_path


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_of_the_users_own(own):
    table = write(
        own / "mine.csv",
        "name,variants,kind,country,parent,latitude,longitude,pcode\n"
        "Blue Site,Site Bleu|Camp Bleu,camp,TD,Ouaddai,13.4,22.1,TD0701\n"
        "Just a Name,,,,,,,\n",
    )
    assert add(table, country="td") == Added(2, 2, 1, 0, user_file())
    with closing(Gazetteer.open()) as index:
        site = index.candidates("Site Bleu")[0]
        assert (site.id, site.name, site.country, site.feature) == ("user:blue-site-camp-td", "Blue Site", "TD", "camp")
        assert [p.name for p in index.ancestors(site.id)] == ["Ouaddai", "Chad"]
        assert index.by_pcode("td0701") == site
        assert index.candidates("TD0701") == (site,), "a P-code is a name too"
        assert index.is_curated(site)
        name = index.candidates("Just a Name")[0]
        assert (name.country, name.feature, name.latitude) == ("TD", "city", None)


def test_a_users_row_goes_before_the_projects(own):
    write(
        own / "mine.csv",
        "name,variants,kind,country,latitude,longitude\nZamzam IDP site,Zamzam,camp,SD,13.495,25.315\n",
    )
    add(own / "mine.csv")
    with closing(Gazetteer.open()) as index:
        camp = index.candidates("Zamzam camp")[0]
        assert (camp.id, camp.name, camp.latitude) == ("extra:zamzam-sd", "Zamzam IDP site", 13.495)
        assert index.candidates("Zamzam")[0] == camp


def test_adding_again_replaces(own):
    table = write(own / "mine.csv", "name,country,latitude,longitude\nNowhere Hill,KE,0.5,37.5\n")
    assert add(table).new == 1
    write(table, "name,country,latitude,longitude\nNowhere Hill,KE,0.6,37.6\n")
    assert add(table).new == 0
    with closing(Gazetteer.open()) as index:
        assert [p.latitude for p in index.candidates("Nowhere Hill")] == [0.6]
    with user_file().open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 1


@pytest.mark.parametrize("packed", [False, True], ids=["txt", "zip"])
def test_a_geonames_dump(own, packed):
    path = write(own / "SY.txt", DUMP)
    if packed:
        path = own / "SY.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "about these files")
            archive.writestr("SY.txt", DUMP)
    added = add(path)
    assert (added.rows, added.left_out) == (5, 2), "no country, no hotel"
    with closing(Gazetteer.open()) as index:
        village = index.candidates("Kafr an-Nothing")[0]
        assert (village.id, village.name, village.population) == ("geonames:900000001", "Kafr Nothing", 120)
        assert index.ancestors(village.id)[0].id == "geonames:170062"
        assert index.ancestors(village.id)[-1].name == "Syria"
        assert not index.is_curated(village)
        camp = index.candidates("Kafr Nothing Camp")[0]
        assert camp.feature == "camp"
        assert index.candidates("Nahr Nothing")[0].feature == "water"
        aleppo = index.candidates("Shahba city")[0]
        assert (aleppo.id, aleppo.name) == ("geonames:170063", "Aleppo"), "a known place only gains names"
        assert index.candidates("Aleppo")[0].id == "geonames:170063"
        assert len([p for p in index.candidates("Aleppo") if p.id == "geonames:170063"]) == 1


def test_a_cod_ab_table(own):
    added = add(write(own / "syr_adm3.csv", COD))
    assert (added.rows, added.pcodes) == (11, 11)
    with closing(Gazetteer.open()) as index:
        aleppo = index.by_pcode("SY02")
        assert (aleppo.id, aleppo.name, aleppo.feature) == ("geonames:170062", "Aleppo", "region")
        assert index.by_pcode("SY03").name == "Rural Damascus"
        assert index.by_pcode("SY08").name == "Hasakah", "known by the spellings of its seat"
        madaya = index.by_pcode("SY030702")
        assert [p.pcode for p in index.ancestors(madaya.id)] == ["SY0307", "SY03", None]
        assert madaya.feature == "district", "the subdistrict, not the town"
        assert index.by_pcode("SY0202").feature == "district"
        assert {p.feature for p in index.candidates("Madaya") if p.country == "SY"} == {"city", "district"}


def test_cod_ab_with_other_column_names_and_points(own):
    table = write(
        own / "adm2.csv",
        "admin0Pcode,admin1Name_en,admin1Pcode,admin2Name_en,admin2Pcode,center_lat,center_lon\n"
        "SS,Jonglei,SS03,Nowhere County,SS0399,7.5,31.9\n",
    )
    add(table)
    with closing(Gazetteer.open()) as index:
        county = index.by_pcode("SS0399")
        assert (county.name, county.country, county.latitude, county.longitude) == ("Nowhere", "SS", 7.5, 31.9)
        assert index.candidates("Nowhere County") == (county,)
        assert [p.name for p in index.ancestors(county.id)] == ["Jonglei", "South Sudan"]
        assert index.by_pcode("SS03").id == index.candidates("Jonglei")[0].id


def test_what_was_added_stays_when_the_index_is_built_anew(own):
    add(write(own / "mine.csv", "name,country,latitude,longitude\nNowhere Hill,KE,0.5,37.5\n"))
    Gazetteer.open().close()
    for overlay in (own / "cache").glob("overlay-*.db"):
        overlay.unlink()
    with closing(Gazetteer.open()) as index:
        assert index.has("Nowhere Hill")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "place,lat\nX,1\n", "neither a places table .* nor a COD-AB table .*place, lat"),
        ("a.csv", "name,kind\nX,castle\n", "'castle' is none of"),
        ("a.csv", "name,latitude\nX,north\n", "'north' is no number"),
        ("a.csv", "name\n", "there is no place in it"),
        ("a.csv", "", "its columns are none"),
        ("SY.txt", "just a text\n", "line 1: not a line of a GeoNames dump"),
        ("SY.zip", "no archive", "cannot be read"),
    ],
)
def test_faults_add_nothing(own, name, text, message):
    with pytest.raises(GazetteerError, match=message):
        add(write(own / name, text))
    assert not user_file().exists()


def test_files_that_cannot_be_read(own):
    with pytest.raises(GazetteerError, match="cannot be read"):
        add(own / "missing.csv")
    (own / "latin.csv").write_bytes("name\nB\xe9ni\n".encode("latin-1"))
    with pytest.raises(GazetteerError, match="cannot be read"):
        add(own / "latin.csv")
    with zipfile.ZipFile(own / "two.zip", "w") as archive:
        archive.writestr("a.txt", "")
        archive.writestr("b.txt", "")
    with pytest.raises(GazetteerError, match="not a GeoNames dump"):
        add(own / "two.zip")
