"""Writes one extraction into the tables, in place of what the same statement had before.

Everything happens inside the caller's transaction. Records keep their ids (identity.py): those that are found again are
updated where they stand, those that are not are deleted, so nothing that points at a record dangles or is lost.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from statement_nlp.errors import GoldError
from statement_nlp.records import Claim, Demand, Extraction, Figure, PartyMention, PlaceMention, Statement
from statement_nlp.store import gazetted
from statement_nlp.store.dates import interval
from statement_nlp.store.identity import RecordIds, key, stable_id, text_hash

LAYERS = ("place_mentions", "party_mentions", "figures", "claims", "demands", "signatories")
CHILDREN = {
    "figures": ("figure_places",),
    "claims": ("claim_named_places", "claim_figures"),
    "demands": ("demand_addressees", "demand_actions", "demand_themes", "demand_places"),
}
PARENT = {"figures": "figure_id", "claims": "claim_id", "demands": "demand_id"}

USED_PARTIES = """
SELECT party_id FROM party_mentions WHERE statement_id = :id
UNION SELECT a.party_id FROM demands d JOIN demand_addressees a ON a.demand_id = d.id WHERE d.statement_id = :id
"""
USED_ORGANISATIONS = """
SELECT organisation_key FROM signatories WHERE statement_id = :id
UNION SELECT organisation_key FROM statements WHERE id = :id AND organisation_key IS NOT NULL
"""
FORGET_PARTY = """
DELETE FROM parties WHERE id = :id AND NOT EXISTS (SELECT 1 FROM party_mentions WHERE party_id = :id)
AND NOT EXISTS (SELECT 1 FROM demand_addressees WHERE party_id = :id)
"""
FORGET_ORGANISATION_NAME = """
DELETE FROM organisation_names WHERE key = :id AND NOT EXISTS (SELECT 1 FROM signatories WHERE organisation_key = :id)
AND NOT EXISTS (SELECT 1 FROM statements WHERE organisation_key = :id)
AND NOT EXISTS (SELECT 1 FROM organisation_judgements WHERE a_key = :id OR b_key = :id)
"""
FORGET_ORGANISATION = """
DELETE FROM organisations WHERE id = :id AND NOT EXISTS (SELECT 1 FROM organisation_names WHERE organisation_id = :id)
"""


def fingerprint(statement: Statement) -> str:
    """A hash of all that is known about a statement, its text included: it tells whether anything changed."""
    return text_hash(json.dumps(asdict(statement), sort_keys=True, ensure_ascii=True))


def check(extraction: Extraction) -> None:
    """Refuse an extraction whose records do not stand where they say.

    Raises:
        GoldError: a span outside of the text, or a quote that is not the text of its span.
    """
    text, name = extraction.statement.text, extraction.statement.id
    quoted: list[PlaceMention | PartyMention | Figure | Demand | Claim] = [
        *extraction.places, *extraction.parties, *extraction.figures, *extraction.demands, *extraction.claims
    ]  # fmt: skip
    for record in [*quoted, *extraction.zones, *extraction.signatories.signatories]:
        if not 0 <= record.start <= record.end <= len(text):
            what = type(record).__name__.lower()
            raise GoldError(f"{name}: {what} at {record.start}-{record.end} is outside of the text")
    for found in quoted:
        if text[found.start : found.end] != found.quote:
            raise GoldError(f"{name}: {found.quote!r} does not stand at {found.start}-{found.end}")


class Writer:
    """Writes the rows of one extraction. `write` is its only use."""

    def __init__(
        self, connection: sqlite3.Connection, extraction: Extraction, run_id: int, lookup: gazetted.Lookup | None
    ) -> None:
        self.connection = connection
        self.extraction = extraction
        self.statement = extraction.statement
        self.run_id = run_id
        self.lookup = lookup
        self.ids = RecordIds(self.statement.id, self.statement.text)
        self.written: dict[str, set[int]] = {layer: set() for layer in LAYERS}
        self.figure_ids: dict[int, int] = {}
        self.kinds = {key(m.party.name): m.party for m in extraction.parties}

    def write(self) -> None:
        """Write everything; drop what the statement no longer has and what nothing else uses."""
        statement_id = self.statement.id
        before = gazetted.tally(self.connection, statement_id)
        parties = self._column(USED_PARTIES)
        organisations = self._column(USED_ORGANISATIONS)
        self._write_statement()
        self._write_mentions()
        self._write_figures()
        self._write_claims()
        self._write_demands()
        self._write_signatories()
        self._drop_stale()
        gazetted.add_counts(self.connection, before, -1)
        gazetted.add_counts(self.connection, gazetted.tally(self.connection, statement_id), 1)
        forget(self.connection, parties, organisations, before)

    def _column(self, query: str) -> list[str]:
        return [row[0] for row in self.connection.execute(query, {"id": self.statement.id})]

    def _write_statement(self) -> None:
        s = self.statement
        since, until = interval(s.published)
        row: dict[str, Any] = {
            "id": s.id, "number": stable_id(s.id), "title": s.title, "published": s.published,
            "published_since": since, "published_until": until, "publisher": s.publisher,
            "organisation_key": self._organisation(s.publisher, None, None) if s.publisher else None,
            "kind": s.kind, "language": s.language, "url": s.url, "source": s.source,
            "countries": json.dumps(s.countries), "series": s.series, "modelled_on": s.modelled_on,
            "links_read": int(s.links_read), "text": s.text, "text_hash": text_hash(s.text),
            "fingerprint": fingerprint(s), "skipped": self.extraction.skipped, "run_id": self.run_id,
        }  # fmt: skip
        self._upsert("statements", row)
        self.connection.execute("DELETE FROM zones WHERE statement_id = ?", (s.id,))
        self.connection.executemany(
            'INSERT INTO zones(statement_id, position, start, "end", kind) VALUES (?, ?, ?, ?, ?)',
            [(s.id, n, z.start, z.end, z.kind) for n, z in enumerate(self.extraction.zones)],
        )

    def _upsert(self, table: str, row: Mapping[str, Any]) -> bool:
        """Insert a row, or update the one of this id; False where the id belongs to another statement's record."""
        updates = ", ".join(f'"{c}" = excluded."{c}"' for c in row if c != "id")
        own = "" if table == "statements" else f"WHERE {table}.statement_id = excluded.statement_id"
        columns = ", ".join(f'"{c}"' for c in row)
        cursor = self.connection.execute(
            f"INSERT INTO {table}({columns}) VALUES ({', '.join('?' * len(row))}) "
            f"ON CONFLICT(id) DO UPDATE SET {updates} {own}",
            tuple(row.values()),
        )
        return cursor.rowcount > 0

    def _record(self, layer: str, start: int, end: int, columns: Mapping[str, Any]) -> int:
        """Write the row of a record and clear the rows that hang on it; gives its id."""
        while True:
            record_id = self.ids.give(layer, start, end)
            row = {"id": record_id, "statement_id": self.statement.id, "start": start, "end": end, **columns}
            if self._upsert(layer, row | {"run_id": self.run_id}):
                break
        self.written[layer].add(record_id)
        for child in CHILDREN.get(layer, ()):
            self.connection.execute(f"DELETE FROM {child} WHERE {PARENT[layer]} = ?", (record_id,))
        return record_id

    def _write_mentions(self) -> None:
        for place in {m.place.id: m.place for m in self.extraction.places if m.place}.values():
            gazetted.keep_place(self.connection, place, self.lookup)
        for m in self.extraction.places:
            if m.place:
                gazetted.name_place(self.connection, m.place.id, {m.name, m.quote})
            self._record("place_mentions", m.start, m.end, _place_columns(m))
        for mention in self.extraction.parties:
            party_id = self._party(mention.party.name, mention.quote)
            self._record("party_mentions", mention.start, mention.end, _found(mention) | {"party_id": party_id})

    def _party(self, name: str, quote: str | None = None) -> str:
        """The id of a party, stored where it is new; the register wins over texts, a later text over earlier ones."""
        party_id = key(name)
        party = self.kinds.get(party_id)
        if party:
            self.connection.execute(
                """INSERT INTO parties(id, name, kind, country, registered) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT(id) DO UPDATE SET name = excluded.name, kind = excluded.kind, country = excluded.country,
                registered = excluded.registered WHERE excluded.registered = 1 OR parties.registered = 0""",
                (party_id, party.name, party.kind, party.country, int(party.registered)),
            )
        else:
            query = "INSERT INTO parties(id, name, kind) VALUES (?, ?, 'other') ON CONFLICT(id) DO NOTHING"
            self.connection.execute(query, (party_id, name))
        self.connection.executemany(
            "INSERT INTO party_names(party_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(party_id, known) for known in {name, quote} if known],
        )
        return party_id

    def _places_of(self, table: str, parent: str, record_id: int, span: tuple[int, int], names: Sequence[str]) -> None:
        rows = [(record_id, n, name, self._place_id(name, span)) for n, name in enumerate(names)]
        query = f"INSERT INTO {table}({parent}, position, name, place_id) VALUES (?, ?, ?, ?)"
        self.connection.executemany(query, rows)

    def _place_id(self, name: str, span: tuple[int, int]) -> str | None:
        """The place that a name means here: the mention in the record, else the nearest before it, else the first."""
        mentions = [m for m in self.extraction.places if m.name == name and m.place]
        inside = [m for m in mentions if span[0] <= m.start < span[1]]
        before = [m for m in mentions if m.start < span[0]]
        chosen = (inside or before[-1:] or mentions)[:1]
        return chosen[0].place.id if chosen and chosen[0].place else None

    def _write_figures(self) -> None:
        for f in self.extraction.figures:
            columns = _found(f) | {
                "low": f.low, "high": f.high, "qualifier": f.qualifier, "unit": f.unit, "condition": f.condition,
                "date": f.date, "since": f.since, "until": f.until, "part_of": f.part_of,
            }  # fmt: skip
            record_id = self._record("figures", f.start, f.end, columns)
            self.figure_ids.setdefault(f.start, record_id)
            self._places_of("figure_places", "figure_id", record_id, (f.start, f.end), f.places)

    def _write_claims(self) -> None:
        published = interval(self.statement.published)[0]
        for c in self.extraction.claims:
            columns = _found(c) | {
                "status": c.status, "attribution": c.attribution, "date": c.date, "since": c.since, "until": c.until,
                "day": c.since or published or "",
            }  # fmt: skip
            record_id = self._record("claims", c.start, c.end, columns)
            self._places_of("claim_named_places", "claim_id", record_id, (c.start, c.end), c.places)
            self.connection.executemany(
                "INSERT INTO claim_figures(claim_id, position, start, figure_id) VALUES (?, ?, ?, ?)",
                [(record_id, n, start, self.figure_ids.get(start)) for n, start in enumerate(c.figures)],
            )

    def _write_demands(self) -> None:
        for d in self.extraction.demands:
            columns = _found(d) | {"strength": d.strength, "deadline": d.deadline}
            record_id = self._record("demands", d.start, d.end, columns)
            self._places_of("demand_places", "demand_id", record_id, (d.start, d.end), d.places)
            addressees = [(record_id, n, name, self._party(name)) for n, name in enumerate(d.addressees)]
            query = "INSERT INTO demand_addressees(demand_id, position, name, party_id) VALUES (?, ?, ?, ?)"
            self.connection.executemany(query, addressees)
            for table, column, values in (("actions", "action", d.actions), ("themes", "theme", d.themes)):
                self.connection.executemany(
                    f"INSERT INTO demand_{table}(demand_id, position, {column}) VALUES (?, ?, ?)",
                    [(record_id, n, value) for n, value in enumerate(values)],
                )

    def _write_signatories(self) -> None:
        found = self.extraction.signatories
        for s in found.signatories:
            columns = {
                "position": s.position, "name": s.name, "acronym": s.acronym, "note": s.note, "method": s.method,
                "organisation_key": self._organisation(s.name, s.acronym, s.note),
            }  # fmt: skip
            self._record("signatories", s.start, s.end, columns)
        self.connection.execute("DELETE FROM signatory_counts WHERE statement_id = ?", (self.statement.id,))
        if found.signatories or found.stated is not None or found.stated_quote is not None:
            self.connection.execute(
                "INSERT INTO signatory_counts(statement_id, stated, stated_quote, listed) VALUES (?, ?, ?, ?)",
                (self.statement.id, found.stated, found.stated_quote, len(found.signatories)),
            )

    def _organisation(self, name: str, acronym: str | None, branch: str | None) -> str:
        """The key of a printed name, stored as an organisation of its own where it is new; branches are kept apart."""
        made = key(f"{name} {branch}" if branch else name)
        if self.connection.execute("SELECT 1 FROM organisation_names WHERE key = ?", (made,)).fetchone() is None:
            self.connection.execute(
                "INSERT INTO organisations(id, name, acronym, branch) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (made, name, acronym, branch),
            )
            self.connection.execute(
                "INSERT INTO organisation_names(key, name, acronym, branch, organisation_id) VALUES (?, ?, ?, ?, ?)",
                (made, name, acronym, branch, made),
            )
        return made

    def _drop_stale(self) -> None:
        for layer, written in self.written.items():
            rows = self.connection.execute(f"SELECT id FROM {layer} WHERE statement_id = ?", (self.statement.id,))
            stale = [(row[0],) for row in rows.fetchall() if row[0] not in written]
            self.connection.executemany(f"DELETE FROM {layer} WHERE id = ?", stale)


def _found(record: PlaceMention | PartyMention | Figure | Claim | Demand) -> dict[str, Any]:
    """The columns that every extracted record has."""
    return {
        "quote": record.quote,
        "confidence": record.confidence,
        "method": record.method,
        "cues": json.dumps(record.cues, ensure_ascii=False),
    }


def _place_columns(mention: PlaceMention) -> dict[str, Any]:
    return _found(mention) | {
        "name": mention.name,
        "country": mention.country,
        "place_id": mention.place.id if mention.place else None,
        "modifier": mention.modifier,
    }


def forget(
    connection: sqlite3.Connection, parties: Iterable[str], organisations: Iterable[str], places: Iterable[str]
) -> None:
    """Drop those of some parties, organisations and places that no statement speaks of any more."""
    connection.executemany(FORGET_PARTY, [{"id": i} for i in parties])
    keys = [{"id": i} for i in organisations]
    owners = [
        {"id": row[0]}
        for k in keys
        for row in connection.execute("SELECT organisation_id FROM organisation_names WHERE key = :id", k).fetchall()
    ]
    connection.executemany(FORGET_ORGANISATION_NAME, keys)
    connection.executemany(FORGET_ORGANISATION, owners)
    gazetted.forget_unused(connection, places)
