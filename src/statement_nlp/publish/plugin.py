"""The Datasette plugin: routes, links in cells, the demonstration's banner, errors, and what keeps requests at home.

Only hooks that outlive Datasette 0.65 are used, so that a move to 1.0 stays small.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.utils import tilde_encode

from statement_nlp.publish import (
    adding,
    answers,
    cells,
    error_pages,
    hidden,
    home_data,
    names,
    page_data,
    pages,
    policy,
    review_data,
    review_pages,
    row_pages,
)
from statement_nlp.publish.long_words import LongWords
from statement_nlp.store.database import add_functions

PLUGIN = "statement_nlp"


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    """Our pages."""
    return pages.ROUTES + review_pages.routes(datasette)


@hookimpl
def extra_css_urls(datasette: Any) -> list[str]:
    """One style sheet for all pages."""
    return [str(datasette.urls.static_plugins(PLUGIN, "statement-nlp.css"))]


@hookimpl
def extra_template_vars(
    datasette: Any, template: str, view_name: str, request: Any, table: str | None
) -> Callable[[], Awaitable[dict[str, Any]]]:
    """What the banner, the home page, rows and questions need."""

    async def found() -> dict[str, Any]:
        ours = await page_data.ours(datasette)
        path = request.path if request else ""
        if ours is None:
            return {
                "menu": [],
                "our_database": None,
                "our_counts": {},
                "plumbing": frozenset(),
                "reviewing": False,
                "may_add": False,
            }
        shown: dict[str, Any] = {"our_database": ours.name, "plumbing": cells.PLUMBING}
        shown["menu"] = pages.menu(datasette, path)
        shown["plumbing_of_tables"] = cells.PLUMBING - cells.KEYS
        shown["sql_on"] = await datasette.permission_allowed(
            request.actor if request else None, "execute-sql", resource=ours.name, default=True
        )
        shown["names_hidden"] = hidden.of(datasette) is not None
        shown["may_add"] = await adding.may_add(datasette, request.actor if request else None)
        shown["reviewing"] = bool(request and request.actor) and review_data.is_on(datasette)
        shown |= await page_data.standing(ours)
        if view_name == "index":
            shown |= await home_data.home(ours)
        elif view_name == "row" and table and request.url_vars.get("database") == tilde_encode(ours.name):
            shown["row_table"] = table
            shown["row_heading"] = lambda row: row_pages.heading(ours, table, row)
        elif template.startswith("query"):
            given = {key: request.args.get(key) or "" for key in request.args if not key.startswith("_")}
            given.pop("sql", None)
            shown["understood"] = lambda: names.understood(ours, request.path, given)
            shown["choices"] = lambda parameters: names.choices(ours, parameters)
        return shown

    return found


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """Filters of our templates; and no word that is shown is endless."""
    env.add_extension(LongWords)
    env.filters["number"] = cells.number
    env.filters["tilde"] = tilde_encode
    env.filters["words"] = lambda value: str(value).replace("_", " ")
    env.filters["method"] = cells.plain_method
    env.filters["heading"] = cells.heading
    env.filters["opened"] = cells.opened
    env.filters["rooted"] = cells.rooted
    env.filters["web"] = answers.web_address


@hookimpl(trylast=True)
def register_mcp_tools(datasette: Any, mcp: Any) -> None:
    """Tools for assistants. Only datasette-mcp calls this, so only then what it needs is loaded."""
    from statement_nlp.publish import assistants

    assistants.register(datasette, mcp)


@hookimpl
def prepare_connection(conn: Any) -> None:
    """Distances in SQL."""
    add_functions(conn)


@hookimpl
def render_cell(row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any) -> cells.Cell:
    """Ids become links, kinds become badges, numbers get separators, codes become words."""
    return cells.render(row, value, column, table, database, datasette)


@hookimpl
def menu_links(datasette: Any) -> list[dict[str, str]]:
    """The menu, for pages of other plugins that use Datasette's own."""
    return [{"href": entry["href"], "label": entry["label"]} for entry in pages.menu(datasette, "")]


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Callable[[], Awaitable[Any]]:
    """Errors with our banner, styles and search."""

    async def shown() -> Any:
        return await error_pages.answer(datasette, request, exception)

    return shown


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """A content security policy on each answer; no form without a session."""
    return lambda app: policy.wrap(app, datasette)


@hookimpl
def skip_csrf(datasette: Any, scope: Any) -> bool:
    """Forms with files are checked by the page that reads them."""
    return policy.checks_itself(scope, datasette.setting("base_url"))


@hookimpl
def startup(datasette: Any) -> Callable[[], Awaitable[None]]:
    """What people sent before the server ended is taken up again."""

    async def resumed() -> None:
        await hidden.start(datasette)
        await adding.resume(datasette)

    return resumed
