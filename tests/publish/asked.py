"""Made-up statements that the ten questions of docs/questions.md have answers in; no model of extraction is needed."""

from pathlib import Path

from tests.publish import tracked

from statement_nlp.records import (
    Claim,
    Demand,
    Extraction,
    Figure,
    Party,
    PartyMention,
    Place,
    PlaceMention,
    Statement,
)
from statement_nlp.store.database import Database, Run
from statement_nlp.tracking.linking import link_all

SYRIA, SUDAN = tracked.SYRIA, Place("geonames:366755", "Sudan", "SD", "country", 16.0, 30.0, 366755)
PROVINCE = Place("geonames:170062", "Aleppo", "SY", "region", 36.2, 37.6, 170062, parents=("geonames:163843",))
ALEPPO = Place(
    "geonames:170063", "Aleppo", "SY", "city", 36.201, 37.161, 170063, parents=("geonames:170062", "geonames:163843")
)
FASHER, ZAMZAM, NYALA = (
    Place(f"geonames:{n}", name, "SD", "city", latitude, longitude, n, parents=("geonames:366755",))
    for n, name, latitude, longitude in (
        (379555, "El Fasher", 13.628, 25.349), (379556, "Zamzam", 13.489, 25.308), (379557, "Nyala", 12.049, 24.881),
    )
)  # fmt: skip
PLACES = (SYRIA, SUDAN, PROVINCE, ALEPPO, FASHER, ZAMZAM, NYALA, tracked.MADAYA)
DONORS = Party("donors", "collective", None, True)


def said(
    name: str, day: str, publisher: str, place: Place, claim: str, *, trapped: tuple[str, float] | None = None,
    asked: str = "",
) -> Extraction:  # fmt: skip
    """A statement with one claim about a place, perhaps the figure in it, and perhaps a demand on donors."""
    text = f"{claim}.\n\n{asked}"
    at = lambda quote: (text.index(quote), text.index(quote) + len(quote), quote)  # noqa: E731
    figures = []
    if trapped:
        words, value = trapped
        given = (value, value, "exact", "people", "trapped", (place.name,), None, None, None)
        figures = [Figure(*at(words), *given, None, 0.9, "rule:figures@1", ("trapped",))]
    demands = [Demand(*at(asked), ("donors",), (asked,), ("funding",), ())] if asked else []
    return Extraction(
        Statement(name, text, f"{place.name}, {day}", day, publisher, kind="own"),
        places=(PlaceMention(*at(place.name), place.name, place.country, place),),
        parties=(PartyMention(*at("Donors"), DONORS),) if asked else (),
        figures=tuple(figures),
        demands=tuple(demands),
        claims=(
            Claim(
                *at(claim), "asserted", None, (place.name,), figures=tuple(f.start for f in figures), confidence=0.9,
                method="rule:claims@1", cues=("is", "trapped"),
            ),
        ),
    )  # fmt: skip


SAID = (
    said("aleppo-2015", "2015-03-01", "Harbour Aid", ALEPPO, "In Aleppo 90,000 people are trapped",
         trapped=("90,000 people", 90_000)),
    said("aleppo-august", "2016-08-19", "Harbour Aid", ALEPPO, "In Aleppo 275,000 people are trapped",
         trapped=("275,000 people", 275_000)),
    said("aleppo-december", "2016-12-01", "Bridge & Shore", ALEPPO, "In Aleppo 250,000 people are trapped",
         trapped=("250,000 people", 250_000)),
    *(said(f"province-{n}", f"2016-05-0{n}", "Harbour Aid", PROVINCE, "The harvest of Aleppo is lost")
      for n in range(1, 5)),
    said("fasher", "2025-04-10", "North Aid", FASHER, "The market of El Fasher is closed",
         asked="Donors must pay for water."),
    said("zamzam", "2025-04-17", "North Aid", ZAMZAM, "The camp of Zamzam is burning",
         asked="Donors must release emergency funds."),
    said("nyala", "2024-10-02", "South Aid", NYALA, "The road to Nyala is open",
         asked="Donors must fund the clinics."),
)  # fmt: skip


def make(file: Path) -> Path:
    """A file with all of them and those of `tracked`, linked."""
    with Database(file, lookup={p.id: p for p in PLACES}.get) as database:
        run = Run(pipeline="test")
        for extraction in (tracked.WINTER, tracked.RIVAL, tracked.SUMMER, *SAID):
            database.save(extraction, run)
        link_all(database)
    return file
