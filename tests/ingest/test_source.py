"""The hub and clones of its repositories, read through the same code."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from ingest import catalog
from ingest.dataset import Dataset
from ingest.errors import BadData, MissingData
from ingest.source import HubSource, open_source
from ingest.task import Task
from ingest.tasks.squad_v1 import SQUAD
from ingest.tasks.tatoeba import QUERIES
from ingest.tasks.udpos import UDPOS
from ingest.tasks.xnli import XNLI
from tests.ingest.clones import clone
from tests.ingest.hub_server import commit_of, serve

ROOT = Path(__file__).resolve().parents[2]


def on_the_hub() -> list[Task]:
    tasks = [catalog.task(name) for name in catalog.task_names()]
    return [task for task in tasks if any(table.hub for tables in task.data.values() for table in tables)]


def first_table(dataset: Dataset, place: int, task: Task, split: str) -> tuple[str, str] | None:
    """A language of the split that the data set's ``place``-th repository holds."""
    hub = dataset.hub[place]
    codes = [code for code in task.splits[split] if dataset.hub_for(split, code) is hub]
    return (split, codes[0]) if codes else None


@pytest.mark.parametrize("task", on_the_hub(), ids=lambda task: task.name)
def test_every_task_of_the_hub_reads_from_clones_in_the_hubs_layout(task: Task, tmp_path: Path) -> None:
    wanted = set()
    for split, tables in task.data.items():
        for dataset in tables:
            for place in range(len(dataset.hub)):
                if found := first_table(dataset, place, task, split):
                    wanted.add(found)
    for split, language in wanted:
        for dataset in task.data[split]:
            hub = dataset.hub_for(split, language)
            assert hub is not None
            clone(tmp_path, hub, split, language)
    if task.name in ("squad_v1", "squad_v2", "lareqa"):  # validation leaves out XQuAD's
        xquad = catalog.task("xquad").data["test"][0]
        clone(tmp_path, xquad.hub[0], "test", "en")
    source = open_source(tmp_path)
    assert source.name.startswith("mirror:")
    for split, language in sorted(wanted):
        examples = task.read(source, split, language)
        parts = [dataset for dataset in task.data[split] if dataset.shape != "pool"]
        translated = split == "validation" and task.name in ("squad_v1", "squad_v2", "lareqa")
        assert len(examples) == (0 if translated else 2 * len(parts))
        if task.pool is not None:
            assert {item for query in examples for item in query.positives} <= {
                item.id for item in task.pool(source, split, language)
            }


def test_the_catalogue_has_tasks_on_the_hub() -> None:
    assert len(on_the_hub()) >= 20


def test_a_clone_of_another_size_is_refused_with_both_numbers(tmp_path: Path) -> None:
    clone(tmp_path, XNLI.hub[0], "test", "de", listed=False)
    with pytest.raises(BadData, match=r"has 2 rows, the benchmark has 5,010"):
        open_source(tmp_path).table(XNLI, "test", "de")


def test_classes_named_otherwise_by_the_card_are_refused(tmp_path: Path) -> None:
    clone(tmp_path, XNLI.hub[0], "test", "de")
    card = tmp_path / "facebook" / "xnli" / "README.md"
    names = "\n".join(
        f"          '{i}': {name}" for i, name in enumerate(("neutral", "entailment", "contradiction"))
    )
    info = (
        "dataset_info:\n- config_name: de\n  features:\n  - name: label\n    dtype:\n      class_label:\n"
        f"        names:\n{names}\n---\n"
    )
    card.write_text(card.read_text().removesuffix("---\n") + info)
    with pytest.raises(BadData, match="classes of 'label' are neutral, entailment, contradiction"):
        open_source(tmp_path).table(XNLI, "test", "de")


def test_a_repository_without_parquet_is_refused_and_its_script_not_run(tmp_path: Path) -> None:
    home = tmp_path / "facebook" / "xnli"
    home.mkdir(parents=True)
    (home / "xnli.py").write_text("from pathlib import Path\nPath(__file__).with_name('ran').touch()\n")
    (home / "README.md").write_text(
        "---\nconfigs:\n- config_name: de\n  data_files:\n  - split: test\n    path: de/a.csv\n---\n"
    )
    (home / "de").mkdir()
    (home / "de" / "a.csv").write_text("premise,hypothesis,label\na,b,0\n")
    with pytest.raises(MissingData, match="no Parquet files of xnli test 'de'"):
        open_source(tmp_path).table(XNLI, "test", "de")
    assert not (home / "ran").exists()


def test_a_configuration_that_is_not_cloned_is_named(tmp_path: Path) -> None:
    clone(tmp_path, XNLI.hub[0], "test", "de")
    assert catalog.task("xnli").available(open_source(tmp_path), "test") == ("de",)
    with pytest.raises(MissingData, match="xnli test 'sw'"):
        open_source(tmp_path).table(XNLI, "test", "sw")


def test_the_hub_declares_what_it_holds_without_being_asked() -> None:
    source = HubSource()
    assert source.name == "hub"
    assert source.has(QUERIES, "test", "lt")
    assert source.has(SQUAD, "train", "en")
    assert not source.has(SQUAD, "train", "de")
    assert not source.has(UDPOS, "validation", "th")


def test_what_no_hub_has_is_said_with_what_to_do() -> None:
    pud = catalog.task("pud").data["test"][0]
    with pytest.raises(MissingData, match="put UD_"):
        HubSource().table(pud, "test", "de")


def test_no_folder_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match=r"no folder of benchmark data at .*nowhere"):
        open_source(tmp_path / "nowhere")


READ = """
import json, sys
from dataclasses import replace
from ingest.source import open_source
from ingest.tasks.siqa import SIQA
from ingest.tasks.udpos import UDPOS
tables = []
for dataset, split, language in ((SIQA, "train", "en"), (UDPOS, "test", "de"), (UDPOS, "test", "de")):
    hubs = tuple(replace(hub, rows={key: 2 for key in hub.rows}) for hub in dataset.hub)
    tables.append(open_source(None).table(replace(dataset, hub=hubs), split, language).to_dicts())
print(json.dumps(tables))
"""


def test_the_hub_itself_is_read_at_pinned_commits(tmp_path: Path) -> None:
    """A server on this machine that answers as the hub does, in a process of its own."""
    siqa = catalog.task("siqa").data["train"][0].hub[0]
    clone(tmp_path / "hub", siqa, "train", "en")
    clone(tmp_path / "hub", UDPOS.hub[0], "test", "de")
    with serve(tmp_path / "hub") as (address, requests):
        cache = {"HF_HOME": str(tmp_path / "hf"), "XTB_CACHE": str(tmp_path / "xtb")}
        settings = {"HF_ENDPOINT": address, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_TELEMETRY": "1"}
        done = subprocess.run(
            [sys.executable, "-c", READ],
            cwd=ROOT,
            env={**os.environ, **cache, **settings},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    social, tags, again = json.loads(done.stdout)
    assert [row["label"] for row in social] == [0, 2]
    assert tags[0] == {"id": "0", "tokens": ["Das", "Haus"], "tags": ["DET", "NOUN"]}
    assert again == tags
    pin = json.loads((tmp_path / "xtb" / "pins" / "google--xtreme@main.json").read_text())
    assert pin["commit"] == commit_of("google/xtreme", "main")
    assert not (
        tmp_path / "xtb" / "pins" / "allenai--social_i_qa@main.json"
    ).exists()  # the task names the commit
    asked = [line for line in requests if line.endswith("/revision/main")]
    assert len(asked) == 1  # then the pin holds
    assert any(siqa.revision in line for line in requests if line.startswith("GET") and ".parquet" in line)
    assert not any(".py" in line for line in requests if line.startswith("GET"))


def test_rows_of_a_mixed_configuration_are_kept_by_language(tmp_path: Path) -> None:
    hub = replace(XNLI.hub[0], keep=lambda language: pl.col("hypothesis") == "He rests.")
    clone(tmp_path, hub, "test", "de")
    table = open_source(tmp_path).table(replace(XNLI, hub=(hub,)), "test", "de")
    assert table["second"].to_list() == ["He rests."]
