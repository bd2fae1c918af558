"""What a search box offers while one types: places, parties, organisations, statements, claims, demands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from datasette.database import Database
from datasette.utils import tilde_encode
from datasette.utils.asgi import Request, Response
from rapidfuzz import fuzz, process, utils

from statement_nlp.publish import names, page_data
from statement_nlp.publish.answers import database_of, given

NAMED: Mapping[str, tuple[str, str]] = {
    "place": ("place", "/place/"),
    "party": ("addressee", "/party/"),
    "organisation": ("organisation", "/organisation/"),
}
"""Kinds of suggestions that are names: what `names.KNOWN` calls them, and where their pages are."""
MOST_NAMES, MOST_TEXTS = 4, 3
ALONE = 12
"""How many names are offered where a field takes one kind alone."""
LIKENESS, NEARLY = 75, 8
"""From 0 to 100, of rapidfuzz's ratio: a slip of a letter or two; and how far behind the nearest another may be."""
CUTS = 4
"""Letters that are taken off an unfinished word: texts are indexed by stems, so "meningit" is found by "menin"."""
SHORTEST, SHORTEST_WORD = 2, 3
"""Characters from which names are offered, and of the last word from which texts are."""

# a title is what one remembers; the newest numbers come first, and none is ranked: a keystroke waits for this
TITLES = """
    SELECT s.id AS statement_id, coalesce(s.title, s.id) AS label, s.published AS detail, s.kind FROM (
      SELECT rowid AS number FROM statements_fts WHERE statements_fts MATCH '{{title publisher}} : (' || :q || ')'
      ORDER BY rowid DESC LIMIT :most) x JOIN statements s ON s.number = x.number"""
RECORDS = """
    SELECT r.id, s.id AS statement_id, r.quote AS label, s.published AS detail, s.kind FROM (
      SELECT rowid AS number FROM {table}_fts WHERE {table}_fts MATCH :q LIMIT :most) x
    JOIN {table} r ON r.id = x.number JOIN statements s ON s.id = r.statement_id
    WHERE r.judgement IS NOT 'rejected'"""
TEXTS: Mapping[str, str] = {
    "statement": TITLES.format(),
    "claim": RECORDS.format(table="claims"),
    "demand": RECORDS.format(table="demands"),
}
KINDS_SIGNED = """
    SELECT DISTINCT s.kind FROM organisation_names n JOIN statements s ON s.organisation_key = n.key
    WHERE n.organisation_id = :id
    UNION SELECT s.kind FROM organisation_names n JOIN signatories g ON g.organisation_key = n.key
    JOIN statements s ON s.id = g.statement_id WHERE n.organisation_id = :id"""
Suggestion = dict[str, Any]


def matching(known: names.Names, words: str, most: int) -> list[page_data.Row]:
    """Entries whose names begin with these words, else hold a word that begins so, else are like them; each once."""
    sought = utils.default_process(words)
    if not sought:
        return []
    found: dict[str, page_data.Row] = {}
    tests: tuple[Callable[[str], bool], ...] = (
        lambda name: name == sought,
        lambda name: name.startswith(sought),
        lambda name: f" {sought}" in name,
    )
    for is_so in tests:
        for row, name in zip(known.rows, known.folded, strict=True):
            if len(found) >= most:
                return list(found.values())
            if is_so(name):
                found.setdefault(row["id"], row)
    if not found and len(sought) > SHORTEST_WORD:
        close = process.extract(
            sought, known.folded, scorer=fuzz.ratio, processor=None, limit=most * 3, score_cutoff=LIKENESS
        )
        for _, _, n in (one for one in close if one[1] > close[0][1] - NEARLY):
            found.setdefault(known.rows[n]["id"], known.rows[n])
    return list(found.values())[:most]


def beginnings(words: str) -> list[str]:
    """Words as FTS5 queries in which the last one is unfinished, ever shorter; none where it is too short to tell."""
    each = [word.replace('"', "") for word in words.replace("\0", " ").split()]
    each = [word for word in each if any(c.isalnum() for c in word)]
    if len(each) > 1 and len(each[-1]) < SHORTEST_WORD:
        each.pop()  # another letter will tell
    if not each:
        return []
    *whole, last = each
    cuts = [last[: len(last) - cut] for cut in range(CUTS + 1) if len(last) - cut >= SHORTEST_WORD]
    return [" ".join(f'"{word}"' for word in (*whole, cut)) + "*" for cut in cuts]


def holds(text: str, words: str) -> bool:
    """Whether each of the words begins a word of the text."""
    folded = f" {utils.default_process(text)}"
    return all(f" {word}" in folded for word in utils.default_process(words).split())


async def _names(database: Database, kind: str, words: str, most: int) -> list[Suggestion]:
    what, address = NAMED[kind]
    found = []
    for row in matching(await names.every(database, what), words, most):
        alias = utils.default_process(row["name"]) not in utils.default_process(row["entry"])
        label = f"{row['entry']} ({row['name']})" if alias else row["entry"]
        one = {"kind": kind, "label": label, "detail": row["detail"] or "", "value": row["id"]}
        if kind == "organisation":
            kinds = {r["kind"] for r in await page_data.rows(database, KINDS_SIGNED, id=row["id"])}
            one["illustrative"] = kinds == {"illustrative"}
        found.append(one | {"href": address + tilde_encode(row["id"])})
    return found


async def _texts(database: Database, kind: str, words: str) -> list[Suggestion]:
    for n, beginning in enumerate(beginnings(words)):
        # what a shortened word finds must hold the word as it was typed
        most = MOST_TEXTS if n == 0 else 10 * MOST_TEXTS
        found = await page_data.rows(database, TEXTS[kind], q=beginning, most=most)
        if n > 0:
            found = [row for row in found if holds(row["label"], words)]
        if found:
            return [_text(kind, row) for row in found[:MOST_TEXTS]]
    return []


def _text(kind: str, row: page_data.Row) -> Suggestion:
    anchor = f"#at-{row['id']}" if "id" in row else ""
    return {
        "kind": kind,
        "label": row["label"],
        "detail": row["detail"] or "undated",
        "illustrative": row["kind"] == "illustrative",
        "href": f"/statement/{tilde_encode(row['statement_id'])}{anchor}",
    }


async def suggestions(database: Database, words: str, only: str = "") -> list[Suggestion]:
    """What these words may mean, names first.

    Args:
        database: one of ours.
        words: as typed so far.
        only: place, party or organisation, for a field that takes one kind alone; empty for all.

    Returns:
        Each with `kind`, `label`, `detail`, `href` (a path of this server); names with `value`, their id; what is
        known from illustrative statements alone with `illustrative`. Where nothing is found: the same words without
        slips, a `search`.
    """
    if len(words) < SHORTEST:
        return []
    if only in NAMED:
        return await _names(database, only, words, ALONE)
    found = [one for kind in NAMED for one in await _names(database, kind, words, MOST_NAMES)]
    for kind in TEXTS:
        found += await _texts(database, kind, words)
    if not found and (meant := await names.words_meant(database, words, wide=False)):
        found.append({"kind": "search", "label": meant, "detail": "", "href": f"/search?{urlencode({'q': meant})}"})
    return found


async def suggest_json(datasette: Any, request: Request) -> Response:
    """Suggestions for a search box as JSON."""
    database = await database_of(datasette, request)
    words = given(request, "q")
    found = await suggestions(database, words, given(request, "only"))
    for one in found:
        one["href"] = str(datasette.urls.path(one["href"]))
    return Response.json({"query": words, "suggestions": found})


ROUTES: list[tuple[str, Callable[..., Awaitable[Response]]]] = [(r"^/suggest\.json$", suggest_json)]
