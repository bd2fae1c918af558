"""How often hiding errs: the names of persons that a reader marked, beside what a copy without names shows.

python -m statement_nlp.learning.persons corpus

Beside the statements lies `persons.jsonl`, one object a statement: `{"id", "persons": [{"quote", "occurrence",
"role"}]}`, with the role `office` or `private`. The statements are extracted and stored, and their texts go through
`store.hiding` as `serve --hide-private-names` has it; letters are counted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from statement_nlp.errors import GoldError
from statement_nlp.extraction.pipeline import extract_many, load
from statement_nlp.knowledge.gazetteer import Gazetteer
from statement_nlp.learning.evaluation import rows
from statement_nlp.learning.scoring import Row, Span, span_of
from statement_nlp.reading.sources import read_corpus
from statement_nlp.records import Statement
from statement_nlp.store.database import Database, Run
from statement_nlp.store.hiding import BLOCK, private_names

FILE = "persons.jsonl"
ROLES = ("private", "office")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Letters of a name that are shown although it is private, or hidden although it is none that should be."""

    statement: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Hiding:
    """Letters counted; `wrong` has the names, and what else is hidden."""

    statements: int
    private: int
    private_hidden: int
    private_names: int
    private_names_hidden: int
    office: int
    office_hidden: int
    elsewhere_hidden: int
    wrong: tuple[Wrong, ...]

    @property
    def recall(self) -> float:
        """Share of the letters of private names that are hidden."""
        return self.private_hidden / self.private if self.private else 1.0

    @property
    def precision(self) -> float:
        """Share of the hidden letters that are a private name's."""
        hidden = self.private_hidden + self.office_hidden + self.elsewhere_hidden
        return self.private_hidden / hidden if hidden else 1.0

    def in_words(self) -> str:
        """What is printed, one thing a line."""
        return "\n".join([
            f"{self.statements} statements",
            f"private names hidden in full: {self.private_names_hidden} of {self.private_names}",
            f"recall: {self.recall:.1%} ({self.private_hidden} of {self.private} letters of private names are hidden)",
            f"precision: {self.precision:.1%} (of the hidden letters, {self.office_hidden} are in names of people in "
            f"office, of {self.office} such letters, and {self.elsewhere_hidden} in no person's name)",
            *(f"{w.kind}: {w.words!r} ({w.statement})" for w in self.wrong),
        ])  # fmt: skip


def _letters(text: str, spans: Iterable[Span]) -> set[int]:
    return {i for start, end in spans for i in range(start, end) if text[i].isalnum()}


def _runs(places: Iterable[int], text: str) -> Iterator[str]:
    """The words of a text in which any of some letters stand."""
    seen = -1
    for i in sorted(places):
        if i > seen:
            start = end = i
            while start and text[start - 1].isalnum():
                start -= 1
            while end < len(text) and text[end].isalnum():
                end += 1
            seen = end
            yield text[start:end]


def score(texts: Mapping[str, str], shown: Mapping[str, str], marked: Sequence[Row]) -> Hiding:
    """Compare.

    Args:
        texts: the stored texts by statement id.
        shown: the same texts with blocks for letters that are hidden.
        marked: rows of `persons.jsonl`.

    Raises:
        GoldError: a statement, a quote or a role is unknown.
    """
    counted = dict.fromkeys(("private", "private_hidden", "office", "office_hidden", "elsewhere_hidden"), 0)
    names = whole = 0
    wrong: list[Wrong] = []
    for row in marked:
        name = row["id"]
        if name not in texts or any(p["role"] not in ROLES for p in row["persons"]):
            raise GoldError(f"{FILE}: {name!r} is no statement here, or a role is none of {', '.join(ROLES)}")
        text = texts[name]
        blocks = {i for i, (a, b) in enumerate(zip(text, shown[name], strict=True)) if b == BLOCK != a}
        letters = {
            role: [_letters(text, [span_of(p, text)]) for p in row["persons"] if p["role"] == role] for role in ROLES
        }
        elsewhere = blocks - set().union(*letters["private"], *letters["office"])
        for role in ROLES:
            counted[role] += sum(map(len, letters[role]))
            counted[f"{role}_hidden"] += sum(len(mark & blocks) for mark in letters[role])
        counted["elsewhere_hidden"] += len(elsewhere)
        names += len(letters["private"])
        whole += sum(mark <= blocks for mark in letters["private"])
        for kind, places in (
            ("shown, private", set().union(*letters["private"]) - blocks),
            ("hidden, in office", set().union(*letters["office"]) & blocks),
            ("hidden, no person", elsewhere),
        ):
            wrong += [Wrong(name, kind, words) for words in _runs(places, text)]
    return Hiding(
        statements=len(marked), private_names=names, private_names_hidden=whole, wrong=tuple(wrong), **counted
    )


def hidden_texts(statements: Iterable[Statement]) -> dict[str, str]:
    """The texts of statements as a copy without names has them, by id."""
    statements = list(statements)
    gazetteer = Gazetteer.open()
    with Database(":memory:", lookup=gazetteer.get) as database:
        for extraction in extract_many(statements, nlp=load(finders=("statement_entities",))):
            database.save(extraction, Run("persons"))
        names = private_names(database.connection)
    return {s.id: names.hide(s.text, (s.id,)) for s in statements}


def main(arguments: Sequence[str]) -> None:
    """Score a folder with statements and `persons.jsonl`, and print what was found."""
    folder = Path(arguments[0])
    marked = rows(folder / FILE)
    known = {row["id"] for row in marked}
    statements = [s for s in read_corpus(folder) if s.id in known]
    click.echo(score({s.id: s.text for s in statements}, hidden_texts(statements), marked).in_words())


if __name__ == "__main__":
    main(sys.argv[1:])
