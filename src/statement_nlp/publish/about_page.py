"""The page that says how the program works, how often it is wrong, under what licences, and how to cite."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasette.utils.asgi import Request, Response

from statement_nlp.publish import page_data
from statement_nlp.publish.answers import database_of, html

PACKAGE = Path(__file__).parents[1]
ACCURACY = (PACKAGE / "accuracy.md", PACKAGE.parents[1] / "docs" / "accuracy.md")
"""Where the evaluation's tables lie: inside an installed package, else in the clone."""
MEANINGS: Mapping[str, str] = {
    "places exact": "names of places, with exactly their words",
    "places resolved": "places, told which one of the gazetteer is meant",
    "parties exact": "parties, with exactly their words",
    "figures value": "figures, with their bounds",
    "figures full": "figures with bounds, condition, unit, date and place all right",
    "demands": "demands, by their words",
    "demand addressees": "of whom something is demanded",
    "demand themes": "themes of demands",
    "demand places": "places of demands",
    "claims": "claims, by their words",
    "claims full": "claims with status, places, date and attribution all right",
    "claims status": "claims, told asserted, reported, hedged or negated",
    "signatories": "signatories, on lists much like those that the rules were written for",
}
"""Rows of the evaluation that are shown, and what each counts."""
ROW = re.compile(
    r"\| (?P<layer>[a-z ]+) \| (?P<p>[\d.]+) \| (?P<r>[\d.]+) \| \*\*(?P<f>[\d.]+)\*\* \| (?P<base>[\d.]*) \|"
)


@dataclass(frozen=True, slots=True)
class Score:
    """How well one thing is found: shares from 0 to 1; `baseline_f1` is None where there is no baseline."""

    meaning: str
    precision: float
    recall: float
    f1: float
    baseline_f1: float | None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The evaluation's first table: how it was scored, on what, and the rows that are shown."""

    how: str
    on: str
    scores: tuple[Score, ...]


def accuracy() -> Accuracy | None:
    """What `statement-nlp evaluate` found last, as docs/accuracy.md has it; None where that is not installed."""
    for path in ACCURACY:
        if path.is_file():
            return read_accuracy(path.read_text(encoding="utf8"))
    return None


def read_accuracy(text: str) -> Accuracy:
    """The table under the heading "Scores" of a report by `evaluate --format markdown`."""
    how, _, table = text.partition("## Scores: ")[2].partition("\n")
    table = table.partition("\n## ")[0]
    on = re.search(r"\| layer \| (.+?) P \|", table)
    found = {row["layer"]: row for row in ROW.finditer(table)}
    scores = tuple(
        Score(
            meaning,
            float(found[layer]["p"]),
            float(found[layer]["r"]),
            float(found[layer]["f"]),
            float(found[layer]["base"]) if found[layer]["base"] else None,
        )
        for layer, meaning in MEANINGS.items()
        if layer in found
    )
    return Accuracy(how.strip(), on.group(1) if on else "", scores)


async def about(datasette: Any, request: Request) -> Response:
    """Method, accuracy, kinds of statements, how to cite, licences and credits."""
    database = await database_of(datasette, request)
    runs = await page_data.rows(database, "SELECT * FROM runs ORDER BY id DESC LIMIT 5")
    address = datasette.absolute_url(request, datasette.urls.path("/"))
    return await html(datasette, request, "about.html", runs=runs, accuracy=accuracy(), address=address)


ROUTES: list[tuple[str, Callable[..., Awaitable[Response]]]] = [(r"^/about$", about)]
