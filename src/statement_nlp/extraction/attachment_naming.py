"""Names the features of a place from what is asked about it; what each function is given decides all that it says."""

from __future__ import annotations

from collections.abc import Sequence


def tied(tie: str, side: str, grade: str, preposition: str, kind: str, rank: int) -> dict[str, float]:
    """How the parse ties a place to a span."""
    return {
        f"tie {tie}": 1.0,
        f"tie {tie} {side} {grade}": 1.0,
        f"tie {tie} {preposition}": 1.0,
        f"tie {tie} {kind} rank {rank}": 1.0,
    }


def nowhere(kind: str, some: bool, about: Sequence[str]) -> dict[str, float]:
    """What speaks for no place at all."""
    found = {"nowhere": 1.0, f"nowhere {kind}": 1.0, f"nowhere {'some' if some else 'none'} here": 1.0}
    return found | {f"nowhere {name}": 1.0 for name in about}


def near(side: str, distance: str, preposition: str, grade: str, kind: str) -> dict[str, float]:
    """Where a place that the sentence of a span names stands to it."""
    return dict.fromkeys(
        (
            "here",
            side,
            f"{side} {distance}",
            f"{side} {preposition}",
            f"{side} {preposition} {distance}",
            f"{side} {grade}",
            f"{kind} {side} {grade}",
            f"{kind} {side} {preposition}",
            f"{preposition} {grade}",
        ),
        1.0,
    )


def among(
    side: str, grade: str, breaks: int, numbers: int, rank: int, others: int, half: str | None
) -> dict[str, float]:
    """What stands between a place and a span; its rank among the places of the sentence."""
    found = {
        f"{side} breaks {breaks}": 1.0,
        f"{side} numbers {numbers}": 1.0,
        f"rank {rank}": 1.0,
        f"rank {rank} {side} {grade}": 1.0,
        f"between {others} {side}": 1.0,
    }
    if half is not None:
        found[f"claim inside {half} half"] = 1.0
    return found


def role(
    side: str,
    grade: str,
    preposition: str,
    subject: bool,
    opening: bool,
    where: bool,
    dateline: bool,
    container: bool,
    container_behind: bool,
) -> dict[str, float]:
    """The role of a place in its sentence."""
    found = {
        f"subject {subject} {grade} {side}": 1.0,
        f"opens sentence {opening} {side}": 1.0,
        f"opens sentence {opening} {preposition}": 1.0,
        f"{side} where {where}": 1.0,
        f"dateline {dateline}": 1.0,
        f"container {container} {side} {grade}": 1.0,
    }
    if container_behind:
        found["has container"] = 1.0
    return found


def later(state: str, grade: str) -> dict[str, float]:
    """A place that only the text behind a span names."""
    return {f"{state} only later {grade}": 1.0}


def as_named(state: str, names: Sequence[str]) -> dict[str, float]:
    """How sentences before that of a span name a place."""
    return {f"{state} {name}": 1.0 for name in names}


def in_statement(
    state: str,
    grade: str,
    share: float,
    most_named: bool,
    main: bool,
    titled: bool,
    only_country: bool,
    first: bool,
    alone: bool,
    in_main: bool,
    own: bool,
    foreign: bool,
) -> dict[str, float]:
    """A place in the whole statement."""
    found = {
        f"{state} share": share,
        f"{state} {grade} share": share,
        f"{state} most named {most_named} {grade}": 1.0,
        f"{state} main country {main}": 1.0,
        f"{state} in title {titled} {grade}": 1.0,
        f"only country {only_country} {state}": 1.0,
        f"first named {first} {state}": 1.0,
        f"alone {alone}": 1.0,
        f"in the main country {in_main} {grade}": 1.0,
    }
    if grade == "country":
        found[f"country with own place here {own}"] = 1.0
        found[f"country with other country here {foreign}"] = 1.0
    return found


def fitting(
    about: Sequence[str], fits: Sequence[bool], people: tuple[bool, bool, bool] | None, grade: str, where: str
) -> dict[str, float]:
    """How a place fits what the sentence says: a size, "the city", "Nigerians"."""
    found = {}
    for text, fit in zip(about, fits, strict=True):
        found[f"{text} {grade} {where}"] = 1.0
        if text.startswith("the "):
            found[f"the class fits {fit} {grade} {where}"] = 1.0
    if people is not None:
        named, inside, counted = people
        found[f"its people {named} {grade} {where}"] = 1.0
        found[f"its people in span {inside} {grade} {where}"] = 1.0
        found[f"its people are counted {counted} {grade}"] = 1.0
    return found
