"""Rows of `id` and `text`: what is read, what is refused, and the way back to the text as given."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statement_nlp.errors import UnsupportedSourceError
from statement_nlp.reading.given import parse_given, read_given
from statement_nlp.reading.wrapping import join_lines


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


WRAPPED = (
    "The fighting in the valley has cut off three districts since\r\n"
    "March, and trucks are waiting at the pass with flour, fuel and\r\n"
    "medicines. Nobody lets them through, though every party to the\r\n"
    "conflict has said that it would, and nobody says why.\r\n\r\n"
    "We call on all sides to open the road. Nobody should have to\r\n"
    "choose between hunger and gunfire."
)


def test_lines_broken_for_width_are_joined_and_offsets_hold():
    item = parse_given(json.dumps({"id": "a", "text": WRAPPED}))
    text = item.statement.text
    assert text.count("\n") == 2
    at = text.index("fuel and medicines")
    start, end = item.to_given(at, at + len("fuel and medicines"))
    assert WRAPPED[start:end] == "fuel and\r\nmedicines"


@given(st.lists(st.text(alphabet="ab .,\n", min_size=30, max_size=70), max_size=8).map("\n".join))
def test_joining_lines_changes_nothing_but_line_ends(text):
    joined = join_lines(text)
    assert len(joined) == len(text)
    assert all(a == b or (a.isspace() and b == " ") for a, b in zip(text, joined, strict=True))
