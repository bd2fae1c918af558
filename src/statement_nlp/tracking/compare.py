"""Statements side by side: what they share, what stands in one alone, and where their figures differ.

Figures, demands and claims are brought together by the stored links (linking.py), claims by those of their figures,
too, since figures are linked in their place; links that a person rejected do not count.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from statement_nlp.records import LinkKind
from statement_nlp.store import Database
from statement_nlp.store.loading import load_statement

PLACES = """
SELECT DISTINCT coalesce(p.id, m.name) AS id, coalesce(p.name, m.name) AS name, m.statement_id
FROM place_mentions m LEFT JOIN places p ON p.id = m.place_id
WHERE m.statement_id IN ({ids}) AND m.judgement IS NOT 'rejected'
"""
PARTIES = """
SELECT DISTINCT p.id, p.name, m.statement_id FROM party_mentions m JOIN parties p ON p.id = m.party_id
WHERE m.statement_id IN ({ids}) AND m.judgement IS NOT 'rejected'
"""
SIGNATORIES = """
SELECT DISTINCT o.id, o.name, g.statement_id FROM signatories g
JOIN organisation_names n ON n.key = g.organisation_key JOIN organisations o ON o.id = n.organisation_id
WHERE g.statement_id IN ({ids}) AND g.judgement IS NOT 'rejected'
"""
FIGURES = """
SELECT l.kind, l.score, l.reason, a.condition, a.id AS a_id, a.statement_id AS a_statement, a.quote AS a_quote,
  a.low AS a_low, a.high AS a_high, b.id AS b_id, b.statement_id AS b_statement, b.quote AS b_quote,
  b.low AS b_low, b.high AS b_high,
  (SELECT group_concat(name, '; ') FROM figure_places WHERE figure_id = a.id) AS places
FROM links l JOIN figures a ON a.id = l.a_id JOIN figures b ON b.id = l.b_id
WHERE l.layer = 'figures' AND l.a_statement_id IN ({ids}) AND l.b_statement_id IN ({ids})
  AND l.judgement IS NOT 'rejected' AND a.judgement IS NOT 'rejected' AND b.judgement IS NOT 'rejected'
ORDER BY a.statement_id, a.start, b.statement_id, b.start
"""
DEMANDS = """
SELECT d.id, d.statement_id, d.quote,
  (SELECT group_concat(name, '; ') FROM demand_addressees WHERE demand_id = d.id) AS addressees
FROM demands d WHERE d.statement_id IN ({ids}) AND d.judgement IS NOT 'rejected' ORDER BY d.statement_id, d.start, d.id
"""
SAME_DEMANDS = """
SELECT a_id, b_id FROM links WHERE kind = 'same_demand' AND a_statement_id IN ({ids}) AND b_statement_id IN ({ids})
  AND judgement IS NOT 'rejected' ORDER BY a_id, b_id
"""

CLAIMS = """
SELECT c.id, c.statement_id, c.quote, c.status, c.attribution,
  (SELECT group_concat(name, '; ') FROM claim_named_places WHERE claim_id = c.id) AS places
FROM claims c WHERE c.statement_id IN ({ids}) AND c.judgement IS NOT 'rejected' ORDER BY c.statement_id, c.start, c.id
"""
SAME_CLAIMS = """
SELECT a_id, b_id FROM links WHERE layer = 'claims' AND a_statement_id IN ({ids}) AND b_statement_id IN ({ids})
  AND judgement IS NOT 'rejected'
UNION SELECT x.claim_id, y.claim_id FROM links l JOIN claim_figures x ON x.figure_id = l.a_id
  JOIN claim_figures y ON y.figure_id = l.b_id
WHERE l.layer = 'figures' AND l.a_statement_id IN ({ids}) AND l.b_statement_id IN ({ids})
  AND l.judgement IS NOT 'rejected'
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the statements."""

    id: str
    title: str | None
    published: str | None
    publisher: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Named:
    """A place, party or organisation and the ids of the statements that name it, in the order they were given."""

    id: str
    name: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What two or more of the statements name, and what one alone does."""

    shared: tuple[Named, ...]
    separate: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class FigurePair:
    """Two figures on the same thing: `difference` is the later value less the earlier, `change` its share.

    Both are None where a bound is open and the figures may be equal ("300,000" and "hundreds of thousands").
    """

    kind: LinkKind
    places: str | None
    condition: str
    a: tuple[str, str]
    """Statement id and quote, of the earlier statement."""
    b: tuple[str, str]
    difference: float | None
    change: float | None
    score: float
    reason: str
    a_id: int
    b_id: int


@dataclass(frozen=True, slots=True)
class DemandMade:
    """A demand in one of the statements."""

    statement_id: str
    quote: str
    addressees: str | None
    demand_id: int


@dataclass(frozen=True, slots=True)
class ClaimMade:
    """A claim in one of the statements."""

    statement_id: str
    quote: str
    status: str
    attribution: str | None
    places: str | None
    claim_id: int


Made = TypeVar("Made", DemandMade, ClaimMade)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Statements side by side.

    `demands_shared` holds each group of demands that ask the same, `claims_shared` each group of claims about the same
    thing, whether they agree or not.
    """

    statements: tuple[Compared, ...]
    places: Names
    parties: Names
    figures: tuple[FigurePair, ...]
    demands_shared: tuple[tuple[DemandMade, ...], ...]
    demands_alone: tuple[DemandMade, ...]
    signatories: Names
    claims_shared: tuple[tuple[ClaimMade, ...], ...]
    claims_alone: tuple[ClaimMade, ...]


def compare(db: Database, ids: Sequence[str]) -> Comparison:
    """Compare two or more stored statements.

    Args:
        db: an open database.
        ids: of statements (`Database.find_statement` finds them by a part of their title).

    Raises:
        UnknownStatementError: there is no statement of an id.
        ValueError: fewer than two different statements.
    """
    return compare_stored(db.connection, ids)


def compare_stored(connection: sqlite3.Connection, ids: Sequence[str]) -> Comparison:
    """The same over a connection whose rows have names, for who has no `Database` (the pages)."""
    ids = list(dict.fromkeys(ids))
    if len(ids) < 2:
        raise ValueError("a comparison needs at least two different statements")
    statements = [load_statement(connection, one) for one in ids]
    demands, demands_alone = _demands(connection, ids)
    claims, claims_alone = _claims(connection, ids)
    return Comparison(
        tuple(Compared(s.id, s.title, s.published, s.publisher, s.kind) for s in statements),
        _names(connection, PLACES, ids),
        _names(connection, PARTIES, ids),
        _figures(connection, ids),
        demands,
        demands_alone,
        _names(connection, SIGNATORIES, ids),
        claims,
        claims_alone,
    )


def _marks(query: str, ids: Sequence[str]) -> tuple[str, dict[str, str]]:
    names = ",".join(f":id_{n}" for n in range(len(ids)))
    return query.replace("{ids}", names), {f"id_{n}": one for n, one in enumerate(ids)}


def _names(connection: sqlite3.Connection, query: str, ids: Sequence[str]) -> Names:
    names: dict[str, str] = {}
    found: dict[str, set[str]] = {}
    for one, name, statement in connection.execute(*_marks(query, ids)):
        names[one] = name
        found.setdefault(one, set()).add(statement)
    listed = [Named(one, names[one], tuple(i for i in ids if i in found[one])) for one in found]
    listed.sort(key=lambda n: (-len(n.statements), ids.index(n.statements[0]), n.name))
    return Names(tuple(n for n in listed if len(n.statements) > 1), tuple(n for n in listed if len(n.statements) == 1))


def _figures(connection: sqlite3.Connection, ids: Sequence[str]) -> tuple[FigurePair, ...]:
    pairs = []
    for row in connection.execute(*_marks(FIGURES, ids)):
        a, b = (row["a_low"], row["a_high"]), (row["b_low"], row["b_high"])
        difference = _difference(a, b)
        pairs.append(
            FigurePair(
                row["kind"], row["places"], row["condition"], (row["a_statement"], row["a_quote"]),
                (row["b_statement"], row["b_quote"]), difference, _share(difference, _value(*a)), row["score"],
                row["reason"], row["a_id"], row["b_id"],
            )
        )  # fmt: skip
    return tuple(pairs)


Bounds = tuple[float | None, float | None]


def _difference(a: Bounds, b: Bounds) -> float | None:
    """The later value less the earlier; None where an open bound leaves it untold which is the larger."""
    apart = _is_below(a, b) or _is_below(b, a)
    return round(_value(*b) - _value(*a), 6) if apart or None not in (*a, *b) else None


def _is_below(a: Bounds, b: Bounds) -> bool:
    return a[1] is not None and b[0] is not None and a[1] < b[0]


def _share(difference: float | None, whole: float) -> float | None:
    return round(difference / whole, 4) if difference is not None and whole else None


def _value(low: float | None, high: float | None) -> float:
    """The middle of a range, else the bound that is given."""
    given = [value for value in (low, high) if value is not None]
    return sum(given) / len(given) if given else 0.0


def _demands(
    connection: sqlite3.Connection, ids: Sequence[str]
) -> tuple[tuple[tuple[DemandMade, ...], ...], tuple[DemandMade, ...]]:
    """Groups of demands that links join, and the demands that no link joins to another of the statements."""
    made = {
        row["id"]: DemandMade(row["statement_id"], row["quote"], row["addressees"], row["id"])
        for row in connection.execute(*_marks(DEMANDS, ids))
    }
    return _together(made, connection.execute(*_marks(SAME_DEMANDS, ids)), ids)


def _claims(
    connection: sqlite3.Connection, ids: Sequence[str]
) -> tuple[tuple[tuple[ClaimMade, ...], ...], tuple[ClaimMade, ...]]:
    """Groups of claims that links join, themselves or by their figures, and the claims of one statement alone."""
    columns = ("statement_id", "quote", "status", "attribution", "places", "id")
    made = {row["id"]: ClaimMade(*(row[name] for name in columns)) for row in connection.execute(*_marks(CLAIMS, ids))}
    return _together(made, connection.execute(*_marks(SAME_CLAIMS, ids)), ids)


def _together(
    made: Mapping[int, Made], pairs: Iterable[tuple[int, int]], ids: Sequence[str]
) -> tuple[tuple[tuple[Made, ...], ...], tuple[Made, ...]]:
    """Records by what joins them: groups of several, and single ones; `made` is in the order of the texts."""
    order = {one: n for n, one in enumerate(made)}
    groups = _groups(made, [(a, b) for a, b in pairs if a in made and b in made])
    listed = [
        tuple(made[i] for i in sorted(group, key=lambda i: (ids.index(made[i].statement_id), order[i])))
        for group in groups
    ]
    shared = tuple(group for group in listed if len(group) > 1)
    alone = sorted((group[0] for group in listed if len(group) == 1), key=lambda one: ids.index(one.statement_id))
    return shared, tuple(alone)


def _groups(ids: Iterable[int], pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Connected ids, in the order of the first of each."""
    group_of = {one: [one] for one in ids}
    for a, b in pairs:
        mine, theirs = group_of[a], group_of[b]
        if mine is not theirs:
            mine.extend(theirs)
            group_of.update(dict.fromkeys(theirs, mine))
    return list({id(group): group for group in group_of.values()}.values())
