"""Links between records of two statements: found by blocking, scored by named features, stored with their reason.

`link_statement` links one statement against all stored ones, through indexes alone, within the caller's transaction;
`link_all` links a whole database anew. Links that people have judged stay as they are.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from statement_nlp.records import LinkKind
from statement_nlp.store import Database
from statement_nlp.store.bulk import UNLINKED
from statement_nlp.store.judged_links import is_judged, link_id
from statement_nlp.tracking import claim_links, link_features, link_records, tracks
from statement_nlp.tracking.claim_links import ClaimEnd
from statement_nlp.tracking.link_kinds import figure_kind
from statement_nlp.tracking.link_model import LinkModel, load
from statement_nlp.tracking.link_records import DemandEnd, FigureEnd, Looked
from statement_nlp.tracking.link_words import WORD, concepts, events, plain, words

FIGURE_NAMES = tuple(f.__name__ for f in link_features.FIGURE_FEATURES)
DEMAND_NAMES = tuple(f.__name__ for f in link_features.DEMAND_FEATURES)
CLAIM_NAMES = tuple(f.__name__ for f in claim_links.CLAIM_FEATURES)
End = FigureEnd | DemandEnd | ClaimEnd
KEPT_WORDS = 4
"""Words in common that a reason names."""

WRITE = """
INSERT INTO links(id, kind, layer, a_statement_id, a_id, a_quote, b_statement_id, b_id, b_quote, score, reason,
  features, method) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(a_id, b_id, kind) DO UPDATE SET a_quote = excluded.a_quote, b_quote = excluded.b_quote,
  score = excluded.score, reason = excluded.reason, features = excluded.features, method = excluded.method
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A link between two records before it is stored; `a` is of the earlier statement."""

    layer: Literal["figures", "demands", "claims"]
    kind: LinkKind
    a: End
    b: End
    score: float
    reason: str
    features: dict[str, float]
    method: str


def order(a: End, b: End) -> bool:
    """Whether `a` is of the earlier statement; undated ones come first, ids decide between those of one day."""
    return (a.published or "", a.statement_id) <= (b.published or "", b.statement_id)


def compare_figures(a: FigureEnd, b: FigureEnd, model: LinkModel) -> Found:
    """Two figures of two statements, scored as the same thing, with the kind of link that they would make."""
    if not order(a, b):
        a, b = b, a
    features = link_features.figure_features(a, b, model.weights)
    verdict = figure_kind(a, b)
    place = "same place" if features["same_place"] else "one place inside the other"
    condition = "" if a.condition == "other" else f"{a.condition.replace('_', ' ')}, "
    reason = f"{place}, {condition}{_units(a, b)}: {verdict.why} ({a.quote} / {b.quote})"
    return Found("figures", verdict.kind, a, b, model.probability(features), reason, features, model.method)


def compare_demands(a: DemandEnd, b: DemandEnd, model: LinkModel) -> Found:
    """Two demands of two statements, scored as the same demand."""
    if not order(a, b):
        a, b = b, a
    features = link_features.demand_features(a, b, model.weights)
    reason = f"{_asked(a, b)}, on {' and '.join(t for t in a.themes if t in b.themes).replace('_', ' ')}{_common(a, b)}"
    return Found("demands", "same_demand", a, b, model.probability(features), reason, features, model.method)


def compare_claims(a: ClaimEnd, b: ClaimEnd, model: LinkModel) -> Found:
    """Two claims of two statements, scored as saying the same of the same thing at the same time."""
    if not order(a, b):
        a, b = b, a
    features = claim_links.claim_features(a, b, model.weights)
    place = "same place" if set(a.places) & set(b.places) else "one place inside the other"
    when = f", same time ({a.date} / {b.date})" if features["same_day"] and a.date and b.date else ""
    told = sorted(events(a.quote) & events(b.quote))
    alike = f"; words in common: {', '.join(shared)}" if (shared := _shared(a.quote, b.quote, a.said & b.said)) else ""
    what = f", both tell of something {' and '.join(told)}" if told and not shared else ""
    return Found(
        "claims", "repeats", a, b, model.probability(features), place + when + what + alike, features, model.method
    )


def _units(a: FigureEnd, b: FigureEnd) -> str:
    return a.unit if a.unit == b.unit else f"{a.unit} and {b.unit}"


def _asked(a: DemandEnd, b: DemandEnd) -> str:
    if shared := link_features.shared_addressees(a, b):
        return f"both ask {' and '.join(shared)}"
    names = [", ".join(name for _, name, _, _ in end.addressees) or "nobody by name" for end in (a, b)]
    return f"one asks {names[0]}, the other {names[1]}"


def _common(a: DemandEnd, b: DemandEnd) -> str:
    """What of the wording both share: words, else what the lexicon calls the same."""
    x, y = link_features.asked(a), link_features.asked(b)
    if shared := _shared(x, y, words(x) & words(y)):
        return f"; words in common: {', '.join(shared)}"
    alike = sorted(concepts(x) & concepts(y))
    return f"; both about {', '.join(alike)}" if alike else ""


def _shared(x: str, y: str, stems: Set[str]) -> list[str]:
    """The first words of one text that the other has too, as they stand there."""
    return [w for w in dict.fromkeys(WORD.findall(plain(x))) if words(w) & stems][:KEPT_WORDS]


def choose(found: Iterable[Found], thresholds: Mapping[str, float]) -> list[Found]:
    """Those that are likely enough, best first, no record twice in a link of one kind to the same other statement."""
    chosen: list[Found] = []
    taken: set[tuple[int, str, str]] = set()
    for one in sorted(found, key=lambda f: (-f.score, f.a.id, f.b.id)):
        ends = {(one.a.id, one.b.statement_id, one.kind), (one.b.id, one.a.statement_id, one.kind)}
        if one.score >= thresholds[one.kind] and not ends & taken:
            taken |= ends
            chosen.append(one)
    return chosen


def find_links(connection: sqlite3.Connection, statement_id: str, *, below: int | None = None) -> list[Found]:
    """The links of one stored statement's figures, demands and claims with those of other statements.

    Args:
        connection: of the database.
        statement_id: a stored statement.
        below: only with statements whose `number` is lower; None for all.

    Raises:
        ModelError: the models are missing or of other features.
    """
    figures, demands = load("figures", FIGURE_NAMES), load("demands", DEMAND_NAMES)
    claims = load("claims", CLAIM_NAMES)
    return [
        *choose(_figures(connection, statement_id, figures, below), figures.thresholds),
        *choose(_demands(connection, statement_id, demands, below), demands.thresholds),
        *choose(_claims(connection, statement_id, claims, below), claims.thresholds),
    ]


def _own(connection: sqlite3.Connection, layer: str, statement_id: str) -> list[int]:
    query = f"SELECT id FROM {layer} WHERE statement_id = ? AND judgement IS NOT 'rejected' ORDER BY start, id"
    return [row[0] for row in connection.execute(query, (statement_id,))]


def _figures(connection: sqlite3.Connection, statement_id: str, model: LinkModel, below: int | None) -> list[Found]:
    own = link_records.figure_ends(connection, _own(connection, "figures", statement_id))
    looked = Looked()
    near = {end.id: link_records.near_figures(connection, end, below=below, looked=looked) for end in own.values()}
    others = link_records.figure_ends(connection, sorted(set(chain.from_iterable(near.values()))))
    return [compare_figures(own[i], others[j], model) for i in own for j in near[i]]


def _demands(connection: sqlite3.Connection, statement_id: str, model: LinkModel, below: int | None) -> list[Found]:
    own = link_records.demand_ends(connection, _own(connection, "demands", statement_id))
    looked = Looked()
    near = {end.id: link_records.near_demands(connection, end, below=below, looked=looked) for end in own.values()}
    others = link_records.demand_ends(connection, sorted(set(chain.from_iterable(near.values()))))
    return [
        compare_demands(own[i], others[j], model)
        for i in own
        for j in near[i]
        if link_features.comparable(own[i], others[j])
    ]


def _claims(connection: sqlite3.Connection, statement_id: str, model: LinkModel, below: int | None) -> list[Found]:
    own = claim_links.claim_ends(connection, _own(connection, "claims", statement_id))
    near, others = claim_links.pairs_near(connection, own)
    if below is not None:
        query = "SELECT number FROM statements WHERE id = ?"
        numbers = {i: connection.execute(query, (i,)).fetchone()[0] for i in {o.statement_id for o in others.values()}}
        near = {i: {j for j in ids if numbers[others[j].statement_id] < below} for i, ids in near.items()}
    return [compare_claims(own[i], others[j], model) for i in own for j in sorted(near[i])]


def link_statement(connection: sqlite3.Connection, statement_id: str) -> None:
    """Link one stored statement against all others; its earlier links are replaced, but for those people have judged.

    The tracks that its records are in follow.

    Writes within the caller's transaction, so it can follow a save (`Database.save(..., then=[...])`).

    Raises:
        ModelError: the models are missing.
    """
    found = find_links(connection, statement_id)
    records = tracks.touched(connection, statement_id)
    _forget(connection, statement_id)
    _write(connection, found)
    tracks.retrack(connection, records)


def link_all(db: Database, progress: Callable[[int, int], None] | None = None) -> int:
    """Link all stored statements anew, tracks too, in one transaction; links that people have judged stay.

    Args:
        db: an open database.
        progress: called with the statements done and the statements in all.

    Returns:
        The number of links found.

    Raises:
        DatabaseError: the database cannot be written.
        ModelError: the models are missing.
    """
    with db.transaction() as connection:
        connection.execute("DELETE FROM links WHERE judgement IS NULL")
        statements = connection.execute("SELECT id, number FROM statements ORDER BY number").fetchall()
        links = 0
        for n, (statement_id, number) in enumerate(statements, 1):
            links += _write(connection, find_links(connection, statement_id, below=number))
            if progress:
                progress(n, len(statements))
        tracks.rebuild_all(connection)
        connection.execute("DELETE FROM meta WHERE key = ?", (UNLINKED,))
    return links


def _forget(connection: sqlite3.Connection, statement_id: str) -> None:
    for end in ("a", "b"):
        connection.execute(f"DELETE FROM links WHERE {end}_statement_id = ? AND judgement IS NULL", (statement_id,))


def _write(connection: sqlite3.Connection, found: Sequence[Found]) -> int:
    """Store links, but none between two records about which a person has judged already; gives how many."""
    rows = []
    for one in found:
        a, b = one.a, one.b
        if is_judged(connection, a.id, b.id):
            continue
        features = json.dumps({name: round(value, 3) for name, value in one.features.items() if value})
        rows.append((
            link_id(a.id, b.id, one.kind), one.kind, one.layer, a.statement_id, a.id, a.quote, b.statement_id,
            b.id, b.quote, round(one.score, 4), one.reason, features, one.method,
        ))  # fmt: skip
    connection.executemany(WRITE, rows)
    return len(rows)
