"""Links that people judged, as pairs that the link models learn from.

A judged link tells all there is to tell of its pair, whatever else of its statements was read: rejected, the two
records are not of the same thing; accepted or corrected, they are, and the link is of the judged kind. What people said
of a pair goes before links.jsonl.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from statement_nlp.records import Statement
from statement_nlp.store import Database
from statement_nlp.tracking import claim_links, link_records
from statement_nlp.tracking.linking import End

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JudgedLink:
    """Two records of a layer and the kind of their link; None where a person says that there is none."""

    layer: str
    a: End
    b: End
    kind: str | None

    @property
    def row(self) -> dict[str, Any]:
        """The link as a row of links.jsonl."""
        return {"a": [self.a.statement_id, self.a.quote], "b": [self.b.statement_id, self.b.quote], "kind": self.kind}


@dataclass(frozen=True, slots=True)
class JudgedLinks:
    """The judged links of a database whose records both stand, and the statements that they join."""

    links: tuple[JudgedLink, ...] = ()
    statements: tuple[Statement, ...] = ()

    def in_words(self) -> str:
        """One line for a person."""
        same = sum(link.kind is not None for link in self.links)
        return (
            f"{len(self.links)} judged links are pairs for the link models: {same} of the same thing, "
            f"{len(self.links) - same} not."
        )

    def over(self, links: Iterable[Row]) -> list[Row]:
        """Rows of links.jsonl with what people judged in their place, or beside them."""
        judged = {_pair(link.row) for link in self.links}
        return [row for row in links if _pair(row) not in judged] + [link.row for link in self.links if link.kind]


def _pair(row: Row) -> frozenset[tuple[str, ...]]:
    return frozenset((tuple(row["a"]), tuple(row["b"])))


def judged_links(database: Database) -> JudgedLinks:
    """The judged links of a database; a judgement without its words teaches nothing."""
    found: list[JudgedLink] = []
    for review in database.execute("SELECT * FROM reviews WHERE layer = 'links' AND attached = 1 ORDER BY id"):
        judged = json.loads(review["judged"])
        link = judged["link"]
        ends = _ends(database, link["layer"], (link["a_id"], link["b_id"]))
        if len(ends) == 2:
            kind = None if review["verdict"] == "rejected" else judged["kind"]
            found.append(JudgedLink(link["layer"], ends[link["a_id"]], ends[link["b_id"]], kind))
    ids = dict.fromkeys(end.statement_id for link in found for end in (link.a, link.b))
    return JudgedLinks(tuple(found), tuple(database.statement(one) for one in ids))


def _ends(database: Database, layer: str, ids: Sequence[int]) -> Mapping[int, End]:
    if layer == "figures":
        return {**link_records.figure_ends(database.connection, ids)}
    if layer == "demands":
        return {**link_records.demand_ends(database.connection, ids)}
    return {**claim_links.claim_ends(database.connection, ids)}
