"""Ten kills of those that `make faults` makes two hundred of, and a proof that it would see what is lost."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys

import pytest
from tests.reliability import killing


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills need fork and SIGKILL, which this system has not")
def test_ten_kills_lose_nothing():
    # in a process of its own: pytest's has threads, with which none should be forked
    run = subprocess.run(
        [sys.executable, "-m", "tests.reliability.killing", "10"], capture_output=True, text=True, timeout=500
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "10 kills of who is at work" in run.stdout


@pytest.mark.parametrize(
    ("damage", "seen"),
    [
        ("DELETE FROM claims WHERE id = (SELECT min(id) FROM claims)", "foreign_key_check"),
        ("DELETE FROM figure_places WHERE figure_id = (SELECT min(figure_id) FROM figure_places)", "is not whole"),
        ("UPDATE zones SET kind = 'notes' WHERE statement_id = 'madaya-4'", "is not whole"),
        ("UPDATE figures SET low = 7 WHERE statement_id = 'madaya-5'", "is not whole"),
        ("DELETE FROM statements_fts_data WHERE id = (SELECT max(id) FROM statements_fts_data)", "malformed"),
    ],
)
def test_what_is_lost_is_seen(tmp_path, monkeypatch, damage, seen):
    monkeypatch.setattr(killing, "_in_child", lambda fault, folder, moment: fault.run(folder))
    watched = killing.Killing(killing.FAULTS[0], tmp_path, random.Random(1))
    with sqlite3.connect(tmp_path / "whole" / "s.db") as db:
        db.execute(damage)
    with pytest.raises((AssertionError, sqlite3.Error), match=seen):
        watched._look(tmp_path / "whole")
