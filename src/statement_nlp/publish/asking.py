"""From the parameters of an address to a question: what was understood, what not, and what to loosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from datasette.database import Database

from statement_nlp.publish import names, page_data
from statement_nlp.records import CONDITIONS, THEMES
from statement_nlp.store.queries import day_range
from statement_nlp.store.questions import LAYERS, PLACES_NEAR, Circle, Question

STATUSES = ("asserted", "reported", "hedged", "negated")
KINDS = ("original", "own", "illustrative")
CODES: Mapping[str, tuple[str, ...]] = {
    "what": tuple(LAYERS), "condition": CONDITIONS, "status": STATUSES, "theme": THEMES, "kind": KINDS,
}  # fmt: skip
"""Parameters that take one of a few words."""
NAMED: Mapping[str, str] = {"addressee": "addressee", "publisher": "organisation", "signatory": "organisation"}
"""Parameters that name somebody, and what they name."""
PARAMETERS = (
    "what", "place", "at", "within", "since", "until", "condition", "status", "theme", "words", "addressee",
    "publisher", "signatory", "kind", "statement",
)  # fmt: skip
"""All parameters of a question, in the order of an address."""
NEARBY = 50.0
"""Km around a point of the map where nothing else is asked for."""
LONGEST = 200
"""Characters of a parameter; the rest is cut off."""
DISTANCE = "a distance in km, such as 50"
COUNTED = 10_000
"""Answers are counted up to this."""


@dataclass(slots=True)
class Asked:
    """What an address asks.

    `given` are its parameters as typed; `question` what they mean, None where one of them means nothing; `notes` how
    names were understood; `troubles` what is wrong, in words; `circle_name` and `near` the places within a distance.
    """

    given: dict[str, str]
    question: Question | None = None
    notes: list[dict[str, Any]] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    place: dict[str, Any] | None = None
    near: list[dict[str, Any]] = field(default_factory=list)

    def address(self, path: str, **changed: Any) -> str:
        """The same question with other parameters; None takes one away."""
        kept = {**self.given, **changed}
        return f"{path}?{urlencode({name: value for name, value in kept.items() if value})}"

    def written(self, name: str) -> str:
        """What stands in a field: the entry's name for an id that a suggestion filled in, else what was typed."""
        note = next((note for note in self.notes if note["what"] == name and note["alone"]), None)
        return note["meant"]["entry"] if note else self.given.get(name, "")

    def narrowing(self) -> tuple[str, ...]:
        """The parameters that narrow, in order."""
        return tuple(name for name in PARAMETERS if name != "what" and self.given.get(name))


async def understand(database: Database, arguments: Any, path: str) -> Asked:
    """Read a question from the parameters of an address.

    Args:
        database: one of ours.
        arguments: of the request: `get(name)` gives the first value or None.
        path: of the page, to link the same question with another value.
    """
    given = {name: (arguments.get(name) or "").strip()[:LONGEST] for name in PARAMETERS}
    asked = Asked({name: value for name, value in given.items() if value})
    parts: dict[str, Any] = {"words": asked.given.get("words"), "statement": asked.given.get("statement")}
    _codes(asked, parts)
    _days(asked, parts)
    for name, what in NAMED.items():
        if named := await _named(database, asked, name, what, path):
            parts[name] = named["id"]
    await _where(database, asked, parts, path)
    if not asked.troubles and all(note["meant"] for note in asked.notes):
        asked.question = Question(**parts)
        if asked.question.near:
            asked.near = await page_data.rows(database, PLACES_NEAR, **asked.question.near.parameters())
    return asked


def _codes(asked: Asked, parts: dict[str, Any]) -> None:
    for name, known in CODES.items():
        code = asked.given.get(name, "").replace(" ", "_")
        if not code:
            continue
        if code in known:
            parts[name] = code
        else:
            words = ", ".join(word.replace("_", " ") for word in known)
            asked.troubles.append(f"“{asked.given[name]}” is no {name}: choose among {words}.")


def _days(asked: Asked, parts: dict[str, Any]) -> None:
    for n, name in enumerate(("since", "until")):
        text = asked.given.get(name)
        try:
            parts[name] = day_range(text, text)[n]
        except ValueError:
            asked.troubles.append(f"“{text}” is no day, month or year: write 2016-09-12, 2016-09 or 2016.")


async def _named(database: Database, asked: Asked, name: str, what: str, path: str) -> dict[str, Any] | None:
    """The entry that a name means; a note of how it was understood."""
    if not (text := asked.given.get(name)):
        return None
    note = await names.meant_by(database, what, text, pointed="within" in asked.given)
    for entry in (*note["others"], *note["near"]):
        entry["url"] = asked.address(path, **{name: entry["value"]})
    meant: dict[str, Any] | None = note["meant"]
    asked.notes.append({"what": name, "given": text, "alone": await _alone(database, what, meant, note), **note})
    return meant


async def _alone(database: Database, what: str, meant: dict[str, Any] | None, note: dict[str, Any]) -> bool:
    """Whether the name of an entry leads back to it: two organisations may have one name."""
    if not meant or note["others"]:
        return False
    again = (await names.meant_by(database, what, meant["entry"]))["meant"]
    return bool(again and again["id"] == meant["id"])


async def _where(database: Database, asked: Asked, parts: dict[str, Any], path: str) -> None:
    """The place, or the circle around it or around a point."""
    meant = await _named(database, asked, "place", "place", path)
    if meant:
        query = "SELECT id, name, feature, country_name, latitude, longitude FROM places WHERE id = :id"
        asked.place = await page_data.one(database, query, id=meant["id"])
        parts["places"] = (meant["id"],)
    try:
        parts["near"] = _circle(asked)
    except ValueError as error:
        asked.troubles.append(str(error))


def _circle(asked: Asked) -> Circle | None:
    """The circle that is asked for, if any.

    Raises:
        ValueError: with words for the reader.
    """
    within, at = asked.given.get("within"), asked.given.get("at")
    if "place" in asked.given:
        if not within or not asked.place:
            return None  # a name that nothing bears has its own note
        if asked.place["latitude"] is None:
            raise ValueError(f"Where {asked.place['name']} lies is not known here, so nothing can be measured from it.")
        return Circle(asked.place["latitude"], asked.place["longitude"], _number(within, DISTANCE))
    if at:
        latitude, _, longitude = at.partition(",")
        point = "a point, such as 13.63,25.35 (latitude, longitude)"
        km = _number(within, DISTANCE) if within else NEARBY
        return Circle(_number(latitude, point), _number(longitude, point), km)
    if within:
        raise ValueError("Within how many km of what? Name a place, or choose a point on the map.")
    return None


def _number(text: str, wanted: str) -> float:
    try:
        return float(text.removesuffix("km").strip())
    except ValueError:
        raise ValueError(f"“{text}” is not {wanted}.") from None


async def count(database: Database, question: Question) -> int:
    """How many answers there are, counted up to `COUNTED`."""
    given = question.parameters() | {"limit": COUNTED, "offset": 0}
    return int((await database.execute(question.count_sql(), given)).single_value())


LOOSER: Mapping[str, dict[str, Any]] = {
    "place": {"places": (), "near": None}, "at": {"near": None}, "within": {"near": None},
    **{name: {name: None} for name in PARAMETERS if name not in ("what", "place", "at", "within")},
}  # fmt: skip
"""What of a question goes with each parameter."""


async def looser(database: Database, asked: Asked, path: str) -> list[dict[str, Any]]:
    """What to loosen where nothing was found: for each parameter, how many answers there are without it."""
    found = []
    for name in asked.narrowing() if asked.question else ():
        if name == "within" and "at" in asked.given and not asked.place:
            continue  # a point without a distance is the same question with another distance
        question = replace(asked.question, **LOOSER[name]) if asked.question else None
        without = {"at": ("at", "within"), "place": ("place", "within")}.get(name, (name,))
        if question and (n := await count(database, question)):
            url = asked.address(path, **dict.fromkeys(without))
            found.append({"name": name, "value": asked.given[name], "n": n, "url": url})
    return sorted(found, key=lambda way: (way["name"] == "place", way["n"]))
