"""What every page of ours begins and ends with: the database that may be read, and the answer as HTML."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from datasette.database import Database
from datasette.utils.asgi import NotFound, Request, Response

from statement_nlp.publish import page_data

PRIVATE = {"cache-control": "private, no-store"}
"""Headers of what no cache may keep."""
LONGEST_WORDS = 200
"""Characters of what is asked for in a field; the rest is cut off."""


async def database_of(datasette: Any, request: Request) -> Database:
    """The database of statements, if whoever asks may see it.

    Raises:
        NotFound: none is served.
        Forbidden: it may not be seen.
    """
    database = await page_data.ours(datasette)
    if database is None:
        raise NotFound("No database of statements is served here")
    await datasette.ensure_permissions(request.actor, [("view-database", database.name), "view-instance"])
    return database


async def html(datasette: Any, request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """A page from a template of ours."""
    page = await datasette.render_template(f"statement_nlp/{template}", context, request=request, view_name="own")
    return Response.html(page, status=status)


async def html_of_one(datasette: Any, request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """The same for what one person sent or may see alone: kept by no cache."""
    page = await html(datasette, request, template, status, **context)
    page.headers |= PRIVATE
    return page


def given(request: Request, name: str) -> str:
    """What stands in a field of the address, without space around it, cut to a sensible length."""
    return (request.args.get(name) or "").strip()[:LONGEST_WORDS]


def web_address(url: str | None) -> str | None:
    """The address, if it is one that a reader may safely follow: http or https."""
    if not url:
        return None
    parts = urlsplit(url.strip())
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None
