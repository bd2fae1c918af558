"""Adding statements on the pages: who may, what is taken, what a form may hold, and what stays when it goes wrong."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import sys
from contextlib import closing

import pytest

from statement_nlp.publish import adding, adding_worker
from statement_nlp.publish.adding_worker import Keeper
from statement_nlp.publish.multipart import Caps
from statement_nlp.publish.server import application

FILE = ("files", ("letter.txt", b"Some 40,000 people are trapped in Madaya."))


class Person:
    """Somebody with the cookies of a session."""

    def __init__(self, datasette, actor="root"):
        self.datasette = datasette
        self.cookies = {"ds_actor": datasette.sign({"a": {"id": actor}}, "actor")} if actor else {}
        self.token = ""

    async def get(self, path):
        response = await self.datasette.client.get(path, cookies=self.cookies)
        if found := re.search(r'name="csrftoken" value="([^"]+)"', response.text):
            self.token = found.group(1)
            self.cookies |= {"ds_csrftoken": response.cookies.get("ds_csrftoken") or self.cookies["ds_csrftoken"]}
        return response

    async def send(self, *files, path="/add", token=None, **fields):
        await self.get("/add")
        data = {"csrftoken": self.token if token is None else token, **fields}
        return await self.datasette.client.post(
            path, data=data, files=list(files) or None, cookies=self.cookies, headers={}
        )


@pytest.fixture(autouse=True)
def woken(monkeypatch):
    """Nothing is extracted; what would be is counted."""
    calls = []
    monkeypatch.setattr(Keeper, "wake", lambda self: calls.append(self.path))
    return calls


@pytest.fixture
def root(datasette):
    return Person(datasette)


@pytest.fixture
def ask(path):
    def asked(query, *given):
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(query, given).fetchall()

    return asked


def waiting(path):
    folder = path.with_name(path.name + "-uploads")
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


async def test_who_is_not_signed_in_learns_how(datasette, ask):
    nobody = Person(datasette, None)
    page = await nobody.get("/add")
    assert page.headers["cache-control"] == "private, no-store"
    assert page.status_code == 403
    assert "shows a link that signs you in" in page.text
    assert 'type="file"' not in page.text
    assert 'href="/add"' not in (await nobody.get("/")).text
    response = await datasette.client.post("/add", data={"csrftoken": "x"}, files=[FILE], cookies={"a": "b"})
    assert response.status_code == 403
    assert ask("SELECT count(*) FROM batches") == [(0,)]


async def test_another_person_may_only_if_the_settings_say_so(path):
    served = application(path, plugins={"statement_nlp": {"add": {"id": ["amira"]}}})
    await served.invoke_startup()
    assert (await Person(served, "amira").get("/add")).status_code == 200
    assert (await Person(served, "noor").get("/add")).status_code == 403
    off = application(path, plugins={"statement_nlp": {"add": False}})
    await off.invoke_startup()
    assert (await Person(off).get("/add")).status_code == 404


async def test_files_wait_under_their_own_names(root, path, ask, woken):
    response = await root.send(
        FILE, *(("files", (name, b"x")) for name in ("2016/../../évil.txt", "2016/README.md", "a.exe")),
        publisher=" Lantern  Relief ", published="2016-09",
    )  # fmt: skip
    assert (response.status_code, response.headers["location"]) == (302, "/add/1")
    assert waiting(path) == ["1/2016/évil.txt", "1/letter.txt"]
    assert woken == [path]
    assert ask("SELECT name, state, files, given, sent_by FROM batches") == [
        ("2 files", "waiting", 2, '{"published": "2016-09", "publisher": "Lantern Relief"}', "root")
    ]
    assert [row[0] for row in ask("SELECT source FROM batch_items WHERE outcome = 'not taken'")] == [
        "2016/README.md", "a.exe",
    ]  # fmt: skip
    page = await root.get("/add/1")
    assert "Waits for its turn" in page.text
    assert "is not read; give one of" in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    told = (await root.get("/add/1.json")).json()
    assert (told["state"], told["files"], told["counts"]) == ("waiting", 2, {"not taken": 2})


async def test_a_pasted_text_is_called_by_what_it_says(root, path):
    for _ in range(2):
        await root.send(("files", ("", b"")), text="Russia must stop.\r\n")
    first, second = waiting(path)
    assert first.removeprefix("1/") == second.removeprefix("2/")
    assert "a pasted text" in (await root.get("/add")).text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": " "}, "Choose files or a folder, or paste a text"),
        ({"text": "x", "published": "12 Sept 2016"}, "cannot be read; write 2016"),
        ({"text": "x", "url": "javascript:alert(1)"}, "begins with https://"),
    ],
)
async def test_what_is_not_taken_says_why(root, path, ask, fields, says):
    response = await root.send(("files", ("", b"")), **fields)
    assert response.status_code == 400
    assert says in response.text
    assert ask("SELECT count(*) FROM batches") == [(0,)]
    assert waiting(path) == []


async def test_a_form_without_its_token_leaves_nothing(root, path, ask):
    for token in ("", "x" * 60):
        assert (await root.send(FILE, token=token)).status_code == 403
    before = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nx\r\n--b--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=b"}
    sent = await root.datasette.client.post("/add", content=before, headers=headers, cookies=root.cookies)
    assert sent.status_code == 403, "a file before the token"
    assert ask("SELECT count(*) FROM batches") == [(0,)]
    assert waiting(path) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"--b\r\nContent-Disposition: form-data; name=", 400),
        (b"no form at all", 400),
        (b"", 400),
    ],
)
async def test_forms_that_break_off(root, path, body, status):
    await root.get("/add")
    headers = {"content-type": "multipart/form-data; boundary=b"}
    sent = await root.datasette.client.post("/add", content=body, headers=headers, cookies=root.cookies)
    assert sent.status_code == status
    assert waiting(path) == []


async def test_caps(root, path, monkeypatch):
    monkeypatch.setattr(adding, "CAPS", Caps(file_bytes=1_000_000, all_bytes=3_000_000, files=2, field_bytes=1000))
    many = [("files", (f"{n}.txt", b"x")) for n in range(4)]
    await root.send(("files", ("large.txt", b"x" * 1_000_001)), *many)
    assert waiting(path) == ["1/0.txt", "1/1.txt"]
    page = (await root.get("/add/1")).text
    assert "larger than 1 MB" in page
    assert "more than 2 files" in page
    assert (await root.send(*(("files", (f"{n}.exe", b"x" * 900_000)) for n in range(4)))).status_code == 413
    assert (await root.send(("files", ("", b"")), text="x" * 1001)).status_code == 413
    nobody = await root.datasette.client.post(
        "/add", content=b"x" * 300_000, headers={"content-type": "multipart/form-data; boundary=b"}, cookies={"a": "b"}
    )
    assert nobody.status_code == 413, "of somebody who is not signed in, less is taken"


async def test_stop_and_undo_are_asked_of_the_queue(root, ask):
    await root.send(FILE)
    for action, state in (("stop", "stopped"), ("undo", "to undo")):
        await root.get("/add/1")
        form = {"csrftoken": root.token, "action": action}
        sent = await root.datasette.client.post("/add/1", data=form, cookies=root.cookies)
        assert sent.headers["location"] == "/add/1"
        assert ask("SELECT state FROM batches") == [(state,)]
    assert (await root.get("/add/9")).status_code == 404


async def test_what_was_cut_off_is_taken_up_when_a_server_starts(root, path, woken):
    await root.send(FILE)
    woken.clear()
    await application(path).invoke_startup()
    assert woken == [path]


async def test_names_of_files_are_hostile(root):
    await root.send(("files", ("<img src=x onerror=alert(1)>‮.exe", b"x")), FILE)
    page = (await root.get("/add/1")).text
    assert "<img" not in page.partition("<main")[2]
    assert "<bdi>" in page


async def test_a_process_that_fails_is_started_again_and_given_up(path, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(adding_worker, "PAUSE", 0)
    monkeypatch.setattr(adding_worker, "waits", lambda path: True)
    runs = path.with_name("runs")
    keeper = Keeper(path, (sys.executable, "-c", f"open({str(runs)!r}, 'a').write('x'); raise SystemExit(3)"))
    keeper.wake()
    await asyncio.wait_for(keeper.task, 30)
    assert runs.read_text() == "xxx"
    assert not keeper.is_at_work()
    await keeper.stop()
