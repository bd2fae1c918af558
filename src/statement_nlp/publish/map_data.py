"""What the map shows: how much is claimed or demanded of each place and all inside it, in a time, on a matter."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from datasette.database import Database
from datasette.utils.asgi import Request

from statement_nlp.publish import names, page_data
from statement_nlp.publish.answers import given
from statement_nlp.publish.kept import kept
from statement_nlp.publish.page_data import Row
from statement_nlp.store.queries import day_range

MOST_PLACES = 5000
MOST_RECORDS = 50_000
"""Records that a narrowed map is counted from: more would make readers wait."""
CLAIMS = """
    SELECT a.ancestor_id AS place_id, count(DISTINCT x.id) AS n
    FROM ({found}) x JOIN claim_named_places n ON n.claim_id = x.id JOIN place_ancestors a ON a.place_id = n.place_id
    GROUP BY 1"""
CLAIMS_OF_DAYS = """
    SELECT id FROM claims WHERE judgement IS NOT 'rejected' AND day >= :from_day AND day <= :to_day
    ORDER BY day DESC LIMIT :most"""
CLAIMS_OF_CONDITION = """
    SELECT DISTINCT c.id FROM figures f JOIN claim_figures x ON x.figure_id = f.id JOIN claims c ON c.id = x.claim_id
    WHERE f.condition = :condition AND f.judgement IS NOT 'rejected' AND c.judgement IS NOT 'rejected'
      AND c.day >= :from_day AND c.day <= :to_day LIMIT :most"""
DEMANDS = """
    SELECT a.ancestor_id AS place_id, count(DISTINCT d.id) AS n
    FROM (SELECT t.demand_id AS id FROM demand_themes t WHERE t.theme = :theme LIMIT :most) x
    JOIN demands d ON d.id = x.id JOIN statements s ON s.id = d.statement_id
    JOIN demand_places n ON n.demand_id = d.id JOIN place_ancestors a ON a.place_id = n.place_id
    WHERE d.judgement IS NOT 'rejected'
      AND coalesce(s.published_since, '') >= :from_day AND coalesce(s.published_since, '') <= :to_day
    GROUP BY 1"""
MONTHS = {
    "claims": """SELECT place_id, sum(claims) AS n FROM place_months
    WHERE month >= :from_month AND month <= :to_month GROUP BY 1 HAVING n > 0""",
    "condition": """SELECT place_id, sum(claims) AS n FROM condition_months
    WHERE condition = :condition AND month >= :from_month AND month <= :to_month GROUP BY 1 HAVING n > 0""",
    "theme": """SELECT place_id, sum(demands) AS n FROM theme_months
    WHERE theme = :theme AND month >= :from_month AND month <= :to_month GROUP BY 1 HAVING n > 0""",
}
"""The same of whole months, counted in advance."""
PLACES = """
    SELECT p.id, p.name, p.country_name, p.feature, p.latitude, p.longitude, k.claims, k.figures, k.demands,
      k.statements, k.illustrative
    FROM place_counts k JOIN places p ON p.id = k.place_id WHERE p.latitude IS NOT NULL AND k.statements > 0"""
LARGEST = PLACES + " AND k.claims > 0 ORDER BY k.claims DESC LIMIT :most"
AMONG = PLACES + " AND p.id IN (SELECT value FROM json_each(:ids))"
AROUND = """
    SELECT place_id, json_group_array(ancestor_id) AS within FROM place_ancestors
    WHERE depth > 0 AND place_id IN (SELECT value FROM json_each(:ids)) GROUP BY 1"""
LAST_DAY = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the map is narrowed to; an empty string does not narrow. Days include both ends."""

    since: str = ""
    until: str = ""
    condition: str = ""
    theme: str = ""
    trouble: str = ""

    @property
    def is_any(self) -> bool:
        """Whether anything is narrowed."""
        return any((self.since, self.until, self.condition, self.theme))


def narrowing(request: Request) -> Narrowing:
    """What the address asks for; a date that is none narrows nothing, and `trouble` says so."""
    asked = {name: given(request, name) for name in ("since", "until", "condition", "theme")}
    for name in ("since", "until"):
        try:
            day_range(asked[name], asked[name])
        except ValueError:
            trouble = f"“{asked[name]}” is no date: give 2016, 2016-09 or 2016-09-12. It is left out."
            return Narrowing(**{**asked, name: ""}, trouble=trouble)
    return Narrowing(**asked)


async def places(database: Database, wanted: Narrowing) -> list[Row]:
    """Places with coordinates that something is claimed about, or what the map is narrowed to; those with most first.

    Returns:
        Each with `id`, `name`, `country_name`, `feature`, `latitude`, `longitude` (degrees); `within`, the ids of the
        places around it; `claims`, `figures`,
        `demands`, `statements` of it and everything inside it, and how many of the statements are `illustrative`;
        where the map is narrowed, `claims` and `demands` count what it is narrowed to. `size` is what its circle
        stands for: claims, or demands where a theme alone is asked for.
    """

    async def read() -> list[Row]:
        found = await _narrowed(database, wanted) if wanted.is_any else await _all(database)
        ids = json.dumps([row["id"] for row in found])
        around = {row["place_id"]: json.loads(row["within"]) for row in await page_data.rows(database, AROUND, ids=ids)}
        for row in found:
            row["within"] = around.get(row["id"], [])
        return found

    return await kept(database, ("map", wanted), read)


async def _all(database: Database) -> list[Row]:
    found = await page_data.rows(database, LARGEST, most=MOST_PLACES)
    return [row | {"size": row["claims"]} for row in found]


async def _narrowed(database: Database, wanted: Narrowing) -> list[Row]:
    since, until = day_range(wanted.since, wanted.until)
    bound: dict[str, Any] = {"from_day": since or "", "to_day": until or LAST_DAY, "most": MOST_RECORDS}
    counts: dict[str, dict[str, int]] = {}
    whole = _whole_months(since, until)
    if whole:
        bound |= {"from_month": bound["from_day"][:7], "to_month": bound["to_day"][:7]}
    if wanted.condition or not wanted.theme:
        sql = CLAIMS.format(found=CLAIMS_OF_CONDITION if wanted.condition else CLAIMS_OF_DAYS)
        if whole:
            sql = MONTHS["condition" if wanted.condition else "claims"]
        counts["claims"] = _by_place(await page_data.rows(database, sql, condition=wanted.condition, **bound))
    if wanted.theme:
        sql = MONTHS["theme"] if whole else DEMANDS
        counts["demands"] = _by_place(await page_data.rows(database, sql, theme=wanted.theme, **bound))
    shared = set.intersection(*(set(one) for one in counts.values()))  # places of which all that is asked for is said
    sizes = next(iter(counts.values()))
    largest = sorted(shared, key=lambda one: (-sizes[one], one))[:MOST_PLACES]
    found = await page_data.rows(database, AMONG, ids=json.dumps(largest))
    for row in found:
        row |= {"size": sizes[row["id"]]} | {layer: counts[layer][row["id"]] for layer in counts}
    return sorted(found, key=lambda row: (-row["size"], row["name"]))


def _whole_months(since: str | None, until: str | None) -> bool:
    """Whether a time begins with a month (or never) and ends with one (or never)."""
    ends = until is None or (date.fromisoformat(until) + timedelta(days=1)).day == 1
    return ends and (since is None or since.endswith("-01"))


def _by_place(rows: list[Row]) -> dict[str, int]:
    return {row["place_id"]: row["n"] for row in rows}


async def choices(database: Database) -> dict[str, list[str]]:
    """The conditions and themes that the map can be narrowed to."""

    async def read() -> dict[str, list[str]]:
        return await names.choices(database, ["condition", "theme"])

    return await kept(database, "map choices", read)


def as_geojson(places: list[Row]) -> dict[str, Any]:
    """Places as a GeoJSON FeatureCollection of points (WGS 84, longitude first)."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]},
                "properties": {name: row[name] for name in row if name not in ("longitude", "latitude")},
            }
            for row in places
        ],
    }


def as_fields(wanted: Narrowing) -> dict[str, str]:
    """The fields of an address that asks for the same."""
    return {name: value for name, value in asdict(wanted).items() if value and name != "trouble"}
