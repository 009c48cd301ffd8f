"""The tables of this folder as one frame, in the words of their sources."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import polars as pl

from ingest.published import names

MIXES = "sumeval2022_train_configs"
MAPPING = ("rows.py", "names.py", "tables.py", "sources.csv", "tasks.csv", "languages.csv")
PRINTED = (
    "table_name", "line", "part", "model", "regime", "intermediate_task", "target_task", "language", "metric",
    "value", "scale", "split", "seed", "trained_on", "edition", "note",
)  # fmt: skip


def table_names() -> list[str]:
    """Names of the tables, as in ``source = 'published:<name>'``."""
    return [name for name in _files() if name != MIXES]


def digest(name: str) -> str:
    """sha256 over a table and everything that decides what becomes of it."""
    found = hashlib.sha256(_files()[name].read_bytes())
    for other in (_files()[MIXES], *(files("ingest.published") / each for each in MAPPING)):
        found.update(other.read_bytes())
    return found.hexdigest()


def printed() -> pl.DataFrame:
    """Every number as it was printed: columns ``PRINTED``, ``source`` and ``url``; NULL is "not stated"."""
    frame = pl.concat([_table(name) for name in table_names()], how="diagonal")
    for column in PRINTED:
        if column not in frame.columns:
            frame = frame.with_columns(pl.lit(None, pl.String).alias(column))
    frame = frame.with_columns(
        pl.col("value").cast(pl.Float64),
        pl.col("seed").cast(pl.Int64),
        scale=pl.col("metric").replace_strict(
            dict(names.SCALES),
            default=pl.when(pl.col("table_name").is_in(names.FRACTIONS))
            .then(pl.lit(names.FRACTION))
            .otherwise(pl.lit(names.PERCENT)),
            return_dtype=pl.String,
        ),
    )
    return _with_sources(frame.select(PRINTED))


def mixes() -> pl.DataFrame:
    """Training examples per language of SumEval's configurations: ``config, language, examples``."""
    return _read(MIXES).with_columns(pl.col("examples").cast(pl.Int64))


def sources() -> pl.DataFrame:
    """Where each table (or part of one) comes from: ``table, part, source, url, licence``."""
    return _csv(files("ingest.published") / "sources.csv")


def extra_languages() -> pl.DataFrame:
    """Languages that no benchmark of the catalogue has: ``code, iso639_3, name, script``."""
    return _csv(files("ingest.published") / "languages.csv")


def extra_tasks() -> pl.DataFrame:
    """Benchmarks that only published results have."""
    return _csv(files("ingest.published") / "tasks.csv").with_columns(pl.col("chance").cast(pl.Float64))


def _with_sources(frame: pl.DataFrame) -> pl.DataFrame:
    known = sources().select("part", "source", "url", table_name="table")
    whole = known.filter(pl.col("part").is_null()).drop("part")
    parts = known.filter(pl.col("part").is_not_null())
    found = frame.join(parts, on=["table_name", "part"], how="left", maintain_order="left").join(
        whole, on="table_name", how="left", suffix="_whole", maintain_order="left"
    )
    return found.select(
        *PRINTED,
        *(pl.coalesce(column, f"{column}_whole").alias(column) for column in ("source", "url")),
    )


def _table(name: str) -> pl.DataFrame:
    return _read(name).with_columns(pl.lit(name).alias("table_name")).with_row_index("line", offset=1)


def _read(name: str) -> pl.DataFrame:
    return _csv(_files()[name])


def _csv(file: Traversable) -> pl.DataFrame:
    return pl.read_csv(file.read_bytes(), infer_schema=False)


@cache
def _files() -> Mapping[str, Traversable]:
    found = {each.name.split(".csv")[0]: each for each in (files("ingest.published") / "tables").iterdir()}
    return dict(sorted(found.items()))
