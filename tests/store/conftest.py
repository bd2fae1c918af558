"""A small world of places and two statements, made for these tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from statement_nlp.records import (
    Claim,
    Demand,
    Extraction,
    Figure,
    Party,
    PartyMention,
    Place,
    PlaceMention,
    Signatory,
    SignatoryList,
    Statement,
    Zone,
)
from statement_nlp.store import Database, Run

WORLD = {
    p.id: p
    for p in (
        Place("geonames:163843", "Syria", "SY", "country", 35.0, 38.0, 163843, population=16906283),
        Place("geonames:170652", "Rif-dimashq", "SY", "region", 33.5, 36.4, 170652, parents=("geonames:163843",)),
        Place(
            "geonames:167357", "Madaya", "SY", "city", 33.69, 36.1, 167357, admin1="Rif-dimashq",
            parents=("geonames:170652", "geonames:163843"),
        ),
        Place(
            "geonames:170592", "Daraya", "SY", "city", 33.46, 36.23, 170592, admin1="Rif-dimashq",
            parents=("geonames:170652", "geonames:163843"),
        ),
        Place("geonames:170063", "Aleppo", "SY", "city", 36.2, 37.16, 170063, parents=("geonames:163843",)),
    )
}  # fmt: skip

TEXT = (
    "Open the roads to Madaya\n\n"
    "In Madaya 40,000 people are trapped, and at least 30 of them have starved since May. "
    "Bombs fall on Daraya every night. "
    "Russia must end the siege of Madaya and let convoys pass.\n\n"
    "Signed by 3 organisations:\nLantern Aid\nOrchard Relief (UK)"
)


def at(text: str, quote: str, nth: int = 1) -> tuple[int, int, str]:
    """Start, end and quote of the nth time that a quote stands in a text."""
    start = -1
    for _ in range(nth):
        start = text.index(quote, start + 1)
    return start, start + len(quote), quote


def madaya(text: str = TEXT, statement_id: str = "madaya-1", published: str | None = "2016-09-12") -> Extraction:
    """An extraction as the pipeline would make it."""

    def place(quote: str, nth: int, place_id: str) -> PlaceMention:
        where = WORLD[place_id]
        return PlaceMention(*at(text, quote, nth), where.name, "SY", where, None, 0.9, "t@1")

    russia = Party("Russia", "state", "RU", registered=True)
    figure = Figure(*at(text, "40,000 people"), 40000, 40000, "exact", "people", "trapped", ("Madaya",), method="t@1")
    starved = Figure(
        *at(text, "at least 30 of them"), 30, None, "at_least", "people", "killed", ("Madaya",), "since May",
        "2016-05-01", "2016-09-12", part_of=figure.start, confidence=0.7, method="t@1", cues=("starved", "at least"),
    )  # fmt: skip
    tail = text.index("Signed by")
    places = [place("Madaya", n, "geonames:167357") for n in (1, 2, 3)] + [place("Daraya", 1, "geonames:170592")]
    return Extraction(
        statement=Statement(
            statement_id, text, "Open the roads to Madaya", published, "Lantern Aid", countries=("SY",)
        ),
        zones=(Zone(0, 24, "heading"), Zone(26, tail, "body"), Zone(tail, len(text), "signatories")),
        places=tuple(sorted(places, key=lambda m: m.start)),
        parties=(PartyMention(*at(text, "Russia"), russia, 0.95, "t@1", ("Russia",)),),
        figures=(figure, starved),
        demands=(
            Demand(
                *at(text, "Russia must end the siege of Madaya and let convoys pass."), ("Russia",),
                ("end the siege of Madaya", "let convoys pass"), ("end_siege", "humanitarian_access"), ("Madaya",),
                strength="demand", confidence=0.8, method="t@1", cues=("must",),
            ),
        ),
        claims=(
            Claim(
                *at(text, "In Madaya 40,000 people are trapped"), "asserted", None, ("Madaya",),
                figures=(figure.start,), confidence=0.8, method="t@1",
            ),
            Claim(*at(text, "Bombs fall on Daraya every night"), "reported", "witnesses", ("Daraya",), method="t@1"),
        ),
        signatories=SignatoryList(
            (
                Signatory(*at(text, "Lantern Aid")[:2], 1, "Lantern Aid", method="t@1"),
                Signatory(*at(text, "Orchard Relief (UK)")[:2], 2, "Orchard Relief", None, "UK", "t@1"),
            ),
            3,
            "3 organisations",
        ),
    )  # fmt: skip


@pytest.fixture
def make() -> Callable[..., Extraction]:
    return madaya


@pytest.fixture
def run() -> Run:
    return Run("pipeline@1", version="0.1.0")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "statements.db", lookup=WORLD.get) as database:
        yield database


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Everything in a database but when it was run."""
    names = [
        row[0]
        for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        if not re.search("fts|sqlite_stat", row[0]) and row[0] not in ("runs", "_sqlite_migrations")
    ]
    return {name: sorted(map(tuple, database.execute(f"SELECT * FROM {name}")), key=repr) for name in names}


@pytest.fixture
def contents() -> Callable[[Database], dict[str, list[tuple[object, ...]]]]:
    """The function `everything`."""
    return everything
