"""Makes ``ingest/published/tables``: published numbers in the columns that xtb reads.

    python -m ingest.published.make_tables DIR

DIR holds one tidy CSV (some gzipped) for each source, one number a row, with the source in words. What this
script changes, and nothing else:

* the source moves to ``sources.csv``, one row a table and part;
* the words beside a number are told apart: what says which of several printed numbers it is (``edition``:
  "median of 10 runs", "one model selected per language") and what is remarked about it (``note``);
* SumEval's counts of training examples, which follow from its table of training mixes, are checked and left
  out, and so are the 105 numbers that two tables hold from one file (xpos, English, budget 10000).
"""

import csv
import gzip
import io
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

TABLES = Path(__file__).resolve().with_name("tables")
COLUMNS = (
    "part", "model", "regime", "intermediate_task", "target_task", "language", "metric", "value", "split",
    "seed", "trained_on", "edition", "note",
)  # fmt: skip
LARGE = 100_000
"""Bytes above which a table is gzipped."""
REMARKS = (
    "README prints hi F1 62.9", "printed in parentheses", "as printed in the README", "per-language cells",
    "standard deviation", "average printed as", "identical to the row", "the 15 printed cells",
    "value published as fraction", "metric name from", "average over", "average uses F1", "; average",
    "state of the art", "over XLM-R Large", "version 1 had", "retrieval and POS not reported",
    "reported 80.9 in the paper", "89.75% attack success", "not comparable with", "differ slightly from",
    "fairseq README prints 69.2", "the printed average 71.3 implies", "its XNLI and PAWS-X figures",
    "XTREME-R uses mAP@20", "superseded by",
)  # fmt: skip
"""How remarks begin that do not tell two numbers of one cell apart."""
VERSIONS = {
    "arXiv:2005.13013v2, as quoted in the seed documents": "version 2",
    "arXiv:2005.13013v2 abstract": "version 2",
    "arXiv:2005.13013v1 abstract": "version 1",
}
SUMEVAL = ("sumeval2022_xnli_tydiqa", "sumeval2022_udpos_wikiann")
MIXES = "sumeval2022_train_configs"
Row = Mapping[str, str]


def main(folder: Path) -> None:
    """Write every table anew."""
    mixes = _mixes(folder)
    for path in sorted(folder.glob("*.csv*")):
        name = path.name.split(".csv")[0]
        if name == MIXES:
            continue
        rows = list(_read(path))
        if name in SUMEVAL:
            _write(name, COLUMNS, map(_sumeval, _checked(rows, mixes)))
        elif name.startswith("xpos_"):
            _write(name, COLUMNS, (_xpos(row) for row in rows if not _twice(name, row)))
        else:
            _write(name, COLUMNS, map(_tidy, rows))
    _write(
        MIXES,
        ("config", "language", "examples"),
        (
            {"config": config, "language": language, "examples": str(examples)}
            for config, mix in mixes.items()
            for language, examples in mix.items()
        ),
    )


def told(text: str) -> tuple[str, str]:
    """The words beside a number as edition and note."""
    pieces = [piece.strip() for piece in text.split("; ") if piece.strip(" ;")]
    remarks = [piece for piece in pieces if piece.startswith(REMARKS)]
    edition = "; ".join(piece for piece in pieces if piece not in remarks)
    return edition, "; ".join(remarks)


def _tidy(row: Row) -> dict[str, str]:
    edition, note = told(row["note"])
    if row["source"] in VERSIONS:
        edition = VERSIONS[row["source"]]
    same = (
        "model",
        "regime",
        "intermediate_task",
        "target_task",
        "language",
        "metric",
        "value",
        "split",
        "seed",
    )
    return {**{name: row[name] for name in same}, "part": row["table"], "edition": edition, "note": note}


def _xpos(row: Row) -> dict[str, str]:
    same = ("model", "regime", "target_task", "language", "metric", "value", "split")
    return {
        **{name: row[name] for name in same},
        "part": row["table"],
        "intermediate_task": "none",
        "trained_on": row["source_language"],
        "edition": f"budget {row['budget']}",
    }


def _twice(name: str, row: Row) -> bool:
    return name == "xpos_udpos_xlmr_base_english_source" and row["budget"] == "10000"


def _sumeval(row: Row) -> dict[str, str]:
    return {
        "part": row["file"],
        "model": row["model"],
        "regime": f"trained on a mix of languages, {row['train_task']}",
        "intermediate_task": "none",
        "target_task": row["target_task"],
        "language": row["language"],
        "metric": row["metric"].split(" (")[0],
        "value": row["value"],
        "split": row["split"],
        "trained_on": row["config_id"],
    }


def _mixes(folder: Path) -> dict[str, dict[str, int]]:
    mixes: dict[str, dict[str, int]] = {}
    for row in _read(folder / f"{MIXES}.csv.gz"):
        mixes.setdefault(row["config_id"], {})[row["train_language"]] = int(row["train_examples"])
    return mixes


def _checked(rows: Iterable[Row], mixes: Mapping[str, Mapping[str, int]]) -> Iterable[Row]:
    for row in rows:
        mix = mixes[row["config_id"]]
        printed = [int(row[f"train_examples_{which}"]) for which in ("in_language", "total")]
        if [*printed, int(row["n_train_languages"])] != [
            mix.get(row["language"], 0),
            sum(mix.values()),
            len(mix),
        ]:
            raise ValueError(f"{row['config_id']} {row['language']}: the counts are not those of its mix")
        yield row


def _read(path: Path) -> Iterable[Row]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return csv.DictReader(io.StringIO(text, newline=""))


def _write(name: str, columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> None:
    """A CSV with the columns that hold anything."""
    kept = [dict(row) for row in rows]
    used = [column for column in columns if any(row.get(column) for row in kept)]
    text = io.StringIO()
    writer = csv.DictWriter(text, used, restval="", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(kept)
    data = text.getvalue().encode()
    for old in TABLES.glob(f"{name}.csv*"):
        old.unlink()
    if len(data) > LARGE:
        (TABLES / f"{name}.csv.gz").write_bytes(gzip.compress(data, 9, mtime=0))
    else:
        (TABLES / f"{name}.csv").write_bytes(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
