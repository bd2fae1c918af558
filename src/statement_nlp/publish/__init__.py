"""Datasette: pages, maps, charts."""
