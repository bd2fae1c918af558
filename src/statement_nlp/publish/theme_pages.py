"""Themes of demands: by whom they are asked of, about which places, when."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import NotFound, Request, Response

from statement_nlp.publish import charts, page_data, tracking_data
from statement_nlp.publish.answers import database_of, html
from statement_nlp.publish.kept import kept
from statement_nlp.records import THEMES

ALL = """
    SELECT theme, count(*) AS demands, min(nullif(date, '')) AS first, max(date) AS last FROM demands_on
    GROUP BY theme ORDER BY demands DESC"""
LISTS: Mapping[str, str] = {
    "months": """SELECT substr(date, 1, 7) AS month, count(*) AS n, 0 AS illustrative FROM demands_on
        WHERE theme = :theme GROUP BY 1 ORDER BY 1""",
    "parties": """SELECT p.id, p.name, p.kind, sum(m.demands) AS demands, min(nullif(m.month, '')) AS first,
        max(m.month) AS last FROM party_months m JOIN parties p ON p.id = m.party_id
        WHERE m.theme = :theme GROUP BY p.id ORDER BY demands DESC, p.name LIMIT 20""",
    "places": """SELECT p.id, p.name, p.feature, p.country_name, sum(m.demands) AS demands
        FROM theme_months m JOIN places p ON p.id = m.place_id
        WHERE m.theme = :theme GROUP BY p.id ORDER BY demands DESC, p.name LIMIT 20""",
    "newest": """SELECT d.id, d.quote, s.id AS statement_id, coalesce(s.title, s.id) AS statement, s.published,
        s.publisher, s.kind, (SELECT json_group_array(json_object('name', p.name, 'id', p.id))
          FROM demand_addressees a JOIN parties p ON p.id = a.party_id WHERE a.demand_id = d.id) AS addressees
        FROM demands_on x CROSS JOIN demands d ON d.id = x.demand_id JOIN statements s ON s.id = d.statement_id
        WHERE x.theme = :theme AND d.judgement IS NOT 'rejected' ORDER BY x.date DESC LIMIT 50""",
}
OF_THEME = "t.layer = 'demands' AND t.theme = :theme"


async def themes(datasette: Any, request: Request) -> Response:
    """All themes, with how often something is demanded on each."""
    database = await database_of(datasette, request)

    async def read() -> list[page_data.Row]:
        return await page_data.rows(database, ALL)

    found = await kept(database, "themes", read)
    path = datasette.urls.path
    bars = [
        (row["theme"].replace("_", " "), path(f"/theme/{tilde_encode(row['theme'])}"), row["demands"]) for row in found
    ]
    return await html(
        datasette, request, "themes.html", themes=found, chart=charts.ranked(bars, "Demands by theme")
    )  # fmt: skip


async def theme(datasette: Any, request: Request) -> Response:
    """One theme: the demands on it by addressee, by place and by time, and the newest of them."""
    database = await database_of(datasette, request)
    name = tilde_decode(request.url_vars["name"])
    if name not in THEMES:
        raise NotFound(f"There is no theme {name!r}. Themes are: {', '.join(THEMES).replace('_', ' ')}.")

    async def read() -> dict[str, Any]:
        shown: dict[str, Any] = {what: await page_data.rows(database, sql, theme=name) for what, sql in LISTS.items()}
        shown["tracks"] = await tracking_data.tracks(database, OF_THEME, theme=name)
        return shown

    shown = await kept(database, ("theme", name), read)
    path = datasette.urls.path
    bars = [(row["name"], path(f"/party/{tilde_encode(row['id'])}"), row["demands"]) for row in shown["parties"][:12]]
    return await html(
        datasette, request, "theme.html", theme=name, total=sum(row["n"] for row in shown["months"]),
        months_chart=charts.by_month(shown["months"], "Demands"),
        parties_chart=charts.ranked(bars, f"Demands on {name.replace('_', ' ')}, by addressee"), **shown,
    )  # fmt: skip


ROUTES: list[tuple[str, Callable[..., Awaitable[Response]]]] = [
    (r"^/themes$", themes),
    (r"^/theme/(?P<name>[^/]+)$", theme),
]
