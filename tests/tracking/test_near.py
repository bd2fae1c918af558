"""Candidates for links are found by walking lists by day: they are those that comparing everything would give."""

from __future__ import annotations

from json import dumps

import pytest
from tests.learning.small_world import SMALL

from statement_nlp.learning.made import fill
from statement_nlp.store import Database
from statement_nlp.store.rollups import rebuild
from statement_nlp.tracking import link_records as near

FIGURES = """
WITH own AS (SELECT place_id FROM figure_places WHERE figure_id = :id AND place_id IS NOT NULL),
near AS (
  SELECT place_id FROM own
  UNION SELECT a.ancestor_id FROM own JOIN place_ancestors a ON a.place_id = own.place_id
    JOIN places p ON p.id = a.ancestor_id WHERE a.depth <= 2 AND p.feature <> 'country'
  UNION SELECT a.place_id FROM own JOIN places p ON p.id = own.place_id
    JOIN place_ancestors a ON a.ancestor_id = own.place_id WHERE a.depth <= 2 AND p.feature <> 'country'
)
SELECT DISTINCT f.id, abs(julianday(s.published_since) - julianday(:published)) AS days
FROM near n JOIN figure_places p ON p.place_id = n.place_id JOIN figures f ON f.id = p.figure_id
JOIN statements s ON s.id = f.statement_id
WHERE f.condition = :condition AND f.statement_id <> :statement AND (:below IS NULL OR s.number < :below)
ORDER BY days IS NULL, days, f.id LIMIT :most
"""
DEMANDS = """
SELECT DISTINCT d.id, abs(julianday(s.published_since) - julianday(:published)) AS days
FROM demand_addressees r JOIN demands d ON d.id = r.demand_id JOIN statements s ON s.id = d.statement_id
WHERE r.party_id IN (SELECT value FROM json_each(:parties)) AND d.statement_id <> :statement
  AND (:below IS NULL OR s.number < :below)
  AND EXISTS (SELECT 1 FROM demand_themes x JOIN demand_themes y ON y.theme = x.theme
              WHERE x.demand_id = r.demand_id AND y.demand_id = :id)
  AND EXISTS (SELECT 1 FROM place_mentions x WHERE x.statement_id = d.statement_id
              AND x.country IN (SELECT value FROM json_each(:countries)))
ORDER BY days IS NULL, days, d.id LIMIT :most
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A collection in which every tenth statement has no date."""
    with Database(tmp_path_factory.mktemp("near") / "made.db") as db:
        fill(db, SMALL, 120)
        dateless = "UPDATE statements SET published = NULL, published_since = NULL WHERE number % 10 = 0"
        with db.transaction() as connection:
            connection.execute(dateless)
            rebuild(connection)
        yield db


@pytest.mark.parametrize(("most", "below"), [(150, None), (7, None), (7, 60), (1, 90)])
def test_the_nearest_figures_are_those_of_comparing_all(made, most, below):
    ends = near.figure_ends(made.connection, [r[0] for r in made.execute("SELECT id FROM figures")])
    dated = [end for end in ends.values() if end.published]
    assert len(dated) > 100
    for end in dated:
        given = {"id": end.id, "published": end.published, "condition": end.condition, "statement": end.statement_id,
                 "below": below, "most": most}  # fmt: skip
        wanted = [row[0] for row in made.execute(FIGURES, given)]
        assert near.near_figures(made.connection, end, below=below, most=most) == wanted


@pytest.mark.parametrize(("most", "below"), [(150, None), (7, None), (7, 60)])
def test_the_nearest_demands_are_those_of_comparing_all(made, most, below):
    ends = near.demand_ends(made.connection, [r[0] for r in made.execute("SELECT id FROM demands")])
    dated = [end for end in ends.values() if end.published]
    assert len(dated) > 100
    for end in dated:
        given = {"id": end.id, "published": end.published, "statement": end.statement_id, "below": below, "most": most,
                 "parties": dumps(sorted(near._stand_ins(made.connection, end, near.Looked()))),
                 "countries": dumps(sorted(end.countries))}  # fmt: skip
        wanted = [row[0] for row in made.execute(DEMANDS, given)]
        assert near.near_demands(made.connection, end, below=below, most=most) == wanted


def test_without_a_date_the_newest_are_the_nearest(made):
    ids = [r[0] for r in made.execute("SELECT f.id FROM figures f JOIN statements s ON s.id = f.statement_id "
                                      "WHERE s.published IS NULL LIMIT 5")]  # fmt: skip
    for end in near.figure_ends(made.connection, ids).values():
        found = near.near_figures(made.connection, end, most=20)
        days = [row.published for row in map(near.figure_ends(made.connection, found).get, found)]
        dated = [day for day in days if day]
        assert days == sorted(dated, reverse=True) + [None] * (len(days) - len(dated))


@pytest.mark.parametrize("layer", near.BLOCKS)
@pytest.mark.parametrize("side", near.SIDES.values())
def test_each_step_walks_one_list_in_its_order(made, layer, side):
    table, column, names = near.BLOCKS[layer]
    key = " AND ".join(f"b.{name} = :{name}" for name in names)
    query = near.NEAR.format(table=table, layer=layer, id=column, key=key, side=side.format(id=f"b.{column}"))
    given = dict.fromkeys((*names, "statement", "below", "day", "most"), 1)
    plan = [row["detail"] for row in made.execute(f"EXPLAIN QUERY PLAN {query}", given)]
    assert plan[0].startswith("SEARCH b USING PRIMARY KEY")
    assert not [step for step in plan if "SCAN" in step or step == "USE TEMP B-TREE FOR ORDER BY"]
