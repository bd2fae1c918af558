"""Endless words are broken where readers see them; addresses and fields keep every character."""

import html
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from jinja2 import DictLoader, Environment
from tests.publish.conftest import make

from statement_nlp import publish
from statement_nlp.publish.highlight import ZERO_WIDTH
from statement_nlp.publish.long_words import LongWords, Position
from statement_nlp.publish.server import application

LONG = "<&" + "x" * 398
SHOWN = [
    ("<p>{{ v }}</p>", "a paragraph"),
    ("<p title='a > b'>{{ v if v else 1 }}</p>", "a sign in an attribute ends no tag"),
    ("<textarea>{{ 1 }}</textarea>{{ v|lower }}", "behind a textarea"),
    ("<!-- it's <a href=\" --><b>{{ v }}</b>", "behind a comment"),
    ("{% for x in [v] %}<li>{{ x }}{% endfor %}", "in a loop"),
    ("<!doctype html>{% set x = v %}{{ x }}", "a variable"),
]
WHOLE = [
    ('<a href="{{ v }}">x</a>', "an address"),
    ('<a href="/a?b={{ v }}&amp;c=1">x</a>', "a part of an address"),
    ("<input value='{{ v }}'>", "a field"),
    ("<input value={{ v }}>", "no quotes"),
    ('<textarea name="text" rows="3">{{ v }}</textarea>', "a textarea"),
    ('<script type="application/json">{{ v }}</script>', "data in a script"),
    ('<p {% if v %}data-x="{{ v }}"{% endif %}>', "a condition inside a tag"),
    ("<title>{{ v }}</title>", "the title of a window"),
    ("<p>{{ v|safe }}</p>", "markup of ours"),
]


def printed(template):
    environment = Environment(loader=DictLoader({"t": template}), autoescape=True)
    environment.add_extension(LongWords)
    return html.unescape(environment.get_template("t").render(v=LONG)).replace(LONG.upper(), LONG)


@pytest.mark.parametrize(("template", "why"), SHOWN)
def test_what_readers_see_is_broken(template, why):
    out = printed(template)
    assert LONG not in out, why
    assert LONG in out.replace(ZERO_WIDTH, ""), why


@pytest.mark.parametrize(("template", "why"), WHOLE)
def test_addresses_and_fields_are_whole(template, why):
    out = printed(template)
    assert LONG in out, why
    assert ZERO_WIDTH not in out, why


def test_each_template_ends_between_tags():
    templates = sorted((Path(publish.__file__).parent / "templates").rglob("*.html"))
    assert len(templates) > 20
    environment = Environment()
    for template in templates:
        position = Position()
        for _, kind, value in environment.lex(template.read_text(encoding="utf8")):
            if kind == "data":
                position.read(value)
        assert position.is_shown, template.name


async def test_an_address_a_field_and_a_textarea_of_a_page(tmp_path):
    datasette = application(make(tmp_path / "statements.db"), settings={"default_allow_sql": True})
    await datasette.invoke_startup()
    asked = await datasette.client.get("/ask?what=claims&place=Madaya")
    links = [html.unescape(part.split('"')[0]) for part in asked.text.split('href="')[1:]]
    (sql,) = (link for link in links if "sql=" in link)
    assert len(sql) > 400, "long enough to be broken"
    assert (await datasette.client.get(f"{urlsplit(sql).path}.json?{urlsplit(sql).query}&_shape=array")).json()
    typed = f"select '{'y' * 400}'"
    page = await datasette.client.get("/statements", params={"sql": typed})
    fields = [html.unescape(part) for part in page.text.split("<textarea")[1:]]
    assert any(typed in field.split("</textarea>")[0] for field in fields)
    long = "z" * 400
    page = await datasette.client.get("/statements", params={"sql": "select :a", "a": long})
    values = [html.unescape(part.split('"')[0]) for part in page.text.split('value="')[1:]]
    assert long in values
    assert parse_qs(urlsplit(sql).query)["limit"] == ["500"]
