"""Tables that hold what is counted or sorted anew nowhere else: roll-ups and lists by day.

Each is defined once, by queries over the records. A save takes the rows of its statement before and after it wrote and
writes the difference, in the same transaction; `rebuild` fills all tables from scratch (after a bulk load, or a
migration); `rebuild_places` does so for places whose surroundings changed.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

OF_STATEMENT = "s.id = :id"
OF_PLACE = "a.ancestor_id = :id"
ALL = "1"

Key = tuple[Any, ...]
Tally = dict[str, dict[Key, list[int]]]
"""Table -> key of a row -> its counts."""


@dataclass(frozen=True, slots=True)
class Rollup:
    """A table that follows from the records.

    Attributes:
        name: of the table.
        keys: the columns of its key.
        counts: its other columns; none where a row only says that something is there.
        sql: gives keys and counts; `{where}` narrows it to a statement (`s`) or to a place and all inside it (`a`).
        keeps_zero: whether a row stays when its counts are all zero.
    """

    name: str
    keys: tuple[str, ...]
    counts: tuple[str, ...]
    sql: str
    keeps_zero: bool = False

    @property
    def of_place(self) -> bool:
        """Whether its rows are of a place with all inside it."""
        return self.keys[0] == "ancestor_id" or ("place_id" in self.keys and self.name != "figure_blocks")


_DAY = "coalesce(s.published_since, '')"
_MONTH = "substr(s.published_since, 1, 7)"
_CLAIM_AT = """FROM statements s JOIN claims c ON c.statement_id = s.id
  JOIN claim_named_places n ON n.claim_id = c.id JOIN place_ancestors a ON a.place_id = n.place_id"""
_FIGURE_AT = """FROM statements s JOIN figures f ON f.statement_id = s.id
  JOIN figure_places n ON n.figure_id = f.id JOIN place_ancestors a ON a.place_id = n.place_id"""
_DEMAND_AT = """FROM statements s JOIN demands d ON d.statement_id = s.id
  JOIN demand_places n ON n.demand_id = d.id JOIN place_ancestors a ON a.place_id = n.place_id"""
_MENTION_AT = """FROM statements s JOIN place_mentions m ON m.statement_id = s.id
  JOIN place_ancestors a ON a.place_id = m.place_id"""
_DEMAND_TO = """FROM statements s JOIN demands d ON d.statement_id = s.id
  JOIN demand_addressees r ON r.demand_id = d.id"""
_FIGURE_DAY = f"coalesce(f.since, {_DAY})"

ROLLUPS = (
    Rollup(
        "statement_counts",
        ("statement_id",),
        ("claims", "figures", "demands", "places", "parties"),
        """SELECT s.id,
          (SELECT count(*) FROM claims x WHERE x.statement_id = s.id),
          (SELECT count(*) FROM figures x WHERE x.statement_id = s.id),
          (SELECT count(*) FROM demands x WHERE x.statement_id = s.id),
          (SELECT count(DISTINCT x.name) FROM place_mentions x WHERE x.statement_id = s.id),
          (SELECT count(DISTINCT x.party_id) FROM party_mentions x WHERE x.statement_id = s.id)
        FROM statements s WHERE {where}""",
    ),
    Rollup(
        "months",
        ("month", "kind"),
        ("statements", "claims", "figures", "demands"),
        f"""SELECT coalesce({_MONTH}, ''), s.kind, count(*),
          sum((SELECT count(*) FROM claims x WHERE x.statement_id = s.id)),
          sum((SELECT count(*) FROM figures x WHERE x.statement_id = s.id)),
          sum((SELECT count(*) FROM demands x WHERE x.statement_id = s.id))
        FROM statements s WHERE {{where}} GROUP BY 1, 2""",
    ),
    Rollup(
        "place_counts",
        ("place_id",),
        ("statements", "illustrative", "mentions", "claims", "figures", "demands"),
        f"""SELECT place, count(DISTINCT statement), count(DISTINCT CASE kind WHEN 'illustrative' THEN statement END),
          count(mention), count(DISTINCT claim), count(DISTINCT figure), count(DISTINCT demand)
        FROM (
          SELECT a.ancestor_id AS place, s.number AS statement, s.kind AS kind, m.id AS mention, NULL AS claim,
            NULL AS figure, NULL AS demand {_MENTION_AT} WHERE {{where}}
          UNION ALL SELECT a.ancestor_id, s.number, s.kind, NULL, c.id, NULL, NULL {_CLAIM_AT} WHERE {{where}}
          UNION ALL SELECT a.ancestor_id, s.number, s.kind, NULL, NULL, f.id, NULL {_FIGURE_AT} WHERE {{where}}
          UNION ALL SELECT a.ancestor_id, s.number, s.kind, NULL, NULL, NULL, d.id {_DEMAND_AT} WHERE {{where}})
        GROUP BY place""",
        keeps_zero=True,
    ),
    Rollup(
        "place_months",
        ("place_id", "month"),
        ("claims", "figures", "demands"),
        f"""SELECT place, substr(day, 1, 7), count(DISTINCT claim), count(DISTINCT figure), count(DISTINCT demand)
        FROM (
          SELECT a.ancestor_id AS place, c.day AS day, c.id AS claim, NULL AS figure, NULL AS demand
            {_CLAIM_AT} WHERE {{where}}
          UNION ALL SELECT a.ancestor_id, {_FIGURE_DAY}, NULL, f.id, NULL {_FIGURE_AT} WHERE {{where}}
          UNION ALL SELECT a.ancestor_id, {_DAY}, NULL, NULL, d.id {_DEMAND_AT} WHERE {{where}})
        GROUP BY 1, 2""",
    ),
    Rollup(
        "condition_months",
        ("condition", "place_id", "month"),
        ("claims", "figures"),
        f"""SELECT condition, place, substr(day, 1, 7), count(DISTINCT claim), count(DISTINCT figure)
        FROM (
          SELECT f.condition AS condition, a.ancestor_id AS place, c.day AS day, c.id AS claim, NULL AS figure
            {_CLAIM_AT} JOIN claim_figures x ON x.claim_id = c.id JOIN figures f ON f.id = x.figure_id WHERE {{where}}
          UNION ALL SELECT f.condition, a.ancestor_id, {_FIGURE_DAY}, NULL, f.id {_FIGURE_AT} WHERE {{where}})
        GROUP BY 1, 2, 3""",
    ),
    Rollup(
        "theme_months",
        ("theme", "place_id", "month"),
        ("demands",),
        f"""SELECT t.theme, a.ancestor_id, coalesce({_MONTH}, ''), count(DISTINCT d.id)
        {_DEMAND_AT} JOIN demand_themes t ON t.demand_id = d.id WHERE {{where}} GROUP BY 1, 2, 3""",
    ),
    Rollup(
        "party_counts",
        ("party_id",),
        ("statements", "mentions", "demands"),
        f"""SELECT party, count(DISTINCT CASE WHEN mention IS NOT NULL THEN statement END), count(mention),
          count(DISTINCT demand)
        FROM (
          SELECT m.party_id AS party, s.number AS statement, m.id AS mention, NULL AS demand
            FROM statements s JOIN party_mentions m ON m.statement_id = s.id WHERE {{where}}
          UNION ALL SELECT r.party_id, s.number, NULL, d.id {_DEMAND_TO} WHERE {{where}})
        GROUP BY party""",
    ),
    Rollup(
        "party_months",
        ("party_id", "theme", "month"),
        ("demands",),
        f"""SELECT party, theme, month, count(DISTINCT demand)
        FROM (
          SELECT r.party_id AS party, '' AS theme, coalesce({_MONTH}, '') AS month, d.id AS demand
            {_DEMAND_TO} WHERE {{where}}
          UNION ALL SELECT r.party_id, t.theme, coalesce({_MONTH}, ''), d.id
            {_DEMAND_TO} JOIN demand_themes t ON t.demand_id = d.id WHERE {{where}})
        GROUP BY 1, 2, 3""",
    ),
    Rollup(
        "figures_within",
        ("ancestor_id", "date", "figure_id"),
        (),
        f"SELECT DISTINCT a.ancestor_id, {_FIGURE_DAY}, f.id {_FIGURE_AT} WHERE {{where}}",
    ),
    Rollup(
        "demands_within",
        ("ancestor_id", "date", "demand_id"),
        (),
        f"SELECT DISTINCT a.ancestor_id, {_DAY}, d.id {_DEMAND_AT} WHERE {{where}}",
    ),
    Rollup(
        "demands_to",
        ("party_id", "date", "demand_id"),
        (),
        f"SELECT DISTINCT r.party_id, {_DAY}, d.id {_DEMAND_TO} WHERE {{where}}",
    ),
    Rollup(
        "demands_on",
        ("theme", "date", "demand_id"),
        (),
        f"""SELECT DISTINCT t.theme, {_DAY}, d.id FROM statements s JOIN demands d ON d.statement_id = s.id
        JOIN demand_themes t ON t.demand_id = d.id WHERE {{where}}""",
    ),
    Rollup(
        "statements_within",
        ("ancestor_id", "date", "statement_id"),
        (),
        f"SELECT DISTINCT a.ancestor_id, {_DAY}, s.id {_MENTION_AT} WHERE {{where}}",
    ),
    Rollup(
        "statements_naming",
        ("party_id", "date", "statement_id"),
        ("mentions",),
        f"""SELECT m.party_id, {_DAY}, s.id, count(*) FROM statements s
        JOIN party_mentions m ON m.statement_id = s.id WHERE {{where}} GROUP BY 1, 2, 3""",
    ),
    Rollup(
        "figure_blocks",
        ("place_id", "condition", "date", "figure_id"),
        (),
        f"""SELECT DISTINCT n.place_id, f.condition, {_DAY}, f.id FROM statements s
        JOIN figures f ON f.statement_id = s.id JOIN figure_places n ON n.figure_id = f.id
        WHERE n.place_id IS NOT NULL AND {{where}}""",
    ),
    Rollup(
        "demand_blocks",
        ("party_id", "theme", "country", "date", "demand_id"),
        (),
        f"""SELECT DISTINCT r.party_id, t.theme, m.country, {_DAY}, d.id
        {_DEMAND_TO} JOIN demand_themes t ON t.demand_id = d.id
        JOIN place_mentions m ON m.statement_id = s.id AND m.country IS NOT NULL WHERE {{where}}""",
    ),
)
NAMES = tuple(rollup.name for rollup in ROLLUPS)
"""Of the tables. Where one is new, opening the database fills all; a migration that changes one gives it a new name."""
PLACE_ROLLUPS = tuple(rollup for rollup in ROLLUPS if rollup.of_place)


_OF_STATEMENT = {r.name: r.sql.format(where=OF_STATEMENT) for r in ROLLUPS}


def tally(connection: sqlite3.Connection, statement_id: str) -> Tally:
    """The rows, and parts of rows, of all tables that come of one statement; none where it is not stored yet."""
    of = {"id": statement_id}
    if connection.execute("SELECT 1 FROM statements WHERE id = :id", of).fetchone() is None:
        return {}
    cursor = connection.cursor()
    cursor.row_factory = None  # plain tuples
    return {
        r.name: {row[: len(r.keys)]: list(row[len(r.keys) :]) for row in cursor.execute(_OF_STATEMENT[r.name], of)}
        for r in ROLLUPS
    }


def places(found: Tally) -> list[str]:
    """The ids of the places that a statement tells something of, and of those around them."""
    return [key[0] for key in found.get("place_counts", {})]


def write_difference(connection: sqlite3.Connection, before: Tally, after: Tally) -> None:
    """Bring all tables from what a statement gave them before to what it gives them now."""
    for r in ROLLUPS:
        old, new = before.get(r.name, {}), after.get(r.name, {})
        if r.counts:
            _add(connection, r, _differences(old, new, len(r.counts)))
        else:
            if gone := sorted(old.keys() - new.keys()):
                where = " AND ".join(f"{k} = ?" for k in r.keys)
                connection.executemany(f"DELETE FROM {r.name} WHERE {where}", gone)
            marks = ", ".join("?" * len(r.keys))
            query = f"INSERT INTO {r.name}({', '.join(r.keys)}) VALUES ({marks}) ON CONFLICT DO NOTHING"
            connection.executemany(query, sorted(new.keys() - old.keys()))


def _differences(old: Mapping[Key, list[int]], new: Mapping[Key, list[int]], columns: int) -> dict[Key, list[int]]:
    if not old:
        return {key: values for key, values in new.items() if any(values)}
    changes: dict[Key, list[int]] = defaultdict(lambda: [0] * columns)
    for sign, counts in ((-1, old), (1, new)):
        for key, values in counts.items():
            changes[key] = [total + sign * value for total, value in zip(changes[key], values, strict=True)]
    return {key: values for key, values in changes.items() if any(values)}


def _add(connection: sqlite3.Connection, rollup: Rollup, changes: Mapping[Key, list[int]]) -> None:
    columns = (*rollup.keys, *rollup.counts)
    sums = ", ".join(f"{c} = {c} + excluded.{c}" for c in rollup.counts)
    connection.executemany(
        f"INSERT INTO {rollup.name}({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) "
        f"ON CONFLICT({', '.join(rollup.keys)}) DO UPDATE SET {sums}",
        [(*key, *values) for key, values in sorted(changes.items())],
    )
    if not rollup.keeps_zero:
        where = " AND ".join(f"{k} = ?" for k in rollup.keys) + "".join(f" AND {c} = 0" for c in rollup.counts)
        lowered = [key for key, values in changes.items() if min(values) < 0]
        connection.executemany(f"DELETE FROM {rollup.name} WHERE {where}", lowered)


def rebuild(connection: sqlite3.Connection) -> None:
    """Fill all tables from scratch, within the caller's transaction."""
    for r in ROLLUPS:
        connection.execute(f"DELETE FROM {r.name}")
        _fill(connection, r, ALL, {})
    connection.execute("INSERT INTO place_counts(place_id) SELECT DISTINCT place_id FROM place_ancestors WHERE 1 "
                       "ON CONFLICT DO NOTHING")  # fmt: skip


def rebuild_places(connection: sqlite3.Connection, place_ids: Iterable[str]) -> None:
    """Fill anew what is told of some places and of all inside them, within the caller's transaction."""
    for place_id in sorted(place_ids):
        of = {"id": place_id}
        for r in PLACE_ROLLUPS:
            key = "ancestor_id" if r.keys[0] == "ancestor_id" else "place_id"
            connection.execute(f"DELETE FROM {r.name} WHERE {key} = :id", of)
            _fill(connection, r, OF_PLACE, of)
        query = "INSERT INTO place_counts(place_id) SELECT id FROM places WHERE id = :id ON CONFLICT DO NOTHING"
        connection.execute(query, of)


def _fill(connection: sqlite3.Connection, rollup: Rollup, where: str, of: Mapping[str, str]) -> None:
    columns = ", ".join((*rollup.keys, *rollup.counts))
    connection.execute(f"INSERT INTO {rollup.name}({columns}) {rollup.sql.format(where=where)}", of)
    if rollup.counts and not rollup.keeps_zero:
        connection.execute(f"DELETE FROM {rollup.name} WHERE " + " AND ".join(f"{c} = 0" for c in rollup.counts))
