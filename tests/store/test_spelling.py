"""Slips in words of a search, mended from the words of the index."""

import sqlite3

import pytest

from statement_nlp.records import Extraction, Statement
from statement_nlp.store.spelling import mended

TEXT = """The hospital was hit; vaccinations against meningitis and cholera have stopped. Displaced people and refugees
were besieged. Of 275,000 people, some were evacuated to refuge. The commission was omitted."""


@pytest.fixture
def connection(db, run):
    db.save(Extraction(Statement("one", TEXT, "Ceasefire", publisher="Médecins du Rivage")), run)
    db.save(Extraction(Statement("two", "The children of Madaya are starving.", "Madaya")), run)
    return db.connection


@pytest.mark.parametrize(
    ("words", "meant", "why"),
    [
        ("hosptial", "hospital", "letters changed over"),
        ("hospitl", "hospital", "a letter is missing"),
        ("hosspital", "hospital", "a letter too many"),
        ("ohspital", "hospital", "the first two letters changed over"),
        ("hqspital", "hospital", "a wrong second letter"),
        ("meningitus", "meningitis", "the stem is cut elsewhere"),
        ("vacination", "vaccinations", "the form that a text has"),
        ("displcaed people", "displaced people", "other words stay"),
        ("refugess", "refugees", "the nearest word of the nearest stem"),
        ("CHLOERA", "cholera", "capitals"),
        ("ceasfire", "ceasefire", "titles count"),
        ("Madayya", "madaya", "names, too"),
        ("hospital", None, "no slip"),
        ("hospitals besieging", None, "forms of what is there"),
        ("hospital Madaya", None, "each is there, if not together"),
        ("hosptial Madaya", None, "no dead end is offered"),
        ("xylophone", None, "like nothing"),
        ("cat", None, "too short to tell"),
        ("275.001", None, "numbers are no slips"),
        ('" OR *', None, "no syntax"),
        ("", None, "nothing"),
        ("a" * 5000, None, "endless"),
    ],
)
def test_words_that_are_meant(connection, words, meant, why):
    assert mended(connection, words) == meant, why


def test_a_reader_of_the_file_needs_no_right_to_write(db, connection):
    with sqlite3.connect(f"file:{db.path}?mode=ro", uri=True) as reader:
        assert mended(reader, "hosptial") == "hospital"
        assert mended(reader, "xylophone", wide=False) is None
    reader.close()
