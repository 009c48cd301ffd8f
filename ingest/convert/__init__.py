"""Releases that no hub has as Parquet, turned into files of a mirror. One release a file."""
