"""Judgements as JSON lines, so that a team can exchange them: found in another database by statement and words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from statement_nlp.errors import CorrectionError, ReviewError
from statement_nlp.records import Claim, Demand, Figure, Party
from statement_nlp.store import corrections, filing, gazetted, judged_links, judging, reattaching
from statement_nlp.store.clock import now
from statement_nlp.store.reattaching import Anchor

COLUMNS = (
    "layer", "statement_id", "other_statement_id", "verdict", "quote", "start", "end", "preceding", "following",
    "before", "after", "judged", "note", "reviewer", "reviewed",
)  # fmt: skip
VERDICTS = get_args(judging.Verdict)
OBJECTS = ("before", "after", "judged")


@dataclass(slots=True)
class Imported:
    """What an import did: judgements taken, older than what is here, and those without their words here."""

    taken: int = 0
    older: int = 0
    unattached: int = 0
    statements: set[str] = field(default_factory=set)


def export(connection: sqlite3.Connection) -> Iterator[str]:
    """Every judgement that holds as a line of JSON, the oldest first."""
    for row in connection.execute(f"SELECT {', '.join(map(_quoted, COLUMNS))} FROM reviews ORDER BY reviewed, id"):
        given = dict(zip(COLUMNS, row, strict=True))
        yield json.dumps(given | {name: json.loads(given[name]) for name in OBJECTS}) + "\n"


def _quoted(name: str) -> str:
    return f'"{name}"'


def read(
    connection: sqlite3.Connection, lines: Iterable[str], by: str, lookup: gazetted.Lookup | None = None
) -> Imported:
    """Take judgements from lines of JSON, within the caller's transaction; of two of one record the newer one holds.

    Args:
        connection: within a transaction.
        lines: what `export` gave.
        by: who imports; the trail says so beside the name of who judged.
        lookup: what knows places.

    Raises:
        ReviewError: a line is no judgement; nothing is then taken.
    """
    done = Imported()
    for number, line in enumerate(lines, 1):
        if line.strip():
            given = _read(line, number)
            if _is_newer(connection, given):
                _insert(connection, given, by)
                done.taken += 1
                done.statements |= {given["statement_id"]} | ({given["other_statement_id"]} - {None})
            else:
                done.older += 1
    for statement_id in sorted(done.statements):
        if connection.execute("SELECT 1 FROM statements WHERE id = ?", (statement_id,)).fetchone():
            _fit(connection, statement_id, lookup)
    marks = ",".join("?" * len(done.statements))
    query = f"SELECT count(*) FROM reviews WHERE attached = 0 AND statement_id IN ({marks})"
    done.unattached = connection.execute(query, tuple(done.statements)).fetchone()[0]
    return done


def _read(line: str, number: int) -> dict[str, Any]:
    """One judgement, checked as if somebody had typed it."""
    try:
        given = json.loads(line)
        read = {name: given[name] for name in COLUMNS}
        if read["layer"] not in corrections.FIELDS or read["verdict"] not in VERDICTS:
            raise ValueError(f"no judgement of {read['layer']}")
        if len(read["quote"]) != read["end"] - read["start"] and read["layer"] != "links":
            raise ValueError("the quote is not as long as its span")
        if read["layer"] == "links":
            Anchor(**read["judged"]["a"]), Anchor(**read["judged"]["b"])
            {name: read["judged"]["link"][name] for name in judged_links.COLUMNS}
            if read["judged"]["kind"] not in judged_links.KINDS:
                raise ValueError(f"no kind of link {read['judged']['kind']!r}")
        elif read["verdict"] != "rejected":
            _check(filing.from_plain(read["layer"], read["judged"]["record"]))
            [filing.to_place(place) for place in read["judged"]["places"].values()]
            [Party(**party) for party in read["judged"]["parties"].values()]
    except (KeyError, TypeError, ValueError, AttributeError, CorrectionError) as error:
        raise ReviewError(f"line {number} is no judgement that `review export` wrote: {error}") from error
    return read


def _check(record: filing.Record) -> None:
    """Refuse values that nobody could have typed."""
    if isinstance(record, Figure | Claim | Demand):
        for name, choices in corrections.CHOICES.items():
            if (value := getattr(record, name, None)) is not None and value not in choices:
                raise ValueError(f"no {name} {value!r}")
    corrections.check(record)


def _is_newer(connection: sqlite3.Connection, given: Mapping[str, Any]) -> bool:
    """Whether a judgement is newer than what is decided here about the same words; the older one then goes."""
    rows = connection.execute(
        "SELECT * FROM reviews WHERE layer = ? AND statement_id = ? AND quote = ?",
        (given["layer"], given["statement_id"], given["quote"]),
    ).fetchall()
    text = connection.execute("SELECT text FROM statements WHERE id = ?", (given["statement_id"],)).fetchone()
    at = Anchor(given["quote"], given["start"], given["preceding"], given["following"])
    where = at.find(text[0]) if text and given["layer"] != "links" else None
    for row in rows:
        same = row["start"] == where if row["attached"] and where is not None else row["start"] == given["start"]
        if same and row["reviewed"] >= given["reviewed"]:
            return False
        if same:
            connection.execute("DELETE FROM reviews WHERE id = ?", (row["id"],))
    return True


def _insert(connection: sqlite3.Connection, given: Mapping[str, Any], by: str) -> None:
    row = {**given, **{name: json.dumps(given[name]) for name in OBJECTS}, "attached": 0, "found": 0}
    made = connection.execute(
        f"INSERT INTO reviews({', '.join(map(_quoted, row))}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
    )
    connection.execute(
        """INSERT INTO review_events(happened, reviewer, action, layer, review_id, statement_id, quote, before, after,
        note) VALUES (?, ?, 'import', ?, ?, ?, ?, ?, ?, ?)""",
        (
            now(), by, given["layer"], made.lastrowid, given["statement_id"], given["quote"], row["before"],
            row["after"], f"{given['verdict']} by {given['reviewer']} on {given['reviewed']}",
        ),
    )  # fmt: skip


def _fit(connection: sqlite3.Connection, statement_id: str, lookup: gazetted.Lookup | None) -> None:
    """Find the words of what came in, in a stored statement."""
    if not reattaching.of_statement(connection, statement_id):
        judged_links.reattach(connection, statement_id)
        return
    machine, places = judging.machine_of(connection, statement_id, lookup)
    if filing.machine_records(connection, statement_id) is None:
        filing.keep_machine(connection, statement_id, machine, places)
    judging.rewrite(connection, statement_id, lookup, refit=True)
