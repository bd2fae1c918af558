"""Adding statements without a command line: files, a folder, a pasted text; how far it is, what became of it, undo."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from datasette.utils import actor_matches_allow
from datasette.utils.asgi import NotFound, Request, Response

from statement_nlp.errors import BatchError, HeaderError
from statement_nlp.publish import hidden, page_data
from statement_nlp.publish.adding_worker import keeper_of, waits
from statement_nlp.publish.answers import html_of_one
from statement_nlp.publish.multipart import Caps, Form, FormError, ending_not_read, read_form, received
from statement_nlp.publish.review_data import name_of
from statement_nlp.reading.header import check_date
from statement_nlp.reading.sources import MAX_BYTES, SUFFIXES, text_id
from statement_nlp.reading.text import normalise
from statement_nlp.store import batches
from statement_nlp.store.database import Database as Store
from statement_nlp.store.uploads import folder_of, new_folder, safe_path

CAPS = Caps(file_bytes=MAX_BYTES, all_bytes=200_000_000, files=2_000)
LISTED = 500
"""Files of a batch that its page lists; the counts are of all."""
RECENT = 20
GIVEN = {"title": 300, "published": 10, "publisher": 300, "url": 1000}
"""What a person may say of what they send, and how many characters of it are kept."""
NO_STATEMENTS = ("readme", "license", "notice", "changelog", "contributing")
RUNNING = ("waiting", "working", "to undo")
BATCH = "SELECT * FROM batches WHERE id = :id"
COUNTS = "SELECT outcome, count(*) AS n, sum(holds) AS holds FROM batch_items WHERE batch_id = :id GROUP BY outcome"
ITEMS = """
    SELECT i.position, i.source, i.outcome, i.message, i.undone, i.statement_id, s.id IS NOT NULL AS stored,
      coalesce(s.title, i.statement_id) AS title, coalesce(s.kind, 'own') AS kind,
      k.claims, k.figures, k.demands
    FROM batch_items i LEFT JOIN statements s ON s.id = i.statement_id
    LEFT JOIN statement_counts k ON k.statement_id = s.id WHERE i.batch_id = :id
    ORDER BY i.outcome NOT IN ('failed', 'not taken'), i.position LIMIT :limit"""
LAST = """
    SELECT b.id, b.name, b.state, b.sent, b.files,
      (SELECT count(*) FROM batch_items i WHERE i.batch_id = b.id AND i.outcome IN ('added', 'replaced')) AS stored
    FROM batches b ORDER BY b.id DESC LIMIT :limit"""


def is_on(datasette: Any) -> bool:
    """Whether anybody may add: unless the setting `add` of the plugin is false."""
    return (datasette.plugin_config("statement_nlp") or {}).get("add") is not False


async def may_add(datasette: Any, actor: Mapping[str, Any] | None) -> bool:
    """Whether this person may add statements.

    Root may, and whoever the setting `add` of the plugin names (as Datasette's `allow` blocks do), and whoever another
    plugin gives the permission `statement-nlp-add`.
    """
    if not actor or not is_on(datasette):
        return False
    allowed = (datasette.plugin_config("statement_nlp") or {}).get("add")
    if actor.get("id") == "root" or (isinstance(allowed, dict) and actor_matches_allow(actor, allowed)):
        return True
    return bool(await datasette.permission_allowed(actor, "statement-nlp-add", default=False))


async def _open(datasette: Any, request: Request) -> Any:
    """The database; refuses where there is none that can be written."""
    database = await page_data.ours(datasette)
    if database is None or not is_on(datasette):
        raise NotFound("Nothing can be added here.")
    await datasette.ensure_permissions(request.actor, [("view-database", database.name), "view-instance"])
    without = hidden.of(datasette)
    return without.source if without else database


async def add(datasette: Any, request: Request) -> Response:
    """The form and what was sent last; with a POST, what was sent goes into the queue."""
    database = await _open(datasette, request)
    if not await may_add(datasette, request.actor):
        return await html_of_one(datasette, request, "add.html", 403, may_add=False)
    if request.method != "POST":
        return await _form(datasette, request, database)
    folder = await asyncio.to_thread(new_folder, path_of(datasette, database))
    try:
        form = await _received(request, folder)
        given = _given(form.fields)
        _keep_text(form, folder)
        if not form.files and not form.refused:
            raise FormError("Choose files or a folder, or paste a text.")
        batch_id = await asyncio.to_thread(_send, path_of(datasette, database), folder, form, given, request.actor)
    except (FormError, HeaderError, BatchError) as error:
        status = error.status if isinstance(error, FormError) else 400
        return await _form(datasette, request, database, trouble=str(error), status=status)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    keeper_of(datasette, path_of(datasette, database)).wake()
    return Response.redirect(datasette.urls.path(f"/add/{batch_id}"))


def path_of(datasette: Any, database: Any) -> Path:
    """The file that is written: the one that is served."""
    return Path(str(database.path)).absolute()


async def _form(
    datasette: Any, request: Request, database: Any, *, trouble: str | None = None, status: int = 200
) -> Response:
    return await html_of_one(
        datasette, request, "add.html", status, may_add=True, trouble=trouble, caps=CAPS, suffixes=SUFFIXES,
        last=await page_data.rows(database, LAST, limit=RECENT),
    )  # fmt: skip


async def _received(request: Request, folder: Path) -> Form:
    kind = request.headers.get("content-type") or ""
    token = request.scope["csrftoken"]()
    return await read_form(
        kind, received(request.receive), folder, CAPS, token=token, path_of=safe_path, why_not=why_not
    )


def why_not(path: str) -> str | None:
    """Why a file of this path is not taken; None where it is: its name says what it is."""
    name = PurePosixPath(path)
    if "/" in path and name.stem.lower() in NO_STATEMENTS:
        return "by its name, no statement but a word about the folder"
    if "/" in path and any(part.startswith(".") for part in name.parts):
        return "a hidden file"
    return ending_not_read(path)


def _given(fields: Mapping[str, str]) -> dict[str, str]:
    """What the person says of what they send."""
    given = {name: " ".join(fields.get(name, "").split())[:most] for name, most in GIVEN.items()}
    given = {name: value for name, value in given.items() if value}
    if "published" in given:
        check_date(given["published"])
    if "url" in given and urlsplit(given["url"]).scheme not in ("http", "https"):
        raise FormError("The address begins with https:// or http://.")
    return given


def _keep_text(form: Form, folder: Path) -> None:
    """A pasted text as one file more, called by a hash of what stands in it, so that the same text is one statement."""
    text = form.fields.get("text", "").replace("\r\n", "\n").replace("\0", "")
    if text.strip():
        name = f"{text_id(normalise(text).text.strip())}.txt"
        (folder / name).write_text(text, encoding="utf-8")
        if name not in form.files:
            form.files.append(name)


def _send(path: Path, folder: Path, form: Form, given: Mapping[str, str], actor: Mapping[str, Any]) -> int:
    """Put what was received into the queue: its folder gets the number of the batch in the same transaction."""
    with Store(path, create=False) as store, store.transaction() as connection:
        batch_id = batches.send(
            connection, _named(form), by=name_of(actor), files=len(form.files), given=given, not_taken=form.refused
        )
        target = folder_of(path, batch_id)
        shutil.rmtree(target, ignore_errors=True)
        folder.rename(target)
    return batch_id


def _named(form: Form) -> str:
    """What a batch is called: its only file, its folder, or how many there are."""
    tops = {path.split("/")[0] for path in form.files}
    if len(form.files) == 1:
        only = form.files[0]
        return "a pasted text" if only.startswith("text-") and form.fields.get("text", "").strip() else only
    if len(tops) == 1:
        return f"{tops.pop()} ({len(form.files):,} files)"
    return f"{len(form.files):,} files"


async def _state(database: Any, batch_id: int) -> dict[str, Any]:
    found = await page_data.one(database, BATCH, id=batch_id)
    if found is None:
        raise NotFound(f"No batch {batch_id} was ever sent here.")
    counted = await page_data.rows(database, COUNTS, id=batch_id)
    return {
        "batch": found,
        "counts": {row["outcome"]: row["n"] for row in counted},
        "holds": sum(row["holds"] for row in counted),
        "running": found["state"] in RUNNING,
    }


async def batch(datasette: Any, request: Request) -> Response:
    """How far a batch is, or what became of it; with a POST, stop or undo."""
    database = await _open(datasette, request)
    if not await may_add(datasette, request.actor):
        return await html_of_one(datasette, request, "add.html", 403, may_add=False)
    batch_id = int(request.url_vars["id"])
    if request.method == "POST":
        return await _ask(datasette, request, database, batch_id)
    shown = await _state(database, batch_id)
    if shown["running"]:
        keeper_of(datasette, path_of(datasette, database)).wake()
    items = await page_data.rows(database, ITEMS, id=batch_id, limit=LISTED)
    for item in items if hidden.of(datasette) else ():
        item["title"] = item["statement_id"]  # a title may hold a name
    return await html_of_one(datasette, request, "batch.html", may_add=True, **shown, listed=LISTED, items=items)


async def batch_json(datasette: Any, request: Request) -> Response:
    """How far a batch is, for the script of its page."""
    database = await _open(datasette, request)
    if not await may_add(datasette, request.actor):
        return Response.json({"ok": False, "error": "Sign in first."}, status=403)
    shown = await _state(database, int(request.url_vars["id"]))
    told = {name: shown["batch"][name] for name in ("id", "name", "state", "files", "files_done", "message")}
    return Response.json(
        {"ok": True, **told, "running": shown["running"], "counts": shown["counts"]},
        headers={"cache-control": "private, no-store"},
    )


async def _ask(datasette: Any, request: Request, database: Any, batch_id: int) -> Response:
    action = (await request.post_vars()).get("action")

    def ask() -> None:
        with Store(path_of(datasette, database), create=False) as store, store.transaction() as connection:
            batches.ask(connection, batch_id, "undo" if action == "undo" else "stop")

    try:
        await asyncio.to_thread(ask)
    except BatchError as error:
        datasette.add_message(request, str(error), datasette.ERROR)
    keeper_of(datasette, path_of(datasette, database)).wake()
    return Response.redirect(datasette.urls.path(f"/add/{batch_id}"))


async def resume(datasette: Any) -> None:
    """Take up again, when a server starts, what waits or was cut off."""
    database = await page_data.ours(datasette)
    if database is None or not database.is_mutable or not database.path or not is_on(datasette):
        return
    without = hidden.of(datasette)
    path = path_of(datasette, without.source if without else database)
    if await asyncio.to_thread(waits, path):
        keeper_of(datasette, path).wake()


ROUTES: list[tuple[str, Callable[..., Awaitable[Response]]]] = [
    (r"^/add$", add),
    (r"^/add/(?P<id>\d{1,9})$", batch),
    (r"^/add/(?P<id>\d{1,9})\.json$", batch_json),
]
