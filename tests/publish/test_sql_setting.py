"""SQL of readers' own: one setting, off where others can reach the pages; ready-made questions work either way."""

import pytest
from click.testing import CliRunner

from statement_nlp.cli import main
from statement_nlp.publish import server
from statement_nlp.publish.server import application, is_this_machine

QUESTION = "/statements/claims_in_place?place=Madaya"


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.0.0.53", True), ("0.0.0.0", False),
        ("::", False), ("192.0.2.1", False), ("statements.example", False),
    ],
)  # fmt: skip
def test_who_reaches_an_address(host, own):
    assert is_this_machine(host) is own


@pytest.mark.parametrize(
    ("options", "allowed", "why"),
    [
        ((), True, "on this machine alone"),
        (("--host", "0.0.0.0"), False, "beyond it"),
        (("--host", "0.0.0.0", "--sql", "on"), True, "beyond it, if somebody says so"),
        (("--sql", "off"), False, "anywhere"),
        (("--proxy", "127.0.0.1"), False, "a proxy carries it beyond"),
        (("--host", "0.0.0.0", "--setting", "default_allow_sql", "on"), True, "Datasette's own name for it"),
    ],
)
def test_when_it_is_on(tmp_path, monkeypatch, options, allowed, why):
    made = []

    def refused(path, **more):
        made.append(more["settings"]["default_allow_sql"])
        raise KeyboardInterrupt

    monkeypatch.setattr(server, "application", refused)
    monkeypatch.setattr(server, "_is_free", lambda host, port: True)
    CliRunner().invoke(main, ["serve", "--db", str(tmp_path / "a.db"), *options])
    assert made == [allowed], why


async def test_off_it_is_nowhere(path):
    on, off = application(path), application(path, settings={"default_allow_sql": False})
    for datasette in (on, off):
        await datasette.invoke_startup()
    for address in ("/", "/statements", "/statements/claims", QUESTION, "/ask?what=claims&place=Madaya"):
        shown = await off.client.get(address)
        assert shown.status_code == 200, address
        for words in ("?sql=", "Ask in SQL", "SQL for those who like", 'name="sql"'):
            assert words not in shown.text, f"{address}: {words}"
    assert "?sql=" in (await on.client.get(QUESTION)).text
    for address in ("/statements?sql=select+1", "/statements.json?sql=select+1", "/statements/claims?_where=1"):
        assert (await off.client.get(address)).status_code in (400, 403), address
        assert (await on.client.get(address)).status_code == 200, address
    rows = (await off.client.get("/statements/claims_in_place.json?place=Madaya&_shape=array")).json()
    assert rows, "ready-made questions work"
