"""The features of places and parties in plain words, for a reader who asks what found a record.

A feature is a string "name=value" (`entities_features`), the parts of a value joined by "|".
"""

from __future__ import annotations

from collections.abc import Callable

from statement_nlp.remembering import remembered

_SORTS = {
    "PLACE": "a place", "STATE": "a state", "ORG": "an organisation", "COLLECTIVE": "a group of actors",
    "PERSON": "a person", "state": "a state", "armed_group": "an armed group", "ngo": "an organisation",
    "intergovernmental": "an intergovernmental body", "collective": "a group of actors", "person": "a person",
    "other": "a party", "seat": "the seat of a government", "city": "a town", "country": "a country",
    "region": "a region", "district": "a district", "camp": "a camp", "neighbourhood": "a neighbourhood",
    "water": "a water", "crossing": "a crossing",
}  # fmt: skip
_ROLES = {
    "nsubj": "subject", "nsubjpass": "subject", "dobj": "object", "pobj": "object", "poss": "possessor",
    "appos": "apposition", "conj": "one of a list", "agent": "agent",
}  # fmt: skip
_NEIGHBOURS = {
    "placeprep": "a preposition of place", "title": "a title", "direction": "a direction", "demonym": "a nationality",
    "placenoun": "a word for a kind of place", "actornoun": "a word for an actor", "cap": "a capitalised word",
}  # fmt: skip
_SOURCES = {"recogniser": "the recogniser marked it", "description": "a description of an actor"}
_ZONES = {
    "heading": "in a heading",
    "dateline": "in the dateline",
    "notes": "in the notes",
    "contact": "in the contacts",
}
_HEADS = {
    "government": "a word for a government", "force": "a word for a force", "body": "a word for a body",
    "office": "a word for an office", "collective": "a word for a group", "placenoun": "a word for a kind of place",
}  # fmt: skip
_SHAPES = {"acronym": "written as an acronym", "lower": "no capital letter"}


def _sort(value: str) -> str:
    """What the parts of `exact:STATE`, `own:city:4`, `city` name, in words; empty where they name nothing."""
    return next((_SORTS[part] for part in value.split(":") if part in _SORTS), "")


def _entity(value: str) -> str:
    if value == "none":
        return "not marked by the recogniser"
    sort = _sort(value)
    return {"exact": f"the recogniser calls it {sort}", "contains": f"the recogniser sees {sort} in it"}.get(
        value.partition(":")[0], f"part of what the recogniser calls {sort}"
    )


def _party(value: str) -> str:
    if value == "none":
        return "not in the register of parties"
    sort = _sort(value)
    return {"exact": f"in the register as {sort}", "contains": f"holds a name of the register ({sort})"}.get(
        value.partition(":")[0], f"part of a name of the register ({sort})"
    )


def _place(value: str) -> str:
    how = {"none": "no name in the gazetteer", "exact": "a whole name in the gazetteer"}
    return how.get(value.partition(":")[0], "touches a name in the gazetteer")


def _gazetteer(value: str) -> str:
    return (
        "no name in the gazetteer" if value == "none" else f"the gazetteer knows {_sort(value) or 'a place'} so named"
    )


def _home(value: str) -> str:
    return {"first": "of a country that the statement is about", "some": "a place so named lies in such a country"}.get(
        value, ""
    )


def _quoted(text: str) -> str:
    shown = " ".join(text.replace("^", "").replace("$", "").split())
    return f"“{shown}”" if shown else "a line break" if "\n" in text else ""


def _word(side: str) -> Callable[[str], str]:
    def say(value: str) -> str:
        word = _quoted(value)
        return f"{side} {word}" if word else ""

    return say


def _neighbour(side: str) -> Callable[[str], str]:
    return lambda value: f"{side} {_NEIGHBOURS[value]}" if value in _NEIGHBOURS else ""


def _role(value: str) -> str:
    dep, _, governor = value.partition("|")
    role, word = _ROLES.get(dep, ""), _quoted(governor)
    return f"{role} of {word}" if role and word else ""


def _listed(value: str) -> str:
    sort = next((_SORTS[p.removeprefix("party:")] for p in value.split("|") if p.removeprefix("party:") in _SORTS), "")
    return f"in a list with {sort}" if sort else ""


_SAY: dict[str, Callable[[str], str]] = {
    "source": lambda v: _SOURCES.get(v, ""),
    "entity": _entity,
    "party": _party,
    "place": _place,
    "gazetteer": _gazetteer,
    "party+size": lambda v: _party(v.partition("|")[0]),
    "home": lambda v: _home(v.partition("|")[0]),
    "first": lambda v: f"begins with {_quoted(v)}",
    "last": lambda v: f"ends with {_quoted(v)}",
    "noun": lambda v: f"holds {_HEADS[v]}" if v in _HEADS else "",
    "head": lambda v: f"ends with {_HEADS[v]}" if v in _HEADS else "",
    "shape": lambda v: _SHAPES.get(v, ""),
    "zone": lambda v: _ZONES.get(v, ""),
    "before": _word("behind"),
    "before2": _word("behind"),
    "left": _neighbour("behind"),
    "after": _word("in front of"),
    "after2": _word("in front of"),
    "right": _neighbour("in front of"),
    "dep": lambda v: _ROLES.get(v, ""),
    "dep+governor": _role,
    "governor": lambda v: f"depends on {_quoted(v)}" if _quoted(v) else "",
    "acts": lambda v: "with a verb of actors" if v.startswith("True") else "",
    "labels": lambda v: f"the recogniser calls it {_sort(v.partition('|')[0])} in this text",
    "located": lambda v: "stands behind “in” in this text" if v[0] != "0" else "",
    "expansion": lambda v: "an acronym that the text explains",
    "bracketed": lambda v: "in brackets behind a name",
    "explains": lambda v: "an acronym for it follows",
    "surname": lambda _: "a family name in this text",
    "mates": _listed,
    "mate": lambda v: _listed(v.partition("|")[0]),
    "next": lambda v: _listed(v.partition("|")[0]),
    "demonym+head": lambda v: "begins with a nationality" if v.startswith("True") else "",
}


_PAIRS: dict[str, tuple[Callable[[str], str], ...]] = {
    "entity+gazetteer": (_entity, _gazetteer),
    "entity+party": (_entity, _party),
    "party+place": (_party, _place),
    "home+entity": (_home, _entity),
    "home+place": (_home, _place),
}


@remembered(50_000)
def in_words(feature: str) -> tuple[str, ...]:
    """What a feature says in plain words; nothing for one that says nothing to a reader."""
    name, _, value = feature.partition("=")
    if name in _PAIRS:
        said = [say(part) for say, part in zip(_PAIRS[name], value.split("|"), strict=False)]
    else:
        said = [_SAY[name](value)] if name in _SAY else []
    return tuple(filter(None, said))
