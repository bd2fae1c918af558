"""What pages keep is what the file holds."""

from __future__ import annotations

import os

from statement_nlp.publish import kept as module
from statement_nlp.publish.kept import kept
from statement_nlp.store.database import Database as Store

OLD = 1_600_000_000


def settle(path, seconds=OLD):
    for name in (path, path.with_name(f"{path.name}-wal")):
        if name.exists():
            os.utime(name, (seconds, seconds))


async def test_it_is_read_again_when_the_file_changed_and_not_before(datasette, path):
    database = datasette.databases["statements"]
    times = []

    async def read():
        times.append(1)
        return len(times)

    settle(path)
    assert [await kept(database, "x", read) for _ in range(3)] == [1, 1, 1]
    with Store(path) as store:
        store.note("title", "another")
    assert await kept(database, "x", read) == 2, "written a moment ago"
    assert await kept(database, "x", read) == 3, "and too short ago to tell whether anything came after"
    settle(path, OLD + 1)
    assert [await kept(database, "x", read) for _ in range(2)] == [4, 4]


async def test_what_takes_long_holds_a_while_whatever_happens(datasette, path, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", -1.0)
    monkeypatch.setattr(module, "TIMES", 1e9)
    database = datasette.databases["statements"]
    times = []

    async def read():
        times.append(1)
        return len(times)

    assert await kept(database, "y", read) == 1
    with Store(path) as store:
        store.note("title", "third")
    assert await kept(database, "y", read) == 1
