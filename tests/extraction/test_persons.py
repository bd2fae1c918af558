"""Persons whom a statement names, and whether they act in an office, on sentences of our own."""

import pytest

from statement_nlp.extraction import pipeline
from statement_nlp.records import Statement


@pytest.fixture(scope="module")
def nlp():
    return pipeline.load(finders=("statement_entities",))


PERSONS = [
    ("“We slept in the cellar,” says Amal Haddad, a nurse from Aleppo.", [("Amal Haddad", "private")], "a witness"),
    ("Younis, 22, lost his brother in Mosul.", [("Younis", "private")], "a name and an age"),
    ("Abu Safi, 67, kept sheep near Hebron.", [("Abu Safi", "private")], "father of is a part of the name"),
    ("Dr Rana Sabri was detained in March.", [("Rana Sabri", "private")], "a doctor holds no office"),
    ("President Salva Kiir must let aid through.", [("Salva Kiir", "office")], "a title"),
    ("“It is a choice,” said Lina Berg, director of the agency.", [("Lina Berg", "office")], "an office behind it"),
    ("The envoy, Tomas Berg, left Juba.", [("Tomas Berg", "office")], "an office before a comma"),
    ("May He comfort the widow of Pastor Élie, whom we buried.", [("Élie", "private")], "a capital with an accent"),
    ("“It is a choice,” said Lina Berg, editor of the paper.", [("Lina Berg", "office")], "a role"),
    ("Lina Berg, the editor of the paper, is in custody.", [("Lina Berg", "private")], "but not in custody"),
    ("A court found the former researcher Lina Berg guilty.", [("Lina Berg", "private")], "nor one of old"),
    ("President Lina Berg was arrested in Juba.", [("Lina Berg", "office")], "an office stays one"),
    ("People say that none of this helps. Families return to Masisi.", [], "nobody is named"),
]


@pytest.mark.parametrize(("text", "persons", "why"), PERSONS)
def test_persons(nlp, text, persons, why):
    found = pipeline.extract(Statement("t", text), nlp).persons
    assert [(p.quote, p.role) for p in found] == persons, why
    assert all(text[p.start : p.end] == p.quote for p in found)
