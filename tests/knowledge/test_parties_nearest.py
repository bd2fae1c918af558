"""Names that are nearly a registered one: misspellings are found, different parties never taken for one another."""

import json
import random
from pathlib import Path

import pytest

from statement_nlp.knowledge.parties import Register, builtin_entries, is_acronym
from statement_nlp.knowledge.party_states import read_states

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def register():
    return Register(builtin_entries(), read_states())


FOUND = [
    ("Médicins Sans Frontières", "Médecins Sans Frontières", "a letter wrong"),
    ("Rapid Suport Forces", "Rapid Support Forces", "a letter missing"),
    ("Norwegian Refugee Councils", "Norwegian Refugee Council", "a plural"),
    ("Tigray People Liberation Front", "Tigray People’s Liberation Front", "a possessive left out"),
    ("Savethe Children", "Save the Children", "a space lost"),
    ("Interantional Rescue Committee", "International Rescue Committee", "letters swapped"),
]


@pytest.mark.parametrize(("name", "canonical", "why"), FOUND)
def test_misspellings_are_found(register, name, canonical, why):
    hit = register.resolve(name)
    assert hit is not None, why
    assert register.key(hit[0].name) == register.key(canonical), why
    assert 0.85 <= hit[1] <= 1


DIFFERENT = [
    ("Iranian Red Cross Society", "a known word that differs is no misspelling"),
    ("Sodality International", "an invented name close to a real one"),
    ("Terre des Humbles", "another"),
    ("Warfree Child", "another"),
    ("Corvenia", "an invented state"),
    ("Ardenmark", "a known name inside another"),
    ("MSG", "acronyms are never guessed"),
    ("save the childrens", "nor phrases in small letters"),
    ("Brigade 94", "nor numbers"),
    ("coalition-backed forces", "nor who stands behind whom"),
    ("Rebel-backed forces", "nor that, at the start of a sentence"),
]


@pytest.mark.parametrize(("name", "why"), DIFFERENT)
def test_different_parties_are_not_merged(register, name, why):
    assert register.resolve(name) is None, why


def test_exact_names_resolve_with_certainty(register):
    party, likeness = register.resolve("the Syrian government")
    assert (party.name, likeness) == ("Syria", 1.0)


def misspelt(rng, name):
    """One letter dropped, swapped, doubled or replaced inside a word of at least five; None where there is none."""
    words = name.split()
    long = [i for i, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    if not long:
        return None
    i = rng.choice(long)
    word, at = words[i], rng.randrange(1, len(words[i]) - 1)
    words[i] = rng.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at] + word[at:],
            word[:at] + rng.choice("aeioulnrst") + word[at + 1 :],
        ]
    )
    return " ".join(words)


def test_measured_on_misspellings_of_the_register(register):
    rng = random.Random(7)
    names = [
        (n, e.name) for e in builtin_entries() for n in (e.name, *e.variants) if n[0].isupper() and not is_acronym(n)
    ]
    found = wrong = total = 0
    for name, canonical in rng.sample(names, 500):
        typo = misspelt(rng, name)
        if typo is None or register.lookup(typo) is not None:
            continue
        total += 1
        if (hit := register.resolve(typo)) is not None:
            found += hit[0].name == canonical
            wrong += hit[0].name != canonical
    assert total > 300
    assert found / total >= 0.85
    assert wrong / total <= 0.005


def test_unregistered_names_of_the_corpus_stay_apart(register):
    """Names of gold parties and signatories that the register lacks: many are invented after real ones."""
    names = set()
    for line in (CORPUS / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        names.update(mention["name"] for mention in json.loads(line).get("parties", ()))
    for line in (CORPUS / "signatories.jsonl").read_text(encoding="utf-8").splitlines():
        names.update(entry["name"] for entry in json.loads(line)["signatories"])
    unknown = sorted(name for name in names if register.lookup(name) is None)
    assert len(unknown) > 300
    merged = {name: hit[0].name for name in unknown if (hit := register.resolve(name))}
    assert merged == {}
