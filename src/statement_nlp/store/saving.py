"""Writes one extraction into the tables, in place of what the same statement had before.

Everything happens inside the caller's transaction. Records keep their ids (identity.py): those that are found again are
updated where they stand, those that are not are deleted, so nothing that points at a record dangles or is lost.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from statement_nlp.errors import GoldError
from statement_nlp.records import (
    Claim,
    Demand,
    Extraction,
    Figure,
    Party,
    PartyMention,
    PersonMention,
    PlaceMention,
    Signatory,
    SignatoryList,
    Statement,
)
from statement_nlp.store import filing, gazetted, judged_links, reattaching, rollups
from statement_nlp.store.batching import Kept, Waiting, upsert
from statement_nlp.store.dates import interval
from statement_nlp.store.filing import Filed, Records
from statement_nlp.store.identity import key, stable_id, text_hash

LAYERS = tuple(filing.TABLES.values())
AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
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
KEEP_PARTY = """
INSERT INTO parties(id, name, kind, country, registered) VALUES (?, ?, ?, ?, ?)
ON CONFLICT(id) DO UPDATE SET name = excluded.name, kind = excluded.kind, country = excluded.country,
registered = excluded.registered WHERE excluded.registered = 1 OR parties.registered = 0
"""
NAME_PARTY = "INSERT INTO parties(id, name, kind) VALUES (?, ?, 'other') ON CONFLICT(id) DO NOTHING"
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
    """Writes the rows of one statement: `write` a new extraction, `rewrite` what it has after a judgement."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        statement: Statement,
        run_id: int,
        lookup: gazetted.Lookup | None,
        kept: Kept | None = None,
    ) -> None:
        self.connection = connection
        self.statement = statement
        self.run_id = run_id
        self.lookup = lookup
        self.records: Records = {}
        self.written: dict[str, set[int]] = {layer: set() for layer in LAYERS}
        self.figures: dict[int, tuple[int, int]] = {}
        self.kinds: dict[str, Party] = {}
        self.stored = (
            connection.execute("SELECT 1 FROM statements WHERE id = ?", (statement.id,)).fetchone() is not None
        )
        self.waiting = Waiting(connection)
        self.kept = kept or Kept()
        self.named: dict[str, list[PlaceMention]] = {}
        """The mentions of a place under a name, in the order of the text; a corrected one has its old name, too."""
        self.moved: set[str] = set()
        """Places inside which now lies something else."""

    def write(self, extraction: Extraction) -> None:
        """Write everything, people's judgements put back; drop what the statement no longer has and nothing else uses.

        What people judged takes the place of what the extraction says (reattaching.py).
        """
        statement_id = self.statement.id
        with self._counted():
            self._write_statement(extraction)
            numbering = filing.Numbering(self.connection, statement_id, self.statement.text)
            found = filing.identify(numbering, extraction)
            if reattaching.of_statement(self.connection, statement_id):
                filing.keep_machine(self.connection, statement_id, found, self.lookup)
            else:
                self.connection.execute("DELETE FROM machine_records WHERE statement_id = ?", (statement_id,))
            self.records = reattaching.reattach(self.connection, statement_id, self.statement.text, found, numbering)
            self._write_records()
            self._write_signatory_count(extraction.signatories)
        judged_links.reattach(self.connection, statement_id)

    def rewrite(self, records: Records) -> None:
        """Write the records of a stored statement as they are after a judgement."""
        self.records = records
        with self._counted():
            self._write_records()
            self.connection.execute(
                "UPDATE signatory_counts SET listed = ? WHERE statement_id = ?",
                (len(records["signatories"]), self.statement.id),
            )
        judged_links.reattach(self.connection, self.statement.id)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Keep roll-ups in step with what is written, and drop what nothing speaks of any more."""
        statement_id = self.statement.id
        before = rollups.tally(self.connection, statement_id)
        parties, organisations = self._column(USED_PARTIES), self._column(USED_ORGANISATIONS)
        yield
        rollups.write_difference(self.connection, before, rollups.tally(self.connection, statement_id))
        rollups.rebuild_places(self.connection, self.moved)
        if self.stored:
            forget(self.connection, parties, organisations, rollups.places(before))
            self.kept.clear()

    def _write_records(self) -> None:
        for filed in self.records["parties"]:
            if isinstance(filed.record, PartyMention):
                self.kinds[key(filed.record.party.name)] = filed.record.party
        self._write_mentions()
        self._write_figures()
        self._write_claims()
        self._write_demands()
        self._write_signatories()
        self.waiting.flush()
        if self.stored:
            self._drop_stale()

    def _column(self, query: str) -> list[str]:
        return [row[0] for row in self.connection.execute(query, {"id": self.statement.id})] if self.stored else []

    def _write_statement(self, extraction: Extraction) -> None:
        s = self.statement
        since, until = interval(s.published)
        row: dict[str, Any] = {
            "id": s.id, "number": stable_id(s.id), "title": s.title, "published": s.published,
            "published_since": since, "published_until": until, "publisher": s.publisher,
            "organisation_key": self._organisation(s.publisher, None, None) if s.publisher else None,
            "kind": s.kind, "language": s.language, "url": s.url, "source": s.source,
            "countries": json.dumps(s.countries), "series": s.series, "modelled_on": s.modelled_on,
            "links_read": int(s.links_read), "text": s.text, "text_hash": text_hash(s.text),
            "fingerprint": fingerprint(s), "skipped": extraction.skipped, "run_id": self.run_id,
        }  # fmt: skip
        self.connection.execute(upsert("statements", tuple(row)), tuple(row.values()))
        self.connection.execute("DELETE FROM zones WHERE statement_id = ?", (s.id,))
        self.connection.executemany(
            'INSERT INTO zones(statement_id, position, start, "end", kind) VALUES (?, ?, ?, ?, ?)',
            [(s.id, n, z.start, z.end, z.kind) for n, z in enumerate(extraction.zones)],
        )
        self._write_persons(extraction.persons)

    def _write_persons(self, persons: Sequence[PersonMention] | None) -> None:
        """Write whom the statement names; no row says that nobody looked."""
        of = (self.statement.id,)
        self.connection.execute("DELETE FROM person_readings WHERE statement_id = ?", of)
        self.connection.execute("DELETE FROM person_mentions WHERE statement_id = ?", of)
        if persons is None:
            return
        private = sum(p.role == "private" for p in persons)
        self.connection.execute("INSERT INTO person_readings VALUES (?, ?)", (*of, private))
        self.connection.executemany(
            "INSERT INTO person_mentions VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(*of, n, p.start, p.end, p.role, p.method, json.dumps(p.cues)) for n, p in enumerate(persons)],
        )

    def _record(self, table: str, filed: Filed, columns: Mapping[str, Any]) -> int:
        """Put the row of a record among those that wait, and clear the rows that hang on it; gives its id."""
        row = {
            "id": filed.id, "statement_id": self.statement.id, "start": filed.record.start, "end": filed.record.end,
            **columns, "judgement": filed.judgement, "run_id": self.run_id,
        }  # fmt: skip
        self.waiting.put_record(table, row)
        self.written[table].add(filed.id)
        for child in CHILDREN.get(table, ()) if self.stored else ():
            self.waiting.put(f"DELETE FROM {child} WHERE {PARENT[table]} = ?", [(filed.id,)])
        return filed.id

    def _write_mentions(self) -> None:
        mentions = [(f, f.record) for f in self.records["places"] if isinstance(f.record, PlaceMention)]
        for filed, mention in mentions:
            former = filed.machine.name if isinstance(filed.machine, PlaceMention) else mention.name
            for name in {mention.name, former}:
                self.named.setdefault(name, []).append(mention)
        places = {m.place.id: m.place for _, m in mentions if m.place}
        given = {p.id: p for filed in self.records.values() for f in filed for p in f.places.values()}
        for place in (places | given).values():
            self.moved |= gazetted.keep_place(self.connection, place, self.lookup, self.kept)
        for place_id, name in dict.fromkeys((m.place.id, n) for _, m in mentions if m.place for n in (m.name, m.quote)):
            self.waiting.put(gazetted.NAME, [(place_id, name)])
        for filed, m in mentions:
            self._record("place_mentions", filed, _place_columns(m))
        for filed in self.records["parties"]:
            if isinstance(filed.record, PartyMention):
                party_id = self._party(filed.record.party.name, filed.record.quote)
                self._record("party_mentions", filed, _found(filed.record) | {"party_id": party_id})

    def _party(self, name: str, quote: str | None = None) -> str:
        """The id of a party, stored where it is new; the register wins over texts, a later text over earlier ones."""
        party_id = key(name)
        party = self.kinds.get(party_id)
        if party:
            row = (party_id, party.name, party.kind, party.country, int(party.registered))
            if self.kept.parties.get(party_id) != row:
                self.connection.execute(KEEP_PARTY, row)
                self.kept.parties[party_id] = row
        elif party_id not in self.kept.parties:
            self.connection.execute(NAME_PARTY, (party_id, name))
            self.kept.parties[party_id] = None
        if fresh := {(party_id, called) for called in (name, quote) if called} - self.kept.names:
            query = "INSERT INTO party_names(party_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING"
            self.connection.executemany(query, fresh)
            self.kept.names.update(fresh)
        return party_id

    def _places_of(self, table: str, parent: str, filed: Filed, names: Sequence[str]) -> None:
        rows = [(filed.id, n, *self._place_named(name, filed)) for n, name in enumerate(names)]
        query = f"INSERT INTO {table}({parent}, position, name, place_id) VALUES (?, ?, ?, ?)"
        self.waiting.put(query, rows)

    def _place_named(self, name: str, filed: Filed) -> tuple[str, str | None]:
        """The place that a name means in a record: the mention in it, else the nearest before it, else the first.

        A mention that a person corrected means the place that they gave, and calls it as they did.
        """
        if name in filed.places:
            return name, filed.places[name].id
        start, end = filed.record.start, filed.record.end
        mentions = [m for m in self.named.get(name, ()) if m.place or m.name != name]
        inside = [m for m in mentions if start <= m.start < end]
        before = [m for m in mentions if m.start < start]
        chosen = (inside or before[-1:] or mentions)[:1]
        return (chosen[0].name, chosen[0].place.id if chosen[0].place else None) if chosen else (name, None)

    def _write_figures(self) -> None:
        ours = [(f, f.record) for f in self.records["figures"] if isinstance(f.record, Figure)]
        for filed, figure in ours:
            self.figures.setdefault(figure.start, (filed.id, figure.start))
        for filed, figure in ours:
            if filed.machine:
                self.figures.setdefault(filed.machine.start, (filed.id, figure.start))
        for filed, f in ours:
            part_of = self.figures.get(f.part_of, (0, f.part_of))[1] if f.part_of is not None else None
            columns = _found(f) | {
                "low": f.low, "high": f.high, "qualifier": f.qualifier, "unit": f.unit, "condition": f.condition,
                "date": f.date, "since": f.since, "until": f.until, "part_of": part_of,
            }  # fmt: skip
            self._record("figures", filed, columns)
            self._places_of("figure_places", "figure_id", filed, f.places)

    def _write_claims(self) -> None:
        published = interval(self.statement.published)[0]
        ours = [f.record for f in self.records["figures"] if f.judgement and f.machine is None]
        for filed in self.records["claims"]:
            if not isinstance(c := filed.record, Claim):
                continue
            columns = _found(c) | {
                "status": c.status, "attribution": c.attribution, "date": c.date, "since": c.since, "until": c.until,
                "day": c.since or published or "",
            }  # fmt: skip
            self._record("claims", filed, columns)
            self._places_of("claim_named_places", "claim_id", filed, c.places)
            # the machine's claims know nothing of the figures that stand by a person's word alone
            added = (f.start for f in ours if c.start <= f.start and f.end <= c.end)
            inside = [self.figures.get(start, (None, start)) for start in dict.fromkeys((*c.figures, *added))]
            self.waiting.put(
                "INSERT INTO claim_figures(claim_id, position, start, figure_id) VALUES (?, ?, ?, ?)",
                [(filed.id, n, start, figure_id) for n, (figure_id, start) in enumerate(inside)],
            )

    def _write_demands(self) -> None:
        for filed in self.records["demands"]:
            if not isinstance(d := filed.record, Demand):
                continue
            self._record("demands", filed, _found(d) | {"strength": d.strength, "deadline": d.deadline})
            self._places_of("demand_places", "demand_id", filed, d.places)
            self.kinds = {key(p.name): p for p in filed.parties.values()} | self.kinds
            addressees = [(filed.id, n, name, self._party(name)) for n, name in enumerate(d.addressees)]
            query = "INSERT INTO demand_addressees(demand_id, position, name, party_id) VALUES (?, ?, ?, ?)"
            self.waiting.put(query, addressees)
            for table, column, values in (("actions", "action", d.actions), ("themes", "theme", d.themes)):
                self.waiting.put(
                    f"INSERT INTO demand_{table}(demand_id, position, {column}) VALUES (?, ?, ?)",
                    [(filed.id, n, value) for n, value in enumerate(values)],
                )

    def _write_signatories(self) -> None:
        for filed in self.records["signatories"]:
            if not isinstance(s := filed.record, Signatory):
                continue
            columns = {
                "position": s.position, "name": s.name, "acronym": s.acronym, "note": s.note, "method": s.method,
                "organisation_key": self._organisation(s.name, s.acronym, s.note),
            }  # fmt: skip
            self._record("signatories", filed, columns)

    def _write_signatory_count(self, found: SignatoryList) -> None:
        listed = len(self.records["signatories"])
        self.connection.execute("DELETE FROM signatory_counts WHERE statement_id = ?", (self.statement.id,))
        if found.signatories or listed or found.stated is not None or found.stated_quote is not None:
            self.connection.execute(
                "INSERT INTO signatory_counts(statement_id, stated, stated_quote, listed) VALUES (?, ?, ?, ?)",
                (self.statement.id, found.stated, found.stated_quote, listed),
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
        "cues": AS_JSON(record.cues),
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


def remove(connection: sqlite3.Connection, statement_id: str) -> None:
    """Forget a stored statement and all that was found in it, within the caller's transaction; judgements stay."""
    of = {"id": statement_id}
    reattaching.detach(connection, statement_id)
    counts = rollups.tally(connection, statement_id)
    parties = [row[0] for row in connection.execute(USED_PARTIES, of)]
    organisations = [row[0] for row in connection.execute(USED_ORGANISATIONS, of)]
    for layer in LAYERS:
        connection.execute(f"DELETE FROM {layer} WHERE statement_id = :id", of)
    connection.execute("DELETE FROM statements WHERE id = :id", of)
    rollups.write_difference(connection, counts, {})
    forget(connection, parties, organisations, rollups.places(counts))
