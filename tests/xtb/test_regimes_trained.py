"""Every regime with every robust method, trained for a few steps."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ingest import catalog
from ingest.example import Span
from tests.xtb.workshop import SMALL, mini, place_in, small_spec, weights
from xtb.fit import train_run
from xtb.recipe import ROBUST, Masking, robustness
from xtb.regimes import REGIMES
from xtb.run import read_table

pytestmark = pytest.mark.slow

QUICK = replace(SMALL, limit=16, steps=2, evaluations=1, dev_limit=8)
WAYS: dict[str, dict[str, Any]] = {
    "direct": {},
    "stilts": {"intermediate": ("mini_copa",)},
    "multitask": {"intermediate": ("mini_copa", "mini_para")},
    "stilts_mlm": {
        "intermediate": ("mini_copa",),
        "masking": Masking(rate=0.5, languages=("en", "qle"), texts=20),
    },
    "stilts_translated": {"intermediate": ("mini_qa",), "language": "de"},
    "stilts_native": {"intermediate": ("mini_para",), "language": "qle"},
    "multilingual": {},
}


@pytest.fixture(scope="module")
def shouted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Parallel files that translate the texts of mini_qa into capitals."""
    folder = tmp_path_factory.mktemp("shouted")
    texts: list[str] = []
    for span in catalog.task("mini_qa").read(mini(), "train", "en"):
        assert isinstance(span, Span)
        texts += [span.context, span.question, *(answer.text for answer in span.answers)]
    frame = pl.DataFrame({"source": texts, "translation": [text.upper() for text in texts]}).unique()
    frame.write_parquet(folder / "de.parquet")
    return folder


@pytest.mark.parametrize("regime", REGIMES)
def test_a_regime_trains_with_every_method(
    regime: str, shouted: Path, tiny_encoder: Path, tmp_path: Path
) -> None:
    way = dict(WAYS[regime])
    target = "mini_pos" if regime == "multilingual" else "mini_nli"
    if regime == "stilts_translated":
        way["translator"] = str(shouted)
    found: dict[str, dict[str, bytes]] = {}
    for method in ROBUST:
        stage = "both" if "intermediate" in way else "target"
        robust = robustness(method, stage, "typo_mix", 3, 1.0)
        spec = small_spec(tiny_encoder, target, regime=regime, settings=QUICK, robust=robust, **way)
        made = train_run(spec, str(tiny_encoder), place_in(tmp_path))
        stages = read_table(made.folder, "stage")
        assert set(stages["robust"]) == {method}
        assert stages["train_loss"].is_finite().all()
        assert made.record["robust"] == method
        found[method] = weights(tmp_path, spec.stage_ids[-1])
    assert len({tuple(sorted(one.items())) for one in found.values()}) == len(ROBUST)


def test_answers_of_translated_questions_stand_in_their_contexts(
    shouted: Path, tiny_encoder: Path, tmp_path: Path
) -> None:
    from xtb.translate.choose import identity, open_translator
    from xtb.translate.examples import translate_examples

    examples = list(catalog.task("mini_qa").read(mini(), "train", "en"))[:200]
    says = open_translator(str(shouted), identity(str(shouted)), "cpu")
    made = translate_examples(examples, says, "de", lambda done, total: None)
    assert made.matched > 100
    assert made.matched + made.marked + made.dropped == len(examples)
    for example in made.examples:
        assert isinstance(example, Span)
        for answer in example.answers:
            assert example.context[answer.start :].startswith(answer.text)
            assert answer.text == answer.text.upper()
