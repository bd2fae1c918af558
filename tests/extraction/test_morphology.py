"""The component gives every token what the base pipeline's own ruler and lemmatizer give it."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from statement_nlp.extraction import morphology
from statement_nlp.extraction.morphology import Morphology
from statement_nlp.extraction.pipeline import BASE_PIPELINES

WORDS = (
    "There", "is", "are", "'s", "gon", "na", "ai", "n't", "let", "Let", "y'", "all", "c'm", "on", "got", "ta", "that",
    "to", "The", "convoys", "reached", "Dara", "who", "which", "children", "were", "being", "US", "us", "\n", "\n\n",
    "has", "had", "better", "worst", "its", "her", "2,000", "-", "“",
)  # fmt: skip


@pytest.fixture(scope="module")
def base() -> Language:
    return spacy.load(next(name for name in BASE_PIPELINES if spacy.util.is_package(name)), exclude=["ner", "senter"])


@pytest.fixture(scope="module")
def ours(base: Language) -> Morphology:
    return Morphology(base.vocab, base.get_pipe("attribute_ruler"), base.get_pipe("lemmatizer"))


def expected(base: Language, doc: Doc) -> Doc:
    return base.get_pipe("lemmatizer")(base.get_pipe("attribute_ruler")(doc))


def told(doc: Doc) -> list[tuple[str, ...]]:
    return [(t.text, t.tag_, t.pos_, str(t.morph), t.lemma_, t.dep_) for t in doc]


def parsed(base: Language, text: str) -> Doc:
    doc = base.make_doc(text)
    for name in ("tok2vec", "tagger", "parser"):
        doc = base.get_pipe(name)(doc)
    return doc


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("There are 40 camps; there's no water in any of them.", "a verb behind an expletive is no auxiliary"),
        ("They ain't gonna leave, let's face it, y'all.", "patterns of two words"),
        ("Fighters who were leaving\n\nthe town had burnt its granaries.", "spaces and line breaks"),
        ("The worst-hit families are poorer than before.", "comparison"),
        ("", "nothing at all"),
    ],
)
def test_as_the_base_pipeline(base: Language, ours: Morphology, text: str, why: str) -> None:
    assert told(ours(parsed(base, text))) == told(expected(base, parsed(base, text))), why


def test_what_stands_there_is_treated_as_the_base_does(base: Language, ours: Morphology) -> None:
    def given() -> Doc:
        return Doc(base.vocab, words=["Convoys", "wait"], tags=["NNS", "VBP"], lemmas=["lorry", ""])

    assert told(ours(given())) == told(expected(base, given()))
    assert ours(given())[0].lemma_ == "lorry"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_words_tags_and_dependencies(base: Language, ours: Morphology, data: st.DataObject) -> None:
    words = data.draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
    tags = [data.draw(st.sampled_from(sorted(base.get_pipe("tagger").labels))) for _ in words]
    deps = [data.draw(st.sampled_from(["expl", "ROOT", "aux", "nsubj", "dep", "cc", "punct"])) for _ in words]

    def given_doc() -> Doc:
        return Doc(base.vocab, words=words, tags=tags, deps=deps, heads=[0] * len(words))

    assert told(ours(given_doc())) == told(expected(base, given_doc()))


def test_a_full_memory_is_emptied(base: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(morphology, "MOST_FORMS", 3)
    small = Morphology(base.vocab, base.get_pipe("attribute_ruler"), base.get_pipe("lemmatizer"))
    for text in ("Convoys reached the besieged town.", "The town had no bread left.", "Convoys left the town."):
        assert told(small(parsed(base, text))) == told(expected(base, parsed(base, text)))
        assert len(small.known) <= 3 + len(text.split()) + 1
