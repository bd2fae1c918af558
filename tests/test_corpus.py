"""The corpus: every statement reads, and every mark of the gold fits the text it is in."""

import csv
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from statement_nlp.reading.layout import blocks, find_zones, sentence_spans
from statement_nlp.reading.signatories import find_signatories
from statement_nlp.reading.sources import read_corpus
from statement_nlp.reading.text import normalise
from statement_nlp.records import CONDITIONS, THEMES, Statement

CORPUS = Path(__file__).parent.parent / "corpus"
FIRST = "syria-2016-09-cessation-of-hostilities"
LAYERS = ("places", "parties", "figures", "demands", "claims")


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def statements() -> dict[str, Statement]:
    return {statement.id: statement for statement in read_corpus(CORPUS)}


def test_all_are_there(statements: dict[str, Statement]) -> None:
    assert len(statements) == 153
    kinds = [statement.kind for statement in statements.values()]
    assert (kinds.count("original"), kinds.count("illustrative")) == (1, 152)
    assert statements[FIRST].kind == "original"


def test_headers_are_whole(statements: dict[str, Statement]) -> None:
    for statement in statements.values():
        assert statement.title, statement.id
        assert statement.published, statement.id
        assert statement.publisher, statement.id
        assert statement.series, statement.id
        assert statement.language == "en", statement.id
        assert Path(statement.source or "").stem == statement.id
    assert sum(statement.links_read for statement in statements.values()) == 81


def test_texts_are_normalised(statements: dict[str, Statement]) -> None:
    for statement in statements.values():
        assert normalise(statement.text).text == statement.text, statement.id
        assert statement.text == statement.text.strip(), statement.id


def test_every_gold_quote_stands_in_its_text(statements: dict[str, Statement]) -> None:
    gold = rows("gold.jsonl")
    assert {row["id"] for row in gold} == set(statements)
    for row in gold:
        text = statements[row["id"]].text
        for layer in LAYERS:
            for mark in row[layer]:
                at = -1
                for _ in range(mark.get("occurrence") or 1):
                    at = text.find(mark["quote"], at + 1)
                    assert at >= 0, (row["id"], layer, mark["quote"])


def test_gold_uses_the_words_of_the_guide() -> None:
    for row in rows("gold.jsonl"):
        assert {figure["condition"] for figure in row["figures"]} <= set(CONDITIONS), row["id"]
        assert {theme for demand in row["demands"] for theme in demand["themes"]} <= set(THEMES), row["id"]
        assert {claim["status"] for claim in row["claims"]} <= {"asserted", "reported", "hedged", "negated"}, row["id"]


def test_links_join_quotes_of_statements(statements: dict[str, Statement]) -> None:
    for link in rows("links.jsonl"):
        assert link["kind"] in ("repeats", "updates", "conflicts", "same_demand")
        for statement_id, quote in (link["a"], link["b"]):
            assert quote in statements[statement_id].text, (statement_id, quote)


def test_gold_places_are_listed_once() -> None:
    with (CORPUS / "places.csv").open(encoding="utf-8", newline="") as file:
        places = [(row["name"], row["country"]) for row in csv.DictReader(file)]
    assert len(places) == len(set(places))
    names = json.loads((CORPUS / "names.json").read_text(encoding="utf-8"))
    assert set(names) == {"parties", "places"}


def test_signatories_of_the_first_statement(statements: dict[str, Statement]) -> None:
    first = statements[FIRST]
    found = find_signatories(first.text, find_zones(first.text, first.title), first.title, first.publisher)
    assert (len(found.signatories), found.stated) == (99, 101)
    assert found.signatories[0].name == "Abrar Halap Association for Relief and Development"
    assert found.signatories[-1].name == "Zain Foundation"


def test_signatories_reach_the_mark(statements: dict[str, Statement]) -> None:
    """F1 of at least .97, every stated count, and no list where there is none."""
    gold = {row["id"]: row for row in rows("signatories.jsonl")}
    right = listed = marked = 0
    for statement in statements.values():
        zones = find_zones(statement.text, statement.title)
        found = find_signatories(statement.text, zones, statement.title, statement.publisher)
        if statement.id not in gold:
            assert not found.signatories, statement.id
            continue
        row = gold[statement.id]
        assert found.stated == row["stated"], statement.id
        printed = {" ".join(filter(None, (s["name"], s["note"]))) for s in row["signatories"]}
        read = {" ".join(filter(None, (s.name, s.note))) for s in found.signatories}
        right, listed, marked = right + len(printed & read), listed + len(read), marked + len(printed)
    assert 2 * right / (listed + marked) >= 0.97


def test_zones_keep_demands_and_claims_out_of_notes(statements: dict[str, Statement]) -> None:
    for row in rows("gold.jsonl"):
        statement = statements[row["id"]]
        zones = find_zones(statement.text, statement.title)
        for mark in (*row["demands"], *row["claims"]):
            at = statement.text.find(mark["quote"])
            kind = next(zone.kind for zone in zones if zone.start <= at < zone.end)
            assert kind in ("body", "heading"), (statement.id, kind, mark["quote"])


def test_blocks_hold_every_word(statements: dict[str, Statement]) -> None:
    for statement in statements.values():
        found = blocks(statement.text, find_zones(statement.text, statement.title))
        covered = "".join("".join(statement.text[b.start : b.end].split()) for b in found)
        assert covered == "".join(statement.text.split()), statement.id
        spans = sentence_spans(statement.text)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
