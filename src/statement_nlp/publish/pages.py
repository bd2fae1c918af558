"""Our own pages beside Datasette's: statement, place, party, organisation, search, map, about."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from datasette.database import Database
from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Request, Response
from rapidfuzz import fuzz, process

from statement_nlp.publish import charts, page_data
from statement_nlp.publish.highlight import Span, highlight

MENU = (("/", "Home"), ("/search", "Search"), ("/places", "Places"), ("/parties", "Parties"), ("/map", "Map"), ("/about", "About"))  # fmt: skip
SEARCH_ROWS = 30
NEAREST = 6


async def _database(datasette: Any, request: Request) -> Database:
    database = await page_data.ours(datasette)
    if database is None:
        raise NotFound("No database of statements is served here")
    await datasette.ensure_permissions(request.actor, [("view-database", database.name), "view-instance"])
    return database


async def _html(datasette: Any, request: Request, template: str, status: int = 200, **context: Any) -> Response:
    page = await datasette.render_template(f"statement_nlp/{template}", context, request=request, view_name="own")
    return Response.html(page, status=status)


async def home(database: Database) -> dict[str, Any]:
    """What the home page shows: the newest statements, the places and addressees with most, findings."""
    return {
        "newest": await page_data.rows(
            database,
            """SELECT id, coalesce(title, id) AS title, published, publisher, kind FROM statements
               ORDER BY published DESC LIMIT 8""",
        ),
        "top_places": await page_data.rows(
            database,
            """SELECT p.id, p.name, k.claims FROM place_counts k JOIN places p ON p.id = k.place_id
               WHERE p.feature <> 'country' ORDER BY k.claims DESC LIMIT 10""",
        ),
        "top_parties": await page_data.rows(
            database,
            """SELECT p.id, p.name, count(*) AS demands FROM demand_addressees r JOIN parties p ON p.id = r.party_id
               GROUP BY p.id ORDER BY demands DESC LIMIT 10""",
        ),
        "findings": await page_data.rows(
            database,
            """SELECT statement, statement_id, statement_kind, finding FROM signatory_findings
               WHERE difference <> 0 ORDER BY abs(difference) DESC LIMIT 5""",
        ),
    }


def web_address(url: str | None) -> str | None:
    """The address, if it is one that a reader may safely follow: http or https."""
    if not url:
        return None
    parts = urlsplit(url.strip())
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None


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
    database = await _database(datasette, request)
    statement_id = tilde_decode(request.url_vars["id"])
    found = await page_data.one(
        database,
        """SELECT s.*, n.listed, n.stated, n.difference, n.stated_quote, r.version, r.started AS extracted
           FROM statements s LEFT JOIN signatory_counts n ON n.statement_id = s.id JOIN runs r ON r.id = s.run_id
           WHERE s.id = :id""",
        id=statement_id,
    )
    if found is None:
        raise NotFound(f"No statement {statement_id!r} is stored here")
    layers = await page_data.layers(database, statement_id)
    zones = await page_data.rows(
        database, 'SELECT start, "end", kind FROM zones WHERE statement_id = :id ORDER BY position', id=statement_id
    )
    spans = [
        Span(row["id"], layer, row["start"], row["end"], _title(layer, row))
        for layer, records in layers.items()
        for row in records
    ]
    return await _html(
        datasette,
        request,
        "statement.html",
        statement=found,
        url=web_address(found["url"]),
        layers=layers,
        parts=highlight(found["text"], [(z["start"], z["end"], z["kind"]) for z in zones], spans),
        signatories=await page_data.rows(database, page_data.SIGNATORIES, id=statement_id),
        links=await page_data.rows(database, page_data.LINKS, id=statement_id),
    )


async def place(datasette: Any, request: Request) -> Response:
    """A place with all that lies inside it: claims, figures over time, demands."""
    database = await _database(datasette, request)
    place_id = tilde_decode(request.url_vars["id"])
    found = await page_data.one(database, "SELECT * FROM places WHERE id = :id", id=place_id)
    if found is None:
        raise NotFound(f"No place {place_id!r} is stored here")
    around = await page_data.rows(
        database,
        """SELECT p.id, p.name, p.feature FROM place_ancestors a JOIN places p ON p.id = a.ancestor_id
           WHERE a.place_id = :id AND a.depth > 0 ORDER BY a.depth""",
        id=place_id,
    )
    inside = await page_data.rows(
        database,
        """SELECT p.id, p.name, p.feature, k.claims FROM place_ancestors a JOIN places p ON p.id = a.place_id
           JOIN place_counts k ON k.place_id = p.id
           WHERE a.ancestor_id = :id AND a.depth > 0 AND k.mentions > 0 ORDER BY k.claims DESC LIMIT 60""",
        id=place_id,
    )
    figures = await page_data.rows(database, page_data.PLACE_FIGURES, id=place_id)
    return await _html(
        datasette,
        request,
        "place.html",
        place=found,
        around=around,
        inside=inside,
        claims=await page_data.rows(database, page_data.PLACE_CLAIMS, id=place_id),
        figures=figures,
        charts=charts.by_condition(figures),
        demands=await page_data.rows(database, page_data.PLACE_DEMANDS, id=place_id),
    )


async def party(datasette: Any, request: Request) -> Response:
    """A party: what is demanded of it, and where it is named."""
    database = await _database(datasette, request)
    party_id = tilde_decode(request.url_vars["id"])
    found = await page_data.one(database, "SELECT * FROM parties WHERE id = :id", id=party_id)
    if found is None:
        raise NotFound(f"No party {party_id!r} is stored here")
    names = await page_data.rows(database, "SELECT name FROM party_names WHERE party_id = :id", id=party_id)
    named = await page_data.rows(
        database,
        """SELECT s.id, coalesce(s.title, s.id) AS title, s.published, s.kind, count(*) AS mentions
           FROM party_mentions m JOIN statements s ON s.id = m.statement_id WHERE m.party_id = :id
           AND m.judgement IS NOT 'rejected' GROUP BY s.id ORDER BY s.published DESC""",
        id=party_id,
    )
    demands = await page_data.rows(database, page_data.PARTY_DEMANDS, id=party_id)
    return await _html(
        datasette, request, "party.html", party=found, names=[n["name"] for n in names], named=named, demands=demands,
        years=charts.by_year([d["published"] for d in demands]),
    )  # fmt: skip


async def organisation(datasette: Any, request: Request) -> Response:
    """An organisation: what it signed and published, and with whom it signs."""
    database = await _database(datasette, request)
    organisation_id = tilde_decode(request.url_vars["id"])
    found = await page_data.one(database, "SELECT * FROM organisations WHERE id = :id", id=organisation_id)
    if found is None:
        raise NotFound(f"No organisation {organisation_id!r} is stored here")
    lists = {
        "names": "SELECT name, acronym, branch, reason FROM organisation_names WHERE organisation_id = :id",
        "signed": """SELECT s.id, coalesce(s.title, s.id) AS title, s.published, s.kind, g.name AS printed, g.position
            FROM organisation_names n JOIN signatories g ON g.organisation_key = n.key
            JOIN statements s ON s.id = g.statement_id
            WHERE n.organisation_id = :id AND g.judgement IS NOT 'rejected' ORDER BY s.published DESC""",
        "published": """SELECT s.id, coalesce(s.title, s.id) AS title, s.published, s.kind FROM organisation_names n
            JOIN statements s ON s.organisation_key = n.key WHERE n.organisation_id = :id
            ORDER BY s.published DESC""",
        "cosigners": """SELECT o.id, o.name, count(DISTINCT g.statement_id) AS together
            FROM organisation_names n JOIN signatories g ON g.organisation_key = n.key
            JOIN signatories h ON h.statement_id = g.statement_id
            JOIN organisation_names m ON m.key = h.organisation_key JOIN organisations o ON o.id = m.organisation_id
            WHERE n.organisation_id = :id AND o.id <> :id GROUP BY o.id ORDER BY together DESC, o.name LIMIT 50""",
    }
    shown = {name: await page_data.rows(database, sql, id=organisation_id) for name, sql in lists.items()}
    return await _html(datasette, request, "organisation.html", organisation=found, **shown)


async def _nearest(database: Database, table: str, name: str) -> list[dict[str, Any]]:
    """Entries whose names are nearest to one that nobody has."""
    known = await page_data.rows(database, f"SELECT id, name FROM {table}")
    close = process.extract(
        name, {n: row["name"] for n, row in enumerate(known)}, scorer=fuzz.WRatio, limit=NEAREST, score_cutoff=70
    )
    return [known[n] for _, _, n in close]


async def _listing(datasette: Any, request: Request, what: str) -> Response:
    database = await _database(datasette, request)
    query = (request.args.get("q") or "").strip()
    if what == "places":
        sql = """SELECT p.id, p.name, p.country_name AS detail, p.feature AS kind, k.claims, k.figures, k.demands,
            k.statements FROM place_counts k JOIN places p ON p.id = k.place_id
            WHERE k.mentions > 0 AND (:q = '' OR p.name LIKE '%' || :q || '%') ORDER BY k.claims DESC LIMIT 300"""
    else:
        sql = """SELECT p.id, p.name, p.kind, '' AS detail, count(DISTINCT r.demand_id) AS demands,
            (SELECT count(DISTINCT m.statement_id) FROM party_mentions m WHERE m.party_id = p.id) AS statements
            FROM parties p LEFT JOIN demand_addressees r ON r.party_id = p.id
            WHERE :q = '' OR p.name LIKE '%' || :q || '%'
              OR EXISTS (SELECT 1 FROM party_names n WHERE n.party_id = p.id AND n.name LIKE '%' || :q || '%')
            GROUP BY p.id ORDER BY demands DESC, statements DESC LIMIT 300"""
    found = await page_data.rows(database, sql, q=query)
    nearest = await _nearest(database, what, query) if query and not found else []
    return await _html(datasette, request, "listing.html", what=what, query=query, found=found, nearest=nearest)


async def places(datasette: Any, request: Request) -> Response:
    """All places that statements speak of; a name that nobody has leads to the nearest ones."""
    return await _listing(datasette, request, "places")


async def parties(datasette: Any, request: Request) -> Response:
    """All parties; a name that nobody has leads to the nearest ones."""
    return await _listing(datasette, request, "parties")


def as_fts(query: str) -> str:
    """A reader's words as an FTS5 query: each word a string of its own, so that no punctuation is syntax."""
    return " ".join('"{}"'.format(word.replace('"', '""')) for word in query.split())


async def search(datasette: Any, request: Request) -> Response:
    """Statements, claims and demands that hold the words, with snippets; places and parties of that name."""
    database = await _database(datasette, request)
    query = (request.args.get("q") or "").strip()[:200]
    shown: dict[str, Any] = {"statements": [], "claims": [], "demands": [], "places": [], "parties": []}
    if query:
        for layer in ("claims", "demands"):
            shown[layer] = await page_data.rows(
                database,
                f"""SELECT r.id, snippet({layer}_fts, 0, '\x02', '\x03', '…', 40) AS snippet, s.id AS statement_id,
                    coalesce(s.title, s.id) AS statement, s.published, s.kind
                    FROM {layer}_fts JOIN {layer} r ON r.id = {layer}_fts.rowid
                    JOIN statements s ON s.id = r.statement_id
                    WHERE {layer}_fts MATCH :q AND r.judgement IS NOT 'rejected' LIMIT {SEARCH_ROWS}""",
                q=as_fts(query),
            )
        shown["statements"] = await page_data.rows(
            database,
            f"""SELECT s.id, coalesce(s.title, s.id) AS title, s.published, s.publisher, s.kind,
                snippet(statements_fts, 2, '\x02', '\x03', '…', 30) AS snippet
                FROM statements_fts JOIN statements s ON s.number = statements_fts.rowid
                WHERE statements_fts MATCH :q LIMIT {SEARCH_ROWS}""",
            q=as_fts(query),
        )
        for table in ("places", "parties"):
            shown[table] = await _nearest(database, table, query)
    return await _html(datasette, request, "search.html", query=query, limit=SEARCH_ROWS, **shown)


async def world_map(datasette: Any, request: Request) -> Response:
    """All places with coordinates on a map that needs no network."""
    database = await _database(datasette, request)
    return await _html(datasette, request, "map.html", places=await page_data.rows(database, page_data.MAP_PLACES))


async def world_map_json(datasette: Any, request: Request) -> Response:
    """The places of the map as GeoJSON."""
    database = await _database(datasette, request)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row.pop("longitude"), row.pop("latitude")]},
            "properties": row,
        }
        for row in await page_data.rows(database, page_data.MAP_PLACES)
    ]
    return Response.json({"type": "FeatureCollection", "features": features})


async def about(datasette: Any, request: Request) -> Response:
    """What this is, how far to trust it, licences and credits."""
    database = await _database(datasette, request)
    runs = await page_data.rows(database, "SELECT * FROM runs ORDER BY id DESC LIMIT 5")
    return await _html(datasette, request, "about.html", runs=runs)


ROUTES: list[tuple[str, Callable[..., Awaitable[Response]]]] = [
    (r"^/statement/(?P<id>.+)$", statement),
    (r"^/place/(?P<id>.+)$", place),
    (r"^/party/(?P<id>.+)$", party),
    (r"^/organisation/(?P<id>.+)$", organisation),
    (r"^/places$", places),
    (r"^/parties$", parties),
    (r"^/search$", search),
    (r"^/map$", world_map),
    (r"^/map\.geojson$", world_map_json),
    (r"^/about$", about),
]
PATTERNS = [re.compile(pattern) for pattern, _ in ROUTES]
