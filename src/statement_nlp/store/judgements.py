"""Lists of judgements: what waits for one, what was decided, what is unattached, and the trail of every step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from statement_nlp.store.filing import TABLES

QUEUE_COLUMNS = (
    "record_id", "layer", "quote", "detail", "confidence", "statement", "published", "statement_kind", "statement_id",
    "start",
)  # fmt: skip
DETAILS: Mapping[str, str] = {
    "places": """coalesce((SELECT name || coalesce(', ' || nullif(country_name, name), '') FROM places
      WHERE id = r.place_id), 'not resolved')""",
    "parties": "(SELECT name || ', ' || replace(kind, '_', ' ') FROM parties WHERE id = r.party_id)",
    "figures": """replace(r.condition, '_', ' ') || ', ' || r.unit
      || coalesce(', from ' || iif(r.low = CAST(r.low AS INTEGER), CAST(r.low AS INTEGER), r.low), '')
      || coalesce(', to ' || iif(r.high = CAST(r.high AS INTEGER), CAST(r.high AS INTEGER), r.high), '')""",
    "claims": "r.status || coalesce(', ' || r.attribution, '')",
    "demands": """coalesce('on ' || (SELECT group_concat(name, ', ') FROM demand_addressees WHERE demand_id = r.id),
      'on nobody named')""",
    "signatories": "coalesce(r.acronym || ', ', '') || coalesce(r.note, '')",
}
"""What a record says, in a few words of SQL."""
_WAITING = """SELECT * FROM (SELECT r.id AS record_id, '{layer}' AS layer, {quote} AS quote, {detail} AS detail,
  {confidence} AS confidence, coalesce(s.title, s.id) AS statement, s.published, s.kind AS statement_kind,
  s.id AS statement_id, r.start
FROM {table} r CROSS JOIN statements s ON s.id = r.statement_id
WHERE r.judgement IS NULL AND (:statement IS NULL OR r.statement_id = :statement)
ORDER BY {order} LIMIT :most)"""
_LINKS_WAITING = """SELECT * FROM (SELECT l.id AS record_id, 'links' AS layer, l.a_quote || ' / ' || l.b_quote AS quote,
  replace(l.kind, '_', ' ') || ': ' || l.reason AS detail, l.score AS confidence,
  coalesce(s.title, s.id) AS statement, s.published, s.kind AS statement_kind, s.id AS statement_id, 0 AS start
FROM links l CROSS JOIN statements s ON s.id = l.a_statement_id
WHERE l.judgement IS NULL AND (:statement IS NULL OR :statement IN (l.a_statement_id, l.b_statement_id))
ORDER BY l.score LIMIT :most)"""

LAYERS = (*TABLES, "links")


def waiting(layers: tuple[str, ...] = LAYERS) -> str:
    """The SQL of what nobody has judged yet, the least sure first.

    Its parameters: `:statement` (id, NULL for all), `:most` (rows looked at of each layer, from the least sure),
    `:limit` and `:offset`. Signatories have no confidence and come last.
    """
    parts = [
        _WAITING.format(
            layer=layer,
            table=TABLES[layer],
            detail=DETAILS[layer],
            quote="r.name" if layer == "signatories" else "r.quote",
            confidence="NULL" if layer == "signatories" else "r.confidence",
            order="r.statement_id, r.position" if layer == "signatories" else "r.confidence",
        )
        for layer in layers
        if layer in TABLES
    ]
    if "links" in layers:
        parts.append(_LINKS_WAITING)
    return f"""SELECT * FROM ({" UNION ALL ".join(parts)})
ORDER BY confidence IS NULL, confidence, statement_id, start LIMIT :limit OFFSET :offset"""


JUDGED_COLUMNS = (
    "review_id", "record_id", "layer", "verdict", "quote", "before", "after", "note", "reviewer", "reviewed",
    "attached", "found", "statement", "statement_id",
)  # fmt: skip
JUDGED = """
SELECT r.id AS review_id, r.record_id, r.layer, r.verdict, r.quote, r.before, r.after, r.note, r.reviewer, r.reviewed,
  r.attached, r.found, coalesce(s.title, r.statement_id) AS statement, r.statement_id
FROM reviews r LEFT JOIN statements s ON s.id = r.statement_id
WHERE (:attached IS NULL OR r.attached = :attached) AND (:layer IS NULL OR r.layer = :layer)
  AND (:statement IS NULL OR r.statement_id = :statement OR r.other_statement_id = :statement)
ORDER BY r.reviewed DESC, r.id DESC LIMIT :limit"""

TRAIL_COLUMNS = (
    "happened", "reviewer", "action", "layer", "record_id", "quote", "before", "after", "note", "statement_id",
)  # fmt: skip
TRAIL = """
SELECT happened, reviewer, action, layer, record_id, quote, before, after, note, statement_id FROM review_events
WHERE (:record IS NULL OR record_id = :record OR review_id = :record)
  AND (:statement IS NULL OR statement_id = :statement)
ORDER BY id DESC LIMIT :limit"""


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What a judgement changed, in words: `condition: trapped, now detained`; of an added record, what it says."""
    if not after:
        return ""
    if not before:
        said = {name: value for name, value in after.items() if name not in ("quote", "start", "end")}
        return "; ".join(f"{name}: {plain(value)}" for name, value in said.items() if value not in (None, [], ""))
    changed = [
        name for name in after if name in before and before[name] != after[name] and name not in ("start", "end")
    ]
    return "; ".join(f"{name}: {plain(before[name])}, now {plain(after[name])}" for name in changed)


def plain(value: Any) -> str:
    """A value of a record as people write it: lists with semicolons, whole numbers without a point."""
    if value is None or value in ([], ""):
        return "none"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, float) and value.is_integer():
        return f"{int(value):,}"
    return str(value)


def context(text: str, start: int, end: int, around: int = 240) -> tuple[str, str, str]:
    """The words before a span, the span, and the words after it, cut at words; each in one line."""
    before, after = text[max(0, start - around) : start], text[end : end + around]
    if start > around:
        before = "… " + before.partition(" ")[2]
    if end + around < len(text):
        after = after.rpartition(" ")[0] + " …"
    lead = " " if before[-1:].isspace() else ""
    tail = " " if after[:1].isspace() else ""
    return " ".join(before.split()) + lead, " ".join(text[start:end].split()), tail + " ".join(after.split())
