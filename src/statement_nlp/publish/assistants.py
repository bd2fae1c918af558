"""Tools with which an assistant asks the database, by the Model Context Protocol; loaded only beside datasette-mcp.

A tool asks the same question as the page `/ask` would (`asking.understand`), under the same permissions, and each
record comes with the permanent address of its fact. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from datasette.database import QueryInterrupted
from datasette.utils import tilde_encode
from datasette.utils.asgi import Forbidden, NotFound, Request
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from statement_nlp.publish import ask_pages, asking, facts, names, page_data
from statement_nlp.publish.answers import database_of

READ_ONLY = ToolAnnotations(read_only_hint=True, open_world_hint=False)
WRITING = "execute_writable_canned_query"
MOST_ROWS = 100
MOST_TEXT = 20_000
CAUTION = (
    "A record is what a statement says, not what is so, and the program that read it errs at times: quote the words, "
    "name the publisher and the date, and give the fact's address. Statements of the kind illustrative were written "
    "for a demonstration and are evidence of nothing: say so wherever you use one."
)
HIDDEN = ("points", "start", "end", "confidence", "extracted")
Answer = dict[str, Any]

Place = Annotated[
    str,
    Field(description="A town, camp, district, region or country by its name, id or P-code; all inside it counts too."),
]
Within = Annotated[
    float | None, Field(description="Kilometres around the place: everything so near counts too. Leave out for none.")
]
Day = Annotated[str, Field(description="A day, month or year: 2016-09-12, 2016-09 or 2016; included. Empty for any.")]
Words = Annotated[str, Field(description="Words that must all stand in it, in any form. Empty for any.")]
Condition = Annotated[str, Field(description=f"One of {', '.join(asking.CONDITIONS)}. Empty for any.")]
Status = Annotated[str, Field(description=f"How the text puts it: {', '.join(asking.STATUSES)}. Empty for any.")]
Theme = Annotated[str, Field(description=f"One of {', '.join(asking.THEMES)}. Empty for any.")]
Party = Annotated[str, Field(description="Who is asked, such as Russia, UN Security Council, donors. Empty for any.")]
Organisation = Annotated[str, Field(description="An organisation by its name or acronym. Empty for any.")]
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS, description="At most so many records.")]


def _request(ctx: Context) -> Request:
    """The request that carries a call, so that addresses and permissions are those of whoever asks."""
    carried = getattr(ctx.request_context.request, "scope", None)
    if not isinstance(carried, dict):
        raise ToolError("This tool answers over HTTP alone.")
    return Request(dict(carried), None)


async def _database(datasette: Any, ctx: Context) -> tuple[Any, Request]:
    request = _request(ctx)
    try:
        return await database_of(datasette, request), request
    except (Forbidden, NotFound) as error:
        raise ToolError(str(error) or "You may not read this database.") from error


async def _ask(datasette: Any, ctx: Context, limit: int, *, oldest_first: bool = False, **given: Any) -> Answer:
    """The answer to a question as the page /ask understands it; what it does not understand is told, with choices."""
    database, request = await _database(datasette, ctx)
    arguments = {name: str(value) for name, value in given.items() if value}
    asked = await asking.understand(database, arguments, datasette.urls.path(ask_pages.PATH))
    if (question := asked.question) is None:
        return {
            "understood": False,
            "troubles": asked.troubles + [note["trouble"] for note in asked.notes if not note["meant"]],
            "nearest": [_entry(entry) for note in asked.notes if not note["meant"] for entry in note["near"]],
        }
    try:
        rows = await ask_pages.rows_of(datasette, request, database, question, limit)
        total = await asking.count(database, question)
    except QueryInterrupted as error:
        raise ToolError(ask_pages.TOO_LONG) from error
    return {
        "understood": True,
        "read_as": {note["what"]: _entry(note["meant"]) for note in asked.notes},
        "others_of_the_name": [_entry(entry) for note in asked.notes for entry in note["others"]],
        "places_within": [{"name": place["name"], "km": round(place["km"], 1)} for place in asked.near],
        "total": total,
        "total_is_a_lower_bound": total == asking.COUNTED,
        "shown": len(rows),
        "records": [_record(row) for row in (reversed(rows) if oldest_first else rows)],
        "page": datasette.absolute_url(request, asked.address(datasette.urls.path(ask_pages.PATH))),
        "caution": CAUTION,
    }


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": entry["id"], "name": entry["entry"], "detail": entry["detail"]}


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in HIDDEN and value not in (None, "")}


async def _statement(datasette: Any, ctx: Context, statement_id: str) -> Answer:
    database, request = await _database(datasette, ctx)
    found = await facts.statement(database, statement_id)
    if found is None:
        raise ToolError(f"No statement {statement_id!r} is stored here: search_statements finds its id.")
    text = found.pop("text")
    layers = {}
    for layer, sql in facts.RECORDS.items():
        records = await page_data.rows(database, sql, id=statement_id)
        for row in records:
            path = datasette.urls.path(facts.path(statement_id, layer, row["start"], row["end"]))
            row["fact"] = datasette.absolute_url(request, path)
        layers[layer] = [_record({k: v for k, v in row.items() if k not in ("method", "cues")}) for row in records]
    page = datasette.urls.path(f"/statement/{tilde_encode(statement_id)}")
    return {
        **found,
        "page": datasette.absolute_url(request, page),
        "text": text[:MOST_TEXT],
        "text_is_cut": len(text) > MOST_TEXT,
        **layers,
        "caution": CAUTION,
    }


async def _find(datasette: Any, ctx: Context, kind: str, name: str) -> Answer:
    database, _ = await _database(datasette, ctx)
    note = await names.meant_by(database, kind, name.strip())
    meant = note["meant"]
    return {
        "meant": _entry(meant) if meant else None,
        "others_of_the_name": [_entry(entry) for entry in note["others"]],
        "nearest": [_entry(entry) for entry in note["near"]],
    }


def _described(datasette: Any, ctx_database: str) -> Answer:
    metadata = datasette.metadata(database=ctx_database) or {}
    tables = metadata.get("tables") or {}
    return {
        "database": ctx_database,
        "tables": {
            name: {"description": about.get("description"), "columns": about.get("columns") or {}}
            for name, about in tables.items()
            if about.get("description")
        },
        "named_queries": {
            name: {"title": query.get("title"), "description": query.get("description"), "sql": query["sql"]}
            for name, query in (metadata.get("queries") or {}).items()
        },
        "sql": "km_apart(latitude, longitude, latitude, longitude) gives kilometres. Leave out what has the judgement "
        "'rejected'.",
    }


def register(datasette: Any, mcp: MCPServer) -> None:
    """Give a server the tools of this module."""
    if (datasette.plugin_config("datasette-mcp") or {}).get("canned_queries"):
        # no query here writes, so the tool that runs such queries would only mislead
        mcp.remove_tool(WRITING)
    _register_records(datasette, mcp)
    _register_names(datasette, mcp)


def _register_records(datasette: Any, mcp: MCPServer) -> None:
    @mcp.tool(annotations=READ_ONLY)
    async def claims_by_location(
        ctx: Context, place: Place, within_km: Within = None, since: Day = "", until: Day = "",
        condition: Condition = "", status: Status = "", words: Words = "", limit: Limit = 20,
    ) -> Answer:  # fmt: skip
        """What humanitarian statements say happened in or near a place, newest first.

        Begin here for "what is claimed about X". A misspelt name comes back with the nearest ones, an ambiguous one
        with the others of the name.
        """
        return await _ask(
            datasette, ctx, limit, what="claims", place=place, within=within_km, since=since, until=until,
            condition=condition, status=status, words=words,
        )  # fmt: skip

    @mcp.tool(annotations=READ_ONLY)
    async def figures_over_time(
        ctx: Context, place: Place, condition: Condition = "", within_km: Within = None, since: Day = "",
        until: Day = "", limit: Limit = 50,
    ) -> Answer:  # fmt: skip
        """Numbers that statements give for a place (people trapped, killed, displaced; money), oldest first.

        Each comes with its lower and upper bound (low, high), the day it holds for, and who said it.
        """
        return await _ask(
            datasette, ctx, limit, oldest_first=True, what="figures", place=place, condition=condition,
            within=within_km, since=since, until=until,
        )  # fmt: skip

    @mcp.tool(annotations=READ_ONLY)
    async def demands_of(
        ctx: Context, addressee: Party = "", theme: Theme = "", place: Place = "", since: Day = "", until: Day = "",
        publisher: Organisation = "", words: Words = "", limit: Limit = 20,
    ) -> Answer:  # fmt: skip
        """What statements ask of a party (a state, an armed group, the UN, donors), newest first: who must do what."""
        return await _ask(
            datasette, ctx, limit, what="demands", addressee=addressee, theme=theme, place=place, since=since,
            until=until, publisher=publisher, words=words,
        )  # fmt: skip

    @mcp.tool(annotations=READ_ONLY)
    async def search_statements(
        ctx: Context, place: Place = "", within_km: Within = None, words: Words = "", since: Day = "",
        until: Day = "", publisher: Organisation = "", signatory: Organisation = "", limit: Limit = 20,
    ) -> Answer:  # fmt: skip
        """Statements by the places they speak of, their words, dates, publisher or a signatory, newest first."""
        return await _ask(
            datasette, ctx, limit, what="statements", place=place, within=within_km, words=words, since=since,
            until=until, publisher=publisher, signatory=signatory,
        )  # fmt: skip

    @mcp.tool(annotations=READ_ONLY)
    async def statement(ctx: Context, statement_id: str) -> Answer:
        """One statement by its id (statement_id of any record).

        Its text, and every claim, figure, demand and signatory in it with the address to cite.
        """
        return await _statement(datasette, ctx, statement_id)


def _register_names(datasette: Any, mcp: MCPServer) -> None:
    @mcp.tool(annotations=READ_ONLY)
    async def find_place(ctx: Context, name: str) -> Answer:
        """The place that a name means here, others of the same name, or the nearest names where nothing bears it."""
        return await _find(datasette, ctx, "place", name)

    @mcp.tool(annotations=READ_ONLY)
    async def find_party(ctx: Context, name: str, kind: Literal["addressee", "organisation"] = "addressee") -> Answer:
        """The party (with kind organisation, the publisher or signatory) that a name means, or the nearest names."""
        return await _find(datasette, ctx, kind, name)

    @mcp.tool(annotations=READ_ONLY)
    async def describe_tables(ctx: Context) -> Answer:
        """What each table and column means, and the named queries with their SQL.

        Read this before execute_sql. Where SQL is switched off, the other tools answer all the same.
        """
        database, _ = await _database(datasette, ctx)
        return _described(datasette, database.name)
