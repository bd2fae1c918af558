"""How long a new statement takes to link against many: a made-up collection of any size, and the clock.

`python -m statement_nlp.learning.linking_speed FILE.db 100000` fills a new file and prints the seconds of a link.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from statement_nlp.records import CONDITIONS, THEMES
from statement_nlp.store import Database
from statement_nlp.tracking.linking import link_statement

COUNTRIES, CITIES = 40, 25
FIGURES, DEMANDS, CLAIMS = 8, 4, 18
"""Records of a statement: what the corpus has (11, 4 and 21), less the figures and claims without a place."""
WORDS = tuple(
    f"{first}{last}"
    for first in ("ba", "co", "du", "fe", "gi", "ha", "ke", "lo", "mu", "na")
    for last in (
        "dor",
        "fin",
        "gal",
        "hem",
        "kin",
        "lar",
        "mond",
        "nev",
        "pol",
        "rust",
        "sten",
        "tur",
        "vil",
        "wick",
        "zan",
    )
)
EVENTS = (
    "the town fell",
    "the road was closed",
    "the siege went on",
    "the hospital was bombed",
    "people fled",
    "aid came",
)
"""What claims are made of: words that mean nothing, and events that the lexicon knows."""
PARTIES = ("donors", "parties to the conflict", "UN Security Council", "states")
FIRST = date(2005, 1, 1)
Row = tuple[object, ...]


def fill(db: Database, statements: int, seed: int = 1) -> None:
    """Fill an empty database with made-up statements on crises of unequal size.

    Countries are drawn by a Zipf law, so that the largest crisis has about a quarter of all statements; figures,
    demands, claims and dates follow at random. Nothing is linked yet, and nothing can be searched: the words are left
    out of the index, which links do not use.

    Args:
        db: an empty database.
        statements: how many.
        seed: of the random numbers; the same seed makes the same rows.
    """
    draw = random.Random(seed)
    db.execute("PRAGMA cache_size = -300000")
    with db.transaction() as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%_fts%'"
        for (trigger,) in connection.execute(query).fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        connection.execute(
            "INSERT INTO runs(id, started, finished, version, pipeline, models, sources, saved) "
            "VALUES (1, '', '', '', 'synthetic', '{}', '[]', 0)"
        )
        _world(connection)
        for table, rows in _rows(draw, statements):
            marks = ",".join("?" * len(rows[0]))
            columns = f"({_COLUMNS[table]})"
            connection.executemany(f"INSERT INTO {table}{columns} VALUES ({marks})", rows)


def measure(db: Database, tries: int = 10) -> list[tuple[float, float]]:
    """Seconds that linking one of the statements against all others takes, its tracks too, for some of them.

    Of the clock, and of the processor alone: on a busy machine the two differ.

    Each is undone again, so that every one is linked as if it were new.
    """
    count = db.execute("SELECT count(*) FROM statements").fetchone()[0]
    seconds = []
    for n in range(tries):
        statement = f"s{n * count // tries}"
        connection = db.connection
        connection.execute("BEGIN IMMEDIATE")
        clock, processor = time.perf_counter(), time.process_time()
        link_statement(connection, statement)
        seconds.append((time.perf_counter() - clock, time.process_time() - processor))
        connection.execute("ROLLBACK")
    return seconds


_COLUMNS = {
    "statements": "id, number, published, published_since, published_until, kind, language, text, text_hash, "
    "fingerprint, run_id",
    "place_mentions": 'id, statement_id, start, "end", quote, name, country, place_id, confidence, method, run_id',
    "figures": 'id, statement_id, start, "end", quote, low, high, qualifier, unit, condition, confidence, method, '
    "run_id",
    "figure_places": "figure_id, position, name, place_id",
    "demands": 'id, statement_id, start, "end", quote, strength, confidence, method, run_id',
    "demand_addressees": "demand_id, position, name, party_id",
    "demand_actions": "demand_id, position, action",
    "demand_themes": "demand_id, position, theme",
    "claims": 'id, statement_id, start, "end", quote, status, day, since, until, confidence, method, run_id',
    "claim_named_places": "claim_id, position, name, place_id",
}


def _world(connection: sqlite3.Connection) -> None:
    """Countries with cities, a state each, and collectives."""
    for c in range(COUNTRIES):
        code, country = f"C{c}", f"p{c}"
        _place(connection, country, code, "country", None)
        for k in range(CITIES):
            _place(connection, f"p{c}-{k}", code, "city", country)
        connection.execute("INSERT INTO parties(id, name, kind, country) VALUES (?, ?, 'state', ?)", (code, code, code))
    for name in PARTIES:
        connection.execute("INSERT INTO parties(id, name, kind) VALUES (?, ?, 'collective')", (name, name))


def _place(connection: sqlite3.Connection, place: str, code: str, feature: str, parent: str | None) -> None:
    connection.execute(
        "INSERT INTO places(id, name, country, feature, parent_id) VALUES (?, ?, ?, ?, ?)",
        (place, place, code, feature, parent),
    )
    chain = [(place, place, 0), *([(place, parent, 1)] if parent else [])]
    connection.executemany("INSERT INTO place_ancestors(place_id, ancestor_id, depth) VALUES (?, ?, ?)", chain)


def _rows(draw: random.Random, statements: int) -> Iterator[tuple[str, list[Row]]]:
    weights = [1 / (c + 1) for c in range(COUNTRIES)]
    for n in range(statements):
        (c,) = draw.choices(range(COUNTRIES), weights)
        statement, day = f"s{n}", FIRST + timedelta(days=draw.randrange(7000))
        text = f"Statement {n} on country {c}. " + "Words of a statement of usual length. " * 60
        dates = (day.isoformat(), day.isoformat(), (day + timedelta(days=1)).isoformat())
        yield "statements", [(statement, n + 1, *dates, "own", "en", text, statement, statement, 1)]
        yield "place_mentions", [(n * 10 + 1, statement, 0, 9, "p", "p", f"C{c}", f"p{c}", 0.9, "made", 1)]
        ids = [n * 100 + k + 1 for k in range(FIGURES)]
        yield "figures", [(i, statement, 0, 9, "q", *_value(draw), 0.9, "made", 1) for i in ids]
        yield "figure_places", [(i, 0, "p", draw.choice((f"p{c}", f"p{c}-{draw.randrange(CITIES)}"))) for i in ids]
        ids = [n * 100 + 50 + k for k in range(DEMANDS)]
        yield "demands", [(i, statement, 0, 9, "Let aid reach the town", "demand", 0.9, "made", 1) for i in ids]
        yield "demand_addressees", [(i, 0, a, a) for i in ids for a in [draw.choice((*PARTIES, f"C{c}"))]]
        yield "demand_actions", [(i, 0, draw.choice(("lift the siege", "let aid pass", "fund the plan"))) for i in ids]
        yield "demand_themes", [(i, 0, draw.choice(THEMES)) for i in ids]
        ids = [n * 100 + 60 + k for k in range(CLAIMS)]
        yield "claims", [(i, statement, 0, 9, _clause(draw), "asserted", *_day(draw, day), 0.9, "made", 1) for i in ids]
        yield "claim_named_places", [(i, 0, "p", draw.choice((f"p{c}", f"p{c}-{draw.randrange(CITIES)}"))) for i in ids]


def _clause(draw: random.Random) -> str:
    return f"{draw.choice(EVENTS)} in {' '.join(draw.choices(WORDS, k=8))}"


def _day(draw: random.Random, published: date) -> tuple[str, str | None, str | None]:
    """A third of the claims are dated to a day of the year before; the others hold for the day of the statement."""
    if draw.random() > 1 / 3:
        return published.isoformat(), None, None
    day = published - timedelta(days=draw.randrange(365))
    return day.isoformat(), day.isoformat(), (day + timedelta(days=1)).isoformat()


def _value(draw: random.Random) -> tuple[float, float, str, str, str]:
    value = float(round(10 ** draw.uniform(1, 6.5)))
    return value, value, "exact", draw.choice(("people", "children", "houses")), draw.choice(CONDITIONS)


def main(path: str, statements: str) -> None:
    """Fill a new file and print how long links take."""
    if Path(path).exists():
        raise SystemExit(f"{path} exists already: name a new file")
    with Database(path) as db:
        fill(db, int(statements))
        seconds = measure(db)
    for what, taken in zip(("clock", "processor"), zip(*seconds, strict=True), strict=True):
        middle, worst = sorted(taken)[len(taken) // 2], max(taken)
        sys.stdout.write(f"{statements} statements, {what}: {middle:.2f} s in the middle, {worst:.2f} s at worst\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
