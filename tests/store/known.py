"""A gazetteer and a register of a few entries, for corrections."""

from __future__ import annotations

from tests.store.conftest import WORLD

from statement_nlp.records import Party, Place
from statement_nlp.store.corrections import Known

LEBANON = Place("geonames:272103", "Lebanon", "LB", "country", 33.8, 35.9, 272103)
LIBYA = Place("geonames:2215636", "Libya", "LY", "country", 28.0, 17.0, 2215636)
PLACES = (
    *WORLD.values(),
    LEBANON,
    LIBYA,
    Place("geonames:266826", "Tripoli", "LB", "city", 34.4, 35.8, 266826, parents=(LEBANON.id,)),
    Place("geonames:2210247", "Tripoli", "LY", "city", 32.9, 13.2, 2210247, parents=(LIBYA.id,)),
)
BY_ID = {place.id: place for place in PLACES}
RUSSIA = Party("Russia", "state", "RU", registered=True)

KNOWN = Known(
    candidates=lambda name: [place for place in PLACES if place.name.casefold() == name.casefold()],
    place=BY_ID.get,
    nearest=lambda name: ("Aleppo",),
    party=lambda name: RUSSIA if name in ("Russia", "the Russian government") else None,
)
