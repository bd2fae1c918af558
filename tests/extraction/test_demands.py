"""Demands: which sentences ask, whom, for what. Sentences are the project's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from statement_nlp.extraction.demand_units import units
from statement_nlp.extraction.demands import DemandFinder, Models, demands
from statement_nlp.extraction.pipeline import StatementTokenizer, base_pipeline
from statement_nlp.learning.demands_training import gold_docs
from statement_nlp.reading.sources import read_corpus
from statement_nlp.records import THEMES, Demand, Party, PartyMention, Statement

PARTIES = {
    "Security Council": ("UN Security Council", "intergovernmental"),
    "Member States": ("UN member states", "collective"),
    "Secretary-General": ("UN Secretary-General", "person"),
    "Donors": ("donors", "collective"),
    "donors": ("donors", "collective"),
    "all parties": ("parties to the conflict", "collective"),
    "Government of Sudan": ("Sudan", "state"),
    "Russia": ("Russia", "state"),
    "United States": ("United States", "state"),
    "Kenya": ("Kenya", "state"),
    "Chad": ("Chad", "state"),
    "Harbour Network": ("Harbour Network", "ngo"),
    "River Front": ("River Front", "armed_group"),
    "African Union": ("African Union", "intergovernmental"),
}


@pytest.fixture(scope="module")
def nlp() -> Language:
    pipeline = base_pipeline()
    pipeline.tokenizer = StatementTokenizer(pipeline.tokenizer, pipeline.vocab)
    return pipeline


@pytest.fixture(scope="module")
def models() -> Models:
    return Models.read()


def read(nlp: Language, text: str, publisher: str | None = None) -> Doc:
    """A parsed text with the parties of PARTIES marked in it."""
    doc = nlp(text)
    found = []
    for quote, (name, kind) in PARTIES.items():
        at = text.find(quote)
        while at >= 0:
            found.append(PartyMention(at, at + len(quote), quote, Party(name, kind)))
            at = text.find(quote, at + 1)
    doc._.parties = tuple(sorted(found, key=lambda m: m.start))
    doc._.statement = Statement(id="t", text=text, publisher=publisher)
    return doc


def found(nlp: Language, models: Models, text: str, publisher: str | None = None) -> list[Demand]:
    return list(demands(read(nlp, text, publisher), models=models))


ASKS = [
    ("We call on Russia to open the road.", "call with its preposition"),
    ("We once again urge all parties to show restraint.", "adverb before the verb"),
    ("Russia must let the convoys pass.", "modal over a party"),
    ("Civilians must be protected at all times.", "passive: others are to act"),
    ("The ban needs to be lifted without delay.", "semi-modal, passive"),
    ("This cannot continue.", "negated modal"),
    ("The killing of prisoners cannot be tolerated.", "negated modal, passive"),
    ("It is vital that donors act now.", "necessity with a that-clause"),
    ("It is time for the fighting to stop.", "time for"),
    ("The time has come for the generals to step aside.", "the time has come"),
    ("There must be accountability for these crimes.", "there must be"),
    ("States have an obligation to protect people fleeing war.", "duty"),
    ("It is the responsibility of all states to respect the embargo.", "duty as a predicate"),
    ("Donors are urged to pay in full.", "passive call"),
    ("We demand that the police return the equipment.", "subjunctive"),
    ("We reiterate our call for the release of all those detained.", "noun of calling"),
    ("We join the African Union in asking for a pause of two days.", "a joined call is the speaker's"),
    ("We stress the responsibility of Russia to protect the patients.", "stressed duty"),
    ("We have repeatedly asked the ministry to explain the delay.", "the speaker's own earlier call"),
    ("We want the European Commission to suspend the deal.", "what the speaker wants of others"),
    ("We need access to the camp.", "what the speaker needs"),
    ("Stop the deportations now!", "imperative"),
    ("Do not forget the people of the valley.", "negated imperative"),
    ("Demands that all parties immediately cease hostilities;", "operative verb of a resolution"),
    ("Welcomes the agreement and calls for its full implementation;", "second operative verb"),
    ("Requests the Secretary-General to report to the Council every 60 days;", "operative request"),
    ("Decides that all Member States shall prevent the supply of arms;", "shall in a decision"),
    ("The siege has to end now.", "a thing that is to end"),
]
ASKS_NOT = [
    ("We will continue to work with our partners.", "the speaker's own promise"),
    ("We hope that the parties will return to the table.", "hope"),
    ("The United States stands with the people of the valley.", "tone"),
    ("We condemn the attack in the strongest terms.", "judgement"),
    ("This is unacceptable.", "judgement"),
    ("Protesters demanded the resignation of the minister.", "report of others' call"),
    ("Opposition parties have urged the president to step down.", "report, perfect"),
    ("The Government has called on residents to boil water.", "report of a call to residents"),
    ("They must have known that the building sheltered children.", "epistemic must have"),
    ("She should have been released months ago.", "should have been"),
    ("Patients have to travel for two days to reach a hospital.", "hardship, not duty"),
    ("Roads need to be repaired.", "need assessment"),
    ("Should the fighting spread, thousands would have to flee.", "inverted condition"),
    ("If the border closes, families will have to sleep outside.", "condition"),
    ("The law requires companies to hand over data.", "rule told"),
    ("The government says that the groups must register by June.", "reported rule"),
    ("It should be noted that the figures are provisional.", "discourse"),
    ("For more information, please contact our press office.", "service line"),
    ("What must happen next is clear.", "embedded question"),
    ("We do not ask for offices.", "negated call"),
    ("Expresses its grave concern at the situation;", "operative verb that asks nothing"),
    ("Recalling its previous resolutions on the protection of civilians,", "preamble"),
]


@pytest.mark.parametrize(("sentence", "why"), ASKS, ids=[why for _, why in ASKS])
def test_asks(nlp: Language, models: Models, sentence: str, why: str) -> None:
    text = f"The road has been closed since May.\n\n{sentence}\n\nThe rains have begun."
    assert [d.quote for d in found(nlp, models, text)] == [sentence], why


@pytest.mark.parametrize(("sentence", "why"), ASKS_NOT, ids=[why for _, why in ASKS_NOT])
def test_does_not_ask(nlp: Language, models: Models, sentence: str, why: str) -> None:
    text = f"The road has been closed since May. {sentence} The rains have begun."
    assert found(nlp, models, text) == [], why


ADDRESSED = [
    ("We call on Russia and the United States to keep the road open.", {"Russia", "United States"}, "coordinated"),
    ("Donors should pay before the rains.", {"donors"}, "subject of the modal"),
    ("Russia is blocking the road. It must let the convoys pass.", {"Russia"}, "pronoun"),
    ("Donors have met. They must pay in full.", {"donors"}, "plural pronoun of a plural party"),
    ("We urge Kenya to press the River Front to release its captives.", {"Kenya", "River Front"}, "press X to make Y"),
    ("Kenya must use its influence over the River Front.", {"Kenya"}, "influence over Y names X only"),
    ("Demands that the River Front lift the siege of the town;", {"River Front"}, "subject of a that-clause"),
    ("It is vital that all parties let the nurses work.", {"parties to the conflict"}, "necessity"),
    ("To the Security Council: adopt a resolution this week.", {"UN Security Council"}, "label"),
    ("We urge Kenya's leaders to open the road.", {"Kenya"}, "who rules a state is the state"),
    ("Kenya has closed the road. Authorities must open it.", {"Kenya"}, "authorities of the country named last"),
    ("States outside the Security Council should pay.", set(), "who stands outside it is not meant with it"),
    ("Chad must pay. We ask the ferry crews to sail.", set(), "whoever a call asks, it is not the one before"),
    (
        "We urge their further restraint, and call on Chad to open the road.",
        {"Chad"},
        "what is theirs is asked of none",
    ),
    ("We urge Chad to open the road, and Kenya to send fuel.", {"Kenya"}, "a second one asked by the same verb"),
]


@pytest.mark.parametrize(("text", "expected", "why"), ADDRESSED, ids=[why for *_, why in ADDRESSED])
def test_addressees(nlp: Language, models: Models, text: str, expected: set[str], why: str) -> None:
    last = found(nlp, models, f"The road has been closed since May. {text}")[-1]
    assert set(last.addressees) == expected, why


LISTS = [
    ("We demand that:\n\n• Kenya and Chad open the road;\n", {"Kenya", "Chad"}, "joint subjects of a list item"),
    ("Recognizing the role of the African Union,\n\n• Calls on Member States to pay;\n", {"UN member states"},
     "a preamble asks nobody"),
    ("Out of respect for Russia's word, we call for the following:\n\n• an end to the siege by Kenya.\n", {"Kenya"},
     "the owner of what is named above a list is not asked"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "why"), LISTS, ids=[why for *_, why in LISTS])
def test_addressees_of_list_items(nlp: Language, models: Models, text: str, expected: set[str], why: str) -> None:
    last = found(nlp, models, f"The road has been closed since May.\n\n{text}\nThe rains are near.\n")[-1]
    assert set(last.addressees) == expected, why


def test_bullets_take_over_who_is_asked_from_far_above(nlp: Language, models: Models) -> None:
    text = (
        "The camp has no water.\n\nWe call on:\n\nThe Government of Sudan\n• to reopen the crossing;\n"
        "• to issue visas to relief workers;\n\nDonors\n• to pay for the repair of the wells.\n\nThe rains are near.\n"
    )
    got = [(d.quote, d.addressees) for d in found(nlp, models, text)]
    assert got == [
        ("to reopen the crossing;", ("Sudan",)),
        ("to issue visas to relief workers;", ("Sudan",)),
        ("to pay for the repair of the wells.", ("donors",)),
    ]


def test_a_list_of_what_the_author_will_do_is_no_demand(nlp: Language, models: Models) -> None:
    text = "For our part we will:\n- keep our clinics open;\n- train thirty nurses.\n"
    assert found(nlp, models, text) == []


def test_a_sentence_is_split_where_two_are_asked_for_different_things(nlp: Language, models: Models) -> None:
    text = "Kenya should keep its border open, and Chad must stop deportations."
    assert [(d.quote, d.addressees) for d in found(nlp, models, text)] == [
        ("Kenya should keep its border open", ("Kenya",)),
        ("Chad must stop deportations.", ("Chad",)),
    ]


def test_several_actions_of_one_addressee_stay_together(nlp: Language, models: Models) -> None:
    (demand,) = found(nlp, models, "Russia must lift the siege and release the hostages.")
    assert demand.actions == ("lift the siege", "release the hostages")
    assert set(demand.themes) == {"end_siege", "detainees"}


def test_the_author_in_the_third_person_asks_and_others_report(nlp: Language, models: Models) -> None:
    text = "The Harbour Network urged Russia to open the port."
    assert [d.addressees for d in found(nlp, models, text, "Harbour Network")] == [("Russia",)]
    assert found(nlp, models, text, "River Press Agency") == []


def test_quoted_words_of_strangers_are_no_demand_those_of_the_author_are(nlp: Language, models: Models) -> None:
    ours = "“Russia must open the road,” said Amal Rizk, director of the Harbour Network."
    theirs = "“Russia must open the road,” said a shopkeeper in the market."
    assert [d.addressees for d in found(nlp, models, ours, "Harbour Network")] == [("Russia",)]
    assert found(nlp, models, theirs, "Harbour Network") == []


@pytest.mark.parametrize(
    ("text", "strength", "deadline"),
    [
        ("We urge Russia to withdraw by the end of June.", "urge", "by the end of June"),
        ("Russia must withdraw within two weeks.", "demand", "within two weeks"),
        ("Russia should withdraw.", "recommend", None),
    ],
)
def test_strength_and_deadline(nlp: Language, models: Models, text: str, strength: str, deadline: str | None) -> None:
    (demand,) = found(nlp, models, text)
    assert (demand.strength, demand.deadline) == (strength, deadline)


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("Donors must pay for the response plan in full.", "funding"),
        ("Russia must let the convoys reach the camp.", "humanitarian_access"),
        ("All sides must agree to a ceasefire.", "ceasefire"),
        ("Those responsible must be brought to justice.", "accountability"),
        ("Kenya must suspend the transfer of arms.", "arms"),
        ("Kenya must not deport refugees.", "asylum"),
        ("Kenya must count its goats.", "other"),
        ("Kenya must guarantee access to justice and hold trials in public.", "accountability"),
        ("Those who gave the order have to be held to account.", "accountability"),
    ],
)
def test_themes(nlp: Language, models: Models, text: str, theme: str) -> None:
    (demand,) = found(nlp, models, text)
    assert theme in demand.themes
    assert theme == "humanitarian_access" or "humanitarian_access" not in demand.themes, "justice is no relief"


THEMES_AROUND = [
    (
        "The shelling of the town goes on. It must end.",
        None,
        {"protection_of_civilians"},
        "the sentence before says it",
    ),
    ("The order stands. It must end.", "Free the prisoners of Kenya", {"detainees"}, "else the title"),
    ("The order stands. It must end.", None, {"other"}, "nothing says it"),
    (
        "A truce was near. We urge Kenya to free its prisoners.",
        None,
        {"detainees"},
        "its own words come first",
    ),
    ("Kenya must end collective punishment.", None, {"international_law", "protection_of_civilians"}, "two at once"),
    ("Kenya must safeguard the ferry crews.", None, {"protection_of_civilians"}, "safeguard"),
]


@pytest.mark.parametrize(("text", "title", "expected", "why"), THEMES_AROUND, ids=[why for *_, why in THEMES_AROUND])
def test_themes_by_what_stands_around(
    nlp: Language, models: Models, text: str, title: str | None, expected: set[str], why: str
) -> None:
    doc = read(nlp, text)
    doc._.statement = Statement(id="t", text=text, title=title)
    assert set(list(demands(doc, models=models))[-1].themes) == expected, why


def test_every_record_says_what_found_it(nlp: Language, models: Models) -> None:
    (demand,) = found(nlp, models, "Russia must let the convoys pass.")
    assert demand.method == "model:demand-sentences@1"
    assert demand.cues == ("modal: must",)
    assert 0.5 < demand.confidence <= 1.0


def test_rules_alone_work_without_models(nlp: Language) -> None:
    (demand,) = found(nlp, Models.none(), "We call on Russia to open the road.")
    assert (demand.method, demand.addressees) == ("rule:demand-cues@1", ("Russia",))


def test_component_in_a_pipeline_without_layout_parties_or_statement() -> None:
    pipeline = base_pipeline()
    pipeline.add_pipe("statement_demands")
    doc = pipeline("The government must act. The rains have begun.")
    assert [d.quote for d in doc._.demands] == ["The government must act."]


def test_a_doc_without_a_parse_has_no_demands(models: Models) -> None:
    doc = spacy.blank("en")("Russia must act.")
    assert DemandFinder(models)(doc)._.demands == ()


WORDS = st.sampled_from(
    ["must", "we", "call", "on", "Russia", "to", "stop", "•", "-", "(a)", "“", "”", ":", ";", ".", "\n", "they", "urge",
     "demand", "that", "it", "is", "time", "for", "please", "do", "not", "Demands", "no", "?", "é", "🕊", "…", "  "]
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(WORDS, max_size=40))
def test_any_text_gives_grounded_records(nlp: Language, models: Models, words: list[str]) -> None:
    text = " ".join(words)
    last = 0
    for demand in found(nlp, models, text):
        assert demand.quote == text[demand.start : demand.end] != ""
        assert demand.start >= last, "in order, not overlapping"
        last = demand.end
        assert demand.themes
        assert set(demand.themes) <= set(THEMES)
        assert demand.actions
        assert 0.0 <= demand.confidence <= 1.0


FIRST = "syria-2016-09-cessation-of-hostilities"


def test_every_demand_of_the_first_statement_with_its_addressees(models: Models) -> None:
    corpus = Path(__file__).parents[2] / "corpus"
    statement = next(s for s in read_corpus(corpus) if s.id == FIRST)
    rows = map(json.loads, (corpus / "gold.jsonl").read_text(encoding="utf8").splitlines())
    gold = next(row for row in rows if row["id"] == FIRST)
    (doc,) = gold_docs([(statement, gold)])
    got = [(d.quote.strip(), set(d.addressees)) for d in demands(doc, models=models)]
    assert got == [(g["quote"].strip(), set(g["addressees"])) for g in gold["demands"]]


SPEAKERS = [
    ("White House", "The United States urges Kenya to open the border.", True, "the state that an organ speaks for"),
    ("White House", "The United States must open the border.", False, "what the author itself is to do"),
    ("Harbour Network", "Harbour Network would also ask donors to pay.", True, "would ask: asks"),
    ("Harbour Network", "The director of Harbour Network called on donors to pay.", True, "an office of the author"),
    ("Harbour Network", "The director of the port called on donors to pay.", False, "an office of somebody else"),
    ("Harbour Network", "“Kenya must act,” said Ada van Loon, legal director of Harbour Network.", True, "its staff"),
    ("Harbour Network", "Kofi Ode, a baker, said: “Kenya must act.”", False, "a witness"),
    ("Harbour Network", "A coalition of 36 groups today urged donors to pay.", True, "a nameless group opens the text"),
    ("UN Security Council", "The Security Council notes the steps taken, expresses deep concern that access to the "
     "valley remains limited and that needs exceed supplies, and demands that Kenya grant access.", True, "far behind"),
    ("Harbour Network", "Harbour Network is joining the observers’ call for the release of all staff.", True, "joins"),
    ("Harbour Network", "International law obliges Kenya to protect observers.", True, "a rule binds"),
    ("Harbour Network", "We have worked with Kenya to encourage a truce.", False, "what was done for it"),
    ("Harbour Network", "We are relying on the generosity of others to eat.", False, "no call upon anybody"),
    ("Harbour Network", "We will provide Kenya with what it needs to defend itself.", False, "no duty"),
]  # fmt: skip


@pytest.mark.parametrize(("publisher", "text", "expected", "why"), SPEAKERS, ids=[why for *_, why in SPEAKERS])
def test_who_speaks(nlp: Language, models: Models, publisher: str, text: str, expected: bool, why: str) -> None:
    assert bool(found(nlp, models, text, publisher)) == expected, why


@pytest.mark.parametrize(
    ("heading", "expected", "why"),
    [
        ("The shelling of the port must stop now", False, "a whole clause is no introduction"),
        ("What the government must do", True, "a question of what follows"),
        ("Our demands", True, "a label"),
    ],
)
def test_headings_that_introduce(nlp: Language, heading: str, expected: bool, why: str) -> None:
    text = f"{heading}\n\nAt dawn the port was shelled."
    assert next(iter(units(read(nlp, text)))).introduces == expected, why
