"""Documents made to harm cost themselves alone: told or read, within limits, nothing fetched, nothing written."""

from __future__ import annotations

import json
import re
import signal
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reliability import working
from tests.reliability.hostile import COSTLY, DOCUMENTS, WORDS

from statement_nlp.errors import SourceError, TooLargeSourceError
from statement_nlp.extraction import pipeline, robust, workers
from statement_nlp.extraction.robust import Crash, extract_each
from statement_nlp.reading import sources
from statement_nlp.reading.limits import Limits, Reading
from statement_nlp.reading.sources import Failure, read
from statement_nlp.records import Extraction, Statement


@pytest.fixture(scope="module")
def read_all(tmp_path_factory):
    """What became of each document that does not take long, read as the command line reads them."""
    folder = tmp_path_factory.mktemp("hostile") / "inside" / "here"
    folder.mkdir(parents=True)
    names = [name for name in DOCUMENTS if name not in COSTLY]
    for name in names:
        (folder / name).write_bytes(DOCUMENTS[name]())
    found = {}
    for item in read([folder / name for name in names], limits=Limits(120, 1000)):
        found.setdefault(Path((item.source or "").rsplit(":", 1)[0]).name, []).append(item)
    return folder, found


def test_each_document_is_read_or_told(read_all):
    _, found = read_all
    assert set(found) == set(DOCUMENTS) - COSTLY
    for items in found.values():
        for item in items:
            if isinstance(item, Failure):
                assert "please report it" not in item.message, "no reader may break"
            else:
                item.text.encode()
                item.id.encode()


def test_no_entity_is_followed_and_nothing_is_written_outside(read_all):
    folder, found = read_all
    texts = [item.text for items in found.values() for item in items if isinstance(item, Statement)]
    assert any(WORDS.strip() in text for text in texts)
    assert not any("root:" in text for text in texts), "no file of this machine"
    written = {path.name for path in folder.parents[1].rglob("*") if path.is_file()}
    assert written == set(DOCUMENTS) - COSTLY


def test_nothing_is_fetched(monkeypatch, tmp_path):
    def refuse(*arguments):
        raise AssertionError(f"a connection to {arguments}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for name in DOCUMENTS:
        if "an entity" in name:
            path = tmp_path / name
            path.write_bytes(DOCUMENTS[name]())
            assert [type(item) for item in read([path])] == [Statement]


def test_what_goes_over_its_limits_is_ended_and_the_next_is_read():
    reading = Reading(working.work, Limits(seconds=1.0, megabytes=100))
    try:
        assert reading.ask(["first"]) == ["first"]
        with pytest.raises(TooLargeSourceError, match=r"more than 100 MB of memory; .*--megabytes"):
            reading.ask(["eat"])
        with pytest.raises(TooLargeSourceError, match=r"more than 1 s; .*--seconds"):
            reading.ask(["sleep"])
        with pytest.raises(SourceError, match=r"ended \(exit status 3\)"):
            reading.ask(["die"])
        assert reading.ask(["last"]) == ["last"]
    finally:
        reading.close()


class Slow:
    """Stands for a process that extracts: it never answers on "a bomb"."""

    def __init__(self, limits=None):
        self.limits, self.connection, self.process, self.tasks = limits, self, self, workers.deque()
        self.exitcode, self.left = 0, 0

    def give(self, number, batch):
        self.tasks.append((number, batch))

    def take(self):
        if any("a bomb" in s.text for s in self.tasks[0][1]):
            raise workers._OverLimitError("extracting it took more than 1 s")
        return [Extraction(s) for s in self.tasks[0][1]]

    def end(self):
        pass


@pytest.mark.parametrize("count", [1, 2])
def test_a_statement_that_takes_too_long_is_told_and_the_others_go_through(monkeypatch, count):
    monkeypatch.setattr(workers, "_Worker", Slow)
    monkeypatch.setattr(workers, "wait", lambda connections, timeout: list(connections))
    monkeypatch.setattr(robust, "LONG", 3)
    given = [Statement(str(n), "a bomb" if n in (3, 40) else "bread") for n in range(60)]
    found = list(extract_each(iter(given), workers=count, limits=Limits(1.0)))
    assert [f.statement for f in found] == given
    assert [f.message for f in found if isinstance(f, Crash)] == [
        "3: extracting it took more than 1 s",
        "40: extracting it took more than 1 s",
    ]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a clock that interrupts, which this system has not")
def test_a_short_statement_that_takes_too_long_is_told_and_the_others_go_through(monkeypatch):
    """In this process, where nothing is ended but the work itself."""

    def extract(batch, nlp=None):
        for statement in batch:
            if statement.text == "a bomb":
                with suppress(Exception):  # as a library might
                    re.match("(a+)+$", "a" * 60 + "b")  # for years
            yield Extraction(statement)

    monkeypatch.setattr(pipeline, "load", lambda: None)
    monkeypatch.setattr(pipeline, "extract_many", extract)
    given = [Statement(str(n), "a bomb" if n in (3, 40) else "bread") for n in range(60)]
    found = list(extract_each(iter(given), limits=Limits(1.0)))
    assert [f.statement for f in found] == given
    told = "extracting it took more than 1 s; give it in parts, or allow more (--seconds)"
    assert [f.message for f in found if isinstance(f, Crash)] == [f"3: {told}", f"40: {told}"]
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_process_that_extracts_is_ended_at_its_limit(monkeypatch):
    monkeypatch.setattr(workers, "_work", working.never_answer)
    alone = workers.Alone(Limits(seconds=0.5))
    try:
        found = alone.extract(Statement("long", "bread"))
        assert isinstance(found, Crash)
        assert found.message == "long: extracting it took more than 0.5 s; give it in parts, or allow more (--seconds)"
    finally:
        alone.end()


ODD = st.text(
    st.sampled_from(list("aZ9 .,:;()[]<>*_#|-=!\"'\n\t\r\0\x01\u00ad\u200b\u202e\u0301\u05d0\ud800\ufffd\U0001f600"))
)
MARKED = st.lists(
    st.one_of(
        ODD,
        st.sampled_from(
            ["---\n", "Title: a\n", "id: x\n", "=====\n", "Signed by:\n", "<div>", "</p>", "<!--", "&x;", "![", "](",
             "**", "%PDF-1.4\n", "PK\x03\x04", '{"text": "', '"}\n', "We call on all sides to stop.\n", "- ", "1. "]
        ),
    ),
    max_size=30,
).map("".join)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(MARKED, st.sampled_from(["", ".txt", ".md", ".html", ".json", ".jsonl"]))
def test_whatever_a_text_is_it_is_read_or_told(text, suffix):
    data = text.encode("utf-8", "surrogatepass")
    for item in sources._whole(data, "x", suffix if suffix != ".jsonl" else None):
        assert isinstance(item, (Statement, Failure))
        assert not isinstance(item, Failure) or "please report it" not in item.message


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([name for name in DOCUMENTS if name.startswith("an entity")]))
def test_whatever_is_broken_in_a_file_it_is_read_or_told(noise, name):
    data = DOCUMENTS[name]()
    at = len(noise) * 7 % len(data)
    for item in sources._whole(data[:at] + noise + data[at + len(noise) :], "x", Path(name).suffix):
        assert not isinstance(item, Failure) or "please report it" not in item.message


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "id",
    "title",
    "text",
    "body",
    "body-html",
    "date",
    "source",
    "url",
    "country",
    "language",
    "countries",
    "published",
)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=8), st.booleans())
def test_whatever_json_says_it_is_read_or_told(fields, reliefweb):
    document = {"data": [{"id": fields.get("id"), "fields": {"body": WORDS, **fields}}]} if reliefweb else fields
    for item in sources._whole(json.dumps(document).encode(), "x", ".json"):
        assert not isinstance(item, Failure) or "please report it" not in item.message, item
        if isinstance(item, Statement):
            strings = (item.id, item.title, item.publisher, item.url, item.language, *item.countries)
            assert all(isinstance(value, str) for value in strings if value is not None)
