"""Trying a text: limits, tokens, and a worker that fails in every way; nothing is kept."""

import asyncio
import json
import re
import sqlite3
import sys

import pytest

from statement_nlp.publish import tryout
from statement_nlp.publish.tryout import LONGEST, TryoutError, Worker

ANSWER = {
    "id": "tried",
    "places": [{"quote": "Madaya", "start": 19, "end": 25, "name": "Madaya", "country": "SY", "place_id": "geonames:1",
                "latitude": 33.7, "longitude": 36.1, "confidence": 0.9, "method": "rule:g@1"}],
    "parties": [],
    "figures": [{"quote": "40,000", "start": 0, "end": 6, "low": 40000, "high": 40000, "unit": "people", "places": [],
                 "condition": "trapped", "date": None, "confidence": 0.8, "method": "rule:f@1"}],
    "demands": [],
    "claims": [{"quote": "40,000 <b>wait in</b> Madaya", "start": 0, "end": 25, "status": "asserted", "places": [],
                "attribution": None, "date": None, "confidence": 0.7, "method": "model:c@2"}],
}  # fmt: skip
TEXT = "40,000 <b>wait in</b> Madaya"


def answering(script: str) -> Worker:
    return Worker((sys.executable, "-c", f"import sys, json\nfor line in sys.stdin:\n    {script}"))


SAME = f"print(json.dumps({ANSWER!r}), flush=True)"


async def token(datasette) -> tuple[str, dict[str, str]]:
    response = await datasette.client.get("/try")
    found = re.search(r'name="csrftoken" value="([^"]+)"', response.text)
    assert found, "the form carries a token"
    return found.group(1), {"ds_csrftoken": response.cookies["ds_csrftoken"]}


async def send(datasette, text: str):
    csrf, cookies = await token(datasette)
    return await datasette.client.post("/try", data={"text": text, "csrftoken": csrf}, cookies=cookies)


async def test_a_text_is_shown_with_its_marks_and_kept_nowhere(datasette, path, monkeypatch):
    worker = answering(SAME)
    monkeypatch.setitem(tryout._workers, datasette, worker)
    before = path.read_bytes()
    response = await send(datasette, TEXT)
    await worker.stop()
    assert response.status_code == 200, response.text[:500]
    assert "<b>wait" not in response.text
    assert "&lt;b&gt;wait" in response.text
    assert set(re.findall(r'href="#r-(\d+)"', response.text)) == {"1", "2", "3"}
    assert "<b>40,000</b> people" in response.text
    assert "stored nowhere" in response.text
    assert path.read_bytes() == before
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM statements").fetchone() == (5,)


async def test_a_form_without_its_token_is_refused(datasette):
    _, cookies = await token(datasette)
    assert (await datasette.client.post("/try", data={"text": TEXT}, cookies=cookies)).status_code == 403
    assert (await datasette.client.post("/try", data={"text": TEXT})).status_code == 403, "nor without a cookie"


@pytest.mark.parametrize(("text", "status", "says"), [(" ", 400, "Paste a text"), ("x" * (LONGEST + 1), 413, "longer")])
async def test_texts_that_are_not_tried(datasette, text, status, says):
    response = await send(datasette, text)
    assert response.status_code == status
    assert says in response.text


async def test_a_flood_is_refused_before_it_is_read(datasette):
    csrf, cookies = await token(datasette)
    response = await datasette.client.post("/try", data={"text": "x" * 300_000, "csrftoken": csrf}, cookies=cookies)
    assert response.status_code == 413


async def test_it_can_be_switched_off(datasette, monkeypatch):
    monkeypatch.setattr(datasette, "plugin_config", lambda name: {"try": False})
    assert (await datasette.client.get("/try")).status_code == 404


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("sys.exit(3)", "a process that dies"),
        ("print('no json', flush=True)", "an answer that is none"),
        ("import time; time.sleep(60)", "no answer at all"),
    ],
)
async def test_a_worker_that_fails_says_so_and_the_next_text_gets_a_new_one(script, why, monkeypatch):
    monkeypatch.setattr(tryout, "PATIENCE", 2.0)
    worker = answering(script)
    with pytest.raises(TryoutError) as caught:
        await worker.annotate(TEXT)
    assert caught.value.status == 503, why
    assert worker.process is None
    monkeypatch.setattr(tryout, "PATIENCE", 60.0)
    worker.command = answering(SAME).command
    assert (await worker.annotate(TEXT))["places"] == ANSWER["places"]
    await worker.stop()


async def test_too_many_texts_are_refused():
    worker = answering(SAME)
    answers = await asyncio.gather(*(worker.annotate(TEXT) for _ in range(6)), return_exceptions=True)
    await worker.stop()
    refused = [a for a in answers if isinstance(a, TryoutError)]
    assert len(refused) == 3, "three wait at once"
    assert all(error.status == 429 for error in refused)


async def test_only_a_date_is_passed_on():
    worker = answering("print(json.dumps(json.loads(line)), flush=True)")
    assert "published" not in await worker.annotate(TEXT, "'; DROP")
    assert (await worker.annotate(TEXT, "2016-09"))["published"] == "2016-09"
    assert json.loads(json.dumps(await worker.annotate("a\nb")))["text"] == "a\nb"
    await worker.stop()
