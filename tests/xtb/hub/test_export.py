"""A run's folder for transformers: pipelines say what our evaluation says, the card holds the scores."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch
from huggingface_hub import ModelCard

from ingest import catalog
from tests.xtb.workshop import mini, place_in, small_spec
from warehouse.errors import KnownError
from warehouse.rows import SCORE
from xtb.evaluate import outcomes
from xtb.fit import train_run
from xtb.hub.export import Exported, export_model
from xtb.measure import load_model
from xtb.run import Run

pytestmark = pytest.mark.slow


def trained(task: str, encoder: Path, runs: Path) -> Run:
    return train_run(small_spec(encoder, task), str(encoder), place_in(runs))


def exported(found: Run, runs: Path, scores: pl.DataFrame | None = None) -> Exported:
    return export_model(found, runs / "out", place_in(runs), SCORE.empty() if scores is None else scores)


def predictions(found: Run, runs: Path, language: str = "en") -> tuple[list[Any], list[str]]:
    """Twelve test examples, and what the run predicts for them."""
    task = catalog.task(found.spec.target)
    examples = list(task.read(mini(), "test", language))[:12]
    model = load_model(found, task, place_in(runs))
    return examples, outcomes(model, task, examples, language)["prediction"].to_list()


def test_the_pipeline_of_pairs_says_the_same(tiny_encoder: Path, tmp_path: Path) -> None:
    from transformers import pipeline

    found = trained("mini_nli", tiny_encoder, tmp_path)
    made = exported(found, tmp_path)
    assert (made.auto, made.whole) == ("AutoModelForSequenceClassification", True)
    examples, ours = predictions(found, tmp_path)
    ask = pipeline("text-classification", model=str(made.folder), device="cpu")
    asked = [{"text": example.first, "text_pair": example.second} for example in examples]
    assert [answer["label"] for answer in ask(asked)] == ours


def test_the_pipeline_of_tags_says_the_same(tiny_encoder: Path, tmp_path: Path) -> None:
    from transformers import pipeline

    found = trained("mini_pos", tiny_encoder, tmp_path)
    made = exported(found, tmp_path)
    examples, ours = predictions(found, tmp_path)
    ask = pipeline("token-classification", model=str(made.folder), device="cpu")
    for example, tags in zip(examples, ours, strict=True):
        answers = reversed(ask(" ".join(example.tokens)))  # of tokens that begin alike the first stays
        found_at = {answer["start"]: answer["entity"] for answer in answers}
        starts = [len(" ".join(example.tokens[:i])) + (i > 0) for i in range(len(example.tokens))]
        # Metaspace counts the space before a word to its first token.
        assert [found_at.get(start - 1, found_at.get(start)) for start in starts] == tags.split()


def test_spans_load_with_their_class(tiny_encoder: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    made = exported(trained("mini_qa", tiny_encoder, tmp_path), tmp_path)
    model = AutoModelForQuestionAnswering.from_pretrained(made.folder)
    tokenizer = AutoTokenizer.from_pretrained(made.folder)
    assert tokenizer.model_max_length == 128
    with torch.no_grad():
        found = model(**tokenizer("Who?", "Nobody saw the dog.", return_tensors="pt"))
    assert found.start_logits.shape == found.end_logits.shape


def test_a_retriever_finds_the_same_by_the_recipe_on_its_card(tiny_encoder: Path, tmp_path: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    found = trained("mini_retrieval", tiny_encoder, tmp_path)
    made = exported(found, tmp_path)
    assert made.auto == "AutoModel"
    told = (made.folder / "README.md").read_text()
    assert "A text's vector is the mean over the tokens of hidden state 2 (0: the embeddings)" in told
    model = AutoModel.from_pretrained(made.folder)
    tokenizer = AutoTokenizer.from_pretrained(made.folder)

    def vectors(texts: list[str]) -> torch.Tensor:
        batch = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
        with torch.no_grad():
            hidden = model(**batch, output_hidden_states=True).hidden_states[2]
        mask = batch["attention_mask"][..., None]
        return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)

    task = catalog.task("mini_retrieval")
    assert task.pool is not None
    queries, pool = list(task.read(mini(), "test", "en"))[:12], task.pool(mini(), "test", "en")
    ours = outcomes(load_model(found, task, place_in(tmp_path)), task, queries, "en", pool=pool)["prediction"]
    similar = vectors([query.query for query in queries]) @ vectors([one.text for one in pool]).T
    assert [pool[best].id for best in similar.argmax(1).tolist()] == [first.split()[0] for first in ours]


def test_where_there_is_no_class_the_encoder_goes_with_its_head_beside(
    tiny_modernbert: Path, tmp_path: Path
) -> None:
    from safetensors.torch import load_file
    from transformers import AutoModel

    found = trained("mini_nli", tiny_modernbert, tmp_path)
    made = exported(found, tmp_path)
    assert (made.auto, made.whole) == ("AutoModel", False)
    model = load_model(found, catalog.task("mini_nli"), place_in(tmp_path))
    again = AutoModel.from_pretrained(made.folder).state_dict()
    assert all(torch.equal(weight, again[name]) for name, weight in model.encoder.state_dict().items())
    beside = load_file(made.folder / "head.safetensors")
    assert all(torch.equal(weight, beside[name]) for name, weight in model.layer.state_dict().items())
    assert "head.safetensors" in (made.folder / "README.md").read_text()


def test_the_card_holds_every_score_once(tiny_encoder: Path, tmp_path: Path) -> None:
    found = trained("mini_nli", tiny_encoder, tmp_path)
    cell = {"run_id": found.run_id, "task": "mini_nli", "split": "test", "metric": "accuracy", "n": 10}
    noisy = {**cell, "language": "qle", "perturbation": "char_swap", "severity": 2}
    rows = [
        {**cell, "language": "qle", "perturbation": "clean", "severity": 0, "noise_seed": 0, "value": 0.5},
        {**noisy, "noise_seed": 0, "value": 0.3},
        {**noisy, "noise_seed": 1, "value": 0.4},
        {**noisy, "severity": 3, "noise_seed": 0, "value": None, "error": "not applicable: no letters"},
    ]
    made = exported(found, tmp_path, pl.DataFrame(rows, schema=SCORE.schema))
    card = ModelCard.load(made.folder / "README.md")
    held = {result.metric_name: result.metric_value for result in card.data.eval_results}
    assert held == {"accuracy (clean)": 0.5, "accuracy (char_swap 2)": 0.35}
    assert {result.dataset_config for result in card.data.eval_results} == {"qle"}
    assert "| qle | accuracy | 10 | 0.5 | 0.35 |" in card.text
    assert found.run_id in card.text
    assert str(tmp_path) not in card.content


def test_a_folder_with_something_in_it_is_left_alone(tiny_encoder: Path, tmp_path: Path) -> None:
    found = trained("mini_nli", tiny_encoder, tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep")
    with pytest.raises(KnownError, match="not empty"):
        exported(found, tmp_path)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]
