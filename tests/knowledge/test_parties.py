"""The register of parties: names of states, organs, bodies and groups lead to one canonical party."""

import pytest

from statement_nlp.knowledge.parties import Register


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATEMENT_NLP_DATA", str(tmp_path_factory.mktemp("data")))
        return Register.load()


LOOKUPS = [
    ("the Syrian government", "Syria", "state", "a government is its state"),
    ("Assad regime", "Syria", "state", "so is a regime by its ruler's name"),
    ("Government of the Republic of Chad", "Chad", "state", "formal names of states"),
    ("authorities in Damascus", "Syria", "state", "a capital that governs"),
    ("Kenya's police", "Kenyan police", "state", "police keep their own name, possessive dropped"),
    ("Ministry of Health of Sudan", "Sudanese Ministry of Health", "state", "ministries keep their own name"),
    ("Turkish interior minister", "Turkish Ministry of Interior", "state", "a minister is the ministry"),
    ("Congolese army", "FARDC", "state", "an army with a name of its own"),
    ("South Sudanese troops", "South Sudanese armed forces", "state", "the longest demonym wins"),
    ("U.S. government", "United States", "state", "dots of an acronym"),
    ("WHO", "World Health Organization", "intergovernmental", "an acronym in capitals"),
    ("United Nations Security Council", "UN Security Council", "intergovernmental", "canonical short name"),
    ("Israel Defence Forces", "Israeli armed forces", "state", "one spelling of defence"),
    ("All parties to the conflict", "parties to the conflict", "collective", "collective actors"),
    ("Ansar Allah", "Houthis", "armed_group", "the group's name for itself"),
]


@pytest.mark.parametrize(("name", "canonical", "kind", "why"), LOOKUPS)
def test_lookup(register, name, canonical, kind, why):
    party = register.lookup(name)
    assert party is not None, why
    assert (party.name, party.kind) == (canonical, kind), why


@pytest.mark.parametrize("name", ["who", "us government", "us", "is", "people", "children", "", "the"])
def test_what_is_no_party(register, name):
    assert register.lookup(name) is None
