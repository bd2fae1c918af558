"""The command line: each command parses, calls one function of the house, and prints.

Modules: `extracting` (extract), `annotating` (annotate), `asking` (claims, demands, figures, search, explain),
`serving` (serve, backup), `comparing` (timeline, compare), `tracking` (link, organisations), `reviewing`
(review; its walk in `walking`), `knowing` (gazetteer, parties), `learning` (train, evaluate). Rooms are imported when a
command runs, so that `--help` is quick and nothing loads spaCy that does not extract.
"""

from statement_nlp.cli.root import main

__all__ = ["main"]
