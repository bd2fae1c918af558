"""Puts judgements of people back onto the records of a statement that was extracted again.

By span and content. A judgement stays where its words still stand, told by the words around them. Accepted and
corrected records then say what the person said, whatever the machine says now, and stay even where the machine no
longer finds them; of rejected ones nothing is written. A judgement whose words are gone is kept unattached, and listed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from statement_nlp.records import Claim, Figure, Party, Signatory
from statement_nlp.store import filing
from statement_nlp.store.filing import Filed, Record, Records
from statement_nlp.store.identity import find_all

AROUND = 40
"""Code points on either side of a quote that are remembered, to find it again in a changed text."""
ENOUGH = 20
"""So many of them must still be there; a long quote stands for itself."""
LONG = 40
SAME = 0.8
"""What overlaps so much (intersection over union) with a rejected record is rejected with it; with less, down to
`LIKE`, nobody knows: the rejection is then listed as unattached."""
LIKE = 0.5
"""What overlaps so much with an accepted or corrected record gives way to it."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words and where they stand: code points of the text, and the words around them."""

    quote: str
    start: int
    preceding: str
    following: str

    @classmethod
    def at(cls, text: str, start: int, end: int) -> Anchor:
        """The anchor of a span of a text."""
        return cls(text[start:end], start, text[max(0, start - AROUND) : start], text[end : end + AROUND])

    def find(self, text: str) -> int | None:
        """Where the words stand now; None where they are gone, or several places are as like the one they had."""
        full = len(self.preceding) + len(self.following)
        found = {at: self._kept(text, at) for at in find_all(text, self.quote)}
        if found.get(self.start) == full:
            return self.start
        best = max(found.values(), default=-1)
        if best < min(ENOUGH, full) and not (len(self.quote) >= LONG and len(found) == 1):
            return None
        likely = [at for at, kept in found.items() if kept == best]
        return likely[0] if len(likely) == 1 else None

    def _kept(self, text: str, at: int) -> int:
        """How many code points around the words are the same as they were."""
        end = at + len(self.quote)
        before = text[max(0, at - AROUND) : at][::-1]
        after = text[end : end + AROUND]
        return _agree(before, self.preceding[::-1]) + _agree(after, self.following)


def _agree(a: str, b: str) -> int:
    """How many code points two texts begin with alike."""
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


@dataclass(slots=True)
class Review:
    """A judgement: a row of `reviews`, with the record as the person left it (None where it is rejected)."""

    id: int
    layer: str
    record_id: int | None
    verdict: str
    anchor: Anchor
    judged: Record | None
    places: Mapping[str, Any]
    parties: Mapping[str, Any]
    attached: bool
    found: bool

    @classmethod
    def of(cls, row: sqlite3.Row) -> Review:
        """The judgement of a row of `reviews`."""
        judged = json.loads(row["judged"])
        record = filing.from_plain(row["layer"], judged["record"]) if judged.get("record") else None
        return cls(
            row["id"], row["layer"], row["record_id"], row["verdict"],
            Anchor(row["quote"], row["start"], row["preceding"], row["following"]), record,
            judged.get("places", {}), judged.get("parties", {}), bool(row["attached"]), bool(row["found"]),
        )  # fmt: skip

    def filed(self, machine: Filed | None) -> Filed | None:
        """What is written for the record: nothing where it is rejected."""
        if self.judged is None or self.record_id is None:
            return None
        return Filed(
            self.record_id,
            _grounded(self.judged, machine.record) if machine else self.judged,
            "accepted" if self.verdict == "added" else self.verdict,
            machine.record if machine else None,
            {name: filing.to_place(data) for name, data in self.places.items()},
            {name: Party(**data) for name, data in self.parties.items()},
        )


def _grounded(judged: Record, machine: Record) -> Record:
    """What a person said, with what is not theirs to say as the machine has it now."""
    if isinstance(judged, Signatory) and isinstance(machine, Signatory):
        return replace(judged, method=machine.method, position=machine.position)
    if isinstance(judged, Signatory) or isinstance(machine, Signatory):
        raise TypeError("a signatory is judged as a signatory")
    if isinstance(judged, Figure) and isinstance(machine, Figure):
        judged = replace(judged, part_of=machine.part_of)
    if isinstance(judged, Claim) and isinstance(machine, Claim):
        judged = replace(judged, figures=machine.figures)
    return replace(judged, confidence=machine.confidence, method=machine.method, cues=machine.cues)


def of_statement(connection: sqlite3.Connection, statement_id: str) -> list[Review]:
    """The judgements of a statement's records (not of its links), oldest first."""
    query = "SELECT * FROM reviews WHERE statement_id = ? AND layer <> 'links' ORDER BY id"
    return [Review.of(row) for row in connection.execute(query, (statement_id,))]


def apply(records: Records, reviews: Sequence[Review]) -> Records:
    """The records as they are written: the machine's, but for what people judged."""
    by_id = {(r.layer, r.record_id): r for r in reviews if r.record_id is not None}
    if not by_id:
        return records
    effective: Records = {}
    for layer, filed in records.items():
        judged = [(f, by_id.get((layer, f.id))) for f in filed]
        made = [review.filed(f) if review else f for f, review in judged]
        known = {f.id for f in filed}
        made += [r.filed(None) for r in reviews if r.layer == layer and r.record_id not in known]
        effective[layer] = sorted((f for f in made if f is not None), key=lambda f: (f.record.start, f.record.end))
    return effective


def reattach(
    connection: sqlite3.Connection, statement_id: str, text: str, records: Records, numbering: filing.Numbering
) -> Records:
    """Fit the judgements of a statement to what the machine finds in it now, within the caller's transaction.

    Returns:
        The records as they are to be written.
    """
    reviews = of_statement(connection, statement_id)
    if not reviews:
        return records
    before = {r.id: r.attached for r in reviews}
    fits = _fit(reviews, records, text)
    taken = {(review.layer, fits[review.id].id) for review in reviews if review.id in fits}
    for review in reviews:
        free = [f for f in records[review.layer] if (review.layer, f.id) not in taken]
        _settle(review, fits.get(review.id), free, text, numbering)
    connection.execute(
        "UPDATE reviews SET record_id = NULL WHERE statement_id = ? AND layer <> 'links'", (statement_id,)
    )
    for review in reviews:
        _keep(connection, review, fits.get(review.id))
        if review.attached != before[review.id]:
            note_change(connection, review.id, attached=review.attached)
    return apply(records, reviews)


def _fit(reviews: Sequence[Review], records: Records, text: str) -> dict[int, Filed]:
    """Review id -> the machine's record that it is about; each record has one judgement at most."""
    fits: dict[int, Filed] = {}
    taken: set[tuple[str, int]] = set()
    for choose in (_same_place, _alike):
        for review in reviews:
            at = review.anchor.find(text)
            if at is None or review.id in fits:
                continue
            free = [f for f in records[review.layer] if (review.layer, f.id) not in taken]
            if (found := choose(review, at, free)) is not None:
                fits[review.id] = found
                taken.add((review.layer, found.id))
    return fits


def _same_place(review: Review, at: int, free: Sequence[Filed]) -> Filed | None:
    """The record of the same words at the same place; of several there, the one that had the judgement."""
    span = (at, at + len(review.anchor.quote))
    here = [f for f in free if (f.record.start, f.record.end) == span]
    return min(here, key=lambda f: f.id != review.record_id, default=None)


def _alike(review: Review, at: int, free: Sequence[Filed]) -> Filed | None:
    """The record of nearly the same words, or one that lies where a person said what holds."""
    share, best = _nearest(review, at, free)
    return best if share >= (LIKE if review.judged else SAME) else None


def _nearest(review: Review, at: int, free: Sequence[Filed]) -> tuple[float, Filed | None]:
    """The record that overlaps most with what was judged, and how much."""
    span = (at, at + len(review.anchor.quote))
    if review.judged:
        shift = at - review.anchor.start
        span = (review.judged.start + shift, review.judged.end + shift)
    scored = [(overlap(span, (f.record.start, f.record.end)), -f.id, f) for f in free]
    share, _, best = max(scored, key=lambda s: s[:2], default=(0.0, 0, None))
    return share, best


def overlap(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Intersection over union of two spans."""
    shared = min(a[1], b[1]) - max(a[0], b[0])
    whole = max(a[1], b[1]) - min(a[0], b[0])
    return shared / whole if shared > 0 else 0.0


def _settle(
    review: Review, machine: Filed | None, free: Sequence[Filed], text: str, numbering: filing.Numbering
) -> None:
    """Bring a judgement up to date with where its words stand now, and with the record that it is about."""
    at = review.anchor.find(text)
    moved = _moved(review.judged, at - review.anchor.start, text) if review.judged and at is not None else None
    review.found = machine is not None
    review.record_id = None
    review.attached = at is not None and (moved is not None or review.judged is None)
    if review.attached and at is not None and review.judged is None and machine is None:
        review.attached = _nearest(review, at, free)[0] < LIKE
    if not review.attached or at is None:
        return
    review.judged = moved
    end = at + len(review.anchor.quote)
    if machine:
        review.record_id = machine.id
        at, end = machine.record.start, machine.record.end
    elif moved:
        review.record_id = numbering.give(review.layer, at, end)
    review.anchor = Anchor.at(text, at, end)


def _moved(record: Record, shift: int, text: str) -> Record | None:
    """A record some code points further on; None where its words do not stand there."""
    start, end = record.start + shift, record.end + shift
    if isinstance(record, Signatory):
        return replace(record, start=start, end=end) if 0 <= start <= end <= len(text) else None
    if start < 0 or text[start:end] != record.quote:
        return None
    if isinstance(record, Figure):
        part_of = None if record.part_of is None else record.part_of + shift
        return replace(record, start=start, end=end, part_of=part_of)
    if isinstance(record, Claim):
        return replace(record, start=start, end=end, figures=tuple(f + shift for f in record.figures))
    return replace(record, start=start, end=end)


def _keep(connection: sqlite3.Connection, review: Review, machine: Filed | None) -> None:
    anchor = review.anchor
    judged = {
        "record": filing.to_plain(review.judged) if review.judged else None,
        "places": dict(review.places),
        "parties": dict(review.parties),
    }
    connection.execute(
        """UPDATE reviews SET record_id = ?, quote = ?, start = ?, "end" = ?, preceding = ?, following = ?, judged = ?,
        before = coalesce(?, before), attached = ?, found = ? WHERE id = ?""",
        (
            review.record_id, anchor.quote, anchor.start, anchor.start + len(anchor.quote), anchor.preceding,
            anchor.following, json.dumps(judged), json.dumps(filing.values(machine.record)) if machine else None,
            review.attached, review.found, review.id,
        ),
    )  # fmt: skip


def note_change(connection: sqlite3.Connection, review_id: int, *, attached: bool) -> None:
    """Note in the trail that a judgement lost, or found again, the words that it is about."""
    connection.execute(
        """INSERT INTO review_events(happened, reviewer, action, layer, record_id, review_id, statement_id, quote, note)
        SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), 'extraction', ?, layer, record_id, id, statement_id, quote, ?
        FROM reviews WHERE id = ?""",
        (
            "reattach" if attached else "detach",
            "its words stand in the text again" if attached else "its words no longer stand in the text",
            review_id,
        ),
    )


def detach(connection: sqlite3.Connection, statement_id: str) -> None:
    """Keep the judgements of a statement that is removed, unattached."""
    query = "SELECT id FROM reviews WHERE attached = 1 AND (statement_id = :id OR other_statement_id = :id)"
    gone = [row[0] for row in connection.execute(query, {"id": statement_id}).fetchall()]
    for review_id in gone:
        connection.execute("UPDATE reviews SET attached = 0, found = 0, record_id = NULL WHERE id = ?", (review_id,))
        note_change(connection, review_id, attached=False)
