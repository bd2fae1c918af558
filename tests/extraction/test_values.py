"""Number expressions: tables of how numbers are written, and round trips in every style."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statement_nlp.extraction.values import find_values, parse_number

ONE_VALUE = [
    # text, its quote, low, high, qualifier, kind, why
    ("275,000 people", "275,000", 275000, 275000, "exact", "count", "comma groups"),
    ("238 000 persons", "238 000", 238000, 238000, "exact", "count", "blank groups"),
    ("some 238\u00a0000", "some 238\u00a0000", 238000, 238000, "about", "count", "no-break space groups"),
    ("275.000 people", "275.000", 275000, 275000, "exact", "count", "three zeros behind a point count thousands"),
    ("1.250.000 people", "1.250.000", 1250000, 1250000, "exact", "count", "two groups behind points"),
    ("13.5 million", "13.5 million", 13.5e6, 13.5e6, "exact", "count", "decimal with a scale"),
    ("8,3 million", "8,3 million", 8.3e6, 8.3e6, "exact", "count", "decimal comma with a scale"),
    ("1.2m people", "1.2m", 1.2e6, 1.2e6, "exact", "count", "scale letter at the digits"),
    ("3 lakh people", "3 lakh", 3e5, 3e5, "exact", "count", "South Asian scale"),
    ("US$2.3bn", "US$2.3bn", 2.3e9, 2.3e9, "exact", "money", "currency and short scale"),
    ("€5 million", "€5 million", 5e6, 5e6, "exact", "money", "sign before"),
    ("5 million euros", "5 million euros", 5e6, 5e6, "exact", "money", "name behind"),
    ("Rs 25,000", "Rs 25,000", 25000, 25000, "exact", "money", "rupees"),
    ("tens of millions of euros", "tens of millions of euros", 1e7, None, "at_least", "money", "vague money"),
    ("two hundred and fifty", "two hundred and fifty", 250, 250, "exact", "count", "words"),
    ("two thousand five hundred", "two thousand five hundred", 2500, 2500, "exact", "count", "two scales"),
    ("a dozen towns", "a dozen", 12, 12, "exact", "count", "dozen"),
    ("half a million", "half a million", 5e5, 5e5, "exact", "count", "part of a scale"),
    ("a quarter of a million", "a quarter of a million", 2.5e5, 2.5e5, "exact", "count", "quarter of a scale"),
    ("two and a half million", "two and a half million", 2.5e6, 2.5e6, "exact", "count", "and a half"),
    ("a million and a half", "a million and a half", 1.5e6, 1.5e6, "exact", "count", "half behind"),
    ("six million one step away", "six million", 6e6, 6e6, "exact", "count", "one begins something else"),
    ("tens of thousands of people", "tens of thousands", 10000, None, "at_least", "vague", "vague words bound below"),
    ("several hundred", "several hundred", 100, None, "at_least", "vague", "several with a scale"),
    ("dozens", "dozens", 24, None, "at_least", "vague", "two dozen"),
    ("hundreds, if not thousands, fled", "hundreds, if not thousands", 100, None, "at_least", "vague", "the lower one"),
    ("at least 12", "at least 12", 12, None, "at_least", "count", "lower bound"),
    ("as many as half a million", "as many as half a million", None, 5e5, "at_most", "count", "upper bound"),
    ("no more than 20,000", "no more than 20,000", None, 20000, "at_most", "count", "more than, denied"),
    ("no fewer than 168", "no fewer than 168", 168, None, "at_least", "count", "fewer than, denied"),
    ("only about 150", "only about 150", 150, 150, "about", "count", "two qualifiers"),
    ("an estimated 260,000", "an estimated 260,000", 260000, 260000, "about", "count", "estimated"),
    ("56 or more", "56 or more", 56, None, "at_least", "count", "bound behind"),
    ("half a million or so", "half a million or so", 5e5, 5e5, "about", "count", "about, behind"),
    ("may exceed 20,000", "20,000", 20000, None, "at_least", "count", "a verb that bounds stays outside the quote"),
    ("between 1,000 and 1,500", "between 1,000 and 1,500", 1000, 1500, "range", "count", "between"),
    ("40,000-50,000", "40,000-50,000", 40000, 50000, "range", "count", "hyphen"),
    ("2 to 3 million", "2 to 3 million", 2e6, 3e6, "range", "count", "shared scale"),
    ("two or three people", "two or three", 2, 3, "range", "count", "neighbours in words"),
    ("between 65 and 80 per cent", "between 65 and 80 per cent", 0.65, 0.8, "range", "share", "shared per cent"),
    ("US$4-5 billion", "US$4-5 billion", 4e9, 5e9, "range", "money", "shared currency and scale"),
    ("34 %", "34 %", 0.34, 0.34, "exact", "share", "blank before the sign"),
    ("two thirds", "two thirds", 0.6667, 0.6667, "exact", "share", "fraction"),
    ("more than half", "more than half", 0.5, None, "at_least", "share", "bounded fraction"),
    ("not quite half", "not quite half", None, 0.5, "at_most", "share", "below"),
    ("a majority of residents", "a majority", 0.5, None, "at_least", "share", "majority"),
    ("one in three", "one in three", 0.3333, 0.3333, "exact", "ratio", "ratio"),
    ("four in every five", "four in every five", 0.8, 0.8, "exact", "ratio", "every"),
    ("nine out of ten towers", "nine out of ten", 0.9, 0.9, "exact", "ratio", "out of"),
    ("one person in four is ill", "one person in four", 0.25, 0.25, "exact", "ratio", "noun inside"),
    ("3 tents in 5.", "3 tents in 5", 0.6, 0.6, "exact", "ratio", "noun inside, digits"),
    ("every second citizen", "every second citizen", 0.5, 0.5, "exact", "ratio", "every nth"),
    ("In 2013 71 per cent came", "71 per cent", 0.71, 0.71, "exact", "share", "a year before is no part of it"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "quote", "low", "high", "qualifier", "kind", "why"), ONE_VALUE)
def test_one_value(text, quote, low, high, qualifier, kind, why):
    found = next(v for v in find_values(text) if text[v.start : v.end] == quote)
    assert (found.low, found.high, found.qualifier, found.kind) == (low, high, qualifier, kind), why


SEVERAL = [
    ("risen from 9.3 million to 12.2 million", [9.3e6, 12.2e6], "a change is no range"),
    ("3 of 7 hospitals", [3, 7], "a part and its whole"),
    ("two people in three villages", [2, 3], "the second number counts something else"),
    ("1,200 women and 300 men", [1200, 300], "and joins counts, not a range"),
    ("5 at least 3", [5, 3], "words between two numbers bound one of them"),
    ("0$0", [0, 0], "a sign between two numbers belongs to one of them"),
]


@pytest.mark.parametrize(("text", "lows", "why"), SEVERAL)
def test_values_that_stay_apart(text, lows, why):
    assert [v.low for v in find_values(text)] == lows, why


NO_VALUE = [
    ("COVID-19", "part of a name"),
    ("S/2023/773", "a document symbol"),
    ("at 10:30", "a clock time"),
    ("17/03/2019", "a date"),
    ("many people", "bounds nothing"),
    ("hunger.12 In", "a footnote mark at the full stop"),
    ("(IPC Phase)1 or", "a footnote mark at the bracket"),
]


@pytest.mark.parametrize(("text", "why"), NO_VALUE)
def test_no_value(text, why):
    assert find_values(text) == [], why


ONES = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(number: int) -> str:
    """English words of 1 to 999,999,999."""
    for scale, name in ((10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= scale:
            rest = number % scale
            link = " and " if 0 < rest < 100 else " "
            return in_words(number // scale) + f" {name}" + (link + in_words(rest) if rest else "")
    if number < 20:
        return ONES[number - 1]
    return TENS[number // 10 - 2] + (f"-{ONES[number % 10 - 1]}" if number % 10 else "")


@given(st.integers(1, 999_999_999))
def test_words_round_trip(number):
    assert parse_number(in_words(number)) == number


@given(st.integers(1000, 10**11), st.sampled_from([",", " ", "\u00a0", "’"]))
def test_grouped_digits_round_trip(number, separator):
    assert parse_number(f"{number:,}".replace(",", separator)) == number


@given(
    st.integers(1, 999),
    st.sampled_from([("million", 10**6), ("m", 10**6), ("bn", 10**9), ("k", 1000), ("thousand", 1000)]),
)
def test_scales_round_trip(tenths, scale):
    name, size = scale
    blank = " " if len(name) > 2 else ""
    assert parse_number(f"{tenths / 10}{blank}{name}") == pytest.approx(tenths * size / 10)


@given(st.integers(1, 10**7), st.sampled_from(["US$", "€", "£", "USD ", "EUR "]))
def test_money_round_trip(amount, sign):
    (found,) = find_values(f"{sign}{amount:,}")
    assert (found.low, found.high, found.kind) == (amount, amount, "money")


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_ranges_hold_their_ends(low, width):
    text = f"between {low:,} and {low + width:,} people"
    (found,) = find_values(text)
    assert (found.low, found.high, found.qualifier) == (low, low + width, "range")


PIECES = st.sampled_from(
    [
        "12", "1,5", "3.5", "million", "half", "a", "of", "in", "per cent", "%", "$", "€", "between", "and", "to",
        "-", "–", "one", "third", "dozens", "every", "\n", "at least", "or more", "100 000", "2014", "people", "١٢",
        "½", "’", "e3",
    ]
)  # fmt: skip


@given(
    st.one_of(
        st.text(max_size=60), st.lists(PIECES, max_size=12).map(" ".join), st.lists(PIECES, max_size=12).map("".join)
    )
)
def test_any_text_gives_values_inside_it(text):
    at = 0
    for value in find_values(text):
        assert at <= value.start <= value.number_start < value.number_end <= value.end <= len(text)
        assert value.low is not None or value.high is not None
        assert value.low is None or value.high is None or value.low <= value.high
        at = value.end
