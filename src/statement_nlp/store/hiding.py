"""A copy of a database in which the names of private persons stand nowhere: what is not there, nobody finds.

Every text of every table goes through one function: names are looked for as words, whatever stands between them,
however they are capitalised or accented, and each of their letters becomes a block, so that all offsets stay right. A
full name of one statement is hidden in all, unless a place, a party or somebody in office is called so; its parts in
the statement that names the person. A text in which nobody looked for persons (another language, an older version) is
hidden as a whole.

python -m statement_nlp.store.hiding SOURCE TARGET
"""

from __future__ import annotations

import itertools
import json
import re
import secrets
import sqlite3
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from statement_nlp.errors import DatabaseError
from statement_nlp.store.database import Database

BLOCK = "█"
WORD = re.compile(r"[^\W_]+")
SHORTEST = 3
"""Letters of a part of a name that is hidden where it stands alone; shorter ones (bin, El) are in too many names."""
NEAR = 4
"""Code points that may stand between two words of a name: a space, a hyphen, a line's end."""
EMPTIED = ("machine_records", "batches", "batch_items")
"""Tables that only serve judgements and undoing, which a copy does not allow."""
CODES = frozenset({
    "kind", "language", "published", "published_since", "published_until", "countries", "country", "skipped", "status",
    "strength", "qualifier", "unit", "condition", "theme", "method", "judgement", "verdict", "layer", "role", "feature",
    "date", "since", "until", "day", "month", "first_date", "last_date", "reviewed", "happened", "judged_on", "started",
    "finished", "version", "pipeline", "models", "outcome", "state", "pcode", "geonameid",
})  # fmt: skip
"""Columns that hold words of ours, dates and codes: never a name."""
HASHES = {"statements": ("text_hash", "fingerprint"), "reviewed_statements": ("text_hash",)}
"""A hash of a text tells whoever guesses the name whether they guessed right."""
OWNERS = ("statement_id", "a_statement_id", "b_statement_id", "other_statement_id")
_OF = "(SELECT json_group_array(statement_id) FROM {} WHERE id = {})"
_OF_PERSONS = """(SELECT json_group_array(DISTINCT m.statement_id) FROM party_mentions m
JOIN parties p ON p.id = m.party_id WHERE p.id = {} AND p.kind = 'person' AND NOT p.registered)"""
OWNED = {
    "figure_places": _OF.format("figures", "figure_id"),
    "claim_named_places": _OF.format("claims", "claim_id"),
    "demand_addressees": _OF.format("demands", "demand_id"),
    "demand_actions": _OF.format("demands", "demand_id"),
    "demand_places": _OF.format("demands", "demand_id"),
    "tracks": "(SELECT json_group_array(DISTINCT statement_id) FROM track_members WHERE track_id = tracks.id)",
    "party_names": _OF_PERSONS.format("party_names.party_id"),
    "parties": _OF_PERSONS.format("parties.id"),
}
"""Tables without the id of a statement: whose words they hold. They come first, while all ids are what they were."""
LOWERED = ("cues",)
"""Columns whose words may stand there without their capitals."""
NOTED = "names_hidden"


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """A word without case and accents."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, folded."""
    return tuple(fold(match.group()) for match in WORD.finditer(name))


@dataclass(slots=True)
class Names:
    """What is to be hidden: full names everywhere, parts of names in their statement, ids, and whole statements."""

    full: dict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))
    parts: dict[str, frozenset[str]] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def count(self) -> int:
        """How many full names are hidden."""
        return sum(map(len, self.full.values()))

    def hide(self, text: str, owners: Iterable[str], *, lowered: bool = False) -> str:
        """A text of some statements, or of none, with blocks in place of names; `lowered` if capitals tell nothing."""
        owners = tuple(owners)
        if any(owner in self.unread for owner in owners):
            return re.sub(r"[^\W_]", BLOCK, text)
        if text[:1] in ("{", "["):
            return self._hide_json(text, owners, lowered)
        return self._hide_words(text, self._own(owners), lowered)

    def _own(self, owners: tuple[str, ...]) -> frozenset[str]:
        return frozenset().union(*(self.parts.get(owner, frozenset()) for owner in owners))

    def _hide_json(self, text: str, owners: tuple[str, ...], lowered: bool) -> str:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return self._hide_words(text, self._own(owners), lowered)
        hidden = self._inside(value, owners, lowered)
        return text if hidden == value else json.dumps(hidden, ensure_ascii=False)

    def _inside(self, value: Any, owners: tuple[str, ...], lowered: bool) -> Any:
        if isinstance(value, str):
            return self.hide(value, owners, lowered=lowered)
        if isinstance(value, list):
            return [self._inside(item, owners, lowered) for item in value]
        if isinstance(value, dict):
            inside = (
                (self._inside(key, owners, lowered), self._inside(item, owners, lowered)) for key, item in value.items()
            )
            return dict(inside)
        return value

    def _hide_words(self, text: str, own: frozenset[str], lowered: bool = False) -> str:
        found = list(WORD.finditer(text))
        folded = [fold(match.group()) for match in found]
        hidden: set[int] = set()
        for i, word in enumerate(folded):
            if word in own and (lowered or found[i].group()[0].isupper()):
                hidden.add(i)
            for name in self.full.get(word, ()):
                if tuple(folded[i : i + len(name)]) == name and _close(found[i : i + len(name)]):
                    hidden.update(range(i, i + len(name)))
        if not hidden:
            return text
        out = list(text)
        for i in hidden:
            out[found[i].start() : found[i].end()] = BLOCK * (found[i].end() - found[i].start())
        return "".join(out)

    def hide_id(self, identifier: str) -> str:
        """An id with a name in it, as another id, the same in every table; any other id as it is."""
        if identifier not in self.ids and self._hide_words(identifier, frozenset()) == identifier:
            return identifier
        return f"name-withheld-{blake2b(identifier.encode(), key=self.salt, digest_size=6).hexdigest()}"


def _close(matches: Sequence[re.Match[str]]) -> bool:
    return all(b.start() - a.end() <= NEAR for a, b in itertools.pairwise(matches))


def private_names(connection: sqlite3.Connection) -> Names:
    """The names of private persons of a database, by what was found when its statements were extracted."""
    names = Names()
    others = "SELECT name FROM places UNION SELECT name FROM parties WHERE kind <> 'person' OR registered"
    kept = {name_words(row[0]) for row in connection.execute(others)}
    query = """SELECT m.statement_id, substr(s.text, m.start + 1, m."end" - m.start), m.role FROM person_mentions m
    JOIN statements s ON s.id = m.statement_id"""
    parts: dict[str, set[str]] = defaultdict(set)
    public: dict[str, set[str]] = defaultdict(set)
    for statement_id, quote, role in connection.execute(query):
        words = name_words(quote)
        if role == "office":
            public[statement_id].update(words)
            kept.add(words)
        else:
            parts[statement_id].update(w for w in words if len(w) >= SHORTEST)
            if len(words) > 1:
                names.full[words[0]].add(words)
    names.full = defaultdict(set, {first: found - kept for first, found in names.full.items()})
    for statement_id, place in connection.execute("SELECT statement_id, quote FROM place_mentions"):
        if statement_id in parts:
            public[statement_id].update(name_words(place))
    names.parts = {statement: frozenset(words - public[statement]) for statement, words in parts.items()}
    persons = """SELECT p.id, p.name, m.statement_id FROM parties p JOIN party_mentions m ON m.party_id = p.id
    WHERE p.kind = 'person' AND NOT p.registered"""
    names.ids = frozenset(
        party_id
        for party_id, name, statement_id in connection.execute(persons)
        if names.parts.get(statement_id, frozenset()).intersection(name_words(name))
    )
    unread = "SELECT id FROM statements WHERE id NOT IN (SELECT statement_id FROM person_readings)"
    names.unread = frozenset(row[0] for row in connection.execute(unread))
    return names


def copy_without_names(source: Path, target: Path) -> Names:
    """Make a copy of a database without the names of private persons; it appears when it is complete.

    Args:
        source: a database of ours; it may be written meanwhile: the copy is of one moment.
        target: the file to make, or to put the copy in place of.

    Returns:
        What was hidden.

    Raises:
        DatabaseError: the source is none of ours, or the target cannot be written.
    """
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    with Database(source, create=False) as database:
        database.backup(partial)
    connection = sqlite3.connect(partial, isolation_level=None)
    try:
        names = private_names(connection)
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("BEGIN")
        _without_triggers(connection)
        for table in _tables(connection):
            _hide_table(connection, table, names)
        for table, columns in HASHES.items():
            connection.execute(f"UPDATE {table} SET {', '.join(f'{column} = 0' for column in columns)}")
        _search_anew(connection)
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?, '1')", (NOTED,))
        connection.execute("COMMIT")
        connection.execute("VACUUM")
    except sqlite3.Error as error:
        raise DatabaseError(f"{target}: {error}") from error
    finally:
        connection.close()
    partial.replace(target)
    return names


def _without_triggers(connection: sqlite3.Connection) -> None:
    """A copy is not written, so nothing has to follow."""
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')


def _tables(connection: sqlite3.Connection) -> list[str]:
    """The ordinary tables, those of `OWNED` first: not those of a search index, which is made anew."""
    rows = connection.execute("PRAGMA table_list").fetchall()
    found = [r[1] for r in rows if r[0] == "main" and r[2] == "table" and not r[1].startswith("sqlite_")]
    return [t for t in OWNED if t in found] + [t for t in found if t not in OWNED]


def _hide_table(connection: sqlite3.Connection, table: str, names: Names) -> None:
    """Hide names in all texts of a table; only rows that change are written."""
    if table in EMPTIED:
        connection.execute(f'DELETE FROM "{table}"')
        return
    info = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    texts = [c[1] for c in info if "INT" not in c[2].upper() and "REAL" not in c[2].upper()]
    keys = [c[1] for c in sorted(info, key=lambda c: c[5]) if c[5]]
    without_rowid = connection.execute("SELECT wr FROM pragma_table_list WHERE name = ?", (table,)).fetchone()[0]
    where = keys if without_rowid else ["rowid"]
    owners = ["id"] if table == "statements" else [c[1] for c in info if c[1] in OWNERS]
    if not texts:
        return
    wanted = ", ".join(_quoted(c) for c in (*where, *owners, *texts))
    rows = connection.execute(f"""SELECT {OWNED.get(table, "'[]'")}, {wanted} FROM "{table}\"""").fetchall()
    update = f'UPDATE "{table}" SET {{}} WHERE {" AND ".join(f"{_quoted(c)} = ?" for c in where)}'
    for owned, *row in rows:
        at, own, values = row[: len(where)], row[len(where) : len(where) + len(owners)], row[-len(texts) :]
        changes = _changes(texts, values, [o for o in (*own, *json.loads(owned)) if o], names)
        if changes:
            connection.execute(update.format(", ".join(f"{_quoted(c)} = ?" for c in changes)), (*changes.values(), *at))


def _quoted(column: str) -> str:
    return column if column == "rowid" else f'"{column}"'


def _changes(columns: Sequence[str], values: Sequence[Any], owners: Sequence[str], names: Names) -> Mapping[str, str]:
    changed = {}
    for column, value in zip(columns, values, strict=True):
        if isinstance(value, str) and value and column not in CODES:
            is_id = column in ("id", "key") or column.endswith(("_id", "_key"))
            hidden = names.hide_id(value) if is_id else names.hide(value, owners, lowered=column in LOWERED)
            if hidden != value:
                changed[column] = hidden
    return changed


def _search_anew(connection: sqlite3.Connection) -> None:
    """Make every search index from the tables as they are now."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
    for name, sql in connection.execute(query).fetchall():
        if "content=" in sql.replace(" ", ""):
            connection.execute(f'INSERT INTO "{name}"("{name}") VALUES (\'rebuild\')')
        else:
            raise DatabaseError(f"the search index {name} cannot be made anew without names")


def main(arguments: Sequence[str]) -> None:
    """Make a copy and print how much was hidden."""
    names = copy_without_names(Path(arguments[0]), Path(arguments[1]))
    print(json.dumps({"names": names.count(), "unread": len(names.unread)}))


if __name__ == "__main__":
    main(sys.argv[1:])
