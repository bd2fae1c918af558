"""Normalisation, and the way back to the text as given."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from statement_nlp.reading.text import normalise

CASES = [
    ("plain\ttext\n", "plain\ttext\n", "nothing to do"),
    ("a\r\nb\rc\x0cd\u2028e\x85f", "a\nb\nc\nd\ne\nf", "line ends"),
    ("275\u00a0000\u202fpeople\u2009now", "275 000 people now", "no-break and thin spaces"),
    ("humani\u00adtarian", "humanitarian", "soft hyphen"),
    ("o\ufb03ce of \ufb01re and \ufb02ood", "office of fire and flood", "ligatures of PDFs"),
    ("\ufeffSyria\u200b\u200e", "Syria", "byte order mark, zero width space, direction mark"),
    ("Me\u0301decins", "Médecins", "composed"),
    ("e\u00ad\u0301", "é", "composed across a soft hyphen"),
    ("\u1112\u1161\u11ab", "한", "Hangul letters"),
    ("a\x00b\x07c", "abc", "control characters"),
    ("bad \ud800 half", "bad \ufffd half", "a lone surrogate"),
    ("two  spaces \n\n\n", "two  spaces \n\n\n", "blanks stay as they are"),
    ("", "", "nothing"),
]


@pytest.mark.parametrize(("raw", "expected", "why"), CASES, ids=[why for *_, why in CASES])
def test_normalise(raw: str, expected: str, why: str) -> None:
    assert normalise(raw).text == expected, why


def test_spans_lead_back_to_the_given_text() -> None:
    raw = "\ufeffIn Me\u0301dine,\r\n275\u00a0000 o\ufb03cers."
    found = normalise(raw)
    for quote, given_quote in (("Médine", "Me\u0301dine"), ("275 000", "275\u00a0000"), ("officers", "o\ufb03cers")):
        start = found.text.index(quote)
        a, b = found.to_given(start, start + len(quote))
        assert raw[a:b] == given_quote


def test_part_of_a_ligature_takes_all_of_it() -> None:
    raw = "o\ufb03ce"
    assert raw[slice(*normalise(raw).to_given(1, 2))] == "\ufb03"


def test_empty_spans() -> None:
    found = normalise("\u00ada\u00ad")
    assert found.to_given(0, 0) == (1, 1)
    assert found.to_given(1, 1) == (3, 3)


@pytest.mark.parametrize("span", [(-1, 0), (0, 9), (2, 1)])
def test_spans_outside_are_refused(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no span"):
        normalise("a\u00adbc").to_given(*span)


HARD = st.sampled_from(
    [
        "e",
        "\u0301",
        "\u00ad",
        "\r",
        "\n",
        "\x0c",
        "\ufb01",
        "\u00a0",
        "\ufeff",
        "\u1100",
        "\u1161",
        "\u11a8",
        "\u0344",
        "\u09c7",
        "\u09be",
        "\ud800",
        " ",
        "\u212b",
    ]
)
TEXTS = st.text(st.one_of(st.characters(), HARD))


@given(TEXTS)
@example("e\u0301\u0301\u00ad\r\n")
def test_any_text_normalises_once_and_for_all(raw: str) -> None:
    text = normalise(raw).text
    assert unicodedata.is_normalized("NFC", text)
    assert normalise(text).text == text
    text.encode("utf-8")


@given(TEXTS)
def test_any_text_maps_back(raw: str) -> None:
    found = normalise(raw)
    before = 0
    for at in range(len(found.text)):
        start, end = found.to_given(at, at + 1)
        assert before <= start < end <= len(raw)
        assert found.text[at] in normalise(raw[start:end]).text
        before = start


@given(TEXTS, st.data())
def test_any_span_maps_to_a_text_that_holds_it(raw: str, data: st.DataObject) -> None:
    found = normalise(raw)
    start = data.draw(st.integers(0, len(found.text)))
    end = data.draw(st.integers(start, len(found.text)))
    a, b = found.to_given(start, end)
    assert 0 <= a <= b <= len(raw)
    assert found.text[start:end] in normalise(raw[a:b]).text
