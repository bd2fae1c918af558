"""Where records live: one SQLite file, its migrations, its queries and its exports."""
