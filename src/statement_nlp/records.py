"""The records that flow through the house: frozen, plain, and each grounded in its characters.

Offsets are code points of the statement's stored (normalised) text, half-open: `text[start:end]` is the quote.
Coordinates are degrees (WGS 84). Dates are ISO 8601 strings with the precision that is known ("2016", "2016-09",
"2016-09-12"); an interval is half-open: `since <= day < until`, both full dates.
The words are those of docs/annotation.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

StatementKind = Literal["original", "illustrative", "own"]
ZoneKind = Literal["heading", "dateline", "body", "notes", "contact", "signatories"]
PartyKind = Literal["state", "armed_group", "intergovernmental", "ngo", "person", "collective", "other"]
PersonRole = Literal["office", "private"]
Qualifier = Literal["exact", "about", "at_least", "at_most", "range"]
ClaimStatus = Literal["asserted", "reported", "hedged", "negated"]
Strength = Literal["demand", "urge", "recommend"]
LinkKind = Literal["repeats", "updates", "conflicts", "same_demand"]

CONDITIONS = (
    "killed", "injured", "displaced", "trapped", "missing", "detained", "in_need", "food_insecure", "sick", "affected",
    "deprived", "attacked", "destroyed", "reached", "funding", "other",
)  # fmt: skip
THEMES = (
    "humanitarian_access", "ceasefire", "protection_of_civilians", "end_siege", "international_law", "accountability",
    "political_process", "funding", "displacement", "detainees", "monitoring", "arms", "services", "asylum", "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """A text with what is known about it. `text` is normalised; offsets of all records count in it."""

    id: str
    text: str
    title: str | None = None
    published: str | None = None
    publisher: str | None = None
    kind: StatementKind = "own"
    language: str = "en"
    url: str | None = None
    source: str | None = None
    """Where it was read from: a path, a URL, `-`; None when it was given as text."""
    countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2 codes that the source gives for it (ReliefWeb, header)."""
    series: str | None = None
    modelled_on: str | None = None
    links_read: bool = False


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the text: `heading`, `dateline`, `body`, `notes`, `contact` or `signatories`."""

    start: int
    end: int
    kind: ZoneKind


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the gazetteer: one location on earth.

    `id` is "geonames:170063" for GeoNames entries, "extra:zamzam-camp-sd" for our own, "user:..." for a user's.
    `feature` is one of country, region, district, city, camp, neighbourhood, water, crossing, road, area, other.
    `parents` are the ids around it, nearest first, its country last.
    """

    id: str
    name: str
    country: str | None
    feature: str
    latitude: float | None
    longitude: float | None
    geonameid: int | None = None
    admin1: str | None = None
    admin2: str | None = None
    population: int | None = None
    pcode: str | None = None
    parents: tuple[str, ...] = ()


def distance(a: tuple[float | None, float | None], b: tuple[float | None, float | None]) -> float | None:
    """Great-circle distance in km of two (latitude, longitude) in degrees (haversine, mean radius 6,371 km).

    None where a coordinate is not known.
    """
    if a[0] is None or a[1] is None or b[0] is None or b[1] is None:
        return None
    (la, lo), (lb, mo) = (math.radians(a[0]), math.radians(a[1])), (math.radians(b[0]), math.radians(b[1]))
    root = math.sin((lb - la) / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin((mo - lo) / 2) ** 2
    return 12742.0 * math.asin(min(1.0, math.sqrt(root)))


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place name in the text. `place` is None where it could not be resolved honestly."""

    start: int
    end: int
    quote: str
    name: str
    """Common English name: the resolved place's, else the quote, tidied."""
    country: str | None
    place: Place | None
    modifier: str | None = None
    """A direction in front that is not part of the name: "eastern"."""
    confidence: float = 0.0
    """That this is a place and this one."""
    method: str = ""
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """A named actor under its canonical name, as the register or the statement gives it."""

    name: str
    kind: PartyKind
    country: str | None = None
    registered: bool = False


@dataclass(frozen=True, slots=True)
class PartyMention:
    """A party in the text."""

    start: int
    end: int
    quote: str
    party: Party
    confidence: float = 0.0
    method: str = ""
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonMention:
    """A person's name in the text: of somebody who acts in an `office` or for an organisation, else `private`."""

    start: int
    end: int
    quote: str
    role: PersonRole
    method: str = ""
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A count or amount. `low`/`high` in plain numbers, None where unbounded; a share is 0 to 1."""

    start: int
    end: int
    quote: str
    low: float | None
    high: float | None
    qualifier: Qualifier
    unit: str
    condition: str
    places: tuple[str, ...] = ()
    """Names of places of the same statement (`PlaceMention.name`)."""
    date: str | None = None
    """As the text gives it."""
    since: str | None = None
    until: str | None = None
    """`date` as a half-open interval of full ISO dates, where it can be told."""
    part_of: int | None = None
    """Start offset of the figure that this one is a part of ("23 of them children")."""
    confidence: float = 0.0
    method: str = ""
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Demand:
    """A passage in which the speaker wants somebody to do or stop something."""

    start: int
    end: int
    quote: str
    addressees: tuple[str, ...] = ()
    """Canonical party names."""
    actions: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    deadline: str | None = None
    strength: Strength = "demand"
    confidence: float = 0.0
    method: str = ""
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A clause that puts something forward as a fact."""

    start: int
    end: int
    quote: str
    status: ClaimStatus
    attribution: str | None = None
    places: tuple[str, ...] = ()
    date: str | None = None
    since: str | None = None
    until: str | None = None
    figures: tuple[int, ...] = ()
    """Start offsets of the figures inside it."""
    confidence: float = 0.0
    method: str = ""
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signatory:
    """An organisation of the signatory list, as printed, in the order of the list (`position` from 1)."""

    start: int
    end: int
    position: int
    name: str
    acronym: str | None = None
    note: str | None = None
    """Country or branch, as printed."""
    method: str = ""


@dataclass(frozen=True, slots=True)
class SignatoryList:
    """The list of a statement: `stated` is the number that the text itself gives, `len(signatories)` the listed one."""

    signatories: tuple[Signatory, ...] = ()
    stated: int | None = None
    stated_quote: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Two records of two statements that say the same, or differ, on the same thing. Ends are (statement id, quote)."""

    a: tuple[str, str]
    b: tuple[str, str]
    kind: LinkKind
    score: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was found in one statement."""

    statement: Statement
    zones: tuple[Zone, ...] = ()
    places: tuple[PlaceMention, ...] = ()
    parties: tuple[PartyMention, ...] = ()
    figures: tuple[Figure, ...] = ()
    demands: tuple[Demand, ...] = ()
    claims: tuple[Claim, ...] = ()
    signatories: SignatoryList = field(default_factory=SignatoryList)
    skipped: str | None = None
    """Why nothing was extracted (a language that is not read), else None."""
    persons: tuple[PersonMention, ...] | None = None
    """Persons whom it names, so that names can be hidden; None where nobody looked for them."""
