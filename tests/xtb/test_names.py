"""The listing of everything that has a name."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ingest import catalog
from warehouse.errors import UnknownName
from xtb.names import CATALOGUES, REGIMES, names

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("kind", CATALOGUES)
def test_every_row_has_a_name_of_its_own(kind: str) -> None:
    rows = names(kind)
    assert rows
    assert len({row["name"] for row in rows}) == len(rows)
    json.dumps(rows)


def test_the_catalogues_are_whole() -> None:
    assert [row["name"] for row in names("tasks")] == list(catalog.task_names())
    assert [row["name"] for row in names("perturbations")] == list(catalog.perturbation_names())
    assert [row["name"] for row in names("languages")] == list(catalog.language_codes())


def test_regimes_are_those_there_are() -> None:
    from xtb import regimes

    assert tuple(REGIMES) == regimes.REGIMES


def test_questions_are_those_there_are() -> None:
    from reports import question

    assert [row["name"] for row in names("questions")] == question.names()
    assert all(row["title"] for row in names("questions"))


def test_a_task_says_where_it_comes_from_and_how_large_it_is() -> None:
    [xnli] = [row for row in names("tasks") if row["name"] == "xnli"]
    assert xnli["hub"] == [{"repo": "facebook/xnli", "revision": "b8dd5d7af51114dbda02c0e3f6133f332186418e"}]
    assert xnli["mirror"] == ["xnli"]
    assert xnli["sizes"]["test"]["ur"] == 5_010
    assert len(xnli["languages"]) == 15


def test_the_parts_of_anli_plus_add_up_to_what_is_published() -> None:
    [anli] = [row for row in names("tasks") if row["name"] == "anli_plus"]
    assert anli["sizes"]["train"] == {"en": 1_104_934}


def test_every_task_states_kind_languages_sizes_metric_source_and_licence() -> None:
    rows = names("tasks")
    assert len(rows) == 36
    kinds = Counter(row["kind"] for row in rows if not row["synthetic"])
    assert kinds == {"pair": 6, "choice": 6, "tags": 6, "span": 6, "retrieval": 4}
    for row in rows:
        assert row["languages"]
        assert row["metric"] in row["metrics"]
        assert row["licence"]
        assert row["source"]
        assert set(row["sizes"]) == set(row["splits"])
        assert row["synthetic"] == (row["source"] == "built-in")
        # CCGbank and BUCC are on no hub, and whoever has them cuts them anew
        assert all(row["sizes"].values()) or row["name"] in ("ccg", "bucc2018")


def test_an_unknown_catalogue_gets_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"unknown catalogue 'task'\. Did you mean 'tasks'\?"):
        names("task")


@pytest.mark.parametrize("kind", ["tasks", "languages", "questions", "queries"])
def test_listing_needs_no_heavy_package(kind: str) -> None:
    code = (
        f"import sys; from xtb.names import names; names('{kind}');"
        "heavy = {'torch', 'transformers', 'datasets', 'statsmodels', 'altair', 'duckdb'};"
        "sys.exit(repr(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
