"""How SQLite answers what pages ask: by which table and index, in an empty database and with a large one's statistics.

statistics.tsv is what `ANALYZE` says of a made-up collection (`python -m statement_nlp.learning.made`), table by table.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from statement_nlp.publish import home_data, map_data, names, page_data, tracking_data
from statement_nlp.store import Database
from statement_nlp.store.queries import QUERIES, SEARCH
from statement_nlp.store.questions import LAYERS, Question

STATISTICS = Path(__file__).parent / "data" / "statistics.tsv"
LARGE = {
    "statements", "claims", "figures", "demands", "place_mentions", "party_mentions", "signatories", "links",
    "claim_places", "figures_within", "demands_within", "statements_within", "statements_naming", "demands_to",
    "demands_on", "claim_named_places", "figure_places", "demand_places", "demand_addressees", "demand_themes",
    "claim_figures", "figure_blocks", "demand_blocks", "track_members", "zones", "s", "c", "f", "d", "m", "x", "i",
    "n", "r", "l", "g", "h",
}  # fmt: skip
"""Tables that grow with the statements, and what the queries call them."""
IN_ORDER = ("statements_newest", "statements_since", "claims_day", "signatory_counts_amiss", "figures_day")
"""Indexes that are walked from their end until a page is full."""


def texts() -> dict[str, str]:
    found = {
        name: sql
        for name, sql in vars(page_data).items()
        if name.startswith(("PLACE_", "PARTY_")) or name in ("LINKS", "SIGNATORIES")
    }
    groups = {
        "statement": page_data.LAYER_QUERIES, "organisation": page_data.ORGANISATION_LISTS, "home": home_data.LISTS,
        "search": page_data.SEARCHES, "map": map_data.MONTHS, "choices": names.CHOICES, "named": names.MEANT,
    }  # fmt: skip
    found |= {f"{group} {name}": sql for group, queries in groups.items() for name, sql in queries.items()}
    found["home changed"] = home_data.CHANGED
    found["tracks of a place"] = tracking_data.TRACKS.format(where=tracking_data.OF_PLACE)
    found["tracks of a party"] = tracking_data.TRACKS.format(where=tracking_data.OF_PARTY)
    found["query claims_in_place"] = QUERIES["claims_in_place"].sql
    found["query claims"] = QUERIES["claims"].sql
    found["query search"] = SEARCH.format(words=":words")
    year = {"since": "2016-01-01", "until": "2016-12-31"}
    for what in LAYERS:
        found[f"ask {what} of a place"] = Question(what, places=("p",)).sql()
        found[f"ask {what} of a place in a year"] = Question(what, places=("p",), **year).sql()
        found[f"count {what} of a place"] = Question(what, places=("p",)).count_sql()
        found[f"ask {what} with words"] = Question(what, words="siege").sql()
    found["ask claims"] = Question("claims").sql()
    found["ask statements"] = Question("statements").sql()
    found["ask demands to a party"] = Question("demands", addressee="p").sql()
    found["ask demands on a theme"] = Question("demands", theme="t").sql()
    return found


TEXTS = texts()
PINNED = {
    "PLACE_CLAIMS": "SEARCH x USING PRIMARY KEY (ancestor_id=?)",
    "PLACE_FIGURES": "SEARCH x USING PRIMARY KEY (ancestor_id=?)",
    "PLACE_DEMANDS": "SEARCH x USING PRIMARY KEY (ancestor_id=?)",
    "PLACE_TOTALS": "SEARCH place_counts USING PRIMARY KEY (place_id=?)",
    "PARTY_DEMANDS": "SEARCH x USING PRIMARY KEY (party_id=?)",
    "PARTY_NAMED": "SEARCH x USING PRIMARY KEY (party_id=?)",
    "PARTY_YEARS": "SEARCH party_months USING PRIMARY KEY (party_id=? AND theme=?)",
    "home newest": "SCAN statements USING INDEX statements_newest",
    "query claims_in_place": "SEARCH i USING PRIMARY KEY (ancestor_id=?)",
    "ask claims of a place": "SEARCH i USING PRIMARY KEY (ancestor_id=?)",
    "ask figures of a place": "SEARCH i USING PRIMARY KEY (ancestor_id=?)",
    "ask demands of a place": "SEARCH i USING PRIMARY KEY (ancestor_id=?)",
    "ask statements of a place": "SEARCH i USING PRIMARY KEY (ancestor_id=?)",
    "ask claims of a place in a year": "SEARCH i USING PRIMARY KEY (ancestor_id=? AND date<?)",
    "ask demands to a party": "SEARCH i USING PRIMARY KEY (party_id=?)",
    "ask demands on a theme": "SEARCH i USING PRIMARY KEY (theme=?)",
    "ask claims": "SCAN c USING INDEX claims_day",
    "query claims": "SCAN c USING INDEX claims_day",
    "map condition": "SEARCH condition_months USING PRIMARY KEY (condition=?)",
    "map theme": "SEARCH theme_months USING PRIMARY KEY (theme=?)",
}
"""The first step over a table."""
NEWEST = [name for name in PINNED if name.startswith(("PLACE_C", "PLACE_F", "PLACE_D", "PARTY_D", "PARTY_N"))]


@pytest.fixture(scope="module", params=["empty", "large"])
def db(request):
    """An empty database, that a planner without statistics or with those of a large one looks at."""
    with Database(":memory:") as database:
        if request.param == "large":
            database.execute("ANALYZE")
            database.execute("DELETE FROM sqlite_stat1")
            for line in STATISTICS.read_text(encoding="utf8").splitlines():
                table, index, numbers = line.split("\t")
                database.execute("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", (table, index or None, numbers))
            database.execute("ANALYZE sqlite_schema")
        yield database


def plan(db: Database, sql: str) -> list[str]:
    given = dict.fromkeys(re.findall(r":(\w+)", sql), "1")
    return [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", given)]


@pytest.mark.parametrize("name", TEXTS)
def test_no_page_reads_all_of_a_large_table(db, name):
    for step in plan(db, TEXTS[name]):
        scanned = re.match(r"SCAN (\w+)(?! VIRTUAL)", step)
        if scanned and scanned[1] in LARGE and "VIRTUAL TABLE" not in step:
            assert step.endswith(IN_ORDER), step


@pytest.mark.parametrize(("name", "first"), PINNED.items(), ids=PINNED)
def test_each_is_answered_by_the_index_that_was_made_for_it(db, name, first):
    steps = [step for step in plan(db, TEXTS[name]) if step.startswith(("SEARCH", "SCAN"))]
    assert steps[0] == first


@pytest.mark.parametrize("name", NEWEST)
def test_the_newest_are_not_sorted_out_of_all(db, name):
    assert not [step for step in plan(db, TEXTS[name]) if "ORDER BY" in step]
