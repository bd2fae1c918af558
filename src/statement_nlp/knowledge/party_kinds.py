"""What kind of party an unknown name most likely is: by a title, an opening or the noun that heads it."""

from __future__ import annotations

import re
from functools import lru_cache

import yaml

from statement_nlp.knowledge.party_files import DATA, KINDS
from statement_nlp.records import PartyKind

_PREPOSITION = re.compile(r"\s(?:of|for|in|on|to|against|without|from|and|at|with|de|du|des|pour|para|der|für)\s", re.I)
_WORD = re.compile(r"[\w-]+")
_OFFICE = re.compile(r"\w+(?: \w+){0,3} of\b", re.I)
LONGEST_HEAD = 3
"""Most words of a head ("refugee council")."""


@lru_cache(maxsize=1)
def _heads() -> dict[str, dict[str, PartyKind]]:
    """Section of the data file -> word -> kind; the first kind that lists a word keeps it."""
    with (DATA / "parties_heads.yaml").open(encoding="utf-8") as file:
        data = yaml.safe_load(file)
    found: dict[str, dict[str, PartyKind]] = {}
    for section, kinds in data.items():
        words = found.setdefault(section, {})
        for kind in KINDS:
            for word in kinds.get(kind, ()):
                words.setdefault(str(word).casefold(), kind)
    return found


def kind_of(name: str) -> PartyKind | None:
    """The likely kind of a party that the register does not hold; None where nothing of its name tells.

    A title makes a person ("Mr Okello"), a title with "of" an office of a state ("President of the Senate").

    Args:
        name: as it stands in a text ("Amani Relief Network", "Brigade 93", "Mr Okello").
    """
    name = re.sub(r"\s+", " ", name).strip()
    words = _WORD.findall(name)
    if not words:
        return None
    heads = _heads()
    if len(words) > 1 and (kind := heads["titles"].get(words[0].casefold())):
        return "state" if _OFFICE.match(name) else kind
    folded = name.casefold() + " "
    for opening, kind in heads["openings"].items():
        if folded.startswith(opening + " "):
            return kind
    return _by_head(name)


def _by_head(name: str) -> PartyKind | None:
    """By the last words before the first preposition, then by the name's last words, then by any word."""
    heads = _heads()["heads"]
    cut = _PREPOSITION.search(name)
    parts = [_WORD.findall(part.casefold()) for part in ((name[: cut.start()] if cut else name), name)]
    for words in parts:
        for length in range(min(LONGEST_HEAD, len(words)), 0, -1):
            if kind := heads.get(" ".join(words[-length:])):
                return kind
    return next((heads[word] for word in reversed(parts[-1]) if word in heads), None)
