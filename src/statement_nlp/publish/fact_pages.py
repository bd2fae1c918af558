"""The permanent page of one fact, and the same for machines: JSON, BibTeX, CSL-JSON, a line of text."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from datasette.database import Database
from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import NotFound, Request, Response

from statement_nlp.publish import citing, facts
from statement_nlp.publish.answers import database_of, html, web_address
from statement_nlp.publish.citing import Cited

DOWNLOADS = {
    "bib": "application/x-bibtex; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json",
    "txt": "",
}


async def _asked(datasette: Any, request: Request) -> tuple[Database, dict[str, Any], str, int, int]:
    """The statement, the layer and the characters of an address.

    Raises:
        NotFound: no such statement is stored.
    """
    database = await database_of(datasette, request)
    statement_id = tilde_decode(request.url_vars["id"])
    statement = await facts.statement(database, statement_id)
    if statement is None:
        raise NotFound(f"No statement {statement_id!r} is stored here. The table of statements lists those that are.")
    # no text has more characters than this many digits count, and SQLite counts no further
    start, end = (int(request.url_vars[name][:15]) for name in ("start", "end"))
    return database, statement, request.url_vars["layer"], start, end


def _cited(datasette: Any, request: Request, statement: dict[str, Any], layer: str, fact: facts.Fact) -> Cited:
    def here(path: str) -> str:
        return str(datasette.absolute_url(request, datasette.urls.path(path)))

    return Cited(
        statement,
        fact,
        layer,
        here(facts.path(statement["id"], layer, fact["start"], fact["end"])),
        here(f"/statement/{tilde_encode(statement['id'])}"),
        web_address(statement["url"]),
        datetime.now(UTC).date(),
    )


async def fact(datasette: Any, request: Request) -> Response:
    """A fact in its context, with where it comes from, what found it, and how to cite it."""
    database, statement, layer, start, end = await _asked(datasette, request)
    found = await facts.find(database, statement, layer, start, end)
    if not found:
        return await _gone(datasette, request, database, statement, layer, start, end)
    cited = [_cited(datasette, request, statement, layer, one) for one in found]
    return await html(
        datasette, request, "fact.html", statement=statement, layer=layer, one=facts.ONE[layer], found=found,
        source=cited[0].source, address=cited[0].address, citation=citing.plain(cited[0]),
        json_ld=[citing.json_ld(each) for each in cited],
    )  # fmt: skip


async def _gone(
    datasette: Any, request: Request, database: Database, statement: dict[str, Any], layer: str, start: int, end: int
) -> Response:
    """No such record: 410 where a person rejected it, else 404; with the statement and what stands nearest."""
    rejected = await facts.rejected(database, statement["id"], layer, start, end)
    near = await facts.nearest(database, statement["id"], layer, start, end)
    for row in near:
        row["path"] = facts.path(statement["id"], layer, row["start"], row["end"])
    return await html(
        datasette, request, "fact_gone.html", status=410 if rejected else 404, statement=statement, layer=layer,
        one=facts.ONE[layer], start=start, end=end, rejected=rejected, near=near,
    )  # fmt: skip


async def fact_data(datasette: Any, request: Request) -> Response:
    """The same for machines; what is not there (any more) is an error with status 404 or 410."""
    database, statement, layer, start, end = await _asked(datasette, request)
    found = await facts.find(database, statement, layer, start, end)
    if not found:
        rejected = await facts.rejected(database, statement["id"], layer, start, end)
        near = await facts.nearest(database, statement["id"], layer, start, end)
        said = f"a reviewer rejected the {facts.ONE[layer]}" if rejected else f"no {facts.ONE[layer]} stands"
        error = {"ok": False, "error": f"{said} at these characters", "nearest": near}
        return Response.json(error, status=410 if rejected else 404)
    cited = _cited(datasette, request, statement, layer, found[0])
    form = request.url_vars["form"]
    name = f"{tilde_encode(statement['id'])[-60:]}-{layer}-{start}-{end}"
    if form == "txt":
        return Response.text(citing.plain(cited) + "\n")
    if form == "bib":
        return _file(citing.bibtex(cited), DOWNLOADS[form], f"{name}.bib")
    if form == "csl.json":
        return _file(json.dumps(citing.csl(cited), ensure_ascii=False, indent=1), DOWNLOADS[form], f"{name}.csl.json")
    about = {key: value for key, value in statement.items() if key != "text"}
    records = [one | {"context": dict(zip(("before", "quote", "after"), one["context"], strict=True))} for one in found]
    return Response.json(
        {
            "fact": cited.address, "layer": layer, "records": records, "statement": about | {"page": cited.page},
            "citation": citing.plain(cited), "csl": citing.csl(cited),
            "json_ld": [citing.json_ld(_cited(datasette, request, statement, layer, one)) for one in found],
        }
    )  # fmt: skip


def _file(text: str, content_type: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, headers=headers, content_type=content_type)


_AT = r"^/fact/(?P<id>[^/]+)/(?P<layer>claims|figures|demands|signatories)/(?P<start>\d+)-(?P<end>\d+)"
ROUTES: list[tuple[str, Callable[..., Awaitable[Response]]]] = [
    (rf"{_AT}$", fact),
    (rf"{_AT}\.(?P<form>json|bib|csl\.json|txt)$", fact_data),
]
