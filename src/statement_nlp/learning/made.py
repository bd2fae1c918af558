"""A made-up collection of any size, for measuring: how long pages, links and loads take among very many statements.

`python -m statement_nlp.learning.made --statements 100000 --db big.db` writes it: ten claims a statement, on places of
the gazetteer and parties of the register, drawn by Zipf laws (a few crises, towns, words and organisations have most),
over fifteen years. The same seed makes the same rows. Every statement is illustrative and the database a demonstration:
nothing in it was said by anybody.
"""

from __future__ import annotations

import random
import sqlite3
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import click

from statement_nlp.knowledge.gazetteer import Gazetteer
from statement_nlp.knowledge.parties import Register
from statement_nlp.learning.made_texts import DEMANDS, MadeStatement, World, write_statement
from statement_nlp.records import Party
from statement_nlp.store import Database, gazetted
from statement_nlp.store.appending import unindexed
from statement_nlp.store.bulk import CACHE_KIB
from statement_nlp.store.identity import key
from statement_nlp.store.saving import KEEP_PARTY
from statement_nlp.tracking import tracks

FIRST, DAYS = date(2010, 1, 1), 15 * 365
BATCH = 2000
"""Statements that are held in memory before their rows are written."""
CRISES = (
    "SY", "SD", "UA", "YE", "PS", "CD", "AF", "MM", "ET", "SO", "SS", "NG", "HT", "ML", "IQ", "LY", "CF", "BF", "LB",
    "CO", "VE", "PK", "BD", "MZ", "CM", "TD", "NE", "ER", "IR", "TR", "GT", "HN", "SV", "MX", "PH", "ID", "LK", "NP",
    "TH", "KE", "UG", "RW", "BI", "TZ", "ZW", "ZM", "MG", "AO", "GN", "SL", "LR", "CI", "SN", "MR", "EG", "JO", "AM",
    "AZ", "GE", "TJ",
)  # fmt: skip
"""ISO codes, the country of most statements first."""
TOWNS = 400
"""Places of the first country; each further one has fewer, by the same law as its statements, but at least 30."""
COLLECTIVES = ("parties to the conflict", "UN Security Council", "donors", "states", "international community")

COLUMNS = {
    "statements": "id, number, title, published, published_since, published_until, publisher, organisation_key, kind, "
    "language, countries, text, text_hash, fingerprint, run_id",
    "zones": 'statement_id, position, start, "end", kind',
    "place_mentions": 'id, statement_id, start, "end", quote, name, country, place_id, confidence, method, run_id',
    "party_mentions": 'id, statement_id, start, "end", quote, party_id, confidence, method, run_id',
    "figures": 'id, statement_id, start, "end", quote, low, high, qualifier, unit, condition, confidence, method, '
    "run_id",
    "figure_places": "figure_id, position, name, place_id",
    "claims": 'id, statement_id, start, "end", quote, status, attribution, date, since, until, day, confidence, '
    "method, run_id",
    "claim_named_places": "claim_id, position, name, place_id",
    "claim_figures": "claim_id, position, start, figure_id",
    "demands": 'id, statement_id, start, "end", quote, strength, confidence, method, run_id',
    "demand_addressees": "demand_id, position, name, party_id",
    "demand_actions": "demand_id, position, action",
    "demand_themes": "demand_id, position, theme",
    "demand_places": "demand_id, position, name, place_id",
    "signatories": 'id, statement_id, position, start, "end", name, organisation_key, method, run_id',
    "signatory_counts": "statement_id, stated, stated_quote, listed",
    "links": "id, kind, layer, a_statement_id, a_id, a_quote, b_statement_id, b_id, b_quote, score, reason, method",
}
"""What is written of each table, in an order in which every row finds what it refers to."""


def world_of(gazetteer: Gazetteer, register: Register, *, countries: int = len(CRISES), towns: int = TOWNS) -> World:
    """The places and parties that a made-up collection speaks of.

    Args:
        gazetteer: an open one.
        register: of parties.
        countries: how many of `CRISES`.
        towns: places of the first country.
    """
    places = []
    with sqlite3.connect(f"file:{gazetteer.path}?mode=ro", uri=True) as index:
        for rank, code in enumerate(CRISES[:countries]):
            query = """SELECT id FROM place WHERE country = ? AND feature IN ('region', 'district', 'city')
            ORDER BY weight DESC, id LIMIT ?"""
            wanted = (code, max(towns // (rank + 1), min(towns, 30)))
            ids = [row[0] for row in index.execute(query, wanted)]
            country = index.execute(
                "SELECT id FROM place WHERE country = ? AND feature = 'country'", (code,)
            ).fetchone()
            found = [gazetteer.get(i) for i in (country[0], *ids)]
            places.append((code, [place for place in found if place is not None]))
    index.close()
    parties: dict[str, list[Party]] = {code: [] for code, _ in places}
    for party in register.parties():
        if party.country in parties and party.kind in ("state", "armed_group") and len(parties[party.country]) < 6:
            parties[party.country].append(party)
    return World(
        tuple((code, tuple(of), tuple(parties[code])) for code, of in places), tuple(map(_collective, COLLECTIVES))
    )


def _collective(name: str) -> Party:
    return Party(name, "intergovernmental" if name.startswith("UN ") else "collective")


def fill(db: Database, world: World, statements: int, seed: int = 1, *, linked: bool = True) -> None:
    """Fill an empty database with a made-up collection, in one transaction.

    Args:
        db: an empty database.
        world: what it speaks of.
        statements: how many; their days follow one another.
        seed: of the random numbers.
        linked: whether records of statements are linked too, at random and by no model.
    """
    before = db.execute("PRAGMA cache_size").fetchone()[0]
    db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    with db.transaction() as connection:
        with unindexed(connection):
            query = "INSERT INTO runs(id, started, finished, version, pipeline, saved) VALUES (1, ?, ?, '', 'made', ?)"
            connection.execute(query, (FIRST.isoformat(), FIRST.isoformat(), statements))
            write_world(connection, world)
            linker = _Linker(random.Random(seed + 1)) if linked else None
            rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in COLUMNS}
            for made in made_statements(world, statements, seed):
                for table, found in made.rows.items():
                    rows[table] += found
                if linker:
                    rows["links"] += linker.links(made)
                if made.number % BATCH == 0:
                    write_rows(connection, rows)
            write_rows(connection, rows)
        tracks.rebuild_all(connection)
    db.execute("ANALYZE")
    db.execute(f"PRAGMA cache_size = {before}")
    db.note("demonstration", "1")
    db.note("title", "Made-up statements, for measuring")


def made_statements(world: World, statements: int, seed: int) -> Iterator[MadeStatement]:
    """Made-up statements, from the earliest day on."""
    draw = random.Random(seed)
    for n in range(statements):
        yield write_statement(draw, world, n + 1, FIRST + timedelta(days=n * DAYS // statements))


def write_rows(connection: sqlite3.Connection, rows: dict[str, list[tuple[object, ...]]]) -> None:
    """Write rows by table, and the organisations that they name; what is written is taken out."""
    names = {r[7]: r[6] for r in rows["statements"] if r[7]} | {r[6]: r[5] for r in rows["signatories"]}
    connection.executemany("INSERT INTO organisations(id, name) VALUES (?, ?) ON CONFLICT DO NOTHING", names.items())
    query = "INSERT INTO organisation_names(key, name, organisation_id) VALUES (?1, ?2, ?1) ON CONFLICT DO NOTHING"
    connection.executemany(query, names.items())
    for table, columns in COLUMNS.items():
        marks = ", ".join("?" * (columns.count(",") + 1))
        connection.executemany(f"INSERT INTO {table}({columns}) VALUES ({marks})", rows[table])
        rows[table].clear()


def write_world(connection: sqlite3.Connection, world: World) -> None:
    """Write the places and parties of a made-up collection."""
    known = {place.id: place for _, places, _ in world.countries for place in places}
    for place in known.values():
        gazetted.keep_place(connection, place, known.get)
    for party in {p.name: p for _, _, parties in world.countries for p in (*parties, *world.collectives)}.values():
        connection.execute(KEEP_PARTY, (key(party.name), party.name, party.kind, party.country, int(party.registered)))
        connection.execute("INSERT INTO party_names(party_id, name) VALUES (?, ?)", (key(party.name), party.name))


class _Linker:
    """Links about every other figure and demand with the last one of the same place and condition, or addressee."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._last: dict[tuple[object, ...], tuple[str, int, str]] = {}
        self._number = 0

    def links(self, made: MadeStatement) -> Iterator[tuple[object, ...]]:
        """Links of a statement with earlier ones."""
        for layer, about, record in made.linkable:
            earlier = self._last.get(about)
            self._last[about] = record
            if earlier is None or earlier[0] == record[0] or self._draw.random() < 0.5:
                continue
            self._number += 1
            kind = (
                "same_demand" if layer == DEMANDS else self._draw.choice(("updates", "updates", "repeats", "conflicts"))
            )
            score = round(self._draw.uniform(0.5, 1), 3)
            yield (self._number, kind, layer, *earlier, *record, score, "made up: same place and condition", "made")


@click.command()
@click.option("--statements", default=100_000, show_default=True, help="How many.")
@click.option("--db", "path", required=True, type=click.Path(path_type=Path), help="A new file.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same statements.")
def main(statements: int, path: Path, seed: int) -> None:
    """Write a made-up collection into a new database."""
    if path.exists():
        raise click.UsageError(f"{path} exists already: name a new file")
    world = world_of(Gazetteer.open(), Register.load())
    with Database(path) as db:
        fill(db, world, statements, seed)
        counts = {
            t: db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("claims", "figures", "demands", "links")
        }
    sys.stdout.write(f"{path}: {statements} statements, " + ", ".join(f"{n} {t}" for t, n in counts.items()) + "\n")


if __name__ == "__main__":
    main()
