"""The map and its data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Request, Response

from statement_nlp.publish import map_data
from statement_nlp.publish.answers import database_of, html

LISTED = 300
"""Places in the list beside the map; the map itself and its data have more."""


async def world_map(datasette: Any, request: Request) -> Response:
    """Places on a map that needs no network, and the same as a list."""
    database = await database_of(datasette, request)
    wanted = map_data.narrowing(request)
    found = await map_data.places(database, wanted)
    return await html(
        datasette, request, "map.html", wanted=wanted, places=found[:LISTED], total=len(found),
        fields=urlencode(map_data.as_fields(wanted)), choices=await map_data.choices(database),
    )  # fmt: skip


async def world_map_json(datasette: Any, request: Request) -> Response:
    """The places of the map as GeoJSON; the same fields narrow it."""
    database = await database_of(datasette, request)
    wanted = map_data.narrowing(request)
    if wanted.trouble:
        return Response.json({"error": wanted.trouble}, status=400)
    return Response.json(map_data.as_geojson(await map_data.places(database, wanted)))


ROUTES: list[tuple[str, Callable[..., Awaitable[Response]]]] = [
    (r"^/map$", world_map),
    (r"^/map\.geojson$", world_map_json),
]
