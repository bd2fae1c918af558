"""Our own pages beside Datasette's: statement, place, party, organisation, search, map, about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Request, Response

from statement_nlp.publish import (
    about_page,
    adding,
    ask_pages,
    charts,
    fact_pages,
    feed,
    map_pages,
    names,
    page_data,
    party_data,
    review_data,
    suggest,
    theme_pages,
    tracking_data,
    tracking_pages,
    tryout,
)
from statement_nlp.publish.answers import database_of, given, html, web_address
from statement_nlp.publish.highlight import Span, highlight
from statement_nlp.store.questions import as_fts

MENU = (
    ("/", "Home"),
    ("/ask", "Ask"),
    ("/map", "Map"),
    ("/places", "Places"),
    ("/parties", "Parties"),
    ("/themes", "Themes"),
    ("/tracks", "Tracks"),
    ("/compare", "Compare"),
    ("/try", "Try"),
    ("/add", "Add"),
    ("/about", "About"),
)
"""Addresses and what the menu calls them; a page that this server does not have is left out."""
SEARCH_ROWS = 30
LISTED = 2000
"""Code points of a record that the list beside its text shows."""
LONGEST_QUERY = 200
"""Characters of what is searched for; the rest is cut off."""
SURE = 88
"""How alike a name must be to be offered beside the results of a search, from 0 to 100."""
NAMED = {"places": "place", "parties": "addressee", "organisations": "organisation"}


def _title(layer: str, row: dict[str, Any]) -> str:
    if layer == "figures":
        return f"figure: {row['condition'].replace('_', ' ')}, {row['unit']}"
    if layer == "claims":
        return f"claim, {row['status']}"
    if layer == "demands":
        return "demand on " + (", ".join(a["name"] for a in row["addressees"]) or "nobody named")
    return f"{layer[:-1] if layer == 'places' else 'party'}: {row['name']}"


async def statement(datasette: Any, request: Request) -> Response:
    """A statement with its text, highlights, records, signatories and links."""
    database = await database_of(datasette, request)
    statement_id = tilde_decode(request.url_vars["id"])
    found = await page_data.one(
        database,
        """SELECT s.*, n.listed, n.stated, n.difference, n.stated_quote, r.version, r.started AS extracted
           FROM statements s LEFT JOIN signatory_counts n ON n.statement_id = s.id JOIN runs r ON r.id = s.run_id
           WHERE s.id = :id""",
        id=statement_id,
    )
    if found is None:
        raise NotFound(f"No statement {statement_id!r} is stored here. The table of statements lists those that are.")
    layers = await page_data.layers(database, statement_id)
    zones = await page_data.rows(
        database, 'SELECT start, "end", kind FROM zones WHERE statement_id = :id ORDER BY position', id=statement_id
    )
    spans = [
        Span(row["id"], layer, row["start"], row["end"], _title(layer, row))
        for layer, records in layers.items()
        for row in records
    ]
    for row in (row for records in layers.values() for row in records):
        row["quote"] = row["quote"][:LISTED] + (" …" if len(row["quote"]) > LISTED else "")
    return await html(
        datasette,
        request,
        "statement.html",
        statement=found,
        url=web_address(found["url"]),
        layers=layers,
        in_order=sorted(
            (row | {"layer": layer} for layer, records in layers.items() for row in records),
            key=lambda row: (row["start"], -row["end"]),
        ),
        parts=highlight(found["text"], [(z["start"], z["end"], z["kind"]) for z in zones], spans),
        signatories=await page_data.rows(database, page_data.SIGNATORIES, id=statement_id),
        links=tracking_data.by_record(await page_data.rows(database, page_data.LINKS, id=statement_id), layers),
        review=await review_data.of_statement(datasette, database, statement_id, request.actor),
    )


async def place(datasette: Any, request: Request) -> Response:
    """A place with all that lies inside it: claims, figures over time, demands."""
    database = await database_of(datasette, request)
    place_id = tilde_decode(request.url_vars["id"])
    found = await page_data.one(database, "SELECT * FROM places WHERE id = :id", id=place_id)
    if found is None:
        raise NotFound(f"No place {place_id!r} is stored here. The Places page lists those that are.")
    lists = {
        "around": page_data.PLACE_AROUND,
        "inside": page_data.PLACE_INSIDE,
        "claims": page_data.PLACE_CLAIMS,
        "figures": page_data.PLACE_FIGURES,
        "demands": page_data.PLACE_DEMANDS,
    }
    shown: dict[str, Any] = dict(await page_data.many(database, lists, id=place_id))
    return await html(
        datasette,
        request,
        "place.html",
        place=found,
        totals=await page_data.one(database, page_data.PLACE_TOTALS, id=place_id) or page_data.NOTHING,
        namesakes=await page_data.rows(database, page_data.PLACE_NAMESAKES, id=place_id, name=found["name"]),
        charts=charts.by_condition(shown["figures"]),
        tracks=await tracking_data.tracks(database, tracking_data.OF_PLACE, id=place_id),
        conditions=await page_data.rows(database, tracking_data.CONDITIONS_OF, id=place_id),
        **shown,
    )


async def party(datasette: Any, request: Request) -> Response:
    """A party: what is demanded of it, and where it is named."""
    database = await database_of(datasette, request)
    party_id = tilde_decode(request.url_vars["id"])
    found = await page_data.one(database, "SELECT * FROM parties WHERE id = :id", id=party_id)
    if found is None:
        raise NotFound(f"No party {party_id!r} is stored here. The Parties page lists those that are.")
    names = await page_data.rows(database, "SELECT name FROM party_names WHERE party_id = :id", id=party_id)
    years = await page_data.rows(database, page_data.PARTY_YEARS, id=party_id)
    return await html(
        datasette, request, "party.html", party=found, names=[n["name"] for n in names],
        named=await page_data.rows(database, page_data.PARTY_NAMED, id=party_id),
        demands=await page_data.rows(database, page_data.PARTY_DEMANDS, id=party_id),
        totals=await page_data.one(database, page_data.PARTY_TOTALS, id=party_id) or page_data.NOTHING,
        years=charts.by_year({int(row["year"]): row["n"] for row in years}),
        tracks=await tracking_data.tracks(database, tracking_data.OF_PARTY, id=party_id),
        **await party_data.beside(database, party_id, given(request, "theme")),
    )  # fmt: skip


async def organisation(datasette: Any, request: Request) -> Response:
    """An organisation: what it signed and published, and with whom it signs."""
    database = await database_of(datasette, request)
    organisation_id = tilde_decode(request.url_vars["id"])
    found = await page_data.one(database, "SELECT * FROM organisations WHERE id = :id", id=organisation_id)
    if found is None:
        raise NotFound(f"No organisation {organisation_id!r} is stored here. The table of organisations lists all.")
    shown: dict[str, Any] = {
        name: await page_data.rows(database, sql, id=organisation_id)
        for name, sql in page_data.ORGANISATION_LISTS.items()
    }
    kinds = {row["kind"] for row in (*shown["signed"], *shown["published"])}
    return await html(datasette, request, "organisation.html", organisation=found, kinds=kinds, **shown)


async def _listing(datasette: Any, request: Request, what: str) -> Response:
    database = await database_of(datasette, request)
    query = (request.args.get("q") or "").strip()[:LONGEST_QUERY]
    found = await page_data.rows(database, page_data.LISTINGS[what], q=query)
    near = await names.nearest(database, NAMED[what], query) if query and not found else []
    return await html(datasette, request, "listing.html", what=what, query=query, found=found, nearest=near)


async def places(datasette: Any, request: Request) -> Response:
    """All places that statements speak of; a name that nobody has leads to the nearest ones."""
    return await _listing(datasette, request, "places")


async def parties(datasette: Any, request: Request) -> Response:
    """All parties; a name that nobody has leads to the nearest ones."""
    return await _listing(datasette, request, "parties")


async def search(datasette: Any, request: Request) -> Response:
    """What holds the words, best first, with snippets, and places, parties and organisations that are so called."""
    database = await database_of(datasette, request)
    query = (request.args.get("q") or "").strip()[:LONGEST_QUERY]
    shown: dict[str, Any] = {"statements": [], "claims": [], "demands": [], **{listing: [] for listing in NAMED}}
    if words := as_fts(query):
        shown |= await page_data.many(database, page_data.SEARCHES, q=words, limit=SEARCH_ROWS)
        if not any(shown[layer] for layer in page_data.SEARCHES):
            meant = await names.words_meant(database, query)
            if meant:
                shown |= await page_data.many(database, page_data.SEARCHES, q=as_fts(meant), limit=SEARCH_ROWS)
                shown["meant"] = meant
        for listing, what in NAMED.items():
            shown[listing] = await names.nearest(database, what, query, likeness=SURE)
    return await html(datasette, request, "search.html", query=query, limit=SEARCH_ROWS, **shown)


async def newest_feed(datasette: Any, request: Request) -> Response:
    """The newest statements as an Atom feed."""
    database = await database_of(datasette, request)
    return Response(await feed.newest(datasette, request, database), content_type="application/atom+xml; charset=utf-8")


ROUTES: list[tuple[str, Callable[..., Awaitable[Response]]]] = [
    (r"^/statement/(?P<id>.+)$", statement),
    (r"^/place/(?P<id>.+)$", place),
    (r"^/party/(?P<id>.+)$", party),
    (r"^/organisation/(?P<id>.+)$", organisation),
    (r"^/places$", places),
    (r"^/parties$", parties),
    (r"^/search$", search),
    (r"^/feed\.atom$", newest_feed),
    (r"^/try$", tryout.page),
    *about_page.ROUTES,
    *adding.ROUTES,
    *map_pages.ROUTES,
    *suggest.ROUTES,
    *theme_pages.ROUTES,
    *tracking_pages.ROUTES,
    *ask_pages.ROUTES,
    *fact_pages.ROUTES,
]


def menu(datasette: Any, path: str) -> list[dict[str, Any]]:
    """The entries of the menu, with `href`, `label`, and whether the page at this path is the one."""
    there = {pattern for pattern, _ in ROUTES}
    return [
        {"href": datasette.urls.path(href), "label": label, "here": path == datasette.urls.path(href)}
        for href, label in MENU
        if href == "/" or f"^{href}$" in there
    ]
