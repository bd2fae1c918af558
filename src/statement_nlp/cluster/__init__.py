"""Extraction on many machines: the input in parts, each extracted by a worker into Parquet."""
