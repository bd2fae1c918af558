"""Judging on the pages: who may, what holds afterwards, and that nothing can be written otherwise."""

import asyncio
import json
import re
import sqlite3
from contextlib import closing

import pytest
from tests.store.known import PLACES

from statement_nlp.publish import review_data
from statement_nlp.publish.server import application
from statement_nlp.store.database import Database

PAGE = "/statement/madaya-2016"


class World:
    """A gazetteer of a few places."""

    @classmethod
    def open(cls):
        return cls()

    def candidates(self, name):
        return [place for place in PLACES if place.name == name]

    def get(self, place_id):
        return next((place for place in PLACES if place.id == place_id), None)

    def nearest(self, name):
        return ("Aleppo",)

    def close(self):
        pass


@pytest.fixture(autouse=True)
def world(monkeypatch):
    monkeypatch.setattr(review_data, "Gazetteer", World)


@pytest.fixture
async def reviewed(path):
    served = application(path, review=True)
    await served.invoke_startup()
    return served


@pytest.fixture
def ask(path):
    def asked(query, *given):
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(query, given).fetchall()

    return asked


class Person:
    """Somebody who is signed in, or nobody."""

    def __init__(self, datasette, name=None, **actor):
        self.datasette = datasette
        actor = {"id": name, **actor} if name else actor
        self.cookies = {"ds_actor": datasette.sign({"a": actor}, "actor")} if actor else {}

    async def get(self, path):
        response = await self.datasette.client.get(path, cookies=self.cookies)
        if "ds_csrftoken" in response.cookies:
            self.cookies["ds_csrftoken"] = response.cookies["ds_csrftoken"]
        return response

    async def token(self):
        """A token against forged requests, from a page with a form that all may read."""
        return re.search(r'name="csrftoken" value="([^"]+)"', (await self.get("/try")).text).group(1)

    async def post(self, record_id, action, *, token=True, **fields):
        data = {"action": action, **fields}
        if token:
            data["csrftoken"] = await self.token()
        return await self.datasette.client.post(f"/review/record/{record_id}", data=data, cookies=self.cookies)

    async def digest(self, record_id):
        page = await self.get(f"/review/record/{record_id}")
        return re.search(r'name="digest" value="([^"]+)"', page.text).group(1)

    async def judge(self, record_id, action, **fields):
        return await self.post(record_id, action, digest=await self.digest(record_id), **fields)


def figure(ask):
    return ask("SELECT id FROM figures WHERE statement_id = 'madaya-2016'")[0][0]


async def test_without_review_nothing_can_be_written(datasette, ask):
    root = Person(datasette, "root")
    for path in ("/review", f"/review/record/{figure(ask)}"):
        assert (await root.get(path)).status_code == 404
    response = await root.post(figure(ask), "accept", digest="x")
    assert response.status_code == 404
    assert "/review" not in (await root.get(PAGE)).text
    assert ask("SELECT * FROM reviews") == []


@pytest.mark.parametrize(
    ("actor", "token", "status", "why"),
    [
        ({}, True, 403, "signed out, with a valid form"),
        ({"id": "amira"}, False, 403, "signed in, but the form does not come from our page"),
        ({"id": "amira"}, True, 302, "signed in, by whatever plugin"),
        ({"id": "root"}, True, 302, "the root link"),
        ({"username": "boris"}, True, 302, "an actor without an id has a name"),
    ],
)
async def test_who_may_judge(reviewed, ask, actor, token, status, why):
    digest = await Person(reviewed, "root").digest(figure(ask))
    person = Person(reviewed, **actor) if "id" not in actor else Person(reviewed, actor["id"])
    await person.token()
    response = await person.post(figure(ask), "accept", token=token, digest=digest)
    assert response.status_code == status, why
    assert len(ask("SELECT * FROM reviews")) == (status == 302)
    assert len(ask("SELECT * FROM review_events")) == (status == 302)


async def test_a_post_without_any_cookie_is_refused(reviewed, ask):
    response = await reviewed.client.post(f"/review/record/{figure(ask)}", data={"action": "accept"})
    assert response.status_code == 403


async def test_signed_out_readers_see_badges_and_no_forms(reviewed, ask):
    await Person(reviewed, "amira").judge(figure(ask), "correct", condition="detained", note="the camp is a prison")
    page = (await Person(reviewed).get(PAGE)).text
    assert 'class="verdict corrected"' in page
    assert "by amira" in page
    assert "the camp is a prison" in page
    assert "detained" in page
    assert 'class="judge"' not in page
    for path in ("/review", f"/review/record/{figure(ask)}"):
        response = await Person(reviewed).get(path)
        assert response.status_code == 403
        assert "signed in" in response.text


async def test_the_trail_says_who_when_what_before_and_after(reviewed, ask):
    await Person(reviewed, "amira").judge(figure(ask), "correct", condition="detained", low="4000", high="4,000")
    ((who, when, what, before, after),) = ask("SELECT reviewer, happened, action, before, after FROM review_events")
    assert (who, what) == ("amira", "correct")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", when)
    assert (json.loads(before)["condition"], json.loads(after)["condition"]) == ("trapped", "detained")
    assert (json.loads(before)["low"], json.loads(after)["low"]) == (40000, 4000)
    page = (await Person(reviewed, "amira").get(f"/review/record/{figure(ask)}")).text
    assert "condition: trapped, now detained" in page
    assert "the machine says: trapped" in page


async def test_what_is_rejected_vanishes_and_can_be_taken_back(reviewed, ask):
    amira = Person(reviewed, "amira")
    claim = ask("SELECT id FROM claims WHERE statement_id = 'madaya-2016' AND quote LIKE 'There has%'")[0][0]
    response = await amira.judge(claim, "reject", back=PAGE)
    assert response.headers["location"] == f"{PAGE}#rejected"
    page = (await Person(reviewed).get(PAGE)).text
    assert f'id="at-{claim}"' not in page
    assert "Rejected by reviewers" in page
    assert f"#at-{claim}" not in (await Person(reviewed).get("/place/geonames~3A167544")).text
    assert f"#at-{claim}" not in (await Person(reviewed).get("/search?q=meningitis")).text
    await amira.post(claim, "undo")
    assert ask("SELECT quote FROM claims WHERE id = ?", claim) == [("There has been an outbreak of meningitis",)]


async def test_two_reviewers_at_once(reviewed, ask):
    amira, boris = Person(reviewed, "amira"), Person(reviewed, "boris")
    seen = await amira.digest(figure(ask))
    assert (await boris.judge(figure(ask), "correct", condition="missing")).status_code == 302
    late = await amira.post(figure(ask), "reject", digest=seen)
    assert late.status_code == 409
    assert "corrected by boris" in late.text
    assert (await amira.post(figure(ask), "reject")).status_code == 409, "a form that does not say what was seen"
    assert ask("SELECT condition FROM figures WHERE id = ?", figure(ask)) == [("missing",)]
    assert (await amira.judge(figure(ask), "accept")).status_code == 302
    assert ask("SELECT verdict, reviewer FROM reviews") == [("corrected", "amira")]


async def test_a_correction_that_cannot_be_keeps_what_was_typed(reviewed, ask):
    response = await Person(reviewed, "amira").judge(figure(ask), "correct", places="Atlantis <b>", unit="men")
    assert response.status_code == 400
    assert "no place &#39;Atlantis &lt;b&gt;&#39;" in response.text
    assert 'value="Atlantis &lt;b&gt;"' in response.text
    assert 'value="men"' in response.text
    assert ask("SELECT * FROM reviews") == []


async def test_a_corrected_place_is_found_by_its_new_place(reviewed, ask):
    mention = ask("SELECT id FROM place_mentions WHERE statement_id = 'madaya-2016' AND quote = 'Madaya'")[0][0]
    form = (await Person(reviewed, "amira").get(f"/review/record/{mention}")).text
    assert 'value="Madaya, SY"' in form
    assert (await Person(reviewed, "amira").judge(mention, "correct", place="Tripoli, LB")).status_code == 302
    page = (await Person(reviewed).get("/place/geonames~3A266826")).text
    assert "40,000 people are besieged" in page, "claims follow the mention that they name"


@pytest.mark.parametrize(
    ("back", "leads", "why"),
    [
        ("/review?kind=figures", "/review?kind=figures", "back to the queue"),
        (PAGE, PAGE + "#r-{id}", "back to the record in its statement"),
        ("https://elsewhere.example/", "/review/record/{id}", "nowhere else"),
        ("//elsewhere.example/", "/review/record/{id}", "nowhere else"),
        ("/\\elsewhere.example", "/review/record/{id}", "nowhere else"),
        ("", "/review/record/{id}", "the record itself"),
    ],
)
async def test_where_a_judgement_leads(reviewed, ask, back, leads, why):
    response = await Person(reviewed, "amira").judge(figure(ask), "accept", back=back)
    assert response.headers["location"] == leads.format(id=figure(ask)), why


async def test_wrong_addresses_and_actions(reviewed, ask):
    amira = Person(reviewed, "amira")
    assert (await amira.get("/review/record/12")).status_code == 404
    assert (await amira.post(12, "accept")).status_code == 404
    assert (await amira.post(12, "correct", quote="x")).status_code in (400, 404)
    assert (await amira.judge(figure(ask), "burn")).status_code == 400
    assert (await amira.judge(figure(ask), "undo")).status_code == 400
    assert (await amira.judge(figure(ask), "correct")).status_code == 400
    assert ask("SELECT * FROM review_events") == []


async def test_the_queue_shows_the_least_sure_first_by_kind_and_page(reviewed, ask):
    amira = Person(reviewed, "amira")
    page = (await amira.get("/review")).text
    shown = re.findall(r'<li id="w-(\d+)">', page)
    assert len(shown) == 10
    sure = {str(i): c for t in ("place_mentions", "party_mentions", "figures", "claims", "demands")
            for i, c in ask(f"SELECT id, confidence FROM {t}")}  # fmt: skip
    assert [sure[i] for i in shown] == sorted(sure.values())[:10]
    figures = (await amira.get("/review?kind=figures")).text
    assert set(re.findall(r'<li id="w-(\d+)">', figures)) == {str(i) for (i,) in ask("SELECT id FROM figures")}
    assert "<script>alert" not in page
    second = re.findall(r'<li id="w-(\d+)">', (await amira.get("/review?page=2")).text)
    assert second
    assert not set(second) & set(shown)
    assert (await amira.get("/review?page=x&kind=nonsense")).status_code == 200
    for kind in ("places", "parties", "claims", "demands", "signatories", "links"):
        assert (await amira.get(f"/review?kind={kind}")).status_code == 200
    digest = re.search(rf'/record/{shown[0]}" method="post">.*?name="digest" value="(\w+)"', page).group(1)
    assert (await amira.post(shown[0], "accept", digest=digest, back="/review")).headers["location"] == "/review"
    assert shown[0] not in re.findall(r'<li id="w-(\d+)">', (await amira.get("/review")).text)


async def test_unattached_judgements_have_a_page(reviewed, path, ask):
    amira = Person(reviewed, "amira")
    await amira.judge(figure(ask), "accept")
    assert "Every judgement has its words" in (await Person(reviewed).get("/judgements?unattached=1")).text
    with Database(path) as database:
        database.remove("madaya-2016")
    listed = (await Person(reviewed).get("/judgements?unattached=1")).text
    assert "Some 40,000 people" in listed
    assert "no longer stand" in listed
    assert 'class="judge"' not in listed
    assert 'value="undo"' in (await amira.get("/judgements?unattached=1")).text
    review = ask("SELECT id FROM reviews")[0][0]
    response = await amira.post(review, "undo", back="/judgements?unattached=1")
    assert response.headers["location"] == "/judgements?unattached=1"
    assert ask("SELECT * FROM reviews") == []


async def test_records_have_badges_and_a_way_to_judge_on_their_own_pages(reviewed, ask):
    row = f"/statements/figures/{figure(ask)}"
    assert "Accept, reject or correct it" not in (await Person(reviewed).get(row)).text
    assert "Accept, reject or correct it" in (await Person(reviewed, "amira").get(row)).text
    await Person(reviewed, "amira").judge(figure(ask), "accept")
    assert "by amira" in (await Person(reviewed).get(row)).text


async def test_every_form_carries_a_token_and_what_was_seen(reviewed):
    page = (await Person(reviewed, "amira").get(PAGE)).text
    forms = re.findall(r'<form class="judge".*?</form>', page, re.DOTALL)
    assert len(forms) == 9, "two places, a party, a figure, a demand, two claims, two signatories"
    assert all(
        re.search(r'name="csrftoken" value=".+?"', f) and re.search(r'name="digest" value="\w+"', f) for f in forms
    )


async def test_a_judgement_waits_for_an_extraction_that_writes(reviewed, path, ask):
    amira = Person(reviewed, "amira")
    digest = await amira.digest(figure(ask))
    await amira.token()
    with Database(path) as other:
        other.connection.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(amira.post(figure(ask), "accept", digest=digest))
        done, _ = await asyncio.wait([waiting], timeout=0.5)
        assert not done
        assert (await reviewed.client.get("/about")).status_code == 200, "reading goes on"
        other.connection.execute("COMMIT")
    assert (await waiting).status_code == 302


ADD = "/review/add/madaya-2016"
MISSED = {"layer": "figures", "quote": "every night", "low": "7", "unit": "nights", "condition": "other"}


async def add(person, path=ADD, **fields):
    data = {**MISSED, "csrftoken": await person.token(), **fields}
    return await person.datasette.client.post(path, data=data, cookies=person.cookies)


async def test_what_the_program_missed_is_added_from_the_statement(reviewed, ask):
    amira = Person(reviewed, "amira")
    page = (await amira.get(PAGE)).text
    assert f'action="{ADD}"' in page
    assert ADD not in (await Person(reviewed).get(PAGE)).text, "who is signed out adds nothing"
    quote = "the road"
    form = (await amira.get(f"{ADD}?layer=claims&quote={quote.replace(' ', '+')}")).text
    assert f"<mark>{quote}</mark>" in form
    assert '<option value="asserted" selected>' in form
    response = await add(amira, layer="claims", quote=quote, status="hedged", note="the list says so")
    added = ask("SELECT id, status FROM claims WHERE quote = ?", quote)[0]
    assert response.headers["location"] == f"{PAGE}#r-{added[0]}"
    assert added[1] == "hedged"
    page = (await Person(reviewed).get(PAGE)).text
    assert 'class="verdict added"' in page
    assert "the machine does not find it" in page
    assert f'id="at-{added[0]}"' in page
    assert "Found by a person" in page
    listed = (await Person(reviewed).get("/judgements")).text
    assert "status: hedged" in listed
    ((who, what, before, after),) = ask("SELECT reviewer, action, before, after FROM review_events")
    assert (who, what, before, json.loads(after)["status"]) == ("amira", "add", "{}", "hedged")
    await amira.post(added[0], "undo")
    assert ask("SELECT * FROM claims WHERE quote = ?", quote) == []


async def test_only_signed_in_people_with_our_form_add(reviewed, datasette, ask):
    nobody, amira = Person(reviewed), Person(reviewed, "amira")
    assert (await add(nobody)).status_code == 403
    assert (await nobody.get(f"{ADD}?layer=figures&quote=x")).status_code == 403
    await amira.token()
    forged = await reviewed.client.post(ADD, data=MISSED, cookies=amira.cookies)
    assert forged.status_code == 403
    assert (await reviewed.client.post(ADD, data=MISSED)).status_code == 403
    assert (await add(Person(datasette, "root"))).status_code == 404, "without --review"
    assert (await add(amira, "/review/add/nowhere")).status_code == 404
    assert ask("SELECT * FROM review_events") == []


async def test_mistakes_keep_what_was_typed_and_say_the_way_out(reviewed, ask):
    amira = Person(reviewed, "amira")
    wrong = await add(amira, layer="figures", quote="the road", condition="", unit="roads <b>")
    assert wrong.status_code == 400
    assert "need a condition: killed" in wrong.text
    assert 'value="roads &lt;b&gt;"' in wrong.text
    absent = await amira.get(f"{ADD}?layer=claims&quote=the+streets")
    assert absent.status_code == 400
    assert "“the” does, but not with “streets” behind it" in absent.text
    assert "the streets</textarea>" in absent.text
    assert (await amira.get(f"{ADD}?layer=claims&quote=")).status_code == 400
    assert (await amira.get(ADD)).status_code == 200
    several = (await amira.get(f"{ADD}?layer=parties&quote=Madaya")).text
    assert "Which of these?" in several
    assert "nth=2&amp;quote=Madaya" in several
    second = (await amira.get(f"{ADD}?layer=parties&quote=Madaya&nth=2")).text
    assert "Add it" in second
    assert (await amira.get(f"{ADD}?layer=parties&quote=Madaya&nth=99")).status_code == 400
    assert ask("SELECT * FROM reviews") == []


async def test_a_party_has_a_kind_of_its_own(reviewed, ask):
    assert (await add(Person(reviewed, "amira"), layer="parties", quote="the road", kind="ngo")).status_code == 302
    assert ask("SELECT p.kind FROM party_mentions m JOIN parties p ON p.id = m.party_id WHERE quote = 'the road'") == [
        ("ngo",)
    ]
