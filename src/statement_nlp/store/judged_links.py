"""Judgements of links: kept with both ends, and put back when either statement is extracted or judged anew.

A rejected link has no row in `links`, and none is made between its ends again; an accepted or corrected one has its row
whatever the machine finds, as long as both records stand.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from statement_nlp.records import LinkKind
from statement_nlp.store.identity import stable_id
from statement_nlp.store.reattaching import Anchor, note_change

KINDS: tuple[LinkKind, ...] = get_args(LinkKind)
KINDS_OF: Mapping[str, tuple[LinkKind, ...]] = {
    "figures": ("repeats", "updates", "conflicts"),
    "claims": ("repeats", "updates", "conflicts"),
    "demands": ("same_demand",),
}
"""The kinds of link that records of a layer can have."""
COLUMNS = (
    "id", "kind", "layer", "a_statement_id", "a_id", "a_quote", "b_statement_id", "b_id", "b_quote", "score", "reason",
    "features", "method",
)  # fmt: skip


def link_id(a_id: int, b_id: int, kind: str) -> int:
    """The id of the link of a kind from one record to another."""
    return stable_id("link", a_id, b_id, kind)


def is_judged(connection: sqlite3.Connection, a_id: int, b_id: int) -> bool:
    """Whether a person has judged a link between two records, of whichever kind."""
    ids = [link_id(*pair, kind) for kind in KINDS for pair in ((a_id, b_id), (b_id, a_id))]
    query = f"SELECT 1 FROM reviews WHERE layer = 'links' AND record_id IN ({','.join('?' * len(ids))})"
    return connection.execute(query, ids).fetchone() is not None


def plain(row: Mapping[str, Any] | sqlite3.Row) -> dict[str, Any]:
    """A link as the machine made it, to be kept with its judgement."""
    return {name: row[name] for name in COLUMNS}


def values(row: Mapping[str, Any] | sqlite3.Row) -> dict[str, Any]:
    """What a link says: its kind, and the words of both ends."""
    return {name: row[name] for name in ("kind", "a_statement_id", "a_quote", "b_statement_id", "b_quote")}


def anchor(connection: sqlite3.Connection, link: Mapping[str, Any], side: str) -> dict[str, Any] | None:
    """Where one end of a link stands in its statement; None where its record is not there."""
    query = f"""SELECT r.start, r."end", s.text FROM {link["layer"]} r JOIN statements s ON s.id = r.statement_id
    WHERE r.id = ? AND s.id = ?"""
    row = connection.execute(query, (link[f"{side}_id"], link[f"{side}_statement_id"])).fetchone()
    if row is None:
        return None
    at = Anchor.at(row["text"], row["start"], row["end"])
    return {"quote": at.quote, "start": at.start, "preceding": at.preceding, "following": at.following}


def reattach(connection: sqlite3.Connection, statement_id: str) -> None:
    """Put judgements of links back where a statement has an end of them, within the caller's transaction."""
    query = (
        "SELECT * FROM reviews WHERE layer = 'links' AND (statement_id = :id OR other_statement_id = :id) ORDER BY id"
    )
    for review in connection.execute(query, {"id": statement_id}).fetchall():
        _put_back(connection, review)


def _put_back(connection: sqlite3.Connection, review: sqlite3.Row) -> None:
    judged = json.loads(review["judged"])
    link = judged["link"]
    ends = {side: _end(connection, link, side, judged[side]) for side in ("a", "b")}
    attached = None not in ends.values()
    if attached:
        link |= {f"{side}_{name}": value for side, row in ends.items() if row for name, value in row}
        link["id"] = link_id(link["a_id"], link["b_id"], link["kind"])
        judged |= {side: anchor(connection, link, side) for side in ("a", "b")}
    connection.execute(
        "UPDATE reviews SET record_id = ?, judged = ?, attached = ? WHERE id = ?",
        (link["id"] if attached else None, json.dumps(judged), attached, review["id"]),
    )
    if attached:
        write(connection, link, review["verdict"], judged["kind"])
    if attached != bool(review["attached"]):
        note_change(connection, review["id"], attached=attached)


def _end(
    connection: sqlite3.Connection, link: Mapping[str, Any], side: str, at: Mapping[str, Any]
) -> Iterable[tuple[str, Any]] | None:
    """Id and quote of the record at an end of a judged link; None where it is not there any more."""
    statement_id = link[f"{side}_statement_id"]
    row = connection.execute("SELECT text FROM statements WHERE id = ?", (statement_id,)).fetchone()
    start = Anchor(**at).find(row["text"]) if row else None
    if start is None:
        return None
    end = start + len(at["quote"])
    query = f"""SELECT id, quote FROM {link["layer"]} WHERE statement_id = :statement AND (
      start = :start AND "end" = :end OR id = :id AND start < :end AND "end" > :start)
    ORDER BY id = :id DESC, start = :start AND "end" = :end DESC LIMIT 1"""
    given = {"statement": statement_id, "start": start, "end": end, "id": link[f"{side}_id"]}
    found = connection.execute(query, given).fetchone()
    return (("id", found["id"]), ("quote", found["quote"])) if found else None


def write(connection: sqlite3.Connection, link: Mapping[str, Any], verdict: str | None, kind: str | None) -> None:
    """Write a link as it was judged: no row where it is rejected, one of the judged kind else, whatever was there."""
    pair = {"a": link["a_id"], "b": link["b_id"]}
    connection.execute("DELETE FROM links WHERE a_id = :a AND b_id = :b OR a_id = :b AND b_id = :a", pair)
    if verdict == "rejected":
        return
    row = {**link, "kind": kind or link["kind"], "judgement": verdict}
    connection.execute(f"INSERT INTO links({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
