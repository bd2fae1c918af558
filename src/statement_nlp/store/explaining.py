"""What found a record, and by which words, in plain words."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from statement_nlp.errors import UnknownStatementError
from statement_nlp.store.database import Database

METHOD = re.compile(r"(rule|model):([^@\n]+)(?:@(.+))?$")


def _number(column: str) -> str:
    """SQL that writes a number as a reader does: 275,000 and 0.5."""
    return f"iif({column} = CAST({column} AS INTEGER), printf('%,d', {column}), CAST({column} AS TEXT))"


DETAILS = {
    "place": """SELECT m.*,
        coalesce(p.name || coalesce(', ' || nullif(p.country_name, p.name), ''), 'not resolved') AS detail
        FROM place_mentions m LEFT JOIN places p ON p.id = m.place_id""",
    "party": """SELECT m.*, p.name || ' (' || replace(p.kind, '_', ' ') || ')' AS detail
        FROM party_mentions m JOIN parties p ON p.id = m.party_id""",
    "figure": f"""SELECT m.*, replace(condition, '_', ' ') || ': ' || CASE
            WHEN low IS high THEN iif(qualifier = 'about', 'about ', '') || {_number("low")}
            WHEN high IS NULL THEN 'at least ' || {_number("low")}
            WHEN low IS NULL THEN 'at most ' || {_number("high")}
            ELSE {_number("low")} || ' to ' || {_number("high")} END || ' ' || unit AS detail FROM figures m""",
    "demand": """SELECT m.*, CASE strength WHEN 'demand' THEN 'demanded' WHEN 'urge' THEN 'urged' ELSE 'recommended' END
        || coalesce(', to be done by ' || (SELECT group_concat(name, ', ') FROM demand_addressees a
        WHERE a.demand_id = m.id), ', nobody named') AS detail FROM demands m""",
    "claim": "SELECT m.*, status || coalesce(' by ' || attribution, '') AS detail FROM claims m",
    "signatory": """SELECT m.*, name AS quote, 'signatory ' || position AS detail, NULL AS confidence, '[]' AS cues
        FROM signatories m""",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One record: where it stands, what it says, and what found it."""

    record_id: int
    layer: str
    quote: str
    start: int
    end: int
    detail: str
    confidence: float | None
    method: str
    cues: tuple[str, ...]
    judgement: str | None
    pipeline: str
    extracted: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    def in_words(self) -> str:
        """A few lines for a reader."""
        lines = [
            f"{self.layer} {self.record_id}, characters {self.start}-{self.end}",
            f'  "{" ".join(self.quote.split())}"',
            f"  {self.detail}",
            f"  found by {self._method()}{self._words()}{self._chance()}",
        ]
        if self.judgement:
            lines.append(f"  {self.judgement} by a reader")
        lines.append(f"  extracted {self.extracted} by pipeline {self.pipeline}")
        return "\n".join(lines) + "\n"

    def _method(self) -> str:
        known = METHOD.match(self.method)
        if not known:
            return self.method or "nothing that says its name"
        kind, name, version = known.groups()
        what = "the rule" if kind == "rule" else "the trained model"
        return f"{what} {name.replace('_', ' ')}{f', version {version}' if version else ''}"

    def _words(self) -> str:
        return f", by: {'; '.join(self.cues)}" if self.cues else ""

    def _chance(self) -> str:
        return f" (confidence {self.confidence:.0%})" if self.confidence is not None else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Words where they stand: the statement, its publisher, day and source, the characters, and what was read there."""

    statement_id: str
    title: str
    published: str | None
    publisher: str | None
    kind: str
    url: str | None
    start: int
    end: int
    records: tuple[Explanation, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    def in_words(self) -> str:
        """The statement, then each record."""
        kind = " [illustrative]" if self.kind == "illustrative" else ""
        source = f"\n{self.url}" if self.url else ""
        said = f"{self.title}{kind} ({self.published or 'undated'}, {self.publisher or 'unknown'}; {self.statement_id})"
        found = "\n".join(record.in_words() for record in self.records) or "Nothing was read there.\n"
        return f"{said}, characters {self.start}-{self.end}{source}\n\n{found}"


def explain_quote(database: Database, words: str, limit: int = 20) -> list[Standing]:
    """Where words stand one after the other, in whichever statements, and the records that these characters touch.

    Args:
        database: where to look.
        words: as copied from somewhere: case and line breaks do not matter.
        limit: at most so many statements.
    """
    each = re.findall(r"\w+", words)
    if not each:
        return []
    pattern = re.compile(r"\W+".join(map(re.escape, each)), re.IGNORECASE)
    query = """SELECT s.* FROM statements_fts x JOIN statements s ON s.number = x.rowid
        WHERE statements_fts MATCH ? ORDER BY s.published LIMIT ?"""
    phrase = '"' + " ".join(each) + '"'
    found = []
    for row in database.execute(query, (f"text : {phrase}", limit)).fetchall():
        records = explain(database, row["id"])
        for at in pattern.finditer(row["text"]):
            touched = tuple(r for r in records if r.start < at.end() and at.start() < r.end)
            about = (row["id"], row["title"] or row["id"], row["published"], row["publisher"], row["kind"], row["url"])
            found.append(Standing(*about, at.start(), at.end(), touched))
    return found


def explain(database: Database, statement_id: str, record_id: int | None = None) -> list[Explanation]:
    """The records of a statement, in the order of the text, or one of them.

    Raises:
        UnknownStatementError: no such statement, or no such record in it.
    """
    database.statement(statement_id)
    found = [
        _explanation(layer, row)
        for layer, query in DETAILS.items()
        for row in database.execute(
            f"""SELECT x.*, r.pipeline, r.started FROM ({query}) x JOIN runs r ON r.id = x.run_id
            WHERE x.statement_id = :id AND (:record IS NULL OR x.id = :record)""",
            {"id": statement_id, "record": record_id},
        )
    ]
    if record_id is not None and not found:
        raise UnknownStatementError(f"statement {statement_id!r} has no record {record_id}")
    return sorted(found, key=lambda e: (e.start, e.end))


def _explanation(layer: str, row: Any) -> Explanation:
    return Explanation(
        record_id=row["id"],
        layer=layer,
        quote=row["quote"],
        start=row["start"],
        end=row["end"],
        detail=row["detail"],
        confidence=row["confidence"],
        method=row["method"],
        cues=tuple(json.loads(row["cues"])),
        judgement=row["judgement"],
        pipeline=row["pipeline"],
        extracted=row["started"],
    )
