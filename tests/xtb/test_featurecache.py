from dataclasses import replace
from pathlib import Path

import pytest

from tests.xtb.toys import EXAMPLES, POOL, toy_task
from xtb.batching import Feature
from xtb.encoder import Encoder
from xtb.featurecache import FeatureCache, digest, packed, unpacked
from xtb.heads import head
from xtb.model import build_model


def features(encoder: Encoder, kind: str) -> list[Feature]:
    task = toy_task(kind)
    inputs = build_model(encoder, task, seed=0).inputs
    pool = POOL if kind == "retrieval" else ()
    return head(task.kind).features(EXAMPLES[kind], inputs, task, max_length=64, stride=16, pool=pool)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_features_of_every_kind_come_back_equal(encoder: Encoder, kind: str) -> None:
    made = features(encoder, kind)
    assert unpacked(packed(made)) == made


def test_arrays_that_do_not_fit_together_are_refused(encoder: Encoder) -> None:
    arrays = packed(features(encoder, "span"))
    for name, whole in arrays.items():
        short = whole[:, :-1] if name == "layout" else whole[:-1]
        with pytest.raises(ValueError, match="do not fit together"):
            unpacked(arrays | {name: short})


def test_they_are_made_once_for_each_key(encoder: Encoder, tmp_path: Path) -> None:
    cache, calls, made = FeatureCache(tmp_path, "c1"), [], features(encoder, "pair")

    def make() -> list[Feature]:
        calls.append(1)
        return made

    for _ in range(2):
        assert list(cache.features(["xnli", 128], make)) == made
    assert len(calls) == 1
    cache.features(["xnli", 64], make)
    FeatureCache(tmp_path, "c2").features(["xnli", 128], make)
    assert len(calls) == 3


def test_a_damaged_file_is_made_again(encoder: Encoder, tmp_path: Path) -> None:
    cache, made = FeatureCache(tmp_path, "c"), features(encoder, "tags")
    cache.features(["k"], lambda: made)
    [path] = tmp_path.glob("*.safetensors")
    path.write_bytes(path.read_bytes()[:40])
    assert list(cache.features(["k"], lambda: made)) == made
    assert list(cache.features(["k"], list)) == made


def test_no_features_at_all(tmp_path: Path) -> None:
    cache = FeatureCache(tmp_path, "c")
    assert [list(cache.features(["k"], list)) for _ in range(2)] == [[], []]


def test_changed_code_is_not_cached(tmp_path: Path) -> None:
    assert FeatureCache(tmp_path, "abc").serves
    assert not FeatureCache(tmp_path, "abc+").serves


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_digest_tells_examples_apart(kind: str) -> None:
    examples = EXAMPLES[kind]
    assert digest(examples) == digest([replace(example) for example in examples])
    others = [examples[::-1], examples[:-1], [replace(examples[0], id="?"), *examples[1:]], []]
    assert len({digest(some) for some in [examples, *others]}) == 5
