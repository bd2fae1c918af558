"""How often hiding errs, on texts of our own; and the reader's marks of the corpus."""

import itertools
from pathlib import Path

import pytest

from statement_nlp.errors import GoldError
from statement_nlp.learning.evaluation import rows
from statement_nlp.learning.persons import FILE, score
from statement_nlp.learning.scoring import span_of
from statement_nlp.reading.sources import read_corpus

CORPUS = Path(__file__).parents[2] / "corpus"
TEXT = "Amal Haddad fled. Minister Lina Berg saw Haddad in Madaya."
PERSONS = [
    {"quote": "Amal Haddad", "role": "private"},
    {"quote": "Lina Berg", "role": "office"},
    {"quote": "Haddad", "occurrence": 2, "role": "private"},
]


@pytest.mark.parametrize(
    ("hidden", "recall", "precision", "wrong"),
    [
        ("████ ██████ fled. Minister Lina Berg saw ██████ in Madaya.", 1, 1, []),
        (TEXT, 0, 1, ["Amal", "Haddad", "Haddad"]),
        ("████ ██████ fled. Minister ████ Berg saw Haddad in ██████.", 10 / 16, 10 / 20, ["Haddad", "Lina", "Madaya"]),
    ],
)
def test_letters_are_counted(hidden, recall, precision, wrong):
    found = score({"a": TEXT}, {"a": hidden}, [{"id": "a", "persons": PERSONS}])
    assert found.recall == pytest.approx(recall)
    assert found.precision == pytest.approx(precision)
    assert [w.words for w in found.wrong] == wrong
    assert f"{found.private_names_hidden} of 2" in found.in_words()


def test_an_unknown_statement_or_role_is_told():
    with pytest.raises(GoldError, match="no statement"):
        score({}, {}, [{"id": "a", "persons": []}])
    with pytest.raises(GoldError, match="role"):
        score({"a": TEXT}, {"a": TEXT}, [{"id": "a", "persons": [{"quote": "Amal", "role": "witness"}]}])


def test_the_marks_of_the_corpus_stand_in_its_texts():
    texts = {s.id: s.text for s in read_corpus(CORPUS)}
    marked = rows(CORPUS / FILE)
    assert {row["id"] for row in marked} == set(texts), "each statement was read, those without names too"
    assert sum(bool(row["persons"]) for row in marked) >= 60
    for row in marked:
        spans = [span_of(person, texts[row["id"]]) for person in row["persons"]]
        assert spans == sorted(spans)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans)), row["id"]
