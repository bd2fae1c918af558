"""Where records live: one SQLite file, its migrations, its queries and its exports."""

from statement_nlp.store.database import Database, Run, SaveResult

__all__ = ["Database", "Run", "SaveResult"]
