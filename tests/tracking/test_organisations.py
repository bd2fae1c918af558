"""Printed names merged into organisations: by rule, with reasons; by people, for good."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statement_nlp.errors import UnknownPartyError
from statement_nlp.records import Extraction, Signatory, SignatoryList, Statement
from statement_nlp.store import Database, Run
from statement_nlp.tracking.organisation_rules import Judgement
from statement_nlp.tracking.organisations import (
    PrintedName,
    compare,
    cosigning,
    explain_organisation,
    find_organisation,
    group,
    judgements_of,
    measure,
    merge_organisations,
    organise,
    split_organisation,
)

CORPUS = Path(__file__).parents[2] / "corpus"
RUN = Run(pipeline="test")


def printed(text):
    """A name as "Name|ACRONYM|note"."""
    return PrintedName(*[part or None for part in text.split("|")])


SAME = [
    ("LANTERN AID", "Lantern Aid", "but for case"),
    ("Lantern-Aid", "Lantern Aid", "but for case"),
    ("LanternAid", "Lantern Aid", "but for spaces"),
    ("The Lake Organisation", "Lake Organization", "but for case"),
    ("Lantern Aid, Inc.", "Lantern Aid", "legal form"),
    ("Secours du Lac Médical", "Secours du lac medical", "accents"),
    ("Lantern Aid UK", "Lantern Aid||United Kingdom", "same name"),
    ("Lantern Aid (UK)", "Lantern Aid||U.K.", "same name"),
    ("Ziwani – Legal Centre for the Lake", "Ziwani", "both bear the name"),
    ("Fédération pour les droits du lac (FDLX)", "FDLX - Federation for the Lake", "both print the acronym"),
    ("Lake Union, within the framework of the Observatory of Defenders", "Lake Union", "same name"),
    ("LAWA: Lake Watch", "Lake Watch", "both bear the name"),
    ("Lake Watch (Vigie du Lac)", "Vigie du Lac", "both bear the name “vigie du lac”"),
    ("Lake Watch – Vigie du Lac", "Vigie du Lac", "both bear the name"),
    ("Charity Fund “Open Shore”", "Open Shore", "both bear the name"),
    ("Amani Relief and Renewal Network|ARRN", "ARRN", "is the acronym printed beside"),
    ("Amani Relief and Renewal Network", "ARRN", "begin with"),
    ("Lake Defence Action|LDAC", "Action pour la défense du Lac|LDAC", "both print the acronym"),
    ("Kivuli Foundation", "Kivuli", "“foundation” left out"),
    ("Ghadir al-Salam", "Ghadeer El Salam", "another spelling or transliteration"),
    ("Orchard Relef Network", "Orchard Relief Network", "another spelling"),
    ("Orchard Rehabilitatiom Network", "Orchard Rehabilitation Network", "spelt differently"),
]


@pytest.mark.parametrize(("a", "b", "reason"), SAME)
def test_the_same_organisation(a, b, reason):
    for x, y in ((a, b), (b, a)):
        decision = compare(printed(x), printed(y))
        assert decision.same, decision.reason
        assert reason in decision.reason


DIFFERENT = [
    ("Lantern Aid UK", "Lantern Aid", "branches"),
    ("Lantern Aid International", "Lantern Aid", "branches"),
    ("Lantern Aid||Kenya", "Lantern Aid||Uganda", "branches"),
    ("Lantern Aid Somalia", "Lantern Aid Yemen", "branches"),
    ("Lantern Aid (UK)", "Lantern Aid", "branches"),
    ("Lantern Aid (Geneva)", "Orchard Relief (Geneva)", "different names"),
    ("Lake Coalition (12 organisations)", "Hill Platform (12 organisations)", "different names"),
    ("Lake Citizens' Forum – Vanadzor", "Lake Citizens' Forum – Gyumri", "different names"),
    ("NGO “Hope”", "Charity “Hope”", "different names"),
    ("Morning Trust|LMT", "Lake Mutual Trust|LMT", "different names"),
    ("Syria Relief", "Syria Relief Foundation", "different names"),
    ("Lake Relief Network", "Lake Relief and Development", "different names"),
    ("Lake Rights Group", "Bake Rights Group", "different names"),
    ("Brigade of Help 12", "Brigade of Help 13", "different names"),
    ("IRC", "International Rights Circle", "different names"),
]


@pytest.mark.parametrize(("a", "b", "reason"), DIFFERENT)
def test_different_organisations(a, b, reason):
    decision = compare(printed(a), printed(b))
    assert not decision.same, decision.reason
    assert reason in decision.reason


def test_two_known_words_are_no_misspelling():
    a, b = printed("Karenna Women Circle"), printed("Karennia Women Circle")
    assert compare(a, b).same
    assert not compare(a, b, {"karenna": 3, "karennia": 2}).same


def groups(*names, judgements=()):
    found = group([printed(n) for n in names], judgements)
    return sorted(sorted(names[m] for m in organisation.members) for organisation in found)


def test_a_bare_acronym_joins_only_the_one_it_can_mean():
    assert groups("Lake Mutual Trust|LMTR", "LMTR") == [["LMTR", "Lake Mutual Trust|LMTR"]]
    apart = groups("Lake Mutual Trust|LMTR", "The Morning Brigade|LMTR", "LMTR")
    assert ["LMTR"] in apart
    assert len(apart) == 3


def test_a_home_country_joins_but_a_branch_does_not():
    assert groups("Diadome", "Diadome||Sweden") == [["Diadome", "Diadome||Sweden"]]
    assert len(groups("Diadome", "Diadome||Sweden", "Diadome||Kenya")) == 3, "two countries: branches"
    assert len(groups("Norwegian Lake Council", "Norwegian Lake Council||Sudan")) == 2, "an office abroad"
    assert len(groups("Diadome", "Diadome||Sweden", "Diadome International")) == 3, "an international body beside it"


def test_judgements_go_before_rules():
    names = ("Lantern Aid", "LANTERN AID", "Orchard Relief")
    assert len(groups(*names)) == 2
    assert len(groups(*names, judgements=[Judgement(0, 1, "different")])) == 3
    assert len(groups(*names, judgements=[Judgement(0, 2, "same")])) == 1
    both = [Judgement(0, 1, "different"), Judgement(0, 2, "same")]
    assert groups(*names, judgements=both) == [["LANTERN AID"], ["Lantern Aid", "Orchard Relief"]]


def test_an_organisation_is_named_in_full_and_as_it_is_printed_most():
    names = [
        printed("ARRN"),
        printed("Amani Relief and Renewal Network|ARRN"),
        printed("AMANI RELIEF AND RENEWAL NETWORK"),
    ]
    (found,) = group(names, weights=[9, 2, 1])
    assert (found.name, found.acronym, found.branch) == ("Amani Relief and Renewal Network", "ARRN", None)
    assert len(found.reasons) == 3


@settings(max_examples=50)
@given(st.lists(st.text(max_size=25), max_size=6, unique=True))
def test_any_names_are_each_in_one_group(names):
    found = group([PrintedName(name) for name in names])
    assert sorted(m for organisation in found for m in organisation.members) == list(range(len(names)))


@given(st.text(min_size=1, max_size=30), st.sampled_from([None, "UK", "Kenya"]))
def test_a_name_is_the_same_as_itself(name, note):
    assert compare(PrintedName(name, None, note), PrintedName(name, None, note)).same


def corpus_names():
    names = []
    for line in (CORPUS / "signatories.jsonl").read_text(encoding="utf-8").splitlines():
        names += [PrintedName(s["name"], s["acronym"], s["note"]) for s in json.loads(line)["signatories"]]
    return list(dict.fromkeys(names))


def test_measured_on_the_gold_pairs():
    found = measure(CORPUS / "organisations.jsonl", corpus_names())
    assert found["pairs"] >= 150
    assert found["f1"] >= 0.95
    assert found["precision"] >= 0.98


def test_gold_pairs_are_well_formed():
    lines = (CORPUS / "organisations.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    pairs = {tuple(sorted(json.dumps(row[end], sort_keys=True) for end in "ab")) for row in rows}
    assert len(pairs) == len(rows), "no pair stands twice"
    assert sum(not row["same"] for row in rows) >= 100
    known = set(corpus_names())
    for row in rows:
        a, b = (PrintedName(**row[end]) for end in "ab")
        assert a != b
        assert row["why"]
        assert a in known or b in known, f"{a}, {b}: neither is a signatory of the corpus"


def signed(statement_id, *signatories, publisher=None):
    """An extraction of a statement that some organisations signed."""
    text = "Open the roads.\n" + "\n".join(signatories)
    rows = []
    for n, entry in enumerate(signatories, 1):
        name = printed(entry)
        start = text.index(entry)
        rows.append(Signatory(start, start + len(entry), n, name.name, name.acronym, name.note))
    statement = Statement(id=statement_id, text=text, publisher=publisher)
    return Extraction(statement, signatories=SignatoryList(tuple(rows)))


@pytest.fixture
def db():
    with Database(":memory:") as database:
        database.save(signed("one", "Lantern Aid|LAID", "Orchard Relief", "Lake Watch UK", publisher="LAID"), RUN)
        database.save(signed("two", "LANTERN AID", "Orchard Relief", "Lake Watch"), RUN)
        database.save(signed("three", "Lantern Aid", "Orchard Releif", publisher="Orchard Relief"), RUN)
        organise(database)
        yield database


def test_organise_merges_and_explains(db):
    lantern = find_organisation(db, "LAID")
    names = explain_organisation(db, lantern)
    assert {(n.name, n.printed) for n in names} == {("Lantern Aid", 3), ("LAID", 1)}
    assert any("acronym" in n.reason for n in names)
    assert find_organisation(db, "orchard releif") == find_organisation(db, "Orchard Relief")
    assert find_organisation(db, "Lake Watch UK") != find_organisation(db, "Lake Watch")
    assert db.execute("SELECT count(*) FROM organisations").fetchone()[0] == 4
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_organise_again_changes_nothing(db):
    before = db.connection.total_changes
    assert organise(db) == 4
    assert db.connection.total_changes == before


def test_cosigning_counts(db):
    found = cosigning(db)
    assert [(c.a[1], c.b[1], c.statements) for c in found] == [("Lantern Aid", "Orchard Relief", 3)]
    watch = find_organisation(db, "Lake Watch")
    assert {c.b[1] for c in cosigning(db, watch, least=1)} == {"Lantern Aid", "Orchard Relief"}
    assert cosigning(db, watch, least=1, limit=1)[0].a[0] == watch


def test_a_merge_is_kept_through_extraction(db):
    ids = [find_organisation(db, "Lake Watch"), find_organisation(db, "Lake Watch UK")]
    merged = merge_organisations(db, ids, reviewer="ada", note="one office")
    assert find_organisation(db, "Lake Watch UK") == find_organisation(db, "Lake Watch") == merged
    assert "a person judged them the same" in [n.reason for n in explain_organisation(db, merged)]
    db.remove("one")
    organise(db)
    db.save(signed("one", "Lake Watch UK"), RUN)
    organise(db)
    assert find_organisation(db, "Lake Watch UK") == find_organisation(db, "Lake Watch")
    row = db.execute("SELECT verdict, reviewer, note, judged FROM organisation_judgements").fetchone()
    assert tuple(row)[:3] == ("same", "ada", "one office")
    assert row["judged"].startswith("20")
    (judged,) = judgements_of(db, merged)
    assert {judged.a, judged.b} == {"Lake Watch", "Lake Watch UK"} or {judged.a, judged.b} == {"Lake Watch"}
    assert (judged.verdict, judged.reviewer, judged.note) == ("same", "ada", "one office")


def test_a_split_is_kept_and_undone_by_a_merge(db):
    orchard = find_organisation(db, "Orchard Relief")
    misspelt = next(n.key for n in explain_organisation(db, orchard) if n.name == "Orchard Releif")
    left = split_organisation(db, orchard, [misspelt], reviewer="ada")
    assert left != orchard
    organise(db)
    assert find_organisation(db, "Orchard Releif") == left
    assert {j.verdict for j in judgements_of(db, left)} == {"different"}, "both sides say that they are kept apart"
    assert {j.verdict for j in judgements_of(db, orchard)} >= {"different"}
    merge_organisations(db, [orchard, left], reviewer="bo")
    assert find_organisation(db, "Orchard Releif") == find_organisation(db, "Orchard Relief")


def test_the_rest_of_a_merge_stays_when_its_first_name_leaves(db):
    ids = [find_organisation(db, name) for name in ("Lake Watch", "Lake Watch UK", "Orchard Relief")]
    merged = merge_organisations(db, ids, reviewer="ada")
    split_organisation(db, merged, ["lake-watch"], reviewer="ada")
    assert find_organisation(db, "Lake Watch UK") == find_organisation(db, "Orchard Relief")
    assert find_organisation(db, "Lake Watch") != find_organisation(db, "Orchard Relief")


def test_what_cannot_be_done_says_why(db):
    lantern = find_organisation(db, "Lantern Aid")
    with pytest.raises(UnknownPartyError, match="no organisation 'Lanternn Ade'") as error:
        find_organisation(db, "Lanternn Ade")
    assert "Lantern Aid" in error.value.nearest
    with pytest.raises(ValueError, match="at least two"):
        merge_organisations(db, [lantern, lantern], reviewer="ada")
    with pytest.raises(UnknownPartyError, match="no organisation of the id"):
        merge_organisations(db, [lantern, "nobody"], reviewer="ada")
    with pytest.raises(UnknownPartyError, match="is no name of"):
        split_organisation(db, lantern, ["nobody"], reviewer="ada")
    with pytest.raises(ValueError, match="one that stays"):
        split_organisation(db, lantern, [n.key for n in explain_organisation(db, lantern)], reviewer="ada")
