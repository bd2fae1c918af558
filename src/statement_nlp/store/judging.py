"""Judgements of people: a record or link accepted, rejected or corrected, and taken back; missed.py adds records.

Every function writes within the caller's transaction. What the tables hold of a statement is always made from what the
machine found (`machine_records`) and what people decided (`reviews`); `review_events` keeps every step.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from statement_nlp.errors import ChangedRecordError, CorrectionError, ReviewError, UnknownRecordError
from statement_nlp.records import PlaceMention, Statement
from statement_nlp.store import corrections, filing, gazetted, judged_links, loading, reattaching
from statement_nlp.store.clock import now
from statement_nlp.store.filing import Filed, Records, Values
from statement_nlp.store.reattaching import Anchor, Review
from statement_nlp.store.saving import Writer

Verdict = Literal["accepted", "rejected", "corrected", "added"]
Action = Literal["accept", "reject", "correct", "undo", "add"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides about a record: `changes` are the fields of a correction as typed.

    `digest` is that of what the person saw, if known: they then judge nothing that has changed meanwhile.
    """

    action: Action
    reviewer: str
    note: str | None = None
    changes: Mapping[str, str] | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged: a record or link, by id. `statements` are those it belongs to."""

    layer: str
    record_id: int
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A record as it stands: what it says, what the machine says, and what people decided.

    `shown` is None where it is rejected, `machine` where the machine no longer finds it.
    """

    subject: Subject
    shown: Values | None
    machine: Values | None
    review: Mapping[str, Any] | None
    anchor: Anchor

    @property
    def digest(self) -> str:
        """The digest of what it says."""
        return filing.digest(self.shown or {})


def find(connection: sqlite3.Connection, record_id: int) -> Subject:
    """What bears an id: a record, a link, or one that was rejected; the id of a judgement stands for what it is about.

    Raises:
        UnknownRecordError: nothing does.
    """
    for layer, table in filing.TABLES.items():
        row = connection.execute(f"SELECT statement_id FROM {table} WHERE id = ?", (record_id,)).fetchone()
        if row:
            return Subject(layer, record_id, (row[0],))
    row = connection.execute("SELECT a_statement_id, b_statement_id FROM links WHERE id = ?", (record_id,)).fetchone()
    if row:
        return Subject("links", record_id, tuple(row))
    row = connection.execute(
        "SELECT layer, record_id, statement_id, other_statement_id FROM reviews WHERE record_id = :id OR id = :id",
        {"id": record_id},
    ).fetchone()
    if row and row["record_id"] is not None:
        ends = (row["statement_id"], row["other_statement_id"])
        return Subject(row["layer"], row["record_id"], tuple(filter(None, ends)))
    if row:
        raise ReviewError(f"judgement {record_id} is not attached to any record now: it can be taken back only (undo)")
    raise UnknownRecordError(f"no record, link or judgement {record_id} in this database")


def standing(connection: sqlite3.Connection, record_id: int) -> Standing:
    """How a record or link stands.

    Raises:
        UnknownRecordError: nothing bears this id.
    """
    subject = find(connection, record_id)
    row = _review_row(connection, subject)
    review = dict(row) if row else None
    if subject.layer == "links":
        return _link_standing(connection, subject, review)
    text = loading.load_statement(connection, subject.statements[0]).text
    machine, _ = machine_of(connection, subject.statements[0])
    found = next((f for f in machine[subject.layer] if f.id == subject.record_id), None)
    judged = Review.of(row) if row else None
    shown = judged.filed(found) if judged else found
    at = shown or found
    if at is None and judged and review:
        # rejected, and the machine does not find it either: only the judgement is left
        return Standing(subject, None, None, review, judged.anchor)
    if at is None:
        raise UnknownRecordError(f"no record {record_id} in this database")
    return Standing(
        subject,
        filing.values(shown.record) if shown else None,
        filing.values(found.record) if found else None,
        review,
        Anchor.at(text, at.record.start, at.record.end),
    )


def _link_standing(connection: sqlite3.Connection, subject: Subject, review: dict[str, Any] | None) -> Standing:
    row = connection.execute("SELECT * FROM links WHERE id = ?", (subject.record_id,)).fetchone()
    machine = json.loads(review["judged"])["link"] if review else row
    at = Anchor(f"{machine['a_quote']} / {machine['b_quote']}", 0, "", "")
    shown = judged_links.values(row) if row else None
    return Standing(subject, shown, judged_links.values(machine), review, at)


def _review_row(connection: sqlite3.Connection, subject: Subject) -> sqlite3.Row | None:
    query = "SELECT * FROM reviews WHERE layer = ? AND record_id = ?"
    row: sqlite3.Row | None = connection.execute(query, (subject.layer, subject.record_id)).fetchone()
    return row


def machine_of(
    connection: sqlite3.Connection, statement_id: str, lookup: gazetted.Lookup | None = None
) -> tuple[Records, gazetted.Lookup]:
    """What the machine found in a statement, with ids, and what knows the places around those that it names."""
    kept = filing.machine_records(connection, statement_id)
    if kept is None:
        records = {
            layer: [Filed(row_id, record) for row_id, record in loading.load_layer(connection, statement_id, layer)]
            for layer in filing.TABLES
        }
        return records, lambda place_id: _looked_up(connection, {}, lookup, place_id)
    records, places = kept
    return records, lambda place_id: _looked_up(connection, places, lookup, place_id)


def _looked_up(
    connection: sqlite3.Connection, places: Mapping[str, Any], lookup: gazetted.Lookup | None, place_id: str
) -> Any:
    known = lookup(place_id) if lookup else None
    return known or loading.load_place(connection, place_id) or places.get(place_id)


def digests(connection: sqlite3.Connection, statement_id: str) -> dict[int, str]:
    """Record id -> digest of what it says, of each record and link of a statement that is shown."""
    machine, _ = machine_of(connection, statement_id)
    records = reattaching.apply(machine, reattaching.of_statement(connection, statement_id))
    found = {f.id: filing.digest(filing.values(f.record)) for filed in records.values() for f in filed}
    query = "SELECT * FROM links WHERE a_statement_id = :id OR b_statement_id = :id"
    for row in connection.execute(query, {"id": statement_id}):
        found[row["id"]] = filing.digest(judged_links.values(row))
    return found


def decide(
    connection: sqlite3.Connection,
    record_id: int,
    decision: Decision,
    *,
    known: corrections.Known | None = None,
    lookup: gazetted.Lookup | None = None,
) -> Standing:
    """Carry out what a person decides about a record or link; what was decided before is replaced, the trail keeps it.

    Args:
        connection: within a transaction.
        record_id: of the record or link.
        decision: what is decided, by whom.
        known: places and parties, needed for corrections.
        lookup: from a place's id to the place, for the places around a corrected one.

    Returns:
        How it stood before.

    Raises:
        UnknownRecordError: nothing bears this id.
        ChangedRecordError: it says something else than what the person saw.
        CorrectionError: a corrected value cannot be.
        ReviewError: there is nothing to take back, or nobody signs.
    """
    if not decision.reviewer.strip():
        raise ReviewError("a judgement needs a name: who decides?")
    if decision.action == "undo":
        return _undo(connection, record_id, decision, lookup)
    now_is = standing(connection, record_id)
    _refuse_changed(now_is, decision)
    if now_is.subject.layer == "links":
        _decide_link(connection, now_is, decision)
    else:
        _decide_record(connection, now_is, decision, known, lookup)
    return now_is


def _refuse_changed(now_is: Standing, decision: Decision) -> None:
    if decision.digest is None or decision.digest == now_is.digest:
        return
    review = now_is.review
    by = f" by {review['reviewer']} on {review['reviewed']}" if review else ", when its statement was extracted again"
    what = review["verdict"] if review else "changed"
    raise ChangedRecordError(f"this record was {what}{by}, after you opened it: look at it as it is now, then decide")


def _decide_record(
    connection: sqlite3.Connection,
    now_is: Standing,
    decision: Decision,
    known: corrections.Known | None,
    lookup: gazetted.Lookup | None,
) -> None:
    subject, statement_id = now_is.subject, now_is.subject.statements[0]
    machine, places = machine_of(connection, statement_id, lookup)
    found = next((f for f in machine[subject.layer] if f.id == subject.record_id), None)
    row = _review_row(connection, subject)
    shown = (Review.of(row).filed(found) if row else None) or found
    if shown is None:
        raise ReviewError(
            f"record {subject.record_id} is rejected and no longer found: there is nothing to {decision.action}; undo"
        )
    text = loading.load_statement(connection, statement_id).text
    made = _judged(connection, shown, decision, statement_id, machine, known) if decision.action != "reject" else None
    verdict: Verdict = "rejected"
    if made:
        said = filing.values(made.record)
        # what the machine does not find is what a person says, and may be right as it is shown
        kept = found is None and decision.action == "accept"
        verdict = "accepted" if kept or (found and said == filing.values(found.record)) else "corrected"
    if filing.machine_records(connection, statement_id) is None:
        filing.keep_machine(connection, statement_id, machine, places)
    at = found.record if found else shown.record
    anchor = Review.of(row).anchor if row else Anchor.at(text, at.start, at.end)
    judged = {"record": filing.to_plain(made.record) if made else None, **(made.as_plain() if made else {})}
    after = filing.values(made.record) if made else {}
    keep(connection, now_is, decision, verdict, (statement_id, None), anchor, after, judged)
    rewrite(connection, statement_id, lookup)


def _judged(
    connection: sqlite3.Connection,
    shown: Filed,
    decision: Decision,
    statement_id: str,
    machine: Records,
    known: corrections.Known | None,
) -> corrections.Corrected:
    """The record as the person leaves it; what they had given by name before stays."""
    before = corrections.Corrected(shown.record, dict(shown.places), dict(shown.parties))
    if decision.action == "accept":
        return before
    if not decision.changes:
        raise CorrectionError("a correction needs a value: FIELD=VALUE")
    if known is None:
        raise CorrectionError("nothing can be corrected without the gazetteer and the register")
    around = surroundings(loading.load_statement(connection, statement_id), machine)
    layer = next(name for name, kind in filing.CLASSES.items() if isinstance(shown.record, kind))
    made = corrections.correct(layer, shown.record, decision.changes, around, known)
    made.places = before.places | made.places
    made.parties = before.parties | made.parties
    return made


def surroundings(statement: Statement, machine: Records) -> corrections.Surroundings:
    """What a correction is read against: the text of a statement and the places that the machine found in it."""
    mentions = [f.record.place for f in machine["places"] if isinstance(f.record, PlaceMention) and f.record.place]
    return corrections.Surroundings(statement.text, mentions, frozenset(statement.countries))


def _decide_link(connection: sqlite3.Connection, now_is: Standing, decision: Decision) -> None:
    row = connection.execute("SELECT * FROM links WHERE id = ?", (now_is.subject.record_id,)).fetchone()
    link = json.loads(now_is.review["judged"])["link"] if now_is.review else judged_links.plain(row)
    kind = row["kind"] if row else link["kind"]
    if decision.action == "correct":
        kind = _link_kind(link["layer"], dict(decision.changes or {}))
    verdict: Verdict = "accepted" if kind == link["kind"] else "corrected"
    if decision.action == "reject":
        verdict = "rejected"
    ends = {side: judged_links.anchor(connection, link, side) for side in ("a", "b")}
    if ends["a"] is None or ends["b"] is None:
        raise ReviewError("a record that this link joins is not there any more: the link cannot be judged")
    said = judged_links.values({**link, "kind": kind}) if verdict != "rejected" else {}
    at = Anchor(f"{link['a_quote']} / {link['b_quote']}", ends["a"]["start"], "", "")
    judged = {"link": link, "kind": kind, **ends}
    keep(
        connection, now_is, decision, verdict, (link["a_statement_id"], link["b_statement_id"]), at, said, judged
    )  # fmt: skip
    judged_links.write(connection, link, verdict, kind)


def _link_kind(layer: str, changes: dict[str, str]) -> str:
    kind = changes.pop("kind", "").strip()
    if changes or kind not in judged_links.KINDS_OF[layer]:
        raise CorrectionError(
            f"of a link of {layer} the kind can be corrected: {', '.join(judged_links.KINDS_OF[layer])}"
        )
    return kind


def keep(
    connection: sqlite3.Connection,
    now_is: Standing,
    decision: Decision,
    verdict: Verdict,
    statements: tuple[str, str | None],
    anchor: Anchor,
    after: Values,
    judged: Mapping[str, Any],
) -> None:
    """Write the judgement in place of an earlier one of the same record, and the step into the trail."""
    subject = now_is.subject
    row = {
        "layer": subject.layer, "record_id": subject.record_id, "statement_id": statements[0],
        "other_statement_id": statements[1], "verdict": verdict, "quote": anchor.quote, "start": anchor.start,
        "end": anchor.start + len(anchor.quote), "preceding": anchor.preceding, "following": anchor.following,
        "before": json.dumps(now_is.machine or {}), "after": json.dumps(after), "judged": json.dumps(judged),
        "note": decision.note or None, "reviewer": decision.reviewer.strip(), "reviewed": now(),
        "found": int(now_is.machine is not None),
    }  # fmt: skip
    columns = ", ".join(f'"{c}"' for c in row)
    updates = ", ".join(f'"{c}" = excluded."{c}"' for c in row)
    connection.execute(
        f"INSERT INTO reviews({columns}) VALUES ({', '.join('?' * len(row))}) "
        f"ON CONFLICT(layer, record_id) DO UPDATE SET {updates}, attached = 1",
        tuple(row.values()),
    )
    review = _review_row(connection, subject)
    note(connection, decision, subject, review["id"] if review else None, now_is, after)


def note(
    connection: sqlite3.Connection,
    decision: Decision,
    subject: Subject,
    review_id: int | None,
    before: Standing,
    after: Values,
) -> None:
    """Write a step into the audit trail: who, when, what, before, after."""
    connection.execute(
        """INSERT INTO review_events(happened, reviewer, action, layer, record_id, review_id, statement_id, quote,
        before, after, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            now(), decision.reviewer.strip(), decision.action, subject.layer, subject.record_id, review_id,
            subject.statements[0], before.anchor.quote, json.dumps(before.shown or {}), json.dumps(after),
            decision.note or None,
        ),
    )  # fmt: skip


def _undo(
    connection: sqlite3.Connection, record_id: int, decision: Decision, lookup: gazetted.Lookup | None
) -> Standing:
    """Take a judgement back: what the machine says holds again."""
    statements_of(connection, record_id)
    row = connection.execute("SELECT * FROM reviews WHERE id = :id OR record_id = :id", {"id": record_id}).fetchone()
    if row["attached"] and row["record_id"] is not None:
        before = standing(connection, row["record_id"])
    else:
        subject = Subject(row["layer"], row["record_id"] or 0, (row["statement_id"],))
        shown = json.loads(row["after"]) or None
        before = Standing(subject, shown, None, dict(row), Anchor(row["quote"], row["start"], "", ""))
    connection.execute("DELETE FROM reviews WHERE id = ?", (row["id"],))
    machine = json.loads(row["before"]) if row["found"] else {}
    note(connection, decision, before.subject, row["id"], before, machine)
    if not row["attached"]:
        return before
    if row["layer"] == "links":
        judged_links.write(connection, json.loads(row["judged"])["link"], None, None)
    else:
        rewrite(connection, row["statement_id"], lookup)
    return before


def statements_of(connection: sqlite3.Connection, record_id: int) -> tuple[str, ...]:
    """The statements of a judgement, by its own id or that of its record.

    Raises:
        UnknownRecordError: nothing bears this id.
        ReviewError: nobody has judged this record.
    """
    query = "SELECT statement_id, other_statement_id FROM reviews WHERE id = :id OR record_id = :id"
    row = connection.execute(query, {"id": record_id}).fetchone()
    if row is None:
        find(connection, record_id)
        raise ReviewError(f"nobody has judged record {record_id}: there is nothing to take back")
    return tuple(filter(None, row))


def rewrite(
    connection: sqlite3.Connection, statement_id: str, lookup: gazetted.Lookup | None, *, refit: bool = False
) -> None:
    """Make the records of a stored statement anew from what the machine found and what people decided.

    Args:
        connection: within a transaction.
        statement_id: of a stored statement that has `machine_records`.
        lookup: what knows places.
        refit: look anew where each judgement belongs, for judgements that came from elsewhere.
    """
    statement = loading.load_statement(connection, statement_id)
    machine, places = machine_of(connection, statement_id, lookup)
    row = connection.execute("SELECT run_id FROM statements WHERE id = ?", (statement_id,)).fetchone()
    if refit:
        numbering = filing.Numbering(connection, statement_id, statement.text)
        numbering.pass_over(machine)
        records = reattaching.reattach(connection, statement_id, statement.text, machine, numbering)
    else:
        records = reattaching.apply(machine, reattaching.of_statement(connection, statement_id))
    Writer(connection, statement, row["run_id"], places).rewrite(records)
    if not reattaching.of_statement(connection, statement_id):
        connection.execute("DELETE FROM machine_records WHERE statement_id = ?", (statement_id,))
