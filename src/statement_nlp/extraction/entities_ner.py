"""The named-entity recogniser of our own: where it lies, how it comes into a pipeline, what its labels mean.

It is spaCy's transition-based recogniser, started from the weights of the base pipeline's and trained on the corpus.
It stands in the pipeline in place of the stock recogniser, not beside it. On disk: `config.json` (its architecture) and
what spaCy writes (`cfg`, `moves`, `model`: JSON and msgpack, no pickle).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from spacy.language import Language

from statement_nlp.errors import ModelError
from statement_nlp.extraction.classifier import models_dir, verify
from statement_nlp.records import PartyKind

LAYER = "entities"
VERSION = "1"
PLACE = "PLACE"
LABELS = (PLACE, "STATE", "PERSON", "ORG", "COLLECTIVE")
"""A location; a state or an organ of it; a person; any other organisation or group; an actor described as many."""
KIND_LABELS: dict[PartyKind, str] = {
    "state": "STATE", "person": "PERSON", "collective": "COLLECTIVE", "armed_group": "ORG",
    "intergovernmental": "ORG", "ngo": "ORG", "other": "ORG",
}  # fmt: skip


def folder(models: str | Path | None) -> Path:
    """Where the models of this layer lie: below `models`, or in the package."""
    return Path(models or models_dir()) / LAYER


def add_ner(nlp: Language, models: Path | None = None) -> None:
    """Put our trained recogniser into a pipeline as its `ner`, in place of any that is there.

    Args:
        nlp: a pipeline; the recogniser has its own token vectors and needs none of its components.
        models: folder of the trained models; None for those of the package.

    Raises:
        ModelError: there is no trained recogniser in that folder.
    """
    path = folder(models) / "ner"
    if not (path / "config.json").is_file():
        raise ModelError(f"no named-entity model at {path}: run `statement-nlp train`")
    verify(*(path / name for name in ("config.json", "cfg", "model", "moves")))
    config = json.loads((path / "config.json").read_text(encoding="utf8"))
    if "ner" in nlp.pipe_names:
        nlp.remove_pipe("ner")
    ner: Any = nlp.add_pipe("ner", config=config)
    ner.from_disk(path, exclude=["vocab"])


def save_ner(nlp: Language, path: Path) -> None:
    """Write the recogniser of a pipeline so that `add_ner` finds it below `path`/ner."""
    ner: Any = nlp.get_pipe("ner")
    target = path / "ner"
    ner.to_disk(target, exclude=["vocab"])
    config = {k: v for k, v in nlp.get_pipe_config("ner").items() if k != "factory"}
    (target / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf8")
