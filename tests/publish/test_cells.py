"""Cells, names of methods, the policy and the metadata, each apart from any page."""

import re
from pathlib import Path

import pytest

from statement_nlp.publish import cells, policy
from statement_nlp.publish.server import METADATA_DATABASE, read_metadata
from statement_nlp.store.database import Database
from statement_nlp.store.explaining import explain
from statement_nlp.store.queries import for_datasette

QUERIES = read_metadata()["databases"][METADATA_DATABASE]["queries"]
STATIC = Path(cells.__file__).parent / "static"


class Application:
    """As much of Datasette as a cell asks for."""

    class urls:
        path = staticmethod(lambda path: path)
        row = staticmethod(lambda database, table, key: f"/{database}/{table}/{key}")


def cell(value, column, table=None, **row):
    return cells.render({column: value, **row}, value, column, table, "statements", Application())


@pytest.mark.parametrize(
    ("value", "column", "row", "expected", "why"),
    [
        (275000.0, "low", {}, "275,000", "separators, also in questions"),
        (1500, "anything", {}, "1,500", "also in columns of somebody's own SQL"),
        (0.873, "confidence", {}, "87%", "a share of certainty"),
        (0.25, "low", {}, "0.25", "a share as a figure stays one"),
        ("food_insecure", "condition", {}, "food insecure", "words, not codes"),
        ("rule:figures@1", "method", {}, "the rule figures, version 1", "plain words"),
        ('["must", "now"]', "cues", {}, "must; now", "a list without brackets"),
        ("illustrative", "statement_kind", {}, 'class="kind illustrative"', "a badge"),
        ("T", "statement", {"statement_id": "a/b", "statement_kind": "own"}, '~2Fb">T</a> <span class="kind', "kind"),
        ("Q", "claim", {"claim_id": 7, "statement_id": "s"}, '"/statement/s#at-7">Q</a>', "words lead to their place"),
        ("Q", "figure", {"figure_id": 7, "statement_id": "s", "statement_kind": "illustrative"}, "</a> <sp", "said"),
        ("Q", "b_quote", {"b_id": 7, "b_statement_id": "s"}, '"/statement/s#at-7">Q</a>', "also in links"),
        (7, "claim_id", {"statement_kind": "own"}, '"/statements/claims/7">record</a>', "no raw id"),
        ("Madaya", "place", {"place_id": "geonames:1"}, '"/place/geonames~3A1">Madaya</a>', "a page for a place"),
        ("a [b] c", "passage", {}, "a <mark>b</mark> c", "marks of a search"),
        ("<i>[<b>]", "passage", {}, "&lt;i&gt;<mark>&lt;b&gt;</mark>", "nothing else becomes markup"),
        ("<b>x</b>", "statement", {"statement_id": "s"}, "&lt;b&gt;x&lt;/b&gt;", "titles are escaped"),
    ],
)  # fmt: skip
def test_cell(value, column, row, expected, why):
    assert expected in str(cell(value, column, **row)), why


@pytest.mark.parametrize(
    ("value", "column", "why"),
    [
        (None, "low", "nothing is not zero"),
        ("", "quote", "nor is an empty text"),
        (163843, "geonameid", "an identifier has no separators"),
        (2016, "year", "nor has a year"),
        (3500, "start", "nor an offset"),
        ("not json", "cues", "somebody's own column of that name"),
        ("plain", "note", "text is left to Datasette"),
    ],
)
def test_left_to_datasette(value, column, why):
    assert cell(value, column) is None, why


def test_statement_of_a_row_without_kind_is_asked_for():
    assert callable(cell("s", "statement_id", "claims")), "a table has the id alone: the kind must come from somewhere"


def test_says_the_same_as_the_command_line(path):
    with Database(path) as database:
        for record in explain(database, "madaya-2016"):
            assert f"found by {cells.plain_method(record.method)}" in record.in_words()


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("claims_in_place", "claims_in_place"),
        ("figures_in_place", "figures"),
        ("demands_to_addressee", "demands"),
        ("search_statements", "search"),
    ],
)
def test_questions_are_the_named_queries(question, query):
    assert QUERIES[question]["sql"] == for_datasette()[query]["sql"], (
        "one SQL for the command line, Python and the pages"
    )
    assert QUERIES[question]["params"] == for_datasette()[query]["params"]


def test_ranking_is_capped():
    for name, query in QUERIES.items():
        if "MATCH" in query["sql"]:
            assert "LIMIT 1000" in query["sql"], f"{name} would rank every row that holds a common word"
            assert "escape_fts(:words)" in query["sql"], f"{name} takes punctuation as syntax"


@pytest.mark.parametrize(
    ("method", "headers", "refused", "why"),
    [
        ("GET", [], False, "reading needs nothing"),
        ("POST", [], True, "Datasette 0.65 lets a form without a cookie pass: we do not"),
        ("POST", [(b"cookie", b" ")], True, "an empty cookie is none"),
        ("POST", [(b"Cookie", b"ds_csrftoken=x")], False, "with a cookie Datasette checks its token"),
        ("DELETE", [], True, "nor any other verb that changes something"),
    ],
)
def test_forms_need_a_session(method, headers, refused, why):
    assert policy.is_forged({"type": "http", "method": method, "headers": headers}) is refused, why


@pytest.mark.parametrize(
    ("path", "inline"), [("/", False), ("/statements", False), ("/statement/x", False), ("/-/permissions", True)]
)
def test_inline_scripts_only_in_datasettes_tools(path, inline):
    found = dict(policy.headers(path))[b"content-security-policy"].decode()
    assert ("script-src 'self' 'unsafe-inline'" in found) is inline


def test_our_files_name_no_host():
    for file in (*STATIC.glob("*.js"), *STATIC.glob("*.css")):
        assert not re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", file.read_text()), file.name


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, as WCAG 2.1 defines it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("ink", "papers"),
    [
        ("--ink", ("--paper", "#ffffff", "--claims", "--demands")),
        ("--quiet", ("--paper", "#ffffff")),
        ("--accent", ("--paper", "#ffffff")),
        ("#4c3a6e", ("--paper", "#ffffff")),
        ("--figures", ("#ffffff", "--claims", "--demands")),
        ("--places", ("#ffffff", "--claims", "--demands")),
        ("--parties", ("#ffffff", "--claims", "--demands")),
        ("#4d3d00", ("#fff3cd",)),
        ("#6b5300", ("#fff3cd",)),
        ("#14532d", ("#e3f1e7",)),
        ("#34404b", ("#eceff3",)),
        ("#123a5c", ("#cfe0ef",)),
        ("#5c1d0c", ("#f3bfae",)),
        ("#5c6873", ("#ffffff",)),
        ("#cfe0ef", ("#22384d",)),
    ],
)
def test_contrast_reaches_wcag_aa(ink, papers):
    sheet = (STATIC / "statement-nlp.css").read_text()
    named = dict(re.findall(r"(--\w+): (#[0-9a-f]{6})", sheet))
    assert ink in sheet, "a colour that is not used any more"
    for paper in papers:
        light, dark = sorted((luminance(named.get(c, c)) for c in (ink, paper)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {paper}"
