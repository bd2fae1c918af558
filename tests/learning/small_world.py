"""A world of two countries, so that made-up collections need no gazetteer."""

from __future__ import annotations

from statement_nlp.learning.made_texts import World
from statement_nlp.records import Party, Place


def _country(code: str, name: str, number: int) -> tuple[str, tuple[Place, ...], tuple[Party, ...]]:
    country = Place(f"geonames:{number}", name, code, "country", 30.0 + number, 40.0, number)
    region = Place(f"geonames:{number}1", f"{name} North", code, "region", 31.0 + number, 40.5, parents=(country.id,))
    towns = [
        Place(f"geonames:{number}1{n}", f"{name} Town {n}", code, "city", 31.0 + number, 40.0 + n / 10, population=n,
              parents=(region.id, country.id))
        for n in range(5)
    ]  # fmt: skip
    parties = (Party(f"Government of {name}", "state", code, True), Party(f"{name} Front", "armed_group", code, True))
    return code, (country, region, *towns), parties


COLLECTIVES = (Party("donors", "collective"), Party("parties to the conflict", "collective"))
SMALL = World((_country("SY", "Northland", 1), _country("SD", "Southland", 2)), COLLECTIVES)
