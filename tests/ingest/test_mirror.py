"""A mirror folder: where files are looked for, what is checked, what is said."""

import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from ingest.dataset import Dataset, Mirror
from ingest.errors import BadData, MissingData
from ingest.manifest import Folder
from ingest.mirror import MirrorSource
from ingest.source import HubSource, open_source
from ingest.tasks.xnli import XNLI

TOY = Dataset(
    name="toy",
    shape="pair",
    mirror=Mirror(
        folder="toy",
        codes={"sw": "swh"},
        columns={"id": pl.col("row").cast(pl.String), "first": "a", "second": "b", "label": "gold"},
        rows={("test", "de"): 2},
    ),
)
MANY = Dataset(
    name="many",
    shape="pool",
    mirror=Mirror(
        folder="toy",
        files="{split}/{code}_*.parquet",
        columns={"id": pl.format("{}-{}", "file", "row"), "text": "a"},
        drop=pl.col("a") == "drop",
    ),
)


def put(root: Path, name: str, rows: int = 2, first: str = "x") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame({"a": [first] * rows, "b": ["y"] * rows, "gold": [0] * rows}).write_parquet(path)
    return path


def state(root: Path, *paths: Path, rows: int | None = None) -> None:
    entries = [
        {
            "path": path.relative_to(root).as_posix(),
            "rows": pl.read_parquet(path).height if rows is None else rows,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in paths
    ]
    (root / "manifest.json").write_text(json.dumps(entries))


def test_a_table_has_the_columns_of_its_shape(tmp_path: Path) -> None:
    put(tmp_path, "toy/test/de.parquet")
    table = open_source(tmp_path).table(TOY, "test", "de")
    assert table.rows() == [("0", "x", "y", 0), ("1", "x", "y", 0)]
    assert table.columns == ["id", "first", "second", "label"]


def test_codes_are_mapped_to_those_of_the_files(tmp_path: Path) -> None:
    put(tmp_path, "toy/test/swh.parquet")
    source = open_source(tmp_path)
    assert source.has(TOY, "test", "sw")
    assert not source.has(TOY, "test", "swh.x")
    assert source.table(TOY, "test", "sw").height == 2


def test_several_files_are_joined_in_the_order_of_their_names(tmp_path: Path) -> None:
    put(tmp_path, "toy/test/de_b.parquet", 1)
    put(tmp_path, "toy/test/de_a.parquet", 2)
    assert open_source(tmp_path).table(MANY, "test", "de")["id"].to_list() == ["de_a-0", "de_a-1", "de_b-0"]


def test_rows_to_leave_out_are_left_out(tmp_path: Path) -> None:
    put(tmp_path, "toy/test/de_a.parquet", 2, first="drop")
    assert open_source(tmp_path).table(MANY, "test", "de").height == 0


def test_another_size_than_declared_is_refused_with_both_numbers(tmp_path: Path) -> None:
    put(tmp_path, "toy/test/de.parquet", 3)
    with pytest.raises(BadData, match=r"toy test 'de' .* has 3 rows, the benchmark has 2\. If .* on purpose"):
        open_source(tmp_path).table(TOY, "test", "de")


def test_a_part_is_read_when_the_manifest_says_so(tmp_path: Path) -> None:
    state(tmp_path, put(tmp_path, "toy/test/de.parquet", 3))
    assert open_source(tmp_path).table(TOY, "test", "de").height == 3


def test_the_hubs_size_holds_for_a_mirror_without_manifest(tmp_path: Path) -> None:
    path = tmp_path / "xnli" / "test" / "de.parquet"
    path.parent.mkdir(parents=True)
    pl.DataFrame({"index": [0], "premise": ["a"], "hypothesis": ["b"], "label": ["neutral"]}).write_parquet(
        path
    )
    with pytest.raises(BadData, match=r"has 1 rows, the benchmark has 5,010"):
        open_source(tmp_path).table(XNLI, "test", "de")


def test_other_rows_than_the_manifest_says_are_refused_with_both_numbers(tmp_path: Path) -> None:
    state(tmp_path, put(tmp_path, "toy/test/de.parquet", 2), rows=1_234)
    with pytest.raises(BadData, match=r"has 2 rows, manifest\.json says 1,234"):
        open_source(tmp_path).table(TOY, "test", "de")


def test_a_changed_file_is_refused_with_both_hashes(tmp_path: Path) -> None:
    path = put(tmp_path, "toy/test/de.parquet", 2)
    state(tmp_path, path)
    stated = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    put(tmp_path, "toy/test/de.parquet", 2, first="z")
    found = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    with pytest.raises(BadData, match=f"sha256 is {found}…, manifest.json says {stated}…"):
        open_source(tmp_path).table(TOY, "test", "de")


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"not parquet at all"])
def test_a_broken_file_is_one_clear_line(tmp_path: Path, damage: bytes) -> None:
    path = put(tmp_path, "toy/test/de.parquet")
    path.write_bytes(damage)
    with pytest.raises(BadData, match=r"de\.parquet is not a readable Parquet file") as caught:
        open_source(tmp_path).table(TOY, "test", "de")
    assert "\n" not in str(caught.value)


def test_a_file_cut_short_is_one_clear_line(tmp_path: Path) -> None:
    path = put(tmp_path, "toy/test/de.parquet", 500)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(BadData, match="not a readable Parquet file"):
        open_source(tmp_path).table(TOY, "test", "de")


def test_a_missing_file_is_named_with_what_is_there(tmp_path: Path) -> None:
    put(tmp_path, "toy/test/de.parquet")
    put(tmp_path, "toy/test/fr.parquet")
    with pytest.raises(
        MissingData, match=r"toy test 'ur': looked for .*toy/test/ur\.parquet; there is de, fr\. To go on"
    ):
        open_source(tmp_path).table(TOY, "test", "ur")


def test_a_missing_file_of_the_hub_says_where_a_clone_would_lie(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match=r"xnli/test/bg\.parquet and .*facebook/xnli"):
        open_source(tmp_path).table(XNLI, "test", "bg")


def test_other_columns_are_refused_with_those_there(tmp_path: Path) -> None:
    path = tmp_path / "toy" / "test" / "fr.parquet"
    path.parent.mkdir(parents=True)
    pl.DataFrame({"x": [1]}).write_parquet(path)
    with pytest.raises(BadData, match=r"has the columns row, x, file"):
        open_source(tmp_path).table(TOY, "test", "fr")


def test_a_data_set_of_neither_place_belongs_to_the_built_in_benchmark(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match="--data mini"):
        open_source(tmp_path).table(Dataset(name="mini_x", shape="pair"), "test", "en")


@pytest.mark.parametrize("text", ["{", '{"a": 1}', '[{"path": "x.parquet"}]', "[1]"])
def test_a_broken_manifest_is_one_clear_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(BadData, match=r"manifest\.json is no list of files"):
        open_source(tmp_path)


def test_the_name_follows_the_content(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    put(one, "toy/test/de.parquet")
    put(two, "toy/test/de.parquet")
    name = open_source(one).name
    assert name.startswith("mirror:")
    assert len(name) == len("mirror:") + 16
    assert open_source(two).name == name
    state(two, two / "toy/test/de.parquet")  # stated or computed, the hash is the same
    assert open_source(two).name == name
    put(two, "toy/test/fr.parquet")
    assert open_source(two).name != name


def test_the_fingerprint_is_taken_once(tmp_path: Path) -> None:
    put(tmp_path, "toy/test/de.parquet")
    folder = Folder(tmp_path)
    source = MirrorSource(folder, HubSource(folder))
    name = source.name
    put(tmp_path, "toy/test/fr.parquet")
    assert source.name == name
