"""Trying a text: limits, tokens, and a worker that fails in every way; nothing is kept."""

import json
import re
import sqlite3
import sys
import tempfile

import pytest

from statement_nlp.publish import admission, tryout
from statement_nlp.publish.admission import Admission, BusyError, client_of
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


@pytest.mark.parametrize(
    ("text", "status", "says"), [(" ", 400, "Paste a text or choose a file"), ("x" * (LONGEST + 1), 413, "longer")]
)
async def test_texts_that_are_not_tried(datasette, text, status, says):
    response = await send(datasette, text)
    assert response.status_code == status
    assert says in response.text


async def test_a_flood_is_refused_before_it_is_read(datasette):
    csrf, cookies = await token(datasette)
    response = await datasette.client.post("/try", data={"text": "x" * 6_000_000, "csrftoken": csrf}, cookies=cookies)
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


def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(admission, "monotonic", lambda: now[0])
    return now


def test_each_client_has_limits_of_its_own(monkeypatch):
    now, door = clock(monkeypatch), Admission()
    for _ in range(admission.A_CLIENT):
        door.enter("a")
        door.leave("a")
    with pytest.raises(BusyError, match="in a minute") as refused:
        door.enter("a")
    assert (refused.value.status, refused.value.after) == (429, 60)
    door.enter("b")
    with pytest.raises(BusyError, match="still being read") as refused:
        door.enter("b")
    assert refused.value.status == 429, "one at a time"
    now[0] += 61
    door.enter("a")


def test_all_clients_together_have_limits(monkeypatch):
    now, door = clock(monkeypatch), Admission()
    for client in "abc":
        door.enter(client)
    with pytest.raises(BusyError, match="Others are") as refused:
        door.enter("d")
    assert refused.value.status == 503
    for client in "abc":
        door.leave(client)
    for client in range(admission.IN_ALL - 3):
        door.enter(str(client))
        door.leave(str(client))
    with pytest.raises(BusyError, match="Too many texts") as refused:
        door.enter("d")
    assert refused.value.status == 503
    now[0] += 61
    door.enter("d")


@pytest.mark.parametrize(
    ("address", "client", "why"),
    [
        ("192.0.2.7", "192.0.2.7", "an address"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "one machine has a network of IPv6"),
        ("::ffff:192.0.2.7", "192.0.2.7", "one address in two ways"),
        ("testclient", "unknown", "no address"),
    ],
)
def test_who_a_client_is(address, client, why):
    assert client_of({"client": (address, 1)}) == client, why
    assert client_of({}) == "unknown"


async def test_busy_says_when_to_come_back(datasette):
    door = tryout.worker_of(datasette).admission
    door.enter("127.0.0.1")
    response = await send(datasette, TEXT)
    assert response.status_code == 429
    assert response.headers["retry-after"] == "5"
    assert response.headers["cache-control"] == "private, no-store"
    assert "still being read" in response.text


async def upload(datasette, name: str, content: bytes, **fields):
    csrf, cookies = await token(datasette)
    files = {"file": (name, content)}
    return await datasette.client.post("/try", data={"csrftoken": csrf, **fields}, files=files, cookies=cookies)


async def test_a_file_is_read_shown_and_kept_nowhere(datasette, path, monkeypatch, tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(tryout, "FILE_PATIENCE", 300.0)  # a busy machine is not what is tried here
    worker = answering(SAME)
    monkeypatch.setitem(tryout._workers, datasette, worker)
    before = {file: file.read_bytes() for file in sorted(path.parent.glob("*")) if file.is_file()}
    page = b"<html><head><title>Open</title></head><body><article><p>" + TEXT.encode() + b"</p></article></body></html>"
    response = await upload(datasette, "letter.html", page)
    assert response.status_code == 200, response.text[-800:]
    assert "40,000 wait in Madaya" in response.text.partition("<textarea")[2].partition("</textarea")[0]
    for name, content, says in (
        ("a.pdf", b"%PDF-1.4 broken", "a.pdf: "), ("a.exe", b"MZ", "is not read; give one of"),
        ("a.txt", b"x" * (LONGEST + 1), "longer than"),
    ):  # fmt: skip
        refused = await upload(datasette, name, content)
        assert refused.status_code in (400, 413), name
        assert says in refused.text, name
    await worker.stop()
    assert list(folder.iterdir()) == []
    assert {file: file.read_bytes() for file in sorted(path.parent.glob("*")) if file.is_file()} == before


async def test_a_file_that_takes_too_long_is_given_up(datasette, monkeypatch):
    monkeypatch.setattr(tryout, "FILE_PATIENCE", 0.2)
    monkeypatch.setattr(tryout, "READING", (sys.executable, "-c", "import time; time.sleep(60)"))
    response = await upload(datasette, "a.txt", b"x")
    assert response.status_code == 400
    assert "was not read within" in response.text


async def test_a_file_without_the_token_of_its_form_is_refused(datasette):
    assert (await upload(datasette, "a.txt", b"x", csrftoken="y")).status_code == 403


async def test_what_was_found_as_json(datasette, monkeypatch):
    worker = answering(SAME)
    monkeypatch.setitem(tryout._workers, datasette, worker)
    csrf, cookies = await token(datasette)
    form = {"text": TEXT, "csrftoken": csrf, "format": "json"}
    response = await datasette.client.post("/try", data=form, cookies=cookies)
    await worker.stop()
    assert response.headers["content-type"].startswith("application/json")
    assert "attachment" in response.headers["content-disposition"]
    assert response.json() == ANSWER


async def test_only_a_date_is_passed_on():
    worker = answering("print(json.dumps(json.loads(line)), flush=True)")
    assert "published" not in await worker.annotate(TEXT, "'; DROP")
    assert (await worker.annotate(TEXT, "2016-09"))["published"] == "2016-09"
    assert json.loads(json.dumps(await worker.annotate("a\nb")))["text"] == "a\nb"
    await worker.stop()
