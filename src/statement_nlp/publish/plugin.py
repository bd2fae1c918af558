"""The Datasette plugin: routes, links in cells, the demonstration's banner, and a policy that keeps requests at home.

Only hooks that outlive Datasette 0.65 are used, so that a move to 1.0 stays small.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.utils import tilde_encode
from markupsafe import Markup, escape

from statement_nlp.publish import page_data, pages

STATIC = "/-/static-plugins/statement_nlp"
LINKED = {"statement_id": "statement", "place_id": "place", "party_id": "party", "organisation_id": "organisation"}
TITLES = {
    "statement": ("statement_id", "statement"),
    "a_statement": ("a_statement_id", "statement"),
    "b_statement": ("b_statement_id", "statement"),
    "place": ("place_id", "place"),
    "party": ("party_id", "party"),
    "addressee": ("party_id", "party"),
    "organisation": ("organisation_id", "organisation"),
}
"""Columns that name something with a page of its own: the column that holds its id, and the page."""
RECORD_COLUMNS = {"claim_id": "claims", "figure_id": "figures", "demand_id": "demands"}
KIND_COLUMNS = ("statement_kind", "a_statement_kind", "b_statement_kind")
WHOLE_NUMBERS = frozenset({"low", "high", "population", "claims", "figures", "demands", "mentions", "statements"})
# Datasette's own pages carry inline scripts and styles; ours carry none, so they get the stricter policy.
COMMON_POLICY = "default-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"  # noqa: E501
STOCK_POLICY = COMMON_POLICY + "; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'"
OWN_POLICY = COMMON_POLICY + "; script-src 'self'; style-src 'self' 'unsafe-inline'"


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    """Our pages."""
    return pages.ROUTES


@hookimpl
def extra_css_urls() -> list[str]:
    """One style sheet for all pages."""
    return [f"{STATIC}/statement-nlp.css"]


@hookimpl
def extra_template_vars(datasette: Any, view_name: str) -> Callable[[], Awaitable[dict[str, Any]]]:
    """What the banner and the home page need."""

    async def found() -> dict[str, Any]:
        database = await page_data.ours(datasette)
        if database is None:
            return {"our_database": None, "our_counts": {}}
        shown: dict[str, Any] = {"our_database": database.name, "our_counts": await page_data.counts(database)}
        demonstration = await page_data.one(database, "SELECT value FROM meta WHERE key = 'demonstration'")
        shown["demonstration"] = bool(demonstration and demonstration["value"] not in ("", "0", "false"))
        if view_name == "index":
            shown |= await pages.home(database)
        return shown

    return found


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """Filters of our templates."""
    env.filters["number"] = number
    env.filters["tilde"] = tilde_encode
    env.filters["words"] = lambda value: str(value).replace("_", " ")


def number(value: float | None) -> str:
    """A number for readers: thousands separated, shares as percentages are left as numbers from 0 to 1."""
    if value is None:
        return ""
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"


@hookimpl
def render_cell(row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any) -> Markup | None:
    """Ids become links to our pages, kinds become badges, numbers get separators, lists lose their brackets."""
    if value is None:
        return None
    if column in TITLES:
        about, of = TITLES[column]
        target = _field(row, about)
        return _link(datasette.urls.path(f"/{of}/{tilde_encode(str(target))}"), str(value)) if target else None
    if column in LINKED and table != LINKED[column]:
        return _link(datasette.urls.path(f"/{LINKED[column]}/{tilde_encode(str(value))}"), "open")
    if column in RECORD_COLUMNS:
        return _link(datasette.urls.path(f"/{database}/{RECORD_COLUMNS[column]}/{value}"), "record")
    if column in KIND_COLUMNS or (column == "kind" and table == "statements"):
        return Markup('<span class="kind {}">{}</span>').format(value, value)
    if column in WHOLE_NUMBERS and isinstance(value, int | float):
        return Markup('<span class="number">{}</span>').format(number(value))
    if column == "cues" and isinstance(value, str):
        return escape("; ".join(map(str, json.loads(value))))
    return None


def _field(row: Any, column: str) -> Any:
    try:
        value = row[column]
    except (KeyError, IndexError, TypeError):
        return None  # this query has no such column
    return value["value"] if isinstance(value, dict) else value


def _link(url: str, text: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url, text)


@hookimpl
def menu_links(datasette: Any) -> list[dict[str, str]]:
    """The menu of the stock pages."""
    return [{"href": datasette.urls.path(href), "label": label} for href, label in pages.MENU]


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """Adds a content security policy and its companions to each answer."""

    def wrap(app: Any) -> Any:
        async def with_policy(scope: Any, receive: Any, send: Any) -> None:
            path = scope.get("path", "")
            own = any(pattern.match(path) for pattern in pages.PATTERNS)

            async def send_with_headers(event: Any) -> None:
                if event["type"] == "http.response.start":
                    policy = OWN_POLICY if own else STOCK_POLICY
                    event["headers"] = [
                        *event.get("headers", []),
                        (b"content-security-policy", policy.encode()),
                        (b"x-content-type-options", b"nosniff"),
                        (b"referrer-policy", b"same-origin"),
                    ]
                await send(event)

            await app(scope, receive, send_with_headers if scope["type"] == "http" else send)

        return with_policy

    return wrap
