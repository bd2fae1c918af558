"""Places and parties, end to end through the trained models, on sentences of our own."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statement_nlp.extraction import pipeline
from statement_nlp.extraction.entities_candidates import candidates
from statement_nlp.extraction.entities_tokens import read_tokens
from statement_nlp.records import Extraction, Statement


@pytest.fixture(scope="module")
def nlp():
    return pipeline.load(finders=("statement_entities",))


def read(nlp, text: str, **more) -> Extraction:
    return pipeline.extract(Statement(id="t", text=text, **more), nlp)


PLACES = [
    ("Fighting continued in Sudan and in neighbouring Chad.", ["Sudan", "Chad"], "countries as locations"),
    ("Sudanese families have crossed into Egypt.", ["Egypt"], "a nationality adjective is no place"),
    ("Shells fell on eastern Aleppo overnight.", ["Aleppo"], "a direction is not part of the name"),
    ("Convoys have reached Eastern Ghouta.", ["Eastern Ghouta"], "unless it is"),
    ("People fled from El Fasher to Tawila.", ["El Fasher", "Tawila"], "both ends of a movement"),
    ("Syria's hospitals are out of fuel, and so are those in Lebanon.", ["Syria", "Lebanon"], "a possessive"),
    ("In Port-au-Prince, the port has been closed.", ["Port-au-Prince"], "hyphens inside a name"),
    ("Clashes in Homs, Hama and Idlib have killed dozens.", ["Homs", "Hama", "Idlib"], "a list"),
]


@pytest.mark.parametrize(("text", "expected", "why"), PLACES)
def test_places(nlp, text, expected, why):
    assert [p.quote for p in read(nlp, text).places] == expected, why


PARTIES = [
    ("Russia must use its influence.", ["Russia"], "a state that is addressed"),
    ("We urge the Syrian government to lift the siege.", ["Syrian government"], "a government by its demonym"),
    ("We call on all parties to the conflict to spare hospitals.", ["all parties to the conflict"], "a collective"),
    ("Non-state armed groups must let convoys pass.", ["Non-state armed groups"], "a description without article"),
    (
        "The United Nations and the African Union have condemned the attack.",
        ["United Nations", "African Union"],
        "bodies",
    ),
    ("Donors should fund the appeal in full.", ["Donors"], "a bare plural that acts"),
    (
        "We urge the Governments of the DRC and Rwanda to talk.",
        ["Governments of the DRC and Rwanda"],
        "one joint mention",
    ),
    (
        "Two nurses were killed, according to Syrian Observatory for Human Rights.",
        ["Syrian Observatory for Human Rights"],
        "a name that the register has, though the model has hardly seen one like it",
    ),
    ("CALL TO THE UN SECURITY COUNCIL", ["UN SECURITY COUNCIL"], "a heading in capitals"),
    ("Civilians and their children are hungry.", [], "populations are no parties"),
]


@pytest.mark.parametrize(("text", "expected", "why"), PARTIES)
def test_parties(nlp, text, expected, why):
    assert [p.quote for p in read(nlp, text).parties] == expected, why


def test_a_state_is_a_place_where_it_lies_and_a_party_where_it_acts(nlp):
    found = read(nlp, "We call on Turkey to open its border. Thousands are waiting in Turkey.")
    assert [p.party.name for p in found.parties] == ["Turkey"]
    assert [(p.quote, p.country) for p in found.places] == [("Turkey", "TR")]
    assert found.places[0].start > found.parties[0].start


def test_an_acronym_is_resolved_by_the_pair_that_explains_it(nlp):
    text = (
        "The Halvenian Relief Association (HRA) has closed its clinics in Aleppo.\n\n"
        "The HRA says that it had no choice."
    )
    names = [(p.quote, p.party.name) for p in read(nlp, text).parties]
    assert {q for q, _ in names} == {"Halvenian Relief Association", "HRA"}
    assert {name for _, name in names} == {"Halvenian Relief Association"}


def test_a_government_is_its_state(nlp):
    found = read(nlp, "The Government of Kenya and the Kenyan authorities must act.")
    assert {p.party.name for p in found.parties} == {"Kenya"}
    assert {p.party.kind for p in found.parties} == {"state"}


RESOLVED = [
    ("Shells fell on eastern Aleppo, in Syria.", "Aleppo", "geonames:170063", "SY"),
    ("Zamzam camp in North Darfur was emptied.", "North Darfur", "geonames:408666", "SD"),
    ("The talks in Geneva on Yemen broke up.", "Geneva", "geonames:2660646", "CH"),
    ("Ardenmark asks Israel to stop the bombing of Gaza.", "Gaza", "geonames:281132", "PS"),
]


@pytest.mark.parametrize(("text", "quote", "place", "country"), RESOLVED)
def test_resolution(nlp, text, quote, place, country):
    mention = next(p for p in read(nlp, text).places if p.quote == quote)
    assert mention.place is not None
    assert (mention.place.id, mention.country) == (place, country)


def test_the_modifier_is_kept(nlp):
    [aleppo] = read(nlp, "Shells fell on eastern Aleppo.").places
    assert (aleppo.quote, aleppo.modifier) == ("Aleppo", "eastern")


def test_context_decides_between_namesakes(nlp):
    in_syria = read(nlp, "In Syria, Tripoli is far away. In Lebanon, people in Tripoli wait. Beirut is in Lebanon too.")
    in_libya = read(nlp, "In Libya, boats leave Tripoli every night. Misrata and Benghazi in Libya are calm.")
    countries = [{p.country for p in e.places if p.quote == "Tripoli"} for e in (in_syria, in_libya)]
    assert countries == [{"LB"}, {"LY"}]


def test_a_name_that_no_gazetteer_knows_stays_unresolved(nlp):
    found = read(nlp, "In Syria, houses burned in the village of Qarmazabulta.")
    unknown = [p for p in found.places if p.quote == "Qarmazabulta"]
    assert all(p.place is None for p in unknown)


def test_a_signatory_list_yields_nothing(nlp):
    text = (
        "We call on Russia to act.\n\nSigned by:\n\n• Halvenia Relief\n• Doctors of Corvenia\n• Aid for Lebanon\n"
        "• Action Syria\n• Lantern Aid\n• Open Gate Foundation\n"
    )
    found = read(nlp, text)
    assert [p.quote for p in found.parties] == ["Russia"]
    assert found.places == ()


def test_each_record_says_how_it_was_found(nlp):
    found = read(nlp, "Russia must let convoys into Aleppo.")
    for record in (*found.places, *found.parties):
        assert 0 < record.confidence <= 1
        assert record.method.startswith("model:entities-mentions@")
        assert record.cues


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=120)
    | st.lists(
        st.sampled_from(["Syria", "the UN", "Aleppo,", "(RSF)", "’s", "-", "\n", "AL-BAB", "government of"]),
        max_size=14,
    ).map(" ".join)
)
def test_any_text_gives_valid_offsets(nlp, text):
    found = read(nlp, text)
    spans = []
    for record in (*found.places, *found.parties):
        assert text[record.start : record.end] == record.quote
        assert record.quote.strip()
        spans.append((record.start, record.end))
    spans.sort()
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


CANDIDATES = [
    (
        "The Minister met Halvenian and Ostrian forces on Monday.",
        "Halvenian and Ostrian forces",
        "two modifiers, one noun",
    ),
    ("We welcome leaders and institutions that speak up.", "leaders and institutions", "two nouns"),
    ("We thank Dr. Tarn for her work.", "Tarn", "behind a title with a point"),
    ("We met the Green MP Ilva Tarn in town.", "Ilva Tarn", "behind a title inside a run of capitals"),
    ("On Thursday Delta Hands reached the valley.", "Delta Hands", "behind a day"),
    ("The envoy to Chad Ilva Tarn spoke first.", "Ilva Tarn", "behind a known name"),
    ("Shells fell on al-Sharqa park.", "al-Sharqa park", "a small article and a word for a place"),
    ("The Harbour People’s Front left the talks.", "Harbour People’s Front", "a possessive inside a name"),
    ("A democratically elected government was removed.", "democratically elected government", "an adverb"),
    ("MINISTRY OF FOREIGN AFFAIRS OF HALVENIA", "MINISTRY OF FOREIGN AFFAIRS OF HALVENIA", "a heading in capitals"),
]


@pytest.mark.parametrize(("text", "expected", "why"), CANDIDATES)
def test_candidates(nlp, text, expected, why):
    doc = next(iter(pipeline.read_docs([Statement(id="t", text=text)], nlp)))
    tokens = read_tokens(doc)
    assert expected in {tokens.text(*stretch) for stretch in candidates(doc, tokens).found}, why


def test_a_slash_parts_two_names_that_the_recogniser_takes_for_one(nlp):
    text = "We spoke with a psychologist of Médecins Sans Frontières/Doctors Without Borders in Macomia."
    doc = next(iter(pipeline.read_docs([Statement(id="t", text=text)], nlp)))
    tokens = read_tokens(doc)
    assert any("/" in entity.text for entity in doc.ents), "the recogniser took them for one"
    found = {tokens.text(start, end) for start, end, _ in candidates(doc, tokens).entities}
    assert {"Médecins Sans Frontières", "Doctors Without Borders"} <= found
