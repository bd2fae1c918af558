"""Datelines in front of the first sentence, in the many ways they are set."""

import pytest

from statement_nlp.reading.layout import find_zones

WORDS = (
    "Some 40,000 people have fled the town since Sunday, and most of them sleep in the open. Trucks with flour and "
    "medicine are waiting at the pass for a third week."
)

DATELINES = [
    "GENEVA, 12 September 2016 - ",
    "Geneva, 12 September 2016 – ",
    "GENEVA/AMMAN, 12 September 2016 – ",
    "GENEVA (12 September 2016) — ",
    "GENEVA, Switzerland (12 September 2016) - ",
    "Geneva, Switzerland, September 12, 2016 -- ",
    "(Geneva, September 12, 2016) - ",
    "[Nairobi, 3 May 2024] ",
    "NAIROBI, Kenya - ",
    "NAIROBI - ",
    "NAIROBI – ",
    "Nairobi, 3 May 2024. ",
    "Nairobi, Kenya, 3 May 2024: ",
    "3 May 2024 - ",
    "3 May 2024, Nairobi – ",
    "Nairobi | 3 May 2024 | ",
    "KHARTOUM, May 3 (Relief Wire) - ",
    "**Geneva, 12 September 2016** - ",
    "_Geneva, 12 September 2016_ – ",
    "N'DJAMENA, 3 May 2024 -",
    "Juba, South Sudan – 3 May 2024: ",
    "New York/Geneva - 12 September 2016 - ",
    "WASHINGTON, D.C. – ",
    "Kyiv, Ukraine — ",
    "October 2019- ",
    "Dhaka/Cox's Bazar, 12 Sept. 2016 - ",
]


@pytest.mark.parametrize("dateline", DATELINES)
@pytest.mark.parametrize("heading", ["", "Flour is stuck at the pass\n\n"], ids=["at the top", "below a heading"])
def test_dateline_is_cut_off(dateline: str, heading: str) -> None:
    text = f"{heading}{dateline}{WORDS}\n\n{WORDS}"
    zones = [(zone.kind, text[zone.start : zone.end]) for zone in find_zones(text)]
    assert ("dateline", dateline.strip()) in zones
    assert ("body", f"{WORDS}\n\n{WORDS}") in zones


NONE = [
    ("UPDATE - ", "a word in capitals"),
    ("Today, Nurses – ", "no pair of town and country"),
    ("In the valley – ", "words before a dash"),
    ("Ana Quill, Director – ", "a person"),
    ("Flour, Bread – ", "things"),
    ("OCHA - ", "an organisation"),
]


@pytest.mark.parametrize(("start", "why"), NONE, ids=[why for _, why in NONE])
def test_what_is_no_dateline_stays(start: str, why: str) -> None:
    text = f"Flour is stuck at the pass\n\n{start}{WORDS}"
    assert all(zone.kind != "dateline" for zone in find_zones(text)), why


def test_only_the_first_paragraph_has_one() -> None:
    text = f"{WORDS}\n\nNAIROBI - {WORDS}"
    assert all(zone.kind != "dateline" for zone in find_zones(text))
