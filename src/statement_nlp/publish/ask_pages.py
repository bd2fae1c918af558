"""Questions for people who write no SQL: one page, and the same answer as CSV, HXL, JSON, GeoJSON and Atom."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from datasette.database import Database, QueryInterrupted
from datasette.utils import tilde_encode
from datasette.utils.asgi import AsgiStream, Request, Response

from statement_nlp.publish import asking, facts, feed, names
from statement_nlp.publish.answers import database_of, html
from statement_nlp.publish.asking import COUNTED, Asked
from statement_nlp.store import export
from statement_nlp.store.identity import key
from statement_nlp.store.questions import Question

PATH = "/ask"
PAGE_ROWS = 50
MOST_PAGES = COUNTED // PAGE_ROWS
MOST_ROWS = 100_000
"""Rows of one download; `offset` gives the next."""
PIECE = 1_000
"""Rows that a download reads at once."""
FEED_ROWS = 100
FORMS: Mapping[str, tuple[str, str]] = {
    "csv": ("text/csv; charset=utf-8", "CSV"),
    "hxl.csv": ("text/csv; charset=utf-8", "CSV with HXL tags"),
    "json": ("application/json; charset=utf-8", "JSON"),
    "geojson": ("application/geo+json; charset=utf-8", "GeoJSON"),
    "atom": ("application/atom+xml; charset=utf-8", "Atom feed"),
}
QUOTED = {"claims": "claim", "figures": "figure", "demands": "demand", "statements": "statement"}
"""The column of each layer that holds its words."""
TOO_LONG = "That takes too long to find here. Narrow it: a place, a time, or words that stand less often."
SAID = {"at": "around {}", "within": "within {} km", "since": "since {}", "until": "until {}", "addressee": "to {}"}
Rows = list[dict[str, Any]]


async def _rows(database: Database, sql: str, given: Mapping[str, Any]) -> Rows:
    return [dict(row) for row in (await database.execute(sql, given)).rows]


def _addresses(datasette: Any, request: Request, what: str, rows: Rows) -> Rows:
    """The same rows, each with the permanent address of its fact, or of its statement."""
    for row in rows:
        if what == "statements":
            page = f"/statement/{tilde_encode(row['statement_id'])}"
        else:
            page = facts.path(row["statement_id"], what, row["start"], row["end"])
        row["fact"] = datasette.absolute_url(request, datasette.urls.path(page))
    return rows


async def rows_of(datasette: Any, request: Request, database: Database, question: Question, limit: int) -> Rows:
    """The newest rows of an answer, each with the permanent address of its fact."""
    rows = await _rows(database, question.sql(), question.parameters() | {"limit": limit, "offset": 0})
    return _addresses(datasette, request, question.what, rows)


def _page(request: Request) -> int:
    text = request.args.get("page") or "1"
    return min(max(int(text), 1), MOST_PAGES) if text.isdecimal() else 1


async def _sql_link(datasette: Any, request: Request, database: Database, question: Question) -> str | None:
    """The same question in Datasette's SQL editor, if this reader may ask in SQL."""
    if not await datasette.permission_allowed(request.actor, "execute-sql", resource=database.name, default=True):
        return None
    given = {"sql": question.sql(), **question.parameters(), "limit": 500, "offset": 0}
    return f"{datasette.urls.database(database.name)}?{urlencode(given)}"


async def ask(datasette: Any, request: Request) -> Response:
    """The form, how the question was understood, and the answer page by page."""
    database = await database_of(datasette, request)
    path = datasette.urls.path(PATH)
    asked = await asking.understand(database, request.args, path)
    shown: dict[str, Any] = {"rows": [], "total": 0, "looser": [], "page": _page(request), "sql": None}
    if asked.question and (asked.narrowing() or "what" in asked.given):
        try:
            shown |= await _answer(database, asked, shown["page"], path)
        except QueryInterrupted:
            asked.troubles.append(TOO_LONG)
        shown["sql"] = asked.question.sql()
        shown["sql_link"] = await _sql_link(datasette, request, database, asked.question)
        shown["rows"] = _addresses(datasette, request, asked.question.what, shown["rows"])
    shown["title"] = said(asked)
    forms = {form: (asked.address(datasette.urls.path(f"{PATH}.{form}")), label) for form, (_, label) in FORMS.items()}
    return await html(
        datasette, request, "ask.html", asked=asked, what=asked.given.get("what", "claims"), codes=asking.CODES,
        forms=forms, path=path, page_rows=PAGE_ROWS, counted=COUNTED, most_rows=MOST_ROWS,
        most_pages=MOST_PAGES, quoted=QUOTED, status=400 if asked.troubles else 200, **shown,
    )  # fmt: skip


async def _answer(database: Database, asked: Asked, page: int, path: str) -> dict[str, Any]:
    question = asked.question
    assert question is not None
    limits = {"limit": PAGE_ROWS, "offset": (page - 1) * PAGE_ROWS}
    rows = await _rows(database, question.sql(), question.parameters() | limits)
    total = await asking.count(database, question) if rows else 0
    return {
        "rows": rows,
        "total": total,
        "looser": [] if rows or page > 1 else await asking.looser(database, asked, path),
        "meant": None if rows else await _meant(database, asked, path),
        "before": asked.address(path, page=page - 1) if page > 1 else None,
        "after": asked.address(path, page=page + 1) if page * PAGE_ROWS < total and page < MOST_PAGES else None,
    }


async def _meant(database: Database, asked: Asked, path: str) -> tuple[str, str] | None:
    """The words without slips, and the address of the same question with them."""
    words = asked.given.get("words")
    meant = await names.words_meant(database, words) if words else None
    return (meant, asked.address(path, words=meant)) if meant else None


async def download(datasette: Any, request: Request) -> Response | AsgiStream:
    """The same answer as a file: all of its rows, up to `MOST_ROWS`, read piece by piece."""
    database = await database_of(datasette, request)
    form = request.url_vars["form"]
    asked = await asking.understand(database, request.args, datasette.urls.path(PATH))
    question = asked.question
    if question is None:
        troubles = asked.troubles + [note["trouble"] for note in asked.notes if not note["meant"]]
        near = [entry["entry"] for note in asked.notes if not note["meant"] for entry in note["near"]]
        return Response.json({"ok": False, "error": " ".join(troubles), "nearest": near}, status=400)
    text = request.args.get("offset") or "0"
    offset = int(text) if text.isdecimal() else 0
    limits = {"limit": (FEED_ROWS if form == "atom" else MOST_ROWS) + 1, "offset": offset}
    try:
        ids = [row["id"] for row in await _rows(database, question.ids_sql(), question.parameters() | limits)]
    except QueryInterrupted:
        return Response.json({"ok": False, "error": TOO_LONG}, status=400)
    if form == "atom":
        return await _atom(datasette, request, database, asked, ids[:FEED_ROWS])
    columns = [c[0] for c in (await database.execute(question.rows_sql(), {"ids": "[]"})).description]
    headers = {"content-disposition": f'attachment; filename="{file_name(asked, form)}"'}
    if len(ids) > MOST_ROWS:
        after = asked.address(datasette.urls.path(f"{PATH}.{form}"), offset=offset + MOST_ROWS)
        headers["link"] = f'<{datasette.absolute_url(request, after)}>; rel="next"'

    read = _Reader(datasette, request, database, question, ids[:MOST_ROWS])
    lines = export.lines(form.removesuffix(".csv"), read.rows(), [*columns, "fact"])

    async def stream(writer: Any) -> None:
        if form in ("csv", "hxl.csv"):
            await writer.write(export.MARK)
        while text := await asyncio.to_thread(lambda: "".join(islice(lines, PIECE))):
            await writer.write(text)

    return AsgiStream(stream, headers=headers, content_type=FORMS[form][0])


class _Reader:
    """Reads the rows of ids in their order, a piece at a time, so that no more of an answer is ever in memory.

    The writers of `export` take rows one by one, so they run in a thread, and each piece is asked for from there.
    """

    def __init__(
        self, datasette: Any, request: Request, database: Database, question: Question, ids: list[Any]
    ) -> None:
        self.ids = ids
        self.loop = asyncio.get_running_loop()
        self.database = database
        self.question = question
        self.addressed = partial(_addresses, datasette, request, question.what)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows; to be called from another thread than that of the event loop."""
        for start in range(0, len(self.ids), PIECE):
            given = {"ids": json.dumps(self.ids[start : start + PIECE])}
            piece = _rows(self.database, self.question.rows_sql(), given)
            yield from self.addressed(asyncio.run_coroutine_threadsafe(piece, self.loop).result())


def file_name(asked: Asked, form: str) -> str:
    """What a download is called: claims-el-fasher-within-50-km.csv."""
    question = asked.question
    what = question.what if question else "claims"
    place = [asked.place["name"]] if asked.place else [asked.given["at"]] if "at" in asked.given else []
    within = [f"within {question.near.km:g} km"] if question and question.near else []
    others = [asked.given[name] for name in ("condition", "status", "theme", "addressee", "words", "since", "until")
              if name in asked.given]  # fmt: skip
    stem = key(" ".join([what, *place, *within, *others])).encode("ascii", "ignore").decode().strip("-")
    return f"{stem[:100]}{'-hxl' if form == 'hxl.csv' else ''}.{form.removeprefix('hxl.')}"


async def _atom(datasette: Any, request: Request, database: Database, asked: Asked, ids: list[Any]) -> Response:
    question = asked.question
    assert question is not None
    rows = _addresses(
        datasette, request, question.what, await _rows(database, question.rows_sql(), {"ids": json.dumps(ids)})
    )
    entries = [
        feed.Entry(
            row["fact"],
            " ".join(str(row[QUOTED[question.what]]).split()),
            row["extracted"],
            row["publisher"],
            f"{row['statement']}, {row['published'] or 'undated'}; {row['places'] or 'no place'}",
            row["statement_kind"],
        )
        for row in rows
    ]
    page = datasette.absolute_url(request, asked.address(datasette.urls.path(PATH)))
    address = datasette.absolute_url(request, asked.address(datasette.urls.path(f"{PATH}.atom")))
    text = feed.write(address, page, said(asked), entries)
    return Response(text, content_type=FORMS["atom"][0])


def said(asked: Asked) -> str:
    """A question in a few words, for titles: claims, El Fasher, within 50 km, siege."""
    what = asked.question.what if asked.question else asked.given.get("what", "claims")
    words = []
    for name in asked.narrowing():
        value = asked.place["name"] if name == "place" and asked.place else asked.given[name]
        words.append(SAID.get(name, "{}").format(value.replace("_", " ")))
    return ", ".join([what.capitalize(), *words])


ROUTES: list[tuple[str, Callable[..., Awaitable[Any]]]] = [
    (rf"^{PATH}$", ask),
    (rf"^{PATH}\.(?P<form>csv|hxl\.csv|json|geojson|atom)$", download),
]
