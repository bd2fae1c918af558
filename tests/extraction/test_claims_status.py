"""Status and source of a claim: a table of own sentences, each with the reading of the guide."""

import pytest

from statement_nlp.extraction import claims as finder
from statement_nlp.extraction.claims import Models
from statement_nlp.extraction.pipeline import StatementTokenizer, base_pipeline

ASSERTED = [
    ("Soldiers burned 14 houses in Velm on Tuesday.", "the speaker's own word"),
    ("The clinic has been out of fuel since March.", "a state, in the speaker's own word"),
    ("Families in the camp live without water.", "a lack stated positively"),
    ("The bakery no longer works.", "no longer: a lack stated positively"),
    ("Three wells in the camp are empty.", "an adjective"),
    ("We counted 31 bodies in the ward.", "the speaker's own count"),
    ("Our teams have treated 412 wounded people since Monday.", "the speaker's own work"),
    ("The ministry closed 12 schools in the province.", "a source's act is no report"),
    ("The government announced a curfew in Velm on Friday.", "an announcement is the event itself"),
    ("Only 3 of the 20 pumps work.", "only is no negation"),
    ("The court rejected the appeal on Thursday.", "to reject is an event"),
    ("Nearly 9,000 people lack clean water.", "a lack stated positively"),
    ("At least 60 people died when the boat capsized.", "at least bounds, it does not hedge"),
    ("The bridge collapsed, cutting off 7,000 people.", "a participle tells what followed"),
    ("We know that the militia holds 40 prisoners in Velm.", "the speaker knows"),
    ("It is clear that the shells came from the hills.", "the speaker is sure"),
    ("The army refused to let the convoy pass.", "a refusal is an event"),
    ("More than 200 people remain detained.", "a state"),
    ("Food prices have doubled in six months.", "a change"),
]  # fmt: skip
REPORTED = [
    ("According to the health ministry, 40 people were killed in the market.", "the health ministry", "according to"),
    ("Forty people were killed in the market, according to witnesses.", "witnesses", "according to, behind"),
    ("The UN says that 12,000 people have fled Velm.", "The UN", "a verb of saying above"),
    ("OCHA estimates that 90,000 people need food in the province.", "OCHA", "an estimate above"),
    ("Residents told us that soldiers burned 14 houses.", "Residents", "told us"),
    ("Forty people were reportedly killed in the market.", None, "reportedly"),
    ("Soldiers allegedly burned 14 houses in Velm.", None, "allegedly"),
    ("Forty people were killed in the market, residents say.", "residents", "a clause behind a comma"),
    ("Forty people, the mayor said, were killed in the market.", "the mayor", "a clause between commas"),
    ("By the ministry's count, 300 houses burned down.", "the ministry", "by a count"),
    ("Some 300 people are believed to be under the rubble.", None, "a passive of belief"),
    ("Forty people are said to have died on the road.", None, "a passive of saying"),
    ("It was reported that troops entered Velm on Sunday.", None, "an impersonal report"),
    ("The army denies that it shelled the school.", "The army", "a party's denial is reported"),
    ("Witnesses describe how soldiers shot at the crowd.", "Witnesses", "to describe how"),
    ("“They came at night and took my brother,” said Amina, a mother of four.", "Amina", "a quotation of a witness"),
    ("As UNICEF has reported, 400 schools are closed.", "UNICEF", "as X has reported"),
    ("Police said 12 protesters were injured in the square.", "Police", "no that"),
    ("The Red Cross warned that hospitals have run out of blood.", "The Red Cross", "warned of what is already so"),
    ("Media reports suggest that the village was burned.", "Media reports", "reports suggest"),
    ("The commission found that police tortured 17 detainees.", "The commission", "a finding"),
]  # fmt: skip
HEDGED = [
    ("More than 40,000 children may die of hunger before winter.", "may"),
    ("The dam could burst within days.", "could"),
    ("Some 9,000 people are at risk of famine.", "at risk of"),
    ("Up to 200,000 people are expected to cross the border by June.", "a forecast"),
    ("The shells were probably fired from the hills.", "probably"),
    ("It is likely that cholera will spread in the camp.", "likely"),
    ("Without fuel, the last hospital will close within a week.", "a forecast under a condition"),
    ("The UN warns that 2 million people may go hungry.", "hedged wins over reported"),
    ("Heavy rains are forecast for the coming weeks in Velm.", "forecast"),
    ("The true number of dead might be far higher.", "might"),
    ("The hospital will run out of oxygen in two days.", "the future"),
    ("Some 300 families appear to have lost their homes.", "appear"),
    ("The attack would leave 80,000 people without a clinic.", "would"),
    ("According to the agency, the harvest could fail again this year.", "hedged wins over reported"),
    ("The camp is in danger of being flooded.", "in danger of"),
]  # fmt: skip
NEGATED = [
    ("No convoy has reached the town since March.", "a negative subject"),
    ("The trucks have not reached the town.", "a negated verb"),
    ("No one has been charged with the killings.", "no one"),
    ("Nobody in the camp has received food this month.", "nobody"),
    ("The wounded cannot leave the city.", "cannot"),
    ("None of the 20 pumps works.", "none"),
    ("The ministry has never published the list of detainees.", "never"),
    ("Families didn't receive any rations in May.", "n't"),
    ("There is no doctor in the town.", "there is no"),
    ("The villagers were not warned before the strike.", "a negated passive"),
    ("Neither side has allowed aid into Velm.", "neither"),
]  # fmt: skip
TABLE = [
    *((text, "asserted", why) for text, why in ASSERTED),
    *((text, "reported", why) for text, _, why in REPORTED),
    *((text, "hedged", why) for text, why in HEDGED),
    *((text, "negated", why) for text, why in NEGATED),
]  # fmt: skip


@pytest.fixture(scope="module")
def read():
    """The surest claim of a text, however unsure: here only its status counts."""
    nlp, models = base_pipeline(), Models.read()
    nlp.tokenizer = StatementTokenizer(nlp.tokenizer, nlp.vocab)

    def run(text):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(finder, "THRESHOLD", 0.1)
            patch.setattr(finder, "COST", 0.1)
            return max(finder.claims(nlp(text), models=models), key=lambda claim: claim.confidence)

    return run


@pytest.mark.parametrize(("text", "status", "why"), TABLE)
def test_the_status_is_that_of_the_guide(read, text, status, why):
    assert read(text).status == status, why


@pytest.mark.parametrize(("text", "source", "why"), REPORTED)
def test_the_source_stands_as_written(read, text, source, why):
    assert read(text).attribution == source, why
