"""A small database of hand-made extractions, so that the pages are tested without any model."""

from pathlib import Path

import pytest

from statement_nlp.publish.server import application
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
from statement_nlp.store.database import Database, Run

SYRIA = Place("geonames:163843", "Syria", "SY", "country", 35.0, 38.0, 163843)
RURAL = Place("geonames:170652", "Rural Damascus", "SY", "region", 33.5, 36.4, 170652, parents=("geonames:163843",))
MADAYA = Place(
    "geonames:167544", "Madaya", "SY", "city", 33.689, 36.099, 167544, parents=("geonames:170652", "geonames:163843")
)
KNOWN = {place.id: place for place in (SYRIA, RURAL, MADAYA)}

TEXT = """Madaya: let the doctors in

Some 40,000 people are besieged in Madaya, Syria. There has been an outbreak of meningitis <script>alert(1)</script>.
Russia must open the road to Madaya.

Signed by 3 organisations:
Lantern Relief (LR)
Bridge & Shore, UK"""
HOSTILE = "<img src=x onerror=alert(2)> says \x22quotes\x22 & ampersands. Russia must stop."


def span(text: str, quote: str) -> tuple[int, int, str]:
    start = text.index(quote)
    return start, start + len(quote), quote


def madaya(statement_id: str = "madaya-2016", text: str = TEXT, **more) -> Extraction:
    """One statement with a record of every layer."""
    of = lambda quote: span(text, quote)  # noqa: E731
    signed = text.index("Signed by")
    signatories = [
        Signatory(*of("Lantern Relief (LR)")[:2], 1, "Lantern Relief", "LR", None, "rule:list@1"),
        Signatory(*of("Bridge & Shore, UK")[:2], 2, "Bridge & Shore", None, "UK", "rule:list@1"),
    ]
    figure = Figure(
        *of("Some 40,000 people"), 40000, 40000, "about", "people", "trapped", ("Madaya",), None, None, None, None,
        0.9, "rule:figures@1", ("besieged",),
    )  # fmt: skip
    return Extraction(
        Statement(statement_id, text, "Madaya: let the doctors in", "2016-01-08", "Lantern Relief", **more),
        (
            Zone(0, 26, "heading"),
            Zone(28, signed, "body"),
            Zone(signed, len(text), "signatories"),
        ),
        (
            PlaceMention(*of("Madaya"), "Madaya", "SY", MADAYA, None, 0.95, "model:places@1", ("gazetteer",)),
            PlaceMention(*of("Syria"), "Syria", "SY", SYRIA, None, 0.99, "model:places@1"),
        ),
        (PartyMention(*of("Russia"), Party("Russia", "state", "RU", True), 0.97, "rule:register@1", ("Russia",)),),
        (figure,),
        (
            Demand(
                *of("Russia must open the road to Madaya."),
                ("Russia",),
                ("open the road to Madaya",),
                ("humanitarian_access",),
                ("Madaya",),
                None,
                "demand",
                0.93,
                "model:demands@1",
                ("must",),
            ),
        ),
        (
            Claim(
                *of("Some 40,000 people are besieged in Madaya, Syria"),
                "asserted",
                None,
                ("Madaya",),
                None,
                None,
                None,
                (figure.start,),
                0.88,
                "model:claims@1",
                ("besieged",),
            ),
            Claim(
                *of("There has been an outbreak of meningitis"),
                "reported",
                "doctors",
                ("Madaya",),
                confidence=0.8,
                method="model:claims@1",
            ),
        ),
        SignatoryList(tuple(signatories), 3, "3 organisations"),
    )


def make(file: Path) -> Path:
    """A demonstration with statements of every kind and an id that is an address."""
    with Database(file, lookup=KNOWN.get) as database:
        run = Run(pipeline="test")
        database.save(madaya(kind="original"), run)
        database.save(madaya("https://relief.example/a?b=1&c=<d>", url="javascript:alert(3)", kind="own"), run)
        later = madaya(
            "notes/Madaya, later.txt", published_later(TEXT), kind="illustrative", modelled_on="javascript:x()"
        )
        database.save(later, run)
        database.save(
            Extraction(Statement("fr-1", "Nous demandons la paix.", "Paix", language="fr"), skipped="language fr"), run
        )
        database.save(Extraction(Statement("hostile", HOSTILE, "<b>bold</b>", url="https://safe.example/")), run)
        database.note("demonstration", "1")
    return file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """That demonstration, in a file that a test may change."""
    return make(tmp_path / "statements.db")


@pytest.fixture(scope="module")
def made_path(tmp_path_factory) -> Path:
    """The same, made once for all tests of a module."""
    return make(tmp_path_factory.mktemp("served") / "statements.db")


def published_later(text: str) -> str:
    """The same with another number."""
    return text.replace("40,000", "42,000").replace("Some 42,000", "Some 40,000")


@pytest.fixture
def statement():
    """Makes a statement with a record of every layer."""
    return madaya


@pytest.fixture
async def datasette(path: Path):
    """Datasette over that database, started."""
    served = application(path)
    await served.invoke_startup()
    return served
