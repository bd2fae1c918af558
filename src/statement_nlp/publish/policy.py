"""What keeps requests at home: a content security policy for each answer, and no form without a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# No page of ours carries an inline script; styles may stand inline, since maps and Datasette's own pages set some.
STRICT = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Datasette's own tools under /-/ do carry inline scripts.
TOOLS = STRICT.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
READING = ("GET", "HEAD", "OPTIONS")
LARGEST = 256 * 1024
"""Bytes that a request may send."""
TOO_LARGE = b"That is more than this server takes in one form.\n"
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


def is_too_large(scope: Any) -> bool:
    """Whether a request would send more than we take, or does not say how much."""
    if scope["method"] in READING:
        return False
    lengths = [value for name, value in scope.get("headers", []) if name.lower() == b"content-length"]
    return len(lengths) != 1 or not lengths[0].isdigit() or int(lengths[0]) > LARGEST


def wrap(app: Any, base_url: str = "/") -> Callable[..., Any]:
    """An ASGI application that guards another one."""

    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        added = headers("/" + scope.get("path", "").removeprefix(base_url.rstrip("/")).lstrip("/"))

        async def send_guarded(event: Any) -> None:
            if event["type"] == "http.response.start":
                event["headers"] = [*event.get("headers", []), *added]
            await send(event)

        status, refusal = (403, REFUSED) if is_forged(scope) else (413, TOO_LARGE) if is_too_large(scope) else (0, b"")
        if refusal:
            kind = (b"content-type", b"text/plain; charset=utf-8")
            await send_guarded({"type": "http.response.start", "status": status, "headers": [kind]})
            await send_guarded({"type": "http.response.body", "body": refusal})
            return
        await app(scope, receive, send_guarded)

    return guarded
