"""What keeps requests at home: a content security policy for each answer, and no form without a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from datasette.utils.asgi import Request
from itsdangerous import BadSignature

from statement_nlp.publish import hidden, sheets

# No page of ours, and none of Datasette's that ours stand for, carries an inline script or style.
STRICT = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Datasette's own tools under /-/ do carry both.
TOOLS = STRICT.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'").replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)
READING = ("GET", "HEAD", "OPTIONS")
LARGEST = 256 * 1024
"""Bytes that a request may send."""
LARGEST_TRIED = 5_600_000
LARGEST_BATCH = 210_000_000
"""Bytes that somebody who is signed in may send to /add at a time; the page itself takes some less."""
WITH_FILES = ("/add", "/try")
"""Pages that take forms with files, and check the token in them (`multipart.read_form`)."""
TOO_LARGE = b"That is more than this server takes in one form.\n"
ASSISTANTS = "/-/mcp"
"""Where assistants ask (`assistants`): by POST, without a session; nothing there writes."""
ELSEWHERE = b"Assistants ask from programs, not from pages of other servers.\n"
REFUSED = b"This address takes no form without a session: open the page that holds the form, and send it from there.\n"


def headers(path: str) -> list[tuple[bytes, bytes]]:
    """The headers that every answer carries."""
    policy = TOOLS if path.startswith("/-/") and not path.startswith("/-/static") else STRICT
    return [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
    ]


def is_forged(scope: Any) -> bool:
    """Whether a request would change something without carrying a cookie.

    Datasette 0.65 checks its token against forged requests only where there is a cookie, so a POST without one passes.
    """
    if scope["type"] != "http" or scope["method"] in READING:
        return False
    return not any(name.lower() == b"cookie" and value.strip() for name, value in scope.get("headers", []))


def is_from_elsewhere(scope: Any) -> bool:
    """Whether a page of another server sent a request: a browser names the origin, programs name none or ours."""
    given = {name.lower(): value for name, value in scope.get("headers", [])}
    origin = given.get(b"origin")
    return origin is not None and origin.partition(b"://")[2] != given.get(b"host")


def path_of(scope: Any, base_url: str) -> str:
    """The path of a request below the address of the server."""
    return "/" + str(scope.get("path", "")).removeprefix(base_url.rstrip("/")).lstrip("/")


def checks_itself(scope: Any, base_url: str) -> bool:
    """Whether the page that gets a form checks its token itself, while it reads it: a form with files to one of ours.

    asgi-csrf 0.11, which checks for Datasette, fails on such forms with python-multipart from 0.0.23 on, and would keep
    all of a form without a token in memory.
    """
    kinds = [value for name, value in scope.get("headers", []) if name.lower() == b"content-type"]
    return path_of(scope, base_url) in WITH_FILES and kinds[:1] != [] and kinds[0].startswith(b"multipart/form-data")


def largest(datasette: Any, path: str, scope: Any) -> int:
    """Bytes that a request to a path may send: files come to /add from people who are signed in, and to /try."""
    if path == "/add" and is_signed_in(datasette, scope):
        return LARGEST_BATCH
    return LARGEST_TRIED if path == "/try" else LARGEST


def is_signed_in(datasette: Any, scope: Any) -> bool:
    """Whether a request carries the cookie of somebody who is signed in; what they may, the pages say."""
    try:
        return bool(datasette.unsign(Request(scope, None).cookies.get("ds_actor", ""), "actor"))
    except BadSignature:
        return False


def is_too_large(scope: Any, most: int) -> bool:
    """Whether a request would send more than we take, or does not say how much."""
    if scope["method"] in READING:
        return False
    lengths = [value for name, value in scope.get("headers", []) if name.lower() == b"content-length"]
    return len(lengths) != 1 or not lengths[0].isdigit() or int(lengths[0]) > most


def wrap(app: Any, datasette: Any) -> Callable[..., Any]:
    """An ASGI application that guards another one, the server's."""
    base_url = datasette.setting("base_url")

    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        hidden.look(datasette)
        path = path_of(scope, base_url)
        added = headers(path)
        sheet: sheets.Sheet | None = None

        async def send_guarded(event: Any) -> None:
            nonlocal sheet
            if event["type"] == "http.response.body" and sheet:
                event = sheet.event(event)
            elif event["type"] == "http.response.start":
                given = list(event.get("headers", []))
                sheet = sheets.Sheet() if sheets.is_csv(path, given) else None
                names = {name.lower() for name, _ in given}
                event["headers"] = [*given, *(header for header in added if header[0] not in names)]
            await send(event)

        status, refusal = 0, b""
        if path == ASSISTANTS:
            # POST without a session may pass here alone; DELETE ends a conversation, and has nothing to measure
            if is_from_elsewhere(scope):
                status, refusal = 403, ELSEWHERE
            elif scope["method"] != "DELETE" and is_too_large(scope, LARGEST):
                status, refusal = 413, TOO_LARGE
        elif is_forged(scope):
            status, refusal = 403, REFUSED
        elif is_too_large(scope, largest(datasette, path, scope)):
            status, refusal = 413, TOO_LARGE
        if refusal:
            kind = (b"content-type", b"text/plain; charset=utf-8")
            await send_guarded({"type": "http.response.start", "status": status, "headers": [kind]})
            await send_guarded({"type": "http.response.body", "body": refusal})
            return
        await app(scope, receive, send_guarded)

    return guarded
