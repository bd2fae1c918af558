"""Claims of two statements that may say the same of the same thing at the same time: candidates and their features.

Only claims of which at most one carries a figure are compared: where both do, the figures are linked.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from statement_nlp.tracking.link_features import Weights, days_between
from statement_nlp.tracking.link_kinds import counts_on
from statement_nlp.tracking.link_words import events, jaccard, likeness, time_words, words

NEAREST = 40
"""Claims on either side of a claim's day that are compared, for each of its places; half as many for its country."""
MOST_PLACES = 3
"""Places of a claim that others are looked for at."""
WEEK, MONTH = 8, 31
"""Days that an event's own date may be off between two texts: a day, and one named by its month."""

CLAIMS = """
SELECT c.id, c.statement_id, c.quote, c.status, c.date, c.since, c.until, c.day, s.published_since AS published,
  EXISTS (SELECT 1 FROM claim_figures f WHERE f.claim_id = c.id) AS counted
FROM claims c JOIN statements s ON s.id = c.statement_id WHERE c.id IN (SELECT value FROM json_each(?))
  AND c.judgement IS NOT 'rejected'
"""
PLACES = """
SELECT n.claim_id, n.name, a.place_id, a.ancestor_id, a.depth, p.feature = 'country' FROM claim_named_places n
JOIN place_ancestors a ON a.place_id = n.place_id JOIN places p ON p.id = a.ancestor_id
WHERE n.claim_id IN (SELECT value FROM json_each(?)) ORDER BY n.claim_id, n.position, a.depth
"""
NEAR = """
SELECT claim_id FROM (SELECT claim_id FROM claim_places WHERE ancestor_id = :place AND date >= :day
  ORDER BY date, claim_id LIMIT :most)
UNION SELECT claim_id FROM (SELECT claim_id FROM claim_places WHERE ancestor_id = :place AND date < :day
  ORDER BY date DESC, claim_id LIMIT :most)
"""


@dataclass(frozen=True, slots=True)
class ClaimEnd:
    """A claim with what its likeness to another is told by. Dates are ISO days; intervals half-open."""

    id: int
    statement_id: str
    quote: str
    status: str
    date: str | None
    since: str | None
    until: str | None
    day: str
    """Of what it says, else of its statement; "" where neither is known."""
    published: str | None
    counted: bool
    """Whether a figure stands in it."""
    places: tuple[str, ...]
    """Ids."""
    around: frozenset[str]
    """Ids of the places around them."""
    country: str | None
    """Id of the country of its first place."""
    names: frozenset[str]
    """Stems of the names of its places."""

    @property
    def said(self) -> frozenset[str]:
        """The stems of its words, without the names of its places and the words that tell when."""
        return _said(self.quote, self.names)


@lru_cache(maxsize=20_000)
def _said(quote: str, names: frozenset[str]) -> frozenset[str]:
    return words(quote) - names - time_words()


def claim_ends(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, ClaimEnd]:
    """Claims by id, with their places; those that were rejected are left out."""
    found: dict[int, ClaimEnd] = {}
    listed = list(ids)
    for at in range(0, len(listed), 500):
        chunk = (json.dumps(listed[at : at + 500]),)
        cursor = connection.cursor()
        cursor.row_factory = None  # plain tuples
        places: dict[int, list[_ClaimPlace]] = defaultdict(list)
        for claim, *place in cursor.execute(PLACES, chunk):
            places[claim].append(_ClaimPlace(*place))
        for row in cursor.execute(CLAIMS, chunk):
            found[row[0]] = _claim_end(row, places[row[0]])
    return found


class _ClaimPlace(NamedTuple):
    """A row of PLACES: a place of a claim, with one around it (or itself, at depth 0)."""

    name: str
    place: str
    ancestor: str
    depth: int
    is_country: int


def _claim_end(row: Sequence[Any], own: Sequence[_ClaimPlace]) -> ClaimEnd:
    """A row of CLAIMS, whose columns stand in the order of the fields, with its places."""
    *said, counted = row
    values: tuple[Any, ...] = (
        *said,
        bool(counted),
        tuple(dict.fromkeys(p.place for p in own)),
        frozenset(p.ancestor for p in own if p.depth),
        next((p.ancestor for p in own if p.is_country), None),
        frozenset().union(*(words(name) for name in {p.name for p in own})),
    )
    return ClaimEnd(*values)


Days = dict[tuple[str, str, int], set[int]]
"""Claims found at a place, around a day, so many to either side."""


def near_claims(connection: sqlite3.Connection, claim: ClaimEnd, known: Days | None = None) -> set[int]:
    """Ids of the claims, of any statement, nearest in time at the claim's places, inside them, or in its country.

    Args:
        connection: of the database.
        claim: the one to find others for.
        known: what was looked up already; what is looked up joins it.
    """
    known = {} if known is None else known
    found: set[int] = set()
    wanted = dict.fromkeys(claim.places[:MOST_PLACES], NEAREST)
    if claim.country:
        wanted.setdefault(claim.country, NEAREST // 2)
    for place, most in wanted.items():
        of = (place, claim.day, most)
        if (ids := known.get(of)) is None:
            given = {"place": place, "day": claim.day, "most": most}
            ids = known[of] = {row[0] for row in connection.execute(NEAR, given)}
        found |= ids
    return found - {claim.id}


def comparable_claims(a: ClaimEnd, b: ClaimEnd) -> bool:
    """Whether two claims stand in different statements, at one place or one inside the other, and share a word."""
    if a.statement_id == b.statement_id or (a.counted and b.counted):
        return False
    if not any(p in b.places or p in b.around for p in a.places) and a.around.isdisjoint(b.places):
        return False
    return bool(a.said & b.said or events(a.quote) & events(b.quote))


def same_claim_place(a: ClaimEnd, b: ClaimEnd, weights: Weights) -> float:
    """Both are of the very same places (0 to 1)."""
    return jaccard(set(a.places), set(b.places))


def whole_country(a: ClaimEnd, b: ClaimEnd, weights: Weights) -> float:
    """One of them is of a whole country, where much else is said."""
    return float(a.country in a.places or b.country in b.places)


def claim_likeness(a: ClaimEnd, b: ClaimEnd, weights: Weights) -> float:
    """Likeness of the words, names of the places left out (0 to 1)."""
    return likeness(a.said, b.said, weights)


def telling_words(a: ClaimEnd, b: ClaimEnd, weights: Weights) -> float:
    """How much the common words tell: the sum of their rarities (0 to 20)."""
    rarest = max(weights.values(), default=1.0)
    return min(sum(weights.get(word, rarest) for word in a.said & b.said), 20.0)


def shorter_covered(a: ClaimEnd, b: ClaimEnd, weights: Weights) -> float:
    """Part of the shorter claim's words that the other has too (0 to 1)."""
    return len(a.said & b.said) / max(min(len(a.said), len(b.said)), 1)


def same_event(a: ClaimEnd, b: ClaimEnd, weights: Weights) -> float:
    """Both tell of the same sort of event: a town taken, a siege, a road closed, a famine ..."""
    return float(bool(events(a.quote) & events(b.quote)))


def same_day(a: ClaimEnd, b: ClaimEnd, weights: Weights) -> float:
    """Both give a time for it, and the times agree."""
    return float(_times_agree(a, b) is True)


def other_day(a: ClaimEnd, b: ClaimEnd, weights: Weights) -> float:
    """Both give a time for it, and the times differ."""
    return float(_times_agree(a, b) is False)


def one_denies(a: ClaimEnd, b: ClaimEnd, weights: Weights) -> float:
    """One is negated and the other is not."""
    return float((a.status == "negated") != (b.status == "negated"))


def claim_years(a: ClaimEnd, b: ClaimEnd, weights: Weights) -> float:
    """Years between the statements (0 to 5)."""
    return min(days_between(a.published, b.published) / 365, 5.0)


CLAIM_FEATURES: tuple[Callable[[ClaimEnd, ClaimEnd, Weights], float], ...] = (
    same_claim_place, whole_country, claim_likeness, telling_words, shorter_covered, same_event, same_day, other_day,
    one_denies, claim_years,
)  # fmt: skip


def claim_features(a: ClaimEnd, b: ClaimEnd, weights: Weights) -> dict[str, float]:
    """All features of a pair of claims by name."""
    return {feature.__name__: feature(a, b, weights) for feature in CLAIM_FEATURES}


def _times_agree(a: ClaimEnd, b: ClaimEnd) -> bool | None:
    """Whether the times that two texts give overlap, or begin within a week; None where one gives none.

    Of what goes on from a day ("since April") the day counts on which it began, to within a month.
    """
    if not (a.since or a.until) or not (b.since or b.until):
        return None
    apart = days_between(a.since, b.since) if a.since and b.since else None
    if counts_on(a.date) or counts_on(b.date):
        return apart is not None and apart <= MONTH
    if (a.since or "") < (b.until or "9999") and (b.since or "") < (a.until or "9999"):
        return True
    return apart is not None and apart <= WEEK


def pairs_near(
    connection: sqlite3.Connection, own: Mapping[int, ClaimEnd]
) -> tuple[dict[int, set[int]], dict[int, ClaimEnd]]:
    """For each claim of a statement the ids of those to compare it with, and these claims."""
    known: Days = {}
    near = {end.id: near_claims(connection, end, known) for end in own.values()}
    others = claim_ends(connection, _in_order(near.values()))
    return {
        i: {j for j in ids if j in others and comparable_claims(own[i], others[j])} for i, ids in near.items()
    }, others


def _in_order(sets: Iterable[set[int]]) -> Sequence[int]:
    return sorted(set().union(*sets))
