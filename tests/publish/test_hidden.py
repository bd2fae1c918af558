"""With the setting on, the names of private persons are in no answer: no page, format, search, SQL or feed."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote

import pytest
from click.testing import CliRunner
from datasette.utils import tilde_encode
from tests.publish.conftest import KNOWN, TEXT, madaya, span

from statement_nlp.cli import main
from statement_nlp.errors import StatementNlpError
from statement_nlp.publish import facts, hidden
from statement_nlp.publish.ask_pages import FORMS
from statement_nlp.publish.server import application
from statement_nlp.records import Extraction, Party, PartyMention, PersonMention, Statement
from statement_nlp.store.database import Database, Run
from statement_nlp.store.hiding import Names, copy_without_names, name_words

NAMED = (
    TEXT.replace("There has been", "Élodie Haddad, a nurse, told Jan Egeland: there has been")
    + "\nHADDAD wept. Haddad said that there is no bread."
)
SECRET = re.compile(r"(?i)[ée]lodie|haddad|%C3%89lodie|\\u00c9lodie")


def person(text, name, role="private"):
    start = text.index(name)
    return PersonMention(start, start + len(name), name, role, "rule:persons@1")


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    file = tmp_path_factory.mktemp("hidden") / "statements.db"
    made = madaya("a", NAMED.replace("there has been", "There has been"))
    text = made.statement.text
    who = person(text, "Élodie Haddad")
    claim = replace(made.claims[1], attribution="Élodie Haddad", cues=("elodie haddad",))
    start, end, quoted = span(text, "Haddad said that there is no bread.")
    family = replace(claim, start=start, end=end, quote=quoted, attribution="Haddad", cues=("haddad", "said"))
    party = PartyMention(who.start, who.end, who.quote, Party("Élodie Haddad", "person"), 0.9, "t@1")
    single = replace(party, start=start, end=start + 6, quote="Haddad", party=Party("Haddad", "person"))
    freed = {"addressees": ("Haddad",), "actions": ("hear Haddad",)}
    demand = replace(made.demands[0], start=start, end=end, quote=quoted, cues=("haddad",), **freed)
    words = {"title": "What Elodie Haddad saw", "source": "elodie-haddad.txt", "publisher": "Friends of Élodie Haddad"}
    made = replace(
        made,
        statement=replace(made.statement, **words),
        claims=(made.claims[0], claim, family),
        parties=(*made.parties, party, single),
        demands=(*made.demands, demand),
        persons=(who, person(text, "Jan Egeland", "office")),
    )
    with Database(file, lookup=KNOWN.get) as database:
        database.save(made, Run("test", sources=("elodie-haddad.txt",)))
        # another statement in which nobody found the name, one with the name in its id, one that nobody looked through
        other = madaya("b", TEXT.replace("meningitis", "meningitis (Elodie\nHaddad)"))
        database.save(replace(other, persons=()), Run("test"))
        database.save(
            Extraction(Statement("notes/Elodie Haddad.txt", "No more.", "Elodie Haddad"), persons=()), Run("test")
        )
        database.save(Extraction(Statement("fr", "Élodie Haddad est infirmière.", "Élodie Haddad")), Run("test"))
    return file


@pytest.fixture
async def served(named):
    datasette = application(named, hide=True, settings={"default_allow_sql": True})
    await datasette.invoke_startup()
    return datasette


PAGES = (
    "/", "/places", "/parties", "/tracks", "/map", "/map.geojson", "/about", "/statements", "/feed.atom", "/judgements",
    "/themes", "/theme/humanitarian_access", "/place/geonames~3A167544", "/place/geonames~3A167544/feed.atom",
    "/party/russia", "/party/elodie-haddad", "/party/haddad", "/organisation/lantern-relief",
    "/compare?a=a&b=b", "/compare.json?a=a&b=b",
    "/timeline?place=Madaya", "/timeline.json?place=Madaya", "/timeline.csv?place=Madaya", "/statements.db",
    "/-/databases.json", "/-/metadata.json",
)  # fmt: skip
ASKED = ("what=claims&place=Madaya", "what=figures&place=Madaya", "what=demands&place=Madaya", "what=statements",
         "what=claims&words=Haddad", "what=statements&words=Haddad", "what=claims&publisher=Haddad")  # fmt: skip
RECORDS = ("claims", "demands", "figures", "signatories")


def rows(file, sql):
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(sql).fetchall()


def routes(file):
    yield from PAGES
    yield from (f"/ask{form}?{asked}" for form in ("", *(f".{form}" for form in FORMS)) for asked in ASKED)
    for words in ("Haddad", "Had", "Élodie Haddad", "meningitis", "nurse"):
        yield f"/search?q={quote(words)}"
        yield f"/statements/search_claims.json?words={quote(words)}&_shape=array"
        yield from (f"/suggest.json?q={quote(words)}{kind}" for kind in ("", "&kind=party", "&kind=organisation"))
    for (statement,) in rows(file, "SELECT id FROM statements"):
        yield f"/statement/{tilde_encode(statement)}"
    yield "/statement/notes~2FElodie~20Haddad~2Etxt"
    yield from (f"/track/{track}{form}" for (track,) in rows(file, "SELECT id FROM tracks") for form in ("", ".json"))
    for layer in RECORDS:
        for statement, start, end in rows(file, f'SELECT statement_id, start, "end" FROM {layer}'):
            address = facts.path(statement, layer, start, end)
            yield from (f"{address}{form}" for form in ("", ".json", ".bib", ".csl.json", ".txt"))
    for (table,) in rows(file, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"):
        if not table.startswith("sqlite_"):
            yield f"/statements/{table}.json?_shape=array&_size=max"
            yield f"/statements/{table}.csv?_size=max"
    sql = (
        "select * from statements",
        "select text from statements",
        "select * from statements_fts where statements_fts match 'haddad'",
    )
    yield from (f"/statements.json?sql={quote(words)}&_shape=array" for words in sql)


TYPED = ("Élodie Haddad", "notes/Elodie Haddad.txt", "elodie-haddad", "Haddad", "'haddad'", "haddad")


def no_name(text, typed, where):
    """What a reader typed comes back to them, and nothing more: once it is taken out, no name is left."""
    if typed:
        for words in (*TYPED, *map(quote, TYPED), *map(quote_plus, TYPED), *map(tilde_encode, TYPED)):
            text = text.replace(words, "")
    found = SECRET.search(text)
    assert not found, f"{where}: {text[max(0, found.start() - 80) : found.end() + 80]}"


async def test_the_name_is_in_no_answer(served):
    seen = []
    for route in routes(str(served.databases["statements"].path)):
        answer = await served.client.get(route)
        text = json.dumps(answer.json()["suggestions"]) if route.startswith("/suggest") else answer.text
        no_name(text, SECRET.search(unquote(route).replace("~20", " ")), route)
        no_name(str(answer.headers), SECRET.search(unquote(route)), f"headers of {route}")
        if answer.status_code == 200:
            seen.append(re.match(r"/[^/?.]+", route)[0] if len(route) > 1 else route)
    kinds = {"/", "/ask", "/fact", "/suggest", "/search", "/theme", "/party", "/feed", "/timeline", "/compare", "/map"}
    assert kinds <= set(seen)
    assert seen.count("/fact") > 50


CALLS = (
    *((tool, {"place": "Madaya"}) for tool in ("claims_by_location", "figures_over_time", "search_statements")),
    ("claims_by_location", {"place": "Madaya", "words": "Haddad"}),
    ("demands_of", {"addressee": "Russia"}),
    ("demands_of", {"publisher": "Haddad"}),
    ("search_statements", {"words": "Haddad"}),
    ("statement", {"statement_id": "a"}),
    ("statement", {"statement_id": "fr"}),
    ("find_party", {"name": "Haddad"}),
    ("find_place", {"name": "Haddad"}),
    ("execute_sql", {"database": "statements", "sql": "select id, title, text from statements"}),
    ("list_databases", {}),
)


async def test_the_name_is_in_no_answer_to_an_assistant(served):
    datasette_mcp = pytest.importorskip("datasette_mcp", reason="needs the extra mcp")
    headers = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
    who = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}

    async def told(method, **given):
        call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": given}
        return await served.client.post("/-/mcp", content=json.dumps(call), headers=headers)

    async with datasette_mcp._get_state(served).server.session_manager.run():
        headers["mcp-session-id"] = (await told("initialize", **who)).headers["mcp-session-id"]
        for tool, given in CALLS:
            answer = await told("tools/call", name=tool, arguments=given)
            result = answer.json()["result"]
            text = json.dumps(result, ensure_ascii=False)
            no_name(text, SECRET.search(str(given)), tool)
            if "Madaya" in given.values():
                assert result["structuredContent"]["total"] or "words" in given, tool


async def test_a_search_for_the_name_finds_nothing(served):
    for words in ("Haddad", "Elodie", "Élodie Haddad"):
        rows = await served.client.get(f"/statements/search_claims.json?words={quote(words)}&_shape=array")
        assert rows.json() == []
        sql = f"select rowid from statements_fts where statements_fts match '\"{words}\"'"
        assert (await served.client.get(f"/statements.json?sql={quote(sql)}&_shape=array")).json() == []


async def test_what_stays(served, named):
    page = (await served.client.get("/statement/a")).text
    assert "██████ ██████" in page
    assert "██████ said that there is no bread" in page, "the family name alone"
    assert "Jan Egeland" in page, "somebody in office"
    assert "Names of private persons are hidden" in page
    before, after = (sqlite3.connect(file) for file in (named, str(served.databases["statements"].path)))
    for query in (
        'SELECT id, start, "end" FROM claims ORDER BY id',
        "SELECT length(text) FROM statements ORDER BY number",
    ):
        assert after.execute(query).fetchall() == before.execute(query).fetchall(), "offsets lead to the same places"
    for quote_, text, start, end in after.execute(
        'SELECT quote, text, start, "end" FROM claims c JOIN statements s ON s.id = statement_id'
    ):
        assert text[start:end] == quote_
    french = after.execute("SELECT text FROM statements WHERE id = 'fr'").fetchone()[0]
    assert not re.search(r"[^\W_█]", french), "nobody looked through it, so nothing of it is shown"
    assert b"addad" not in Path(str(served.databases["statements"].path)).read_bytes()
    for connection in (before, after):
        connection.close()


async def test_what_is_added_later_is_hidden_too(named, monkeypatch):
    served = application(named, hide=True)
    await served.invoke_startup()
    monkeypatch.setattr(hidden, "EVERY", 0.0)
    text = "Karim Nassar fled."
    with Database(named) as database:
        database.save(Extraction(Statement("later", text), persons=(person(text, "Karim Nassar"),)), Run("test"))
    await served.client.get("/")
    await hidden.of(served).task
    page = await served.client.get("/statement/later")
    assert "█████ ██████ fled" in page.text
    with Database(named) as database:
        database.remove("later")


def test_a_copy_for_the_command_line(named, tmp_path):
    target = tmp_path / "open.db"
    done = CliRunner().invoke(main, ["backup", str(target), "--db", str(named), "--hide-private-names"])
    assert done.exit_code == 0, done.output
    assert b"addad" not in target.read_bytes()
    again = CliRunner().invoke(main, ["backup", str(target), "--db", str(named), "--hide-private-names"])
    assert again.exit_code == 1


def test_nobody_judges_what_is_hidden(named):
    with pytest.raises(StatementNlpError, match="leave out"):
        application(named, hide=True, review=True)


@pytest.mark.parametrize(
    ("text", "shown", "why"),
    [
        ("Amal Haddad fled.", "████ ██████ fled.", "the name"),
        ("AMAL\nHADDAD", "████\n██████", "capitals, another line"),
        ("Amál-Haddad’s", "████-██████’s", "accents, hyphens"),
        ('{"a": "Amal Haddad", "b": ["x"]}', '{"a": "████ ██████", "b": ["x"]}', "inside JSON"),
        ('["Am\\u00e1l Haddad"]', '["████ ██████"]', "escaped in JSON"),
        ("Amal lives", "Amal lives", "a part of it, in another statement"),
        ("[Amal Haddad", "[████ ██████", "no JSON"),
    ],
)
def test_words(text, shown, why):
    names = Names()
    names.full["amal"].add(name_words("Amal Haddad"))
    assert names.hide(text, ()) == shown, why
    names.parts["s"] = frozenset({"amal"})
    assert names.hide("Amal lives, amal is hope", ("s",)) == "████ lives, amal is hope"


def test_two_ids_with_one_name_stay_two(tmp_path, named):
    with closing(sqlite3.connect(named)) as connection:
        ids = connection.execute("SELECT count(*) FROM statements").fetchone()
    copy_without_names(named, tmp_path / "c.db")
    with closing(sqlite3.connect(tmp_path / "c.db")) as connection:
        assert connection.execute("SELECT count(*) FROM statements").fetchone() == ids
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
