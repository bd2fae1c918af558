"""The curated lists of parties hold what the guide wants and contradict neither themselves nor the corpus."""

import json
from collections import Counter
from pathlib import Path

import pytest

from statement_nlp.knowledge.parties import Register, builtin_entries
from statement_nlp.knowledge.party_files import DATA, KINDS
from statement_nlp.knowledge.party_states import read_states

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def register():
    return Register(builtin_entries(), read_states())


def test_more_than_four_hundred_curated_entries_beside_the_states():
    kinds = Counter(entry.kind for entry in builtin_entries())
    assert sum(kinds.values()) >= 1000
    assert all(kinds[kind] >= 50 for kind in KINDS), kinds


def test_no_name_stands_twice(register):
    seen = {}
    for entry in builtin_entries():
        for name in (entry.name, *entry.variants):
            key = register.key(name)
            assert key, f"{entry.where}: {name!r} has no letters"
            assert key not in seen, f"{name!r} at {entry.where} and at {seen[key]}"
            seen[key] = entry.where


def test_each_party_stands_once():
    counts = Counter(entry.name for entry in builtin_entries())
    assert [name for name, count in counts.items() if count > 1] == []


def test_kinds_and_countries_are_legal():
    codes = {state.iso for state in read_states()}
    assert [e.where for e in builtin_entries() if e.kind not in KINDS] == []
    assert [e.where for e in builtin_entries() if e.country is not None and e.country not in codes] == []


def test_states_are_whole():
    states = read_states()
    assert len(states) >= 195
    assert len({s.iso for s in states}) == len(states)
    assert len({s.name for s in states}) == len(states)
    assert [s.name for s in states if not s.demonyms and s.iso not in ("CG", "DM")] == []
    demonyms = Counter(d for s in states for d in s.demonyms)
    assert [d for d, count in demonyms.items() if count > 1] == []


def test_data_files_name_the_format():
    for path in DATA.glob("parties_*.yaml"):
        assert path.read_text(encoding="utf-8").startswith("#"), path.name


def test_canonical_names_are_those_of_the_corpus(register):
    names = json.loads((CORPUS / "names.json").read_text(encoding="utf-8"))["parties"]
    assert len(names) > 50
    for variant, canonical in names.items():
        for name in (variant, canonical):
            party = register.lookup(name)
            assert party is not None, name
            assert register.key(party.name) == register.key(canonical), name


def test_kinds_are_those_of_the_corpus(register):
    """Registered names have the kind that the annotators gave them; 1 in 100 may be read either way."""
    same = total = 0
    for line in (CORPUS / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        for mention in json.loads(line).get("parties", ()):
            party = register.lookup(mention["quote"])
            if party is not None:
                total += 1
                same += party.kind == mention["kind"]
    assert total > 500
    assert same / total >= 0.99
