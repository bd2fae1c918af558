"""Pages on what statements have in common: comparisons, tracks of figures and demands, timelines of a place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from datasette.database import Database
from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Request, Response

from statement_nlp.errors import UnknownStatementError
from statement_nlp.publish import names, page_data, track_chart, tracking_data
from statement_nlp.publish.answers import LONGEST_WORDS, database_of, given, html
from statement_nlp.records import CONDITIONS
from statement_nlp.store import export
from statement_nlp.store.queries import day_range
from statement_nlp.tracking.compare import Comparison, compare_stored
from statement_nlp.tracking.tracks import Point, during, timeline_stored

LETTERS = "abcdefgh"
"""Names of the parameters of a comparison, a statement each."""
Context = dict[str, Any]


async def _meant(database: Database, words: str) -> list[page_data.Row]:
    """The statements that words may mean: one where they are an id, a whole title, or a part of one title only."""
    found = await page_data.rows(database, tracking_data.STATEMENTS_NAMED, words=words)
    whole = [row for row in found if row["id"] == words] or [
        row for row in found if row["title"].casefold() == words.casefold()
    ]
    return whole if len(whole) == 1 else found


async def _asked(database: Database, request: Request) -> list[Context]:
    """What was asked for a comparison: each with `letter`, `words`, `found` (the statement, or None) and `choices`."""
    asked = []
    for name in LETTERS:
        for value in request.args.getlist(name):
            if words := value.strip()[:LONGEST_WORDS]:
                meant = await _meant(database, words)
                one = meant[0] if len(meant) == 1 else None
                asked.append({"letter": name, "words": words, "found": one, "choices": meant})
    return asked


async def _compared(database: Database, ids: list[str]) -> Comparison:
    compared: Comparison = await database.execute_fn(lambda connection: compare_stored(connection, ids))
    return compared


async def compare(datasette: Any, request: Request) -> Response:
    """Statements side by side."""
    database = await database_of(datasette, request)
    asked = await _asked(database, request)
    ids = list(dict.fromkeys(one["found"]["id"] for one in asked if one["found"]))
    ready = len(ids) > 1 and all(one["found"] for one in asked)
    compared = await _compared(database, ids) if ready else None
    offered = [] if asked else await page_data.rows(database, tracking_data.MOST_LINKED)
    linked = (
        await page_data.rows(database, tracking_data.LINKED_STATEMENTS, id=ids[0])
        if len(asked) == len(ids) == 1
        else []
    )
    return await html(
        datasette,
        request,
        "compare.html",
        asked=asked,
        ids=ids,
        compared=compared,
        letters={one: chr(ord("A") + n) for n, one in enumerate(ids)},
        titles=await page_data.rows(database, tracking_data.NEWEST_TITLES),
        offered=offered,
        linked=linked,
        said=tracking_data.SAID,
    )


async def compare_json(datasette: Any, request: Request) -> Response:
    """The same as JSON; what is missing is an error with status 400 or 404."""
    database = await database_of(datasette, request)
    asked = await _asked(database, request)
    unclear = [one for one in asked if not one["found"]]
    if unclear:
        meant = [row["id"] for row in unclear[0]["choices"]]
        return Response.json({"error": f"which statement is {unclear[0]['words']!r}?", "may_be": meant}, status=404)
    try:
        return Response.json(asdict(await _compared(database, [one["found"]["id"] for one in asked])))
    except UnknownStatementError as error:
        return Response.json({"error": str(error)}, status=404)
    except ValueError as error:
        return Response.json({"error": f"{error}: /compare.json?a=ID&b=ID"}, status=400)


async def tracks(datasette: Any, request: Request) -> Response:
    """All tracks of figures, or of demands, with filters."""
    database = await database_of(datasette, request)
    layer = "demands" if request.args.get("layer") == "demands" else "figures"
    chosen = {name: given(request, name) for name in ("q", "condition", "theme")}
    chosen["conflicts"] = "1" if request.args.get("conflicts") else ""
    choices = {name: await page_data.rows(database, sql) for name, sql in tracking_data.CHOICES.items()}
    found = await tracking_data.tracks(database, layer=layer, **chosen)
    return await html(
        datasette, request, "tracks.html", layer=layer, given=chosen, choices=choices, found=found,
        most=tracking_data.MOST_TRACKS, narrowed=any(chosen.values()),
    )  # fmt: skip


async def _track(database: Database, request: Request) -> page_data.Row:
    number = tilde_decode(request.url_vars["id"])
    found = await tracking_data.track(database, int(number)) if number.lstrip("-").isdigit() else None
    if found is None:
        raise NotFound(f"No track {number!r} is stored here. The page Tracks lists those that are.")
    return found


async def track(datasette: Any, request: Request) -> Response:
    """One track: what it follows, by whom, where statements conflict, with a chart and the same as a table."""
    database = await database_of(datasette, request)
    found = await _track(database, request)
    chart = track_chart.draw(found["rows"], found["title"]) if found["layer"] == "figures" else None
    publishers = list(dict.fromkeys(row["publisher"] or row["statement"] for row in found["rows"]))
    asked: dict[str, str] = {}
    for row in found["rows"] if found["layer"] == "demands" else ():
        asked |= {party["id"]: party["name"] for party in row["addressees"]}
    return await html(
        datasette, request, "track.html", track=found, chart=chart, publishers=publishers, asked=asked,
        said=tracking_data.SAID,
    )  # fmt: skip


async def track_json(datasette: Any, request: Request) -> Response:
    """The same as JSON."""
    return Response.json(await _track(await database_of(datasette, request), request))


async def _place_named(
    database: Database, name: str, condition: str
) -> tuple[page_data.Row | None, list[page_data.Row]]:
    """The place that is meant by an id or a name, one with such figures itself first, and others so called."""
    given = {"name": name, "condition": condition}
    found = await page_data.rows(database, tracking_data.PLACES_NAMED, **given) if name else []
    return (found[0], found[1:]) if found else (None, [])


async def _points(database: Database, place: page_data.Row, condition: str, linked: bool) -> list[Point]:
    points: list[Point] = await database.execute_fn(
        lambda connection: timeline_stored(connection, [place["id"]], condition, linked_only=linked)
    )
    return points


async def timeline(datasette: Any, request: Request) -> Response:
    """The figures of one place and condition in the order of their days: a chart, and the same as a table."""
    database = await database_of(datasette, request)
    name, linked = given(request, "place"), bool(request.args.get("linked"))
    place, others = await _place_named(database, name, given(request, "condition"))
    conditions = await page_data.rows(database, tracking_data.CONDITIONS_OF, id=place["id"]) if place else []
    asked = given(request, "condition")
    condition = asked if asked in CONDITIONS else (conditions[0]["condition"] if conditions else "")
    points = await _points(database, place, condition, linked) if place and condition else []
    years = Counter((point.day or "")[:4] or "undated" for point in points)
    since, until, trouble = _time(request)
    rows = [asdict(point) | {"id": point.figure_id} for point in during(points, since, until)]
    groups = _groups(rows)
    near = await names.nearest(database, "place", name) if name and not place else []
    return await html(
        datasette, request, "timeline.html", name=name, place=place, others=others, condition=condition,
        conditions=conditions, linked=linked, groups=groups, points=rows, near=near,
        years={year: n for year, n in sorted(years.items()) if year != "undated"}, every=len(points),
        since=given(request, "since"), until=given(request, "until"), trouble=trouble,
        sources=[row for row in rows if row["statement_kind"] == "illustrative"], status=400 if trouble else 200,
    )  # fmt: skip


def _time(request: Request) -> tuple[str | None, str | None, str]:
    """First and last day of the time that is asked for, and what is wrong with it, in words."""
    try:
        return *day_range(given(request, "since") or None, given(request, "until") or None), ""
    except ValueError as error:
        return None, None, f"{error}."


def _groups(rows: list[Context]) -> list[Context]:
    """Figures by track, each group with its chart; those of no track by what they count."""
    groups: dict[str, list[Context]] = {}
    for row in rows:
        groups.setdefault(row["track"] or f"{row['unit']}, not linked to another statement", []).append(row)
    made = [
        {"title": title, "rows": members, "track_id": members[0]["track_id"], "chart": track_chart.draw(members, title)}
        for title, members in groups.items()
    ]
    return sorted(made, key=lambda group: (group["track_id"] is None, -len(group["rows"])))


async def timeline_data(datasette: Any, request: Request) -> Response:
    """The figures of a timeline as JSON, or as CSV."""
    database = await database_of(datasette, request)
    condition = given(request, "condition")
    place, _ = await _place_named(database, given(request, "place"), condition)
    if place is None or condition not in CONDITIONS:
        wanted = f"/timeline.json?place=NAME&condition=CONDITION; conditions are {', '.join(CONDITIONS)}"
        return Response.json({"error": f"no such place or condition: {wanted}"}, status=404)
    since, until, trouble = _time(request)
    if trouble:
        return Response.json({"error": trouble}, status=400)
    points = during(await _points(database, place, condition, bool(request.args.get("linked"))), since, until)
    if request.url_vars["form"] == "json":
        return Response.json([asdict(point) for point in points])
    columns = list(Point.__dataclass_fields__)
    written = export.MARK + "".join(export.to_csv((asdict(point) for point in points), columns))
    return Response(written, content_type="text/csv; charset=utf-8")


ROUTES: list[tuple[str, Callable[..., Awaitable[Response]]]] = [
    (r"^/compare$", compare),
    (r"^/compare\.json$", compare_json),
    (r"^/tracks$", tracks),
    (r"^/track/(?P<id>[^/.]+)$", track),
    (r"^/track/(?P<id>[^/.]+)\.json$", track_json),
    (r"^/timeline$", timeline),
    (r"^/timeline\.(?P<form>json|csv)$", timeline_data),
]
