"""A made-up database of statements that speak of the same things, linked without any model of extraction."""

from pathlib import Path

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
)
from statement_nlp.store.database import Database, Run
from statement_nlp.tracking.linking import link_all

SYRIA = Place("geonames:163843", "Syria", "SY", "country", 35.0, 38.0, 163843)
MADAYA = Place(
    "geonames:167544", "Madaya", "SY", "city", 33.689, 36.099, 167544, parents=("geonames:163843",),
)  # fmt: skip
RUSSIA = Party("Russia", "state", "RU", True)
CALL = "Russia must lift the siege of Madaya."


def told(name: str, day: str, publisher: str, figure: tuple[str, float, str | None], more: str, **given) -> Extraction:
    """A statement with one figure (words, value, date), a call on Russia, what else it says, and two signatories."""
    words, value, date = figure
    text = f"In Madaya {words} are besieged. {CALL} {more}\n\nLantern Relief\n{publisher}"
    at = lambda quote: (text.index(quote), text.index(quote) + len(quote), quote)  # noqa: E731
    claims = [Claim(*at(more), "asserted", None, ("Madaya",), confidence=0.9, method="rule:claims@1")] if more else []
    since, until = (date, "2016-02-02") if date else (None, None)
    signed = [
        Signatory(*at(n)[:2], position, n, None, None, "rule:list@1")
        for position, n in enumerate(("Lantern Relief", publisher), 1)
    ]
    return Extraction(
        Statement(name, text, given.pop("title"), day, publisher, **given),
        places=(PlaceMention(*at("Madaya"), "Madaya", "SY", MADAYA),),
        parties=(PartyMention(*at("Russia"), RUSSIA),),
        figures=(
            Figure(*at(words), value, value, "exact", "people", "trapped", ("Madaya",), date, since, until),
        ),
        demands=(
            Demand(*at(CALL), ("Russia",), ("lift the siege of Madaya",), ("end_siege",), ("Madaya",)),
        ),
        claims=tuple(claims),
        signatories=SignatoryList(tuple(signed), None, None),
    )  # fmt: skip


WINTER = told(
    "winter", "2016-02-01", "Harbour Aid", ("42,310 people", 42310, "2016-02-01"),
    "The road to Madaya was closed in January", title="Madaya in winter", kind="own",
)  # fmt: skip
RIVAL = told(
    "rival/of <winter>", "2016-02-20", "Bridge & Shore", ("30,500 people", 30500, "2016-02-01"), "",
    title="<b>Madaya</b>", kind="illustrative",
)  # fmt: skip
SUMMER = told(
    "summer", "2016-08-01", "Bridge & Shore", ("38,000 people", 38000, None),
    "The road to Madaya has been closed since January", title="Madaya in summer", kind="own",
)  # fmt: skip


def make(file: Path) -> Path:
    """A file with these three statements, linked."""
    with Database(file, lookup={p.id: p for p in (SYRIA, MADAYA)}.get) as database:
        run = Run(pipeline="test")
        for extraction in (WINTER, RIVAL, SUMMER):
            database.save(extraction, run)
        link_all(database)
    return file
