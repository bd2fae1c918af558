"""Errors as pages of the same house: what happened, and what to do next."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup

logger = logging.getLogger(__name__)


def _described(exception: Exception) -> tuple[int, str, dict[str, Any]]:
    if isinstance(exception, Base400):
        return exception.status, str(exception.args[0] if exception.args else exception), {}
    if isinstance(exception, DatasetteError):
        # markup of Datasette itself, in which it has escaped what readers gave
        message = Markup(exception.message) if exception.message_is_html else str(exception.message)
        return exception.status, message, dict(exception.error_dict or {})
    if isinstance(exception, sqlite3.OperationalError):
        return 503, f"The database cannot be read just now ({exception}). Load this page again in a moment.", {}
    return 500, "Something went wrong here. The terminal that serves these pages shows what.", {}


async def answer(datasette: Any, request: Request, exception: Exception) -> Response:
    """An error as JSON or as a page with our banner, styles and search."""
    status, message, info = _described(exception)
    if status >= 500:
        logger.error("%s failed", request.path, exc_info=exception)
    info |= {"ok": False, "error": message, "status": status, "title": None}
    if request.path.endswith(".json"):
        return Response.json(info, status=status)
    page = await datasette.render_template("error.html", info, request=request, view_name="error")
    return Response.html(page, status=status)
