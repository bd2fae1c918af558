"""Processes that extract: real ones, so few."""

from __future__ import annotations

import multiprocessing
import os
import signal
from functools import lru_cache

import pytest
from spacy.strings import StringStore

from statement_nlp.errors import FinderError, ModelError
from statement_nlp.extraction import claim_features, figure_cues, pipeline, workers
from statement_nlp.extraction.entities_resolve import gazetteer
from statement_nlp.extraction.robust import Crash
from statement_nlp.knowledge.gazetteer_names import fold
from statement_nlp.knowledge.party_names import party_key
from statement_nlp.records import Extraction, Statement

TEXTS = [f"On {day} May 2016, {day},000 people were trapped in Madaya. Russia must act." for day in range(10, 28)]


def statements():
    return (Statement(str(n), text, published="2016-06-01") for n, text in enumerate(TEXTS))


def test_a_process_that_is_killed_costs_nothing_and_the_order_stays():
    found = workers.in_processes(statements(), 1)
    first = next(found)
    for process in multiprocessing.active_children():
        os.kill(process.pid, signal.SIGKILL)
    assert [first, *found] == list(pipeline.extract_many(statements()))
    assert not multiprocessing.active_children()


class Dying:
    """Stands for a process: it answers, but dies of the words "a bomb"."""

    started = 0

    limits = left = None

    def __init__(self, limits=None):
        Dying.started += 1
        self.connection, self.process, self.tasks, self.dead = self, self, workers.deque(), False
        self.exitcode = -signal.SIGKILL

    def give(self, number, batch):
        self.tasks.append((number, batch))

    def take(self):
        if any("a bomb" in s.text for s in self.tasks[0][1]):
            raise EOFError
        return [Extraction(s) for s in self.tasks[0][1]]

    def end(self):
        self.dead = True


@pytest.fixture
def dying(monkeypatch):
    monkeypatch.setattr(workers, "_Worker", Dying)
    monkeypatch.setattr(workers, "wait", lambda connections, timeout: list(connections))
    monkeypatch.setattr(Dying, "started", 0)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_statement_that_processes_die_of_is_told_and_the_others_go_through(dying, count):
    given = [Statement(str(n), "a bomb" if n in (3, 4, 40) else "bread") for n in range(100)]
    found = list(workers.in_processes(iter(given), count))
    assert [f.statement for f in found] == given
    crashes = [f for f in found if isinstance(f, Crash)]
    assert [c.statement.id for c in crashes] == ["3", "4", "40"]
    assert crashes[0].message == (
        "3: a fault of a finder, please report it (the process ended over it, signal 9: not enough memory?)"
    )
    # one for each death: twice over a batch, and over each statement on its own
    assert Dying.started == count + 5


def test_no_more_is_read_than_is_soon_needed(dying):
    read = []
    source = (read.append(n) or Statement(str(n), "bread") for n in range(10_000))
    found = workers.in_processes(source, 2)
    for n in range(50):
        assert next(found).statement.id == str(n)
    assert len(read) <= (50 // workers.BATCH + 1 + workers.AHEAD * 2) * workers.BATCH


def test_no_statement_no_process(dying):
    assert list(workers.in_processes(iter(()), 2)) == []
    assert Dying.started == 0


def test_what_a_process_cannot_do_is_an_error(monkeypatch):
    monkeypatch.setattr(workers, "in_processes", lambda *_: iter([Crash(Statement("a", "x"), "IndexError: 3")]))
    with pytest.raises(FinderError, match=r"a: a fault of a finder, please report it \(IndexError: 3\)"):
        list(pipeline.extract_many([Statement("a", "x")], workers=2))


def test_a_process_that_lacks_a_model_says_so(monkeypatch):
    here, there = multiprocessing.Pipe()
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(pipeline, "load", lambda: (_ for _ in ()).throw(ModelError("models/x is missing")))
    workers._work(there)
    assert str(here.recv()) == "models/x is missing"


def test_a_pipeline_that_has_met_too_many_words_is_built_anew(monkeypatch):
    """spaCy forgets no word: over many statements its memory would grow without end."""
    built = []

    class Pipeline:
        def __init__(self):
            built.append(self)
            self.words = 10
            self.vocab = self

        @property
        def strings(self):
            return range(self.words)

    def of_batch(nlp, batch):
        nlp.words += len(batch)
        return [Extraction(s) for s in batch]

    monkeypatch.setattr(pipeline, "MOST_WORDS", 3 * pipeline.BATCH)
    monkeypatch.setattr(pipeline, "load", lru_cache(Pipeline))
    monkeypatch.setattr(pipeline, "_of_batch", of_batch)
    given = [Statement(str(n), "bread") for n in range(10 * pipeline.BATCH)]
    assert [f.statement for f in pipeline.extract_many(given)] == given
    assert len(built) == 3  # four batches each
    own = Pipeline()
    list(pipeline.extract_many(given, nlp=own))
    assert own.words == 10 + len(given)  # who brings a pipeline keeps it


def test_what_is_remembered_of_words_is_forgotten_with_the_pipeline(monkeypatch):
    class Pipeline:
        """One that has met too many words as soon as it was used."""

        def __init__(self):
            self.vocab, self.words = self, 0

        @property
        def strings(self):
            return range(self.words)

    monkeypatch.setattr(pipeline, "MOST_WORDS", 10)
    monkeypatch.setattr(pipeline, "load", lru_cache(Pipeline))
    first = pipeline._own()
    remember = (lambda: fold("Bread"), lambda: party_key("Bread"), lambda: figure_cues._begun_by("bread"))
    for ask in remember:
        ask()
    bread = StringStore(["bread"])
    claim_features._ROWS.of(bread, [(bread["bread"],) * 5])
    places = gazetteer()
    places.candidates("Madaya")
    places.get("geonames:0")
    assert pipeline._own() is first  # nothing is forgotten before its time
    assert all(kept.cache_info().currsize for kept in (fold, party_key, figure_cues._begun_by))
    first.words = 11
    assert pipeline._own() is not first
    assert not any(kept.cache_info().currsize for kept in (fold, party_key, figure_cues._begun_by))
    assert [claim_features._ROWS.number, places._candidates, places._places] == [{}, {}, {}]
