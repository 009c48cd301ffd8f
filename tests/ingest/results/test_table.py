import gzip
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.results import files, formats
from tests.ingest.results.foreign import NASTY, assert_sound, read, scores
from warehouse.connect import Connection
from warehouse.errors import UsageError

PLAIN = "encoder,task,language,split,metric,value,n,seed\nm,xnli,de,test,accuracy,0.5,10,1\nm,xnli,sw,test,accuracy,0.25,10,1\n"  # noqa: E501
MAP = """
[columns]
encoder = "Model"
seed = "run"

[values]
task = "xnli"
metric = "accuracy"

[names.language]
Deutsch = "de"

[wide]
column = "language"
of = ["Deutsch", "sw"]

[scale]
value = 100
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_our_own_names_need_no_mapping(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", PLAIN)
    assert formats.recognise(path) == "table"
    reading = read(path, "table")
    assert reading.rejects == []
    assert scores(reading) == [
        ("xnli", "test", "de", "accuracy", 0.5, 10),
        ("xnli", "test", "sw", "accuracy", 0.25, 10),
    ]
    assert [(run.record["encoder"], run.record["seed"]) for run in reading.runs()] == [("m", 1)]


def test_a_mapping_renames_scales_and_unfolds(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", "Model\trun\tDeutsch\tsw\nx\t1\t50\t\nx\t2\t75\t12.5\n")
    reading = read(path, "table", write(tmp_path / "map.toml", MAP))
    assert reading.rejects == []
    assert sorted((run.record["seed"], len(run.tables["score"])) for run in reading.runs()) == [
        (1, 1),
        (2, 2),
    ]
    assert [row[2:5] for row in scores(reading)] == [
        ("de", "accuracy", 0.5),
        ("de", "accuracy", 0.75),
        ("sw", "accuracy", 0.125),
    ]


def test_rows_of_examples_are_outcomes_and_give_the_score(tmp_path: Path) -> None:
    rows = {
        "encoder": ["m"] * 4,
        "task": ["xnli"] * 4,
        "language": ["de"] * 4,
        "example_id": [1, 2, 1, 2],
        "correct": [1.0, 0.0, 0.0, 0.0],
        "perturbation": ["clean", "clean", "char_swap", "char_swap"],
        "severity": [0, 0, 2, 2],
        "changed": [False, False, True, False],
    }
    pl.DataFrame(rows).write_parquet(tmp_path / "a.parquet")
    (run,) = read(tmp_path / "a.parquet", "table").runs()
    found = [(row["perturbation"], row["value"], row["n"], row["unchanged"]) for row in run.tables["score"]]
    assert found == [("clean", 0.5, 2, 2), ("char_swap", 0.0, 2, 1)]


def test_the_same_rows_in_another_file_are_the_same_run(tmp_path: Path) -> None:
    ids = {
        run.run_id
        for name in ("a.csv", "b.csv")
        for run in read(write(tmp_path / name, PLAIN), "table").runs()
    }
    assert len(ids) == 1


def test_refused_rows_say_their_line(tmp_path: Path) -> None:
    bad = "m,xnli,de,dev,accuracy,n/a,,\nm,xnli,de,dev,accuracy,1.5,,\nm,xnli,xx-!,dev,accuracy,1,,\nm,xnli\n"
    reading = read(write(tmp_path / "a.csv", PLAIN + bad), "table")
    assert [(one.line, one.reason) for one in reading.rejects] == [
        (4, "accuracy is 'n/a', not a number"),
        (5, "accuracy 1.5 lies outside [0, 1]"),
        (6, "'xx-!' is no code of a language"),
        (7, "has 2 of 8 cells"),
    ]
    assert len(scores(reading)) == 2


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.results.files.FILE_LIMIT", 10_000)
    monkeypatch.setattr("ingest.results.files.read_text.__defaults__", (10_000,))
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(PLAIN.encode() + b"m,xnli,de,test,accuracy,0.5,10,1\n" * 10_000))
    assert path.stat().st_size < 10_000
    (refused,) = read(path, "table").rejects
    assert refused.reason == "has more than 10,000 bytes"


def test_a_mapping_that_cannot_be_names_every_problem(tmp_path: Path) -> None:
    text = '[columns]\nmodell = "x"\n[wide]\ncolumn = "language"\n[scale]\nvalue = 0\n[scael]\n'
    with pytest.raises(UsageError) as error:
        read(write(tmp_path / "a.csv", PLAIN), "table", write(tmp_path / "map.toml", text))
    for part in ("columns.modell", "[wide] needs", "scale.value", "no table [scael]"):
        assert part in str(error.value)


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.csv.gz"])
def test_bytes_of_anything_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PAR1\xff\x00nonsensePAR1")
    reading = read(tmp_path / name, "table")
    assert reading.runs() == []
    assert len(reading.rejects) == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 7), st.sampled_from(NASTY)), max_size=4),
    noise=st.binary(max_size=20),
    at=st.integers(0, 200),
)
def test_any_cells_and_bytes_give_sound_rows_or_reasons(
    tmp_path: Path, con: Connection, cells: list[tuple[int, int, Any]], noise: bytes, at: int
) -> None:
    rows = [line.split(",") for line in PLAIN.splitlines()]
    for row, column, value in cells:
        rows[1 + row][column] = str(value) if not isinstance(value, int) else f"{value:d}"
    data = "\n".join(",".join(row) for row in rows).encode("utf-8", "surrogatepass")
    (tmp_path / "a.csv").write_bytes(data[:at] + noise + data[at:])
    assert_sound(con, tmp_path / "a.csv", "table", encoder="m")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 3000), noise=st.binary(min_size=1, max_size=20))
def test_any_damage_to_parquet_gives_sound_rows_or_reasons(
    tmp_path: Path, con: Connection, at: int, noise: bytes
) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"encoder": ["m"], "task": ["xnli"], "language": ["de"], "value": [0.5]}).with_columns(
        metric=pl.lit("accuracy")
    ).write_parquet(path)
    data = path.read_bytes()
    path.write_bytes(data[: at % len(data)] + noise + data[at % len(data) + len(noise) :])
    assert_sound(con, path, "table")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 300), text=st.text(max_size=12))
def test_any_mapping_gives_sound_rows_or_a_usage_error(
    tmp_path: Path, con: Connection, at: int, text: str
) -> None:
    path = write(tmp_path / "a.tsv", "Model\trun\tDeutsch\tsw\nx\t1\t50\t\nx\t2\t75\t12.5\n")
    (tmp_path / "map.toml").write_bytes((MAP[:at] + text + MAP[at:]).encode("utf-8", "surrogatepass"))
    assert_sound(con, path, "table", tmp_path / "map.toml")


def test_a_value_to_which_every_row_points_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow.parquet as pq

    path = tmp_path / "bomb.parquet"
    rows = {"task": ["xnli"], "language": ["de"], "metric": ["accuracy"], "value": [0.5]}
    pl.DataFrame({name: one * 256 for name, one in {**rows, "encoder": ["x" * 2**16]}.items()}).write_parquet(
        path
    )
    assert path.stat().st_size < 2**16
    monkeypatch.setattr(files, "FILE_LIMIT", 2**20)
    assert files._rows_at_once(pq.ParquetFile(path).metadata) <= 16
    reading = read(path, "table")
    assert reading.runs() == []
    assert {one.reason.partition(" characters")[0] for one in reading.rejects} == {"the model has 65,536"}
    assert [one.line for one in reading.rejects] == list(range(1, 257))
