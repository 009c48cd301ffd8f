"""What must never slip: sizes that a hub gets wrong, and the languages of XTREME and XTREME-R."""

from pathlib import Path

import polars as pl
import pytest

from ingest import catalog
from ingest.errors import BadData
from ingest.source import open_source
from tests.ingest.clones import clone

# google-research/xtreme@838c13b evaluate.py, XTREME_R_TASK2LANGS; LAReQA: Roy et al. 2020 (XQuAD-R)
XTREME_R = {
    "xnli": "ar,bg,de,el,en,es,fr,hi,ru,sw,th,tr,ur,vi,zh",
    "panx": "ar,he,vi,id,jv,ms,tl,eu,ml,ta,te,af,nl,en,de,el,bn,hi,mr,ur,fa,fr,it,pt,es,bg,ru,ja,ka,ko,th,sw,"
    "yo,my,zh,kk,tr,et,fi,hu,qu,pl,uk,az,lt,pa,gu,ro",
    "udpos": "af,ar,bg,de,el,en,es,et,eu,fa,fi,fr,he,hi,hu,id,it,ja,kk,ko,mr,nl,pt,ru,ta,te,th,tl,tr,ur,vi,"
    "yo,zh,lt,pl,uk,wo,ro",
    "tatoeba": "ar,he,vi,id,jv,tl,eu,ml,ta,te,af,nl,de,el,bn,hi,mr,ur,fa,fr,it,pt,es,bg,ru,ja,ka,ko,th,sw,zh,"
    "kk,tr,et,fi,hu,az,lt,pl,uk,ro",
    "xcopa": "et,ht,id,it,qu,sw,ta,th,tr,vi,zh",
    "lareqa": "ar,de,el,en,es,hi,ru,th,tr,vi,zh",
    "mewslix": "ar,de,en,es,fa,ja,pl,ro,ta,tr,uk",
    "xquad": "en,es,de,el,ru,tr,ar,vi,th,zh,hi,ro",
    "mlqa": "en,es,de,ar,hi,vi,zh",
    "tydiqa": "en,ar,bn,fi,id,ko,ru,sw,te",
}
XTREME = {"pawsx": "de,en,es,fr,ja,ko,zh", "bucc2018": "de,fr,ru,zh"}


@pytest.mark.parametrize(("name", "codes"), [*XTREME_R.items(), *XTREME.items()])
def test_languages_are_those_of_the_benchmark(name: str, codes: str) -> None:
    task = catalog.task(name)
    assert set(task.splits["test"]) == set(codes.split(","))
    assert len(task.splits["test"]) == len(codes.split(","))


def test_english_tydiqa_has_3696_questions_to_train_on_whatever_the_hub_mixes_in(tmp_path: Path) -> None:
    task = catalog.task("tydiqa")
    [table] = task.data["train"]
    assert table.size("train", "en") == 3_696
    hub = table.hub_for("train", "en")
    assert hub is not None
    clone(tmp_path, hub, "train", "en", listed=False)  # two English questions, two Korean ones
    with pytest.raises(BadData, match="has 2 rows, the benchmark has 3,696"):
        task.read(open_source(tmp_path), "train", "en")


def test_anli_plus_adds_up() -> None:
    sizes = [table.size("train", "en") for table in catalog.task("anli_plus").data["train"]]
    assert None not in sizes
    assert sum(filter(None, sizes)) == 1_104_934


def test_hyperparameters_and_languages_agree_with_the_reference_table() -> None:
    folder = Path(__file__).resolve().parents[3] / "shared" / "reference"
    if not folder.is_dir():
        pytest.skip("no reference tables beside the repository")
    for file in ("xtreme-r-tasks.csv", "xtreme-tasks.csv"):
        for row in pl.read_csv(folder / file, infer_schema=False).iter_rows(named=True):
            task = catalog.task(row["name"])
            assert set(row["languages"].split()) <= set(task.splits["test"])
            if row["lr_other"] and row["name"] not in ("xnli", "xcopa"):
                assert task.defaults.learning_rate == float(row["lr_other"])
            if (row["max_length"] or "").isdigit():
                assert task.defaults.max_length == int(row["max_length"])
