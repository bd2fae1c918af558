"""Serves a database with Datasette, our plugin and our metadata, on this machine."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import webbrowser
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm

from statement_nlp.errors import DatabaseError, StatementNlpError
from statement_nlp.store.database import Database

PACKAGE = Path(__file__).parents[1]
PLUGIN = "statement_nlp"
METADATA = "datasette_metadata.json"
STOCK_ERRORS = "datasette.handle_exception"
METADATA_DATABASE = "statements"
"""The database that the metadata file describes; another name is put in its place when another file is served."""
SETTINGS: Mapping[str, Any] = {
    # suggesting facets makes table pages many times slower, and nobody asked for them
    "suggest_facets": False,
    "default_page_size": 50,
    "max_returned_rows": 10_000,
    "sql_time_limit_ms": 5_000,
    "facet_time_limit_ms": 1_000,
    "allow_download": True,
    "truncate_cells_html": 400,
}


def read_metadata(database: str = METADATA_DATABASE) -> dict[str, Any]:
    """The packaged metadata, for a database of this name (a file's name without .db)."""
    for path in (PACKAGE / METADATA, PACKAGE.parents[1] / METADATA):
        if path.is_file():
            metadata: dict[str, Any] = json.loads(path.read_text(encoding="utf8"))
            databases = metadata.get("databases", {})
            if database != METADATA_DATABASE and METADATA_DATABASE in databases:
                databases[database] = databases.pop(METADATA_DATABASE)
            return metadata
    raise StatementNlpError(f"{METADATA} is missing from this installation: install statement-nlp again")


def application(
    path: Path,
    *,
    settings: Mapping[str, Any] | None = None,
    secret: str | None = None,
    review: bool = False,
    plugins: Mapping[str, Any] | None = None,
    hide: bool = False,
) -> Datasette:
    """Datasette for one database file, which must be ours.

    Args:
        path: a database of `statement_nlp.store.database`.
        settings: Datasette settings that override `SETTINGS`.
        secret: signs cookies; None for a new one at each start.
        review: whether people who are signed in may judge records on the pages.
        plugins: configuration of other plugins, such as one that signs people in.
        hide: whether a copy without the names of private persons is served in place of the database.

    Raises:
        StatementNlpError: records cannot be judged where names are hidden.
    """
    metadata = read_metadata(path.stem)
    ours = {**metadata.get("plugins", {}).get(PLUGIN, {}), **(plugins or {}).get(PLUGIN, {}), "review": review}
    ours |= {"hide_private_names": True} if hide else {}
    if review and ours.get("hide_private_names"):
        raise StatementNlpError(
            "records are judged where names can be read: leave out --hide-private-names or --review"
        )
    metadata["plugins"] = {**metadata.get("plugins", {}), **(plugins or {}), PLUGIN: ours}
    # ours answers every error; Datasette's would print the variables of each missed page to the terminal besides
    if pm.has_plugin(STOCK_ERRORS):
        pm.unregister(name=STOCK_ERRORS)
    return Datasette(
        [str(path)],
        metadata=metadata,
        settings={**SETTINGS, **(settings or {})},
        **({"secret": secret} if secret else {}),
    )


def is_this_machine(host: str) -> bool:
    """Whether only this machine reaches what listens at an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def serve(
    path: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8001,
    open_browser: bool = False,
    settings: Mapping[str, Any] | None = None,
    announce: Callable[[str], None] = print,
    review: bool = False,
    plugins: Mapping[str, Any] | None = None,
    sql: bool | None = None,
    proxy: str | None = None,
    hide: bool = False,
) -> None:
    """Serve a database until interrupted; an empty database is made where there is none.

    People who are signed in may add statements and, with `review`, judge records; the link that signs in on this
    machine is announced.
    Readers may ask in SQL of their own if `sql`; None means: if only this machine can reach the pages. The addresses of
    clients that a `proxy` names are believed, nobody else's.
    `DATASETTE_SECRET` of the environment signs the cookies, so that they outlast this server.

    Raises:
        DatabaseError: the file is not a database of ours.
        StatementNlpError: the port is taken.
    """
    with Database(path):
        pass  # makes, migrates or refuses it before anything listens
    if not _is_free(host, port):
        raise StatementNlpError(f"port {port} of {host} is taken: stop what listens there, or give another with --port")
    secret = os.environ.get("DATASETTE_SECRET")
    allowed = is_this_machine(host) and not proxy if sql is None else sql
    settings = {"default_allow_sql": allowed, **(settings or {})}
    datasette = application(path, settings=settings, secret=secret, review=review, plugins=plugins, hide=hide)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port}/"
    announce(f"Serving {path} at {address}  (Ctrl+C stops)")
    if not settings["default_allow_sql"] and sql is None:
        announce("Others can reach these pages, so nobody may ask in SQL of their own; --sql on lets them.")
    here = "127.0.0.1" if host in ("0.0.0.0", "::") else shown
    link = f"http://{here}:{port}{datasette.urls.path('/-/auth-token')}?token={datasette._root_token}"
    may = "add statements and review" if review else "add statements"
    announce(f"To sign in as root on this machine and {may}, open this link; it works once: {link}")
    if review:
        address = link
    if open_browser:
        webbrowser.open(address)

    async def run() -> None:
        await datasette.invoke_startup()
        config = uvicorn.Config(
            datasette.app(), host=host, port=port, log_level="warning", lifespan="on",
            proxy_headers=proxy is not None, forwarded_allow_ips=proxy or "",
        )  # fmt: skip
        await uvicorn.Server(config).serve()

    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        announce("Stopped.")


__all__ = ["SETTINGS", "DatabaseError", "application", "read_metadata", "serve"]
