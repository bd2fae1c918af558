"""The register of parties: names of states, organs, bodies and groups lead to one canonical party."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statement_nlp.knowledge.parties import Register
from statement_nlp.knowledge.party_names import is_acronym, is_capitalised, party_key
from statement_nlp.records import Party


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATEMENT_NLP_DATA", str(tmp_path_factory.mktemp("data")))
        return Register.load()


LOOKUPS = [
    ("the Syrian government", "Syria", "state", "a government is its state"),
    ("Assad regime", "Syria", "state", "so is a regime by its ruler's name"),
    ("Maduro's government", "Venezuela", "state", "the government of a person in office"),
    ("Biden administration", "United States", "state", "an administration"),
    ("Haftar's forces", "Libyan National Army", "armed_group", "a commander's forces with a name of their own"),
    ("Government of the Republic of Chad", "Chad", "state", "formal names of states"),
    ("Federal Government of Somalia", "Somalia", "state", "federal governments"),
    ("authorities in Damascus", "Syria", "state", "a capital that governs"),
    ("Chadian officials", "Chad", "state", "officials speak for the state"),
    ("Ghana's police", "Ghanaian police", "state", "police keep their own name, possessive dropped"),
    ("Kenya's police", "National Police Service of Kenya", "state", "an own name wins over the composed one"),
    ("Ministry of Health of Sudan", "Sudanese Ministry of Health", "state", "ministries keep their own name"),
    ("Turkish interior minister", "Turkish Ministry of Interior", "state", "a minister is the ministry"),
    ("Peruvian Supreme Court", "Supreme Court of Peru", "state", "one form for a court"),
    ("Congolese soldiers", "FARDC", "state", "an army with a name of its own"),
    ("South Sudanese troops", "South Sudan People's Defence Forces", "state", "the longest demonym wins"),
    ("U.S. government", "United States", "state", "dots of an acronym"),
    ("US troops", "US forces", "state", "canonical name of an organ"),
    ("WHO", "World Health Organization", "intergovernmental", "an acronym in capitals"),
    ("United Nations Security Council", "UN Security Council", "intergovernmental", "canonical short name"),
    ("OHCHR", "UN Human Rights Office", "intergovernmental", "offices of the UN"),
    ("Israel Defence Forces", "Israeli armed forces", "state", "one spelling of defence"),
    ("All parties to the conflict", "parties to the conflict", "collective", "collective actors"),
    ("all warring parties", "parties to the conflict", "collective", "a quantifier in front is dropped"),
    ("non-state armed groups", "non-state armed groups", "armed_group", "descriptions of armed groups"),
    ("Ansar Allah", "Houthis", "armed_group", "the group's name for itself"),
    ("Hayat Tahrir Al-Sham", "Hay'at Tahrir al-Sham", "armed_group", "apostrophes and hyphens do not count"),
    ("Medecins sans Frontieres", "Médecins Sans Frontières", "ngo", "nor do diacritics"),
    ("neighboring countries", "neighbouring countries", "collective", "nor the American spelling"),
    ("PEOPLE IN NEED", "People in Need", "ngo", "a heading in capitals"),
]


@pytest.mark.parametrize(("name", "canonical", "kind", "why"), LOOKUPS)
def test_lookup(register, name, canonical, kind, why):
    party = register.lookup(name)
    assert party is not None, why
    assert (party.name, party.kind) == (canonical, kind), why
    assert party.registered, why


NO_PARTIES = [
    ("who", "a pronoun"),
    ("us", "a pronoun"),
    ("us government", "the acronym must be in capitals inside a name too"),
    ("is", "a verb"),
    ("people in need", "an NGO's name in small letters is a phrase"),
    ("save the children", "so is this"),
    ("Africans", "a population"),
    ("Israelis", "a people, which is a party only where the text makes it one"),
    ("Maduro supporters", "followers are no state"),
    ("children", "victims"),
    ("Sudanese refugees", "a population with a demonym"),
    ("", "nothing"),
    ("the", "an article alone"),
]


@pytest.mark.parametrize(("name", "why"), NO_PARTIES)
def test_what_is_no_party(register, name, why):
    assert register.lookup(name) is None, why


OF_COUNTRY = [
    ("the police", "HT", "Haitian National Police", "an organ with a name of its own"),
    ("police", "GH", "Ghanaian police", "a composed organ"),
    ("the authorities", "SY", "Syria", "a government is its state"),
    ("Ministry of Health", "UG", "Ugandan Ministry of Health", "a ministry"),
    ("president", "TN", "President of Tunisia", "an office"),
    ("soldiers", "SD", "Sudanese Armed Forces", "a force by its members"),
]


@pytest.mark.parametrize(("description", "iso", "canonical", "why"), OF_COUNTRY)
def test_of_country(register, description, iso, canonical, why):
    party = register.of_country(description, iso)
    assert party is not None, why
    assert (party.name, party.country) == (canonical, iso), why


@pytest.mark.parametrize(("description", "iso"), [("refugees", "SD"), ("police", "ZZ"), ("leaders", "SD")])
def test_of_country_does_not_guess(register, description, iso):
    assert register.of_country(description, iso) is None


IN_CONTEXT = [
    ("the Council", ["UN Security Council", "Syria"], None, "UN Security Council", "the end of a name before it"),
    ("the Network", ["Amani Relief Network", "UNHCR"], "KE", "Amani Relief Network", "of an unknown party too"),
    ("Forum", ["Forum of Lake Fishers", "Lake Forum of Towns"], None, "Lake Forum of Towns", "its head, not its tail"),
    ("the government", ["Russia", "UNHCR"], "SY", "Syria", "the state that the passage is about"),
    ("police", ["Iranian police"], "HT", "Haitian National Police", "another state's police are not meant"),
    ("Moscow", [], "UA", "Russia", "a capital that acts"),
    ("the Israelis", [], "PS", "Israel", "a people that acts as its state"),
    ("moscow", [], "UA", None, "no name without its capital"),
    ("the army", ["Lake Army"], "GH", "Lake Army", "what was named before goes first"),
    ("the mission", ["UN Security Council"], "SY", None, "nothing fits"),
    ("Syrian government", ["Russia"], "RU", None, "a full name needs no context"),
]


@pytest.mark.parametrize(("description", "before", "iso", "canonical", "why"), IN_CONTEXT)
def test_in_context(register, description, before, iso, canonical, why):
    parties = [register.lookup(name) or Party(name, "ngo") for name in before]
    party = register.in_context(description, parties, iso)
    assert (party and party.name) == canonical, why


def test_every_variant_leads_to_its_party(register):
    wrong = [(name, party.name) for name, party in register.variants(countries=True) if register.lookup(name) != party]
    assert wrong == []


def test_variants_leave_bare_countries_out_unless_asked(register):
    names = {name for name, _ in register.variants()}
    assert "Syria" not in names
    assert {"Syrian government", "Government of Syria", "UNHCR"} <= names
    assert "Syria" in {name for name, _ in register.variants(countries=True)}


def test_states_with_demonyms_names_and_capitals(register):
    assert register.demonyms()["Burkinabè"] == "BF"
    assert register.country_names()["Türkiye"] == "TR"
    assert register.capitals()["Kremlin"] == "RU"
    assert register.state("CD").name == "DR Congo"
    assert register.state("ZZ") is None
    assert len(set(register.country_names().values())) > 190


def test_organ_nouns_and_phrases_compose(register):
    for noun in register.organ_nouns():
        assert register.lookup(f"Ghanaian {noun}") is not None, noun
    for phrase in register.organ_phrases():
        assert register.lookup(f"{phrase} Ghana") is not None, phrase


@given(st.text(max_size=40))
def test_keys_are_stable_under_folding(text):
    key = party_key(text)
    assert party_key(key) == key
    assert key == " ".join(key.split())


@pytest.mark.parametrize(("name", "acronym"), [("WHO", True), ("U.S.", True), ("M23", True), ("Hamas", False)])
def test_acronyms(name, acronym):
    assert is_acronym(name) is acronym


@pytest.mark.parametrize(
    ("name", "capitalised"), [("People in Need", True), ("people in need", False), ("Ahrar al-Sham", True)]
)
def test_capitalised(name, capitalised):
    assert is_capitalised(name) is capitalised
