"""Pins: a branch of a hub repository is looked up once and then stands."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from ingest.dataset import Hub
from ingest.errors import BadData
from ingest.pins import cache_folder, commit_of

BRANCH = Hub(repo="owner/name", columns={})
ONE, TWO = "1" * 40, "2" * 40


def never(repo: str, revision: str) -> str:
    raise AssertionError


def test_a_commit_is_not_looked_up(tmp_path: Path) -> None:
    assert commit_of(Hub(repo="owner/name", revision=ONE, columns={}), never, tmp_path) == ONE
    assert not list(tmp_path.iterdir())


def test_a_branch_is_looked_up_once(tmp_path: Path) -> None:
    assert commit_of(BRANCH, lambda repo, revision: ONE, tmp_path) == ONE
    assert commit_of(BRANCH, never, tmp_path) == ONE


def test_a_newer_commit_does_not_replace_a_pin(tmp_path: Path) -> None:
    commit_of(BRANCH, lambda repo, revision: ONE, tmp_path)
    assert commit_of(BRANCH, lambda repo, revision: TWO, tmp_path) == ONE


def test_deleting_the_pin_takes_the_newer_commit(tmp_path: Path) -> None:
    commit_of(BRANCH, lambda repo, revision: ONE, tmp_path)
    (tmp_path / "owner--name@main.json").unlink()
    assert commit_of(BRANCH, lambda repo, revision: TWO, tmp_path) == TWO


def test_branches_are_pinned_apart(tmp_path: Path) -> None:
    converted = Hub(repo="owner/name", revision="refs/convert/parquet", columns={})
    assert commit_of(BRANCH, lambda repo, revision: ONE, tmp_path) == ONE
    assert commit_of(converted, lambda repo, revision: TWO, tmp_path) == TWO
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["owner--name@main.json", "owner--name@refs_convert_parquet.json"]


def test_a_pin_says_what_it_pins(tmp_path: Path) -> None:
    commit_of(BRANCH, lambda repo, revision: ONE, tmp_path)
    entry = json.loads((tmp_path / "owner--name@main.json").read_text())
    assert (entry["repo"], entry["revision"], entry["commit"]) == ("owner/name", "main", ONE)
    assert entry["since"].endswith("+00:00")


def test_processes_that_ask_at_once_agree(tmp_path: Path) -> None:
    numbers = count()
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda _: commit_of(BRANCH, lambda r, v: f"{next(numbers):040x}", tmp_path), range(32))
        )
    assert len(set(found)) == 1


@pytest.mark.parametrize("text", ["", "{}", '{"commit": "main"}', '{"commit": 7}', "[]"])
def test_a_damaged_pin_says_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / "owner--name@main.json").write_text(text)
    with pytest.raises(BadData, match=r"owner--name@main\.json .* delete it to ask the hub again"):
        commit_of(BRANCH, never, tmp_path)


def test_an_answer_that_is_no_commit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="names 'main' as the commit of owner/name@main"):
        commit_of(BRANCH, lambda repo, revision: revision, tmp_path)


def test_the_cache_is_where_the_user_wants_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XTB_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("XTB_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "xtb"
