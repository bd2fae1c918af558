"""SQLite: tables, queries, exports."""
