"""Judgements of people with all that follows from them: links, tracks, and the names of organisations.

>>> from statement_nlp.tracking.reviews import Decision, review   # doctest: +SKIP
>>> review(db, 2904118326712345, Decision("accept", "Amira"))     # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Iterable

from statement_nlp.knowledge.gazetteer import Gazetteer
from statement_nlp.knowledge.parties import Register
from statement_nlp.store import Database, corrections, exchange, judging, missed
from statement_nlp.store.judging import Decision, Standing
from statement_nlp.store.missed import Missed
from statement_nlp.tracking import tracks
from statement_nlp.tracking.linking import link_statement
from statement_nlp.tracking.organisations import organise

__all__ = ["Decision", "Missed", "Standing", "add", "known", "review", "take"]

LINKED = ("figures", "demands", "claims", "places", "parties")
"""Layers whose records, or whose places and parties, links are made from."""


def review(db: Database, record_id: int, decision: Decision, known: corrections.Known | None = None) -> Standing:
    """Carry out what a person decides about a record or link, in one transaction; links and tracks follow.

    Args:
        db: an open database.
        record_id: of a record or link; for `undo` also of a judgement.
        decision: what is decided, by whom.
        known: places and parties, needed for corrections.

    Returns:
        How it stood before.

    Raises:
        ReviewError: an unknown record, one that changed meanwhile, a value that cannot be, nothing to take back.
        DatabaseError: the database cannot be written.
    """
    lookup = known.place if known else db.lookup
    with db.transaction() as connection:
        where = judging.find(connection, record_id) if decision.action != "undo" else None
        statements = where.statements if where else judging.statements_of(connection, record_id)
        before = [tracks.touched(connection, s) for s in statements]
        stood = judging.decide(connection, record_id, decision, known=known, lookup=lookup)
        for statement_id in statements if stood.subject.layer in LINKED else ():
            if connection.execute("SELECT 1 FROM statements WHERE id = ?", (statement_id,)).fetchone():
                link_statement(connection, statement_id)
        for touched in before:
            tracks.retrack(connection, touched)
    if stood.subject.layer == "signatories" and decision.action != "accept":
        organise(db)
    return stood


def add(db: Database, given: Missed, known: corrections.Known) -> int:
    """Add a record that the machine missed, in one transaction; links and tracks follow.

    Args:
        db: an open database.
        given: the words, the kind and the fields of the record, and who adds it.
        known: places and parties.

    Returns:
        The id of the record.

    Raises:
        UnknownStatementError: no such statement is stored.
        ReviewError: the words do not stand there, a value cannot be, or the record is there already.
        DatabaseError: the database cannot be written.
    """
    with db.transaction() as connection:
        before = tracks.touched(connection, given.statement_id)
        record_id = missed.add(connection, given, known=known, lookup=known.place)
        link_statement(connection, given.statement_id)
        tracks.retrack(connection, before)
    return record_id


def take(db: Database, lines: Iterable[str], by: str) -> exchange.Imported:
    """Take judgements that another database exported; links and tracks follow.

    Args:
        db: an open database.
        lines: JSON lines of `store.exchange.export`.
        by: who imports.

    Raises:
        ReviewError: a line is no judgement; nothing is then taken.
        DatabaseError: the database cannot be written.
    """
    with db.transaction() as connection:
        done = exchange.read(connection, lines, by, db.lookup)
        for statement_id in sorted(done.statements):
            if connection.execute("SELECT 1 FROM statements WHERE id = ?", (statement_id,)).fetchone():
                link_statement(connection, statement_id)
        tracks.rebuild_all(connection)
    organise(db)
    return done


def known(gazetteer: Gazetteer) -> corrections.Known:
    """What the gazetteer and the register know, as corrections ask for it."""
    register = Register.load()
    return corrections.Known(gazetteer.candidates, gazetteer.get, gazetteer.nearest, register.lookup)
