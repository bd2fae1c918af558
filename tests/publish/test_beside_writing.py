"""The server while an extraction writes and a backup copies: real processes over one file, and never an error."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

import pytest

from statement_nlp.store import Database

COMMAND = [sys.executable, "-c", "from statement_nlp.cli import main; main()"]
PAGES = (
    "/", "/places", "/search?q=bread", "/statements/claims.json?_shape=array", "/statements/statements", "/feed.atom",
)  # fmt: skip
COUNT = 70
OPEN = build_opener(ProxyHandler({})).open


@contextmanager
def process(*arguments, **options):
    """A process of the command line, ended with the block."""
    with subprocess.Popen([*COMMAND, *map(str, arguments)], text=True, **options) as started:
        try:
            yield started
        finally:
            started.kill()


def status(address):
    try:
        with OPEN(address, timeout=60) as answer:
            answer.read()
            return answer.status
    except HTTPError as error:
        return f"{error.code} {error.read()[:2000]!r}"


def stored(path):
    """How many of the new statements a database holds."""
    with Database(path, read_only=True) as database:
        return database.execute("SELECT count(*) FROM statements WHERE id LIKE 'new-%'").fetchone()[0]


@pytest.fixture
def server(made_path, tmp_path):
    path = tmp_path / "statements.db"
    shutil.copy(made_path, path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (tmp_path / "server.log").open("w")
    with log, process("serve", "--db", path, "--port", port, stdout=log, stderr=log) as serving:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            assert serving.poll() is None, (tmp_path / "server.log").read_text()
            try:
                OPEN(f"{address}/-/versions.json", timeout=5).close()
                break
            except URLError:
                time.sleep(0.1)
        yield address, path


def test_pages_answer_while_statements_are_added_and_copied(server, tmp_path):
    address, path = server
    rows = [
        {"id": f"new-{n}", "language": "en", "title": f"No {n}", "published": "2016-06-01",
         "text": f"In Madaya {n + 10},000 people are trapped without bread. Russia must end the siege."}
        for n in range(COUNT)
    ]  # fmt: skip
    source = tmp_path / "new.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf8")
    answers: Counter[object] = Counter()
    copy = tmp_path / "copy.db"
    with process("extract", source, "--db", path, stderr=subprocess.PIPE) as writing:
        while writing.poll() is None:
            answers.update(status(address + page) for page in PAGES)
            if not copy.exists() and stored(path):
                done = subprocess.run([*COMMAND, "backup", copy, "--db", path], capture_output=True, text=True)
                assert done.returncode == 0, done.stderr
        assert writing.returncode == 0, writing.stderr.read()
    answers.update(status(address + page) for page in PAGES)
    assert set(answers) == {200}
    with OPEN(f"{address}/statements/statements.json?_shape=array&_size=max&id__startswith=new-", timeout=60) as answer:
        assert len(json.load(answer)) == COUNT
    if copy.exists():  # else it was all over before anybody could copy
        with Database(copy, read_only=True) as copied:
            assert 0 < stored(copy) <= COUNT
            assert copied.execute("PRAGMA foreign_key_check").fetchall() == []
