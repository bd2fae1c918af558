"""What an assistant finds by itself: the real client of the protocol, over HTTP, against a real `serve`."""

import sys
from pathlib import Path
from types import SimpleNamespace

import httpx
import pluggy
import pytest
from datasette import hookspecs
from tests.publish.test_browser import free_port, serving, stop

import statement_nlp.publish
from statement_nlp.publish import plugin
from statement_nlp.publish.server import application

mcp = pytest.importorskip("mcp", reason="needs the extra mcp")
from mcp.shared.exceptions import MCPError  # noqa: E402

READING = {
    "claims_by_location", "figures_over_time", "demands_of", "search_statements", "statement", "find_place",
    "find_party", "describe_tables", "list_databases", "get_database_schema", "execute_sql", "list_canned_queries",
    "execute_canned_query",
}  # fmt: skip


@pytest.fixture(scope="module")
def address(made_path):
    port = free_port()
    command = [str(Path(sys.executable).parent / "statement-nlp"), "serve", "--db", str(made_path), "--port", str(port)]
    process = serving([*command, "--setting", "default_allow_sql", "off"], port)
    yield f"http://127.0.0.1:{port}"
    stop(process)


async def test_an_assistant_asks_reads_and_cites(address):
    async with mcp.Client(f"{address}/-/mcp") as client:

        async def call(tool: str, **given: object) -> dict:
            answer = await client.call_tool(tool, given)
            assert not answer.is_error, answer.content
            return answer.structured_content

        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == READING
        assert all(tool.description and tool.annotations.read_only_hint for tool in tools)

        found = await call("claims_by_location", place="Rural Damascus", condition="trapped")
        assert found["read_as"]["place"]["name"] == "Rural Damascus"
        assert found["total"] == 3
        assert {row["statement_kind"] for row in found["records"]} == {"original", "own", "illustrative"}
        assert "evidence of nothing" in found["caution"]
        for row in found["records"]:
            assert row["claim"] in httpx.get(row["fact"]).text
        assert "Claims, Rural Damascus, trapped" in httpx.get(found["page"]).text

        near = await call("claims_by_location", place="Madaya", within_km=20, words="meningitis", limit=1)
        assert near["places_within"] == [{"name": "Madaya", "km": 0.0}]
        assert (near["total"], near["shown"]) == (3, 1)
        missed = await call("claims_by_location", place="Madayya")
        assert missed["understood"] is False
        assert missed["nearest"][0]["name"] == "Madaya"
        assert (await call("find_place", name="Madayya"))["nearest"][0]["id"] == "geonames:167544"
        assert (await call("find_party", name="Rusia"))["nearest"][0]["name"] == "Russia"
        figures = await call("figures_over_time", place="Madaya", condition="trapped")
        assert [row["low"] for row in figures["records"]] == [40000, 40000, 40000]
        demands = await call("demands_of", addressee="Russia", theme="humanitarian_access")
        assert demands["records"][0]["demand"].startswith("Russia must")
        statements = await call("search_statements", place="Madaya", signatory="Lantern Relief")
        assert statements["total"] == 3
        one = await call("statement", statement_id="madaya-2016")
        assert one["claims"][0]["quote"] in one["text"]
        assert httpx.get(one["signatories"][1]["fact"]).status_code == 200
        described = await call("describe_tables")
        assert "claims_in_place" in described["named_queries"]
        assert described["tables"]["claims"]["columns"]["status"]

        wrong = await client.call_tool("execute_sql", {"database": "statements", "sql": "select 1"})
        assert wrong.is_error, "SQL is switched off"
        assert "permission" in wrong.content[0].text
        unknown = await client.call_tool("statement", {"statement_id": "nowhere"})
        assert unknown.is_error
        try:
            bounded = (await client.call_tool("claims_by_location", {"place": "Syria", "limit": 5000})).is_error
        except MCPError:
            bounded = True
        assert bounded, "a limit has a limit"


def test_nothing_else_is_opened(address):
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {"accept": "application/json, text/event-stream"}
    for path in ("/ask", "/-/mcp/", "/-/mcpx", "/-/messages", "/try"):
        assert httpx.post(address + path, json=call, headers=headers).status_code in (403, 404, 405), path
    for origin in ("https://elsewhere.example", "null"):
        answer = httpx.post(f"{address}/-/mcp", json=call, headers=headers | {"origin": origin})
        assert answer.status_code == 403, "a page of another server"
    large = httpx.post(
        f"{address}/-/mcp", content=b" " * 300_000, headers=headers | {"content-type": "application/json"}
    )
    assert large.status_code == 413


async def test_a_database_that_may_not_be_seen_answers_nothing(path):
    from statement_nlp.publish import assistants

    closed = application(path)
    closed._metadata_local["allow"] = {"id": "ada"}
    await closed.invoke_startup()

    def asked_by(actor: dict[str, str] | None) -> SimpleNamespace:
        scope = {"type": "http", "method": "POST", "path": "/-/mcp", "query_string": b"", "actor": actor}
        carried = SimpleNamespace(scope=scope | {"headers": [(b"host", b"localhost")], "scheme": "http"})
        return SimpleNamespace(request_context=SimpleNamespace(request=carried))

    with pytest.raises(assistants.ToolError):
        await assistants._ask(closed, asked_by(None), 5, what="claims", place="Madaya")
    assert (await assistants._ask(closed, asked_by({"id": "ada"}), 5, what="claims", place="Madaya"))["total"] == 6


def test_without_the_extra_the_plugin_loads_all_the_same():
    manager = pluggy.PluginManager("datasette")
    manager.add_hookspecs(hookspecs)
    manager.register(statement_nlp.publish)
    source = Path(plugin.__file__).read_text()
    assert "import assistants" in source
    assert not hasattr(plugin, "assistants"), "what needs the extra is loaded when datasette-mcp calls"
