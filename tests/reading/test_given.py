"""Rows of `id` and `text`: what is read, what is refused, and the way back to the text as given."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statement_nlp.errors import UnsupportedSourceError
from statement_nlp.reading.given import parse_given, read_given


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "nothing"),
        ("{", "broken off"),
        ("[1]", "a list is no statement"),
        ('{"text": "x"}', "an answer must say which statement it is for"),
        ('{"id": "", "text": "x"}', "an empty id names nothing"),
        ('{"id": 1, "text": 5}', "a number is no text"),
        ("[" * 100_000, "nested beyond all measure"),
        ('{"id": ' + "1" * 5000 + "}", "a number too long to be read"),
    ],
)
def test_what_is_no_statement_is_refused(line, why):
    with pytest.raises(UnsupportedSourceError):
        parse_given(line)


@pytest.mark.parametrize("countries", [5, "SY", {"a": 1}, [1, None], None])
def test_countries_that_are_no_list_of_codes_are_left_out(countries):
    assert parse_given(json.dumps({"id": 1, "text": "x", "countries": countries})).statement.countries == ()


def test_a_bad_line_is_named_and_the_others_go_on():
    lines = [b'{"id": 1, "text": "a"}', b"\xff", b"", b'{"id": 2}']
    found = list(read_given(lines, "in.jsonl"))
    assert [f.statement.id for f in found if not isinstance(f, Exception)] == ["1", "2"]
    assert next(str(f) for f in found if isinstance(f, Exception)).startswith("in.jsonl, line 2: ")


@given(st.text())
def test_offsets_lead_back_into_the_text_as_given(text):
    item = parse_given(json.dumps({"id": "a", "text": text}))
    start, end = item.to_given(0, len(item.statement.text))
    assert 0 <= start <= end <= len(text)
