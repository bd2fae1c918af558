"""Date expressions as half-open intervals, relative to the statement's date."""

from __future__ import annotations

from datetime import date

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from statement_nlp.extraction.dates import date_for, find_dates
from statement_nlp.records import Statement

BASE = "2021-06-15"  # a Tuesday
INTERVALS = [
    # text, expression, since, until, why
    ("on 5 July 2019", "5 July 2019", "2019-07-05", "2019-07-06", "a full date"),
    ("on July 5, 2019", "July 5, 2019", "2019-07-05", "2019-07-06", "month first"),
    ("on 17/03/2019", "17/03/2019", "2019-03-17", "2019-03-18", "day first in digits"),
    ("of 2016-09-12", "2016-09-12", "2016-09-12", "2016-09-13", "ISO"),
    ("on October 7", "October 7", "2020-10-07", "2020-10-08", "the last one before the statement"),
    ("on Friday", "Friday", "2021-06-11", "2021-06-12", "the last one"),
    ("on Tuesday", "Tuesday", "2021-06-15", "2021-06-16", "today's weekday is today"),
    ("last Friday", "last Friday", "2021-06-11", "2021-06-12", "last"),
    ("yesterday", "yesterday", "2021-06-14", "2021-06-15", "a day back"),
    ("three days ago", "three days ago", "2021-06-12", "2021-06-13", "days back"),
    ("two years ago", "two years ago", "2019-01-01", "2020-01-01", "a year back is no day"),
    ("On the 10th they left", "the 10th", "2021-06-10", "2021-06-11", "of this month"),
    ("since April", "since April", "2021-04-01", "2021-06-16", "up to the statement"),
    ("since 1 December", "since 1 December", "2020-12-01", "2021-06-16", "of last year"),
    ("until the end of June", "until the end of June", None, "2021-07-01", "open at its start"),
    ("before 2011", "before 2011", None, "2011-01-01", "up to its start"),
    ("as of 3 May", "as of 3 May", "2021-05-03", "2021-05-04", "a state of one day"),
    ("between 10 and 13 April", "10 and 13 April", "2021-04-10", "2021-04-14", "days of a month"),
    ("10-13 April 2025", "10-13 April 2025", "2025-04-10", "2025-04-14", "days with a hyphen"),
    ("from March to May 2020", "from March to May 2020", "2020-03-01", "2020-06-01", "months"),
    ("in 2014", "2014", "2014-01-01", "2015-01-01", "a year"),
    ("mid-June", "mid-June", "2021-06-11", "2021-06-21", "the middle third"),
    ("in the first half of 2024", "the first half of 2024", "2024-01-01", "2024-07-01", "half"),
    (
        "the first three months of 2022",
        "the first three months of 2022",
        "2022-01-01",
        "2022-04-01",
        "months of a year",
    ),
    ("in the past two weeks", "the past two weeks", "2021-06-01", "2021-06-16", "back from the statement"),
    ("in the last 24 hours", "the last 24 hours", "2021-06-14", "2021-06-16", "hours are days"),
    ("last year", "last year", "2020-01-01", "2021-01-01", "year before"),
    ("this month", "this month", "2021-06-01", "2021-07-01", "whole month"),
    ("next week", "next week", "2021-06-21", "2021-06-28", "from Monday on"),
    ("next month", "next month", "2021-07-01", "2021-08-01", "the whole of it"),
    ("the next two weeks", "the next two weeks", "2021-06-16", "2021-06-30", "counted from the statement"),
    ("so far this year", "so far this year", "2021-01-01", "2021-06-16", "up to the statement"),
    ("earlier this week", "earlier this week", "2021-06-14", "2021-06-16", "from Monday to the statement"),
    ("at the end of last month", "the end of last month", "2021-05-27", "2021-06-01", "the last sixth of it"),
    ("between April and September", "between April and September", "2021-04-01", "2021-10-01", "its end lies ahead"),
    ("from 1 to 5 June", "from 1 to 5 June", "2021-06-01", "2021-06-06", "days with from"),
    ("from October to February", "from October to February", "2020-10-01", "2021-03-01", "over the turn of the year"),
    ("since the start of the year", "since the start of the year", "2021-01-01", "2021-06-16", "the year of the text"),
    ("by the end of June", "by the end of June", None, "2021-07-01", "a limit"),
    ("last Sunday night", "last Sunday", "2021-06-13", "2021-06-14", "a night counts by its evening"),
    ("in January this year", "January this year", "2021-01-01", "2021-02-01", "the year of the text"),
    ("during the first quarter of 2021", "the first quarter of 2021", "2021-01-01", "2021-04-01", "a quarter"),
    ("over the last three months", "the last three months", "2021-03-16", "2021-06-16", "counted back"),
    ("a week ago", "a week ago", "2021-06-08", "2021-06-09", "one"),
    ("since early May", "since early May", "2021-05-01", "2021-06-16", "from the start of the third"),
    ("since the war began", "since the war began", None, None, "an event gives no day"),
]


@pytest.mark.parametrize(("text", "expression", "since", "until", "why"), INTERVALS)
def test_interval(text, expression, since, until, why):
    (found,) = find_dates(text, BASE)
    assert (found.text, found.since, found.until) == (expression, since, until), why
    assert text[found.start : found.end] == expression


NO_DATES = [
    ("We may act, and we must march on.", "verbs, not months"),
    ("2000 people left", "a number of people"),
    ("May they live in peace.", "a wish"),
    ("Resolution 2139 was adopted", "a number of a document"),
]


@pytest.mark.parametrize(("text", "why"), NO_DATES)
def test_no_date(text, why):
    assert list(find_dates(text, BASE)) == [], why


def test_without_the_statements_date_only_full_dates_have_intervals():
    found = {d.text: d.since for d in find_dates("On 5 July 2019, last Friday and in June", None)}
    assert found == {"5 July 2019": "2019-07-05", "last Friday": None, "June": None}


def test_a_month_is_enough_for_a_month_but_not_for_a_week():
    found = {d.text: d.since for d in find_dates("since August, last week", "2016-09")}
    assert found == {"since August": "2016-08-01", "last week": None}


def test_date_for_takes_the_one_of_the_same_clause():
    nlp = spacy.blank("en")
    text = "In March 40 people died; 300 fled on 2 June."
    doc = nlp(text)
    doc._.statement = Statement(id="t", text=text, published=BASE)
    died, fled = text.index("40 people"), text.index("300")
    assert date_for(doc, died, died + 9).text == "March"
    assert date_for(doc, fled, fled + 3).text == "2 June"


def test_date_for_does_not_look_into_other_sentences():
    doc = spacy.blank("en")("It began in 2019.\n40 people died.")
    start = doc.text.index("40")
    assert date_for(doc, start, start + 9) is None


PIECES = st.sampled_from(
    [
        "31", "30th", "February", "since", "until", "2020", "May", "last", "week", "between", "and", "99", "ago",
        "three", "months", "Friday", "00/00/00", "2020-13-45", "mid-", "the end of", "0", "\n", "9999",
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=8).map(" ".join)),
    st.sampled_from([None, "2021", "2021-02", BASE, "x"]),
)
def test_any_text_gives_valid_intervals(text, base):
    at = 0
    for found in find_dates(text, base):
        assert at <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.text
        since, until = (date.fromisoformat(d) if d else None for d in (found.since, found.until))
        assert since is None or until is None or since < until
        at = found.end
