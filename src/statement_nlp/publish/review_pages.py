"""Pages on which signed-in people judge records (`serve --review`), and the list of judgements that all may read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal, cast

from datasette.database import Database
from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import Forbidden, NotFound, Request, Response

from statement_nlp.errors import ChangedRecordError, ReviewError, UnknownRecordError
from statement_nlp.publish import page_data, review_data
from statement_nlp.publish.answers import database_of, html
from statement_nlp.records import THEMES
from statement_nlp.store import judging
from statement_nlp.store.filing import TABLES
from statement_nlp.store.judgements import LAYERS, context, waiting
from statement_nlp.store.missed import BLANK
from statement_nlp.tracking.reviews import Decision, Missed

ON_A_PAGE = 10
LISTED = 300
LONGEST_NOTE = 1000
LONGEST_QUOTE = 5000
"""Characters of the words of a record that is added; the rest is cut off."""
DONE = {"accept": "Accepted", "reject": "Rejected", "correct": "Corrected", "undo": "Taken back"}
SIGN_IN = (
    "Only people who are signed in may judge records: open the link that `statement-nlp serve --review` printed, "
    "or sign in with your password."
)


async def _for_reviewers(datasette: Any, request: Request) -> tuple[Database, str]:
    """The database and the reader's name; refuses whoever is not signed in."""
    database = await database_of(datasette, request)
    if not request.actor:
        raise Forbidden(SIGN_IN)
    return database, review_data.name_of(request.actor)


def _kinds(request: Request) -> tuple[str, ...]:
    kind = request.args.get("kind") or ""
    return (kind,) if kind in LAYERS else LAYERS


async def queue(datasette: Any, request: Request) -> Response:
    """What nobody has judged yet, the least sure first."""
    database, _ = await _for_reviewers(datasette, request)
    kinds = _kinds(request)
    page = max(1, int(number)) if (number := request.args.get("page") or "1").isdigit() else 1
    first = (page - 1) * ON_A_PAGE
    given = {"statement": None, "most": first + ON_A_PAGE + 1, "limit": ON_A_PAGE + 1, "offset": first}
    found = await page_data.rows(database, waiting(kinds), **given)
    shown = found[:ON_A_PAGE]
    for row in shown:
        row["passage"] = await _passage(database, row)
    digests: dict[int, str] = {}
    for statement_id in {row["statement_id"] for row in shown}:
        digests |= await database.execute_fn(lambda connection, s=statement_id: judging.digests(connection, s))
    counts = {}
    for layer in LAYERS:
        sql = review_data.WAITING.format(table=TABLES.get(layer, layer))
        counts[layer] = ((await page_data.one(database, sql)) or {"n": 0})["n"]
    return await html(
        datasette, request, "review_queue.html", waiting=shown, digests=digests, counts=counts, page=page,
        kind=kinds[0] if len(kinds) == 1 else None, more=len(found) > ON_A_PAGE, back=request.full_path,
    )  # fmt: skip


async def _passage(database: Database, row: dict[str, Any]) -> tuple[str, str, str]:
    if row["layer"] == "links":
        return "", row["quote"], ""
    found = await page_data.one(
        database,
        f'SELECT r.start, r."end", s.text FROM {TABLES[row["layer"]]} r JOIN statements s ON s.id = r.statement_id '
        "WHERE r.id = :id",
        id=row["record_id"],
    )
    return context(found["text"], found["start"], found["end"], 160) if found else ("", row["quote"], "")


async def record(datasette: Any, request: Request) -> Response:
    """One record: its words, what it says, its trail, and the forms; with a POST, the decision."""
    database, reviewer = await _for_reviewers(datasette, request)
    record_id = int(request.url_vars["id"])
    if request.method == "POST":
        return await _judge(datasette, request, database, record_id, reviewer)
    return await _page(datasette, request, database, record_id)


async def _page(
    datasette: Any,
    request: Request,
    database: Database,
    record_id: int,
    *,
    trouble: str | None = None,
    status: int = 200,
    sent: dict[str, str] | None = None,
) -> Response:
    try:
        shown = await review_data.record(database, record_id)
    except ReviewError as error:
        raise NotFound(str(error)) from error
    back = _local((sent or {}).get("back") or request.args.get("back"))
    return await html(
        datasette, request, "review_record.html", status, trouble=trouble, sent=sent or {}, back=back or "",
        themes=THEMES, **shown,
    )  # fmt: skip


def _local(address: str | None) -> str | None:
    """An address of this server, or None: a form leads nobody elsewhere."""
    if not address or not address.startswith("/") or address.startswith("//") or set(address) & set("\\\r\n\t"):
        return None
    return address


async def _judge(datasette: Any, request: Request, database: Database, record_id: int, reviewer: str) -> Response:
    sent = {name: str(value) for name, value in (await request.post_vars()).items()}
    action = sent.get("action", "")
    if action not in DONE:
        return await _page(
            datasette, request, database, record_id, trouble="Accept, reject, correct or undo?", status=400, sent=sent
        )
    note = sent.get("note", "").strip()[:LONGEST_NOTE] or None
    try:
        fields = (await review_data.record(database, record_id))["fields"] if action == "correct" else []
        decision = Decision(
            cast('Literal["accept", "reject", "correct", "undo"]', action),
            reviewer, note, review_data.changes(sent, fields), sent.get("digest") or "none",
        )  # fmt: skip
        stood = await review_data.decide(database, record_id, decision)
    except ChangedRecordError as error:
        return await _page(datasette, request, database, record_id, trouble=str(error), status=409)
    except UnknownRecordError as error:
        raise NotFound(str(error)) from error
    except ReviewError as error:
        return await _page(datasette, request, database, record_id, trouble=str(error), status=400, sent=sent)
    words = " ".join(stood.anchor.quote.split())
    datasette.add_message(request, f"{DONE[action]}: “{words[:80]}{'…' if len(words) > 80 else ''}”", datasette.INFO)
    return Response.redirect(_after(datasette, sent, action, stood))


def _after(datasette: Any, sent: dict[str, str], action: str, stood: judging.Standing) -> str:
    """Where a decision leads: back to where it was made, at the record if it is still there."""
    record_id = stood.subject.record_id
    back = _local(sent.get("back"))
    if back is None:
        lost = action == "undo" and not (stood.review or {}).get("attached", 1)
        return str(datasette.urls.path("/judgements" if lost else f"/review/record/{record_id}"))
    if "#" in back or "/statement/" not in back:
        return back
    return f"{back}#rejected" if action == "reject" else f"{back}#r-{record_id}"


async def missed(datasette: Any, request: Request) -> Response:
    """A form for a record that the program missed, in two steps: words and kind, then fields; a POST adds it."""
    database, reviewer = await _for_reviewers(datasette, request)
    statement_id = tilde_decode(request.url_vars["id"])
    statement = await page_data.one(
        database, "SELECT id, title, published, kind, text FROM statements WHERE id = :id", id=statement_id
    )
    if statement is None:
        raise NotFound(f"No statement {statement_id!r} is stored here.")
    sent: dict[str, str] = {}
    if request.method == "POST":
        sent = {name: str(value) for name, value in (await request.post_vars()).items()}
    asked = sent or {name: request.args.get(name) or "" for name in ("layer", "quote", "nth")}
    layer, quote = asked.get("layer", ""), asked.get("quote", "").replace("\u200b", "")[:LONGEST_QUOTE]
    nth = int(number) if (number := asked.get("nth", "")).isdecimal() else None
    trouble, shown = None, None
    try:
        if layer in BLANK and quote.strip():
            shown = await review_data.missed_at(database, statement, layer, quote, nth)
            if sent:
                values = {f["name"]: sent[f["name"]] for f in shown["fields"] if f["name"] in sent}
                note = sent.get("note", "").strip()[:LONGEST_NOTE] or None
                given = Missed(statement_id, layer, quote, reviewer, values, nth, note)
                return _added(datasette, request, given, await review_data.add(database, given))
        elif layer or quote.strip() or sent:
            trouble = "Say which words, and what they are."
    except ReviewError as error:
        trouble = str(error)
    return await html(
        datasette, request, "review_add.html", 400 if trouble else 200, trouble=trouble, sent=sent, statement=statement,
        layer=layer, quote=quote, nth=nth, themes=THEMES, **(shown or {"span": None, "places": [], "fields": []}),
    )  # fmt: skip


def _added(datasette: Any, request: Request, given: Missed, record_id: int) -> Response:
    words = " ".join(given.quote.split())
    datasette.add_message(request, f"Added: “{words[:80]}{'…' if len(words) > 80 else ''}”", datasette.INFO)
    return Response.redirect(datasette.urls.path(f"/statement/{tilde_encode(given.statement_id)}#r-{record_id}"))


async def judgements(datasette: Any, request: Request) -> Response:
    """The judgements that hold, the newest first, for all readers; with `unattached`, those whose words are gone."""
    database = await database_of(datasette, request)
    unattached = bool(request.args.get("unattached"))
    found = await review_data.judged(database, unattached=unattached, limit=LISTED)
    lost = await page_data.one(database, "SELECT count(*) AS n FROM reviews WHERE attached = 0")
    return await html(
        datasette, request, "judgements.html", judgements=found, unattached=unattached, limit=LISTED,
        lost=lost["n"] if lost else 0,
    )  # fmt: skip


Route = tuple[str, Callable[..., Awaitable[Response]]]
READING: list[Route] = [(r"^/judgements$", judgements)]
WRITING: list[Route] = [
    (r"^/review$", queue),
    (r"^/review/record/(?P<id>\d{1,16})$", record),
    (r"^/review/add/(?P<id>.+)$", missed),
]


async def off(datasette: Any, request: Request) -> Response:
    """Says that nobody judges here; Datasette itself would take the address for a row and answer a form otherwise."""
    raise NotFound("Judging is off here. `statement-nlp serve --review` turns it on.")


def routes(datasette: Any) -> list[Route]:
    """The routes of judgements: those on which people judge exist with `serve --review` alone."""
    if review_data.is_on(datasette):
        return READING + WRITING
    return READING + [(address, off) for address, _ in WRITING]
