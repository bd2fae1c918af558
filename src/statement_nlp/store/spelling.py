"""Words that no text holds, and the words of the index that are nearest to them: "hosptial" is meant for hospital."""

from __future__ import annotations

import heapq
import re
import sqlite3
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA

from statement_nlp.store.questions import as_fts

# the index holds stems: what a reader types is cut by the same tokenizer, and a stem is shown by a word it stands for
TOKENS = "CREATE VIRTUAL TABLE typed USING fts5(word, tokenize='porter unicode61 remove_diacritics 2')"
TYPED = "CREATE VIRTUAL TABLE typed_words USING fts5vocab(typed, 'instance')"
WORDS = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.statement_words USING fts5vocab(main, 'statements_fts', 'row')"
KNOWN = "SELECT 1 FROM temp.statement_words WHERE term = ?"
BETWEEN = "SELECT term, doc FROM temp.statement_words WHERE term >= ? AND term < ?"
PLACES = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.word_places USING fts5vocab(main, 'statements_fts', 'instance')"
TEXTS = """SELECT coalesce(title, '') || ' ' || coalesce(publisher, '') || ' ' || substr(text, 1, 50000) FROM statements
    WHERE number IN (SELECT doc FROM temp.word_places WHERE term = ? LIMIT 12)"""
HOLDS = "SELECT 1 FROM statements_fts WHERE statements_fts MATCH ? LIMIT 1"
WORD = re.compile(r"[^\W\d_]+")
SHORTEST = 4
"""Letters of a word from which it may be a slip."""
LONGEST = 40
MOST_WORDS = 8
NEAREST = 8
"""Stems whose words are looked at, in the first statements that hold one."""


def slips(length: int) -> int:
    """How many letters of a word of so many may be wrong, missing, too many or changed over."""
    return 1 if length < 6 else 2 if length < 9 else 3


def mended(connection: sqlite3.Connection, words: str, *, wide: bool = True) -> str | None:
    """Words with those that no statement holds replaced by the nearest ones that one holds.

    Args:
        connection: to a database of ours; it may be read-only: a temporary view of its index is made, no copy.
        words: as typed.
        wide: look among all words of the same first letter where none is near that begins with the same two.

    Returns:
        None where all words are known, one of them is like nothing, or no statement holds the mended words together.
    """
    given = words.split()[:MOST_WORDS]
    connection.execute(WORDS)
    connection.execute(PLACES)
    found = list(given)
    for n, stems in enumerate(_stems(given)):
        if len(stems) != 1 or _is_held(connection, KNOWN, stems[0]):
            continue
        word = given[n].lower()
        if not (SHORTEST <= len(word) <= LONGEST and stems[0].isalpha()):
            return None
        nearest = _nearest(connection, word, stems[0], wide)
        if nearest is None:
            return None
        found[n] = nearest
    if found == given:
        return None
    return " ".join(found) if _is_held(connection, HOLDS, as_fts(" ".join(found))) else None


def _is_held(connection: sqlite3.Connection, sql: str, sought: str) -> bool:
    return connection.execute(sql, (sought,)).fetchone() is not None


def _stems(words: Sequence[str]) -> list[list[str]]:
    """The stems of each word, as the index cuts them."""
    with sqlite3.connect(":memory:") as cutting:
        cutting.execute(TOKENS)
        cutting.execute(TYPED)
        cutting.executemany("INSERT INTO typed(rowid, word) VALUES (?, ?)", enumerate(words))
        found: list[list[str]] = [[] for _ in words]
        for term, n in cutting.execute("SELECT term, doc FROM typed_words ORDER BY doc, offset"):
            found[n].append(term)
    cutting.close()
    return found


def _nearest(connection: sqlite3.Connection, word: str, stem: str, wide: bool) -> str | None:
    """The nearest word that a text holds, the more frequent where two are as near."""
    swapped = stem[1] + stem[0] if len(stem) > 1 else stem
    for beginnings in ({stem[:2], swapped}, {stem[:1]}) if wide else ({stem[:2], swapped},):
        terms = {term: n for start in beginnings for term, n in _between(connection, start)}
        apart = {term: _apart(word, stem, term) for term in terms}
        near = heapq.nsmallest(
            NEAREST, (term for term in terms if apart[term] <= slips(len(word))), key=apart.__getitem__
        )
        shown = [(OSA.distance(word, form), -terms[term], form) for term in near for form in _forms(connection, term)]
        best = min((one for one in shown if one[0] <= slips(len(word))), default=None)
        if best:
            return best[2]
    return None


def _apart(word: str, stem: str, term: str) -> int:
    """How far a stem is from that of a word, or from how the word begins: a slip may have it cut elsewhere."""
    begins = (word[: len(term) + more] for more in (-1, 0, 1))
    return min(OSA.distance(term, one) for one in (stem, *begins))


def _between(connection: sqlite3.Connection, start: str) -> Iterable[tuple[str, int]]:
    return connection.execute(BETWEEN, (start, start[:-1] + chr(ord(start[-1]) + 1)))


def _forms(connection: sqlite3.Connection, stem: str) -> list[str]:
    """Words, in small letters, that a stem of the index stands for: a search for the stem would cut it once more."""
    begins = stem[: max(3, len(stem) - 2)]
    texts = (row[0].lower() for row in connection.execute(TEXTS, (stem,)))
    words = sorted({word for text in texts for word in WORD.findall(text) if word.startswith(begins)})
    return [word for word, stems in zip(words, _stems(words), strict=True) if stems == [stem]]
