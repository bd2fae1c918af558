"""The comparison with stock Datasette asks both for the same, and stock is stock."""

from __future__ import annotations

import pytest
from tests.learning.small_world import SMALL

from statement_nlp.learning import pages_speed
from statement_nlp.learning.made import fill
from statement_nlp.store import Database


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    found = tmp_path_factory.mktemp("served") / "made.db"
    with Database(found) as db:
        fill(db, SMALL, 40)
    return found


def test_each_page_has_its_table_page(path):
    with Database(path) as db:
        asked = pages_speed.addresses(db, "made", 4)
        again = pages_speed.addresses(db, "made", 4)
    assert asked == again, "the same seed asks the same"
    assert {kind: len(pairs) for kind, pairs in asked.items()} == {"place": 4, "statement": 4, "search": 4, "ask": 4}
    for pairs in asked.values():
        assert all(pair.stock.startswith("/made/claims?_size=50&") for pair in pairs)


def test_both_servers_answer_and_are_timed(path):
    timings = list(pages_speed.measure(path, 2))
    assert [(t.page, t.clients) for t in timings] == [
        (page, clients) for page in ("place", "statement", "search", "ask") for clients in pages_speed.CLIENTS
    ]
    assert all(0 < t.ours[0] <= t.ours[1] and t.ratio > 0 for t in timings)
