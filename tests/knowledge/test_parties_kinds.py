"""What kind of party an unknown name is: by opening, title or head."""

import json
from pathlib import Path

import pytest

from statement_nlp.knowledge.parties import Register, builtin_entries, kind_of
from statement_nlp.knowledge.party_states import read_states

CORPUS = Path(__file__).parents[2] / "corpus"

KINDS = [
    ("Amani Relief Network", "ngo", "a network"),
    ("Association of Lake Fishers", "ngo", "the head stands before the preposition"),
    ("Ministry of Sport of Corvenia", "state", "a ministry"),
    ("Corvenian Directorate of Prisons", "state", "a directorate"),
    ("Red Valley Brigade", "armed_group", "a brigade"),
    ("Front for the Liberation of the Hills", "armed_group", "a front"),
    ("UN Panel of Experts on Corvenia", "intergovernmental", "an opening"),
    ("Special Envoy for the Lake Region", "intergovernmental", "an envoy"),
    ("Mr Okello", "person", "a title"),
    ("General Otieno", "person", "a rank before a name"),
    ("Chief of Staff", "state", "a title with of is an office"),
    ("riparian states", "collective", "states together"),
    ("Lake Mining Company", "other", "a company"),
    ("Halima", None, "nothing tells"),
    ("", None, "nothing at all"),
]


@pytest.mark.parametrize(("name", "kind", "why"), KINDS)
def test_kind_of(name, kind, why):
    assert kind_of(name) == kind, why


def test_right_where_it_answers():
    register = Register(builtin_entries(), read_states())
    seen, right, answered = set(), 0, 0
    for line in (CORPUS / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        for mention in json.loads(line).get("parties", ()):
            name = mention["name"]
            if name in seen or register.lookup(name) is not None:
                continue
            seen.add(name)
            if (kind := kind_of(name)) is not None:
                answered += 1
                right += kind == mention["kind"]
    assert answered > 200
    assert right / answered >= 0.78
