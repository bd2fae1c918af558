"""What a sentence takes for granted, where it is joined, what it only resolves or prescribes."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statement_nlp.extraction.claim_facts import COLUMNS, fact_columns
from statement_nlp.extraction.claim_joints import joints
from statement_nlp.extraction.claim_tree import Tree
from statement_nlp.extraction.clauses import clauses, trim
from statement_nlp.extraction.pipeline import StatementTokenizer, base_pipeline, extract
from statement_nlp.reading.sources import read_corpus


@pytest.fixture(scope="module")
def nlp():
    loaded = base_pipeline()
    loaded.tokenizer = StatementTokenizer(loaded.tokenizer, loaded.vocab)
    return loaded


def marked(doc, column):
    """The texts of the candidates for which a column is set."""
    tree, found = Tree(doc), list(clauses(doc))
    values = fact_columns(tree, found, np.zeros(len(doc) + 1, dtype=np.float32))[:, COLUMNS.index(column)]
    return {doc[c.start : c.end].text for c, value in zip(found, values, strict=True) if value}


JOINTS = [
    ("The road is closed and two bridges have collapsed.", ["two"], "a conjunction, a subject, a verb"),
    ("The pumps stopped, the wells are empty, but nobody has come.", ["the", "nobody"], "commas as well"),
    ("Talks were held; however, no agreement was reached.", ["no"], "behind an adverb"),
    ("Soldiers burned the village and killed nine people.", [], "one subject"),
    ("Schools, markets and clinics were hit.", [], "a list is no clause"),
    ("The camp, which was built in May, is full.", [], "a relative clause"),
    ("People fled because the dam broke.", [], "a subordinate clause"),
]


@pytest.mark.parametrize(("text", "firsts", "why"), JOINTS)
def test_joints_are_where_a_new_clause_begins(nlp, text, firsts, why):
    doc = nlp(text)
    assert [doc[start].text for _, start in joints(Tree(doc))] == firsts, why


EVENTS = [
    ("We condemn the shelling of the market in Velm by the army.", "the shelling of the market in Velm", "condemned"),
    (
        "We are concerned at the closure of the only clinic in Velm.",
        "the closure of the only clinic in Velm",
        "concern",
    ),
    ("Demands that all forces lift the siege of the town of Velm.", "the siege of the town of Velm", "to be lifted"),
]


@pytest.mark.parametrize(("text", "event", "why"), EVENTS)
def test_an_event_taken_for_granted_is_stated(nlp, text, event, why):
    assert any(event in found for found in marked(nlp(text), "stated_event")), why


NO_EVENTS = [
    ("We call for the deployment of monitors in the province.", "what is called for is not there"),
    ("We condemn violence.", "nothing is told of it"),
    ("The army blockaded Velm in May. We demand an end to the blockade of the whole town.", "told by a clause before"),
    ("The siege of the town of Velm began in May.", "nobody takes it for granted: the clause says it"),
]


@pytest.mark.parametrize(("text", "why"), NO_EVENTS)
def test_other_nouns_state_no_event(nlp, text, why):
    assert not {found for found in marked(nlp(text), "stated_event") if found}, why


ASIDES = [
    ("Towns like Velm, where 9,000 people are trapped, must be reached.", "9,000 people are trapped", "where"),
    ("Release the editor, who has been held since May without charge.", "who has been held since May", "who"),
]


@pytest.mark.parametrize(("text", "aside", "why"), ASIDES)
def test_a_relative_clause_behind_a_comma_states_a_fact(nlp, text, aside, why):
    assert any(aside in found for found in marked(nlp(text), "stated_aside")), why


NO_ASIDES = [
    ("Those who hold towns under siege must let aid through.", "it only says which"),
    ("The fund, which could help 900 families in need, is closed.", "a modal"),
]


@pytest.mark.parametrize(("text", "why"), NO_ASIDES)
def test_other_relative_clauses_do_not(nlp, text, why):
    assert marked(nlp(text), "stated_aside") == set(), why


MEANT = [
    ("The ministry is committed to the protection of civilians.", "resolve", "committed to"),
    ("Our network stands ready to help.", "resolve", "stands ready"),
    ("The agency will continue to support the families.", "resolve", "will continue to"),
    ("The restrictions should be lifted.", "prescribed", "should"),
    ("The restrictions must be lifted at once.", "prescribed", "must be"),
    ("Donors are urged to pay.", "prescribed", "are urged to"),
    ("There is an urgent need to rebuild the wells.", "prescribed", "there is a need"),
    ("The agency gave 4 million euros and stands ready to do more.", "resolve_inside", "an act, then a resolve"),
]


@pytest.mark.parametrize(("text", "column", "why"), MEANT)
def test_what_is_meant_or_ought_to_be_is_marked(nlp, text, column, why):
    assert text.rstrip(".") in marked(nlp(text), column), why


FACTS = [
    ("Locusts will continue to destroy the crops.", "resolve", "a forecast"),
    ("Mothers must walk for three hours to the well.", "prescribed", "a hardship"),
    ("The ministry committed 40 million dollars in May.", "prescribed", "an act"),
]


@pytest.mark.parametrize(("text", "column", "why"), FACTS)
def test_forecasts_hardships_and_acts_are_not(nlp, text, column, why):
    assert text.rstrip(".") not in marked(nlp(text), column), why


TRIMMED = [
    (", where nine people died.", "nine people died", "a relative adverb"),
    ("However, nine people died.", "nine people died", "a word that leads in"),
    ("nine people died (four of them children).", "nine people died (four of them children)", "a bracket that closes"),
    ("nine people died)", "nine people died", "a bracket that nothing opens"),
    ("which killed nine people", "which killed nine people", "a relative pronoun is the subject"),
]


@pytest.mark.parametrize(("text", "kept", "why"), TRIMMED)
def test_edges_are_trimmed_to_the_clause(nlp, text, kept, why):
    doc = nlp(text)
    start, end = trim(Tree(doc), 0, len(doc))
    assert doc[start:end].text == kept, why


_LOADED = []


@settings(deadline=None, max_examples=25)
@given(st.text(alphabet=st.sampled_from("ab ,.;—()\n1é'The was and who where must condemn"), max_size=100))
def test_any_text_gives_columns_for_each_candidate(text):
    if not _LOADED:
        _LOADED.append(base_pipeline())
    doc = _LOADED[0](text)
    tree, found = Tree(doc), list(clauses(doc))
    values = fact_columns(tree, found, np.zeros(len(doc) + 1, dtype=np.float32))
    assert values.shape == (len(found), len(COLUMNS))
    assert all(mark < first < len(doc) for mark, first in joints(tree))


FIRST = "syria-2016-09-cessation-of-hostilities"


def test_the_facts_of_the_first_statement_are_found():
    corpus = Path(__file__).parents[2] / "corpus"
    statement = next(s for s in read_corpus(corpus) if s.id == FIRST)
    rows = map(json.loads, (corpus / "gold.jsonl").read_text(encoding="utf8").splitlines())
    gold = [item["quote"] for row in rows if row["id"] == FIRST for item in row["claims"]]
    found = [claim.quote for claim in extract(statement).claims]
    wanted = [q for q in gold if "trapped" in q or "meningitis" in q or "displacement" in q]
    assert len(wanted) == 3
    assert all(any(quote in other or other in quote for other in found) for quote in wanted), found
