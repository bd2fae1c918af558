"""From the names that people type to the places and parties that are stored: variants, misspellings, nearest names.

The gazetteer and the register live in another room; whoever has them passes in what they know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import nsmallest

from statement_nlp.errors import UnknownPartyError, UnknownPlaceError
from statement_nlp.records import Place
from statement_nlp.store.database import Database
from statement_nlp.store.identity import key

CERTAIN = 75.0
"""From this likeness on (percent) a misspelt name is taken for the known one ..."""
LEAD = 8.0
"""... if no other known name comes nearer than this behind it."""
ALIKE = 60.0
"""From this likeness on a name is offered."""

Candidates = Callable[[str], Iterable[Place]]
"""From a name to the places that bear it: `Gazetteer.candidates`."""


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of what a name means, and a word about it where the name was not taken as it stands."""

    ids: tuple[str, ...]
    name: str
    remark: str | None = None


def find_places(
    database: Database,
    name: str,
    candidates: Candidates | None = None,
    *,
    country: str | None = None,
    nested: bool = False,
) -> Found:
    """The stored places that a name, an id or a P-code means.

    Args:
        database: where to look.
        name: as a person types it.
        candidates: what a gazetteer knows of names.
        country: ISO 3166-1 alpha-2 code, to tell places of one name apart.
        nested: give the city beside the province of its name; else the outer one alone, as it holds the other.

    Raises:
        UnknownPlaceError: nothing here bears the name; `nearest` has the nearest names.
    """
    asked = name.strip()
    bearing = _stored(database, asked, candidates)
    outer = _narrow(database, bearing, country, nested=False)
    if outer:
        ids = _narrow(database, bearing, country, nested=True) if nested else outer
        return Found(ids, _place_name(database, ids[0]), _several(database, outer))
    near = _nearest(asked, _place_names(database))
    if (meant := _surely(near)) and (ids := _narrow(database, _stored(database, meant, None), country, nested)):
        return Found(ids, meant, f"no place {asked!r} here: taken for {meant}")
    if candidates and (known := next(iter(candidates(asked)), None)):
        message = f"no statement here speaks of {known.name} ({known.country or known.feature}) or of a place inside it"
    else:
        message = f"no place {asked!r} here"
    raise UnknownPlaceError(message, tuple(n for n, _ in near))


def _stored(database: Database, name: str, candidates: Candidates | None) -> list[str]:
    query = """SELECT id FROM places WHERE id = :name OR pcode = upper(:name)
    UNION SELECT place_id FROM place_names WHERE name = :name COLLATE NOCASE"""
    ids = {row[0] for row in database.execute(query, {"name": name})}
    for place in candidates(name) if candidates else ():
        ids.update(row[0] for row in database.execute("SELECT id FROM places WHERE id = ?", (place.id,)))
    if not ids:
        folded = key(name)
        query = "SELECT place_id, name FROM place_names"
        ids = {place_id for place_id, known in database.execute(query) if key(known) == folded}
    return sorted(ids)


def _narrow(database: Database, ids: list[str], country: str | None, nested: bool) -> tuple[str, ...]:
    """Ids in a country, without those that lie inside another of them unless asked for, most spoken of first."""
    marks = ",".join("?" * len(ids))
    rows = database.execute(
        f"""SELECT p.id FROM places p LEFT JOIN place_counts k ON k.place_id = p.id
        WHERE p.id IN ({marks}) AND (? IS NULL OR p.country = upper(?)) AND (? OR NOT EXISTS (
          SELECT 1 FROM place_ancestors a WHERE a.place_id = p.id AND a.depth > 0 AND a.ancestor_id IN ({marks})))
        ORDER BY k.mentions DESC, p.id""",
        (*ids, country, country, nested, *ids),
    )
    return tuple(row[0] for row in rows)


def _place_name(database: Database, place_id: str) -> str:
    row = database.execute("SELECT name FROM places WHERE id = ?", (place_id,)).fetchone()
    return str(row[0])


def _several(database: Database, ids: tuple[str, ...]) -> str | None:
    if len(ids) < 2:
        return None
    query = f"SELECT name, country FROM places WHERE id IN ({','.join('?' * len(ids))}) ORDER BY country"
    named = ", ".join(f"{name} ({country or '-'})" for name, country in database.execute(query, ids))
    return f"several places: {named}; --country narrows"


def _place_names(database: Database) -> set[str]:
    """Every name that a stored place has or was called by."""
    return {row[0] for row in database.execute("SELECT name FROM place_names")}


def _nearest(name: str, known: Iterable[str], limit: int = 5) -> list[tuple[str, float]]:
    """Known names that are most like a name, best first, with their likeness in percent; case makes no second name."""
    asked = key(name)
    spellings: dict[str, str] = {}
    for other in known:
        folded = key(other)
        # "Syria" rather than the "SYRIA" of a heading
        spellings[folded] = max(other, spellings.get(folded, other), key=lambda n: (not n.isupper(), n))
    scored = ((spelling, _likeness(asked, folded)) for folded, spelling in spellings.items())
    return nsmallest(limit, (item for item in scored if item[1] >= ALIKE), key=lambda item: (-item[1], item[0]))


def _likeness(a: str, b: str) -> float:
    """Percent of letters in common: the mean of two measures, one of which forgives doubled, one swapped letters."""
    from rapidfuzz import fuzz  # here: most names need no guess
    from rapidfuzz.distance import OSA

    return (fuzz.ratio(a, b) + 100 * OSA.normalized_similarity(a, b)) / 2


def _surely(near: list[tuple[str, float]]) -> str | None:
    """The nearest name where it is near enough and no other is as near."""
    if not near or near[0][1] < CERTAIN:
        return None
    return near[0][0] if len(near) == 1 or near[1][1] <= near[0][1] - LEAD else None


def find_party(database: Database, name: str, canonical: Callable[[str], str | None] | None = None) -> Found:
    """The stored party that a name means.

    Args:
        database: where to look.
        name: as a person types it, or an id.
        canonical: from a variant to the canonical name, None where it is not known: what a register knows.

    Raises:
        UnknownPartyError: nobody here bears the name; `nearest` has the nearest names.
    """
    asked = name.strip()
    if stored := _stored_party(database, asked):
        return stored
    known = canonical(asked) if canonical else None  # asked second: a register takes its time to load
    if known and (stored := _stored_party(database, known)):
        return stored
    near = _nearest(asked, {row[0] for row in database.execute("SELECT name FROM party_names")})
    if meant := _surely(near):
        found = find_party(database, meant)
        return Found(found.ids, found.name, f"no party {asked!r} here: taken for {found.name}")
    message = f"nothing here is asked of {known or asked!r}" if known else f"no party {asked!r} here"
    raise UnknownPartyError(message, tuple(n for n, _ in near))


def _stored_party(database: Database, name: str) -> Found | None:
    query = """SELECT id, name FROM parties WHERE id = :key OR id = :name
    UNION SELECT p.id, p.name FROM party_names n JOIN parties p ON p.id = n.party_id
    WHERE n.name = :name COLLATE NOCASE"""
    row = database.execute(query, {"key": key(name), "name": name}).fetchone()
    return Found((row[0],), row[1]) if row else None
