"""Records on their way into the tables: the id each is stored under, and what people made of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any

from statement_nlp.records import (
    Claim,
    Demand,
    Extraction,
    Figure,
    Party,
    PartyMention,
    Place,
    PlaceMention,
    Signatory,
)
from statement_nlp.store import gazetted
from statement_nlp.store.identity import RecordIds

Record = PlaceMention | PartyMention | Figure | Claim | Demand | Signatory
Values = dict[str, Any]

TABLES: Mapping[str, str] = {
    "places": "place_mentions", "parties": "party_mentions", "figures": "figures", "claims": "claims",
    "demands": "demands", "signatories": "signatories",
}  # fmt: skip
"""The table of each layer of records."""
CLASSES: Mapping[str, type[Record]] = {
    "places": PlaceMention, "parties": PartyMention, "figures": Figure, "claims": Claim, "demands": Demand,
    "signatories": Signatory,
}  # fmt: skip
UNSAID = ("confidence", "method", "cues", "part_of", "position")
"""What a record has beside what it says: no part of its values."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A record with the id that it is stored under.

    `judgement` is what a person decided (accepted, too, where they added it); `machine` the record as it was found,
    where a person's stands in its place; `places` and `parties` are those that a person gave by name.
    """

    id: int
    record: Record
    judgement: str | None = None
    machine: Record | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    parties: Mapping[str, Party] = field(default_factory=dict)


Records = dict[str, list[Filed]]
"""Layer -> its records, in the order in which they were found."""


class Numbering:
    """Gives the records of one statement their ids, none that a record of another statement has."""

    def __init__(self, connection: sqlite3.Connection, statement_id: str, text: str) -> None:
        self._connection = connection
        self._statement_id = statement_id
        self._ids = RecordIds(statement_id, text)

    def give(self, layer: str, start: int, end: int) -> int:
        """The id of the record of a layer at these code points."""
        return self.give_all(layer, [(start, end)])[0]

    def give_all(self, layer: str, spans: Sequence[tuple[int, int]]) -> list[int]:
        """The ids of the records of a layer at these code points, in their order."""
        made = [self._ids.give(TABLES[layer], *span) for span in spans]
        while others := self._of_others(layer, made):
            made = [self._ids.give(TABLES[layer], *s) if i in others else i for i, s in zip(made, spans, strict=True)]
        return made

    def _of_others(self, layer: str, ids: Sequence[int]) -> set[int]:
        """Those of some ids under which a record of another statement is stored."""
        query = f"SELECT id FROM {TABLES[layer]} WHERE id IN (SELECT value FROM json_each(?)) AND statement_id <> ?"
        return {row[0] for row in self._connection.execute(query, (json.dumps(ids), self._statement_id))}

    def pass_over(self, records: Records) -> None:
        """Take the ids of records as given, in the order in which they were found."""
        for layer, filed in records.items():
            for f in filed:
                self.give(layer, f.record.start, f.record.end)


def layers_of(extraction: Extraction) -> dict[str, tuple[Record, ...]]:
    """The records of an extraction by layer."""
    return {
        "places": extraction.places, "parties": extraction.parties, "figures": extraction.figures,
        "claims": extraction.claims, "demands": extraction.demands, "signatories": extraction.signatories.signatories,
    }  # fmt: skip


def identify(numbering: Numbering, extraction: Extraction) -> Records:
    """The records of an extraction with their ids."""
    filed: Records = {}
    for layer, records in layers_of(extraction).items():
        ids = numbering.give_all(layer, [(r.start, r.end) for r in records])
        filed[layer] = [Filed(i, r) for i, r in zip(ids, records, strict=True)]
    return filed


def words(record: Record, text: str) -> str:
    """The exact characters of a record."""
    return text[record.start : record.end]


def values(record: Record) -> Values:
    """What a record says, as plain values: those that a person judges, and nothing of how it was found."""
    found = {name: value for name, value in asdict(record).items() if name not in UNSAID}
    if isinstance(record, PlaceMention):
        found["place"] = record.place.id if record.place else None
    if isinstance(record, PartyMention):
        found |= {"party": record.party.name, "kind": record.party.kind}
    if isinstance(record, Claim):
        del found["figures"]  # where the figures inside it stand: theirs to say
    if not isinstance(record, Signatory):
        del found["end"]
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def digest(said: Mapping[str, Any]) -> str:
    """A short hash of what a record says: a form carries it, so that nobody judges what has changed meanwhile."""
    plain = json.dumps(said, sort_keys=True, ensure_ascii=True)
    return blake2b(plain.encode(), digest_size=8).hexdigest()


def to_plain(record: Record) -> dict[str, Any]:
    """All of a record as JSON takes it."""
    return asdict(record)


def from_plain(layer: str, data: Mapping[str, Any]) -> Record:
    """The record that `to_plain` made this of."""
    given: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in data.items()}
    if layer == "places" and given["place"]:
        given["place"] = to_place(given["place"])
    if layer == "parties":
        given["party"] = Party(**given["party"])
    make: Callable[..., Record] = CLASSES[layer]
    return make(**given)


def to_place(data: Mapping[str, Any]) -> Place:
    """A place from its fields."""
    return Place(**{**data, "parents": tuple(data["parents"])})


def around(places: Iterable[Place], lookup: gazetted.Lookup | None) -> dict[str, Place]:
    """The places around some places, by id."""
    return {outer.id: outer for place in places for outer in gazetted.chain(place, lookup)}


def keep_machine(
    connection: sqlite3.Connection, statement_id: str, records: Records, lookup: gazetted.Lookup | None
) -> None:
    """Keep what the machine found in a statement, so that any judgement can be taken back."""
    named = [f.record.place for f in records["places"] if isinstance(f.record, PlaceMention) and f.record.place]
    kept = {
        "records": {layer: [[f.id, to_plain(f.record)] for f in filed] for layer, filed in records.items()},
        "around": {place_id: asdict(place) for place_id, place in around(named, lookup).items()},
    }
    connection.execute(
        "INSERT INTO machine_records VALUES (?, ?) ON CONFLICT DO UPDATE SET records = excluded.records",
        (statement_id, json.dumps(kept)),
    )


def machine_records(connection: sqlite3.Connection, statement_id: str) -> tuple[Records, dict[str, Place]] | None:
    """What `keep_machine` kept of a statement: its records, and the places around those it names."""
    row = connection.execute("SELECT records FROM machine_records WHERE statement_id = ?", (statement_id,)).fetchone()
    if row is None:
        return None
    kept = json.loads(row[0])
    records = {
        layer: [Filed(record_id, from_plain(layer, data)) for record_id, data in filed]
        for layer, filed in kept["records"].items()
    }
    return records, {place_id: to_place(data) for place_id, data in kept["around"].items()}
