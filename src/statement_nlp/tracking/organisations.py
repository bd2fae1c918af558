"""Organisations across statements in the database: merged by rule, judged by people, counted where they sign together.

`organise` groups all stored names of signatories and publishers (organisation_groups.py) and writes what it found with
its reasons. A person's merge or split is kept as judgements on names (`organisation_judgements`), so it outlives the
extraction that the names came from.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

from rapidfuzz import fuzz, process

from statement_nlp.errors import UnknownPartyError
from statement_nlp.knowledge.party_names import party_key
from statement_nlp.store import Database
from statement_nlp.store.clock import now
from statement_nlp.tracking.organisation_groups import group
from statement_nlp.tracking.organisation_names import PrintedName
from statement_nlp.tracking.organisation_rules import Decision, Judgement, Organisation, compare

__all__ = [
    "Cosigning",
    "Decision",
    "NameOf",
    "Organisation",
    "PrintedName",
    "compare",
    "cosigning",
    "explain_organisation",
    "find_organisation",
    "group",
    "measure",
    "merge_organisations",
    "organise",
    "split_organisation",
]

NAMES = """
SELECT n.key, n.name, n.branch, n.organisation_id, n.reason,
  coalesce((SELECT g.acronym FROM signatories g WHERE g.organisation_key = n.key AND g.acronym IS NOT NULL
            GROUP BY g.acronym ORDER BY count(*) DESC, g.acronym LIMIT 1), n.acronym) AS acronym,
  (SELECT count(*) FROM signatories g WHERE g.organisation_key = n.key)
  + (SELECT count(*) FROM statements s WHERE s.organisation_key = n.key) AS printed
FROM organisation_names n ORDER BY n.key
"""
COSIGNING = """
WITH signed AS (
  SELECT DISTINCT n.organisation_id AS organisation, g.statement_id AS statement
  FROM signatories g JOIN organisation_names n ON n.key = g.organisation_key
  WHERE g.judgement IS NOT 'rejected'
)
SELECT a.organisation AS a_id, oa.name AS a_name, b.organisation AS b_id, ob.name AS b_name, count(*) AS statements
FROM signed a JOIN signed b ON b.statement = a.statement
  AND (a.organisation < b.organisation OR :organisation IS NOT NULL)
JOIN organisations oa ON oa.id = a.organisation JOIN organisations ob ON ob.id = b.organisation
WHERE a.organisation <> b.organisation AND (:organisation IS NULL OR a.organisation = :organisation)
GROUP BY a.organisation, b.organisation HAVING count(*) >= :least
ORDER BY count(*) DESC, oa.name, ob.name LIMIT :limit
"""
JUDGE = """
INSERT INTO organisation_judgements(a_key, b_key, verdict, reviewer, judged, note) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT(a_key, b_key) DO UPDATE SET verdict = excluded.verdict, reviewer = excluded.reviewer,
judged = excluded.judged, note = excluded.note
"""


JUDGEMENTS = """
SELECT a.name AS a, b.name AS b, j.verdict, j.reviewer, j.judged, j.note FROM organisation_judgements j
JOIN organisation_names a ON a.key = j.a_key JOIN organisation_names b ON b.key = j.b_key
WHERE :id IN (a.organisation_id, b.organisation_id) ORDER BY j.judged, j.id
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a person judged of two printed names: `same` or `different`, who, when (UTC, ISO) and why."""

    a: str
    b: str
    verdict: str
    reviewer: str
    judged: str
    note: str | None


@dataclass(frozen=True, slots=True)
class NameOf:
    """A printed name of an organisation, how often it is printed, and why it counts as that organisation."""

    key: str
    name: str
    acronym: str | None
    branch: str | None
    printed: int
    reason: str


@dataclass(frozen=True, slots=True)
class Cosigning:
    """Two organisations (id and name) and the number of statements that both signed."""

    a: tuple[str, str]
    b: tuple[str, str]
    statements: int


def organise(db: Database) -> int:
    """Group all stored names anew and store the organisations; people's judgements hold.

    Rows that stay as they are are not written. About 0.15 s for 500 names, 5 s for 30,000.

    Returns:
        The number of organisations.

    Raises:
        DatabaseError: the database cannot be written.
    """
    with db.transaction() as connection:
        rows = connection.execute(NAMES).fetchall()
        at = {row["key"]: n for n, row in enumerate(rows)}
        judged = connection.execute("SELECT a_key, b_key, verdict FROM organisation_judgements ORDER BY id").fetchall()
        judgements = [Judgement(at[a], at[b], verdict) for a, b, verdict in judged if a in at and b in at]
        names = [PrintedName(row["name"], row["acronym"], row["branch"]) for row in rows]
        found = group(names, judgements, [row["printed"] for row in rows])
        for organisation in found:
            _write(connection, organisation, rows)
        connection.execute("DELETE FROM organisations WHERE id NOT IN (SELECT organisation_id FROM organisation_names)")
    return len(found)


def _write(connection: sqlite3.Connection, organisation: Organisation, rows: Sequence[Mapping[str, Any]]) -> None:
    made = rows[organisation.members[0]]["key"]
    connection.execute(
        """INSERT INTO organisations(id, name, acronym, branch) VALUES (?, ?, ?, ?)
        ON CONFLICT(id) DO UPDATE SET name = excluded.name, acronym = excluded.acronym, branch = excluded.branch
        WHERE name IS NOT excluded.name OR acronym IS NOT excluded.acronym OR branch IS NOT excluded.branch""",
        (made, organisation.name, organisation.acronym, organisation.branch),
    )
    for member, reason in zip(organisation.members, organisation.reasons, strict=True):
        row = rows[member]
        if (row["organisation_id"], row["reason"]) != (made, reason):
            connection.execute(
                "UPDATE organisation_names SET organisation_id = ?, reason = ? WHERE key = ?",
                (made, reason, row["key"]),
            )


def find_organisation(db: Database, words: str) -> str:
    """The id of the one organisation meant by its id, a printed name of it or its acronym.

    Raises:
        UnknownPartyError: none or several are meant; where none is, `nearest` holds the nearest names.
    """
    rows = db.execute("SELECT key, name, acronym, branch, organisation_id FROM organisation_names").fetchall()
    if any(row["organisation_id"] == words for row in rows):
        return words
    wanted = party_key(words)
    found = {
        row["organisation_id"]
        for row in rows
        if wanted in (party_key(str(PrintedName(row["name"], None, row["branch"]))), row["key"].replace("-", " "))
    } or {row["organisation_id"] for row in rows if wanted in (party_key(row["name"]), party_key(row["acronym"] or ""))}
    if len(found) == 1:
        return str(found.pop())
    if found:
        ids = ", ".join(sorted(found)[:5])
        raise UnknownPartyError(f"{words!r} may be any of: {ids}")
    names = sorted({row["name"] for row in rows})
    hits = process.extract(words, names, scorer=fuzz.WRatio, limit=5, score_cutoff=60)
    nearest = tuple(name for name, _, _ in hits)
    raise UnknownPartyError(f"no organisation {words!r} among the signatories and publishers", nearest)


def explain_organisation(db: Database, organisation_id: str) -> list[NameOf]:
    """The printed names of an organisation with the reason of each, the most printed first.

    Raises:
        UnknownPartyError: there is none of this id.
    """
    rows = [row for row in db.execute(NAMES).fetchall() if row["organisation_id"] == organisation_id]
    if not rows:
        raise UnknownPartyError(f"no organisation of the id {organisation_id!r}")
    names = [NameOf(r["key"], r["name"], r["acronym"], r["branch"], r["printed"], r["reason"]) for r in rows]
    return sorted(names, key=lambda n: (-n.printed, n.key))


def judgements_of(db: Database, organisation_id: str) -> list[Judged]:
    """What people judged of the names of an organisation, in the order in which they did."""
    return [Judged(*row) for row in db.execute(JUDGEMENTS, {"id": organisation_id})]


def merge_organisations(db: Database, ids: Sequence[str], *, reviewer: str, note: str | None = None) -> str:
    """Judge organisations to be one, for good: kept when statements are extracted again.

    Args:
        db: an open database.
        ids: two or more organisations (`find_organisation`).
        reviewer: who says so.
        note: why, in the reviewer's words.

    Returns:
        The id of the one organisation: that of its most printed name.

    Raises:
        UnknownPartyError: an id is not known.
        ValueError: fewer than two different ids.
    """
    if len(set(ids)) < 2:
        raise ValueError("a merge needs at least two different organisations")
    keys = [[name.key for name in explain_organisation(db, one)] for one in dict.fromkeys(ids)]
    first, *others = keys
    with db.transaction() as connection:
        for mine, theirs in combinations(keys, 2):
            _withdraw(connection, mine, theirs, "different")
        for names in others:
            _judge(connection, [(first[0], names[0])], "same", reviewer, note)
    organise(db)
    return _organisation_of(db, first[0])


def split_organisation(
    db: Database, organisation_id: str, keys: Sequence[str], *, reviewer: str, note: str | None = None
) -> str:
    """Judge some names of an organisation to be another one, for good: kept when statements are extracted again.

    Args:
        db: an open database.
        organisation_id: the organisation that they leave.
        keys: keys of the names that leave together (`explain_organisation` lists them).
        reviewer: who says so.
        note: why, in the reviewer's words.

    Returns:
        The id of the organisation that they make.

    Raises:
        UnknownPartyError: the organisation is not known, or a key is no name of it.
        ValueError: no name would leave, or none would stay.
    """
    names = [name.key for name in explain_organisation(db, organisation_id)]
    if unknown := [key for key in keys if key not in names]:
        raise UnknownPartyError(
            f"{unknown[0]!r} is no name of {organisation_id!r}; its names are {', '.join(names)}", tuple(names)
        )
    leave, stay = list(dict.fromkeys(keys)), [key for key in names if key not in keys]
    if not leave or not stay:
        raise ValueError(f"a split needs a name that leaves and one that stays; the names are {', '.join(names)}")
    with db.transaction() as connection:
        if _withdraw(connection, leave, stay, "same"):
            _judge(connection, [(stay[0], key) for key in stay[1:]], "same", reviewer, note)
        _judge(connection, [(a, b) for a in leave for b in stay], "different", reviewer, note)
        _judge(connection, [(leave[0], key) for key in leave[1:]], "same", reviewer, note)
    organise(db)
    return _organisation_of(db, leave[0])


def _judge(
    connection: sqlite3.Connection,
    pairs: Iterable[tuple[str, str]],
    verdict: Literal["same", "different"],
    reviewer: str,
    note: str | None,
) -> None:
    judged = now()
    connection.executemany(JUDGE, [(*sorted(pair), verdict, reviewer, judged, note) for pair in pairs])


def _withdraw(connection: sqlite3.Connection, ours: Sequence[str], theirs: Sequence[str], verdict: str) -> int:
    """Take back earlier judgements between two sets of names that the new one contradicts; gives their number."""
    query = "DELETE FROM organisation_judgements WHERE a_key = ? AND b_key = ? AND verdict = ?"
    pairs = [(*sorted((a, b)), verdict) for a in ours for b in theirs]
    return connection.executemany(query, pairs).rowcount


def _organisation_of(db: Database, key: str) -> str:
    return str(db.execute("SELECT organisation_id FROM organisation_names WHERE key = ?", (key,)).fetchone()[0])


def cosigning(db: Database, organisation_id: str | None = None, *, least: int = 2, limit: int = 100) -> list[Cosigning]:
    """Who signs with whom: pairs of organisations by the number of statements that both signed, most first.

    Args:
        db: an open database.
        organisation_id: only pairs with this one, which then stands first; None for all.
        least: fewest statements that count.
        limit: most pairs to give.
    """
    rows = db.execute(COSIGNING, {"organisation": organisation_id, "least": least, "limit": limit})
    return [Cosigning((r["a_id"], r["a_name"]), (r["b_id"], r["b_name"]), r["statements"]) for r in rows]


def measure(gold: Path, names: Iterable[PrintedName]) -> dict[str, float]:
    """Pairwise precision, recall and F1 of `group` on judged pairs.

    Args:
        gold: `organisations.jsonl`: `{"a": {"name", "acronym", "note"}, "b": {...}, "same": true, "why": ...}` a line.
        names: the printed names of the collection, which are grouped together with those of the pairs.

    Returns:
        precision, recall, f1 (of the pairs that are the same) and the number of pairs.
    """
    pairs = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines() if line.strip()]
    judged = [(PrintedName(**p["a"]), PrintedName(**p["b"]), bool(p["same"])) for p in pairs]
    every = list(dict.fromkeys([*names, *(name for a, b, _ in judged for name in (a, b))]))
    at = {every[m]: n for n, found in enumerate(group(every)) for m in found.members}
    right = sum(same and at[a] == at[b] for a, b, same in judged)
    said = sum(at[a] == at[b] for a, b, _ in judged)
    true = sum(same for _, _, same in judged)
    precision, recall = right / said if said else 0.0, right / true if true else 0.0
    f1 = 2 * right / (said + true) if said + true else 0.0
    return {"precision": precision, "recall": recall, "f1": f1, "pairs": float(len(judged))}
