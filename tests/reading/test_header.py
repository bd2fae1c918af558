"""The metadata header of text files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statement_nlp.errors import HeaderError
from statement_nlp.reading.header import split_header, write_statement
from statement_nlp.reading.sources import read
from statement_nlp.reading.text import normalise
from statement_nlp.records import Statement

TEXT = "The road is closed.\n\nWe ask for it to be opened."

CASES = [
    (
        f"Title: Open the road\nPublished: 2016-09\n---\n\n{TEXT}\n",
        {"title": "Open the road", "published": "2016-09"},
        TEXT,
        "fields and text",
    ),
    (f"title: Open: the road\n---\n{TEXT}", {"title": "Open: the road"}, TEXT, "small letters, a colon in the value"),
    (
        f"Title: Open\nPublisher:\nModelled on: https://example.org\n---\n{TEXT}",
        {"title": "Open", "modelled_on": "https://example.org"},
        TEXT,
        "an empty field, a name of two words",
    ),
    (
        f"Date: 2016\nAuthor: Relief\n---\n{TEXT}",
        {"published": "2016", "publisher": "Relief"},
        TEXT,
        "other names of fields",
    ),
    (
        f"Note: the road is closed.\n\n{TEXT}",
        {},
        f"Note: the road is closed.\n\n{TEXT}",
        "a text that starts like a header",
    ),
    (
        f"Lima: a warning\n---\n{TEXT}",
        {},
        f"Lima: a warning\n---\n{TEXT}",
        "a rule below a line that is no known field",
    ),
    (
        f"Title: not a header\nbut a line of text\n---\n{TEXT}",
        {},
        f"Title: not a header\nbut a line of text\n---\n{TEXT}",
        "a line that is no field before the rule",
    ),
    (
        f"---\nTitle: Open\nlayout: post\ndate: 2016-09-12 10:00\ntags:\n  - road\n---\n{TEXT}",
        {"title": "Open", "published": "2016-09-12"},
        TEXT,
        "front matter of other programs",
    ),
    (f"---\n{TEXT}", {}, f"---\n{TEXT}", "a rule at the top"),
    (TEXT, {}, TEXT, "no header"),
]


@pytest.mark.parametrize(("raw", "fields", "text", "why"), CASES, ids=[why for *_, why in CASES])
def test_split(raw: str, fields: dict[str, str], text: str, why: str) -> None:
    assert split_header(raw) == (fields, text), why


ERRORS = [
    ("Titel: Open\nPublished: 2016\n---\nx", "did you mean 'Title'"),
    ("Title: Open\nColour: red\n---\nx", "known are id, title"),
    ("Published: 12 September 2016\n---\nx", "write 2016, 2016-09 or 2016-09-12"),
    ("Published: 2016-13\n---\nx", "write 2016"),
    ("Kind: real\n---\nx", "original, illustrative, own"),
    ("Title: a\nTitle: b\n---\nx", "two fields 'Title'"),
    ("Countries: Syria\n---\nx", "ISO 3166-1"),
]


@pytest.mark.parametrize(("raw", "message"), ERRORS)
def test_errors_name_the_way_out(raw: str, message: str) -> None:
    with pytest.raises(HeaderError, match=message):
        split_header(raw)


def lines(**options: object) -> st.SearchStrategy[str]:
    letters = st.characters(
        codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Zs", "Mn", "Mc", "Me", "Cn")
    )
    return st.text(st.one_of(letters, st.sampled_from(" :-.,=")), min_size=1, **options).map(str.strip).filter(bool)  # type: ignore[arg-type]


@given(title=lines(max_size=40), text=st.lists(lines(max_size=30), min_size=1, max_size=4))
def test_written_statements_read_the_same(
    tmp_path_factory: pytest.TempPathFactory, title: str, text: list[str]
) -> None:
    nfc = normalise("\n\n".join(text)).text
    statement = Statement(
        "an-id", nfc, normalise(title).text, "2016-09", "Relief", countries=("SY", "LB"), links_read=True
    )
    path = tmp_path_factory.mktemp("statements") / "one.txt"
    path.write_text(write_statement(statement), encoding="utf-8")
    found = next(read([path]))
    assert isinstance(found, Statement)
    for name in ("id", "text", "title", "published", "publisher", "kind", "language", "countries", "links_read"):
        assert getattr(found, name) == getattr(statement, name)
