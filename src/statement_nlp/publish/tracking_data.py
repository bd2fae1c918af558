"""What the pages on tracks, timelines and comparisons read from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from datasette.database import Database

from statement_nlp.publish import page_data
from statement_nlp.publish.page_data import Row

MOST_TRACKS = 200
TRACKS = """
    SELECT t.*, p.name AS place, p.country_name, q.name AS party,
      (SELECT count(*) FROM track_members m JOIN statements s ON s.id = m.statement_id
       WHERE m.track_id = t.id AND s.kind = 'illustrative') AS illustrative
    FROM tracks t LEFT JOIN places p ON p.id = t.place_id LEFT JOIN parties q ON q.id = t.party_id
    WHERE {where} ORDER BY t.members DESC, t.last_date DESC, t.title LIMIT :most"""
LISTED = """t.layer = :layer AND (:q = '' OR t.title LIKE '%' || :q || '%' OR p.country_name LIKE '%' || :q || '%')
    AND (:condition = '' OR t.condition = :condition) AND (:theme = '' OR t.theme = :theme)
    AND (:conflicts = '' OR t.conflicts > 0)"""
OF_PLACE = """t.layer = 'figures' AND t.place_id IN (SELECT place_id FROM place_ancestors WHERE ancestor_id = :id)"""
OF_PARTY = "t.layer = 'demands' AND t.party_id = :id"
CHOICES: Mapping[str, str] = {
    name: f"SELECT {name} AS value, count(*) AS n FROM tracks WHERE layer = '{layer}' GROUP BY 1 ORDER BY 2 DESC"
    for name, layer in (("condition", "figures"), ("theme", "demands"))
}
MEMBERS: Mapping[str, str] = {
    "figures": """
    SELECT m.date AS day, f.id, f.start, f."end", f.quote AS figure, f.low, f.high, f.qualifier, f.unit,
      f.date AS date_as_written,
      s.id AS statement_id, coalesce(s.title, s.id) AS statement, s.published, s.publisher, s.kind AS statement_kind,
      (SELECT group_concat(name, ', ') FROM figure_places n WHERE n.figure_id = f.id) AS place
    FROM track_members m JOIN figures f ON f.id = m.record_id JOIN statements s ON s.id = m.statement_id
    WHERE m.track_id = :id ORDER BY m.position""",
    "demands": """
    SELECT m.date AS day, d.id, d.start, d."end", d.quote, s.id AS statement_id, coalesce(s.title, s.id) AS statement,
      s.published,
      s.publisher, s.kind AS statement_kind,
      (SELECT json_group_array(json_object('name', p.name, 'id', p.id)) FROM demand_addressees a
       JOIN parties p ON p.id = a.party_id WHERE a.demand_id = d.id) AS addressees
    FROM track_members m JOIN demands d ON d.id = m.record_id JOIN statements s ON s.id = m.statement_id
    WHERE m.track_id = :id ORDER BY m.position""",
}
LINKS_INSIDE = """
    SELECT l.kind, l.a_id, l.b_id, l.a_quote, l.b_quote, l.reason, l.judgement FROM track_members m
    JOIN links l ON l.a_id = m.record_id WHERE m.track_id = :id AND l.judgement IS NOT 'rejected'"""
CONDITIONS_OF = """
    SELECT f.condition, count(DISTINCT f.id) AS n FROM figure_places n JOIN figures f ON f.id = n.figure_id
    WHERE n.place_id = :id AND f.judgement IS NOT 'rejected' GROUP BY 1 ORDER BY 2 DESC"""
PLACES_NAMED = """
    SELECT p.id, p.name, p.feature, p.country_name FROM places p JOIN place_counts k ON k.place_id = p.id
    WHERE p.id = :name OR p.name = :name COLLATE NOCASE
    ORDER BY EXISTS (SELECT 1 FROM figure_places n JOIN figures f ON f.id = n.figure_id WHERE n.place_id = p.id
        AND f.judgement IS NOT 'rejected' AND (:condition = '' OR f.condition = :condition)) DESC,
      k.figures DESC, k.mentions DESC LIMIT 6"""
STATEMENTS_NAMED = """
    SELECT id, coalesce(title, id) AS title, published, publisher, kind FROM statements
    WHERE id = :words OR instr(lower(id), lower(:words)) OR instr(lower(title), lower(:words))
    ORDER BY id <> :words, lower(title) IS NOT lower(:words), published DESC LIMIT 12"""
NEWEST_TITLES = "SELECT coalesce(title, id) AS title FROM statements ORDER BY published DESC, id LIMIT 300"
LINKED_STATEMENTS = """
    SELECT s.id, coalesce(s.title, s.id) AS title, s.published, s.kind, count(*) AS links FROM (
      SELECT b_statement_id AS id FROM links WHERE a_statement_id = :id AND judgement IS NOT 'rejected'
      UNION ALL SELECT a_statement_id FROM links WHERE b_statement_id = :id AND judgement IS NOT 'rejected') x
    JOIN statements s ON s.id = x.id GROUP BY s.id ORDER BY links DESC, s.published LIMIT 12"""
MOST_LINKED = """
    SELECT l.a_statement_id AS a, coalesce(a.title, a.id) AS a_title, a.published AS a_published, a.kind AS a_kind,
      l.b_statement_id AS b, coalesce(b.title, b.id) AS b_title, b.published AS b_published, b.kind AS b_kind,
      count(*) AS links
    FROM (SELECT * FROM links WHERE judgement IS NOT 'rejected' ORDER BY score DESC LIMIT 5000) l
    JOIN statements a ON a.id = l.a_statement_id JOIN statements b ON b.id = l.b_statement_id
    GROUP BY l.a_statement_id, l.b_statement_id ORDER BY links DESC LIMIT 15"""
SAID: Mapping[str, tuple[str, str]] = {
    "updates": ("Later updated to", "Updates an earlier"),
    "repeats": ("Said again later", "Repeats an earlier"),
    "conflicts": ("Conflicts with a later", "Conflicts with an earlier"),
    "same_demand": ("Demanded again later", "Was demanded before"),
}
"""How a link reads from the record of the earlier statement, and from that of the later one."""


async def tracks(database: Database, where: str = LISTED, **given: Any) -> list[Row]:
    """Tracks with the names of their place and addressee, those with most records first."""
    return await page_data.rows(database, TRACKS.format(where=where), most=MOST_TRACKS, **given)


async def track(database: Database, track_id: int) -> Row | None:
    """A track with its `rows` (records in the order of their days) and `between` (the links that join them)."""
    found = await page_data.one(database, TRACKS.format(where="t.id = :id"), id=track_id, most=1)
    if found is None:
        return None
    found["rows"] = await page_data.rows(database, MEMBERS[found["layer"]], id=track_id)
    found["between"] = await page_data.rows(database, LINKS_INSIDE, id=track_id)
    conflicts = _conflicts(found["between"])
    for row in found["rows"]:
        row["conflicts"] = "; ".join(conflicts[row["id"]]) or None
    return found


def _conflicts(links: Sequence[Row]) -> dict[int, list[str]]:
    """The words that each record conflicts with, by its id."""
    found: dict[int, list[str]] = defaultdict(list)
    for link in links:
        if link["kind"] == "conflicts":
            found[link["a_id"]].append(link["b_quote"])
            found[link["b_id"]].append(link["a_quote"])
    return found


def by_record(links: Sequence[Row], layers: Mapping[str, Sequence[Row]]) -> list[Row]:
    """The links of a statement by its own record, in the order of the text.

    Returns:
        For each record that has links its `id`, `quote` and `links`; each link with `said`, what it is in plain words.
    """
    order = {row["id"]: n for n, row in enumerate(sorted(_all(layers), key=lambda row: (row["start"], row["id"])))}
    groups: dict[int, Row] = {}
    for link in links:
        link["said"] = SAID[link["kind"]][0 if link["earlier"] else 1]
        group = groups.setdefault(link["here_id"], {"id": link["here_id"], "quote": link["here"], "links": []})
        group["links"].append(link)
    for group in groups.values():
        group["links"].sort(key=lambda link: (link["there_published"] or "", link["there_id"]))
    return sorted(groups.values(), key=lambda group: (order.get(group["id"], len(order)), group["id"]))


def _all(layers: Mapping[str, Sequence[Row]]) -> list[Row]:
    return [row for layer in ("claims", "figures", "demands") for row in layers.get(layer, ())]
